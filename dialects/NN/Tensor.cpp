#include "dialects/NN/Tensor.h"

using namespace mlir;

namespace mlc::nn {

Tensor::Tensor(RankedTensorType type, Scalar fill)
    : shape(type.getShape()), element(type.getElementType()), data(type.getNumElements(), fill) {}

int64_t Tensor::offset(ArrayRef<int64_t> index) const {
  int64_t result = 0;
  for (auto [i, size] : llvm::zip(index, shape))
    result = result * size + i;
  return result;
}

void forEachIndex(ArrayRef<int64_t> shape, llvm::function_ref<void(ArrayRef<int64_t>)> body) {
  if (llvm::is_contained(shape, 0))
    return;
  SmallVector<int64_t> index(shape.size(), 0);
  while (true) {
    body(index);
    int64_t dim = static_cast<int64_t>(shape.size()) - 1;
    for (; dim >= 0 && ++index[dim] == shape[dim]; --dim)
      index[dim] = 0;
    if (dim < 0)
      return;
  }
}

} // namespace mlc::nn
