// Folding of elementwise ops: constants through the formula itself, and identities that keep every
// bit.
#include "dialects/NN/ElementwiseFolds.h"
#include "dialects/NN/Evaluator.h"
#include "dialects/NN/NN.h"
#include "mlir/IR/Matchers.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

/// The most elements of a constant that folding computes; a splat counts as one.
static constexpr int64_t kMaxFolded = 64;

/// A number rounded to `element`, as an attribute.
static Attribute attributeOf(const Scalar &number, Type element) {
  if (auto type = dyn_cast<FloatType>(element))
    return FloatAttr::get(type, roundTo(number, element).value);
  return IntegerAttr::get(element,
                          APInt(element.getIntOrFloatBitWidth(), number.integer, /*isSigned=*/true,
                                /*implicitTrunc=*/true));
}

/// Evaluates `op` on constants: once if all are splats, else element by element.
static DenseElementsAttr foldConstants(ElementwiseOpInterface op, ArrayRef<Attribute> operands,
                                       RankedTensorType type) {
  SmallVector<Tensor> tensors;
  bool areSplats = true;
  for (Attribute operand : operands) {
    auto dense = dyn_cast_or_null<DenseElementsAttr>(operand);
    if (!dense)
      return nullptr;
    areSplats &= dense.isSplat();
  }
  if (!type.hasStaticShape() || (!areSplats && type.getNumElements() > kMaxFolded) ||
      type.getNumElements() == 0)
    return nullptr;
  for (Attribute operand : operands) {
    auto dense = mlir::cast<DenseElementsAttr>(operand);
    tensors.push_back(tensorOf(
        areSplats ? dense.resizeSplat(RankedTensorType::get({}, dense.getElementType())) : dense));
  }
  SmallVector<Attribute> elements;
  for (int64_t i = 0; i < (areSplats ? 1 : type.getNumElements()); ++i) {
    SmallVector<Scalar> numbers;
    for (const Tensor &tensor : tensors)
      numbers.push_back(tensor.data[i]);
    elements.push_back(attributeOf(op.evaluateScalar(numbers), type.getElementType()));
  }
  return DenseElementsAttr::get(type, elements);
}

/// Whether `value` is `number` at every position, through broadcasts. Distinguishes -0.0 from 0.0.
static bool isEverywhere(Value value, double number) {
  while (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getX();
  DenseElementsAttr dense;
  if (!matchPattern(value, m_Constant(&dense)) || !dense.isSplat())
    return false;
  if (isa<FloatType>(dense.getElementType())) {
    APFloat splat = dense.getSplatValue<APFloat>();
    return splat.convertToDouble() == number && splat.isNegative() == std::signbit(number);
  }
  return dense.getSplatValue<APInt>().getSExtValue() == static_cast<int64_t>(number);
}

/// The operand that `op` equals, bit by bit: x * 1, x / 1, x + -0.0 (integers: x + 0), x - 0,
/// select with a constant condition or equal choices, a cast to the same dtype.
static Value identicalOperand(Operation *op) {
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(op->getOperand(0).getType()));
  auto isSecond = [&](double number) { return isEverywhere(op->getOperand(1), number); };
  auto isFirst = [&](double number) { return isEverywhere(op->getOperand(0), number); };
  double zero = isFloat ? -0.0 : 0.0;
  if (isa<MulOp>(op))
    return isSecond(1.0) ? op->getOperand(0) : isFirst(1.0) ? op->getOperand(1) : Value();
  if (isa<AddOp>(op))
    return isSecond(zero) ? op->getOperand(0) : isFirst(zero) ? op->getOperand(1) : Value();
  if ((isa<DivOp>(op) && isSecond(1.0)) || (isa<SubOp>(op) && isSecond(0.0)))
    return op->getOperand(0);
  if (isa<CastOp>(op))
    return op->getOperand(0);
  if (auto select = dyn_cast<SelectOp>(op)) {
    if (select.getOnTrue() == select.getOnFalse())
      return select.getOnTrue();
    // A splat of i1 reads as 0 or -1.
    return isEverywhere(select.getCondition(), -1.0)  ? Value(select.getOnTrue())
           : isEverywhere(select.getCondition(), 0.0) ? Value(select.getOnFalse())
                                                      : Value();
  }
  return Value();
}

LogicalResult ElementwiseFolder::fold(Operation *op, ArrayRef<Attribute> operands,
                                      SmallVectorImpl<OpFoldResult> &results) const {
  auto elementwise = dyn_cast<ElementwiseOpInterface>(op);
  if (!elementwise)
    return failure();
  auto type = mlir::cast<RankedTensorType>(op->getResult(0).getType());
  if (Value same = identicalOperand(op); same && same.getType() == type) {
    results.push_back(same);
    return success();
  }
  DenseElementsAttr constant = foldConstants(elementwise, operands, type);
  if (!constant)
    return failure();
  results.push_back(constant);
  return success();
}

} // namespace mlc::nn
