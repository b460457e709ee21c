// The pieces of a text whose bytes are merged among themselves.
#ifndef MLC_TOOLS_RUN_PRETOKENS_H
#define MLC_TOOLS_RUN_PRETOKENS_H

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace mlc::run {

/// One of the regular expressions that byte-level tokenizers split by, all of one kind:
///   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// which is GPT-2's, or, for `isNewer`,
///   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}
///   | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// of GPT-4 and Llama 3 (3 digits) and of Qwen 2 (1 digit).
struct SplitPattern {
  bool isNewer = false;
  size_t digits = 0;
  bool isolatesNumbers =
      false; ///< each character of \p{N} is a piece before anything is looked for

  /// The pattern that a tokenizer's file writes as `regex`; none where it is another one.
  static std::optional<SplitPattern> of(std::string_view regex);
};

/// The text in pieces, in order: together they are all of it.
std::vector<std::string_view> splitText(std::string_view text, const SplitPattern &pattern);

} // namespace mlc::run
#endif
