// What can be written at a place.
#ifndef MLC_TOOLS_LSP_COMPLETION_H
#define MLC_TOOLS_LSP_COMPLETION_H

#include "tools/mlc-lsp-server/Navigation.h"

namespace mlc::lsp {

/// Ops after `nn.`; attributes after `#nn.`, those that fit there; values after `%`; symbols after
/// `@`; the words of an op or attribute in it, and what such a word may be after its `=`.
CompletionList completionsAt(const SourceText &text, Navigation &navigation, size_t offset);

/// What the reference says of the word at a byte: an op, an attribute, or a word of one; "" where
/// it is none of them.
std::string referenceAt(const SourceText &text, size_t offset);

} // namespace mlc::lsp
#endif
