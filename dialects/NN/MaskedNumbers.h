// What a mask makes of numbers that are computed of masked ones.
#ifndef MLC_DIALECTS_NN_MASKEDNUMBERS_H
#define MLC_DIALECTS_NN_MASKEDNUMBERS_H

#include "dialects/NN/NN.h"

namespace mlc::nn {

/// The number that all elements of a tensor are where `condition`, of the same shape, is false,
/// whatever the others are as long as they are finite: of scores that a mask replaces by -inf,
/// their exponentials are 0, and what is multiplied by these. None where that is not known.
class MaskedNumbers {
public:
  explicit MaskedNumbers(mlir::Value condition) : condition(condition) {}
  std::optional<double> of(mlir::Value value);

private:
  std::optional<double> find(mlir::Value value);

  mlir::Value condition;
  llvm::DenseMap<mlir::Value, std::optional<double>> found;
};

} // namespace mlc::nn
#endif
