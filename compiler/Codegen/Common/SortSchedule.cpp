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
/// Merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M): exchanges of
/// elements at fixed distances, whatever the data, for any length, and no memory beside the result;
/// equal elements are told apart by their positions, so that the order is stable. Of the first few
/// elements each is the best of those after the one before.
class SortSegment : public Segment {
public:
  SortSegment(KernelContext &context, nn::ArgSortOp sort, StoreTarget target)
      : emitter(context.emitter), sort(sort), target(target), outer(emitter.shapes.sizes(sort)),
        isPicked(sort.getFirst()), keyElement(getElementTypeOrSelf(sort.getX().getType())) {
    outer.erase(outer.begin() + sort.getDim());
  }

  AffineExpr tiles() override { return emitter.shapes.product(outer); }

  void emit(Value begin, Value end) override {
    emitter.forLoop(begin, end, 1, [&](Value row) {
      coords = emitter.delinearize(outer, emitter.uniform(row));
      coords.insert(coords.begin() + sort.getDim(), LaneIndex());
      Value length = emitter.value(emitter.shapes.size(sort.getX(), sort.getDim()));
      sort.getFirst() ? pickFirst(length) : exchangeRow(length);
    });
  }

  SegmentReport report() const override {
    return {isPicked ? "sort: rows, the first ones one after the other"
                     : "sort: rows, by merge exchange"};
  }

private:
  //===-- The first ---------------------------------------------------------===//

  void pickFirst(Value length) {
    Value last = emitter.sub(length, emitter.constantIndex(1));
    auto pick = [&](Value number, ValueRange before) {
      Value isFirst = emitter.compare(CmpIPredicate::eq, number, emitter.constantIndex(0));
      auto choose = [&](Value at, ValueRange best) {
        Value there = emitter.min(best[0], last),
              isNone = emitter.compare(CmpIPredicate::eq, best[0], length);
        Value isAfter = either(isFirst, comesBefore(before[0], at)),
              isBetter = either(isNone, comesBefore(at, there));
        return SmallVector<Value>{this->choose(emitter.bothMasks(isAfter, isBetter), at, best[0])};
      };
      Value best = emitter.forLoop(emitter.constantIndex(0), length, 1, length, choose)[0];
      store(number, best);
      return SmallVector<Value>{best};
    };
    emitter.forLoop(emitter.constantIndex(0), emitter.constantIndex(*sort.getFirst()), 1,
                    emitter.constantIndex(0), pick);
  }
  Value either(Value a, Value b) {
    return arith::OrIOp::create(emitter.builder, emitter.location, a, b);
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

  PullEmitter &emitter;
  nn::ArgSortOp sort;
  StoreTarget target;
  SmallVector<AffineExpr> outer;
  bool isPicked; ///< the first elements only
  Type keyElement;
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
