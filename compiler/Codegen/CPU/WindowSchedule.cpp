// Reductions over what windows see, along vectors of channels: convolutions of one channel each,
// pools. The taps of a window are unrolled and neighbouring positions computed side by side, so
// that an element that several of them see is read once; windows that reach into padding have code
// of their own.
#include "compiler/Codegen/CPU/Segments.h"
#include "compiler/Codegen/Common/Emission.h"
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

using Range = LoopBuilder::Range;

/// A tensor that windows see, with so much padding before its elements, per dimension.
struct Source {
  Value tensor;
  SmallVector<int64_t> low;
};

/// What a reduction over windows reads.
struct WindowShape {
  nn::WindowsOp windows;
  SmallVector<AffineExpr> sizes; ///< of what is reduced: kept dimensions, of which the last two
                                 ///< are positions of a row and channels, and taps between them
  SmallVector<int64_t> taps;     ///< the reduced dimensions
  SmallVector<int64_t> kept;     ///< the others
  SmallVector<int64_t> tapSizes;
  int64_t step = 1, tapStep = 1; ///< how far positions of a row and its last taps are apart
  /// Per kept dimension the positions whose windows see no padding; none: all of them.
  SmallVector<std::optional<Range>> inside;
  SmallVector<Source> sources;

  int64_t rowDim() const { return kept[kept.size() - 2]; }
  /// All taps but those along a row.
  int64_t rows() const {
    int64_t count = 1;
    for (int64_t size : ArrayRef<int64_t>(tapSizes).drop_back())
      count *= size;
    return count;
  }
  bool isUnrolled() const { return rows() * tapSizes.back() <= kMostTaps; }
};
} // namespace

/// The windows that `value` is computed from at the same position, and the padding that they see;
/// false where it is computed from anything that needs masks.
static bool findWindows(Value value, nn::WindowsOp &windows, SmallVectorImpl<nn::PadOp> &pads) {
  bool isPlain = true;
  llvm::SmallPtrSet<Operation *, 16> seen;
  SmallVector<Value> pending = {value};
  while (!pending.empty()) {
    visitPositionwise(pending.pop_back_val(), seen, [&](Operation *op) {
      if (isa<nn::ElementwiseOpInterface>(op))
        return;
      if (auto found = dyn_cast<nn::WindowsOp>(op)) {
        windows = windows ? windows : found;
        return pending.push_back(found.getX());
      }
      if (auto pad = dyn_cast<nn::PadOp>(op)) {
        pads.push_back(pad);
        return pending.push_back(pad.getX());
      }
      const Emission *emission = emissionOf(op);
      isPlain &= emission && emission->traits.isPlain;
    });
  }
  return isPlain && windows;
}

/// The arguments of the kernel that `value`, which windows see, is computed from at the same
/// position, or at one that is `low` further.
static void findSources(Value value, SmallVector<int64_t> low, SmallVectorImpl<Source> &sources) {
  auto isKnown = [&](const Source &source) { return source.tensor == value; };
  if (isa<BlockArgument>(value)) {
    if (llvm::none_of(sources, isKnown) &&
        cast<RankedTensorType>(value.getType()).getRank() == static_cast<int64_t>(low.size()))
      sources.push_back({value, low});
    return;
  }
  Operation *op = value.getDefiningOp();
  if (auto pad = dyn_cast<nn::PadOp>(op)) {
    for (auto [sum, part] : llvm::zip_equal(low, pad.getLow()))
      sum += part;
    return findSources(pad.getX(), low, sources);
  }
  if (isa<nn::ElementwiseOpInterface>(op))
    for (Value operand : op->getOperands())
      findSources(operand, low, sources);
}

/// Narrows the ranges of positions to those at which `pad` is not seen. False where there are none
/// to speak of: sizes are free, or channels are padded too.
static bool keepInside(nn::PadOp pad, KernelShapes &shapes, WindowShape &shape) {
  auto steps = *shape.windows.viewSteps();
  for (size_t dim = 0; dim < pad.getLow().size(); ++dim) {
    int64_t low = pad.getLow()[dim], size = numberOf(shapes.size(pad.getX(), dim)), reach = 0;
    if (low == 0 && pad.getHigh()[dim] == 0)
      continue;
    if (size < 0 || pad.getInterior()[dim] != 0)
      return false;
    for (auto [tap, count] : llvm::zip_equal(shape.taps, shape.tapSizes))
      if (steps[tap].dim == static_cast<int64_t>(dim))
        reach += (count - 1) * steps[tap].step;
    for (auto [number, kept] : llvm::enumerate(shape.kept)) {
      if (steps[kept].dim != static_cast<int64_t>(dim))
        continue;
      if (number + 1 == shape.kept.size())
        return false;
      Range range = {llvm::divideCeilSigned(low, steps[kept].step),
                     llvm::divideFloorSigned(size - 1 + low - reach, steps[kept].step)};
      auto &inside = shape.inside[number];
      inside = inside ? Range{std::max(inside->low, range.low), std::min(inside->high, range.high)}
                      : range;
    }
  }
  return true;
}

/// What `op` reads, if it is a reduction of the kind that is scheduled here.
static std::optional<WindowShape> windowShapeOf(Operation *op, KernelShapes &shapes) {
  WindowShape shape;
  SmallVector<nn::PadOp> pads;
  if (!findWindows(op->getOperand(0), shape.windows, pads))
    return std::nullopt;
  shape.sizes = shapes.sizes(op->getOperand(0));
  SmallVector<int64_t> reduced = dimsReducedBy(op);
  auto steps = *shape.windows.viewSteps();
  if (steps.size() != shape.sizes.size() || reduced.empty())
    return std::nullopt;
  for (int64_t dim = 0; dim < static_cast<int64_t>(shape.sizes.size()); ++dim)
    (llvm::is_contained(reduced, dim) ? shape.taps : shape.kept).push_back(dim);
  for (int64_t dim : shape.taps) {
    shape.tapSizes.push_back(numberOf(shape.sizes[dim]));
    if (shape.tapSizes.back() <= 0)
      return std::nullopt;
  }
  if (shape.kept.size() < 2 || shape.kept.back() + 1 != static_cast<int64_t>(steps.size()) ||
      steps[shape.rowDim()].dim != steps[shape.taps.back()].dim || shape.rows() > kMostTaps ||
      shape.tapSizes.back() > kMostTaps)
    return std::nullopt;
  shape.step = steps[shape.rowDim()].step;
  shape.tapStep = steps[shape.taps.back()].step;
  shape.inside.resize(shape.kept.size());
  if (!llvm::all_of(pads, [&](nn::PadOp pad) { return keepInside(pad, shapes, shape); }))
    return std::nullopt;
  Value seen = shape.windows.getX();
  int64_t rank = cast<RankedTensorType>(seen.getType()).getRank();
  findSources(seen, SmallVector<int64_t>(rank, 0), shape.sources);
  return shape;
}

namespace {
class WindowSegment : public Segment {
public:
  WindowSegment(KernelContext &context, Operation *op, WindowShape shape,
                ArrayRef<StoreTarget> targets);
  AffineExpr tiles() override {
    return emitter.shapes.simplified(emitter.shapes.product(rowSizes) * blocks());
  }
  void emit(Value begin, Value end) override;
  SegmentReport report() const override {
    return {llvm::formatv("windows of {0} taps: tiles of {1} positions and {2} vectors",
                          shape.rows() * shape.tapSizes.back(), positions, vectors)};
  }

private:
  using Coords = SmallVector<LaneIndex, 4>;
  /// Values of the accumulator, position by position.
  using Sums = SmallVector<Value>;
  void plan();
  AffineExpr blocks() { return channels.ceilDiv(channelsPerBlock); }
  Value isInside(const Coords &row);
  void withinRanges(const Coords &row, size_t dim, function_ref<void()> body);
  void emitRow(const Coords &row, Value channelLow, Value channelHigh);
  void emitTile(const Coords &row, Value first, int64_t count, Value channelLow, Value channelHigh);
  void emitVectors(const Coords &row, Value first, int64_t count, const LaneIndex &channel);
  void addTaps(Sums &sums, Coords &at, ArrayRef<LaneIndex> rowTaps, Value tapRow, Value first,
               int64_t count);
  void fetchNext(const Coords &row, Value first, const LaneIndex &channel);
  void fetch(const Source &source, const Coords &at);
  Coords operandAt(const Coords &row, const LaneIndex &channel);
  Sums initial(int64_t count);
  Sums total(const Coords &row, Value first, int64_t count, const LaneIndex &channel);

  KernelContext &context;
  PullEmitter &emitter;
  Operation *op;
  WindowShape shape;
  SmallVector<StoreTarget> targets;
  Accumulator accumulator;
  SmallVector<AffineExpr> rowSizes; ///< the kept dimensions before positions of a row
  AffineExpr rowLength, channels;
  unsigned bits;
  int64_t positions = 1, vectors = 1, channelsPerBlock = 1;
  int64_t tilesAhead = 0; ///< that what a tile reads first is fetched; 0: not at all
};
} // namespace

WindowSegment::WindowSegment(KernelContext &context, Operation *op, WindowShape windowShape,
                             ArrayRef<StoreTarget> targets)
    : context(context), emitter(context.emitter), op(op), shape(std::move(windowShape)),
      targets(targets), accumulator(context.emitter, op) {
  for (int64_t dim : ArrayRef<int64_t>(shape.kept).drop_back(2))
    rowSizes.push_back(shape.sizes[dim]);
  rowLength = shape.sizes[shape.rowDim()];
  channels = shape.sizes.back();
  plan();
}

/// Sums take half the registers: the other half holds the taps of a row of a kernel and what they
/// are multiplied by.
void WindowSegment::plan() {
  SmallVector<Value> values = {op->getOperand(0)};
  for (const StoreTarget &target : targets)
    values.push_back(target.tensor);
  bits = PullEmitter::laneBits(values);
  int64_t sums = std::max<int64_t>(1, emitter.laneOptions.registers / 2 / accumulator.count());
  vectors = sums >= 2 * kMostPositions ? 2 : 1;
  int64_t most = std::min(kMostPositions, sums / vectors), length = numberOf(rowLength);
  positions = length > 0 ? llvm::divideCeil(length, llvm::divideCeil(length, most)) : most;
  int64_t lanes = emitter.laneOptions.lanes(bits), taps = shape.rows() * shape.tapSizes.back(),
          all = numberOf(channels), rows = numberOf(emitter.shapes.product(rowSizes));
  // The kernel's part of a block of channels stays in the first cache, beside what it meets.
  int64_t fitting = context.options.l1Bytes / 2 * 8 / bits / taps;
  channelsPerBlock = std::max<int64_t>(lanes * vectors, llvm::alignDown(fitting, lanes * vectors));
  if (all <= 0)
    return;
  int64_t count = llvm::divideCeil(all, channelsPerBlock);
  if (rows > 0 && rows * count < kFewTiles)
    count = llvm::divideCeil(kFewTiles, rows);
  channelsPerBlock = llvm::alignTo(llvm::divideCeil(all, count), lanes * vectors);
  int64_t bytes = 0;
  for (const Source &source : shape.sources)
    bytes += std::max<int64_t>(numberOf(emitter.shapes.elements(source.tensor)), 0) * bits / 8;
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
    auto emitThis = [&] {
      emitRow(row, low, high);
      return SmallVector<Value>();
    };
    Value condition = isInside(row);
    if (!condition)
      return void(emitThis());
    auto emitInside = [&] {
      withinRanges(row, 0, emitThis);
      return SmallVector<Value>();
    };
    emitter.ifElse(condition, TypeRange(), emitInside, emitThis);
  });
}

/// Whether no windows of a row see padding before or after all rows; null where none ever do.
Value WindowSegment::isInside(const Coords &row) {
  Value result;
  for (auto [coord, range] : llvm::zip(row, shape.inside)) {
    if (!range)
      continue;
    auto is = [&](arith::CmpIPredicate predicate, int64_t end) {
      return emitter.compare(predicate, coord.base, emitter.constantIndex(end));
    };
    result = emitter.bothMasks(result, is(arith::CmpIPredicate::sge, range->low));
    result = emitter.bothMasks(result, is(arith::CmpIPredicate::sle, range->high));
  }
  return result;
}

/// Runs `body` where that is known, of the dimensions from `dim` on.
void WindowSegment::withinRanges(const Coords &row, size_t dim, function_ref<void()> body) {
  if (dim == row.size())
    return body();
  auto next = [&] { withinRanges(row, dim + 1, body); };
  if (const auto &range = shape.inside[dim])
    emitter.withRange(row[dim].base, *range, next);
  else
    next();
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
  if (const auto &inside = shape.inside[shape.kept.size() - 2]) {
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
  for (int64_t position = 0; position < count; ++position) {
    Coords kept(row);
    kept.push_back(emitter.uniform(emitter.add(first, position)));
    kept.push_back(channel);
    at.push_back(Position::at(kept));
    size_t from = position * accumulator.count();
    SmallVector<Value> values(ArrayRef<Value>(sums).slice(from, accumulator.count()));
    emitter.define(op->getResult(0), at.back(), accumulator.result(values));
  }
  for (const Position &position : at)
    context.storeAt(targets, position);
}

/// What a later tile sees of the rows that no tile before has seen: elements take the place of
/// taps.
void WindowSegment::fetchNext(const Coords &row, Value first, const LaneIndex &channel) {
  auto steps = *shape.windows.viewSteps();
  Coords at = operandAt(row, channel);
  at[shape.rowDim()] = emitter.uniform(emitter.add(first, tilesAhead * positions));
  int64_t rows = 1, count = 1, rowTap = shape.taps.front();
  if (shape.taps.size() > 1) {
    rowTap = shape.taps[shape.taps.size() - 2];
    count = shape.tapSizes[shape.taps.size() - 2];
    for (int64_t kept : shape.kept)
      if (steps[kept].dim == steps[rowTap].dim)
        rows = std::min(steps[kept].step, count);
  }
  for (int64_t number = count - rows; number < count; ++number)
    for (int64_t element = 0; element < positions * shape.step; ++element) {
      at[rowTap] = emitter.uniform(number);
      at[shape.taps.back()] = emitter.uniform(element);
      for (const Source &source : shape.sources)
        fetch(source, at);
    }
}

/// The lines of `source` that are seen at a position of the operand, or none where it is outside.
void WindowSegment::fetch(const Source &source, const Coords &at) {
  Value buffer = emitter.bufferOf(source.tensor);
  if (!buffer)
    return;
  Coords seen;
  for (int64_t low : source.low)
    seen.push_back(emitter.uniform(-low));
  for (auto [coord, step] : llvm::zip_equal(at, *shape.windows.viewSteps()))
    seen[step.dim] =
        emitter.add(emitter.mul(coord, emitter.constantIndex(step.step)), seen[step.dim]);
  Value address = emitter.linearize(source.tensor, Position::at(seen)).base;
  Type element = getElementTypeOrSelf(source.tensor.getType());
  int64_t line = kLineBytes * 8 / element.getIntOrFloatBitWidth();
  for (int64_t lane = 0; lane < emitter.width(); lane += line)
    memref::PrefetchOp::create(emitter.builder, emitter.location, buffer,
                               emitter.add(address, lane), /*isWrite=*/false, /*localityHint=*/3,
                               /*isDataCache=*/true);
}

/// The position of what is reduced, at the first position of a row and the first tap.
WindowSegment::Coords WindowSegment::operandAt(const Coords &row, const LaneIndex &channel) {
  Coords at(shape.sizes.size(), emitter.uniform(0));
  for (auto [dim, coord] : llvm::zip(shape.kept, row))
    at[dim] = coord;
  at[shape.kept.back()] = channel;
  return at;
}

WindowSegment::Sums WindowSegment::initial(int64_t count) {
  Sums sums;
  for (int64_t position = 0; position < count; ++position)
    llvm::append_range(sums, accumulator.initial(emitter.width()));
  return sums;
}

/// Adds the taps of one row of the windows: those that meet the same element one after the other.
void WindowSegment::addTaps(Sums &sums, Coords &at, ArrayRef<LaneIndex> rowTaps, Value tapRow,
                            Value first, int64_t count) {
  for (auto [dim, tap] : llvm::zip(shape.taps, rowTaps))
    at[dim] = tap;
  int64_t taps = shape.tapSizes.back();
  SmallVector<std::pair<int64_t, int64_t>> pairs; ///< of position and tap
  for (int64_t position = 0; position < count; ++position)
    for (int64_t tap = 0; tap < taps; ++tap)
      pairs.push_back({position, tap});
  auto place = [&](std::pair<int64_t, int64_t> pair) {
    return std::pair(pair.first * shape.step + pair.second * shape.tapStep, pair.second);
  };
  llvm::sort(pairs, [&](auto a, auto b) { return place(a) < place(b); });
  for (auto [position, tap] : pairs) {
    at[shape.rowDim()] = emitter.uniform(emitter.add(first, position));
    at[shape.taps.back()] = emitter.uniform(tap);
    Value value = emitter.emit(op->getOperand(0), Position::at(at));
    size_t from = position * accumulator.count();
    LaneIndex number = emitter.uniform(emitter.add(emitter.mul(tapRow, taps), tap));
    SmallVector<Value> next = accumulator.step(ValueRange(sums).slice(from, accumulator.count()),
                                               value, number, /*mask=*/{});
    llvm::copy(next, sums.begin() + from);
  }
}

/// All taps in one chain, if they are few; else rows of them, each from the identity.
WindowSegment::Sums WindowSegment::total(const Coords &row, Value first, int64_t count,
                                         const LaneIndex &channel) {
  Coords at = operandAt(row, channel);
  SmallVector<AffineExpr> tapSizes;
  for (int64_t size : ArrayRef<int64_t>(shape.tapSizes).drop_back())
    tapSizes.push_back(emitter.shapes.constant(size));
  auto tapsAt = [&](Value tapRow) {
    return emitter.delinearize(tapSizes, emitter.uniform(tapRow));
  };
  Sums sums = initial(count);
  if (shape.isUnrolled()) {
    for (int64_t tapRow = 0; tapRow < shape.rows(); ++tapRow) {
      Value number = emitter.constantIndex(tapRow);
      addTaps(sums, at, tapsAt(number), number, first, count);
    }
    return sums;
  }
  Value rows = emitter.constantIndex(shape.rows());
  return emitter.forLoop(
      emitter.constantIndex(0), rows, 1, sums, [&](Value tapRow, ValueRange carried) {
        Sums ofRow = initial(count), next;
        addTaps(ofRow, at, tapsAt(tapRow), tapRow, first, count);
        for (size_t from = 0; from < ofRow.size(); from += accumulator.count())
          llvm::append_range(next,
                             accumulator.merge(carried.slice(from, accumulator.count()),
                                               ValueRange(ofRow).slice(from, accumulator.count())));
        return next;
      });
}

/// Other reductions are what they are on every target.
static std::unique_ptr<Segment> createSegment(KernelContext &context, Operation *op,
                                              PendingTargets &targets) {
  SegmentFactory otherwise = commonSegments().find("reduction");
  KernelShapes &shapes = context.emitter.shapes;
  auto reductions = op->getBlock()->getOps<nn::ReductionOpInterface>();
  bool isAlone = std::distance(reductions.begin(), reductions.end()) == 1;
  if (!isAlone || !context.options.optimize || context.emitter.laneOptions.bytes == 0)
    return otherwise(context, op, targets);
  std::optional<WindowShape> shape = windowShapeOf(op, shapes);
  auto isResult = [&](Value value) {
    return shapes.sizes(value) == shapes.sizes(op->getResult(0));
  };
  if (!shape || !llvm::all_of(targets.rest(),
                              [&](const StoreTarget &target) { return isResult(target.tensor); }))
    return otherwise(context, op, targets);
  return std::make_unique<WindowSegment>(context, op, *shape, targets.takeIf(isResult));
}

static const SegmentEntry kWindows(cpuSegments(), "reduction", createSegment);

} // namespace mlc
