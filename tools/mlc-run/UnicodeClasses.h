// Characters of a text in UTF-8, and what kind each is of.
#ifndef MLC_TOOLS_RUN_UNICODECLASSES_H
#define MLC_TOOLS_RUN_UNICODECLASSES_H

#include <cstdint>
#include <string>
#include <string_view>

namespace mlc::run {

/// What the patterns of tokenizers tell apart: \p{L}, \p{N}, \s, and the rest.
enum class CharacterClass { letter, number, space, other };
CharacterClass classOf(uint32_t code);

/// One character. Where the bytes are not UTF-8, one byte is one, of no code point and class other.
struct Character {
  uint32_t code = 0xFFFFFFFF;
  size_t size = 1;
  bool isValid() const { return code != 0xFFFFFFFF; }
};
/// The character at the beginning of a text that is not empty.
Character firstCharacter(std::string_view text);
/// How many bytes at the end of a text may be the beginning of a character whose other bytes are to
/// come.
size_t unfinishedBytes(std::string_view text);
std::string utf8(uint32_t code);

} // namespace mlc::run
#endif
