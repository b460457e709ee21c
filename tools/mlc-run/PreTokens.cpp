#include "PreTokens.h"
#include "UnicodeClasses.h"

#include <array>

namespace mlc::run {

std::optional<SplitPattern> SplitPattern::of(std::string_view regex) {
  constexpr std::string_view kGpt2 =
      R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
  constexpr std::string_view kBegin =
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N})";
  constexpr std::string_view kEnd = R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
  if (regex == kGpt2)
    return SplitPattern{};
  bool isNewer = regex.size() >= kBegin.size() + kEnd.size() &&
                 regex.substr(0, kBegin.size()) == kBegin &&
                 regex.substr(regex.size() - kEnd.size()) == kEnd;
  std::string_view count =
      isNewer ? regex.substr(kBegin.size(), regex.size() - kBegin.size() - kEnd.size()) : "?";
  if (count == "" || count == "{1,3}")
    return SplitPattern{true, count == "" ? size_t(1) : size_t(3)};
  return std::nullopt;
}

namespace {
/// Finds where the piece at the beginning of a text ends: the alternatives, in their order.
class Splitter {
public:
  Splitter(std::string_view text, const SplitPattern &pattern) : text(text), pattern(pattern) {}

  size_t firstSize() const {
    if (size_t size = contraction())
      return size;
    Kind first = kindAt(0), second = first.end < text.size() ? kindAt(first.end) : Kind{};
    if (first.kind == CharacterClass::letter)
      return runEnd(0, CharacterClass::letter, text.size());
    if (mayLead(first) && first.end < text.size() && second.kind == CharacterClass::letter)
      return runEnd(first.end, CharacterClass::letter, text.size());
    if (first.kind == CharacterClass::number)
      return runEnd(0, CharacterClass::number, pattern.isNewer ? pattern.digits : text.size());
    bool isSpaced = text[0] == ' ' && first.end < text.size();
    if (isSpaced && !pattern.isNewer && second.kind == CharacterClass::number)
      return runEnd(first.end, CharacterClass::number, text.size());
    if (first.kind == CharacterClass::other)
      return newlinesEnd(runEnd(0, CharacterClass::other, text.size()));
    if (isSpaced && second.kind == CharacterClass::other)
      return newlinesEnd(runEnd(first.end, CharacterClass::other, text.size()));
    return spaces();
  }

private:
  struct Kind {
    CharacterClass kind = CharacterClass::other;
    size_t end = 0;
  };
  Kind kindAt(size_t at) const {
    Character character = firstCharacter(text.substr(at));
    return {character.isValid() ? classOf(character.code) : CharacterClass::other,
            at + character.size};
  }
  static bool isNewline(char c) { return c == '\r' || c == '\n'; }

  /// Whether a character may stand before the letters of a piece.
  bool mayLead(const Kind &first) const {
    if (!pattern.isNewer)
      return text[0] == ' ';
    return !isNewline(text[0]) &&
           (first.kind == CharacterClass::other || first.kind == CharacterClass::space);
  }

  /// Where a run of at most so many characters of a kind ends.
  size_t runEnd(size_t at, CharacterClass kind, size_t most) const {
    for (size_t count = 0; at < text.size() && count < most; ++count) {
      Kind next = kindAt(at);
      if (next.kind != kind)
        break;
      at = next.end;
    }
    return at;
  }

  size_t newlinesEnd(size_t at) const {
    while (pattern.isNewer && at < text.size() && isNewline(text[at]))
      ++at;
    return at;
  }

  size_t contraction() const {
    constexpr std::array<std::string_view, 7> kEndings = {"s", "t", "re", "ve", "m", "ll", "d"};
    if (text[0] != '\'')
      return 0;
    for (std::string_view ending : kEndings) {
      bool isThere = text.size() > ending.size();
      for (size_t i = 0; isThere && i < ending.size(); ++i)
        isThere = (pattern.isNewer && text[i + 1] >= 'A' && text[i + 1] <= 'Z'
                       ? char(text[i + 1] - 'A' + 'a')
                       : text[i + 1]) == ending[i];
      if (isThere)
        return ending.size() + 1;
    }
    return 0;
  }

  /// White space, up to the last newline if there is one; else without the last character, which
  /// goes with what follows.
  size_t spaces() const {
    size_t end = 0, last = 0, newline = 0;
    while (end < text.size()) {
      Kind next = kindAt(end);
      if (next.kind != CharacterClass::space)
        break;
      if (isNewline(text[end]))
        newline = next.end;
      last = end, end = next.end;
    }
    if (pattern.isNewer && newline)
      return newline;
    return end == text.size() || last == 0 ? end : last;
  }

  std::string_view text;
  const SplitPattern &pattern;
};
} // namespace

static void splitPart(std::string_view text, const SplitPattern &pattern,
                      std::vector<std::string_view> &pieces) {
  while (!text.empty()) {
    size_t size = Splitter(text, pattern).firstSize();
    pieces.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
}

std::vector<std::string_view> splitText(std::string_view text, const SplitPattern &pattern) {
  std::vector<std::string_view> pieces;
  for (size_t at = 0; pattern.isolatesNumbers && at < text.size();) {
    Character character = firstCharacter(text.substr(at));
    if (character.isValid() && classOf(character.code) == CharacterClass::number) {
      splitPart(text.substr(0, at), pattern, pieces);
      pieces.push_back(text.substr(at, character.size));
      text.remove_prefix(at + character.size);
      at = 0;
    } else {
      at += character.size;
    }
  }
  splitPart(text, pattern, pieces);
  return pieces;
}

} // namespace mlc::run
