// Sums over the positions of windows, for each tap and along vectors of channels: the gradients of
// the kernels of convolutions of one channel each. A row of positions is read once for all taps,
// whose sums are in registers; they wait in scratch memory for those of the next rows.
#include "compiler/Codegen/CPU/Segments.h"
#include "compiler/Codegen/CPU/WindowShape.h"
#include "compiler/Codegen/Common/PullAccumulator.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

namespace {
/// Taps that have sums of their own.
constexpr int64_t kMostTaps = 49;

/// Positions in a body: what neighbours see is read once.
constexpr int64_t kPositions = 4;

/// Bodies whose products are one chain; sums of chains that are one.
constexpr int64_t kBodies = PullEmitter::kChain / 2, kRowsOfGroup = PullEmitter::kChain;

/// Vectors of channels of a tile.
constexpr int64_t kVectorsOfTile = 8;

class TapSegment : public Segment {
public:
  TapSegment(KernelContext &context, Operation *op, WindowShape shape, size_t firstTap,
             ArrayRef<StoreTarget> targets);
  AffineExpr tiles() override {
    return emitter.shapes.simplified(emitter.shapes.product(outerSizes) * blocks());
  }
  void emit(Value begin, Value end) override;
  SegmentReport report() const override {
    return {
        llvm::formatv("sums of {0} taps: rows of {1} positions, {2} taps and {3} vectors at once",
                      taps, length, rowsOfGroup * rowOfTaps, vectors)};
  }

private:
  using Coords = SmallVector<LaneIndex, 4>;
  AffineExpr blocks() { return channels.ceilDiv(block); }
  /// Some rows of taps.
  struct Group {
    int64_t first, count; ///< taps
  };
  /// Where a row of positions is, and the channels of a tile.
  struct Row {
    Coords outer, reduced;
    Value low, high;
  };
  void emitTile(const Coords &outer, Value low, Value high);
  void emitRow(const Row &row);
  void emitGroup(const Row &row, const Group &group, const LaneIndex &channel);
  SmallVector<Value> addPositions(const Row &row, const Group &group, const LaneIndex &channel,
                                  Value first, int64_t count, SmallVector<Value> sums);
  void flush(const Row &row, const Group &group, const LaneIndex &channel, ArrayRef<Value> sums);
  void endGroupOfRows(Value low, Value high);
  void store(const Coords &outer, Value low, Value high);
  void forChannels(Value low, Value high, function_ref<void(const LaneIndex &)> body) {
    emitter.forLanes(emitter.planLanes(low, high, bits, vectors), body);
  }
  LaneIndex inScratch(int64_t tap, Value low, const LaneIndex &channel) {
    LaneIndex inBlock = emitter.sub(channel, emitter.uniform(low));
    return emitter.add(inBlock, emitter.uniform(tap * block));
  }

  KernelContext &context;
  PullEmitter &emitter;
  Operation *op;
  WindowShape shape;
  SmallVector<StoreTarget> targets;
  Accumulator accumulator;
  Type type;
  SmallVector<AffineExpr> outerSizes, rowSizes, tapSizes;
  AffineExpr channels;
  int64_t taps = 1, rowOfTaps, rowsOfGroup, length, rows, rowsTogether, block, vectors;
  unsigned bits;
  Value partial, totals, errors; ///< [taps, block] in scratch memory
};
} // namespace

TapSegment::TapSegment(KernelContext &context, Operation *op, WindowShape windowShape,
                       size_t firstTap, ArrayRef<StoreTarget> targets)
    : context(context), emitter(context.emitter), op(op), shape(std::move(windowShape)),
      targets(targets), accumulator(context.emitter, op) {
  type = PullEmitter::accumulatorType(getElementTypeOrSelf(op->getOperand(0).getType()));
  SmallVector<Value> values = {op->getOperand(0)};
  for (const StoreTarget &target : targets)
    values.push_back(target.tensor);
  bits = PullEmitter::laneBits(values);
  ArrayRef<int64_t> kept(shape.kept), reduced(shape.taps);
  for (int64_t dim : kept.take_front(firstTap))
    outerSizes.push_back(shape.sizes[dim]);
  for (int64_t dim : kept.slice(firstTap).drop_back()) {
    tapSizes.push_back(shape.sizes[dim]);
    taps *= numberOf(shape.sizes[dim]);
  }
  for (int64_t dim : reduced.drop_back())
    rowSizes.push_back(shape.sizes[dim]);
  rowOfTaps = numberOf(tapSizes.back());
  length = shape.tapSizes.back();
  rows = shape.rowsOfTaps();
  channels = shape.sizes.back();
  // Half the registers, and a few more, are sums.
  int64_t lanes = emitter.laneOptions.lanes(bits), sums = emitter.laneOptions.registers * 5 / 8,
          all = numberOf(channels);
  vectors = 2 * rowOfTaps <= sums && emitter.laneOptions.registers >= 32 ? 2 : 1;
  rowsOfGroup = std::clamp<int64_t>(sums / (rowOfTaps * vectors), 1, taps / rowOfTaps);
  block = lanes * kVectorsOfTile;
  if (all > 0)
    block = llvm::alignTo(llvm::divideCeil(all, llvm::divideCeil(all, block)), lanes);
  // A row has a sum of each chain of bodies, and of its ends.
  rowsTogether = std::max<int64_t>(kRowsOfGroup / (2 + length / (kBodies * kPositions)), 1);
  partial = context.allocate(type, taps * block);
  if (rows > rowsTogether)
    for (Value *each : {&totals, &errors})
      *each = context.allocate(type, taps * block);
}

void TapSegment::emit(Value begin, Value end) {
  Value perOuter = emitter.value(blocks()), all = emitter.value(channels);
  int64_t known = numberOf(channels);
  emitter.forLoop(begin, end, 1, [&](Value tile) {
    Coords outer =
        emitter.delinearize(outerSizes, emitter.uniform(emitter.floorDiv(tile, perOuter)));
    if (known > 0 && known <= block)
      return emitTile(outer, emitter.constantIndex(0), all);
    Value low = emitter.mul(emitter.rem(tile, perOuter), block), high = emitter.add(low, block);
    bool areWhole = known > 0 && known % block == 0;
    emitTile(outer, low, areWhole ? high : emitter.min(high, all));
  });
}

void TapSegment::emitTile(const Coords &outer, Value low, Value high) {
  auto zero = [&](ArrayRef<Value> buffers) {
    Value none = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
    forChannels(low, high, [&](const LaneIndex &channel) {
      for (Value buffer : buffers)
        for (int64_t tap = 0; tap < taps; ++tap)
          emitter.store(buffer, inScratch(tap, low, channel), emitter.splat(none), type);
    });
  };
  Value last = emitter.constantIndex(rows);
  auto addRows = [&](Value first, Value end) {
    zero(partial);
    emitter.forLoop(first, end, 1, [&](Value number) {
      emitRow({outer, emitter.delinearize(rowSizes, emitter.uniform(number)), low, high});
    });
  };
  if (rows <= rowsTogether) {
    addRows(emitter.constantIndex(0), last);
    return store(outer, low, high);
  }
  zero(ArrayRef<Value>({totals, errors}));
  emitter.forLoop(emitter.constantIndex(0), last, rowsTogether, [&](Value group) {
    addRows(group, emitter.min(emitter.add(group, rowsTogether), last));
    endGroupOfRows(low, high);
  });
  store(outer, low, high);
}

void TapSegment::emitRow(const Row &row) {
  emitByRanges(emitter, row.reduced, shape.insideReduced, [&] {
    forChannels(row.low, row.high, [&](const LaneIndex &channel) {
      for (int64_t first = 0; first < taps; first += rowsOfGroup * rowOfTaps)
        emitGroup(row, {first, std::min(rowsOfGroup * rowOfTaps, taps - first)}, channel);
    });
  });
}

/// The positions of a row: bodies at its ends may see padding, those between do not, and their loop
/// knows it.
void TapSegment::emitGroup(const Row &row, const Group &group, const LaneIndex &channel) {
  int64_t count = length / kPositions, front = 0, back = 0;
  if (const auto &inside = shape.insideReduced.back()) {
    front = std::clamp<int64_t>(llvm::divideCeil(std::max<int64_t>(inside->low, 0), kPositions), 0,
                                count);
    back = std::clamp<int64_t>(count - (inside->high + 1) / kPositions, 0, count - front);
  }
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  SmallVector<Value> none(group.count, emitter.splat(zero)), sums = none;
  auto at = [&](int64_t body) { return emitter.constantIndex(body * kPositions); };
  auto add = [&](Value first, int64_t positions, SmallVector<Value> carried) {
    return addPositions(row, group, channel, first, positions, std::move(carried));
  };
  for (int64_t body = 0; body < front; ++body)
    sums = add(at(body), kPositions, sums);
  auto bodies = [&](Value low, Value high, SmallVector<Value> from) {
    return emitter.forLoop(low, high, kPositions, from, [&](Value first, ValueRange carried) {
      return add(first, kPositions, SmallVector<Value>(carried));
    });
  };
  Value middle = at(front), last = at(count - back);
  if (count - front - back <= 2 * kBodies) {
    sums = bodies(middle, last, sums);
  } else {
    emitter.forLoop(middle, last, kBodies * kPositions, [&](Value low) {
      Value high = emitter.min(emitter.add(low, kBodies * kPositions), last);
      flush(row, group, channel, bodies(low, high, none));
    });
  }
  for (int64_t body = count - back; body < count; ++body)
    sums = add(at(body), kPositions, sums);
  if (length % kPositions)
    sums = add(at(count), length % kPositions, sums);
  flush(row, group, channel, sums);
}

/// Adds the products of some positions to the sums of taps, those of one element after the other.
SmallVector<Value> TapSegment::addPositions(const Row &row, const Group &group,
                                            const LaneIndex &channel, Value first, int64_t count,
                                            SmallVector<Value> sums) {
  struct Pair {
    int64_t element, tap, position;
  };
  int64_t positionStep = shape.tapStep(), tapStep = shape.step();
  SmallVector<Pair> pairs;
  for (int64_t tap = 0; tap < group.count; ++tap)
    for (int64_t position = 0; position < count; ++position)
      pairs.push_back({position * positionStep + tap % rowOfTaps * tapStep, tap, position});
  llvm::sort(pairs, [](const Pair &a, const Pair &b) {
    return std::tie(a.element, a.position, a.tap) < std::tie(b.element, b.position, b.tap);
  });
  for (const Pair &pair : pairs) {
    Coords at(shape.sizes.size(), emitter.uniform(0)), kept(row.outer);
    llvm::append_range(kept,
                       emitter.delinearize(tapSizes, emitter.uniform(group.first + pair.tap)));
    kept.push_back(channel);
    for (auto [dim, coord] : llvm::zip_equal(shape.kept, kept))
      at[dim] = coord;
    for (auto [dim, coord] : llvm::zip(shape.taps, row.reduced))
      at[dim] = coord;
    at[shape.taps.back()] = emitter.uniform(emitter.add(first, pair.position));
    Value value = emitter.emit(op->getOperand(0), Position::at(at));
    sums[pair.tap] = accumulator.step(ValueRange(ArrayRef<Value>(sums)).slice(pair.tap, 1), value,
                                      LaneIndex(), /*mask=*/{})[0];
  }
  return sums;
}

/// Adds the sums of taps to those of the rows before.
void TapSegment::flush(const Row &row, const Group &group, const LaneIndex &channel,
                       ArrayRef<Value> sums) {
  for (auto [tap, sum] : llvm::enumerate(sums)) {
    LaneIndex address = inScratch(group.first + static_cast<int64_t>(tap), row.low, channel);
    Value before = emitter.load(partial, address, type);
    emitter.store(partial, address, emitter.addValues(before, sum), type);
  }
}

/// Adds the sums of some rows to the totals, whose errors are kept: there may be any number.
void TapSegment::endGroupOfRows(Value low, Value high) {
  forChannels(low, high, [&](const LaneIndex &channel) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      LaneIndex address = inScratch(tap, low, channel);
      auto load = [&](Value buffer) { return emitter.load(buffer, address, type); };
      auto [total, error] = emitter.addKeepingError(load(totals), load(errors), load(partial));
      emitter.store(totals, address, total, type);
      emitter.store(errors, address, error, type);
    }
  });
}

void TapSegment::store(const Coords &outer, Value low, Value high) {
  forChannels(low, high, [&](const LaneIndex &channel) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      Coords kept(outer);
      llvm::append_range(kept, emitter.delinearize(tapSizes, emitter.uniform(tap)));
      kept.push_back(channel);
      Position at = Position::at(kept);
      Value total =
          emitter.load(rows <= rowsTogether ? partial : totals, inScratch(tap, low, channel), type);
      emitter.define(op->getResult(0), at, accumulator.result({total}));
      context.storeAt(targets, at);
    }
  });
}

/// The first of the kept dimensions that are taps: they come right before the channels, and run
/// along dimensions in which positions are. None where there are too many, or as few positions.
static std::optional<size_t> firstTapOf(const WindowShape &shape) {
  size_t first = shape.kept.size() - 1;
  int64_t taps = 1;
  auto isTap = [&](int64_t kept) {
    return shape.steps[kept] && llvm::any_of(shape.taps, [&](int64_t reduced) {
             return shape.steps[reduced] && shape.steps[reduced]->dim == shape.steps[kept]->dim;
           });
  };
  for (; first > 0 && isTap(shape.kept[first - 1]); --first)
    taps *= std::max<int64_t>(numberOf(shape.sizes[shape.kept[first - 1]]), 0);
  bool isRow = !shape.innerDims().size() && first + 1 < shape.kept.size();
  bool areMany = shape.rowsOfTaps() * shape.tapSizes.back() >= 4 * taps;
  return isRow && taps > 0 && taps <= kMostTaps && areMany ? std::optional(first) : std::nullopt;
}

std::unique_ptr<Segment> createTapSegment(KernelContext &context, Operation *op,
                                          PendingTargets &targets) {
  KernelShapes &shapes = context.emitter.shapes;
  auto reduction = cast<nn::ReductionOpInterface>(op);
  auto all = op->getBlock()->getOps<nn::ReductionOpInterface>();
  bool isSum = reduction.getKind() == nn::Reduction::sum && !reduction.givesPosition() &&
               isa<FloatType>(getElementTypeOrSelf(op->getOperand(0).getType()));
  auto isResult = [&](const StoreTarget &target) {
    return shapes.sizes(target.tensor) == shapes.sizes(op->getResult(0));
  };
  if (!isSum || std::distance(all.begin(), all.end()) != 1 ||
      !llvm::all_of(targets.rest(), isResult))
    return nullptr;
  std::optional<WindowShape> shape = windowShapeOf(reduction, shapes);
  std::optional<size_t> firstTap = shape ? firstTapOf(*shape) : std::nullopt;
  if (!firstTap)
    return nullptr;
  SmallVector<StoreTarget> around = targets.takeIf([](Value) { return true; });
  if (around.empty())
    return nullptr;
  return std::make_unique<TapSegment>(context, op, *shape, *firstTap, around);
}

} // namespace mlc
