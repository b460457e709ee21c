#include "compiler/Codegen/CPU/RegisterTile/Sums.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace mlc::tile {

//===-- Epilogue ----------------------------------------------------------------------------===//

void EpilogueLoop::emit(const Block &block, Value row, Value rowCount, Value columnCount,
                        const WaitingSums &sums) {
  emitter.forLoop(emitter.constantIndex(0), rowCount, 1, [&](Value i) {
    auto lanes = emitter.planLanes(emitter.constantIndex(0), columnCount, plan.epilogue.bits,
                                   plan.epilogue.unroll);
    emitter.forLanes(lanes, [&](LaneIndex at) {
      Value start = emitter.add(sums.start, emitter.mul(i, sums.stride));
      Value sum = emitter.load(sums.buffer, emitter.add(emitter.uniform(start), at), type);
      store(block, emitter.add(row, i), at, sum);
    });
  });
}

void EpilogueLoop::store(const Block &block, Value row, LaneIndex column, Value sum) {
  plan.epilogue.store(block.batch, emitter.add(block.rowLow, row),
                      emitter.add(emitter.uniform(block.columnLow), column), sum);
}

//===-- Tiles -------------------------------------------------------------------------------===//

Sums::Sums(VectorBuilder &emitter, const Plan &plan, Scratch &scratch)
    : Part(emitter, plan), epilogue(emitter, plan), stride(tiling.columnBlock) {
  if (!plan.storesSumsOnly)
    kept = scratch.allocate(type, (plan.isDepthCut ? tiling.rowBlock : tiling.rowStep) * stride);
  bool mayHaveGroups = plan.isDepthCut && (problem.depth < 0 || problem.depth > groupDepth());
  if (mayHaveGroups && isa<FloatType>(type))
    group = scratch.allocate(type, tiling.rowBlock * stride);
}

/// Where the sums of a row are kept: among the block's, or among those of the rows of a tile.
Value Sums::startOf(const Block &block, Value row) {
  return block.accumulates ? emitter.mul(row, stride) : emitter.constantIndex(0);
}

LaneIndex Sums::addressOf(const Block &block, Value row, LaneIndex column) {
  return plan.epilogue.address(block.batch, emitter.add(block.rowLow, row),
                               emitter.add(emitter.uniform(block.columnLow), column));
}

/// The rows of a tile of the result are far apart: their lines arrive during the products.
void Sums::prefetchResult(const Block &block, const TileColumns &tile, Value row,
                          int64_t rowsOfTile) {
  if (!plan.storesSumsOnly)
    return;
  int64_t columnsOfTile = tile.starts.size() * tile.lanes;
  for (int64_t i = 0; i < rowsOfTile; ++i)
    for (int64_t low = 0; low < columnsOfTile; low += plan.elementsOfLine()) {
      LaneIndex column = emitter.uniform(emitter.add(tile.low, low));
      Value address = addressOf(block, emitter.add(row, i), column).base;
      prefetch(plan.epilogue.result, address, /*isWrite=*/true, /*locality=*/3);
    }
}

void Sums::take(const Block &block, const TileColumns &tile, Value row, ArrayRef<Value> sums) {
  auto put = [&](bool adds) {
    plan.storesSumsOnly ? store(block, tile, row, sums, adds)
                        : keep(block, tile, row, sums, kept, adds);
  };
  if (!block.accumulates)
    return put(false);
  auto add = [&] {
    if (!group)
      return put(true);
    emitter.indexSwitch(
        emitter.floorDiv(block.depthLow, emitter.constantIndex(groupDepth())), {0},
        [&](int64_t) { put(true); }, [&] { keep(block, tile, row, sums, group, /*adds=*/true); });
  };
  emitter.indexSwitch(block.depthLow, {0}, [&](int64_t) { put(false); }, add);
}

void Sums::keep(const Block &block, const TileColumns &tile, Value row, ArrayRef<Value> sums,
                Value buffer, bool adds) {
  int64_t unit = tile.lanes == 1 ? 0 : 1, count = tile.starts.size();
  Value base = emitter.add(startOf(block, row), tile.low);
  for (int64_t index = 0; index < int64_t(sums.size()); ++index)
    emitter.withLanes(tile.lanes, {}, [&] {
      int64_t offset = index / count * stride + index % count * tile.lanes;
      LaneIndex at = {emitter.add(base, offset), unit, {}};
      Value sum = sums[index];
      if (adds)
        sum = emitter.addValues(emitter.load(buffer, at, type), sum);
      emitter.store(buffer, at, sum, type);
    });
}

void Sums::store(const Block &block, const TileColumns &tile, Value row, ArrayRef<Value> sums,
                 bool adds) {
  int64_t unit = tile.lanes == 1 ? 0 : 1, count = tile.starts.size();
  for (int64_t index = 0; index < int64_t(sums.size()); ++index) {
    Value before = emitter.constantIndex(index % count * tile.lanes);
    Value mask = emitter.maskBelow(emitter.sub(tile.count, before), tile.lanes);
    emitter.withLanes(tile.lanes, mask, [&] {
      Value at = emitter.add(row, index / count), sum = sums[index];
      LaneIndex column = {emitter.add(tile.low, before), unit, {}};
      if (adds) {
        LaneIndex address = addressOf(block, at, column);
        sum = emitter.addValues(emitter.load(plan.epilogue.result, address, type), sum);
      }
      epilogue.store(block, at, column, sum);
    });
  }
}

void Sums::endRows(const Block &block, Value row, Value rowCount) {
  if (!plan.storesSumsOnly && !plan.isDepthCut)
    epilogue.emit(block, row, rowCount, block.columnCount, {kept, startOf(block, row), stride});
}

void Sums::endBlock(const Block &block) {
  Value zero = emitter.constantIndex(0);
  if (!plan.storesSumsOnly)
    epilogue.emit(block, zero, block.rowCount, block.columnCount, {kept, zero, stride});
}

//===-- Groups of depth blocks --------------------------------------------------------------===//

/// The first group is added up in the place of its total; the sums of later ones start from zero,
/// or else the error would grow like the depth.
int64_t Sums::groupDepth() const { return VectorBuilder::kChain * tiling.depthBlock; }

/// Adds a later group that is complete to the total.
void Sums::endDepthBlock(const Block &block) {
  if (!group)
    return;
  auto compare = [&](arith::CmpIPredicate predicate, Value a, Value b) {
    return emitter.compare(predicate, a, b);
  };
  Value length = emitter.constantIndex(groupDepth()), whole = emitter.value(plan.depthCount);
  Value end = emitter.add(block.depthLow, tiling.depthBlock), zero = emitter.constantIndex(0);
  Value isLater = compare(arith::CmpIPredicate::sge, block.depthLow, length);
  Value isFull = compare(arith::CmpIPredicate::eq, emitter.rem(end, length), zero);
  Value isLast = compare(arith::CmpIPredicate::sge, end, whole);
  Value isComplete = arith::OrIOp::create(emitter.builder, emitter.location, isFull, isLast);
  emitter.ifThen(isComplete, [&] {
    emitter.ifThen(isLater, [&] { addGroup(block); });
    emitter.ifThen(compare(arith::CmpIPredicate::slt, end, whole), [&] { clearGroup(block); });
  });
}

/// Calls `body` for the vectors of the block, with their places among the sums of groups.
void Sums::forGroupSums(const Block &block, function_ref<void(Value, LaneIndex, LaneIndex)> body) {
  Value zero = emitter.constantIndex(0);
  auto lanes = emitter.planLanes(zero, block.columnCount, problem.bits, /*unroll=*/1);
  emitter.forLoop(zero, block.rowCount, 1, [&](Value row) {
    Value start = emitter.mul(row, stride);
    emitter.forLanes(lanes, [&](LaneIndex column) {
      body(row, column, emitter.add(emitter.uniform(start), column));
    });
  });
}

void Sums::clearGroup(const Block &block) {
  Value zero = zeroSum();
  forGroupSums(block,
               [&](Value, LaneIndex, LaneIndex at) { emitter.store(group, at, zero, type); });
}

void Sums::addGroup(const Block &block) {
  forGroupSums(block, [&](Value row, LaneIndex column, LaneIndex at) {
    Value sum = emitter.load(group, at, type);
    if (!plan.storesSumsOnly) {
      sum = emitter.addValues(emitter.load(kept, at, type), sum);
      return emitter.store(kept, at, sum, type);
    }
    LaneIndex address = addressOf(block, row, column);
    Value total = emitter.load(plan.epilogue.result, address, type);
    epilogue.store(block, row, column, emitter.addValues(total, sum));
  });
}

} // namespace mlc::tile
