// Lays a text out.
#ifndef MLC_TOOLS_LSP_FORMAT_H
#define MLC_TOOLS_LSP_FORMAT_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace mlc::lsp {

/// The text with two spaces of indentation for every brace around a line, no spaces at the ends of
/// lines, no two empty lines together, and one end of line at the end. A line that goes on with
/// what the line before began keeps its distance from where that begins, at least two spaces.
/// Comments, names, numbers and what stands within a line stay as they are.
std::string format(llvm::StringRef text);

} // namespace mlc::lsp
#endif
