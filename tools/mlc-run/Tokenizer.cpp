#include "Tokenizer.h"
#include "Failure.h"

#include <algorithm>

namespace mlc::run {

std::vector<int64_t> Tokenizer::encode(std::string_view text) const {
  std::vector<int64_t> tokens = before;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    std::string_view rest = text.substr(at);
    auto found = std::find_if(added.begin(), added.end(), [&](const Added &each) {
      return rest.substr(0, each.text.size()) == each.text;
    });
    if (found == added.end()) {
      ++at;
      continue;
    }
    encodePlain(text.substr(begin, at - begin), tokens);
    tokens.push_back(found->token);
    begin = at += found->text.size();
  }
  encodePlain(text.substr(begin), tokens);
  tokens.insert(tokens.end(), after.begin(), after.end());
  return tokens;
}

void Tokenizer::encodePlain(std::string_view text, std::vector<int64_t> &tokens) const {
  std::string spaced;
  if (addsSpace && !text.empty() && text[0] != ' ')
    text = spaced = " " + std::string(text);
  std::vector<std::string_view> pieces = {text};
  if (pattern)
    pieces = splitText(text, *pattern);
  for (std::string_view piece : pieces)
    if (!pairs.encode(piece, tokens))
      failInput("{} has no tokens for some of the bytes of '{}'", path, piece);
}

std::optional<std::string_view> Tokenizer::bytesOf(int64_t token) const {
  auto found = texts.find(token);
  if (found == texts.end())
    return std::nullopt;
  return found->second;
}

bool Tokenizer::isSpecial(int64_t token) const {
  return std::any_of(added.begin(), added.end(),
                     [&](const Added &each) { return each.token == token && each.isSpecial; });
}

} // namespace mlc::run
