// Text as the numbers that language models read, and back.
#ifndef MLC_TOOLS_RUN_TOKENIZER_H
#define MLC_TOOLS_RUN_TOKENIZER_H

#include "BytePairs.h"
#include "PreTokens.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlc::run {

class Tokenizer {
public:
  /// That of a tokenizer.json of Hugging Face, of byte-level byte pair encoding; without a path,
  /// tokens are bytes. Fails with a sentence; what is not supported is named.
  static Tokenizer open(const std::string &path);

  std::vector<int64_t> encode(std::string_view text) const;
  /// The bytes of a token, which need not be whole characters; none where there is no such token.
  std::optional<std::string_view> bytesOf(int64_t token) const;
  /// Whether a token is no text but says something of it, as that it ends.
  bool isSpecial(int64_t token) const;
  /// What it was read from, for messages.
  std::string name() const { return path.empty() ? "the tokens of bytes" : path; }

private:
  friend class TokenizerReader;
  /// A token that is found in the text before anything else is.
  struct Added {
    std::string text;
    int64_t token;
    bool isSpecial;
  };
  void encodePlain(std::string_view text, std::vector<int64_t> &tokens) const;

  std::string path; ///< for messages; empty where tokens are bytes
  BytePairs pairs;
  std::optional<SplitPattern> pattern; ///< none: the text is one piece
  bool addsSpace = false;              ///< before a text that begins with none
  std::vector<Added> added;            ///< longer ones before their beginnings
  std::vector<int64_t> before, after;  ///< what stands around every text
  std::unordered_map<int64_t, std::string> texts;
};

} // namespace mlc::run
#endif
