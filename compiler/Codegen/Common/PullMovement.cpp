// Ops that create or move elements: transforms of the position.
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "compiler/Codegen/Common/PullEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

Value PullEmitter::choose(Value condition, Type element, bool hasLanes,
                          function_ref<Value()> onTrue, function_ref<Value()> onFalse) {
  element = accumulatorType(element);
  if (!isa<VectorType>(condition.getType())) {
    auto whole = [&](function_ref<Value()> side) { return hasLanes ? splat(side()) : side(); };
    return ifElse(
        condition, hasLanes ? laneType(element) : element, [&] { return whole(onTrue); },
        [&] { return whole(onFalse); });
  }
  Value ones = constant(cast<TypedAttr>(builder.getOneAttr(condition.getType())));
  Value otherwise = arith::XOrIOp::create(builder, location, condition, ones);
  auto masked = [&](Value lanes, function_ref<Value()> side) {
    Value result, both = bothMasks(mask(), lanes);
    withLanes(width(), both, [&] { result = splat(side()); });
    return result;
  };
  Value yes = masked(condition, onTrue), no = masked(otherwise, onFalse);
  return arith::SelectOp::create(builder, location, condition, yes, no);
}

Value PullEmitter::emitConstant(nn::ConstantOp op, const Position &position) {
  auto elements = cast<DenseElementsAttr>(op.getValue());
  auto type = cast<RankedTensorType>(op.getType());
  Type element = type.getElementType(), kept = storedElement(element);
  if (elements.isSplat()) {
    auto value = cast<TypedAttr>(elements.getSplatValue<Attribute>());
    if (isNarrowFloat(element))
      value = builder.getF32FloatAttr(cast<FloatAttr>(value).getValueAsDouble());
    return constant(value);
  }
  auto flat = RankedTensorType::get({type.getNumElements()}, kept);
  SmallVector<Attribute> values;
  for (Attribute value : elements.getValues<Attribute>()) {
    if (element.isInteger(1))
      value = builder.getI8IntegerAttr(cast<IntegerAttr>(value).getValue().getBoolValue());
    else if (isNarrowFloat(element))
      value = IntegerAttr::get(kept, cast<FloatAttr>(value).getValue().bitcastToAPInt());
    values.push_back(value);
  }
  auto buffer = MemRefType::get(flat.getShape(), kept);
  Value address =
      shared({reinterpret_cast<uintptr_t>(op.getOperation())}, {}, false, [&]() -> Value {
        auto function = cast<func::FuncOp>(builder.getInsertionBlock()->getParentOp());
        OpBuilder atModule(function);
        std::string name;
        SymbolTable symbols(function->getParentOfType<ModuleOp>());
        for (unsigned number = 0; name.empty() || symbols.lookup(name); ++number)
          name = (function.getSymName() + "_constant_" + Twine(number)).str();
        memref::GlobalOp::create(atModule, location, name, builder.getStringAttr("private"), buffer,
                                 DenseElementsAttr::get(flat, values), /*constant=*/true,
                                 builder.getI64IntegerAttr(64));
        return memref::GetGlobalOp::create(builder, location, buffer, name);
      });
  return load(address, linearize(op, position), element);
}

Value PullEmitter::emitIota(nn::IotaOp op, const Position &position) {
  return fromIndex(coordinates(op, position)[op.getDim()], getElementTypeOrSelf(op.getType()));
}

Value PullEmitter::emitBroadcast(nn::BroadcastOp op, const Position &position) {
  if (op.getDims().empty())
    return emit(op.getX(), {});
  SmallVector<LaneIndex, 4> coords = coordinates(op, position), source;
  for (int64_t dim : op.getDims())
    source.push_back(coords[dim]);
  return emit(op.getX(), Position::at(source));
}

/// Coordinates of equal leading and trailing dimensions stay; what is between is renumbered.
Value PullEmitter::emitReshape(nn::ReshapeOp op, const Position &position) {
  if (position.linear)
    return emit(op.getX(), position);
  SmallVector<AffineExpr> from = shapes.sizes(op.getX()), to = shapes.sizes(op);
  size_t front = 0, back = 0, shorter = std::min(from.size(), to.size());
  while (front < shorter && from[front] == to[front])
    ++front;
  while (back < shorter - front && from[from.size() - 1 - back] == to[to.size() - 1 - back])
    ++back;
  ArrayRef<LaneIndex> coords(position.coords);
  ArrayRef<AffineExpr> toMiddle = ArrayRef<AffineExpr>(to).slice(front, to.size() - front - back);
  ArrayRef<AffineExpr> fromMiddle =
      ArrayRef<AffineExpr>(from).slice(front, from.size() - front - back);
  LaneIndex linear = linearize(toMiddle, coords.slice(front, toMiddle.size()));
  if (front == 0 && back == 0)
    return emit(op.getX(), Position::atLinear(linear));
  SmallVector<LaneIndex, 4> source(coords.take_front(front));
  llvm::append_range(source, delinearize(fromMiddle, linear));
  llvm::append_range(source, coords.take_back(back));
  return emit(op.getX(), Position::at(source));
}

Value PullEmitter::emitTranspose(nn::TransposeOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position), source(coords.size());
  for (auto [dim, from] : llvm::enumerate(op.getPermutation()))
    source[from] = coords[dim];
  return emit(op.getX(), Position::at(source));
}

Value PullEmitter::emitUnpack(kernel::UnpackOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position);
  auto type = cast<RankedTensorType>(op.getPacked().getType());
  Value width = constantIndex(type.getDimSize(2)), products = constantIndex(op.getProducts());
  const LaneIndex &column = coords[1 - op.getDepth()], &depth = coords[op.getDepth()];
  LaneIndex at[] = {floorDiv(column, width), floorDiv(depth, products), rem(column, width),
                    rem(depth, products)};
  return emit(op.getPacked(), Position::at(ArrayRef<LaneIndex>(at, type.getRank())));
}

Value PullEmitter::emitReverse(nn::ReverseOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position);
  for (int64_t dim : op.getDims())
    coords[dim] = sub(uniform(add(size(op, dim), -1)), coords[dim]);
  return emit(op.getX(), Position::at(coords));
}

/// A dynamic offset moves so that the box of `part` elements stays inside `whole`.
LaneIndex PullEmitter::clampedOffset(OpFoldResult offset, Value whole, Value part) {
  Value at = value(shapes.index(offset));
  return isa<Attribute>(offset) ? uniform(at)
                                : clamp(uniform(at), constantIndex(0), sub(whole, part));
}

Value PullEmitter::emitSlice(nn::SliceOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position);
  for (auto [dim, offset] : llvm::enumerate(op.getMixedOffsets())) {
    int64_t stride = op.getStrides()[dim];
    Value extent = add(mul(add(size(op, dim), -1), stride), 1);
    coords[dim] = add(mul(coords[dim], constantIndex(stride)),
                      clampedOffset(offset, size(op.getX(), dim), extent));
  }
  return emit(op.getX(), Position::at(coords));
}

Value PullEmitter::emitUpdateSlice(nn::UpdateSliceOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position), inBox(coords);
  Value inside;
  for (auto [dim, offset] : llvm::enumerate(op.getMixedOffsets())) {
    if (shapes.size(op, dim) == shapes.size(op.getUpdate(), dim))
      continue;
    Value part = size(op.getUpdate(), dim);
    LaneIndex low = clampedOffset(offset, size(op, dim), part);
    inside = bothMasks(inside, compare(CmpIPredicate::sge, coords[dim], low));
    inside = bothMasks(inside, compare(CmpIPredicate::slt, coords[dim], add(low, uniform(part))));
    inBox[dim] = sub(coords[dim], low);
    if (position.hasLanes() && inBox[dim].isUniform()) // read without a mask
      inBox[dim] = clamp(inBox[dim], constantIndex(0), add(part, -1));
  }
  auto update = [&] { return emit(op.getUpdate(), Position::at(inBox)); };
  if (!inside)
    return update();
  return choose(inside, getElementTypeOrSelf(op.getType()), position.hasLanes(), update,
                [&] { return emit(op.getX(), Position::at(coords)); });
}

Value PullEmitter::emitConcat(nn::ConcatOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position);
  Type element = getElementTypeOrSelf(op.getType());
  int64_t dim = op.getDim();
  std::function<Value(size_t, LaneIndex)> piece = [&](size_t number, LaneIndex at) -> Value {
    Value input = op.getInputs()[number];
    auto here = [&] {
      SmallVector<LaneIndex, 4> source(coords);
      source[dim] = at;
      return emit(input, Position::at(source));
    };
    if (number + 1 == op.getInputs().size())
      return here();
    LaneIndex length = uniform(size(input, dim));
    return choose(compare(CmpIPredicate::slt, at, length), element, position.hasLanes(), here,
                  [&] { return piece(number + 1, sub(at, length)); });
  };
  return piece(0, coords[dim]);
}

Value PullEmitter::emitPad(nn::PadOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position);
  Value inside;
  LaneIndex zero = uniform(0);
  for (size_t dim = 0; dim < coords.size(); ++dim) {
    int64_t low = op.getLow()[dim], step = op.getInterior()[dim] + 1;
    LaneIndex at = sub(coords[dim], uniform(low));
    if (low > 0)
      inside = bothMasks(inside, compare(CmpIPredicate::sge, at, zero));
    if (op.getHigh()[dim] > 0 || step > 1) {
      LaneIndex limit = uniform(add(mul(add(size(op.getX(), dim), -1), step), 1));
      inside = bothMasks(inside, compare(CmpIPredicate::slt, at, limit));
    }
    if (step > 1)
      inside = bothMasks(inside, compare(CmpIPredicate::eq, rem(at, constantIndex(step)), zero));
    coords[dim] = floorDiv(at, constantIndex(step));
    // Masks guard the lanes, but a value that is the same in all lanes is read without one.
    if (position.hasLanes() && at.isUniform())
      coords[dim] = clamp(coords[dim], constantIndex(0), add(size(op.getX(), dim), -1));
  }
  auto source = [&] { return emit(op.getX(), Position::at(coords)); };
  if (!inside)
    return source();
  return choose(inside, getElementTypeOrSelf(op.getType()), position.hasLanes(), source,
                [&] { return emit(op.getValue(), {}); });
}

/// Indices are clipped, so that the read is safe whatever the data.
Value PullEmitter::emitGather(nn::GatherOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position), indexCoords, source;
  int64_t axis = op.getAxis(), batch = op.getBatchDims();
  int64_t indexDims = cast<RankedTensorType>(op.getIndices().getType()).getRank() - batch;
  ArrayRef<LaneIndex> all(coords);
  llvm::append_range(indexCoords, all.take_front(batch));
  llvm::append_range(indexCoords, all.slice(axis, indexDims));
  LaneIndex at = indexFrom(emit(op.getIndices(), Position::at(indexCoords)));
  at = clamp(at, constantIndex(0), add(size(op.getX(), axis), -1));
  llvm::append_range(source, all.take_front(axis));
  source.push_back(at);
  llvm::append_range(source, all.drop_front(axis + indexDims));
  return emit(op.getX(), Position::at(source));
}

} // namespace mlc
