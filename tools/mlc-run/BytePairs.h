// Byte pair encoding: a piece of text as the tokens that merges make of its bytes.
#ifndef MLC_TOOLS_RUN_BYTEPAIRS_H
#define MLC_TOOLS_RUN_BYTEPAIRS_H

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlc::run {

/// The vocabulary of a tokenizer and how its tokens arise: of two neighbours, those with the merge
/// of the smallest rank become one first, of several such ones the first.
class BytePairs {
public:
  /// Tokens in bytes, by their numbers.
  std::unordered_map<std::string, int64_t> vocabulary;
  /// Whether a piece that is a token as it stands is taken whole, whatever the merges make of it.
  bool takesWholePieces = false;

  /// Adds the merge of two tokens, of higher rank than those before. False where their
  /// concatenation or one of them is no token.
  bool addMerge(const std::string &left, const std::string &right);
  /// Appends the tokens of a piece. False where a byte is no token.
  bool encode(std::string_view piece, std::vector<int64_t> &tokens) const;

private:
  struct Merge {
    size_t rank;
    int64_t token;
  };
  using Pair = std::pair<int64_t, int64_t>;
  struct PairHash {
    size_t operator()(const Pair &pair) const {
      return size_t(uint64_t(pair.first) * 0x9E3779B97F4A7C15u ^ uint64_t(pair.second));
    }
  };
  std::unordered_map<Pair, Merge, PairHash> merges;
};

} // namespace mlc::run
#endif
