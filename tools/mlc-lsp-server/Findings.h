// What the compiler says about a text, and what can be done about it.
#ifndef MLC_TOOLS_LSP_FINDINGS_H
#define MLC_TOOLS_LSP_FINDINGS_H

#include "tools/mlc-lsp-server/SourceText.h"

namespace mlc::lsp {

/// An edit that follows a remedy which a message names.
struct Fix {
  std::string title;
  std::vector<TextEdit> edits;
};

struct Finding {
  Diagnostic diagnostic;
  std::vector<Fix> fixes;
};

/// Reads the text as mlc does, up to the derivatives of its training steps.
std::vector<Finding> findingsIn(const SourceText &text, const URIForFile &uri);

/// The edits that follow the remedies of a message at `offset` (its notes are lines of it).
std::vector<Fix> fixesFor(const SourceText &text, size_t offset, llvm::StringRef message,
                          llvm::StringRef file);

} // namespace mlc::lsp
#endif
