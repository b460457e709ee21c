// Reductions at one position: loops over the reduced dimensions, vectors along the innermost where
// the position is a single one.
#include "compiler/Codegen/Common/PullEmitter.h"
#include "dialects/NN/ScalarExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/bit.h"
#include <limits>

using namespace mlir;

namespace mlc {

SmallVector<int64_t> dimsReducedBy(Operation *op) {
  if (auto reduce = dyn_cast<nn::ReduceOp>(op))
    return SmallVector<int64_t>(reduce.getDims());
  if (auto arg = dyn_cast<nn::ArgMaxOp>(op))
    return {static_cast<int64_t>(arg.getDim())};
  if (auto arg = dyn_cast<nn::ArgMinOp>(op))
    return {static_cast<int64_t>(arg.getDim())};
  return {};
}
bool isReduction(Operation *op) { return isa<nn::ReduceOp, nn::ArgMaxOp, nn::ArgMinOp>(op); }

Value PullEmitter::combine(nn::Reduction kind, Value lhs, Value rhs) {
  nn::ScalarExpr x(builder, location, lhs), y(builder, location, rhs);
  switch (kind) {
  case nn::Reduction::sum:
    return (x + y).value();
  case nn::Reduction::prod:
    return (x * y).value();
  case nn::Reduction::max:
    return nn::max(x, y).value();
  case nn::Reduction::min:
    return nn::min(x, y).value();
  case nn::Reduction::and_:
    return (x & y).value();
  case nn::Reduction::or_:
    return (x | y).value();
  }
  llvm_unreachable("every kind is above");
}

TypedAttr PullEmitter::identity(nn::Reduction kind, Type element) {
  bool isFloat = isa<FloatType>(element);
  auto number = [&](double value, APInt integer) -> TypedAttr {
    return isFloat ? TypedAttr(FloatAttr::get(element, value))
                   : TypedAttr(IntegerAttr::get(element, integer));
  };
  unsigned width = isFloat ? 64 : element.getIntOrFloatBitWidth();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (kind) {
  case nn::Reduction::sum:
  case nn::Reduction::or_:
    return number(0.0, APInt::getZero(width));
  case nn::Reduction::prod:
    return number(1.0, APInt(width, 1));
  case nn::Reduction::max:
    return number(-kInfinity, APInt::getSignedMinValue(width));
  case nn::Reduction::min:
    return number(kInfinity, APInt::getSignedMaxValue(width));
  case nn::Reduction::and_:
    return number(1.0, APInt::getAllOnes(width));
  }
  llvm_unreachable("every kind is above");
}

Value PullEmitter::multiplyAdd(Value a, Value b, Value sum) {
  if (!isa<FloatType>(getElementTypeOrSelf(sum.getType())))
    return arith::AddIOp::create(builder, location, sum,
                                 arith::MulIOp::create(builder, location, a, b));
  auto contract =
      arith::FastMathFlagsAttr::get(builder.getContext(), arith::FastMathFlags::contract);
  Value product = arith::MulFOp::create(builder, location, a, b, contract);
  return arith::AddFOp::create(builder, location, product, sum, contract);
}

namespace {
/// Accumulators of one reduction: a value, and for argmax and argmin its position. The extreme of
/// floats has a NaN beside it, if there was one: so that one instruction a vector lies on the path
/// from step to step, and its NaN need not survive comparisons.
class Accumulator {
public:
  Accumulator(PullEmitter &emitter, Operation *op) : emitter(emitter), op(op) {
    Type element = getElementTypeOrSelf(op->getOperand(0).getType());
    type = PullEmitter::accumulatorType(element);
    kind = isa<nn::ArgMaxOp>(op)   ? nn::Reduction::max
           : isa<nn::ArgMinOp>(op) ? nn::Reduction::min
                                   : cast<nn::ReduceOp>(op).getKind();
  }
  bool hasPosition() const { return !isa<nn::ReduceOp>(op); }
  bool hasNan() const {
    bool isExtreme = kind == nn::Reduction::max || kind == nn::Reduction::min;
    return !hasPosition() && isExtreme && isa<FloatType>(type);
  }
  unsigned count() const { return hasPosition() || hasNan() ? 2 : 1; }

  SmallVector<Value> initial(unsigned lanes) {
    SmallVector<Value> values = {splat(emitter.constant(emitter.identity(kind, type)), lanes)};
    if (hasNan())
      values.push_back(values[0]);
    if (hasPosition())
      values.push_back(splat(
          emitter.constant(emitter.builder.getI64IntegerAttr(std::numeric_limits<int64_t>::max())),
          lanes));
    return values;
  }
  /// Takes in the operand's value at coordinate `at` of the reduced dimension, in the lanes that
  /// exist.
  SmallVector<Value> step(ValueRange carried, Value value, const LaneIndex &at, Value mask) {
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
  SmallVector<Value> merge(ValueRange a, ValueRange b) {
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
    nn::ScalarExpr isEarlier =
        nn::compare(nn::Predicate::lt, nn::ScalarExpr(builder, location, b[1]),
                    nn::ScalarExpr(builder, location, a[1]));
    Value take = (isBetter | (isEqual & isEarlier)).value();
    return {arith::SelectOp::create(builder, location, take, b[0], a[0]),
            arith::SelectOp::create(builder, location, take, b[1], a[1])};
  }
  /// Merges the lanes of vectors until `lanes` are left.
  SmallVector<Value> fold(SmallVector<Value> values, unsigned lanes) {
    auto lanesOf = [&] { return cast<VectorType>(values[0].getType()).getDimSize(0); };
    while (isa<VectorType>(values[0].getType()) && lanesOf() > lanes) {
      int64_t half = lanesOf() / 2;
      values = merge(parts(values, 0, half), parts(values, half, half));
    }
    return values;
  }
  Value result(ArrayRef<Value> values) {
    if (hasPosition())
      return values[1];
    Type element = getElementTypeOrSelf(op->getResult(0).getType());
    Value value = values[0];
    if (hasNan()) {
      nn::ScalarExpr nan(emitter.builder, emitter.location, values[1]);
      value = nn::select(nn::compare(nn::Predicate::ne, nan, nan), nan, nan.with(value)).value();
    }
    return emitter.rounded(value, element);
  }

private:
  SmallVector<Value> mergeExtremes(ValueRange a, ValueRange b) {
    auto expr = [&](Value value) {
      return nn::ScalarExpr(emitter.builder, emitter.location, value);
    };
    nn::Predicate isFurther = kind == nn::Reduction::max ? nn::Predicate::gt : nn::Predicate::lt;
    nn::ScalarExpr isNan = nn::compare(nn::Predicate::ne, expr(b[1]), expr(b[1]));
    return {
        nn::select(nn::compare(isFurther, expr(a[0]), expr(b[0])), expr(a[0]), expr(b[0])).value(),
        nn::select(isNan, expr(b[1]), expr(a[1])).value()};
  }
  Value splat(Value scalar, unsigned lanes) {
    if (lanes == 1)
      return scalar;
    Value result;
    emitter.withLanes(lanes, {}, [&] { result = emitter.splat(scalar); });
    return result;
  }
  SmallVector<Value> parts(ArrayRef<Value> values, int64_t offset, int64_t size) {
    SmallVector<Value> result;
    for (Value value : values) {
      if (size == 1)
        result.push_back(
            vector::ExtractOp::create(emitter.builder, emitter.location, value, offset));
      else
        result.push_back(vector::ExtractStridedSliceOp::create(emitter.builder, emitter.location,
                                                               value, offset, size, 1));
    }
    return result;
  }

  PullEmitter &emitter;
  Operation *op;
  Type type;
  nn::Reduction kind;
};
} // namespace

/// The loops of a group of reductions at one position of their results, or at several (rows).
class ReductionLoop {
public:
  ReductionLoop(PullEmitter &emitter, ArrayRef<Operation *> ops, ArrayRef<Position> positions,
                unsigned unroll);
  /// Emits the loops; returns one value per position and reduction.
  SmallVector<Value> run();

private:
  struct Row {
    LaneIndex linearBase;
    SmallVector<LaneIndex> coords; ///< of the operand
  };
  Row rowAt(const Position &position, ArrayRef<AffineExpr> sizes);
  Position operandAt(Row &row, const LaneIndex &innermost);
  SmallVector<Value> initial(unsigned lanes);
  SmallVector<Value> step(const LaneIndex &innermost, ValueRange carried);
  SmallVector<Value> innerLoop(ValueRange carried);
  SmallVector<Value> outerLoops(size_t dim, ValueRange carried);
  SmallVector<Value> finish(ArrayRef<Value> carried);

  PullEmitter &emitter;
  SmallVector<Operation *> ops;
  SmallVector<Accumulator> accumulators;
  bool inLanes = false;  ///< lanes run over results: a scalar loop with vector accumulators
  bool isLinear = false; ///< the reduced dimensions are trailing and run as one
  SmallVector<int64_t> dims;
  SmallVector<Row> rows;
  PullEmitter::LanePlan plan;
  unsigned wideValues = 0; ///< carried values of the wide loop; the rest belong to the narrow one
};

ReductionLoop::ReductionLoop(PullEmitter &emitter, ArrayRef<Operation *> ops,
                             ArrayRef<Position> positions, unsigned unroll)
    : emitter(emitter), ops(ops), dims(dimsReducedBy(ops.front())) {
  SmallVector<Value> operands;
  for (Operation *op : ops) {
    accumulators.emplace_back(emitter, op);
    operands.push_back(op->getOperand(0));
  }
  SmallVector<AffineExpr> sizes = emitter.shapes.sizes(operands.front());
  inLanes = positions.front().hasLanes();
  bool isTrailing = !dims.empty() && dims.front() + dims.size() == sizes.size();
  isLinear = dims.size() > 1 && isTrailing && !inLanes && llvm::all_of(ops, [&](Operation *op) {
               return isa<nn::ReduceOp>(op) && emitter.isLinear(op->getOperand(0));
             });
  for (const Position &position : positions)
    rows.push_back(rowAt(position, sizes));
  AffineExpr length = dims.empty() ? emitter.shapes.constant(1) : sizes[dims.back()];
  if (isLinear)
    length = emitter.shapes.product(ArrayRef<AffineExpr>(sizes).drop_front(dims.front()));
  bool hasPositions = llvm::any_of(accumulators, [](Accumulator &a) { return a.hasPosition(); });
  if (inLanes || hasPositions)
    unroll = 1;
  unsigned bits = inLanes ? 0 : emitter.laneBits(operands);
  if (inLanes) {
    plan = {emitter.constantIndex(0), emitter.constantIndex(0), emitter.value(length), 0, 1};
  } else {
    plan = emitter.planLanes(emitter.constantIndex(0), emitter.value(length), bits, unroll);
  }
}

ReductionLoop::Row ReductionLoop::rowAt(const Position &position, ArrayRef<AffineExpr> sizes) {
  Row row;
  SmallVector<LaneIndex, 4> kept = emitter.coordinates(ops.front()->getResult(0), position);
  row.coords.assign(sizes.size(), emitter.uniform(0));
  size_t next = 0;
  for (size_t dim = 0; dim < sizes.size(); ++dim)
    if (!llvm::is_contained(dims, dim))
      row.coords[dim] = kept[next++];
  if (isLinear)
    row.linearBase =
        emitter.mul(emitter.linearize(sizes.take_front(dims.front()),
                                      ArrayRef<LaneIndex>(row.coords).take_front(dims.front())),
                    emitter.value(emitter.shapes.product(sizes.drop_front(dims.front()))));
  return row;
}

SmallVector<Value> ReductionLoop::initial(unsigned lanes) {
  SmallVector<Value> values;
  for (size_t row = 0; row < rows.size(); ++row)
    for (Accumulator &accumulator : accumulators)
      llvm::append_range(values, accumulator.initial(lanes));
  return values;
}

Position ReductionLoop::operandAt(Row &row, const LaneIndex &innermost) {
  if (isLinear)
    return Position::atLinear(emitter.add(row.linearBase, innermost));
  if (!dims.empty())
    row.coords[dims.back()] = innermost;
  return Position::at(row.coords);
}

SmallVector<Value> ReductionLoop::step(const LaneIndex &innermost, ValueRange carried) {
  SmallVector<Value> next;
  for (Row &row : rows) {
    Position at = operandAt(row, innermost);
    for (auto [op, accumulator] : llvm::zip(ops, accumulators)) {
      Value value = emitter.emit(op->getOperand(0), at);
      llvm::append_range(next,
                         accumulator.step(carried.slice(next.size(), accumulator.count()), value,
                                          innermost, inLanes ? Value() : emitter.mask()));
    }
    if (emitter.afterReductionStep)
      emitter.afterReductionStep(ops.front(), at);
  }
  return next;
}

SmallVector<Value> ReductionLoop::innerLoop(ValueRange carried) {
  if (inLanes)
    return emitter.forLoop(plan.low, plan.high, 1, carried, [&](Value at, ValueRange values) {
      return step(emitter.uniform(at), values);
    });
  auto body = [&](LaneIndex at, ValueRange values) { return step(at, values); };
  SmallVector<Value> result = emitter.wideLoop(plan, carried.take_front(wideValues), body);
  llvm::append_range(result, emitter.narrowLoop(plan, carried.drop_front(wideValues), body));
  return result;
}

SmallVector<Value> ReductionLoop::outerLoops(size_t dim, ValueRange carried) {
  if (isLinear || dim + 1 >= dims.size())
    return innerLoop(carried);
  Value high = emitter.size(ops.front()->getOperand(0), dims[dim]);
  return emitter.forLoop(emitter.constantIndex(0), high, 1, carried,
                         [&](Value at, ValueRange values) {
                           for (Row &row : rows)
                             row.coords[dims[dim]] = emitter.uniform(at);
                           return outerLoops(dim + 1, values);
                         });
}

SmallVector<Value> ReductionLoop::finish(ArrayRef<Value> carried) {
  SmallVector<Value> results;
  size_t wide = 0, narrow = wideValues;
  auto finishOne = [&](Accumulator &accumulator) {
    auto take = [&](size_t &from) {
      SmallVector<Value> values(carried.slice(from, accumulator.count()));
      from += accumulator.count();
      return values;
    };
    if (inLanes)
      return accumulator.result(take(narrow));
    SmallVector<Value> values;
    if (plan.wide)
      values = accumulator.fold(take(wide), plan.narrow ? plan.narrow : 1);
    if (plan.narrow) {
      SmallVector<Value> tail = take(narrow);
      values = values.empty() ? tail : accumulator.merge(values, tail);
    }
    if (values.empty())
      values = accumulator.initial(1);
    return accumulator.result(accumulator.fold(values, 1));
  };
  for (size_t row = 0; row < rows.size(); ++row)
    for (Accumulator &accumulator : accumulators)
      results.push_back(finishOne(accumulator));
  return results;
}

SmallVector<Value> ReductionLoop::run() {
  SmallVector<Value> carried;
  if (inLanes) {
    carried = initial(emitter.width());
  } else {
    if (plan.wide)
      carried = initial(plan.wide);
    wideValues = carried.size();
    if (plan.narrow)
      llvm::append_range(carried, initial(plan.narrow));
  }
  return finish(outerLoops(0, carried));
}

void PullEmitter::groupReductions(ArrayRef<Operation *> reductions) {
  for (Operation *op : reductions)
    groups[op] = SmallVector<Operation *>(reductions);
}

/// Vectors side by side so that the sums of `rows` rows fill half the registers and do not wait for
/// one another; 1 where a function is computed on the way, which needs the registers itself.
unsigned PullEmitter::sumsAtOnce(ArrayRef<Operation *> group, size_t rows) {
  bool computesFunction = false;
  size_t sums = 0;
  SmallVector<Value> operands;
  llvm::SmallPtrSet<Operation *, 32> seen;
  for (Operation *member : group) {
    operands.push_back(member->getOperand(0));
    sums += rows * Accumulator(*this, member).count();
    visitPositionwise(member->getOperand(0), seen, [&](Operation *op) {
      computesFunction |= op->hasTrait<nn::Transcendental>();
    });
  }
  if (computesFunction || preferredUnroll(operands) == 1)
    return 1;
  unsigned vectors = llvm::bit_floor(std::max<size_t>(1, laneOptions.registers / 2 / sums));
  // Rather fewer than a rest of the row that is not a whole one.
  SmallVector<int64_t> dims = dimsReducedBy(group.front());
  Value x = group.front()->getOperand(0);
  auto length =
      dyn_cast<AffineConstantExpr>(dims.empty() ? shapes.constant(1) : shapes.size(x, dims.back()));
  unsigned lanes = laneOptions.lanes(laneBits(x));
  while (vectors > 1 && length && length.getValue() % (lanes * vectors) != 0)
    vectors /= 2;
  return vectors;
}

Value PullEmitter::emitReduction(Operation *op, const Position &position) {
  SmallVector<Operation *> group = groups.lookup(op);
  if (group.empty())
    group.push_back(op);
  MemoKey wanted = keyOf(op->getResult(0), position);
  SmallVector<Position> positions = {position};
  unsigned unroll = 0;
  if (llvm::any_of(rowsTogether,
                   [&](const Position &row) { return keyOf(op->getResult(0), row) == wanted; })) {
    positions = rowsTogether;
    unroll = rowUnroll == 0 ? 0 : std::max(rowUnroll, sumsAtOnce(group, positions.size()));
  }
  if (unroll == 0) {
    SmallVector<Value> operands;
    for (Operation *member : group)
      operands.push_back(member->getOperand(0));
    unroll = preferredUnroll(operands);
  }
  SmallVector<Value> values = ReductionLoop(*this, group, positions, unroll).run();
  Value result;
  for (auto [number, value] : llvm::enumerate(values)) {
    Operation *member = group[number % group.size()];
    const Position &at = positions[number / group.size()];
    define(member->getResult(0), at, value);
    if (member == op && keyOf(op->getResult(0), at) == wanted)
      result = value;
  }
  return result;
}

} // namespace mlc
