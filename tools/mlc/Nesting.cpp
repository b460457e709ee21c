//===- Nesting.cpp - refuses text that nests too deeply -------------------===//
#include "tools/mlc/Nesting.h"

#include <algorithm>

using namespace mlc;

/// The position behind the string that starts at `at`.
static size_t skipString(llvm::StringRef text, size_t at) {
  for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
    if (text[at] == '\\')
      ++at;
  return at;
}

std::optional<size_t> mlc::findDeepNesting(llvm::StringRef text) {
  unsigned depth = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    llvm::StringRef rest = text.substr(at);
    if (rest.starts_with("//"))
      at = std::min(text.find('\n', at), text.size());
    else if (rest.starts_with("->"))
      ++at;
    else if (rest.front() == '"')
      at = skipString(text, at);
    else if (llvm::StringRef("([{<").contains(rest.front()) && ++depth > kDeepestNesting)
      return at;
    else if (llvm::StringRef(")]}>").contains(rest.front()) && depth > 0)
      --depth;
  }
  return std::nullopt;
}
