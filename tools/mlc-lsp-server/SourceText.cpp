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

/// The units of UTF-16 that a byte of UTF-8 begins: none inside of a character, two for those
/// beyond the first 65,536.
static int unitsOf(char byte) {
  unsigned char c = byte;
  return (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
}

size_t SourceText::offsetOf(Position position) const {
  if (position.line < 0 || size_t(position.line) >= starts.size())
    return content.size();
  size_t offset = starts[position.line], end = offset + lineAt(offset).size();
  int left = position.character;
  while (offset < end && (left > 0 || unitsOf(content[offset]) == 0))
    left -= unitsOf(content[offset++]);
  return offset;
}

Position SourceText::positionOf(size_t offset) const {
  size_t line = llvm::upper_bound(starts, offset) - starts.begin() - 1;
  int units = 0;
  for (char byte : text().slice(starts[line], offset))
    units += unitsOf(byte);
  return Position(int(line), units);
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
