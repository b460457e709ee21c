// Tensors whose dimensions are known by letters, as in einsum: for decompositions that serve many
// orders of dimensions.
#ifndef MLC_DIALECTS_NN_LETTERED_H
#define MLC_DIALECTS_NN_LETTERED_H

#include "dialects/NN/TensorExpr.h"

namespace mlc::nn {

/// A tensor and a letter per dimension, none twice.
struct Lettered {
  TensorExpr value;
  std::string dims;

  explicit operator bool() const { return static_cast<bool>(value); }
  bool has(char letter) const { return dims.find(letter) != std::string::npos; }
  int64_t at(char letter) const { return static_cast<int64_t>(dims.find(letter)); }
  int64_t size(char letter) const { return value.type().getDimSize(at(letter)); }
  /// Those of `letters` that this has.
  std::string among(llvm::StringRef letters) const;

  /// Another tensor of these dimensions.
  Lettered with(const TensorExpr &other) const { return {other, dims}; }
  /// The same dimensions in another order.
  Lettered inOrder(llvm::StringRef order) const;
  /// In the order of `like`, copied along the dimensions that this lacks. Where this says more of a
  /// size than `like`, so does the result.
  TensorExpr broadcastTo(const Lettered &like) const;
  /// Without the dimensions for which `isDropped` holds, which have size 1.
  Lettered without(llvm::function_ref<bool(char letter, int64_t size)> isDropped) const;
  /// With the dimension `letter` as `letter` and `inner`, of these sizes.
  Lettered split(char letter, int64_t size, char inner, int64_t innerSize) const;
  /// With the neighbours `outer` and `inner` as one dimension `letter`.
  Lettered merge(char outer, char inner, char letter) const;
  /// With another letter for a dimension.
  Lettered renamed(char from, char to) const;
  /// The position along `dim` in a tensor with these dimensions of this one.
  Lettered positions(llvm::StringRef letters, char dim, mlir::Type element) const;

private:
  llvm::SmallVector<int64_t> places(llvm::StringRef letters) const;
  friend Lettered contract(const Lettered &a, const Lettered &b, llvm::StringRef summed);
};

/// The sum over the dimensions `summed` of products where shared letters are at equal positions:
/// those dimensions first, then the others of a, then those of b.
Lettered contract(const Lettered &a, const Lettered &b, llvm::StringRef summed);

} // namespace mlc::nn
#endif
