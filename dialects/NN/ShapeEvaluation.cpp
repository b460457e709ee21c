// Reference semantics of the ops that create tensors or move their elements.
#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc::nn {

using Tensors = FailureOr<SmallVector<Tensor>>;
static Tensors only(Tensor &&tensor) { return SmallVector<Tensor>{std::move(tensor)}; }

/// Moves `offset` so that `extent` elements from it on lie within `size`.
static int64_t clampOffset(int64_t offset, int64_t extent, int64_t size) {
  return std::max<int64_t>(0, std::min(offset, size - extent));
}
/// The elements that a strided run of `size` positions spans.
static int64_t extentOf(int64_t size, int64_t stride) {
  return size == 0 ? 0 : (size - 1) * stride + 1;
}

/// Offsets given as attributes or, where dynamic, as the rank-0 tensors `operands`, in order.
static SmallVector<int64_t> resolve(ArrayRef<int64_t> statics, ArrayRef<Tensor> operands) {
  SmallVector<int64_t> result;
  for (int64_t value : statics) {
    bool isDynamic = ShapedType::isDynamic(value);
    result.push_back(isDynamic ? operands.front().toInteger() : value);
    operands = operands.drop_front(isDynamic);
  }
  return result;
}

Tensors ConstantOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType> resultTypes) {
  DenseElementsAttr dense = getDense();
  Tensor result(resultTypes.front());
  int64_t position = 0;
  if (isa<FloatType>(result.element)) {
    for (const APFloat &number : dense.getValues<APFloat>())
      result.data[position++] = Scalar::real(number.convertToDouble());
  } else {
    unsigned width = result.element.getIntOrFloatBitWidth();
    for (const APInt &number : dense.getValues<APInt>())
      result.data[position++] = Scalar::ofInteger(number.getSExtValue(), width);
  }
  return only(std::move(result));
}

Tensors IotaOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType> resultTypes) {
  Type element = resultTypes.front().getElementType();
  return only(Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    return nn::cast(Scalar::ofInteger(index[getDim()], 64), element);
  }));
}

Tensors DimOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType>) {
  auto type = RankedTensorType::get({}, IntegerType::get(getContext(), 64));
  return only(Tensor(type, Scalar::ofInteger(operands[0].shape[getDim()], 64)));
}

Tensors BroadcastOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType> resultTypes) {
  return only(Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source;
    for (int64_t dim : getDims())
      source.push_back(index[dim]);
    return operands[0][source];
  }));
}

Tensors ReshapeOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType> resultTypes) {
  Tensor result(resultTypes.front());
  if (result.size() != operands[0].size()) // reshape_c1
    return emitOpError("expects equal element counts, but got ")
           << operands[0].size() << " elements for " << resultTypes.front();
  result.data = operands[0].data;
  return only(std::move(result));
}

Tensors TransposeOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType> resultTypes) {
  return only(Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index.size());
    for (auto [i, dim] : llvm::zip(index, getPermutation()))
      source[dim] = i;
    return operands[0][source];
  }));
}

Tensors ReverseOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType> resultTypes) {
  return only(Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    for (int64_t dim : getDims())
      source[dim] = operands[0].shape[dim] - 1 - index[dim];
    return operands[0][source];
  }));
}

Tensors ConcatOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType> resultTypes) {
  return only(Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    int64_t dim = getDim();
    const Tensor *input = operands.begin();
    while (source[dim] >= input->shape[dim])
      source[dim] -= (input++)->shape[dim];
    return (*input)[source];
  }));
}

Tensors SliceOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType> resultTypes) {
  ArrayRef<int64_t> sizes = resultTypes.front().getShape(), strides = getStrides();
  SmallVector<int64_t> offsets =
      resolve(getStaticOffsets(), operands.slice(1, getOffsets().size()));
  for (size_t dim = 0; dim < sizes.size(); ++dim)
    offsets[dim] =
        clampOffset(offsets[dim], extentOf(sizes[dim], strides[dim]), operands[0].shape[dim]);
  return only(Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source;
    for (size_t dim = 0; dim < sizes.size(); ++dim)
      source.push_back(offsets[dim] + index[dim] * strides[dim]);
    return operands[0][source];
  }));
}

Tensors UpdateSliceOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType>) {
  Tensor result = operands[0];
  const Tensor &update = operands[1];
  SmallVector<int64_t> offsets = resolve(getStaticOffsets(), operands.drop_front(2));
  for (size_t dim = 0; dim < offsets.size(); ++dim)
    offsets[dim] = clampOffset(offsets[dim], update.shape[dim], result.shape[dim]);
  forEachIndex(update.shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> target(index);
    for (size_t dim = 0; dim < offsets.size(); ++dim)
      target[dim] += offsets[dim];
    result[target] = update[index];
  });
  return only(std::move(result));
}

Tensors PadOp::evaluate(ArrayRef<Tensor> operands, ArrayRef<RankedTensorType> resultTypes) {
  Tensor result(resultTypes.front(), operands[1].data.front());
  forEachIndex(operands[0].shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> target(index);
    for (size_t dim = 0; dim < target.size(); ++dim)
      target[dim] = getLow()[dim] + index[dim] * (getInterior()[dim] + 1);
    result[target] = operands[0][index];
  });
  return only(std::move(result));
}

} // namespace mlc::nn
