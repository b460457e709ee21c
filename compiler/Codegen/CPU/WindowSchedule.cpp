// Reductions over what windows see, along vectors of channels: convolutions of one channel each,
// pools. The taps of a window are unrolled and neighbouring positions computed side by side, so
// that an element that several of them see is read once; windows that reach into padding have code
// of their own.
#include "compiler/Codegen/CPU/Segments.h"
#include "compiler/Codegen/CPU/WindowShape.h"
#include "compiler/Codegen/Common/PullAccumulator.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

namespace {
/// Taps that are unrolled in a row of windows, and rows of them beyond which they are a loop.
constexpr int64_t kMostTaps = PullEmitter::kChain;

/// Positions side by side, where registers allow: a divisor of the sizes of images that are
/// halved down to 7.
constexpr int64_t kMostPositions = 7;

/// Tiles at each end of a row that have code of their own.
constexpr int64_t kMostEdges = 2;

/// Fewer tiles than this are not shared well among threads.
constexpr int64_t kFewTiles = 16;

/// Bodies of loops that pass while what is fetched arrives from the last cache.
constexpr int64_t kStepsAhead = 2;

constexpr int64_t kLineBytes = 64;

} // namespace

namespace {
class WindowSegment : public Segment {
public:
  WindowSegment(KernelContext &context, ArrayRef<Operation *> reductions, WindowShape shape,
                ArrayRef<StoreTarget> targets);
  AffineExpr tiles() override {
    return emitter.shapes.simplified(emitter.shapes.product(rowSizes) * blocks());
  }
  void emit(Value begin, Value end) override;
  SegmentReport report() const override {
    return {llvm::formatv("windows of {0} taps: tiles of {1} positions and {2} vectors", taps(),
                          positions * inner, vectors)};
  }

private:
  using Coords = SmallVector<LaneIndex, 4>;
  /// Values of the accumulators, position by position.
  using Sums = SmallVector<Value>;
  void plan();
  int64_t taps() const { return shape.rowsOfTaps() * shape.tapSizes.back(); }
  AffineExpr blocks() { return channels.ceilDiv(channelsPerBlock); }
  void emitRow(const Coords &row, Value channelLow, Value channelHigh);
  void emitTile(const Coords &row, Value first, int64_t count, Value channelLow, Value channelHigh);
  void emitVectors(const Coords &row, Value first, int64_t count, const LaneIndex &channel);
  Coords keptAt(const Coords &row, Value first, int64_t number, const LaneIndex &channel);
  Coords operandAt(const Coords &kept);
  Sums total(const Coords &row, Value first, int64_t count, const LaneIndex &channel);
  void addTaps(Sums &sums, ArrayRef<Coords> at, ArrayRef<LaneIndex> rowTaps, Value tapRow);
  void addTap(MutableArrayRef<Value> sums, const Position &at, const LaneIndex &number);
  Sums initial(int64_t count);
  void fetchNext(const Coords &row, Value first, const LaneIndex &channel);
  void fetch(const SeenTensor &seen, const Coords &at);

  KernelContext &context;
  PullEmitter &emitter;
  WindowShape shape;
  SmallVector<Operation *> reductions;
  SmallVector<Accumulator> accumulators;
  SmallVector<StoreTarget> targets;
  SmallVector<AffineExpr> rowSizes; ///< the kept dimensions before positions of a row
  SmallVector<AffineExpr> innerSizes;
  AffineExpr rowLength, channels;
  unsigned bits;
  int64_t valuesOfPosition = 0; ///< of all accumulators
  int64_t inner = 1;            ///< what is computed for each position of a row
  int64_t positions = 1, vectors = 1, channelsPerBlock = 1;
  int64_t tilesAhead = 0; ///< that what a tile reads first is fetched; 0: not at all
};
} // namespace

WindowSegment::WindowSegment(KernelContext &context, ArrayRef<Operation *> reductions,
                             WindowShape windowShape, ArrayRef<StoreTarget> targets)
    : context(context), emitter(context.emitter), shape(std::move(windowShape)),
      reductions(reductions), targets(targets) {
  for (Operation *op : reductions) {
    accumulators.emplace_back(emitter, op, /*positionBits=*/32);
    valuesOfPosition += accumulators.back().count();
  }
  for (int64_t dim : ArrayRef<int64_t>(shape.kept).take_front(shape.row))
    rowSizes.push_back(shape.sizes[dim]);
  for (int64_t dim : shape.innerDims()) {
    innerSizes.push_back(shape.sizes[dim]);
    inner *= numberOf(shape.sizes[dim]);
  }
  rowLength = shape.sizes[shape.rowDim()];
  channels = shape.sizes.back();
  plan();
}

/// Sums take half the registers: the other half holds the taps of a row of a kernel and what they
/// are multiplied by.
void WindowSegment::plan() {
  SmallVector<Value> values;
  for (Operation *op : reductions)
    values.push_back(op->getOperand(0));
  for (const StoreTarget &target : targets)
    values.push_back(target.tensor);
  bits = PullEmitter::laneBits(values);
  int64_t ofPosition = valuesOfPosition * inner, registers = emitter.laneOptions.registers,
          sums = std::max<int64_t>(1, registers / 2 / ofPosition);
  vectors = sums * ofPosition >= 2 * kMostPositions && sums > 1 ? 2 : 1;
  int64_t most = std::min(kMostPositions, sums / vectors), length = numberOf(rowLength);
  positions = length > 0 ? llvm::divideCeil(length, llvm::divideCeil(length, most)) : most;
  int64_t lanes = emitter.laneOptions.lanes(bits), all = numberOf(channels),
          rows = numberOf(emitter.shapes.product(rowSizes));
  // The kernel's part of a block of channels stays in the first cache, beside what it meets.
  int64_t fitting = context.options.l1Bytes / 2 * 8 / bits / taps();
  channelsPerBlock = std::max<int64_t>(lanes * vectors, llvm::alignDown(fitting, lanes * vectors));
  if (all <= 0)
    return;
  int64_t count = llvm::divideCeil(all, channelsPerBlock);
  if (rows > 0 && rows * count < kFewTiles)
    count = llvm::divideCeil(kFewTiles, rows);
  channelsPerBlock = llvm::alignTo(llvm::divideCeil(all, count), lanes * vectors);
  int64_t bytes = 0;
  for (const SeenTensor &seen : shape.seen)
    bytes += std::max<int64_t>(numberOf(emitter.shapes.elements(seen.tensor)), 0) * bits / 8;
  int64_t steps = llvm::divideCeil(channelsPerBlock, lanes * vectors);
  if (bytes > context.options.l2Bytes)
    tilesAhead = llvm::divideCeil(kStepsAhead, steps);
}

void WindowSegment::emit(Value begin, Value end) {
  Value perRow = emitter.value(blocks()), all = emitter.value(channels);
  int64_t known = numberOf(channels);
  bool isOneBlock = known > 0 && known <= channelsPerBlock;
  bool areWhole = known > 0 && known % channelsPerBlock == 0;
  emitter.forLoop(begin, end, 1, [&](Value tile) {
    Coords row = emitter.delinearize(rowSizes, emitter.uniform(emitter.floorDiv(tile, perRow)));
    Value low = emitter.mul(emitter.rem(tile, perRow), channelsPerBlock);
    Value high = emitter.add(low, channelsPerBlock);
    if (isOneBlock)
      low = emitter.constantIndex(0);
    if (isOneBlock || !areWhole)
      high = isOneBlock ? all : emitter.min(high, all);
    emitByRanges(emitter, row, shape.inside, [&] { emitRow(row, low, high); });
  });
}

/// The positions of a row: tiles at its ends may see padding, those between do not, and their loop
/// knows it.
void WindowSegment::emitRow(const Coords &row, Value channelLow, Value channelHigh) {
  auto tile = [&](Value first, int64_t count) {
    emitTile(row, first, count, channelLow, channelHigh);
  };
  int64_t length = numberOf(rowLength);
  Value none = emitter.constantIndex(0);
  if (length < 0) {
    Value all = emitter.value(rowLength), whole = emitter.roundDown(all, positions);
    emitter.forLoop(none, whole, positions, [&](Value first) { tile(first, positions); });
    return emitter.forLoop(whole, all, 1, [&](Value first) { tile(first, 1); });
  }
  int64_t whole = length / positions, front = 0, back = 0;
  if (const auto &inside = shape.inside[shape.row]) {
    front = llvm::divideCeil(std::max<int64_t>(inside->low, 0), positions);
    int64_t last = (inside->high + 1) / positions; // tiles before it end inside
    back = std::max<int64_t>(whole - std::max<int64_t>(last, front), 0);
    if (front > kMostEdges || back > kMostEdges || front + back >= whole)
      front = std::min(front, kMostEdges), back = std::min(back, kMostEdges);
    front = std::min(front, whole);
    back = std::min(back, whole - front);
  }
  auto at = [&](int64_t number) { return emitter.constantIndex(number * positions); };
  for (int64_t number = 0; number < front; ++number)
    tile(at(number), positions);
  emitter.forLoop(at(front), at(whole - back), positions,
                  [&](Value first) { tile(first, positions); });
  for (int64_t number = whole - back; number < whole; ++number)
    tile(at(number), positions);
  if (length % positions)
    tile(at(whole), length % positions);
}

void WindowSegment::emitTile(const Coords &row, Value first, int64_t count, Value channelLow,
                             Value channelHigh) {
  emitter.forLanes(emitter.planLanes(channelLow, channelHigh, bits, vectors),
                   [&](LaneIndex channel) { emitVectors(row, first, count, channel); });
}

void WindowSegment::emitVectors(const Coords &row, Value first, int64_t count,
                                const LaneIndex &channel) {
  if (tilesAhead > 0 && count == positions)
    fetchNext(row, first, channel);
  Sums sums = total(row, first, count, channel);
  SmallVector<Position> at;
  for (int64_t number = 0; number < count * inner; ++number) {
    at.push_back(Position::at(keptAt(row, first, number, channel)));
    size_t from = number * valuesOfPosition;
    for (auto [op, accumulator] : llvm::zip_equal(reductions, accumulators)) {
      SmallVector<Value> values(ArrayRef<Value>(sums).slice(from, accumulator.count()));
      emitter.define(op->getResult(0), at.back(), accumulator.result(values));
      from += accumulator.count();
    }
  }
  for (const Position &position : at)
    context.storeAt(targets, position);
}

/// The coordinates of the `number`-th result of a tile whose positions start at `first`.
WindowSegment::Coords WindowSegment::keptAt(const Coords &row, Value first, int64_t number,
                                            const LaneIndex &channel) {
  Coords kept(row);
  kept.push_back(emitter.uniform(emitter.add(first, number / inner)));
  llvm::append_range(kept, emitter.delinearize(innerSizes, emitter.uniform(number % inner)));
  kept.push_back(channel);
  return kept;
}

/// The position of what is reduced, at the first tap.
WindowSegment::Coords WindowSegment::operandAt(const Coords &kept) {
  Coords at(shape.sizes.size(), emitter.uniform(0));
  for (auto [dim, coord] : llvm::zip_equal(shape.kept, kept))
    at[dim] = coord;
  return at;
}

/// All taps in one chain, if they are few; else rows of them, each from the identity.
WindowSegment::Sums WindowSegment::total(const Coords &row, Value first, int64_t count,
                                         const LaneIndex &channel) {
  SmallVector<Coords> at;
  for (int64_t number = 0; number < count * inner; ++number)
    at.push_back(operandAt(keptAt(row, first, number, channel)));
  SmallVector<AffineExpr> tapSizes;
  for (int64_t size : ArrayRef<int64_t>(shape.tapSizes).drop_back())
    tapSizes.push_back(emitter.shapes.constant(size));
  auto tapsAt = [&](Value tapRow) {
    return emitter.delinearize(tapSizes, emitter.uniform(tapRow));
  };
  Sums sums = initial(at.size());
  int64_t rows = shape.rowsOfTaps();
  if (taps() <= kMostTaps) {
    for (int64_t tapRow = 0; tapRow < rows; ++tapRow) {
      Value number = emitter.constantIndex(tapRow);
      addTaps(sums, at, tapsAt(number), number);
    }
    return sums;
  }
  Value none = emitter.constantIndex(0), all = emitter.constantIndex(rows);
  return emitter.forLoop(none, all, 1, sums, [&](Value tapRow, ValueRange carried) {
    Sums ofRow = initial(at.size()), next;
    addTaps(ofRow, at, tapsAt(tapRow), tapRow);
    while (next.size() < ofRow.size())
      for (Accumulator &accumulator : accumulators)
        llvm::append_range(
            next, accumulator.merge(carried.slice(next.size(), accumulator.count()),
                                    ValueRange(ofRow).slice(next.size(), accumulator.count())));
    return next;
  });
}

/// Adds the taps of one row of the windows: those that meet the same element one after the other.
void WindowSegment::addTaps(Sums &sums, ArrayRef<Coords> at, ArrayRef<LaneIndex> rowTaps,
                            Value tapRow) {
  int64_t count = shape.tapSizes.back();
  struct Pair {
    int64_t element, tap;
    size_t number; ///< of the position
  };
  SmallVector<Pair> pairs;
  for (size_t number = 0; number < at.size(); ++number)
    for (int64_t tap = 0; tap < count; ++tap)
      pairs.push_back(
          {int64_t(number) / inner * shape.step() + tap * shape.tapStep(), tap, number});
  llvm::sort(pairs, [](const Pair &a, const Pair &b) {
    return std::tie(a.element, a.tap, a.number) < std::tie(b.element, b.tap, b.number);
  });
  for (const Pair &pair : pairs) {
    Coords coords(at[pair.number]);
    for (auto [dim, tap] : llvm::zip(shape.taps, rowTaps))
      coords[dim] = tap;
    coords[shape.taps.back()] = emitter.uniform(pair.tap);
    addTap(MutableArrayRef<Value>(sums).slice(pair.number * valuesOfPosition, valuesOfPosition),
           Position::at(coords),
           emitter.uniform(emitter.add(emitter.mul(tapRow, count), pair.tap)));
  }
}

/// Adds the `number`-th tap to the values of a position.
void WindowSegment::addTap(MutableArrayRef<Value> sums, const Position &at,
                           const LaneIndex &number) {
  size_t from = 0;
  for (auto [op, accumulator] : llvm::zip_equal(reductions, accumulators)) {
    Value value = emitter.emit(op->getOperand(0), at);
    SmallVector<Value> next = accumulator.step(
        ValueRange(ArrayRef<Value>(sums)).slice(from, accumulator.count()), value, number,
        /*mask=*/{});
    llvm::copy(next, sums.begin() + from);
    from += next.size();
  }
}

WindowSegment::Sums WindowSegment::initial(int64_t count) {
  Sums sums;
  for (int64_t position = 0; position < count; ++position)
    for (Accumulator &accumulator : accumulators)
      llvm::append_range(sums, accumulator.initial(emitter.width()));
  return sums;
}

/// What a later tile sees of the rows that no tile before has seen: elements take the place of
/// taps.
void WindowSegment::fetchNext(const Coords &row, Value first, const LaneIndex &channel) {
  Value later = emitter.add(first, tilesAhead * positions);
  Coords at = operandAt(keptAt(row, later, 0, channel));
  int64_t rows = 1, count = 1, rowTap = shape.taps.front();
  if (shape.taps.size() > 1) {
    rowTap = shape.taps[shape.taps.size() - 2];
    count = shape.tapSizes[shape.taps.size() - 2];
    for (int64_t kept : shape.kept)
      if (shape.steps[kept] && shape.steps[rowTap] &&
          shape.steps[kept]->dim == shape.steps[rowTap]->dim)
        rows = std::min(shape.steps[kept]->step, count);
  }
  for (int64_t number = count - rows; number < count; ++number)
    for (int64_t element = 0; element < positions * shape.step(); ++element) {
      at[rowTap] = emitter.uniform(number);
      at[shape.taps.back()] = emitter.uniform(element);
      for (const SeenTensor &seen : shape.seen)
        fetch(seen, at);
    }
}

/// The lines of a tensor that are seen at a position of the operand, or none where it is outside.
void WindowSegment::fetch(const SeenTensor &seen, const Coords &at) {
  Value buffer = emitter.bufferOf(seen.tensor);
  if (!buffer)
    return;
  Coords place;
  for (int64_t low : seen.low)
    place.push_back(emitter.uniform(-low));
  for (auto [coord, step] : llvm::zip_equal(at, shape.steps))
    if (step)
      place[step->dim] =
          emitter.add(emitter.mul(coord, emitter.constantIndex(step->step)), place[step->dim]);
  Value address = emitter.linearize(seen.tensor, Position::at(place)).base;
  Type element = getElementTypeOrSelf(seen.tensor.getType());
  int64_t line = kLineBytes * 8 / element.getIntOrFloatBitWidth();
  for (int64_t lane = 0; lane < emitter.width(); lane += line)
    memref::PrefetchOp::create(emitter.builder, emitter.location, buffer,
                               emitter.add(address, lane), /*isWrite=*/false, /*localityHint=*/3,
                               /*isDataCache=*/true);
}

/// All reductions of a kernel together, if they see the same windows; others are what they are on
/// every target.
static std::unique_ptr<Segment> createSegment(KernelContext &context, Operation *op,
                                              PendingTargets &targets) {
  SegmentFactory otherwise = commonSegments().find("reduction");
  if (!context.options.optimize || context.emitter.laneOptions.bytes == 0)
    return otherwise(context, op, targets);
  if (std::unique_ptr<Segment> ofTaps = createTapSegment(context, op, targets))
    return ofTaps;
  KernelShapes &shapes = context.emitter.shapes;
  std::optional<WindowShape> shape;
  SmallVector<Operation *> reductions;
  for (auto other : op->getBlock()->getOps<nn::ReductionOpInterface>()) {
    std::optional<WindowShape> found = windowShapeOf(other, shapes);
    if (!found || (shape && (found->sizes != shape->sizes || found->taps != shape->taps)))
      return otherwise(context, op, targets);
    if (!shape)
      shape = found;
    reductions.push_back(other);
  }
  int64_t rows = shape ? shape->rowsOfTaps() : 0;
  auto isResult = [&](Value value) {
    return shapes.sizes(value) == shapes.sizes(op->getResult(0));
  };
  bool areResults = llvm::all_of(
      targets.rest(), [&](const StoreTarget &target) { return isResult(target.tensor); });
  if (!shape || rows > kMostTaps || shape->tapSizes.back() > kMostTaps || !areResults)
    return otherwise(context, op, targets);
  SmallVector<StoreTarget> around = targets.takeIf(isResult);
  if (around.empty()) // another of them computes all
    return nullptr;
  return std::make_unique<WindowSegment>(context, reductions, *shape, around);
}

static const SegmentEntry kWindows(cpuSegments(), "reduction", createSegment);

} // namespace mlc
