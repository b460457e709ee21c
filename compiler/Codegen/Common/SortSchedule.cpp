// Positions in the order of their elements: a row of the tensor is sorted where its positions are
// stored.
#include "compiler/Codegen/Common/Schedule.h"
#include "dialects/NN/ScalarExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

namespace {
/// Rows up to this many elements are sorted in place of the result: there the exchanges, which are
/// n log^2 n, take less time than merging, where every other comparison is predicted wrongly.
constexpr int64_t kShortRow = 16384;

/// Short rows by merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M):
/// exchanges of elements at fixed distances, whatever the data, for any length, and no memory
/// beside the result; equal elements are told apart by their positions, so that the order is
/// stable. Longer rows by merging sorted runs (5.2.4, algorithm S, runs of powers of two), which is
/// stable, takes n log n steps and scratch memory for two copies of a row and its
/// positions.
class SortSegment : public Segment {
public:
  SortSegment(KernelContext &context, nn::ArgSortOp sort, StoreTarget target)
      : context(context), emitter(context.emitter), sort(sort), target(target),
        sizes(emitter.shapes.sizes(sort)), outer(sizes),
        keyElement(getElementTypeOrSelf(sort.getX().getType())) {
    outer.erase(outer.begin() + sort.getDim());
    rowLength = numberOf(sizes[sort.getDim()]);
  }

  AffineExpr tiles() override { return emitter.shapes.product(outer); }

  void emit(Value begin, Value end) override {
    if (rowLength < 0 || rowLength > kShortRow) {
      AffineExpr twice = sizes[sort.getDim()] * 2;
      keys = context.allocate(keyElement, twice);
      positions = context.allocate(element(), twice);
    }
    emitter.forLoop(begin, end, 1, [&](Value row) {
      coords = emitter.delinearize(outer, emitter.uniform(row));
      coords.insert(coords.begin() + sort.getDim(), LaneIndex());
      emitRow();
    });
  }

  SegmentReport report() const override {
    if (rowLength >= 0)
      return {rowLength > kShortRow ? "sort: rows, by merging" : "sort: rows, by merge exchange"};
    return {
        llvm::formatv("sort: rows, by merge exchange, beyond {0} elements by merging", kShortRow)};
  }

private:
  void emitRow() {
    Value length = emitter.value(sizes[sort.getDim()]);
    if (rowLength >= 0)
      return rowLength > kShortRow ? mergeRow(length) : exchangeRow(length);
    Value limit = emitter.constantIndex(kShortRow);
    emitter.ifThen(emitter.compare(CmpIPredicate::sle, length, limit),
                   [&] { exchangeRow(length); });
    emitter.ifThen(emitter.compare(CmpIPredicate::sgt, length, limit), [&] { mergeRow(length); });
  }

  //===-- Merging -----------------------------------------------------------===//

  /// The runs of one half of the scratch memory are merged into the other half, in turn.
  void mergeRow(Value length) {
    Value zero = emitter.constantIndex(0), one = emitter.constantIndex(1);
    emitter.forLoop(zero, length, 1, [&](Value at) {
      emitter.store(keys, emitter.uniform(at), key(at), keyElement);
      storePosition(at, at);
    });
    Value passes = levelsOf(length);
    auto halfOf = [&](Value pass) {
      return emitter.mul(
          arith::AndIOp::create(emitter.builder, emitter.location, pass, one).getResult(), length);
    };
    emitter.forLoop(zero, passes, 1, [&](Value pass) {
      Value from = halfOf(pass), to = emitter.sub(length, from), run = shifted(pass);
      Value twice = emitter.mul(run, 2);
      emitter.forLoop(zero, emitter.ceilDiv(length, twice), 1, [&](Value pair) {
        Value low = emitter.mul(pair, twice);
        Value middle = emitter.min(emitter.add(low, run), length);
        mergeRuns(from, to, low, middle, emitter.min(emitter.add(middle, run), length));
      });
    });
    Value sorted = halfOf(passes);
    emitter.forLoop(zero, length, 1, [&](Value at) {
      Value position = emitter.load(positions, emitter.uniform(emitter.add(sorted, at)), element());
      emitter.store(target.buffer, address(at), position, element());
    });
  }

  /// [low, middle) and [middle, high) of the half at `from`; the first of equal elements first. An
  /// exhausted run is read at its last element.
  void mergeRuns(Value from, Value to, Value low, Value middle, Value high) {
    Value lastLeft = emitter.sub(middle, emitter.constantIndex(1)),
          lastRight = emitter.sub(high, emitter.constantIndex(1));
    emitter.forLoop(low, high, 1, {low, middle}, [&](Value at, ValueRange next) {
      Value left = emitter.add(from, emitter.min(next[0], lastLeft)),
            right = emitter.add(from, emitter.min(next[1], lastRight));
      Value leftKey = emitter.load(keys, emitter.uniform(left), keyElement),
            rightKey = emitter.load(keys, emitter.uniform(right), keyElement);
      auto expr = [&](Value value) {
        return nn::ScalarExpr(emitter.builder, emitter.location, value);
      };
      nn::ScalarExpr leftIsUsedUp = expr(emitter.compare(CmpIPredicate::sge, next[0], middle)),
                     rightIsThere = expr(emitter.compare(CmpIPredicate::slt, next[1], high));
      Value takesRight = (rightIsThere & (leftIsUsedUp | isBefore(rightKey, leftKey))).value();
      LaneIndex place = emitter.uniform(emitter.add(to, at));
      emitter.store(keys, place, choose(takesRight, rightKey, leftKey), keyElement);
      Value position =
          emitter.load(positions, emitter.uniform(choose(takesRight, right, left)), element());
      emitter.store(positions, place, position, element());
      Value step = arith::IndexCastUIOp::create(emitter.builder, emitter.location,
                                                emitter.builder.getIndexType(), takesRight);
      Value other = emitter.sub(emitter.constantIndex(1), step);
      return SmallVector<Value>{emitter.add(next[0], other), emitter.add(next[1], step)};
    });
  }
  void storePosition(Value at, Value position) {
    Value integer =
        arith::IndexCastOp::create(emitter.builder, emitter.location, element(), position);
    emitter.store(positions, emitter.uniform(at), integer, element());
  }

  //===-- Merge exchange ----------------------------------------------------===//

  void exchangeRow(Value length) {
    Value zero = emitter.constantIndex(0);
    emitter.forLoop(zero, length, 1, [&](Value at) { store(at, at); });
    // Powers of two, from the largest that is below the length down to 1: `level` counts them.
    Value levels = levelsOf(length), one = emitter.constantIndex(1);
    emitter.forLoop(zero, levels, 1, [&](Value level) {
      Value shift = emitter.sub(emitter.sub(levels, level), one), step = shifted(shift);
      exchangeAll(length, step, step, zero);
      // Then at distances from the largest power down to twice the step, less the step.
      emitter.forLoop(zero, level, 1, [&](Value number) {
        Value reach = shifted(emitter.sub(emitter.sub(levels, number), one));
        exchangeAll(length, step, emitter.sub(reach, step), step);
      });
    });
  }

  /// The number of powers of two below a length.
  Value levelsOf(Value length) {
    Type type = emitter.builder.getI64Type();
    Value less = arith::IndexCastOp::create(
        emitter.builder, emitter.location, type,
        emitter.max(emitter.sub(length, emitter.constantIndex(1)), emitter.constantIndex(0)));
    Value zeros = math::CountLeadingZerosOp::create(emitter.builder, emitter.location, less);
    return emitter.sub(emitter.constantIndex(64), indexOf(zeros));
  }
  Value shifted(Value by) {
    return arith::ShLIOp::create(emitter.builder, emitter.location, emitter.constantIndex(1), by);
  }
  Value indexOf(Value integer) {
    return arith::IndexCastOp::create(emitter.builder, emitter.location,
                                      emitter.builder.getIndexType(), integer);
  }

  /// Orders every pair (i, i + distance) whose i has the bit `step` as `bit` has it.
  void exchangeAll(Value length, Value step, Value distance, Value bit) {
    Value pairs = emitter.max(emitter.sub(length, distance), emitter.constantIndex(0));
    emitter.forLoop(emitter.constantIndex(0), pairs, 1, [&](Value at) {
      Value has = arith::AndIOp::create(emitter.builder, emitter.location, at, step);
      emitter.ifThen(emitter.compare(CmpIPredicate::eq, has, bit),
                     [&] { exchange(at, emitter.add(at, distance)); });
    });
  }

  void exchange(Value low, Value high) {
    Value first = load(low), second = load(high);
    Value swaps = comesBefore(second, first);
    store(low, choose(swaps, second, first));
    store(high, choose(swaps, first, second));
  }

  /// Whether the element at position `a` comes before that at `b`: of equal ones the earlier.
  Value comesBefore(Value a, Value b) {
    Value x = key(a), y = key(b);
    nn::ScalarExpr isEarlier(emitter.builder, emitter.location,
                             emitter.compare(CmpIPredicate::ult, a, b));
    return (isBefore(x, y) | (isEqual(x, y) & isEarlier)).value();
  }

  //===-- Elements ----------------------------------------------------------===//

  nn::ScalarExpr compared(nn::Predicate predicate, Value a, Value b) {
    return nn::compare(predicate, nn::ScalarExpr(emitter.builder, emitter.location, a),
                       nn::ScalarExpr(emitter.builder, emitter.location, b));
  }
  bool hasNan() { return isa<FloatType>(keyElement); }
  nn::ScalarExpr isNan(Value x) { return compared(nn::Predicate::ne, x, x); }
  nn::ScalarExpr isNumber(Value x) { return compared(nn::Predicate::eq, x, x); }
  /// NaN is the largest, and equal to itself.
  nn::ScalarExpr isBefore(Value x, Value y) {
    if (!sort.getDescending()) {
      nn::ScalarExpr before = compared(nn::Predicate::lt, x, y);
      return hasNan() ? before | (isNumber(x) & isNan(y)) : before;
    }
    nn::ScalarExpr before = compared(nn::Predicate::gt, x, y);
    return hasNan() ? before | (isNan(x) & isNumber(y)) : before;
  }
  nn::ScalarExpr isEqual(Value x, Value y) {
    nn::ScalarExpr equal = compared(nn::Predicate::eq, x, y);
    return hasNan() ? equal | (isNan(x) & isNan(y)) : equal;
  }
  Value choose(Value condition, Value a, Value b) {
    return arith::SelectOp::create(emitter.builder, emitter.location, condition, a, b);
  }

  Value key(Value position) {
    coords[sort.getDim()] = emitter.uniform(position);
    return emitter.emit(sort.getX(), Position::at(coords));
  }

  Type element() { return getElementTypeOrSelf(sort.getType()); }
  LaneIndex address(Value at) {
    coords[sort.getDim()] = emitter.uniform(at);
    return emitter.linearize(sort, Position::at(coords));
  }
  Value load(Value at) { return indexOf(emitter.load(target.buffer, address(at), element())); }
  void store(Value at, Value position) {
    Value integer =
        arith::IndexCastOp::create(emitter.builder, emitter.location, element(), position);
    emitter.store(target.buffer, address(at), integer, element());
  }

  KernelContext &context;
  PullEmitter &emitter;
  nn::ArgSortOp sort;
  StoreTarget target;
  SmallVector<AffineExpr> sizes, outer;
  Type keyElement;
  int64_t rowLength;     ///< -1: not known
  Value keys, positions; ///< two halves of a row each, where rows may be long
  SmallVector<LaneIndex, 4> coords;
};

std::unique_ptr<Segment> createSortSegment(KernelContext &context, Operation *op,
                                           PendingTargets &targets) {
  SmallVector<StoreTarget> stored =
      targets.takeIf([&](Value value) { return value == op->getResult(0); });
  if (stored.empty())
    return nullptr;
  return std::make_unique<SortSegment>(context, cast<nn::ArgSortOp>(op), stored.front());
}

const SegmentEntry kSort(commonSegments(), "sort", createSortSegment);
} // namespace

} // namespace mlc
