#include "compiler/Codegen/Common/PullAccumulator.h"
#include "dialects/NN/ScalarExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc {

Accumulator::Accumulator(PullEmitter &emitter, Operation *op, unsigned positionBits)
    : emitter(emitter), op(op), positionType(IntegerType::get(op->getContext(), positionBits)) {
  Type element = getElementTypeOrSelf(op->getOperand(0).getType());
  type = PullEmitter::accumulatorType(element);
  auto reduction = cast<nn::ReductionOpInterface>(op);
  kind = reduction.getKind();
  givesPosition = reduction.givesPosition();
}

bool Accumulator::hasNan() const {
  bool isExtreme = kind == nn::Reduction::max || kind == nn::Reduction::min;
  return !hasPosition() && isExtreme && isa<FloatType>(type);
}
bool Accumulator::isRounded() const { return kind == nn::Reduction::sum && isa<FloatType>(type); }

SmallVector<Value> Accumulator::initial(unsigned lanes) {
  SmallVector<Value> values = {splat(emitter.constant(emitter.identity(kind, type)), lanes)};
  if (hasNan())
    values.push_back(values[0]);
  if (hasPosition())
    values.push_back(splat(emitter.constant(IntegerAttr::get(
                               positionType, APInt::getSignedMaxValue(positionType.getWidth()))),
                           lanes));
  return values;
}

SmallVector<Value> Accumulator::step(ValueRange carried, Value value, const LaneIndex &at,
                                     Value mask) {
  if (isa<VectorType>(carried[0].getType()))
    value = emitter.splat(value);
  SmallVector<Value> next = {value};
  if (hasNan())
    next.push_back(value);
  if (hasPosition()) {
    Value position = at.isUniform() ? at.base : emitter.laneVector(at);
    if (isa<VectorType>(carried[0].getType()))
      position = emitter.splat(position);
    next.push_back(arith::IndexCastOp::create(emitter.builder, emitter.location,
                                              carried[1].getType(), position));
  }
  next = merge(carried, next);
  if (mask)
    for (auto [value, old] : llvm::zip(next, carried))
      value = arith::SelectOp::create(emitter.builder, emitter.location, mask, value, old);
  return next;
}

SmallVector<Value> Accumulator::merge(ValueRange a, ValueRange b) {
  if (hasNan())
    return mergeExtremes(a, b);
  if (!hasPosition())
    return {emitter.combine(kind, a[0], b[0])};
  // NaN counts as extreme; the first among equals wins.
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  nn::ScalarExpr x(builder, location, a[0]), y(builder, location, b[0]);
  nn::ScalarExpr isBetter =
      nn::compare(kind == nn::Reduction::max ? nn::Predicate::gt : nn::Predicate::lt, y, x);
  nn::ScalarExpr isEqual = nn::compare(nn::Predicate::eq, y, x);
  if (!x.isInteger()) {
    nn::ScalarExpr xNan = nn::compare(nn::Predicate::ne, x, x),
                   yNan = nn::compare(nn::Predicate::ne, y, y);
    nn::ScalarExpr xNumber = nn::compare(nn::Predicate::eq, x, x);
    isBetter = isBetter | (yNan & xNumber);
    isEqual = isEqual | (yNan & xNan);
  }
  nn::ScalarExpr isEarlier = nn::compare(nn::Predicate::lt, nn::ScalarExpr(builder, location, b[1]),
                                         nn::ScalarExpr(builder, location, a[1]));
  Value take = (isBetter | (isEqual & isEarlier)).value();
  return {arith::SelectOp::create(builder, location, take, b[0], a[0]),
          arith::SelectOp::create(builder, location, take, b[1], a[1])};
}

SmallVector<Value> Accumulator::fold(SmallVector<Value> values, unsigned lanes) {
  auto lanesOf = [&] { return cast<VectorType>(values[0].getType()).getDimSize(0); };
  while (isa<VectorType>(values[0].getType()) && lanesOf() > lanes) {
    int64_t half = lanesOf() / 2;
    values = merge(parts(values, 0, half), parts(values, half, half));
  }
  return values;
}

Value Accumulator::result(ArrayRef<Value> values) {
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  if (hasPosition() && positionType == element)
    return values[1];
  if (hasPosition()) {
    auto vector = dyn_cast<VectorType>(values[1].getType());
    return arith::ExtSIOp::create(emitter.builder, emitter.location,
                                  vector ? Type(vector.clone(element)) : element, values[1]);
  }
  Value value = values[0];
  if (hasNan()) {
    nn::ScalarExpr nan(emitter.builder, emitter.location, values[1]);
    value = nn::select(nn::compare(nn::Predicate::ne, nan, nan), nan, nan.with(value)).value();
  }
  return emitter.rounded(value, element);
}

SmallVector<Value> Accumulator::mergeExtremes(ValueRange a, ValueRange b) {
  auto expr = [&](Value value) { return nn::ScalarExpr(emitter.builder, emitter.location, value); };
  nn::Predicate isFurther = kind == nn::Reduction::max ? nn::Predicate::gt : nn::Predicate::lt;
  nn::ScalarExpr isNan = nn::compare(nn::Predicate::ne, expr(b[1]), expr(b[1]));
  return {
      nn::select(nn::compare(isFurther, expr(a[0]), expr(b[0])), expr(a[0]), expr(b[0])).value(),
      nn::select(isNan, expr(b[1]), expr(a[1])).value()};
}

Value Accumulator::splat(Value scalar, unsigned lanes) {
  if (lanes == 1)
    return scalar;
  Value result;
  emitter.withLanes(lanes, {}, [&] { result = emitter.splat(scalar); });
  return result;
}

SmallVector<Value> Accumulator::parts(ArrayRef<Value> values, int64_t offset, int64_t size) {
  SmallVector<Value> result;
  for (Value value : values) {
    if (size == 1)
      result.push_back(vector::ExtractOp::create(emitter.builder, emitter.location, value, offset));
    else
      result.push_back(vector::ExtractStridedSliceOp::create(emitter.builder, emitter.location,
                                                             value, offset, size, 1));
  }
  return result;
}

} // namespace mlc
