#include "UnicodeClasses.h"

#include <algorithm>
#include <iterator>

namespace mlc::run {

namespace {
struct Range {
  uint32_t first, last;
  CharacterClass kind;
};
/// In order, disjoint; from Python's unicodedata (make_unicode.py).
constexpr Range kRanges[] = {
#include "UnicodeClasses.inc"
};
} // namespace

CharacterClass classOf(uint32_t code) {
  const Range *range =
      std::lower_bound(std::begin(kRanges), std::end(kRanges), code,
                       [](const Range &each, uint32_t wanted) { return each.last < wanted; });
  bool isInside = range != std::end(kRanges) && range->first <= code;
  return isInside ? range->kind : CharacterClass::other;
}

/// The bytes of a character that begins with `byte`; 0 where none does.
static size_t sizeFrom(uint8_t byte) {
  if (byte < 0x80)
    return 1;
  if (byte >= 0xC2 && byte <= 0xDF)
    return 2;
  if (byte >= 0xE0 && byte <= 0xEF)
    return 3;
  return byte >= 0xF0 && byte <= 0xF4 ? 4 : 0;
}

/// Whether `byte` may follow `first` as the second byte of a character: no overlong form, no
/// surrogate, nothing beyond U+10FFFF.
static bool isSecond(uint8_t first, uint8_t byte) {
  uint8_t least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  uint8_t most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  return least <= byte && byte <= most;
}

Character firstCharacter(std::string_view text) {
  auto at = [&](size_t i) { return uint8_t(text[i]); };
  size_t size = sizeFrom(at(0));
  if (size == 0 || size > text.size())
    return {};
  if (size == 1)
    return {at(0), 1};
  uint32_t code = at(0) & (0x7F >> size);
  for (size_t i = 1; i < size; ++i) {
    if (i == 1 ? !isSecond(at(0), at(1)) : (at(i) & 0xC0) != 0x80)
      return {};
    code = code << 6 | (at(i) & 0x3F);
  }
  return {code, size};
}

size_t unfinishedBytes(std::string_view text) {
  for (size_t count = 1; count <= std::min<size_t>(3, text.size()); ++count) {
    uint8_t byte = uint8_t(text[text.size() - count]);
    if ((byte & 0xC0) == 0x80)
      continue;
    bool isBegun = sizeFrom(byte) > count &&
                   (count == 1 || isSecond(byte, uint8_t(text[text.size() - count + 1])));
    return isBegun ? count : 0;
  }
  return 0;
}

std::string utf8(uint32_t code) {
  if (code < 0x80)
    return {char(code)};
  if (code < 0x800)
    return {char(0xC0 | code >> 6), char(0x80 | (code & 0x3F))};
  if (code < 0x10000)
    return {char(0xE0 | code >> 12), char(0x80 | (code >> 6 & 0x3F)), char(0x80 | (code & 0x3F))};
  return {char(0xF0 | code >> 18), char(0x80 | (code >> 12 & 0x3F)),
          char(0x80 | (code >> 6 & 0x3F)), char(0x80 | (code & 0x3F))};
}

} // namespace mlc::run
