#include "compiler/Codegen/CPU/RegisterTile/Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

/// Binary digits of the rows that are fetched in a step.
static constexpr int64_t kPaceBits = 16;

/// Cache lines from what a tile reads of a packed panel to what it fetches into L1 meanwhile.
static constexpr int64_t kLinesAhead = 32;

/// Multiply-adds beside which what a turn of a loop costs is little, and the most steps of one.
static constexpr int64_t kSumsOfTurn = 48, kMostStepsOfTurn = 4;

//===-- Where numbers lie -------------------------------------------------------------------===//

/// Of a row that is counted over several dimensions.
Value Tile::nestedRowStart(const OperandView &left, Value row) {
  LaneIndex linear = emitter.uniform(emitter.add(left.freeLow, row));
  Value start = left.offset;
  for (auto [coord, stride] :
       llvm::zip_equal(emitter.delinearize(plan.rows, linear), left.freeStrides))
    start = emitter.add(start, emitter.mul(coord.base, stride));
  return start;
}

Value Tile::rowStart(const OperandView &left, Value row, int64_t number, int64_t rowsOfTile) {
  if (plan.hasTilesInRows && !left.freeStrides.empty())
    return emitter.add(nestedRowStart(left, row), emitter.mul(left.freeStride, number));
  if (!left.freeStrides.empty())
    return nestedRowStart(left, emitter.add(row, number));
  if (!left.panelRows)
    return emitter.add(left.offset, emitter.mul(emitter.add(row, number), left.freeStride));
  Value at = rowsOfTile == left.panelRows ? row : emitter.add(row, number);
  Value rows = emitter.constantIndex(left.panelRows);
  Value panel = emitter.mul(emitter.floorDiv(at, rows), left.freeStride);
  Value start = emitter.add(left.offset, emitter.add(panel, emitter.rem(at, rows)));
  return at == row ? emitter.add(start, number) : start;
}

/// Where neighbours along the depth are rows of memory, the machine's own prefetch finds no line of
/// the next tile. It waits in L2: in L1 it would compete with the lines of this tile.
void Tile::prefetchNextTile(const OperandView &left, Value address) {
  if (!plan.lhs.buffer || tiling.packLhs || problem.lhsIsContiguous || dot)
    return;
  prefetch(left.buffer, emitter.add(address, plan.elementsOfLine()), /*isWrite=*/false,
           /*locality=*/2);
}

bool Tile::isRhsFar() const {
  int64_t near = plan.rhs.panels ? plan.l1Bytes : plan.l2Bytes;
  return problem.columns > 0 && problem.depth > 0 &&
         problem.columns * problem.depth * problem.bits / 8 > near;
}

/// The piece of rhs that comes after this block, of the next depths or else of the next columns, is
/// fetched into L2 by the tiles of the block, each a line of some rows: packing it would wait for
/// L3 or memory.
Tile::Ahead Tile::nextPiece(const Block &block, const TileColumns &tile, Value row) {
  if (!isRhsFar() || !problem.rhsIsContiguous || plan.hasNestedDepth() || dot)
    return {};
  auto isBelow = [&](Value a, Value b) { return emitter.compare(arith::CmpIPredicate::slt, a, b); };
  Value step = emitter.constantIndex(tiling.rowStep), zero = emitter.constantIndex(0),
        width = emitter.constantIndex(tiling.columnStep);
  Value across = emitter.ceilDiv(block.columnCount, width),
        tiles = emitter.mul(emitter.ceilDiv(block.rowCount, step), across),
        number = emitter.add(emitter.mul(emitter.floorDiv(row, step), across),
                             emitter.floorDiv(tile.low, width));
  RowShare share = shareOfRows({number, tiles}, tiling.columnBlock, block.depthCount);
  Value depthHigh = emitter.add(block.depthLow, block.depthCount),
        columnHigh = emitter.add(block.columnLow, block.columnCount);
  Value goesDeeper = isBelow(depthHigh, emitter.value(plan.depthCount));
  Value low = select(goesDeeper, block.columnLow, columnHigh);
  Value at = emitter.add(low, share.column);
  Value exists = isBelow(at, emitter.value(plan.columnCount));
  Block next = block;
  next.depthLow = select(goesDeeper, depthHigh, zero);
  OperandView view = viewInMemory(plan.rhs, next, at);
  Value start = emitter.add(view.offset, emitter.mul(share.first, view.depthStride));
  return {view.buffer, select(exists, start, viewInMemory(plan.rhs, block, block.columnLow).offset),
          select(exists, view.depthStride, zero), share.pace};
}

/// Of tiles that together fetch `columns` of `depth` rows of rhs, what one of them does: a line of
/// some rows.
Tile::RowShare Tile::shareOfRows(const PanelShare &share, int64_t columns, Value depth) {
  int64_t line = plan.elementsOfLine();
  Value lines = emitter.constantIndex(llvm::divideCeil(columns, line)),
        one = emitter.constantIndex(1),
        groups = emitter.max(emitter.floorDiv(share.count, lines), one),
        rows = emitter.ceilDiv(depth, groups),
        first = emitter.mul(emitter.floorDiv(share.number, lines), rows),
        pace = emitter.ceilDiv(emitter.mul(rows, int64_t(1) << kPaceBits), emitter.max(depth, one));
  return {emitter.mul(emitter.rem(share.number, lines), line),
          emitter.min(first, emitter.sub(depth, rows)), pace};
}

std::pair<Block, Value> Tile::panelAfter(const Block &block, const TileColumns &tile) {
  auto isBelow = [&](Value a, Value b) { return emitter.compare(arith::CmpIPredicate::slt, a, b); };
  Value after = emitter.add(tile.low, tiling.columnStep);
  Block next = block;
  if (plan.isDepthCut) {
    Value zero = emitter.constantIndex(0), isInBlock = isBelow(after, block.columnCount);
    Value depthHigh = emitter.add(block.depthLow, block.depthCount);
    Value goesDeeper = isBelow(depthHigh, emitter.value(plan.depthCount));
    next.depthLow = select(isInBlock, block.depthLow, select(goesDeeper, depthHigh, zero));
    after = select(isInBlock, after, select(goesDeeper, zero, after));
  }
  Value exists = isBelow(emitter.add(block.columnLow, after), emitter.value(plan.columnCount));
  return {next, select(exists, after, tile.low)};
}

/// A share of the panel after this one is fetched into L2 evenly over the steps: panels come from
/// L3 or memory while those before are multiplied.
Tile::Ahead Tile::nextPanel(const Block &block, const TileColumns &tile, const PanelShare &share) {
  if (!isRhsFar())
    return {};
  auto [next, low] = panelAfter(block, tile);
  OperandView panel = givenPanel(next, low);
  Value stride = emitter.floorDiv(panel.depthStride, share.count);
  Value before = emitter.mul(emitter.mul(share.number, block.depthCount), stride);
  return {panel.buffer, emitter.add(panel.offset, before), stride};
}

/// The same where rhs is copied.
Tile::Ahead Tile::nextCopy(const Block &block, const TileColumns &tile, const PanelShare &share) {
  if (!isRhsFar())
    return {};
  auto [next, low] = panelAfter(block, tile);
  RowShare rows = shareOfRows(share, tiling.columnStep, block.depthCount);
  Value column = emitter.add(emitter.add(block.columnLow, low), rows.column);
  OperandView view = viewInMemory(plan.rhs, next, column);
  return {view.buffer, emitter.add(view.offset, emitter.mul(rows.first, view.depthStride)),
          view.depthStride, rows.pace};
}

//===-- Products ----------------------------------------------------------------------------===//

/// The vectors of rhs at an offset that stands for a depth of the matrix.
SmallVector<Value> Tile::loadColumns(const Operands &operands, Value across, Value depth) {
  const TileColumns &tile = operands.columns;
  int64_t unit = tile.lanes == 1 ? 0 : 1;
  SmallVector<Value> vectors;
  for (auto [start, mask] : llvm::zip(tile.starts, tile.masks))
    emitter.withLanes(tile.lanes, mask, [&] {
      Value address = emitter.add(start, across);
      if (dot)
        return vectors.push_back(dot.rhsWords(emitter, tile.buffer, address));
      Value loaded = emitter.load(tile.buffer, {address, unit, {}}, tile.element);
      if (plan.rhs.onLoad && !tile.isPacked) {
        Value column = emitter.add(operands.columnLow, int64_t(vectors.size()) * tile.lanes);
        loaded = plan.rhs.onLoad(loaded, {column, unit, {}}, depth);
      }
      vectors.push_back(loaded);
    });
  return vectors;
}

void Tile::copyColumns(const TileColumns &copy, Value at, ArrayRef<Value> vectors) {
  Value across = emitter.mul(at, copy.depthStride);
  emitter.withLanes(copy.lanes, {}, [&] {
    for (auto [start, vector] : llvm::zip_equal(copy.starts, vectors))
      emitter.store(copy.buffer, {emitter.add(start, across), copy.lanes == 1 ? 0 : 1, {}}, vector,
                    copy.element);
  });
}

/// Elements of a packed panel that takes more than half of L1; null of a shorter one.
Value Tile::elementsToFetch(const Block &block, const TileColumns &tile) {
  if (!tile.isPacked && !plan.rhs.panels)
    return {};
  int64_t depth = plan.isDepthCut ? tiling.depthBlock : problem.depth;
  if (depth >= 0 && depth * tiling.columnStep * problem.bits / 8 <= plan.l1Bytes / 2)
    return {};
  return emitter.mul(block.depthCount, tile.depthStride);
}

/// A panel comes from L2, and the machine's own prefetch follows too late. Behind its end are the
/// first lines for the next tile: what lies there in memory may not even be mapped.
void Tile::fetchColumns(const Operands &operands, Value across, int64_t steps) {
  const TileColumns &tile = operands.columns;
  int64_t ofLine = plan.elementsOfLine(tile.element), perVector = tile.lanes * dot.products();
  Value later = emitter.add(across, kLinesAhead * ofLine),
        isInside = emitter.compare(arith::CmpIPredicate::slt, later, operands.panelElements);
  Value at = select(isInside, later, emitter.sub(later, operands.panelElements));
  for (int64_t step = 0; step < steps; ++step)
    for (size_t vector = 0; vector < tile.starts.size();
         vector += std::max(ofLine / perVector, int64_t(1))) {
      Value row = emitter.add(at, emitter.mul(tile.depthStride, step));
      prefetch(tile.buffer, emitter.add(tile.starts[vector], row), /*isWrite=*/false,
               /*locality=*/3);
    }
}

/// One of the lines.
void Tile::fetchResult(const ResultLines &result, Value number) {
  Value lines = emitter.constantIndex(result.lines), row = emitter.floorDiv(number, lines),
        line = emitter.sub(number, emitter.mul(row, lines)),
        start = emitter.add(result.start, emitter.mul(row, result.stride));
  prefetch(result.buffer, emitter.add(start, emitter.mul(line, plan.elementsOfLine())),
           /*isWrite=*/true, /*locality=*/3);
}

void Tile::fetchAhead(const Ahead &ahead, Value at, Value offset) {
  if (ahead.pace) {
    Value bits = emitter.constantIndex(kPaceBits);
    Value row = arith::ShRUIOp::create(emitter.builder, emitter.location,
                                       emitter.mul(at, ahead.pace), bits);
    offset = emitter.mul(row, ahead.stride);
  }
  prefetch(ahead.buffer, emitter.add(ahead.start, offset), /*isWrite=*/false, /*locality=*/2);
}

/// The products at one depth, which is number `at` of a loop. Carried are the sums, then offsets.
SmallVector<Value> Tile::step(const Operands &operands, Value at, Value depth, ValueRange carried) {
  const TileColumns &tile = operands.columns;
  ArrayRef<Value> strides = operands.strides;
  ValueRange offsets = carried.take_back(strides.size());
  Value along = operands.isContiguous ? at : offsets.back();
  SmallVector<Value> b = loadColumns(operands, offsets[0], depth), next;
  bool hasWordsInPlace = dot && !tiling.packLhs && !plan.lhs.isInWords;
  prefetchNextTile(operands.left, emitter.add(operands.rowStarts[0], along));
  if (operands.ahead.buffer)
    fetchAhead(operands.ahead, at, offsets[1]);
  if (operands.copy)
    copyColumns(*operands.copy, at, b);
  for (Value start : operands.rowStarts) {
    Value address = emitter.add(start, along), a;
    if (!hasWordsInPlace)
      a = memref::LoadOp::create(emitter.builder, emitter.location, operands.left.buffer, address);
    emitter.withLanes(tile.lanes, {}, [&] {
      a = hasWordsInPlace ? dot.lhsWordsAt(emitter, operands.left.buffer, address)
          : dot           ? dot.lhsWords(emitter, a)
                          : emitter.splat(a);
      for (Value vector : b) {
        Value sum = carried[next.size()];
        next.push_back(dot ? dot.add(emitter, a, vector, sum)
                           : emitter.multiplyAdd(a, vector, sum));
      }
    });
  }
  for (auto [offset, stride] : llvm::zip(offsets, strides))
    next.push_back(emitter.add(offset, stride));
  return next;
}

/// The first steps, which fetch a line each: all at once would take the buffers in which the lines
/// of operands arrive. Returns the number of steps that were done.
Value Tile::whileResultArrives(const Operands &operands, const Run &run, SmallVector<Value> &sums) {
  const ResultLines &result = operands.result;
  int64_t count = result.rows * result.lines;
  auto known = getConstantIntValue(run.count);
  int64_t atOnce = known ? llvm::divideCeil(count, *known) : 1;
  Value high = emitter.min(emitter.constantIndex(llvm::divideCeil(count, atOnce)), run.count),
        last = emitter.constantIndex(count - 1);
  sums =
      emitter.forLoop(emitter.constantIndex(0), high, 1, sums, [&](Value at, ValueRange carried) {
        for (int64_t number = 0; number < atOnce; ++number)
          fetchResult(result, emitter.min(emitter.add(emitter.mul(at, atOnce), number), last));
        return turn(operands, run, at, 1, carried);
      });
  return high;
}

/// The tiles of most rows are worth more code, as long as all of it finds registers.
int64_t Tile::stepsOfTurn(const Operands &operands) const {
  int64_t rows = operands.rowStarts.size(), sums = rows * int64_t(operands.vectors());
  if (rows != tiling.rowStep || dot.needsTemporaries())
    return 1;
  return std::min(int64_t(llvm::divideCeil(kSumsOfTurn, sums)), kMostStepsOfTurn);
}

/// The products of some depths.
SmallVector<Value> Tile::turn(const Operands &operands, const Run &run, Value at, int64_t steps,
                              ValueRange carried) {
  if (operands.panelElements)
    fetchColumns(operands, carried.take_back(operands.strides.size())[0], steps);
  SmallVector<Value> now(carried);
  for (int64_t number = 0; number < steps; ++number) {
    Value here = emitter.add(at, number);
    now = step(operands, here, plan.rhs.onLoad ? emitter.add(run.low, here) : Value(), now);
  }
  return now;
}

/// Several depths a turn, then those that are left.
SmallVector<Value> Tile::inTurns(const Operands &operands, const Run &run, Value low,
                                 SmallVector<Value> sums) {
  auto loop = [&](Value from, Value to, int64_t steps) {
    sums = emitter.forLoop(from, to, steps, sums, [&](Value at, ValueRange carried) {
      return turn(operands, run, at, steps, carried);
    });
  };
  if (int64_t steps = stepsOfTurn(operands); steps > 1) {
    Value high = emitter.add(low, emitter.roundDown(emitter.sub(run.count, low), steps));
    loop(low, high, steps);
    low = high;
  }
  loop(low, run.count, 1);
  return sums;
}

SmallVector<Value> Tile::alongDepth(const Operands &operands, const Run &run,
                                    SmallVector<Value> sums) {
  size_t size = sums.size();
  llvm::append_range(sums, run.offsets);
  auto known = getConstantIntValue(run.count);
  Value low = emitter.constantIndex(0);
  if (known && *known <= kShortDepth) {
    sums = turn(operands, run, low, *known, sums);
  } else {
    if (operands.result.buffer)
      low = whileResultArrives(operands, run, sums);
    sums = inTurns(operands, run, low, sums);
  }
  sums.truncate(size);
  return sums;
}

/// The block's runs of the innermost dimension of the depth.
Tile::Runs Tile::runsOf(const Block &block) {
  Value one = emitter.constantIndex(1); // of no elements there are no inner ones
  Value inner = emitter.max(emitter.value(plan.depthSteps.back()), one);
  Value first = emitter.floorDiv(block.depthLow, inner);
  return {first, emitter.add(first, emitter.floorDiv(block.depthCount, inner)), inner};
}

/// Where run number `at` starts in an operand.
Value Tile::startOfRun(const Runs &runs, Value at, ArrayRef<Value> strides, Value stride) {
  if (strides.empty()) // packed: from the block's first depth on
    return emitter.mul(emitter.mul(emitter.sub(at, runs.first), runs.length), stride);
  Value start = emitter.constantIndex(0);
  auto coords = emitter.delinearize(ArrayRef(plan.depth).drop_back(), emitter.uniform(at));
  for (auto [coord, stride] : llvm::zip_equal(coords, strides.drop_back()))
    start = emitter.add(start, emitter.mul(coord.base, stride));
  return start;
}

SmallVector<Value> Tile::forRuns(const Block &block, const OperandView &left,
                                 ArrayRef<Value> rhsStrides, Value rhsStride, ValueRange initial,
                                 RunBody body) {
  Value zero = emitter.constantIndex(0);
  if (left.depthStrides.empty() && rhsStrides.empty())
    return body(zero, zero, block.depthCount, initial);
  Runs runs = runsOf(block);
  return emitter.forLoop(runs.first, runs.end, 1, initial, [&](Value at, ValueRange carried) {
    Value lhs = startOfRun(runs, at, left.depthStrides, left.depthStride);
    return body(lhs, startOfRun(runs, at, rhsStrides, rhsStride), runs.length, carried);
  });
}

/// The innermost dimension of the depth is a loop in that over the others.
SmallVector<Value> Tile::overNestedDepth(const Operands &operands, const Block &block,
                                         SmallVector<Value> sums) {
  Runs runs = runsOf(block);
  auto outer = ArrayRef(plan.depth).drop_back();
  return emitter.forLoop(runs.first, runs.end, 1, sums, [&](Value at, ValueRange carried) {
    auto coords = emitter.delinearize(outer, emitter.uniform(at));
    const OperandView &left = operands.left;
    const TileColumns &columns = operands.columns;
    SmallVector<Value> offsets = {startOfRun(runs, at, columns.depthStrides, columns.depthStride)};
    if (operands.ahead.buffer)
      offsets.push_back(startOfRun(runs, at, {}, operands.ahead.stride));
    offsets.push_back(startOfRun(runs, at, left.depthStrides, left.depthStride));
    Run run = {emitter.mul(at, runs.length), runs.length, offsets};
    if (operands.rowCoords.empty())
      return alongDepth(operands, run, SmallVector<Value>(carried));
    return withinEdge(operands, insideEdges(operands, run, coords), coords,
                      SmallVector<Value>(carried));
  });
}

SmallVector<Value> Tile::products(const Block &block, const OperandView &left,
                                  const TileColumns &tile, Value row, int64_t rowsOfTile,
                                  ArrayRef<Value> first, const OnTheWay &onTheWay) {
  SmallVector<Value> sums, rowStarts;
  for (int64_t i = 0; i < rowsOfTile; ++i) {
    rowStarts.push_back(rowStart(left, row, i, rowsOfTile));
    llvm::append_range(sums, first);
  }
  bool isNested = !left.depthStrides.empty() || !tile.depthStrides.empty();
  bool isContiguous = !isNested && getConstantIntValue(left.depthStride) == 1;
  const PanelShare &share = onTheWay.share;
  Ahead ahead = !share.count      ? nextPiece(block, tile, row)
                : plan.rhs.panels ? nextPanel(block, tile, share)
                                  : nextCopy(block, tile, share);
  SmallVector<Value> strides = {tile.depthStride};
  if (ahead.buffer)
    strides.push_back(ahead.stride);
  if (!isContiguous)
    strides.push_back(left.depthStride);
  Value columnLow = plan.rhs.onLoad ? emitter.add(block.columnLow, tile.low) : Value();
  Operands operands = {left,
                       tile,
                       rowStarts,
                       columnLow,
                       ahead,
                       isContiguous,
                       strides,
                       {},
                       onTheWay.copy,
                       onTheWay.result,
                       elementsToFetch(block, tile)};
  if (!plan.edges.empty() && rowsOfTile == tiling.rowStep)
    for (const LaneIndex &coord :
         emitter.delinearize(plan.rows, emitter.uniform(emitter.add(left.freeLow, row))))
      operands.rowCoords.push_back(coord.base);
  if (isNested || (problem.depth >= 0 && problem.depth <= kShortDepth)) {
    for (int64_t number = 0; number < onTheWay.result.rows * onTheWay.result.lines; ++number)
      fetchResult(onTheWay.result, emitter.constantIndex(number));
    operands.result = {};
  }
  if (isNested)
    return overNestedDepth(operands, block, sums);
  SmallVector<Value> offsets(strides.size(), emitter.constantIndex(0));
  return alongDepth(operands, {block.depthLow, block.depthCount, offsets}, sums);
}

} // namespace mlc::tile
