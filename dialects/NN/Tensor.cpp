#include "dialects/NN/Tensor.h"

using namespace mlir;

namespace mlc::nn {

Tensor::Tensor(RankedTensorType type, Scalar fill)
    : shape(type.getShape()), element(type.getElementType()), data(type.getNumElements(), fill) {}

Tensor Tensor::generate(RankedTensorType type,
                        llvm::function_ref<Scalar(ArrayRef<int64_t>)> element) {
  Tensor result(type);
  int64_t position = 0;
  forEachIndex(type.getShape(),
               [&](ArrayRef<int64_t> index) { result.data[position++] = element(index); });
  return result;
}

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

std::vector<int64_t> offsetsAlong(ArrayRef<int64_t> shape, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> strides(shape.size(), 1), sizes;
  for (int64_t dim = static_cast<int64_t>(shape.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * shape[dim + 1];
  for (int64_t dim : dims)
    sizes.push_back(shape[dim]);
  std::vector<int64_t> offsets;
  forEachIndex(sizes, [&](ArrayRef<int64_t> index) {
    int64_t offset = 0;
    for (auto [i, dim] : llvm::zip(index, dims))
      offset += i * strides[dim];
    offsets.push_back(offset);
  });
  return offsets;
}

} // namespace mlc::nn
