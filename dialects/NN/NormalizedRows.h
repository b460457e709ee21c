// Numbers without their mean over their deviation: what the norms share.
#ifndef MLC_DIALECTS_NN_NORMALIZEDROWS_H
#define MLC_DIALECTS_NN_NORMALIZEDROWS_H

#include "dialects/NN/TensorExpr.h"

namespace mlc::nn {

/// x, normalized along dims; what forward and backward share; built twice, merged by CSE. The mean
/// is rounded, by more than the deviation where the elements are large and close to each other: what
/// it is wrong by is the mean of the distances from it, which are exact then.
struct NormalizedRows {
  NormalizedRows(const TensorExpr &x, llvm::ArrayRef<int64_t> dims, double epsilon);
  /// The cotangent of x where `normalized` has the cotangent u.
  TensorExpr cotangent(const TensorExpr &u) const;

  TensorExpr about;                ///< mean(x), rounded, per row
  TensorExpr distance, normalized; ///< x - about; without its mean over the deviation, h
  TensorExpr remainder;            ///< mean(distance), per row
  TensorExpr variance;             ///< per row
  TensorExpr inverseDeviation;     ///< rsqrt(variance + epsilon), per row
  llvm::SmallVector<int64_t> dims;
};

/// Checks of a norm that epsilon is at least 0 (C4) and a number of the dtype of x, or of f32 where
/// that is narrower (C5).
llvm::LogicalResult verifyEpsilon(mlir::Operation *op, mlir::FloatAttr epsilon,
                                  mlir::RankedTensorType x);

} // namespace mlc::nn
#endif
