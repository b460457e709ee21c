#include "compiler/Codegen/CPU/RegisterTile/BlockLoop.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

/// The last tiles of a free number of rows, which are cut evenly.
constexpr int64_t kBalancedTiles = 4;

BlockLoop::BlockLoop(VectorBuilder &emitter, const Plan &plan, Scratch &scratch)
    : Part(emitter, plan), tile(emitter, plan), sums(emitter, plan, scratch),
      packing(Packing::create(emitter, plan, scratch)), firstSums(emitter, plan, scratch),
      tail(emitter, plan, scratch, tile), columns(emitter, plan, *packing, tail) {
  if (problem.matrixRows)
    matrixTile.emplace(emitter, plan, scratch, tile);
}

//===-- Blocks ------------------------------------------------------------------------------===//

/// Elements of the block that starts at `low`: a constant where all blocks are whole.
Value BlockLoop::countOf(AffineExpr size, int64_t block, Value low) {
  int64_t known = numberOf(size);
  if (known >= 0 && (known % block == 0 || known < block))
    return emitter.constantIndex(std::min(known, block));
  return emitter.min(emitter.constantIndex(block), emitter.sub(emitter.value(size), low));
}

/// Of a free number of rows the blocks are of nearly equal height, none left with a few rows.
Value BlockLoop::rowsOfBlock(Value rowBlocks) {
  Value most = emitter.constantIndex(tiling.rowBlock);
  if (problem.rows >= 0)
    return most;
  Value each = emitter.ceilDiv(emitter.value(plan.rowCount),
                               emitter.max(rowBlocks, emitter.constantIndex(1)));
  return emitter.mul(emitter.ceilDiv(each, emitter.constantIndex(tiling.rowStep)), tiling.rowStep);
}

/// The columns from `unit` on, as many as a block has, up to `high`.
void BlockLoop::setColumns(Block &block, Value unit, Value high) {
  int64_t together = tiling.columnBlock / tiling.columnUnit;
  block.columnLow = emitter.mul(unit, tiling.columnUnit);
  block.columnCount = countOf(plan.columnCount, tiling.columnUnit, block.columnLow);
  if (together == 1)
    return;
  Value some = emitter.min(emitter.constantIndex(together), emitter.sub(high, unit));
  block.columnCount = emitter.min(emitter.mul(some, tiling.columnUnit),
                                  emitter.sub(emitter.value(plan.columnCount), block.columnLow));
}

/// The tiles [begin, end) by lines of `units` tiles each: a line's number, and which of them.
void BlockLoop::forLines(Value begin, Value end, Value units, LineBody body) {
  emitter.forLoop(emitter.floorDiv(begin, units), emitter.ceilDiv(end, units), 1, [&](Value line) {
    Value before = emitter.mul(line, units);
    Value low = emitter.sub(emitter.max(begin, before), before),
          high = emitter.min(emitter.sub(end, before), units);
    body(line, low, high);
  });
}

/// Blocks of columns, in each of them the rows that the tiles [begin, end) have.
void BlockLoop::emitRowUnits(Value begin, Value end) {
  Value units = emitter.value(plan.rowCount.ceilDiv(tiling.rowUnit)),
        across = emitter.value(plan.columnCount.ceilDiv(tiling.columnUnit));
  forLines(begin, end, units, [&](Value number, Value low, Value high) {
    Block block;
    block.batch =
        emitter.delinearize(plan.batch, emitter.uniform(emitter.floorDiv(number, across)));
    block.rowLow = emitter.mul(low, tiling.rowUnit);
    block.rowCount = emitter.min(emitter.mul(emitter.sub(high, low), tiling.rowUnit),
                                 emitter.sub(emitter.value(plan.rowCount), block.rowLow));
    Value unit = emitter.rem(number, across);
    setColumns(block, unit, emitter.add(unit, 1));
    emitBlock(block);
  });
}

void BlockLoop::emit(Value begin, Value end, int64_t few) {
  fewRows = few;
  if (matrixTile)
    matrixTile->begin();
  tiling.rowUnit ? emitRowUnits(begin, end) : emitLines(begin, end);
  if (matrixTile)
    matrixTile->end();
}

/// Rows of blocks, in each of them the columns that the tiles [begin, end) have.
void BlockLoop::emitLines(Value begin, Value end) {
  Value one = emitter.constantIndex(1);
  Value rowBlocks = emitter.value(plan.rowCount.ceilDiv(tiling.rowBlock));
  Value units = emitter.max(emitter.value(plan.columnCount.ceilDiv(tiling.columnUnit)), one);
  Value rowBlock = rowsOfBlock(rowBlocks);
  forLines(begin, end, units, [&](Value across, Value low, Value high) {
    Block block;
    block.rowLow = emitter.mul(emitter.rem(across, rowBlocks), rowBlock);
    block.batch =
        emitter.delinearize(plan.batch, emitter.uniform(emitter.floorDiv(across, rowBlocks)));
    block.rowCount =
        problem.rows < 0
            ? emitter.min(rowBlock, emitter.sub(emitter.value(plan.rowCount), block.rowLow))
            : countOf(plan.rowCount, tiling.rowBlock, block.rowLow);
    packing->keepRows(block);
    emitter.forLoop(low, high, tiling.columnBlock / tiling.columnUnit, [&](Value unit) {
      setColumns(block, unit, high);
      emitBlock(block);
    });
  });
}

void BlockLoop::emitBlock(Block block) {
  Value whole = emitter.value(plan.depthCount), zero = emitter.constantIndex(0);
  block.packsRhs = tiling.packRhs && !tiling.copiesRhs;
  if (!plan.isDepthCut) {
    block.depthLow = zero;
    block.depthCount = whole;
    return emitDepthBlock(block);
  }
  block.accumulates = true;
  Value atLeastOnce = emitter.max(whole, emitter.constantIndex(1)); // the sums of no products are 0
  emitter.forLoop(zero, atLeastOnce, tiling.depthBlock, [&](Value low) {
    block.depthLow = low;
    block.depthCount = countOf(plan.depthCount, tiling.depthBlock, low);
    emitDepthBlock(block);
    sums.endDepthBlock(block);
  });
  sums.endBlock(block);
}

/// Packing pays for many rows only.
bool BlockLoop::decidesPackingAtRunTime() const {
  return tiling.packRhs && problem.rows < 0 && problem.columns >= 0 && problem.rhsIsPlain &&
         problem.rhsIsContiguous && plan.rhs.strides.isFlat() && !plan.rhs.onLoad;
}

void BlockLoop::emitDepthBlock(const Block &block) {
  OperandView left = packing->lhs(block);
  if (dot.hasOffset() && !block.packsRhs)
    firstSums.store(block, columns);
  auto allRows = [&] { emitAllRows(block, left); };
  if (!emitLowTiles(block, left, allRows))
    allRows();
}

void BlockLoop::emitAllRows(const Block &block, const OperandView &left) {
  Block choosing = block;
  if (decidesPackingAtRunTime()) {
    choosing.packs = emitter.compare(arith::CmpIPredicate::sgt, block.rowCount,
                                     emitter.constantIndex(kMostRowsInPlace));
    emitter.ifThen(choosing.packs, [&] { packing->packRhs(block); });
  } else if (block.packsRhs) {
    Block before = block;
    before.columnCount = tail.columnsBefore(block);
    packing->packRhs(before);
  }
  if (tail.columns())
    choosing.tail = tail.view(choosing, [&](Value low) { return columns.viewAt(choosing, low); });
  if (dot.hasOffset() && block.packsRhs)
    firstSums.store(block, columns);
  emitRows(choosing, left);
}

//===-- Tiles of few rows -------------------------------------------------------------------===//

/// Panels of a tile of few rows: as many as fill the registers, but rather a number that divides
/// those of a block.
int64_t BlockLoop::panelsOf(int64_t height) const {
  int64_t most = tiling.columnUnit / tiling.columnStep;
  int64_t panels = std::min(tiling.panelsOf(height), most);
  for (int64_t fewer = panels; fewer > panels / 2; --fewer)
    if (most % fewer == 0)
      return fewer;
  return panels;
}

/// The heights of tiles that take several panels. Packing a panel for so few rows would not pay.
SmallVector<int64_t> BlockLoop::lowTiles() const {
  bool hasRows = plan.rhs.panels ||
                 (!problem.readsRhsInOrder && problem.rhsIsPlain && problem.rhsIsContiguous);
  SmallVector<int64_t> few;
  for (int64_t height = 1; height <= tiling.rowStep; ++height)
    if (hasRows && tiling.balancesRows && panelsOf(height) > 1)
      few.push_back(height);
  return few;
}

/// A tile of few rows has too few sums to hide the latency of a multiply-add: it takes several
/// panels. Returns false where that is never needed.
bool BlockLoop::emitLowTiles(const Block &block, const OperandView &left,
                             function_ref<void()> otherwise) {
  SmallVector<int64_t> few = lowTiles();
  int64_t known = problem.rows;
  if (few.empty() || (known >= 0 && known > few.back()))
    return false;
  Block inPlace = block;
  inPlace.packsRhs = false;
  auto tiles = [&](int64_t height) {
    Value zero = emitter.constantIndex(0);
    columns.forSeveralPanels(inPlace, panelsOf(height), [&](const TileColumns &some) {
      emitTile(inPlace, left, some, zero, height);
    });
    sums.endRows(block, zero, emitter.constantIndex(height));
  };
  if (known >= 0)
    return tiles(known), true;
  emitter.indexSwitch(block.rowCount, few, tiles, otherwise);
  return true;
}

//===-- Rows --------------------------------------------------------------------------------===//

void BlockLoop::emitTile(const Block &block, const OperandView &left, const TileColumns &some,
                         Value row, int64_t height, const PanelShare &share,
                         const TileColumns *copy) {
  SmallVector<Value> products =
      some.isTail ? tail.products(block, left, row, height)
                  : tile.products(block, left, some, row, height, firstSums.of(some),
                                  {share, copy, sums.linesOf(block, some, row, height)});
  sums.take(block, some, row, products);
}

void BlockLoop::emitRows(const Block &block, const OperandView &left) {
  auto emitTiles = [&](Value row, int64_t height) {
    columns.forPanels(block, emitter.constantIndex(0),
                      [&](const TileColumns &some) { emitTile(block, left, some, row, height); });
  };
  auto emitAt = [&](Value row, int64_t height) {
    emitTiles(row, height);
    sums.endRows(block, row, emitter.constantIndex(height));
  };
  if (matrixTile)
    return emitMatrixRows(block, left);
  if (plan.sharesPanels())
    return emitSharedPanels(block, left);
  if (problem.rows >= 0)
    return emitKnownRows(block, emitAt);
  tiling.balancesRows ? emitBalancedRows(block, emitTiles, emitAt) : emitRowChain(block, emitAt);
}

void BlockLoop::emitMatrixRows(const Block &block, const OperandView &left) {
  Value areFirst = sums.areFirst(block), areLast = sums.areLast(block);
  matrixTile->forTiles(block.rowCount, [&](const MatrixTile::Rows &rows) {
    columns.forPanels(block, emitter.constantIndex(0), [&](const TileColumns &some) {
      if (plan.epilogue.adds)
        return matrixTile->addProducts(block, left, some, rows,
                                       sums.placeInResult(block, some, rows.low));
      MatrixTile::Sums place{sums.placeOf(block, some, rows.low), areFirst};
      if (!plan.storesMatrices)
        return matrixTile->products(block, left, some, rows, place);
      Value whole = emitter.constantIndex(int64_t(some.starts.size()) * some.lanes),
            isWhole = emitter.compare(arith::CmpIPredicate::sge, some.count, whole),
            isPart = emitter.compare(arith::CmpIPredicate::slt, some.count, whole);
      place.isComplete = emitter.bothMasks(areLast, isWhole);
      place.result = sums.placeInResult(block, some, rows.low);
      matrixTile->products(block, left, some, rows, place);
      emitter.ifThen(emitter.bothMasks(areLast, isPart),
                     [&] { sums.finish(block, some, rows.low, rows.count); });
    });
    sums.endRows(block, rows.low, rows.count);
  });
}

/// A part of `rows` that are cut as evenly as can be.
BlockLoop::RowPart BlockLoop::evenPart(Value rows, Value number, Value parts) {
  Value least = emitter.floorDiv(rows, parts), higher = emitter.rem(rows, parts);
  Value before = emitter.min(number, higher), one = emitter.constantIndex(1);
  Value isHigher = emitter.sub(emitter.min(emitter.add(number, one), higher), before); // 0 or 1
  return {emitter.add(emitter.mul(number, least), before), emitter.add(least, isHigher)};
}

/// The height from which tiles of a free number of rows are balanced: fewer rows have tiles of
/// their own, and of two tiles none is lower than half a full one.
int64_t BlockLoop::lowestTile() const {
  SmallVector<int64_t> few = lowTiles();
  int64_t own = fewRows ? fewRows : few.empty() ? 0 : few.back();
  return std::clamp<int64_t>(tiling.rowStep / 2, 1, own + 1);
}

void BlockLoop::switchHeight(Value height, int64_t lowest, int64_t highest,
                             function_ref<void(int64_t)> body) {
  if (lowest == highest)
    return body(lowest);
  SmallVector<int64_t> heights = llvm::to_vector(llvm::seq<int64_t>(lowest, highest + 1));
  emitter.indexSwitch(height, heights, body, [] {});
}

/// Tiles of a panel one after the other, then those of the next. Where rhs is copied, the first one
/// packs the panel.
void BlockLoop::emitSharedPanels(Block block, const OperandView &left) {
  block.keepsRows = true;
  Value zero = emitter.constantIndex(0);
  Value tiles = emitter.ceilDiv(block.rowCount, emitter.constantIndex(tiling.rowStep));
  auto [lowest, highest] = heightsOfTiles();
  auto emitPart = [&, lowest = lowest, highest = highest](const TileColumns &some, Value number,
                                                          const TileColumns *copy = nullptr) {
    RowPart part = evenPart(block.rowCount, number, tiles);
    switchHeight(part.count, lowest, highest, [&](int64_t height) {
      emitTile(block, left, some, part.low, height, {number, tiles}, copy);
    });
  };
  columns.forPanels(block, zero, [&](const TileColumns &some) {
    if (!tiling.copiesRhs || some.isTail)
      return emitter.forLoop(zero, tiles, 1, [&](Value number) { emitPart(some, number); });
    TileColumns copy = columns.copyOf(some);
    emitPart(some, zero, &copy);
    emitter.forLoop(emitter.constantIndex(1), tiles, 1,
                    [&](Value number) { emitPart(copy, number); });
  });
  sums.endRows(block, zero, block.rowCount);
}

/// The least and the greatest height of tiles that blocks are cut into evenly.
std::pair<int64_t, int64_t> BlockLoop::heightsOfTiles() const {
  if (problem.rows < 0)
    return {lowestTile(), tiling.rowStep};
  int64_t lowest = tiling.rowStep, highest = 1;
  for (int64_t rows : {std::min(problem.rows, tiling.rowBlock), problem.rows % tiling.rowBlock}) {
    if (!rows)
      continue;
    int64_t tiles = llvm::divideCeil(rows, tiling.rowStep);
    lowest = std::min(lowest, rows / tiles);
    highest = std::max<int64_t>(highest, llvm::divideCeil(rows, tiles));
  }
  return {lowest, highest};
}

/// Full tiles, but the last few of nearly equal heights, so that none is low: a low tile leaves the
/// multipliers waiting.
void BlockLoop::emitBalancedRows(const Block &block, RowBody emitTiles, RowBody emitAt) {
  int64_t step = tiling.rowStep;
  Value zero = emitter.constantIndex(0), few = emitter.constantIndex(kBalancedTiles);
  Value tiles = emitter.ceilDiv(block.rowCount, emitter.constantIndex(step));
  Value full = emitter.mul(emitter.sub(emitter.max(tiles, few), few), step);
  emitter.forLoop(zero, full, step, [&](Value row) { emitAt(row, step); });
  Value balanced = emitter.min(tiles, few), rest = emitter.sub(block.rowCount, full);
  int64_t lowest = lowestTile();
  emitter.forLoop(zero, balanced, 1, [&](Value number) {
    RowPart part = evenPart(rest, number, balanced);
    Value row = emitter.add(full, part.low);
    switchHeight(part.count, lowest, step, [&](int64_t height) { emitTiles(row, height); });
    sums.endRows(block, row, part.count);
  });
}

/// Tiles of fewer and fewer rows: little code, for products that are over soon.
void BlockLoop::emitRowChain(const Block &block, RowBody emitAt) {
  Value row = emitter.constantIndex(0);
  for (int64_t step : {tiling.rowStep, int64_t(4), int64_t(1)}) {
    if (step > tiling.rowStep || (step == tiling.rowStep && step == 4))
      continue;
    Value rest = emitter.sub(block.rowCount, row);
    Value high = emitter.add(row, emitter.roundDown(rest, step));
    emitter.forLoop(row, high, step, [&](Value at) { emitAt(at, step); });
    row = high;
  }
}

/// Where the number of rows is known, only the last block has tiles that are not full.
void BlockLoop::emitKnownRows(const Block &block, RowBody emitAt) {
  int64_t step = tiling.rowStep, last = problem.rows % tiling.rowsOfUnit(), rest = last % step;
  rest += rest && last > step ? step : 0;
  // The rows after those of the block, if any, or 1: then it is not the last.
  Value after =
            emitter.sub(emitter.value(plan.rowCount), emitter.add(block.rowLow, block.rowCount)),
        one = emitter.constantIndex(1), isLast = emitter.sub(one, emitter.min(after, one));
  Value full = emitter.sub(block.rowCount, emitter.mul(isLast, rest));
  emitter.forLoop(emitter.constantIndex(0), full, step, [&](Value row) { emitAt(row, step); });
  if (!rest)
    return;
  int64_t height = rest > step ? llvm::divideCeil(rest, 2) : rest;
  auto tail = [&] {
    emitAt(full, height);
    if (rest > height)
      emitAt(emitter.add(full, height), rest - height);
  };
  if (getConstantIntValue(block.rowCount))
    return tail();
  emitter.ifThen(emitter.compare(arith::CmpIPredicate::eq, isLast, emitter.constantIndex(1)), tail);
}

} // namespace mlc::tile
