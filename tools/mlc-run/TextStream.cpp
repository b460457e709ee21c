#include "TextStream.h"
#include "UnicodeClasses.h"

#include <algorithm>

namespace mlc::run {

/// How many bytes at the end of a text `stop` may begin with.
static size_t overlap(std::string_view text, std::string_view stop) {
  for (size_t size = std::min(text.size(), stop.size()); size > 0; --size)
    if (text.substr(text.size() - size) == stop.substr(0, size))
      return size;
  return 0;
}

bool TextStream::add(std::string_view bytes) {
  held += bytes;
  size_t end = held.npos, kept = 0;
  for (const std::string &stop : stops) {
    end = std::min(end, held.find(stop));
    kept = std::max(kept, overlap(held, stop));
  }
  if (end != held.npos) {
    pass(end);
    held.clear();
    return false;
  }
  std::string_view sure = std::string_view(held).substr(0, held.size() - kept);
  pass(sure.size() - unfinishedBytes(sure));
  return true;
}

void TextStream::finish() { pass(held.size()); }

void TextStream::pass(size_t size) {
  std::string text;
  for (std::string_view rest = std::string_view(held).substr(0, size); !rest.empty();) {
    Character character = firstCharacter(rest);
    text += character.isValid() ? std::string(rest.substr(0, character.size)) : utf8(0xFFFD);
    rest.remove_prefix(character.size);
  }
  held.erase(0, size);
  sink(text);
}

} // namespace mlc::run
