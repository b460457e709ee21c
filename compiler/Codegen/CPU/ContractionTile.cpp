// Contractions: register tiles, and the ops around the contraction on their sums.
#include "compiler/Codegen/CPU/ContractionSegment.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

//===-- Columns -----------------------------------------------------------------------------===//

OperandView ContractionSegment::packedView(Value panelLow) {
  return {rhsScratch, emitter.mul(rhsPanelStart(panelLow), dot.products()),
          emitter.constantIndex(dot.products()),
          emitter.constantIndex(tiling.columnStep * dot.products())};
}

OperandView ContractionSegment::rhsView(const Block &block, Value panelLow) {
  if (rhs.panels)
    return panelView(block, panelLow);
  if (block.packsRhs && !block.packs)
    return packedView(panelLow);
  OperandView inPlace = plainView(rhs, block, emitter.add(block.columnLow, panelLow));
  if (!block.packsRhs)
    return inPlace;
  OperandView packed = packedView(panelLow);
  auto choose = [&](Value ifPacked, Value otherwise) -> Value {
    return arith::SelectOp::create(emitter.builder, emitter.location, block.packs, ifPacked,
                                   otherwise);
  };
  Value scratch = memref::CastOp::create(emitter.builder, emitter.location,
                                         inPlace.buffer.getType(), packed.buffer);
  return {choose(scratch, inPlace.buffer), choose(packed.offset, inPlace.offset), packed.freeStride,
          choose(packed.depthStride, inPlace.depthStride)};
}

/// The columns of `panels` panels from `low`, or, if `narrow` is not 0, of the first `narrow`
/// columns of one panel. Where the number of columns is known, the callers keep the panels that
/// are not whole apart.
ContractionSegment::TileColumns ContractionSegment::columnsAt(const Block &block, Value low,
                                                              int64_t panels, int64_t narrow) {
  TileColumns tile;
  int64_t lanes = tiling.lanes, perPanel = vectors;
  if (narrow && narrow <= lanes / 2 && !dot)
    lanes = llvm::PowerOf2Ceil(narrow);
  if (narrow)
    perPanel = llvm::divideCeil(narrow, lanes);
  tile.lanes = lanes;
  tile.low = low;
  bool areWhole = !narrow && numberOf(columns) >= 0;
  Value rest = emitter.sub(block.columnCount, low);
  tile.count = narrow     ? emitter.constantIndex(narrow)
               : areWhole ? emitter.constantIndex(panels * tiling.columnStep)
                          : emitter.min(rest, emitter.constantIndex(panels * tiling.columnStep));
  bool isPacked = rhs.panels || (block.packsRhs && !block.packs);
  for (int64_t panel = 0; panel < panels; ++panel) {
    Value panelLow = emitter.add(low, panel * tiling.columnStep);
    OperandView view = rhsView(block, panelLow);
    tile.buffer = view.buffer;
    tile.depthStride = view.depthStride;
    tile.element = block.packsRhs ? type : getElementTypeOrSelf(rhs.tensor.getType());
    for (int64_t vector = 0; vector < perPanel; ++vector) {
      tile.starts.push_back(emitter.add(view.offset, vector * lanes * dot.products()));
      int64_t before = panel * tiling.columnStep + vector * lanes;
      tile.masks.push_back(
          isPacked || areWhole
              ? Value()
              : emitter.maskBelow(emitter.sub(tile.count, emitter.constantIndex(before)), lanes));
    }
  }
  return tile;
}

/// Calls `body` for every panel from the column `low` on. Where the number of columns is known, the
/// last one has no more vectors than it needs.
void ContractionSegment::emitPanels(const Block &block, Value low,
                                    function_ref<void(const TileColumns &)> body) {
  int64_t step = tiling.columnStep, known = numberOf(columns);
  int64_t narrow = known >= 0 ? known % step : 0;
  Value high = block.columnCount;
  if (narrow)
    high = emitter.roundDown(block.columnCount, step);
  emitter.forLoop(low, high, step,
                  [&](Value at) { body(columnsAt(block, at, /*panels=*/1, /*narrow=*/0)); });
  if (!narrow)
    return;
  auto last = [&] {
    int64_t before = block.tail ? narrow - tailColumns : narrow;
    if (before)
      body(columnsAt(block, high, /*panels=*/1, before));
    if (block.tail)
      body(tailAt(emitter.add(high, before)));
  };
  if (getConstantIntValue(block.columnCount))
    return last();
  emitter.ifThen(emitter.compare(arith::CmpIPredicate::slt, high, block.columnCount), last);
}

//===-- Rows --------------------------------------------------------------------------------===//

/// Panels of a tile of few rows: as many as fill the registers, but rather a number that divides
/// those of a block.
int64_t ContractionSegment::panelsOf(int64_t height) {
  int64_t most = tiling.columnUnit / tiling.columnStep;
  int64_t panels = std::min(tiling.panelsOf(height), most);
  for (int64_t fewer = panels; fewer > panels / 2; --fewer)
    if (most % fewer == 0)
      return fewer;
  return panels;
}

/// The heights of tiles that take several panels. Packing a panel for so few rows would not pay.
SmallVector<int64_t> ContractionSegment::fewRows() {
  bool hasRows = rhs.panels || (!isReadInOrder() && isReadInPlace(rhs) &&
                                rhs.freeStride == emitter.shapes.constant(1));
  SmallVector<int64_t> few;
  for (int64_t height = 1; height <= tiling.rowStep; ++height)
    if (hasRows && tiling.balancesRows && panelsOf(height) > 1)
      few.push_back(height);
  return few;
}

/// A tile of few rows has too few sums to hide the latency of a multiply-add: it takes several
/// panels. Returns false where that is never needed.
bool ContractionSegment::emitFewRows(const Block &block, const OperandView &left,
                                     function_ref<void()> otherwise) {
  SmallVector<int64_t> few = fewRows();
  int64_t known = numberOf(rows);
  if (few.empty() || (known >= 0 && known > few.back()))
    return false;
  Block inPlace = block;
  inPlace.packsRhs = false;
  auto tiles = [&](int64_t height) {
    auto body = [&](const TileColumns &tile) {
      emitTile(inPlace, left, tile, emitter.constantIndex(0), height);
    };
    int64_t panels = panelsOf(height), step = panels * tiling.columnStep;
    Value whole = emitter.roundDown(block.columnCount, step);
    emitter.forLoop(emitter.constantIndex(0), whole, step,
                    [&](Value low) { body(columnsAt(inPlace, low, panels, 0)); });
    int64_t knownColumns = numberOf(columns);
    bool isEven = knownColumns >= 0 && knownColumns % step == 0 && tiling.columnUnit % step == 0;
    if (!isEven)
      emitPanels(inPlace, whole, body);
    emitRowEpilogue(block, emitter.constantIndex(0), emitter.constantIndex(height));
  };
  if (known >= 0)
    return tiles(known), true;
  emitter.indexSwitch(block.rowCount, few, tiles, otherwise);
  return true;
}

/// Full tiles, but the last one or two of nearly equal heights, so that none is low: a low tile
/// leaves the multipliers waiting.
void ContractionSegment::emitRows(const Block &block, const OperandView &left) {
  int64_t step = tiling.rowStep;
  Value zero = emitter.constantIndex(0);
  auto emitTiles = [&](Value row, int64_t height) {
    emitPanels(block, zero,
               [&](const TileColumns &tile) { emitTile(block, left, tile, row, height); });
  };
  auto emitAt = [&](Value row, int64_t height) {
    emitTiles(row, height);
    emitRowEpilogue(block, row, emitter.constantIndex(height));
  };
  if (int64_t known = numberOf(rows); known >= 0)
    return emitKnownRows(block, known, emitAt);
  if (!tiling.balancesRows)
    return emitRowChain(block, emitAt);
  Value one = emitter.constantIndex(1), two = emitter.constantIndex(2);
  Value tiles = emitter.ceilDiv(block.rowCount, emitter.constantIndex(step));
  Value full = emitter.mul(emitter.sub(emitter.max(tiles, two), two), step);
  emitter.forLoop(zero, full, step, [&](Value row) { emitAt(row, step); });
  Value balanced = emitter.min(tiles, two);
  Value height = emitter.ceilDiv(emitter.sub(block.rowCount, full), emitter.max(balanced, one));
  // Few rows have tiles of their own; of two tiles none is lower than half a full one.
  SmallVector<int64_t> few = fewRows();
  int64_t own = vectorSums ? mostVectorRows(problem.rhsIsContiguous) : few.empty() ? 0 : few.back();
  int64_t lowest = std::clamp<int64_t>(step / 2, 1, own + 1);
  SmallVector<int64_t> heights = llvm::to_vector(llvm::seq<int64_t>(lowest, step + 1));
  emitter.forLoop(zero, balanced, 1, [&](Value number) {
    Value row = emitter.add(full, emitter.mul(number, height));
    Value count = emitter.min(height, emitter.sub(block.rowCount, row));
    emitter.indexSwitch(
        count, heights, [&](int64_t rowsOfTile) { emitTiles(row, rowsOfTile); }, [] {});
    emitRowEpilogue(block, row, count);
  });
}

/// Tiles of fewer and fewer rows: little code, for products that are over soon.
void ContractionSegment::emitRowChain(const Block &block,
                                      function_ref<void(Value, int64_t)> emitAt) {
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

/// The same where the number of rows is known: only the last block has tiles that are not full.
void ContractionSegment::emitKnownRows(const Block &block, int64_t known,
                                       function_ref<void(Value, int64_t)> emitAt) {
  int64_t step = tiling.rowStep, last = known % tiling.rowBlock, rest = last % step;
  rest += rest && last > step ? step : 0;
  Value missing = emitter.sub(emitter.constantIndex(tiling.rowBlock), block.rowCount);
  Value isLast = emitter.min(missing, emitter.constantIndex(1)); // or 0
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

//===-- Register tiles ----------------------------------------------------------------------===//

/// Where the sums of a tile are kept: among the block's accumulators, or in those of its rows.
ContractionSegment::Sums ContractionSegment::sumsOf(const Block &block, Value row) {
  Value base = block.accumulates ? emitter.mul(row, accumulatorStride) : emitter.constantIndex(0);
  return {accumulators, base, accumulatorStride};
}

/// Where row `row` of the block starts. A tile of full height is a panel of its own.
Value ContractionSegment::rowStart(const OperandView &left, Value row, int64_t number,
                                   int64_t rowsOfTile) {
  if (!left.panelRows)
    return emitter.add(left.offset, emitter.mul(emitter.add(row, number), left.freeStride));
  Value at = rowsOfTile == left.panelRows ? row : emitter.add(row, number);
  Value rows = emitter.constantIndex(left.panelRows);
  Value start =
      emitter.add(emitter.mul(emitter.floorDiv(at, rows), left.freeStride), emitter.rem(at, rows));
  return at == row ? emitter.add(start, number) : start;
}

/// Where neighbours along the depth are rows of memory, the machine's own prefetch finds no line of
/// the next tile. It waits in L2: in L1 it would compete with the lines of this tile.
void ContractionSegment::prefetchNextTile(const OperandView &left, Value address) {
  if (!lhs.plain || tiling.packLhs || problem.lhsIsContiguous || dot)
    return;
  memref::PrefetchOp::create(emitter.builder, emitter.location, left.buffer,
                             emitter.add(address, elementsOfLine()), /*isWrite=*/false,
                             /*localityHint=*/2, /*isDataCache=*/true);
}

/// The piece of rhs that comes after this block, of the next depths or else of the next columns, is
/// fetched into L2 by the last tiles of the block, a line of each row by each: packing it would
/// wait for L3 or memory. The other tiles fetch what they have.
ContractionSegment::Ahead ContractionSegment::nextPiece(const Block &block, const TileColumns &tile,
                                                        Value row) {
  int64_t rhsElements = numberOf(columns) * numberOf(depth), line = elementsOfLine();
  bool isLarge = numberOf(columns) > 0 && numberOf(depth) > 0 &&
                 rhsElements * problem.bits / 8 > context.options.l2Bytes;
  if (!isLarge || !rhs.plain || rhs.freeStride != emitter.shapes.constant(1) || dot)
    return {};
  auto isBelow = [&](Value a, Value b) { return emitter.compare(arith::CmpIPredicate::slt, a, b); };
  auto choose = [&](Value condition, Value a, Value b) -> Value {
    return arith::SelectOp::create(emitter.builder, emitter.location, condition, a, b);
  };
  Value step = emitter.constantIndex(tiling.rowStep), zero = emitter.constantIndex(0),
        width = emitter.constantIndex(tiling.columnStep);
  Value rowsLeft = emitter.floorDiv(
      emitter.sub(emitter.sub(block.rowCount, row), emitter.constantIndex(1)), step);
  Value number = emitter.add(emitter.mul(rowsLeft, emitter.ceilDiv(block.columnCount, width)),
                             emitter.floorDiv(tile.low, width));
  Value depthHigh = emitter.add(block.depthLow, block.depthCount),
        columnHigh = emitter.add(block.columnLow, block.columnCount);
  Value goesDeeper = isBelow(depthHigh, emitter.value(depth));
  Value low = choose(goesDeeper, block.columnLow, columnHigh);
  Value at = emitter.add(low, emitter.mul(number, line));
  Value exists = emitter.bothMasks(
      isBelow(emitter.mul(number, line), emitter.constantIndex(tiling.columnBlock)),
      isBelow(at, emitter.value(columns)));
  Block next = block;
  next.depthLow = choose(goesDeeper, depthHigh, zero);
  OperandView view = plainView(rhs, next, at);
  return {view.buffer, choose(exists, view.offset, plainView(rhs, block, block.columnLow).offset),
          choose(exists, view.depthStride, zero)};
}

SmallVector<Value> ContractionSegment::emitProducts(const Block &block, const OperandView &left,
                                                    const TileColumns &tile, Value row,
                                                    int64_t rowsOfTile) {
  int64_t unit = tile.lanes == 1 ? 0 : 1, count = tile.starts.size();
  SmallVector<Value> sums, rowStarts, first = firstSumsOf(tile);
  for (int64_t i = 0; i < rowsOfTile; ++i) {
    rowStarts.push_back(rowStart(left, row, i, rowsOfTile));
    llvm::append_range(sums, first);
  }
  Ahead ahead = nextPiece(block, tile, row);
  // Offsets grow from step to step: products of the depth would be computed anew in each.
  bool isContiguous = getConstantIntValue(left.depthStride) == 1;
  SmallVector<Value> strides = {tile.depthStride};
  if (ahead.buffer)
    strides.push_back(ahead.stride);
  if (!isContiguous)
    strides.push_back(left.depthStride);
  auto step = [&](Value at, ValueRange carried) {
    SmallVector<Value> b, next;
    ValueRange offsets = carried.take_back(strides.size());
    Value across = offsets[0], along = isContiguous ? at : offsets.back();
    for (auto [start, mask] : llvm::zip(tile.starts, tile.masks))
      emitter.withLanes(tile.lanes, mask, [&] {
        Value address = emitter.add(start, across);
        b.push_back(dot ? dot.rhsWords(emitter, tile.buffer, address)
                        : emitter.load(tile.buffer, {address, unit, {}}, tile.element));
      });
    prefetchNextTile(left, emitter.add(rowStarts[0], along));
    if (ahead.buffer)
      memref::PrefetchOp::create(emitter.builder, emitter.location, ahead.buffer,
                                 emitter.add(ahead.start, offsets[1]), /*isWrite=*/false,
                                 /*localityHint=*/2, /*isDataCache=*/true);
    for (int64_t i = 0; i < rowsOfTile; ++i) {
      Value a = memref::LoadOp::create(emitter.builder, emitter.location, left.buffer,
                                       emitter.add(rowStarts[i], along));
      emitter.withLanes(tile.lanes, {}, [&] {
        a = dot ? dot.lhsWords(emitter, a) : emitter.splat(a);
        for (int64_t vector = 0; vector < count; ++vector) {
          Value sum = carried[i * count + vector];
          next.push_back(dot ? dot.add(emitter, a, b[vector], sum)
                             : emitter.multiplyAdd(a, b[vector], sum));
        }
      });
    }
    for (auto [offset, stride] : llvm::zip(offsets, strides))
      next.push_back(emitter.add(offset, stride));
    return next;
  };
  auto known = getConstantIntValue(block.depthCount);
  sums.append(strides.size(), emitter.constantIndex(0));
  if (!known || *known > kShortDepth)
    sums = emitter.forLoop(emitter.constantIndex(0), block.depthCount, 1, sums, step);
  else
    for (int64_t at = 0; at < *known; ++at)
      sums = step(emitter.constantIndex(at), sums);
  sums.truncate(sums.size() - strides.size());
  return sums;
}

/// The products of a tile, stored in the results or among the sums, or added to what is there from
/// the depth blocks before.
void ContractionSegment::emitTile(const Block &block, const OperandView &left,
                                  const TileColumns &tile, Value row, int64_t rowsOfTile) {
  if (storesSumsOnly)
    prefetchResults(block, tile, row, rowsOfTile);
  SmallVector<Value> sums = tile.isTail ? emitTailProducts(block, left, row, rowsOfTile)
                                        : emitProducts(block, left, tile, row, rowsOfTile);
  auto store = [&](bool adds) {
    storesSumsOnly ? storeTile(block, tile, row, sums, adds)
                   : keepTile(block, tile, row, sums, accumulators, adds);
  };
  if (!block.accumulates)
    return store(false);
  auto add = [&] {
    if (!groupSums)
      return store(true);
    emitter.indexSwitch(
        emitter.floorDiv(block.depthLow, emitter.constantIndex(groupDepth())), {0},
        [&](int64_t) { store(true); },
        [&] { keepTile(block, tile, row, sums, groupSums, /*adds=*/true); });
  };
  emitter.indexSwitch(block.depthLow, {0}, [&](int64_t) { store(false); }, add);
}

void ContractionSegment::keepTile(const Block &block, const TileColumns &tile, Value row,
                                  ArrayRef<Value> sums, Value buffer, bool adds) {
  int64_t unit = tile.lanes == 1 ? 0 : 1, count = tile.starts.size();
  Value base = emitter.add(sumsOf(block, row).base, tile.low);
  for (int64_t index = 0; index < int64_t(sums.size()); ++index)
    emitter.withLanes(tile.lanes, {}, [&] {
      int64_t offset = index / count * accumulatorStride + index % count * tile.lanes;
      LaneIndex at = {emitter.add(base, offset), unit, {}};
      Value sum = sums[index];
      if (adds)
        sum = emitter.combine(nn::Reduction::sum, emitter.load(buffer, at, type), sum);
      emitter.store(buffer, at, sum, type);
    });
}

void ContractionSegment::storeTile(const Block &block, const TileColumns &tile, Value row,
                                   ArrayRef<Value> sums, bool adds) {
  int64_t unit = tile.lanes == 1 ? 0 : 1, count = tile.starts.size();
  for (int64_t index = 0; index < int64_t(sums.size()); ++index) {
    Value before = emitter.constantIndex(index % count * tile.lanes);
    Value mask = emitter.maskBelow(emitter.sub(tile.count, before), tile.lanes);
    emitter.withLanes(tile.lanes, mask, [&] {
      Value at = emitter.add(row, index / count), sum = sums[index];
      LaneIndex column = {emitter.add(tile.low, before), unit, {}};
      if (adds) {
        LaneIndex address = emitter.linearize(contraction, resultPosition(block, at, column));
        Value other = emitter.load(targets[0].buffer, address, type);
        sum = emitter.combine(nn::Reduction::sum, other, sum);
      }
      storeAt(block, at, column, sum);
    });
  }
}

//===-- Groups of depth blocks --------------------------------------------------------------===//

/// The first group is added up in the place of its total; the sums of later ones start from zero,
/// or else the error would grow like the depth.
int64_t ContractionSegment::groupDepth() const { return PullEmitter::kChain * tiling.depthBlock; }

/// After a depth block: adds a later group that is complete to the total.
void ContractionSegment::endGroup(const Block &block) {
  auto compare = [&](arith::CmpIPredicate predicate, Value a, Value b) {
    return emitter.compare(predicate, a, b);
  };
  Value length = emitter.constantIndex(groupDepth()), whole = emitter.value(depth);
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
void ContractionSegment::forGroupSums(const Block &block,
                                      function_ref<void(Value, LaneIndex, LaneIndex)> body) {
  Value zero = emitter.constantIndex(0);
  auto plan = emitter.planLanes(zero, block.columnCount, problem.bits, /*unroll=*/1);
  emitter.forLoop(zero, block.rowCount, 1, [&](Value row) {
    Value start = emitter.mul(row, accumulatorStride);
    emitter.forLanes(plan, [&](LaneIndex column) {
      body(row, column, emitter.add(emitter.uniform(start), column));
    });
  });
}

void ContractionSegment::clearGroup(const Block &block) {
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  forGroupSums(block,
               [&](Value, LaneIndex, LaneIndex at) { emitter.store(groupSums, at, zero, type); });
}

void ContractionSegment::addGroup(const Block &block) {
  forGroupSums(block, [&](Value row, LaneIndex column, LaneIndex at) {
    Value sum = emitter.load(groupSums, at, type);
    if (!storesSumsOnly) {
      sum = emitter.combine(nn::Reduction::sum, emitter.load(accumulators, at, type), sum);
      return emitter.store(accumulators, at, sum, type);
    }
    LaneIndex address = emitter.linearize(contraction, resultPosition(block, row, column));
    Value total = emitter.load(targets[0].buffer, address, type);
    storeAt(block, row, column, emitter.combine(nn::Reduction::sum, total, sum));
  });
}

//===-- Epilogue ----------------------------------------------------------------------------===//

void ContractionSegment::emitRowEpilogue(const Block &block, Value row, Value rowCount) {
  if (!storesSumsOnly && !isDepthCut)
    emitEpilogue(block, row, rowCount, emitter.constantIndex(0), block.columnCount,
                 sumsOf(block, row));
}

/// The ops around the contraction, evaluated on the sums and stored.
void ContractionSegment::emitEpilogue(const Block &block, Value row, Value rowCount, Value column,
                                      Value columnCount, const Sums &sums) {
  SmallVector<Value> values;
  for (const StoreTarget &target : targets)
    values.push_back(target.tensor);
  emitter.forLoop(emitter.constantIndex(0), rowCount, 1, [&](Value i) {
    auto plan = emitter.planLanes(emitter.constantIndex(0), columnCount,
                                  PullEmitter::laneBits(values), emitter.preferredUnroll(values));
    emitter.forLanes(plan, [&](LaneIndex at) {
      Value start = emitter.add(sums.base, emitter.mul(i, sums.stride));
      Value sum = emitter.load(sums.buffer, emitter.add(emitter.uniform(start), at), type);
      storeAt(block, emitter.add(row, i), emitter.add(emitter.uniform(column), at), sum);
    });
  });
}

/// Where a row and columns of the block are in the shape of the contraction.
Position ContractionSegment::resultPosition(const Block &block, Value row, LaneIndex column) {
  SmallVector<LaneIndex, 4> coords(block.batch);
  auto place = [&](const Side &side, LaneIndex linear) {
    SmallVector<AffineExpr> sizes;
    for (int64_t dim : side.free)
      sizes.push_back(emitter.shapes.size(side.tensor, dim));
    llvm::append_range(coords, emitter.delinearize(sizes, linear));
  };
  place(lhs, emitter.uniform(emitter.add(block.rowLow, row)));
  place(rhs, emitter.add(emitter.uniform(block.columnLow), column));
  return Position::at(coords);
}

/// The rows of a tile of the result are far apart: their lines arrive during the products.
void ContractionSegment::prefetchResults(const Block &block, const TileColumns &tile, Value row,
                                         int64_t rowsOfTile) {
  int64_t columnsOfTile = tile.starts.size() * tile.lanes;
  for (int64_t i = 0; i < rowsOfTile; ++i)
    for (int64_t low = 0; low < columnsOfTile; low += elementsOfLine()) {
      LaneIndex column = emitter.uniform(emitter.add(tile.low, low));
      Position position = resultPosition(block, emitter.add(row, i), column);
      Value address = emitter.linearize(contraction, position).base;
      memref::PrefetchOp::create(emitter.builder, emitter.location, targets[0].buffer, address,
                                 /*isWrite=*/true, /*localityHint=*/3, /*isDataCache=*/true);
    }
}

/// Stores the targets at a row and columns of the block, where the contraction is `sum`.
void ContractionSegment::storeAt(const Block &block, Value row, LaneIndex column, Value sum) {
  Position position = resultPosition(block, row, column);
  emitter.define(contraction, position,
                 emitter.rounded(sum, getElementTypeOrSelf(contraction.getType())));
  context.storeAt(targets, position);
}

} // namespace mlc
