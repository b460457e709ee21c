#include "compiler/Codegen/CPU/PlainOperand.h"
#include "compiler/Codegen/Common/Emission.h"

using namespace mlir;

namespace mlc {

static EmissionTraits traitsOf(Operation *op) {
  const Emission *emission = op ? emissionOf(op) : nullptr;
  return emission ? emission->traits : EmissionTraits();
}
/// The tensor whose elements, in their order, are those of `tensor`.
static Value inSameOrder(Value tensor) {
  Operation *op = tensor.getDefiningOp();
  auto readsInOrder = traitsOf(op).readsInOrder;
  std::optional<SmallVector<Value>> read = readsInOrder ? readsInOrder(op) : std::nullopt;
  return read && read->size() == 1 ? inSameOrder(read->front()) : tensor;
}

const DotInstruction *dotOf(nn::ProductOpInterface product, const ScheduleOptions &options) {
  Type narrow = product.narrowElement();
  return !narrow || narrow.isF16() ? nullptr : narrow.isBF16() ? options.bf16Dot : options.i8Dot;
}

std::optional<PlainOperand> plainOperand(PullEmitter &emitter, Value tensor) {
  auto op = tensor.getDefiningOp<nn::KernelOpInterface>();
  if (auto steps = op ? op.viewSteps() : std::nullopt) {
    std::optional<PlainOperand> source = plainOperand(emitter, op->getOperand(0));
    if (!source)
      return std::nullopt;
    SmallVector<AffineExpr> strides;
    AffineExpr offset = source->offset;
    for (const nn::ViewStep &step : *steps) {
      strides.push_back(emitter.shapes.simplified(source->strides[step.dim] * step.step));
      offset = offset + source->strides[step.dim] * step.first;
    }
    return PlainOperand{source->argument, strides, emitter.shapes.simplified(offset)};
  }
  Value argument = inSameOrder(tensor);
  if (!isa<BlockArgument>(argument))
    return std::nullopt;
  SmallVector<AffineExpr> sizes = emitter.shapes.sizes(tensor), strides(sizes.size());
  AffineExpr stride = emitter.shapes.constant(1);
  for (size_t dim = sizes.size(); dim-- > 0;) {
    strides[dim] = stride;
    stride = emitter.shapes.simplified(stride * sizes[dim]);
  }
  return PlainOperand{argument, strides, emitter.shapes.constant(0)};
}

} // namespace mlc
