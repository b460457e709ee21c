// What a user may have meant by a name that there is not. Needs the standard library only, so that
// every tool can ask.
#ifndef MLC_DIALECTS_NN_SUGGESTIONS_H
#define MLC_DIALECTS_NN_SUGGESTIONS_H

#include <string>
#include <string_view>
#include <vector>

namespace mlc {

/// The names among `known` that `name` may stand for, the best first, three at most: the same but
/// for case and underscores; what others call it; the nearest of both by edit distance.
std::vector<std::string> suggestionsFor(std::string_view name,
                                        const std::vector<std::string> &known);
/// "did you mean 'nn.linear'?" of those names after `prefix`, or "" where there are none.
std::string didYouMean(std::string_view name, const std::vector<std::string> &known,
                       std::string_view prefix = "");
/// "a, b or c".
std::string joinOr(const std::vector<std::string> &names);

} // namespace mlc
#endif
