// Positions in the order of their elements: a row of the tensor is sorted where its positions are
// stored.
#include "compiler/Codegen/Common/Schedule.h"
#include "dialects/NN/ScalarExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

namespace {
/// Merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M): exchanges of
/// elements at fixed distances, whatever the data, for any length, and no memory beside the result.
/// Equal elements are told apart by their positions, so that the order is stable.
class SortSegment : public Segment {
public:
  SortSegment(KernelContext &context, nn::ArgSortOp sort, StoreTarget target)
      : emitter(context.emitter), sort(sort), target(target), sizes(emitter.shapes.sizes(sort)),
        outer(sizes) {
    outer.erase(outer.begin() + sort.getDim());
  }

  AffineExpr tiles() override { return emitter.shapes.product(outer); }

  void emit(Value begin, Value end) override {
    emitter.forLoop(begin, end, 1, [&](Value row) {
      coords = emitter.delinearize(outer, emitter.uniform(row));
      coords.insert(coords.begin() + sort.getDim(), LaneIndex());
      emitRow();
    });
  }

  SegmentReport report() const override { return {"sort: rows, by merge exchange"}; }

private:
  void emitRow() {
    Value length = emitter.value(sizes[sort.getDim()]), zero = emitter.constantIndex(0);
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
    Value swaps = isBefore(second, first);
    auto choose = [&](Value a, Value b) -> Value {
      return arith::SelectOp::create(emitter.builder, emitter.location, swaps, a, b);
    };
    store(low, choose(second, first));
    store(high, choose(first, second));
  }

  /// Whether the element at position `a` comes before that at `b`.
  Value isBefore(Value a, Value b) {
    auto expr = [&](Value value) {
      return nn::ScalarExpr(emitter.builder, emitter.location, value);
    };
    nn::ScalarExpr x = expr(key(a)), y = expr(key(b));
    nn::Predicate order = sort.getDescending() ? nn::Predicate::gt : nn::Predicate::lt;
    nn::ScalarExpr before = nn::compare(order, x, y),
                   isEqual = nn::compare(nn::Predicate::eq, x, y);
    if (!x.isInteger()) { // NaN is the largest, and equal to itself
      nn::ScalarExpr xNan = nn::compare(nn::Predicate::ne, x, x),
                     yNan = nn::compare(nn::Predicate::ne, y, y);
      nn::ScalarExpr xNumber = nn::compare(nn::Predicate::eq, x, x),
                     yNumber = nn::compare(nn::Predicate::eq, y, y);
      before = before | (sort.getDescending() ? xNan & yNumber : xNumber & yNan);
      isEqual = isEqual | (xNan & yNan);
    }
    nn::ScalarExpr isEarlier = expr(emitter.compare(CmpIPredicate::ult, a, b));
    return (before | (isEqual & isEarlier)).value();
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
  SmallVector<AffineExpr> sizes, outer;
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
