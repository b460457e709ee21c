// Running sums and scatters: sequential along one dimension, vectors and tiles along the others.
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "compiler/Codegen/Common/Schedule.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

namespace {
/// A grid over all dimensions of a tensor but one; the last of them is cut into so many vectors
/// unless it is the excepted one.
class ColumnSegment : public Segment {
public:
  ColumnSegment(KernelContext &context, Value tensor, int64_t dim, unsigned bits,
                unsigned vectors = 1)
      : context(context), emitter(context.emitter), sizes(emitter.shapes.sizes(tensor)), dim(dim),
        bits(bits), vectors(vectors) {
    for (size_t other = 0; other < sizes.size(); ++other)
      if (static_cast<int64_t>(other) != dim)
        outer.push_back(sizes[other]);
    inColumns = dim + 1 != static_cast<int64_t>(sizes.size());
    if (inColumns) {
      columns = outer.pop_back_val();
      int64_t lanes = emitter.laneOptions.lanes(bits);
      columnsPerTile = lanes == 1 ? 1 : lanes * vectors;
      if (auto known = dyn_cast<AffineConstantExpr>(columns))
        columnsPerTile = std::min<int64_t>(
            columnsPerTile, llvm::PowerOf2Ceil(std::max<int64_t>(1, known.getValue())));
    }
  }
  AffineExpr tiles() override {
    AffineExpr rows = emitter.shapes.product(outer);
    return inColumns ? emitter.shapes.simplified(rows * columns.ceilDiv(columnsPerTile)) : rows;
  }
  void emit(Value begin, Value end) override {
    emitter.forLoop(begin, end, 1, [&](Value tile) {
      Value perRow =
          inColumns ? emitter.value(columns.ceilDiv(columnsPerTile)) : emitter.constantIndex(1);
      SmallVector<LaneIndex, 4> coords =
          emitter.delinearize(outer, emitter.uniform(emitter.floorDiv(tile, perRow)));
      if (!inColumns) {
        coords.push_back({});
        return emitColumn(coords);
      }
      Value low = emitter.mul(emitter.rem(tile, perRow), columnsPerTile);
      Value high = emitter.min(emitter.add(low, columnsPerTile), emitter.value(columns));
      coords.insert(coords.begin() + dim, LaneIndex());
      coords.push_back({});
      emitter.forLanes(emitter.planLanes(low, high, bits, vectors), [&](LaneIndex at) {
        coords.back() = at;
        emitColumn(coords);
      });
    });
  }

  SegmentReport report() const override {
    return {llvm::formatv("columns: tiles of {0}, the scanned or scattered dimension in order",
                          columnsPerTile)};
  }

protected:
  /// One column (or a vector of them): coords[dim] is to be filled in.
  virtual void emitColumn(SmallVector<LaneIndex, 4> coords) = 0;

  KernelContext &context;
  PullEmitter &emitter;
  SmallVector<AffineExpr> sizes, outer;
  AffineExpr columns;
  int64_t dim, columnsPerTile = 1;
  unsigned bits, vectors;
  bool inColumns;
};

class ScanSegment : public ColumnSegment {
public:
  ScanSegment(KernelContext &context, nn::ScanOpInterface scan, ArrayRef<StoreTarget> targets)
      : ColumnSegment(context, scan->getResult(0), scan.getDim(),
                      PullEmitter::laneBits(scan->getOperand(0))),
        scan(scan), operand(scan->getOperand(0)), scanned(scan->getResult(0)),
        element(getElementTypeOrSelf(scanned.getType())), targets(targets) {}

private:
  Value combine(Value a, Value b) { return emitter.combine(scan.getKind(), a, b); }
  /// Whether the digits that are lost grow with the length.
  bool isRoundedSum(Type type) {
    return scan.getKind() == nn::Reduction::sum && isa<FloatType>(type);
  }

  /// The running sum is that of a block of steps, from zero, and the total of the blocks before.
  void emitColumn(SmallVector<LaneIndex, 4> coords) override {
    Type type = PullEmitter::accumulatorType(element);
    Value zero = emitter.constant(emitter.identity(scan.getKind(), type));
    if (inColumns)
      zero = emitter.splat(zero);
    Value low = emitter.constantIndex(0), high = emitter.value(sizes[dim]);
    auto known = getConstantIntValue(high);
    if (int64_t lanes = lanesAlong(type, known); lanes > 1)
      return emitVectors(coords, zero, lanes);
    if (!isRoundedSum(type) || (known && *known <= PullEmitter::kChain)) {
      emitSteps(coords, low, high, zero, {});
      return;
    }
    emitter.addBlocks(low, high, PullEmitter::kChain, {zero, zero},
                      [&](Value low, Value high, ValueRange before) {
                        return emitSteps(coords, low, high, zero, before[0]);
                      });
  }

  /// Stores the running sums of the steps [low, high), each with `before` added, and returns the
  /// last one without it.
  SmallVector<Value> emitSteps(SmallVector<LaneIndex, 4> &coords, Value low, Value high, Value zero,
                               Value before) {
    Value last = emitter.add(emitter.value(sizes[dim]), -1);
    return emitter.forLoop(low, high, 1, zero, [&](Value step, ValueRange carried) {
      Value at = scan.getReverse() ? emitter.sub(last, step) : step;
      coords[dim] = emitter.uniform(at);
      Position position = Position::at(coords);
      Value x = emitter.emit(operand, position);
      if (inColumns)
        x = emitter.splat(x);
      Value sum = combine(carried[0], x);
      Value result = scan.getExclusive() ? carried[0] : sum;
      if (before)
        result = combine(before, result);
      emitter.define(scanned, position, emitter.rounded(result, element));
      context.storeAt(targets, position);
      return SmallVector<Value>{sum};
    });
  }

  /// Lanes along the dimension: where it is the innermost one and worth them.
  int64_t lanesAlong(Type type, std::optional<int64_t> length) {
    SmallVector<Value> values = {operand};
    for (const StoreTarget &target : targets)
      values.push_back(target.tensor);
    int64_t lanes = emitter.laneOptions.lanes(PullEmitter::laneBits(values));
    bool isShort = length && *length < 2 * lanes;
    return inColumns || isShort || !isRoundedSum(type) || !context.options.optimize ? 1 : lanes;
  }

  /// The running sums of the lanes, in log2(lanes) additions: each takes the sum that lies so many
  /// lanes before, if there is one. (Taking zero where there is none, LLVM 22 would use vexpandps,
  /// which is slow.)
  Value sumsOfLanes(Value x) {
    int64_t lanes = cast<VectorType>(x.getType()).getDimSize(0);
    for (int64_t distance = 1; distance < lanes; distance *= 2)
      x = whereLanesBefore(distance, combine(x, rotated(x, distance)), x);
    return x;
  }
  Value rotated(Value x, int64_t distance) {
    int64_t lanes = cast<VectorType>(x.getType()).getDimSize(0);
    SmallVector<int64_t> from;
    for (int64_t lane = 0; lane < lanes; ++lane)
      from.push_back((lane + lanes + (scan.getReverse() ? distance : -distance)) % lanes);
    return vector::ShuffleOp::create(emitter.builder, emitter.location, x, x, from);
  }
  /// `a` in the lanes that have one so far before them in the direction of the scan, else `b`.
  Value whereLanesBefore(int64_t distance, Value a, Value b) {
    int64_t lanes = cast<VectorType>(a.getType()).getDimSize(0);
    SmallVector<bool> exists;
    for (int64_t lane = 0; lane < lanes; ++lane)
      exists.push_back(scan.getReverse() ? lane + distance < lanes : lane >= distance);
    auto type = VectorType::get(lanes, emitter.builder.getI1Type());
    Value mask = emitter.constant(cast<TypedAttr>(Attribute(DenseElementsAttr::get(type, exists))));
    return arith::SelectOp::create(emitter.builder, emitter.location, mask, a, b);
  }

  /// Vectors along the row: a vector's running sums, what its block has before it, and the total of
  /// the blocks before. So the chain from vector to vector is one addition.
  void emitVectors(SmallVector<LaneIndex, 4> &coords, Value zero, int64_t lanes) {
    Value low = emitter.constantIndex(0), high = emitter.value(sizes[dim]);
    Value whole = emitter.roundDown(high, lanes);
    auto sumsAt = [&](Value step, Value count, Value before) -> Value {
      Value last;
      emitter.withLanes(lanes, emitter.maskBelow(count, lanes), [&] {
        Value zeros = emitter.splat(zero);
        Value first = scan.getReverse() ? emitter.sub(emitter.sub(high, step), count) : step;
        coords[dim] = {first, 1, {}};
        Position position = Position::at(coords);
        Value x = emitter.splat(emitter.emit(operand, position));
        if (emitter.mask())
          x = arith::SelectOp::create(emitter.builder, emitter.location, emitter.mask(), x, zeros);
        Value sums = sumsOfLanes(x);
        last = emitter.slice(sums, scan.getReverse() ? 0 : lanes - 1, 1);
        if (scan.getExclusive())
          sums = whereLanesBefore(1, rotated(sums, 1), zeros);
        sums = combine(emitter.splat(before), sums);
        emitter.define(scanned, position, emitter.rounded(sums, element));
        context.storeAt(targets, position);
      });
      return last;
    };
    Value count = emitter.constantIndex(lanes);
    SmallVector<Value> totals = emitter.addBlocks(
        low, whole, lanes * PullEmitter::kChain, {zero, zero},
        [&](Value low, Value high, ValueRange before) {
          return emitter.forLoop(low, high, lanes, zero, [&](Value step, ValueRange inBlock) {
            Value last = sumsAt(step, count, combine(before[0], inBlock[0]));
            return SmallVector<Value>{combine(inBlock[0], last)};
          });
        });
    emitter.forLoop(whole, high, lanes,
                    [&](Value step) { sumsAt(step, emitter.sub(high, step), totals[0]); });
  }

  nn::ScanOpInterface scan;
  Value operand, scanned;
  Type element;
  SmallVector<StoreTarget> targets;
};

/// Updates are combined with the result in memory, one after the other. Sums and products of floats
/// would lose digits with every one: they are f64 in scratch memory, rounded once; where the result
/// is f64 too, products are in their place, and each sum has its error beside it.
class ScatterSegment : public ColumnSegment {
public:
  ScatterSegment(KernelContext &context, nn::ScatterOp scatter, StoreTarget target)
      : ColumnSegment(context, scatter, scatter.getAxis(), PullEmitter::laneBits(scatter.getX()),
                      isa<Float64Type>(getElementTypeOrSelf(scatter.getType())) ? 2 : 4),
        scatter(scatter), target(target), element(getElementTypeOrSelf(scatter.getType())),
        wide(emitter.builder.getF64Type()), combination(scatter.combination()),
        keepsErrors(element == wide) {
    SmallVector<AffineExpr> indexSizes = emitter.shapes.sizes(scatter.getIndices());
    updates = emitter.shapes.product(ArrayRef(indexSizes).drop_front(scatter.getBatchDims()));
  }

  void emit(Value begin, Value end) override {
    if (isa<FloatType>(element) && (combination == nn::Reduction::sum ||
                                    (combination == nn::Reduction::prod && element != wide)))
      totals = context.allocate(wide, sizes[dim] * (columnsPerTile * (keepsErrors ? 2 : 1)));
    ColumnSegment::emit(begin, end);
  }

private:
  using Coordinates = SmallVector<LaneIndex, 4>;
  /// The coordinates of an update and of the element that it goes to.
  struct Place {
    Coordinates target, index;
    Position update(nn::ScatterOp scatter) const {
      int64_t dim = scatter.getAxis();
      Coordinates source(target.begin(), target.begin() + dim);
      llvm::append_range(source, ArrayRef(index).drop_front(scatter.getBatchDims()));
      llvm::append_range(source, ArrayRef(target).drop_front(dim + 1));
      return Position::at(source);
    }
  };
  using PlaceBody = function_ref<void(const Place &)>;

  void emitColumn(Coordinates coords) override {
    Place place{coords, Coordinates(coords.begin(), coords.begin() + scatter.getBatchDims())};
    if (totals)
      return emitTotals(place);
    storeOthers(place);
    forEachUpdate(place, [&](const Place &at) {
      Value update = emitter.emit(scatter.getUpdates(), at.update(scatter));
      if (combination) {
        Value old = emitter.load(target.buffer, address(at), element);
        update = emitter.combine(*combination, old, emitter.splat(update));
      }
      storeResult(at, update);
    });
  }

  /// What no update changes, unless the result is computed where it lies.
  void storeOthers(const Place &place) {
    auto store = [&] { forEachRow(place, [&](const Place &at) { storeResult(at, x(at)); }); };
    Value given = emitter.bufferOf(scatter.getX());
    if (!given)
      return store();
    auto addressOf = [&](Value buffer) -> Value {
      return memref::ExtractAlignedPointerAsIndexOp::create(emitter.builder, emitter.location,
                                                            buffer);
    };
    emitter.ifThen(emitter.compare(CmpIPredicate::ne, addressOf(given), addressOf(target.buffer)),
                   store);
  }

  /// Where there are more rows than updates, only totals that have updates are touched.
  void emitTotals(const Place &place) {
    ifRows(CmpIPredicate::sgt, [&] { storeOthers(place); });
    forEachTotal(place, [&](const Place &at) {
      emitter.store(totals, totalAddress(at), widened(x(at)), wide);
      if (keepsErrors)
        emitter.store(totals, errorAddress(at),
                      emitter.constant(emitter.builder.getF64FloatAttr(0)), wide);
    });
    forEachUpdate(place, [&](const Place &at) {
      Value update = widened(emitter.emit(scatter.getUpdates(), at.update(scatter)));
      Value total = emitter.load(totals, totalAddress(at), wide);
      if (!keepsErrors)
        return emitter.store(totals, totalAddress(at), emitter.combine(*combination, total, update),
                             wide);
      auto [next, lost] = emitter.addExactly(total, update);
      Value error = emitter.load(totals, errorAddress(at), wide);
      emitter.store(totals, totalAddress(at), next, wide);
      emitter.store(totals, errorAddress(at), emitter.combine(nn::Reduction::sum, error, lost),
                    wide);
    });
    forEachTotal(place, [&](const Place &at) {
      Value total = emitter.load(totals, totalAddress(at), wide);
      if (keepsErrors)
        total = withError(total, emitter.load(totals, errorAddress(at), wide));
      storeResult(at, narrowed(total));
    });
  }

  /// Every row that has updates, perhaps more than once, and perhaps others.
  void forEachTotal(const Place &place, PlaceBody body) {
    ifRows(CmpIPredicate::sgt, [&] { forEachUpdate(place, body); });
    ifRows(CmpIPredicate::sle, [&] { forEachRow(place, body); });
  }
  /// `body` where the rows compare so with the updates.
  void ifRows(CmpIPredicate predicate, function_ref<void()> body) {
    Value rows = emitter.value(sizes[dim]), count = emitter.value(updates);
    auto knownRows = getConstantIntValue(rows), knownCount = getConstantIntValue(count);
    if (!knownRows || !knownCount)
      return emitter.ifThen(emitter.compare(predicate, rows, count), body);
    if (arith::applyCmpPredicate(predicate, APInt(64, *knownRows), APInt(64, *knownCount)))
      body();
  }
  void forEachRow(Place place, PlaceBody body) {
    Value low = emitter.constantIndex(0), high = emitter.value(sizes[dim]);
    auto step = [&](LaneIndex at) {
      place.target[dim] = at;
      body(place);
    };
    if (inColumns)
      emitter.forLoop(low, high, 1, [&](Value at) { step(emitter.uniform(at)); });
    else
      emitter.forLanes(emitter.planLanes(low, high, bits, 1), step);
  }
  /// In row-major order of the indices; those that are out of range are left out.
  void forEachUpdate(Place place, PlaceBody body) {
    auto indices = cast<RankedTensorType>(scatter.getIndices().getType());
    if (static_cast<int64_t>(place.index.size()) < indices.getRank()) {
      Value high = emitter.size(scatter.getIndices(), place.index.size());
      return emitter.forLoop(emitter.constantIndex(0), high, 1, [&](Value at) {
        Place inner = place;
        inner.index.push_back(emitter.uniform(at));
        forEachUpdate(inner, body);
      });
    }
    Value index = emitter.emit(scatter.getIndices(), Position::at(place.index));
    Value at = arith::IndexCastOp::create(emitter.builder, emitter.location,
                                          emitter.builder.getIndexType(), index);
    // One comparison for both ends: a negative index is a large unsigned one.
    emitter.ifThen(emitter.compare(CmpIPredicate::ult, at, emitter.value(sizes[dim])), [&] {
      place.target[dim] = emitter.uniform(at);
      body(place);
    });
  }

  Value x(const Place &at) { return emitter.emit(scatter.getX(), Position::at(at.target)); }
  LaneIndex address(const Place &at) { return emitter.linearize(scatter, Position::at(at.target)); }
  void storeResult(const Place &at, Value value) {
    emitter.store(target.buffer, address(at), value, element);
  }
  /// The totals of all rows, as wide as a tile each, then, if there are any, their errors.
  LaneIndex totalAddress(const Place &at) {
    LaneIndex address = emitter.mul(at.target[dim], emitter.constantIndex(columnsPerTile));
    if (inColumns) {
      LaneIndex column = at.target.back();
      column.base = emitter.rem(column.base, emitter.constantIndex(columnsPerTile));
      address = emitter.add(column, address);
    }
    return address;
  }
  LaneIndex errorAddress(const Place &at) {
    return emitter.add(totalAddress(at),
                       emitter.uniform(emitter.value(sizes[dim] * columnsPerTile)));
  }
  /// A sum that is infinite has no error, and none that is 0 loses its sign.
  Value withError(Value sum, Value error) {
    Value zero = emitter.splat(emitter.constant(emitter.builder.getF64FloatAttr(0)));
    Value isError = arith::CmpFOp::create(emitter.builder, emitter.location,
                                          arith::CmpFPredicate::ONE, error, zero);
    return arith::SelectOp::create(emitter.builder, emitter.location, isError,
                                   emitter.combine(nn::Reduction::sum, sum, error), sum);
  }
  Type like(Value value, Type type) {
    auto vector = dyn_cast<VectorType>(value.getType());
    return vector ? Type(vector.cloneWith(std::nullopt, type)) : type;
  }
  Value widened(Value value) {
    value = emitter.splat(value);
    return keepsErrors
               ? value
               : arith::ExtFOp::create(emitter.builder, emitter.location, like(value, wide), value);
  }
  Value narrowed(Value value) {
    if (isNarrowFloat(element))
      return emitter.rounded(floatForNarrow(emitter.builder, emitter.location, value), element);
    return keepsErrors ? value
                       : arith::TruncFOp::create(emitter.builder, emitter.location,
                                                 like(value, element), value);
  }

  nn::ScatterOp scatter;
  StoreTarget target;
  Type element, wide;
  std::optional<nn::Reduction> combination;
  bool keepsErrors;
  AffineExpr updates; ///< of one column
  Value totals;       ///< null: the result is combined in its place
};

/// Results positionwise around one scan.
std::unique_ptr<Segment> createScanSegment(KernelContext &context, Operation *op,
                                           PendingTargets &targets) {
  SmallVector<StoreTarget> around = targets.takeAround(op);
  if (around.empty())
    return nullptr;
  return std::make_unique<ScanSegment>(context, cast<nn::ScanOpInterface>(op), around);
}
/// A scatter, stored.
std::unique_ptr<Segment> createScatterSegment(KernelContext &context, Operation *op,
                                              PendingTargets &targets) {
  auto scatter = cast<nn::ScatterOp>(op);
  SmallVector<StoreTarget> stored =
      targets.takeIf([&](Value value) { return value == scatter.getResult(); });
  if (stored.empty())
    return nullptr;
  return std::make_unique<ScatterSegment>(context, scatter, stored.front());
}

const SegmentEntry kScan(commonSegments(), "scan", createScanSegment);
const SegmentEntry kScatter(commonSegments(), "scatter", createScatterSegment);
} // namespace

} // namespace mlc
