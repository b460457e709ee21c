// What the dimensions of signals, images and volumes are.
#ifndef MLC_DIALECTS_NN_IMAGELAYOUT_H
#define MLC_DIALECTS_NN_IMAGELAYOUT_H

#include "dialects/NN/TensorExpr.h"

namespace mlc::nn {

/// A letter per dimension: n batch, c channels, all others spatial.
struct ImageLayout {
  std::string word;
  std::string spatial; ///< the spatial letters, in order

  int64_t at(char letter) const { return static_cast<int64_t>(word.find(letter)); }
  int64_t at(size_t dim) const { return at(spatial[dim]); }
  /// Where the spatial dimensions are, in order.
  llvm::SmallVector<int64_t> spatialDims() const;

  /// What `text` says, else nc and then w, hw or dhw by the rank of x. Fails, with a diagnostic,
  /// where that is no layout of x, or lacks a letter of `needed`.
  static llvm::FailureOr<ImageLayout> of(std::optional<mlir::Location> location,
                                         mlir::StringAttr text, mlir::RankedTensorType x,
                                         llvm::StringRef needed);
};

/// One number for every spatial dimension: as many as there are, or one for all.
template <typename Number>
llvm::SmallVector<Number> forSpatialDims(llvm::ArrayRef<Number> numbers,
                                         const ImageLayout &layout) {
  if (numbers.size() == 1)
    return llvm::SmallVector<Number>(layout.spatial.size(), numbers.front());
  return llvm::to_vector(numbers);
}
/// Whether there are as many.
llvm::LogicalResult verifyForSpatialDims(std::optional<mlir::Location> location,
                                         llvm::StringRef name, size_t count,
                                         const ImageLayout &layout);
/// Whether x has elements along every spatial dimension, as far as is known.
llvm::LogicalResult verifyNotEmpty(std::optional<mlir::Location> location, mlir::RankedTensorType x,
                                   const ImageLayout &layout);
/// Has calls refused where x has no elements along one of `dims`.
void refuseEmpty(const TensorExpr &x, llvm::ArrayRef<int64_t> dims);

/// What the four neighbours of a position weigh that is `t` behind the second of them.
template <typename Number> llvm::SmallVector<Number> cubicWeights(const Number &t) {
  constexpr double a = -0.75;
  auto inner = [](const Number &d) { return ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0; };
  auto outer = [](const Number &d) { return ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a; };
  return {outer(t + 1.0), inner(t), inner(1.0 - t), outer(2.0 - t)};
}

} // namespace mlc::nn
#endif
