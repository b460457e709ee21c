// What the numbers of optimizers and schedules may be. The runtime knows the ranges of
// hyperparameters from the storages that the compiler makes of them.
#include "dialects/NN/Attributes.h"
#include <charconv>
#include <cmath>

using namespace mlir;

namespace mlc::nn {

Range rangeOf(StringRef name) {
  if (name == "beta1" || name == "beta2")
    return {0.0, Range::kBelowOne};
  if (name == "alpha") // PyTorch refuses below 0 only; above 1 the mean square falls below 0
    return {0.0, 1.0};
  assert(
      llvm::is_contained(
          {"learning_rate", "learning_rate_decay", "momentum", "epsilon", "weight_decay"}, name) &&
      "a hyperparameter without a range");
  return {0.0, Range::kMost};
}

/// As few digits as tell it from its neighbours, unlike a diagnostic's own.
template <typename Float> static std::string text(Float value) {
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

static std::string text(Range range) {
  std::string least = text(static_cast<float>(range.least));
  if (range.most == Range::kMost)
    return " of at least " + least;
  return " of at least " + least +
         (range.most == Range::kBelowOne ? " and below 1"
                                         : " and at most " + text(static_cast<float>(range.most)));
}

LogicalResult verifyInRange(llvm::function_ref<InFlightDiagnostic()> emitError, StringRef name,
                            double value, Range range) {
  auto kept = static_cast<float>(value);
  if (kept >= range.least && kept <= range.most)
    return success();
  InFlightDiagnostic diagnostic = emitError()
                                  << "expects " << name
                                  << (std::isfinite(kept) ? text(range) : " to be finite in f32")
                                  << ", but got " << text(value);
  // It is the rounding that makes it wrong, where the text would do.
  bool isBelow = range.most == Range::kBelowOne ? value < 1.0 : value <= range.most;
  if (std::isfinite(value) &&
      (std::isinf(kept) || kept == 0.0f || (value >= range.least && isBelow)))
    diagnostic << ", which is " << text(kept) << " in f32";
  return diagnostic;
}

} // namespace mlc::nn
