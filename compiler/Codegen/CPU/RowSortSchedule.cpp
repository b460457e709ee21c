// Positions in the order of their elements. A row becomes keys, whole numbers in that order: few
// are counted, many sorted digit by digit, and of many the first few are found bit by bit.
#include "compiler/Codegen/CPU/Segments.h"
#include "compiler/Codegen/Common/Schedule.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

namespace {
/// Up to so many keys the place of each is the number of those before it: their square, in vectors,
/// takes less time than the tables of digits.
constexpr int64_t kFewKeys = 128;

constexpr int64_t kBitsOfDigit = 8, kDigits = 1 << kBitsOfDigit;

/// No step depends on how elements compare but by data, so that none is predicted wrongly. Equal
/// elements keep their order: of digits, least significant first (Knuth, The Art of Computer
/// Programming 3, 5.2.5, algorithm R), because they are put in place in turn.
class RowSortSegment : public Segment {
public:
  RowSortSegment(KernelContext &context, nn::ArgSortOp sort, StoreTarget target)
      : context(context), emitter(context.emitter), sort(sort), target(target),
        outer(emitter.shapes.sizes(sort)), length(emitter.shapes.size(sort.getX(), sort.getDim())),
        first(sort.getFirst()), keyType(typeOfKeys(sort)), bits(keyType.getIntOrFloatBitWidth()),
        lanes(emitter.laneOptions.lanes(bits)), known(numberOf(length)) {
    outer.erase(outer.begin() + sort.getDim());
  }

  AffineExpr tiles() override { return emitter.shapes.product(outer); }
  void emit(Value begin, Value end) override;
  SegmentReport report() const override {
    const char *many = picks() ? "the first found bit by bit" : "digit by digit";
    if (known >= 0)
      return {llvm::formatv("sort: rows, {0}", known <= kFewKeys ? "counted" : many)};
    return {llvm::formatv("sort: rows, counted up to {0} elements, then {1}", kFewKeys, many)};
  }

private:
  /// Keys in scratch, from the first on, and their positions; null: those in order.
  struct Keys {
    Value buffer, positions, count;
  };
  static Type typeOfKeys(nn::ArgSortOp sort) {
    unsigned width = getElementTypeOrSelf(sort.getX().getType()).getIntOrFloatBitWidth();
    return IntegerType::get(sort.getContext(), width > 32 ? 64 : 32);
  }
  /// Whether of many keys only a few are sorted.
  bool picks() const { return first && *first <= kFewKeys; }

  void emitRow();
  void storeKeys(Value count);
  Value keyOf(Value element);
  void storeByCounting(const Keys &keys);
  void storeByDigits(Value count);
  void countDigits(Value count);
  Value moveByDigit(Value pass, Value from, Value count);
  void storeFirstOfMany(Value count);
  Value leastKey(Value count);
  Value keysBelow(Value key, Value count);
  Keys collect(Value last, Value count);

  // Numbers of keys, in all lanes.
  Value number(int64_t value) {
    return emitter.splat(emitter.constant(emitter.builder.getIntegerAttr(keyType, value)));
  }
  template <typename Op> Value binary(Value a, Value b) {
    return Op::create(emitter.builder, emitter.location, a, b);
  }
  Value compare(CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(emitter.builder, emitter.location, predicate, a, b);
  }
  /// 1 where a condition holds.
  Value counted(Value condition) {
    Type type = emitter.laneType(keyType);
    return arith::ExtUIOp::create(emitter.builder, emitter.location, type, condition);
  }
  int64_t leastNumber() const { return bits == 64 ? INT64_MIN : INT32_MIN; }
  int64_t mostNumber() const { return bits == 64 ? INT64_MAX : INT32_MAX; }

  Value key(Value buffer, const LaneIndex &at) { return emitter.load(buffer, at, keyType); }
  Value indexOf(Value integer) { return cast(integer, emitter.builder.getIndexType()); }
  Value cast(Value integer, Type type) {
    return arith::IndexCastOp::create(emitter.builder, emitter.location, type, integer);
  }
  /// The places `at` as positions.
  Value positionsOf(const LaneIndex &at) {
    Value places = emitter.width() > 1 ? emitter.laneVector(at) : at.base;
    return cast(places, emitter.laneType(positionType()));
  }
  Type positionType() { return emitter.builder.getI64Type(); }
  /// Stores positions as elements `at` of the result, as far as it has them.
  void store(LaneIndex at, Value position) {
    coords[sort.getDim()] = at;
    emitter.store(target.buffer, emitter.linearize(sort, Position::at(coords)), position,
                  positionType());
  }
  /// How many elements the result has of a row.
  Value stored(Value count) { return first ? emitter.constantIndex(*first) : count; }

  KernelContext &context;
  PullEmitter &emitter;
  nn::ArgSortOp sort;
  StoreTarget target;
  SmallVector<AffineExpr> outer;
  AffineExpr length;
  std::optional<int64_t> first; ///< elements of the result, if not all
  Type keyType;
  unsigned bits;
  int64_t lanes;
  int64_t known;                 ///< length, or -1
  Value keys, positions, counts; ///< of many: two halves of both
  Keys chosen;                   ///< the first of many
  SmallVector<LaneIndex, 4> coords;
};
} // namespace

void RowSortSegment::emit(Value begin, Value end) {
  bool mayBeMany = known < 0 || known > kFewKeys, byDigits = mayBeMany && !picks();
  keys = context.allocate(keyType, (byDigits ? length * 2 : length) + lanes);
  if (byDigits) {
    positions = context.allocate(positionType(), length * 2);
    counts = context.allocate(positionType(), kDigits * (bits / kBitsOfDigit));
  } else if (mayBeMany) {
    AffineExpr count = emitter.shapes.constant(*first + 1);
    chosen = {context.allocate(keyType, count), context.allocate(positionType(), count),
              emitter.constantIndex(*first)};
  }
  emitter.forLoop(begin, end, 1, [&](Value row) {
    coords = emitter.delinearize(outer, emitter.uniform(row));
    coords.insert(coords.begin() + sort.getDim(), LaneIndex());
    emitRow();
  });
}

void RowSortSegment::emitRow() {
  Value count = emitter.value(length), most = emitter.constantIndex(kFewKeys);
  storeKeys(count);
  auto few = [&] { storeByCounting({keys, {}, count}); };
  auto many = [&] { picks() ? storeFirstOfMany(count) : storeByDigits(count); };
  if (known >= 0)
    return known <= kFewKeys ? few() : many();
  emitter.ifThen(emitter.compare(CmpIPredicate::sle, count, most), few);
  emitter.ifThen(emitter.compare(CmpIPredicate::sgt, count, most), many);
}

//===-- Keys --------------------------------------------------------------------------------===//

/// And a vector of the greatest number after them.
void RowSortSegment::storeKeys(Value count) {
  auto all = emitter.planLanes(emitter.constantIndex(0), count, bits, /*unroll=*/1);
  emitter.forLanes(all, [&](LaneIndex at) {
    coords[sort.getDim()] = at;
    Value element = emitter.splat(emitter.emit(sort.getX(), Position::at(coords)));
    emitter.store(keys, at, keyOf(element), keyType);
  });
  emitter.withLanes(lanes, {}, [&] {
    emitter.store(keys, {count, lanes > 1 ? 1 : 0, {}}, number(mostNumber()), keyType);
  });
}

/// Signed numbers in the order of elements. The bits of a float are one but for the sign: of
/// negative ones the others are turned round. -0 becomes 0, and NaN is above all.
Value RowSortSegment::keyOf(Value element) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  Type type = emitter.laneType(keyType), own = getElementTypeOrSelf(element.getType());
  Value key = element;
  if (auto isFloat = dyn_cast<FloatType>(own)) {
    Value zero = emitter.splat(emitter.constant(builder.getFloatAttr(isFloat, 0.0)));
    Value sum = arith::AddFOp::create(builder, location, element, zero);
    Value isNan =
        arith::CmpFOp::create(builder, location, arith::CmpFPredicate::UNO, element, element);
    key = arith::BitcastOp::create(builder, location, type, sum);
    Value sign = binary<arith::ShRSIOp>(key, number(bits - 1));
    key = binary<arith::XOrIOp>(key, binary<arith::AndIOp>(sign, number(mostNumber())));
    key = arith::SelectOp::create(builder, location, isNan, number(mostNumber()), key);
  } else if (own.isInteger(1)) {
    key = counted(element);
  } else if (own != keyType) {
    key = arith::ExtSIOp::create(builder, location, type, element);
  }
  return sort.getDescending() ? binary<arith::XOrIOp>(key, number(-1)) : key;
}

//===-- Few ---------------------------------------------------------------------------------===//

/// The place of a key is the number of those that are less, or equal and before it.
void RowSortSegment::storeByCounting(const Keys &all) {
  Value zero = emitter.constantIndex(0), count = all.count;
  emitter.forLanes(emitter.planLanes(zero, count, bits, /*unroll=*/1), [&](LaneIndex at) {
    Value mine = key(all.buffer, at),
          high = emitter.min(emitter.add(at.base, emitter.width()), count);
    auto over = [&](Value from, Value to, Value places,
                    function_ref<Value(Value, Value)> isBefore) {
      return emitter.forLoop(from, to, 1, places, [&](Value other, ValueRange before) {
        Value theirs = emitter.splat(key(all.buffer, emitter.uniform(other)));
        Value more = counted(isBefore(other, theirs));
        return SmallVector<Value>{binary<arith::AddIOp>(before[0], more)};
      })[0];
    };
    Value places = over(zero, at.base, number(0), [&](Value, Value theirs) {
      return compare(CmpIPredicate::sle, theirs, mine);
    });
    places = over(at.base, high, places, [&](Value other, Value theirs) {
      Value isFirst =
                emitter.splat(emitter.compare(CmpIPredicate::slt, emitter.uniform(other), at)),
            isEqual = compare(CmpIPredicate::eq, theirs, mine);
      return binary<arith::OrIOp>(compare(CmpIPredicate::slt, theirs, mine),
                                  binary<arith::AndIOp>(isEqual, isFirst));
    });
    places = over(high, count, places,
                  [&](Value, Value theirs) { return compare(CmpIPredicate::slt, theirs, mine); });
    Type index = emitter.laneType(emitter.builder.getIndexType());
    Value place = cast(places, index),
          position =
              all.positions ? emitter.load(all.positions, at, positionType()) : positionsOf(at);
    bool isVector = emitter.width() > 1;
    LaneIndex to = isVector ? LaneIndex{zero, 0, place} : emitter.uniform(place);
    Value end = emitter.value(emitter.shapes.size(sort, sort.getDim()));
    Value exists = emitter.splat(emitter.compare(CmpIPredicate::slt, to, emitter.uniform(end)));
    if (isVector)
      return emitter.withLanes(emitter.width(), emitter.bothMasks(emitter.mask(), exists),
                               [&] { store(to, position); });
    emitter.ifThen(exists, [&] { store(to, position); });
  });
}

//===-- Many --------------------------------------------------------------------------------===//

/// Digit `pass`, of which negative numbers have the lesser ones.
static Value digitOf(PullEmitter &emitter, Value key, Value shift, Value sign, Value mask) {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  Value raised = arith::XOrIOp::create(builder, location, key, sign),
        low = arith::ShRUIOp::create(builder, location, raised, shift),
        digit = arith::AndIOp::create(builder, location, low, mask);
  return arith::IndexCastUIOp::create(builder, location, builder.getIndexType(), digit);
}

/// How many keys have each digit, of all passes at once.
void RowSortSegment::countDigits(Value count) {
  int64_t passes = bits / kBitsOfDigit;
  Type type = positionType();
  auto whole = emitter.planLanes(emitter.constantIndex(0), emitter.constantIndex(passes * kDigits),
                                 64, /*unroll=*/1);
  Value none = emitter.constant(emitter.builder.getI64IntegerAttr(0)),
        one = emitter.constant(emitter.builder.getI64IntegerAttr(1));
  emitter.forLanes(whole,
                   [&](LaneIndex at) { emitter.store(counts, at, emitter.splat(none), type); });
  emitter.forLoop(emitter.constantIndex(0), count, 1, [&](Value at) {
    Value mine = key(keys, emitter.uniform(at));
    for (int64_t pass = 0; pass < passes; ++pass) {
      Value digit = digitOf(emitter, mine, number(pass * kBitsOfDigit), number(leastNumber()),
                            number(kDigits - 1));
      LaneIndex place = emitter.uniform(emitter.add(digit, pass * kDigits));
      emitter.store(counts, place, binary<arith::AddIOp>(emitter.load(counts, place, type), one),
                    type);
    }
  });
}

/// Moves the keys of the half at `from` to the other, in the order of a digit, and returns where
/// that starts. Where all have the same digit there is nothing to do.
Value RowSortSegment::moveByDigit(Value pass, Value from, Value count) {
  Type type = positionType();
  Value table = emitter.mul(pass, kDigits), shift = cast(emitter.mul(pass, kBitsOfDigit), keyType),
        to = emitter.sub(count, from);
  auto digitAt = [&](Value key) {
    Value digit = digitOf(emitter, key, shift, number(leastNumber()), number(kDigits - 1));
    return emitter.uniform(emitter.add(table, digit));
  };
  auto move = [&] {
    Value none = emitter.constant(emitter.builder.getI64IntegerAttr(0)),
          one = emitter.constant(emitter.builder.getI64IntegerAttr(1));
    emitter.forLoop(emitter.constantIndex(0), emitter.constantIndex(kDigits), 1, none,
                    [&](Value digit, ValueRange before) {
                      LaneIndex place = emitter.uniform(emitter.add(table, digit));
                      Value own = emitter.load(counts, place, type);
                      emitter.store(counts, place, before[0], type);
                      return SmallVector<Value>{binary<arith::AddIOp>(before[0], own)};
                    });
    emitter.forLoop(emitter.constantIndex(0), count, 1, [&](Value at) {
      LaneIndex source = emitter.uniform(emitter.add(from, at));
      Value mine = key(keys, source), position = emitter.load(positions, source, type);
      LaneIndex next = digitAt(mine);
      Value place = emitter.load(counts, next, type);
      emitter.store(counts, next, binary<arith::AddIOp>(place, one), type);
      LaneIndex target = emitter.uniform(emitter.add(to, indexOf(place)));
      emitter.store(keys, target, mine, keyType);
      emitter.store(positions, target, position, type);
    });
    return to;
  };
  Value ofFirst = emitter.load(counts, digitAt(key(keys, emitter.uniform(from))), type);
  Value isAll = compare(CmpIPredicate::eq, ofFirst, cast(count, type));
  return emitter.ifElse(isAll, emitter.builder.getIndexType(), [&] { return from; }, move);
}

void RowSortSegment::storeByDigits(Value count) {
  Value zero = emitter.constantIndex(0);
  auto inOrder = emitter.planLanes(zero, count, 64, /*unroll=*/1);
  emitter.forLanes(inOrder, [&](LaneIndex at) {
    emitter.store(positions, at, positionsOf(at), positionType());
  });
  countDigits(count);
  Value sorted = emitter.forLoop(zero, emitter.constantIndex(bits / kBitsOfDigit), 1, zero,
                                 [&](Value pass, ValueRange from) {
                                   return SmallVector<Value>{moveByDigit(pass, from[0], count)};
                                 })[0];
  emitter.forLanes(emitter.planLanes(zero, stored(count), 64, /*unroll=*/1), [&](LaneIndex at) {
    LaneIndex source = emitter.add(emitter.uniform(sorted), at);
    store(at, emitter.load(positions, source, positionType()));
  });
}

//===-- The first of many -------------------------------------------------------------------===//

void RowSortSegment::storeFirstOfMany(Value count) {
  if (*first == 0)
    return;
  storeByCounting(collect(leastKey(count), count));
}

/// How many keys are below one that is the same in all lanes.
Value RowSortSegment::keysBelow(Value below, Value count) {
  Value sums;
  emitter.withLanes(lanes, {}, [&] {
    Value limit = emitter.splat(below);
    sums = emitter.forLoop(emitter.constantIndex(0), count, lanes, number(0),
                           [&](Value at, ValueRange before) {
                             Value theirs = key(keys, {at, lanes > 1 ? 1 : 0, {}});
                             Value more = counted(compare(CmpIPredicate::slt, theirs, limit));
                             return SmallVector<Value>{binary<arith::AddIOp>(before[0], more)};
                           })[0];
  });
  return lanes == 1 ? sums
                    : vector::ReductionOp::create(emitter.builder, emitter.location,
                                                  vector::CombiningKind::ADD, sums)
                          .getResult();
}

/// The last of the first keys, from the highest bit on: one is set where too few keys are below.
Value RowSortSegment::leastKey(Value count) {
  Value wanted = number(*first), sign = number(leastNumber());
  return emitter.forLoop(emitter.constantIndex(0), emitter.constantIndex(bits), 1, sign,
                         [&](Value step, ValueRange before) {
                           Value bit = binary<arith::ShRUIOp>(sign, cast(step, keyType));
                           Value candidate = binary<arith::XOrIOp>(before[0], bit);
                           Value isBelow =
                               compare(CmpIPredicate::slt, keysBelow(candidate, count), wanted);
                           return SmallVector<Value>{arith::SelectOp::create(
                               emitter.builder, emitter.location, isBelow, candidate, before[0])};
                         })[0];
}

/// The keys below `last` and as many of those that are equal to it as are missing, in order.
RowSortSegment::Keys RowSortSegment::collect(Value last, Value count) {
  Value equal = binary<arith::SubIOp>(number(*first), keysBelow(last, count));
  auto take = [&](Value at, ValueRange before) {
    Value mine = key(keys, emitter.uniform(at));
    Value isBelow = compare(CmpIPredicate::slt, mine, last),
          isEqual = compare(CmpIPredicate::eq, mine, last);
    Value isMissing = compare(CmpIPredicate::sgt, before[1], number(0));
    Value takes = binary<arith::OrIOp>(isBelow, binary<arith::AndIOp>(isEqual, isMissing));
    LaneIndex place = emitter.uniform(before[0]);
    emitter.store(chosen.buffer, place, mine, keyType);
    emitter.store(chosen.positions, place, cast(at, positionType()), positionType());
    return SmallVector<Value>{
        emitter.add(before[0], cast(counted(takes), emitter.builder.getIndexType())),
        binary<arith::SubIOp>(before[1], counted(binary<arith::AndIOp>(isEqual, isMissing)))};
  };
  Value zero = emitter.constantIndex(0);
  emitter.forLoop(zero, count, lanes, {zero, equal}, [&](Value low, ValueRange before) {
    Value isAny;
    emitter.withLanes(lanes, {}, [&] {
      Value some = key(keys, {low, lanes > 1 ? 1 : 0, {}});
      isAny = compare(CmpIPredicate::sle, some, emitter.splat(last));
    });
    if (lanes > 1)
      isAny = vector::ReductionOp::create(emitter.builder, emitter.location,
                                          vector::CombiningKind::OR, isAny);
    Value high = emitter.min(emitter.add(low, lanes), count);
    return emitter.ifElse(
        isAny, before.getTypes(), [&] { return emitter.forLoop(low, high, 1, before, take); },
        [&] { return SmallVector<Value>(before); });
  });
  return chosen;
}

//===-- Segment -----------------------------------------------------------------------------===//

static std::unique_ptr<Segment> createRowSortSegment(KernelContext &context, Operation *op,
                                                     PendingTargets &targets) {
  if (context.emitter.laneOptions.bytes == 0)
    return commonSegments().find("sort")(context, op, targets);
  SmallVector<StoreTarget> stored =
      targets.takeIf([&](Value value) { return value == op->getResult(0); });
  if (stored.empty())
    return nullptr;
  return std::make_unique<RowSortSegment>(context, cast<nn::ArgSortOp>(op), stored.front());
}

static const SegmentEntry kSort(cpuSegments(), "sort", createRowSortSegment);

} // namespace mlc
