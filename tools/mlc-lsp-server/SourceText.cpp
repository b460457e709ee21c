#include "tools/mlc-lsp-server/SourceText.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace mlc::lsp {

SourceText::SourceText(std::string text) : content(std::move(text)), starts{0} {
  for (size_t i = 0; i < content.size(); ++i)
    if (content[i] == '\n')
      starts.push_back(i + 1);
}

size_t SourceText::offsetOf(Position position) const {
  if (position.line < 0 || size_t(position.line) >= starts.size())
    return content.size();
  size_t start = starts[position.line];
  return start + std::min<size_t>(std::max(position.character, 0), lineAt(start).size());
}

Position SourceText::positionOf(size_t offset) const {
  size_t line = llvm::upper_bound(starts, offset) - starts.begin() - 1;
  return Position(int(line), int(offset - starts[line]));
}

size_t SourceText::lineStart(size_t offset) const {
  return starts[llvm::upper_bound(starts, offset) - starts.begin() - 1];
}

StringRef SourceText::lineAt(size_t offset) const {
  return text().substr(lineStart(offset)).take_until([](char c) { return c == '\n' || c == '\r'; });
}

SourceText::Word SourceText::wordAt(size_t offset) const {
  auto isPart = [](char c) { return isAlnum(c) || c == '_' || c == '.' || c == '$'; };
  auto isMark = [](char c) { return c == '%' || c == '@' || c == '#' || c == '^' || c == '!'; };
  size_t begin = offset, end = offset;
  if (offset < content.size() && isMark(content[offset])) {
    ++end; // the pointer is on the mark
  } else {
    while (begin > 0 && isPart(content[begin - 1]))
      --begin;
    if (begin > 0 && isMark(content[begin - 1]))
      --begin;
  }
  while (end < content.size() && isPart(content[end]))
    ++end;
  while (end > begin && content[end - 1] == '.')
    --end;
  return {begin, end, text().slice(begin, end)};
}

} // namespace mlc::lsp
