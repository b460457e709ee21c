// Ops that create or move elements: transforms of the position.
#include "compiler/Codegen/Common/Emission.h"
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

/// `onTrue` where the condition (i1 or a vector of it) holds, else `onFalse`; neither reads memory
/// elsewhere.
static Value choose(PullEmitter &emitter, Value condition, Type element, bool hasLanes,
                    function_ref<Value()> onTrue, function_ref<Value()> onFalse) {
  if (auto known = getConstantIntValue(condition))
    return *known ? onTrue() : onFalse();
  element = PullEmitter::accumulatorType(element);
  if (!isa<VectorType>(condition.getType())) {
    auto whole = [&](function_ref<Value()> side) {
      return hasLanes ? emitter.splat(side()) : side();
    };
    return emitter.ifElse(
        condition, hasLanes ? emitter.laneType(element) : element, [&] { return whole(onTrue); },
        [&] { return whole(onFalse); });
  }
  Value ones = emitter.constant(cast<TypedAttr>(emitter.builder.getOneAttr(condition.getType())));
  Value otherwise = arith::XOrIOp::create(emitter.builder, emitter.location, condition, ones);
  auto masked = [&](Value lanes, function_ref<Value()> side) {
    Value result, both = emitter.bothMasks(emitter.mask(), lanes);
    emitter.withLanes(emitter.width(), both, [&] { result = emitter.splat(side()); });
    return result;
  };
  Value yes = masked(condition, onTrue), no = masked(otherwise, onFalse);
  return arith::SelectOp::create(emitter.builder, emitter.location, condition, yes, no);
}

/// Tables are storages, which kernels get as arguments.
static Value emitConstant(PullEmitter &emitter, nn::ConstantOp op, const Position &) {
  auto elements = cast<SplatElementsAttr>(op.getDense());
  auto value = cast<TypedAttr>(elements.getSplatValue<Attribute>());
  if (isNarrowFloat(elements.getElementType()))
    value = emitter.builder.getF32FloatAttr(cast<FloatAttr>(value).getValueAsDouble());
  return emitter.constant(value);
}

static Value emitIota(PullEmitter &emitter, nn::IotaOp op, const Position &position) {
  return emitter.fromIndex(emitter.coordinates(op, position)[op.getDim()],
                           getElementTypeOrSelf(op.getType()));
}

static Value emitBroadcast(PullEmitter &emitter, nn::BroadcastOp op, const Position &position) {
  if (op.getDims().empty())
    return emitter.emit(op.getX(), {});
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position), source;
  for (int64_t dim : op.getDims())
    source.push_back(coords[dim]);
  return emitter.emit(op.getX(), Position::at(source));
}

/// Coordinates of equal leading and trailing dimensions stay; what is between is renumbered.
static Value emitReshape(PullEmitter &emitter, nn::ReshapeOp op, const Position &position) {
  if (position.linear)
    return emitter.emit(op.getX(), position);
  SmallVector<AffineExpr> from = emitter.shapes.sizes(op.getX()), to = emitter.shapes.sizes(op);
  size_t front = 0, back = 0, shorter = std::min(from.size(), to.size());
  while (front < shorter && from[front] == to[front])
    ++front;
  while (back < shorter - front && from[from.size() - 1 - back] == to[to.size() - 1 - back])
    ++back;
  ArrayRef<LaneIndex> coords(position.coords);
  ArrayRef<AffineExpr> toMiddle = ArrayRef<AffineExpr>(to).slice(front, to.size() - front - back);
  ArrayRef<AffineExpr> fromMiddle =
      ArrayRef<AffineExpr>(from).slice(front, from.size() - front - back);
  LaneIndex linear = emitter.linearize(toMiddle, coords.slice(front, toMiddle.size()));
  if (front == 0 && back == 0)
    return emitter.emit(op.getX(), Position::atLinear(linear));
  SmallVector<LaneIndex, 4> source(coords.take_front(front));
  llvm::append_range(source, emitter.delinearize(fromMiddle, linear));
  llvm::append_range(source, coords.take_back(back));
  return emitter.emit(op.getX(), Position::at(source));
}

static Value emitTranspose(PullEmitter &emitter, nn::TransposeOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position), source(coords.size());
  for (auto [dim, from] : llvm::enumerate(op.getPermutation()))
    source[from] = coords[dim];
  return emitter.emit(op.getX(), Position::at(source));
}

static Value emitWindows(PullEmitter &emitter, nn::WindowsOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  SmallVector<LaneIndex, 4> source(cast<RankedTensorType>(op.getX().getType()).getRank(),
                                   emitter.uniform(0));
  for (auto [coord, step] : llvm::zip_equal(coords, *op.viewSteps()))
    source[step.dim] =
        emitter.add(source[step.dim], emitter.mul(coord, emitter.constantIndex(step.step)));
  return emitter.emit(op.getX(), Position::at(source));
}

static Value emitUnpack(PullEmitter &emitter, kernel::UnpackOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  auto batch = static_cast<int64_t>(op.getBatchDims());
  auto type = cast<RankedTensorType>(op.getPacked().getType());
  Value width = emitter.constantIndex(type.getDimSize(batch + 2)),
        products = emitter.constantIndex(op.getProducts());
  auto along = [&](ArrayRef<int64_t> dims) {
    SmallVector<AffineExpr> sizes;
    SmallVector<LaneIndex> some;
    for (int64_t dim : dims) {
      sizes.push_back(emitter.shapes.size(op, dim));
      some.push_back(coords[dim]);
    }
    return emitter.linearize(sizes, some);
  };
  LaneIndex column = along(op.columnDims()), depth = along(op.getDepth());
  LaneIndex inPanels[] = {emitter.floorDiv(column, width), emitter.floorDiv(depth, products),
                          emitter.rem(column, width), emitter.rem(depth, products)};
  SmallVector<LaneIndex> at(ArrayRef<LaneIndex>(coords).take_front(batch));
  llvm::append_range(at, ArrayRef<LaneIndex>(inPanels, type.getRank() - batch));
  return emitter.emit(op.getPacked(), Position::at(at));
}

static Value emitReverse(PullEmitter &emitter, nn::ReverseOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  for (int64_t dim : op.getDims())
    coords[dim] = emitter.sub(emitter.uniform(emitter.add(emitter.size(op, dim), -1)), coords[dim]);
  return emitter.emit(op.getX(), Position::at(coords));
}

LaneIndex clampedOffset(PullEmitter &emitter, OpFoldResult offset, Value whole, Value part) {
  if (isa<Attribute>(offset))
    return emitter.uniform(emitter.value(emitter.shapes.index(offset)));
  auto given = cast<Value>(offset);
  LaneIndex at = given.getType().isIndex()
                     ? emitter.uniform(emitter.value(emitter.shapes.index(offset)))
                     : emitter.indexFrom(emitter.emit(given, Position::at({})));
  return emitter.clamp(at, emitter.constantIndex(0), emitter.sub(whole, part));
}

static Value emitSlice(PullEmitter &emitter, nn::SliceOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  for (auto [dim, offset] : llvm::enumerate(op.getMixedOffsets())) {
    int64_t stride = op.getStrides()[dim];
    Value extent = emitter.add(emitter.mul(emitter.add(emitter.size(op, dim), -1), stride), 1);
    coords[dim] = emitter.add(emitter.mul(coords[dim], emitter.constantIndex(stride)),
                              clampedOffset(emitter, offset, emitter.size(op.getX(), dim), extent));
  }
  return emitter.emit(op.getX(), Position::at(coords));
}

static Value emitUpdateSlice(PullEmitter &emitter, nn::UpdateSliceOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position), inBox(coords);
  Value inside;
  for (auto [dim, offset] : llvm::enumerate(op.getMixedOffsets())) {
    if (emitter.shapes.size(op, dim) == emitter.shapes.size(op.getUpdate(), dim))
      continue;
    Value part = emitter.size(op.getUpdate(), dim);
    LaneIndex low = clampedOffset(emitter, offset, emitter.size(op, dim), part);
    inside = emitter.bothMasks(inside, emitter.compare(CmpIPredicate::sge, coords[dim], low));
    inside = emitter.bothMasks(inside, emitter.compare(CmpIPredicate::slt, coords[dim],
                                                       emitter.add(low, emitter.uniform(part))));
    inBox[dim] = emitter.sub(coords[dim], low);
    if (position.hasLanes() && inBox[dim].isUniform()) // read without a mask
      inBox[dim] = emitter.clamp(inBox[dim], emitter.constantIndex(0), emitter.add(part, -1));
  }
  auto update = [&] { return emitter.emit(op.getUpdate(), Position::at(inBox)); };
  if (!inside)
    return update();
  return choose(emitter, inside, getElementTypeOrSelf(op.getType()), position.hasLanes(), update,
                [&] { return emitter.emit(op.getX(), Position::at(coords)); });
}

static Value emitConcat(PullEmitter &emitter, nn::ConcatOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  Type element = getElementTypeOrSelf(op.getType());
  int64_t dim = op.getDim();
  std::function<Value(size_t, LaneIndex)> piece = [&](size_t number, LaneIndex at) -> Value {
    Value input = op.getInputs()[number];
    auto here = [&] {
      SmallVector<LaneIndex, 4> source(coords);
      source[dim] = at;
      return emitter.emit(input, Position::at(source));
    };
    if (number + 1 == op.getInputs().size())
      return here();
    LaneIndex length = emitter.uniform(emitter.size(input, dim));
    return choose(emitter, emitter.compare(CmpIPredicate::slt, at, length), element,
                  position.hasLanes(), here,
                  [&] { return piece(number + 1, emitter.sub(at, length)); });
  };
  return piece(0, coords[dim]);
}

static Value emitPad(PullEmitter &emitter, nn::PadOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  Value inside;
  LaneIndex zero = emitter.uniform(0);
  for (size_t dim = 0; dim < coords.size(); ++dim) {
    int64_t low = op.getLow()[dim], step = op.getInterior()[dim] + 1;
    LaneIndex at = emitter.sub(coords[dim], emitter.uniform(low));
    if (low > 0)
      inside = emitter.bothMasks(inside, emitter.compare(CmpIPredicate::sge, at, zero));
    if (op.getHigh()[dim] > 0 || step > 1) {
      LaneIndex limit = emitter.uniform(
          emitter.add(emitter.mul(emitter.add(emitter.size(op.getX(), dim), -1), step), 1));
      inside = emitter.bothMasks(inside, emitter.compare(CmpIPredicate::slt, at, limit));
    }
    if (step > 1)
      inside = emitter.bothMasks(
          inside,
          emitter.compare(CmpIPredicate::eq, emitter.rem(at, emitter.constantIndex(step)), zero));
    coords[dim] = emitter.floorDiv(at, emitter.constantIndex(step));
    // Masks guard the lanes, but a value that is the same in all lanes is read without one.
    if (position.hasLanes() && at.isUniform())
      coords[dim] = emitter.clamp(coords[dim], emitter.constantIndex(0),
                                  emitter.add(emitter.size(op.getX(), dim), -1));
  }
  auto source = [&] { return emitter.emit(op.getX(), Position::at(coords)); };
  auto known = inside ? getConstantIntValue(inside) : 1;
  if (known)
    return *known ? source() : emitter.emit(op.getValue(), {});
  auto type = cast<RankedTensorType>(op.getX().getType());
  bool isThere = type.hasStaticShape() && type.getNumElements() > 0;
  // A load that is safe wherever it is costs less than a branch around it.
  if (position.hasLanes() && !isa<VectorType>(inside.getType()) && isThere &&
      isa<BlockArgument>(op.getX())) {
    Value value = emitter.splat(source());
    return arith::SelectOp::create(emitter.builder, emitter.location, inside, value,
                                   emitter.splat(emitter.emit(op.getValue(), {})));
  }
  return choose(emitter, inside, getElementTypeOrSelf(op.getType()), position.hasLanes(), source,
                [&] { return emitter.emit(op.getValue(), {}); });
}

/// Indices are clipped, so that the read is safe whatever the data.
static Value emitGather(PullEmitter &emitter, nn::GatherOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position), indexCoords, source;
  int64_t axis = op.getAxis(), batch = op.getBatchDims();
  int64_t indexDims = cast<RankedTensorType>(op.getIndices().getType()).getRank() - batch;
  ArrayRef<LaneIndex> all(coords);
  llvm::append_range(indexCoords, all.take_front(batch));
  llvm::append_range(indexCoords, all.slice(axis, indexDims));
  LaneIndex at = emitter.indexFrom(emitter.emit(op.getIndices(), Position::at(indexCoords)));
  at = emitter.clamp(at, emitter.constantIndex(0), emitter.add(emitter.size(op.getX(), axis), -1));
  llvm::append_range(source, all.take_front(axis));
  source.push_back(at);
  llvm::append_range(source, all.drop_front(axis + indexDims));
  return emitter.emit(op.getX(), Position::at(source));
}

/// A broadcast of one number, like one number, is the same at every index.
static std::optional<SmallVector<Value>> readsOneNumber(Operation *op) {
  auto broadcast = cast<nn::BroadcastOp>(op);
  if (cast<RankedTensorType>(broadcast.getX().getType()).getRank() > 0)
    return std::nullopt;
  return SmallVector<Value>();
}
static std::optional<SmallVector<Value>> readsOneConstant(Operation *op) {
  if (!cast<nn::ConstantOp>(op).getDense().isSplat())
    return std::nullopt;
  return SmallVector<Value>();
}
static std::optional<SmallVector<Value>> readsOperand(Operation *op) {
  return SmallVector<Value>{op->getOperand(0)};
}

static const EmissionEntry<nn::ConstantOp> kConstant(emitConstant, {true, readsOneConstant});
static const EmissionEntry<nn::IotaOp> kIota(emitIota, {true});
static const EmissionEntry<nn::BroadcastOp> kBroadcast(emitBroadcast, {true, readsOneNumber});
static const EmissionEntry<nn::ReshapeOp> kReshape(emitReshape, {false, readsOperand});
static const EmissionEntry<nn::TransposeOp> kTranspose(emitTranspose);
static const EmissionEntry<nn::WindowsOp> kWindows(emitWindows, {true});
static const EmissionEntry<kernel::UnpackOp> kUnpack(emitUnpack);
static const EmissionEntry<nn::ReverseOp> kReverse(emitReverse);
static const EmissionEntry<nn::SliceOp> kSlice(emitSlice);
static const EmissionEntry<nn::UpdateSliceOp> kUpdateSlice(emitUpdateSlice);
static const EmissionEntry<nn::ConcatOp> kConcat(emitConcat);
static const EmissionEntry<nn::PadOp> kPad(emitPad);
static const EmissionEntry<nn::GatherOp> kGather(emitGather);

} // namespace mlc
