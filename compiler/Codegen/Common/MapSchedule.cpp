// Elementwise and movement ops: one loop over the elements, vectors along the innermost dimension.
#include "compiler/Codegen/Common/Schedule.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace mlc {

namespace {
class MapSegment : public Segment {
public:
  MapSegment(KernelContext &context, ArrayRef<StoreTarget> targets)
      : context(context), emitter(context.emitter), tileElements(context.options.tileElements),
        targets(targets), sizes(emitter.shapes.sizes(targets[0].tensor)) {
    SmallVector<Value> values;
    for (const StoreTarget &target : targets)
      values.push_back(target.tensor);
    bits = PullEmitter::laneBits(values);
    unroll = emitter.preferredUnroll(values);
    isLinear = sizes.size() != 1 &&
               llvm::none_of(targets, [](const StoreTarget &target) { return target.isInRows; }) &&
               llvm::all_of(values, [&](Value value) { return emitter.isLinear(value); });
    if (isLinear)
      sizes = {emitter.shapes.product(sizes)};
    columns = sizes.empty() ? emitter.shapes.constant(1) : sizes.back();
    rows = emitter.shapes.product(ArrayRef<AffineExpr>(sizes).drop_back(sizes.empty() ? 0 : 1));
    if (auto known = dyn_cast<AffineConstantExpr>(columns)) {
      if (known.getValue() <= tileElements / 2)
        rowsPerTile = tileElements / std::max<int64_t>(known.getValue(), 1);
    }
  }

  AffineExpr tiles() override {
    AffineExpr count =
        rowsPerTile > 1 ? rows.ceilDiv(rowsPerTile) : rows * columns.ceilDiv(tileElements);
    return emitter.shapes.simplified(count);
  }

  void emit(Value begin, Value end) override {
    if (rowsPerTile > 1) { // tiles of several whole rows
      Value low = emitter.mul(begin, rowsPerTile);
      Value high = emitter.min(emitter.mul(end, rowsPerTile), emitter.value(rows));
      return emitter.forLoop(low, high, 1, [&](Value row) {
        emitRow(row, emitter.constantIndex(0), emitter.value(columns));
      });
    }
    Value extent = emitter.value(columns);
    if (rows ==
        emitter.shapes.constant(
            1)) { // neighbouring tiles are one loop; a tile is a multiple of the widest vector
      Value low = emitter.mul(begin, tileElements);
      return emitRow(emitter.constantIndex(0), low,
                     emitter.min(emitter.mul(end, tileElements), extent));
    }
    Value perRow = emitter.value(columns.ceilDiv(tileElements));
    emitter.forLoop(begin, end, 1, [&](Value tile) {
      Value low = emitter.mul(emitter.rem(tile, perRow), tileElements);
      emitRow(emitter.floorDiv(tile, perRow), low,
              emitter.min(emitter.add(low, tileElements), extent));
    });
  }

  std::optional<TileRows> tileRows() const override {
    if (llvm::any_of(targets, [](const StoreTarget &target) { return bool(target.address); }) ||
        sizes.empty())
      return std::nullopt;
    if (rowsPerTile > 1)
      return TileRows{1, rowsPerTile, rows};
    if (rows == emitter.shapes.constant(1))
      return TileRows{1, tileElements, columns};
    auto known = dyn_cast<AffineConstantExpr>(columns.ceilDiv(tileElements));
    return known ? std::optional(TileRows{known.getValue(), 1, rows}) : std::nullopt;
  }

  SegmentReport report() const override {
    std::string tile = std::to_string(rowsPerTile > 1 ? rowsPerTile : tileElements) +
                       (rowsPerTile > 1 ? " rows" : " elements");
    return {llvm::formatv("map{0}: tiles of {1}, {2} vectors at once",
                          isLinear ? " in memory order" : "", tile, unroll)};
  }

private:
  void emitRow(Value row, Value low, Value high) {
    SmallVector<LaneIndex, 4> coords = emitter.delinearize(
        ArrayRef<AffineExpr>(sizes).drop_back(sizes.empty() ? 0 : 1), emitter.uniform(row));
    emitter.forLanes(emitter.planLanes(low, high, bits, unroll), [&](LaneIndex column) {
      if (isLinear)
        return context.storeAt(targets, Position::atLinear(column));
      SmallVector<LaneIndex, 4> position(coords);
      if (!sizes.empty())
        position.push_back(column);
      context.storeAt(targets, Position::at(position));
    });
  }

  KernelContext &context;
  PullEmitter &emitter;
  int64_t tileElements;
  SmallVector<StoreTarget> targets;
  SmallVector<AffineExpr> sizes;
  AffineExpr rows, columns;
  int64_t rowsPerTile = 1;
  unsigned bits, unroll;
  bool isLinear;
};
} // namespace

std::unique_ptr<Segment> createMapSegment(KernelContext &context, ArrayRef<StoreTarget> targets) {
  return std::make_unique<MapSegment>(context, targets);
}

std::unique_ptr<Segment> createMapAround(KernelContext &context, Operation *op,
                                         PendingTargets &targets) {
  SmallVector<StoreTarget> around = targets.takeAround(op);
  return around.empty() ? nullptr : createMapSegment(context, around);
}

} // namespace mlc
