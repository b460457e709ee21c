#include "BytePairs.h"

#include <queue>

namespace mlc::run {

bool BytePairs::addMerge(const std::string &left, const std::string &right) {
  auto first = vocabulary.find(left), second = vocabulary.find(right),
       both = vocabulary.find(left + right);
  if (first == vocabulary.end() || second == vocabulary.end() || both == vocabulary.end())
    return false;
  size_t rank = merges.size();
  merges.try_emplace({first->second, second->second}, Merge{rank, both->second});
  return true;
}

namespace {
/// A token of the piece, in a list; one that was merged into its left neighbour has no number.
struct Symbol {
  int64_t token;
  size_t before, after;
};
/// Two neighbours that may be merged, as they were when they were found.
struct Candidate {
  size_t rank, at;
  int64_t left, right, token;
  bool operator<(const Candidate &other) const { // the top of a queue is the largest
    return rank != other.rank ? rank > other.rank : at > other.at;
  }
};
constexpr size_t kNone = SIZE_MAX;
constexpr int64_t kMerged = -1;
} // namespace

bool BytePairs::encode(std::string_view piece, std::vector<int64_t> &tokens) const {
  if (takesWholePieces)
    if (auto whole = vocabulary.find(std::string(piece)); whole != vocabulary.end()) {
      tokens.push_back(whole->second);
      return true;
    }
  std::vector<Symbol> symbols;
  for (size_t i = 0; i < piece.size(); ++i) {
    auto byte = vocabulary.find(std::string(1, piece[i]));
    if (byte == vocabulary.end())
      return false;
    symbols.push_back({byte->second, i == 0 ? kNone : i - 1, i + 1 < piece.size() ? i + 1 : kNone});
  }
  std::priority_queue<Candidate> queue;
  auto consider = [&](size_t at) {
    if (at == kNone || symbols[at].after == kNone)
      return;
    int64_t left = symbols[at].token, right = symbols[symbols[at].after].token;
    if (auto merge = merges.find({left, right}); merge != merges.end())
      queue.push({merge->second.rank, at, left, right, merge->second.token});
  };
  for (size_t i = 0; i < symbols.size(); ++i)
    consider(i);
  while (!queue.empty()) {
    Candidate best = queue.top();
    queue.pop();
    Symbol &left = symbols[best.at];
    if (left.token != best.left || left.after == kNone || symbols[left.after].token != best.right)
      continue; // one of them was merged since
    Symbol &right = symbols[left.after];
    left.token = best.token, right.token = kMerged;
    left.after = right.after;
    if (left.after != kNone)
      symbols[left.after].before = best.at;
    consider(best.at);
    consider(left.before);
  }
  for (const Symbol &symbol : symbols)
    if (symbol.token != kMerged)
      tokens.push_back(symbol.token);
  return true;
}

} // namespace mlc::run
