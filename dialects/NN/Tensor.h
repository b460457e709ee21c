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
  int64_t size() const { return static_cast<int64_t>(data.size()); }
  /// Row-major element number of `index`.
  int64_t offset(llvm::ArrayRef<int64_t> index) const;
  Scalar &operator[](llvm::ArrayRef<int64_t> index) { return data[offset(index)]; }
  const Scalar &operator[](llvm::ArrayRef<int64_t> index) const { return data[offset(index)]; }
};

/// Calls `body` with every index of `shape` in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> shape, llvm::function_ref<void(llvm::ArrayRef<int64_t>)> body);

} // namespace mlc::nn
#endif
