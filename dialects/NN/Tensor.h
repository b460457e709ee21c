// The reference evaluator's tensor.
#ifndef MLC_DIALECTS_NN_TENSOR_H
#define MLC_DIALECTS_NN_TENSOR_H

#include "dialects/NN/Scalar.h"
#include "mlir/IR/BuiltinTypes.h"
#include <vector>

namespace mlc::nn {

/// A dense row-major tensor of exact numbers. Value semantics; sizes are always static.
struct Tensor {
  llvm::SmallVector<int64_t> shape;
  mlir::Type element;
  std::vector<Scalar> data;

  Tensor() = default;
  /// A tensor of the static type `type`, every element equal to `fill`.
  explicit Tensor(mlir::RankedTensorType type, Scalar fill = {});
  /// A tensor of the static type `type` whose element at every index is `element(index)`.
  static Tensor generate(mlir::RankedTensorType type,
                         llvm::function_ref<Scalar(llvm::ArrayRef<int64_t>)> element);
  /// The value of a rank-0 integer tensor, such as an `index` operand.
  int64_t toInteger() const { return data.front().integer; }
  int64_t size() const { return static_cast<int64_t>(data.size()); }
  /// Row-major element number of `index`.
  int64_t offset(llvm::ArrayRef<int64_t> index) const;
  Scalar &operator[](llvm::ArrayRef<int64_t> index) { return data[offset(index)]; }
  const Scalar &operator[](llvm::ArrayRef<int64_t> index) const { return data[offset(index)]; }
};

/// Calls `body` with every index of `shape` in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> shape,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> body);
/// The element numbers, in a tensor of shape `shape`, of every position along `dims` (in row-major
/// order of `dims` as given), all other indices being 0. Element numbers of disjoint sets of
/// dimensions add up.
std::vector<int64_t> offsetsAlong(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> dims);

} // namespace mlc::nn
#endif
