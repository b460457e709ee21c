// Reductions at one position: loops over the reduced dimensions, vectors along the innermost where
// the position is a single one.
#include "compiler/Codegen/Common/Emission.h"
#include "compiler/Codegen/Common/PullAccumulator.h"
#include "dialects/NN/ScalarExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/SaveAndRestore.h"
#include <limits>

using namespace mlir;

namespace mlc {

SmallVector<int64_t> dimsReducedBy(Operation *op) {
  auto reduction = dyn_cast<nn::ReductionOpInterface>(op);
  return reduction ? reduction.reducedDims() : SmallVector<int64_t>();
}
bool isReduction(Operation *op) { return isa<nn::ReductionOpInterface>(op); }

Value PullEmitter::combine(nn::Reduction kind, Value lhs, Value rhs) {
  nn::ScalarExpr x(builder, location, lhs), y(builder, location, rhs);
  switch (kind) {
  case nn::Reduction::sum:
    return addValues(lhs, rhs);
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

/// The loops of a group of reductions at one position of their results, or at several (rows). Long
/// sums are cut into blocks: see PullEmitter::kChain.
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
  void planLoop(AffineExpr length, unsigned unroll);
  void planBlocks(ArrayRef<AffineExpr> sizes, AffineExpr length);
  Row rowAt(const Position &position, ArrayRef<AffineExpr> sizes);
  Position operandAt(Row &row, const LaneIndex &innermost);
  LaneIndex positionOf(const Row &row, const LaneIndex &innermost);
  bool isInnermost(size_t dim) const { return isLinear || dim + 1 >= dims.size(); }

  // Plain chains. Carried are the values of the wide loop, then those of the narrow one.
  SmallVector<Value> initial(unsigned lanes);
  SmallVector<Value> initial();
  SmallVector<Value> step(const LaneIndex &innermost, ValueRange carried);
  SmallVector<Value> innerLoop(ValueRange carried);
  SmallVector<Value> loopOver(size_t dim, Value low, Value high, ValueRange carried);
  SmallVector<Value> outerLoops(size_t dim, ValueRange carried);
  SmallVector<Value> finish(ArrayRef<Value> carried);

  // Blocks. A total is the values of one of the two loops, then the errors of their sums, if kept.
  bool isWide() const { return isInnermost(cutDim) && !inLanes; } ///< the cut loop is the wide one
  SmallVector<unsigned> lanesOfTotals();
  SmallVector<Value> totalsOf(ValueRange parts);
  SmallVector<Value> addPart(ValueRange total, ValueRange part);
  SmallVector<Value> addParts(ValueRange totals, ValueRange parts);
  SmallVector<Value> folded(ArrayRef<Value> sums);
  SmallVector<Value> blockSums(Value low, Value high);
  SmallVector<Value> addBlocks(ValueRange totals);
  SmallVector<Value> restSums();
  SmallVector<Value> cutLoops(size_t dim, ValueRange totals);
  SmallVector<Value> runInBlocks();
  template <typename Visit> void forEachAccumulator(Visit visit) {
    for (size_t row = 0, from = 0; row < rows.size(); ++row)
      for (Accumulator &accumulator : accumulators) {
        visit(accumulator, from);
        from += accumulator.count();
      }
  }

  PullEmitter &emitter;
  SmallVector<Operation *> ops;
  SmallVector<Accumulator> accumulators;
  bool inLanes = false;  ///< lanes run over results: a scalar loop with vector accumulators
  bool isLinear = false; ///< the reduced dimensions are trailing and run as one
  SmallVector<int64_t> dims;
  SmallVector<Row> rows;
  PullEmitter::LanePlan plan;
  unsigned wideValues = 0; ///< carried values of the wide loop; the rest belong to the narrow one

  int64_t block = 0;        ///< steps of the cut loop in a block; 0: all is one chain
  size_t partSize = 0;      ///< the values of one of the two loops
  size_t cutDim = 0;        ///< the dimension (of `dims`) whose loop is cut
  Value cutEnd;             ///< of that loop
  int64_t partLength = 1;   ///< steps of it that are added to the total at once
  bool keepsErrors = false; ///< of the total: there may be too many parts to forget them
  unsigned totalLanes = 1;  ///< to which the sums of a block of the wide loop are folded
};

ReductionLoop::ReductionLoop(PullEmitter &emitter, ArrayRef<Operation *> ops,
                             ArrayRef<Position> positions, unsigned unroll)
    : emitter(emitter), ops(ops), dims(dimsReducedBy(ops.front())) {
  for (Operation *op : ops)
    accumulators.emplace_back(emitter, op);
  SmallVector<AffineExpr> sizes = emitter.shapes.sizes(ops.front()->getOperand(0));
  inLanes = positions.front().hasLanes();
  bool isTrailing = !dims.empty() && dims.front() + dims.size() == sizes.size();
  isLinear = dims.size() > 1 && isTrailing && !inLanes &&
             llvm::all_of(ops, [&](Operation *op) { return emitter.isLinear(op->getOperand(0)); });
  for (const Position &position : positions)
    rows.push_back(rowAt(position, sizes));
  AffineExpr length = dims.empty() ? emitter.shapes.constant(1) : sizes[dims.back()];
  if (isLinear)
    length = emitter.shapes.product(ArrayRef<AffineExpr>(sizes).drop_front(dims.front()));
  forEachAccumulator([&](Accumulator &accumulator, size_t) { partSize += accumulator.count(); });
  planLoop(length, unroll);
  planBlocks(sizes, length);
}

void ReductionLoop::planLoop(AffineExpr length, unsigned unroll) {
  SmallVector<Value> operands;
  for (Operation *op : ops)
    operands.push_back(op->getOperand(0));
  bool hasPositions = llvm::any_of(accumulators, [](Accumulator &a) { return a.hasPosition(); });
  if (hasPositions)
    unroll = 1;
  Value zero = emitter.constantIndex(0);
  if (inLanes) {
    plan = {zero, zero, emitter.value(length), 0, 1};
  } else {
    unsigned bits = emitter.laneBits(operands);
    plan = emitter.planLanes(zero, emitter.value(length), bits, unroll);
    wideValues = plan.wide ? partSize : 0;
    totalLanes = std::min(std::max(plan.wide, 1u), emitter.laneOptions.lanes(bits));
  }
}

/// Cuts the innermost loop that makes a chain too long. The chains of the loops inside it count as
/// one step.
void ReductionLoop::planBlocks(ArrayRef<AffineExpr> sizes, AffineExpr length) {
  if (llvm::none_of(accumulators, [](Accumulator &a) { return a.isRounded(); }))
    return;
  if (!inLanes && !plan.wide && !plan.narrow) // nothing to add, however often
    return;
  // Several lanes add up more numbers, whose sum may have a larger error.
  int64_t most = plan.wide >= 8 ? 2 * PullEmitter::kChain : PullEmitter::kChain;
  int64_t chain = 1, lanes = std::max(plan.wide ? plan.wide : plan.narrow, 1u);
  for (size_t dim = isLinear ? 1 : std::max<size_t>(dims.size(), 1); dim-- > 0;) {
    bool isInner = isInnermost(dim);
    int64_t steps = numberOf(isInner ? length : sizes[dims[dim]]);
    if (isInner && steps >= 0 && !inLanes)
      steps = llvm::divideCeil(steps, lanes);
    if (!block && steps >= 0 && chain * steps <= most) {
      chain = std::max<int64_t>(chain * steps, 1);
      continue;
    }
    if (!block) {
      cutDim = dim;
      block = most / chain;
      chain = 1;
      steps = steps < 0 ? steps : llvm::divideCeil(steps, block);
    }
    chain = steps < 0 || chain < 0 ? -1 : chain * steps;
  }
  if (!block)
    return;
  keepsErrors = chain < 0 || chain > PullEmitter::kChain;
  cutEnd = isWide()              ? plan.middle
           : isInnermost(cutDim) ? plan.high
                                 : emitter.size(ops.front()->getOperand(0), dims[cutDim]);
  // Keeping the errors of many vectors of columns takes as long as several blocks.
  partLength = block * (isWide() ? plan.wide : inLanes && keepsErrors ? PullEmitter::kChain : 1);
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

Position ReductionLoop::operandAt(Row &row, const LaneIndex &innermost) {
  if (isLinear)
    return Position::atLinear(emitter.add(row.linearBase, innermost));
  if (!dims.empty())
    row.coords[dims.back()] = innermost;
  return Position::at(row.coords);
}

/// The row-major index of an element among those that its row combines.
LaneIndex ReductionLoop::positionOf(const Row &row, const LaneIndex &innermost) {
  if (isLinear || dims.size() < 2)
    return innermost;
  SmallVector<AffineExpr> sizes = emitter.shapes.sizes(ops.front()->getOperand(0)), reduced;
  SmallVector<LaneIndex, 4> coords;
  for (int64_t dim : dims) {
    reduced.push_back(sizes[dim]);
    coords.push_back(row.coords[dim]);
  }
  coords.back() = innermost;
  return emitter.linearize(reduced, coords);
}

//===-- Chains ------------------------------------------------------------------------------===//

SmallVector<Value> ReductionLoop::initial(unsigned lanes) {
  SmallVector<Value> values;
  forEachAccumulator([&](Accumulator &accumulator, size_t) {
    llvm::append_range(values, accumulator.initial(lanes));
  });
  return values;
}

SmallVector<Value> ReductionLoop::initial() {
  if (inLanes)
    return initial(emitter.width());
  SmallVector<Value> carried;
  for (unsigned lanes : {plan.wide, plan.narrow})
    if (lanes)
      llvm::append_range(carried, initial(lanes));
  return carried;
}

SmallVector<Value> ReductionLoop::step(const LaneIndex &innermost, ValueRange carried) {
  SmallVector<Value> next;
  for (Row &row : rows) {
    Position at = operandAt(row, innermost);
    for (auto [op, accumulator] : llvm::zip(ops, accumulators)) {
      Value value = emitter.emit(op->getOperand(0), at);
      LaneIndex position = accumulator.hasPosition() ? positionOf(row, innermost) : LaneIndex();
      llvm::append_range(next,
                         accumulator.step(carried.slice(next.size(), accumulator.count()), value,
                                          position, inLanes ? Value() : emitter.mask()));
    }
    if (emitter.plan && emitter.plan->afterStep)
      emitter.plan->afterStep(ops.front(), at);
  }
  return next;
}

SmallVector<Value> ReductionLoop::innerLoop(ValueRange carried) {
  if (inLanes)
    return loopOver(dims.size() - 1, plan.low, plan.high, carried);
  auto body = [&](LaneIndex at, ValueRange values) { return step(at, values); };
  SmallVector<Value> result = emitter.wideLoop(plan, carried.take_front(wideValues), body);
  llvm::append_range(result, emitter.narrowLoop(plan, carried.drop_front(wideValues), body));
  return result;
}

/// The steps [low, high) of a dimension's loop, of the innermost one the wide ones.
SmallVector<Value> ReductionLoop::loopOver(size_t dim, Value low, Value high, ValueRange carried) {
  if (!isInnermost(dim))
    return emitter.forLoop(low, high, 1, carried, [&](Value at, ValueRange values) {
      for (Row &row : rows)
        row.coords[dims[dim]] = emitter.uniform(at);
      return outerLoops(dim + 1, values);
    });
  if (inLanes)
    return emitter.forLoop(low, high, 1, carried, [&](Value at, ValueRange values) {
      return step(emitter.uniform(at), values);
    });
  PullEmitter::LanePlan part = {low, high, high, plan.wide, 0};
  return emitter.wideLoop(part, carried,
                          [&](LaneIndex at, ValueRange values) { return step(at, values); });
}

SmallVector<Value> ReductionLoop::outerLoops(size_t dim, ValueRange carried) {
  if (isInnermost(dim))
    return innerLoop(carried);
  Value high = emitter.size(ops.front()->getOperand(0), dims[dim]);
  return loopOver(dim, emitter.constantIndex(0), high, carried);
}

SmallVector<Value> ReductionLoop::finish(ArrayRef<Value> carried) {
  SmallVector<Value> results;
  size_t wide = 0, narrow = wideValues;
  forEachAccumulator([&](Accumulator &accumulator, size_t) {
    auto take = [&](size_t &from) {
      SmallVector<Value> values(carried.slice(from, accumulator.count()));
      from += accumulator.count();
      return values;
    };
    if (inLanes)
      return results.push_back(accumulator.result(take(narrow)));
    SmallVector<Value> values;
    if (plan.wide)
      values = accumulator.fold(take(wide), plan.narrow ? plan.narrow : 1);
    if (plan.narrow) {
      SmallVector<Value> tail = take(narrow);
      values = values.empty() ? tail : accumulator.merge(values, tail);
    }
    if (values.empty())
      values = accumulator.initial(1);
    results.push_back(accumulator.result(accumulator.fold(values, 1)));
  });
  return results;
}

//===-- Blocks ------------------------------------------------------------------------------===//

/// Of the wide loop's total and the narrow one's, if they exist.
SmallVector<unsigned> ReductionLoop::lanesOfTotals() {
  if (inLanes)
    return {emitter.width()};
  SmallVector<unsigned> lanes;
  if (plan.wide)
    lanes.push_back(totalLanes);
  if (plan.narrow)
    lanes.push_back(plan.narrow);
  return lanes;
}

/// The total of one part, or those of both loops' parts side by side.
SmallVector<Value> ReductionLoop::totalsOf(ValueRange parts) {
  SmallVector<Value> totals;
  for (size_t group = 0; group < parts.size(); group += partSize) {
    ValueRange part = parts.slice(group, partSize);
    llvm::append_range(totals, part);
    forEachAccumulator([&](Accumulator &accumulator, size_t from) {
      if (keepsErrors && accumulator.isRounded())
        totals.push_back(
            emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(part[from].getType()))));
    });
  }
  return totals;
}

/// A part of the same layout or a total may be added to: without errors none are kept.
SmallVector<Value> ReductionLoop::addPart(ValueRange total, ValueRange part) {
  SmallVector<Value> next, errors;
  forEachAccumulator([&](Accumulator &accumulator, size_t from) {
    if (total.size() > part.size() && accumulator.isRounded()) {
      Value error = total[part.size() + errors.size()];
      auto [sum, lost] = emitter.addKeepingError(total[from], error, part[from]);
      next.push_back(sum);
      errors.push_back(lost);
    } else {
      unsigned count = accumulator.count();
      llvm::append_range(next,
                         accumulator.merge(total.slice(from, count), part.slice(from, count)));
    }
  });
  llvm::append_range(next, errors);
  return next;
}

/// The same for both loops' values side by side.
SmallVector<Value> ReductionLoop::addParts(ValueRange totals, ValueRange parts) {
  SmallVector<Value> next;
  size_t groups = parts.size() / partSize, totalSize = totals.size() / groups;
  for (size_t group = 0; group < groups; ++group)
    llvm::append_range(next, addPart(totals.slice(group * totalSize, totalSize),
                                     parts.slice(group * partSize, partSize)));
  return next;
}

/// The values of the wide loop folded to the lanes of a total.
SmallVector<Value> ReductionLoop::folded(ArrayRef<Value> sums) {
  SmallVector<Value> result;
  if (wideValues)
    forEachAccumulator([&](Accumulator &accumulator, size_t from) {
      SmallVector<Value> wide(sums.slice(from, accumulator.count()));
      llvm::append_range(result, accumulator.fold(wide, totalLanes));
    });
  llvm::append_range(result, sums.drop_front(wideValues));
  return result;
}

/// The steps [low, high) of the cut loop as a part of its own.
SmallVector<Value> ReductionLoop::blockSums(Value low, Value high) {
  return folded(loopOver(cutDim, low, high, isWide() ? initial(plan.wide) : initial()));
}

/// Adds the blocks of the cut loop to totals.
SmallVector<Value> ReductionLoop::addBlocks(ValueRange totals) {
  int64_t size = block * (isWide() ? plan.wide : 1);
  auto known = getConstantIntValue(cutEnd);
  auto endOf = [&](Value low, int64_t length, Value limit) {
    Value end = emitter.add(low, length);
    return known && *known % length == 0 ? end : emitter.min(end, limit);
  };
  auto partAt = [&](Value low) {
    Value end = endOf(low, partLength, cutEnd);
    if (partLength == size)
      return blockSums(low, end);
    return emitter.forLoop(low, end, size, initial(), [&](Value at, ValueRange sums) {
      return addParts(sums, blockSums(at, endOf(at, size, end)));
    });
  };
  Value zero = emitter.constantIndex(0);
  return emitter.forLoop(zero, cutEnd, partLength, totals, [&](Value low, ValueRange totals) {
    SmallVector<Value> part = partAt(low);
    if (!keepsErrors || cutDim > 0)
      return addParts(totals, part);
    // Often there is one part only: nothing is lost before the second.
    return emitter.ifElse(
        emitter.compare(arith::CmpIPredicate::eq, low, zero), totals.getTypes(),
        [&] { return totalsOf(part); }, [&] { return addParts(totals, part); });
  });
}

/// What the wide loop leaves over.
SmallVector<Value> ReductionLoop::restSums() {
  return emitter.narrowLoop(plan, initial(plan.narrow),
                            [&](LaneIndex at, ValueRange values) { return step(at, values); });
}

/// The loops from `dim` on, one of which is around the cut one.
SmallVector<Value> ReductionLoop::cutLoops(size_t dim, ValueRange totals) {
  if (dim < cutDim)
    return emitter.forLoop(emitter.constantIndex(0),
                           emitter.size(ops.front()->getOperand(0), dims[dim]), 1, totals,
                           [&](Value at, ValueRange totals) {
                             for (Row &row : rows)
                               row.coords[dims[dim]] = emitter.uniform(at);
                             return cutLoops(dim + 1, totals);
                           });
  if (!isWide() || !plan.narrow || cutDim == 0)
    return addBlocks(totals);
  size_t totalSize = totals.size() / 2;
  SmallVector<Value> next = addBlocks(totals.take_front(totalSize));
  llvm::append_range(next, addPart(totals.drop_front(totalSize), restSums()));
  return next;
}

SmallVector<Value> ReductionLoop::runInBlocks() {
  bool restIsApart = cutDim == 0 && isWide() && plan.narrow;
  SmallVector<unsigned> all = lanesOfTotals();
  SmallVector<Value> totals;
  for (unsigned lanes : ArrayRef(all).drop_back(restIsApart))
    llvm::append_range(totals, totalsOf(initial(lanes)));
  totals = cutLoops(0, totals);
  size_t totalSize = totals.size() / (all.size() - restIsApart);
  SmallVector<Value> values; // without the errors, which are less than half a unit
  for (ArrayRef<Value> left = totals; !left.empty(); left = left.drop_front(totalSize))
    llvm::append_range(values, left.take_front(partSize));
  if (restIsApart)
    llvm::append_range(values, restSums());
  return finish(values);
}

SmallVector<Value> ReductionLoop::run() {
  return block ? runInBlocks() : finish(outerLoops(0, initial()));
}

void PullEmitter::groupReductions(ArrayRef<Operation *> reductions) {
  for (Operation *op : reductions)
    groups[op] = SmallVector<Operation *>(reductions);
}

Value PullEmitter::emitReduction(Operation *op, const Position &position) {
  SmallVector<Operation *> group = groups.lookup(op);
  if (group.empty())
    group.push_back(op);
  MemoKey wanted = keyOf(op->getResult(0), position);
  SmallVector<Position> positions = {position};
  unsigned unroll = 0;
  auto isWanted = [&](const Position &row) { return keyOf(op->getResult(0), row) == wanted; };
  if (plan && llvm::any_of(plan->rows, isWanted)) {
    positions = plan->rows;
    unroll = plan->unroll;
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

void PullEmitter::emitReduction(Operation *op, const ReductionPlan &wanted) {
  llvm::SaveAndRestore<const ReductionPlan *> inWork(plan, &wanted);
  emit(op->getResult(0), wanted.rows.front());
}

static Value emitOneReduction(PullEmitter &emitter, nn::ReductionOpInterface op,
                              const Position &position) {
  return emitter.emitReduction(op, position);
}
static const EmissionEntry<nn::ReductionOpInterface> kReduction(emitOneReduction, {true});

} // namespace mlc
