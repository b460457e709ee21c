#include "compiler/Codegen/CPU/RegisterTile/Sums.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

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
  int64_t rows = plan.isDepthCut || plan.sharesPanels() ? tiling.rowBlock : tiling.rowStep;
  if (!plan.storesSums)
    kept = scratch.allocate(type, rows * stride);
  bool mayHaveGroups = plan.isDepthCut && (problem.depth < 0 || problem.depth > groupDepth());
  if (mayHaveGroups && isa<FloatType>(type))
    group = scratch.allocate(type, tiling.rowBlock * stride);
}

/// Where the sums of a row are kept: among the block's, or among those of the rows of a tile.
Value Sums::startOf(const Block &block, Value row) {
  return block.accumulates || block.keepsRows ? emitter.mul(row, stride) : emitter.constantIndex(0);
}

LaneIndex Sums::addressOf(const Block &block, Value row, LaneIndex column) {
  return plan.epilogue.address(block.batch, emitter.add(block.rowLow, row),
                               emitter.add(emitter.uniform(block.columnLow), column));
}

/// Rows of the result are far apart: their lines arrive during the products. Where rows are several
/// dimensions, only those of the innermost lie as is said here.
ResultLines Sums::linesOf(const Block &block, const TileColumns &tile, Value row,
                          int64_t rowsOfTile) {
  if (!plan.storesSums || !plan.epilogue.isPlain || plan.epilogue.adds) // those were there before
    return {};
  WaitingSums place = placeInResult(block, tile, row);
  int64_t columns = tile.starts.size() * tile.lanes;
  return {place.buffer, place.start, place.stride, rowsOfTile,
          int64_t(llvm::divideCeil(columns, plan.elementsOfLine()))};
}

void Sums::take(const Block &block, const TileColumns &tile, Value row, ArrayRef<Value> sums) {
  auto put = [&](bool adds) {
    plan.storesSums ? store(block, tile, row, sums, adds) : keep(block, tile, row, sums, adds);
  };
  if (!block.accumulates)
    return put(plan.epilogue.adds);
  emitter.indexSwitch(beginOfGroup(block), {0}, [&](int64_t) { put(false); }, [&] { put(true); });
}

/// The sums of a group of depth blocks start anew.
Value Sums::beginOfGroup(const Block &block) {
  return group ? emitter.rem(block.depthLow, emitter.constantIndex(groupDepth())) : block.depthLow;
}

WaitingSums Sums::placeOf(const Block &block, const TileColumns &tile, Value row) {
  return {kept, emitter.add(startOf(block, row), tile.low), emitter.constantIndex(stride)};
}

WaitingSums Sums::placeInResult(const Block &block, const TileColumns &tile, Value row) {
  LaneIndex column = emitter.uniform(tile.low);
  Value start = addressOf(block, row, column).base,
        next = addressOf(block, emitter.add(row, 1), column).base;
  return {plan.epilogue.result, start, emitter.sub(next, start)};
}

Value Sums::areLast(const Block &block) {
  return emitter.compare(arith::CmpIPredicate::sge, emitter.add(block.depthLow, block.depthCount),
                         emitter.value(plan.depthCount));
}

void Sums::finish(const Block &block, const TileColumns &tile, Value row, Value rowCount) {
  Block part = block;
  part.columnLow = emitter.add(block.columnLow, tile.low);
  epilogue.emit(part, row, rowCount, tile.count, placeOf(block, tile, row));
}

Value Sums::areFirst(const Block &block) {
  if (!block.accumulates)
    return {};
  return emitter.compare(arith::CmpIPredicate::eq, beginOfGroup(block), emitter.constantIndex(0));
}

void Sums::keep(const Block &block, const TileColumns &tile, Value row, ArrayRef<Value> sums,
                bool adds) {
  int64_t unit = tile.lanes == 1 ? 0 : 1, count = tile.starts.size();
  Value base = emitter.add(startOf(block, row), tile.low);
  for (int64_t index = 0; index < int64_t(sums.size()); ++index)
    emitter.withLanes(tile.lanes, {}, [&] {
      int64_t offset = index / count * stride + index % count * tile.lanes;
      LaneIndex at = {emitter.add(base, offset), unit, {}};
      Value sum = sums[index];
      if (adds)
        sum = emitter.addValues(emitter.load(kept, at, type), sum);
      emitter.store(kept, at, sum, type);
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
  if (!plan.storesSums && !plan.storesMatrices && !plan.isDepthCut)
    epilogue.emit(block, row, rowCount, block.columnCount,
                  {kept, startOf(block, row), emitter.constantIndex(stride)});
}

void Sums::endBlock(const Block &block) {
  Value zero = emitter.constantIndex(0);
  if (!plan.storesSums && !plan.storesMatrices)
    epilogue.emit(block, zero, block.rowCount, block.columnCount,
                  {kept, zero, emitter.constantIndex(stride)});
}

//===-- Groups of depth blocks --------------------------------------------------------------===//

/// Every group is added up in the place of the result, and then to the total of those before it, or
/// else the error would grow like the depth.
int64_t Sums::groupDepth() const { return VectorBuilder::kChain * tiling.depthBlock; }

/// After a group its sums go to the total; after the last one the total comes back.
void Sums::endDepthBlock(const Block &block) {
  if (!group)
    return;
  auto compare = [&](arith::CmpIPredicate predicate, Value a, Value b) {
    return emitter.compare(predicate, a, b);
  };
  auto both = [&](Value a, Value b) -> Value {
    return arith::AndIOp::create(emitter.builder, emitter.location, a, b);
  };
  Value length = emitter.constantIndex(groupDepth()), whole = emitter.value(plan.depthCount);
  Value end = emitter.add(block.depthLow, tiling.depthBlock), zero = emitter.constantIndex(0);
  Value isFirst = compare(arith::CmpIPredicate::slt, block.depthLow, length);
  Value isFull = compare(arith::CmpIPredicate::eq, emitter.rem(end, length), zero);
  Value moreCome = compare(arith::CmpIPredicate::slt, end, whole);
  emitter.ifThen(both(isFull, moreCome), [&] { keepTotal(block, isFirst); });
  Value isLast = compare(arith::CmpIPredicate::sge, end, whole);
  Value isLater = compare(arith::CmpIPredicate::sge, block.depthLow, length);
  emitter.ifThen(both(isLast, isLater), [&] { addTotal(block); });
}

/// Calls `body` for the vectors of the block: what it is given are the sums of a group, what it
/// returns takes their place; null: nothing does.
void Sums::forGroupSums(const Block &block,
                        function_ref<Value(Value sum, LaneIndex inTotal)> body) {
  Value zero = emitter.constantIndex(0);
  auto lanes = emitter.planLanes(zero, block.columnCount, problem.bits, /*unroll=*/1);
  emitter.forLoop(zero, block.rowCount, 1, [&](Value row) {
    Value start = emitter.mul(row, stride);
    emitter.forLanes(lanes, [&](LaneIndex column) {
      LaneIndex at = emitter.add(emitter.uniform(start), column);
      LaneIndex place = plan.storesSums ? addressOf(block, row, column) : at;
      Value buffer = plan.storesSums ? plan.epilogue.result : kept;
      Value sum = body(emitter.load(buffer, place, type), at);
      if (!sum)
        return;
      plan.storesSums ? epilogue.store(block, row, column, sum)
                      : emitter.store(kept, at, sum, type);
    });
  });
}

void Sums::keepTotal(const Block &block, Value isFirst) {
  forGroupSums(block, [&](Value sum, LaneIndex at) -> Value {
    Value added = emitter.addValues(emitter.load(group, at, type), sum);
    Value total = arith::SelectOp::create(emitter.builder, emitter.location, isFirst, sum, added);
    emitter.store(group, at, total, type);
    return {};
  });
}

void Sums::addTotal(const Block &block) {
  forGroupSums(block, [&](Value sum, LaneIndex at) {
    return emitter.addValues(emitter.load(group, at, type), sum);
  });
}

} // namespace mlc::tile
