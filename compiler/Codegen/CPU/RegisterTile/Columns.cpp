#include "compiler/Codegen/CPU/RegisterTile/Columns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

/// Words whose rhs are added up side by side: enough to hide the latency of the instruction.
constexpr int64_t kWordsAtOnce = 4;

//===-- Views -------------------------------------------------------------------------------===//

OperandView Columns::viewAt(const Block &block, Value low) {
  if (plan.rhs.panels)
    return givenPanel(block, low);
  if (isPacked(block))
    return packing.panel(low);
  OperandView inPlace = viewInMemory(plan.rhs, block, emitter.add(block.columnLow, low));
  if (!block.packsRhs)
    return inPlace;
  OperandView packed = packing.panel(low);
  auto choose = [&](Value ifPacked, Value otherwise) {
    return select(block.packs, ifPacked, otherwise);
  };
  Value scratch = memref::CastOp::create(emitter.builder, emitter.location,
                                         inPlace.buffer.getType(), packed.buffer);
  return {choose(scratch, inPlace.buffer), choose(packed.offset, inPlace.offset), packed.freeStride,
          choose(packed.depthStride, inPlace.depthStride)};
}

TileColumns Columns::copyOf(const TileColumns &tile) {
  TileColumns copy = tile;
  OperandView panel = packing.panel(emitter.constantIndex(0));
  copy.buffer = panel.buffer;
  copy.depthStride = panel.depthStride;
  copy.element = type;
  copy.isPacked = true;
  for (auto [vector, start] : llvm::enumerate(copy.starts)) {
    start = emitter.add(panel.offset, int64_t(vector) * tile.lanes);
    copy.masks[vector] = {};
  }
  return copy;
}

/// Adds the first vectors of a panel.
void Columns::addPanel(const Block &block, int64_t panel, int64_t vectors, bool areWhole,
                       TileColumns &tile) {
  int64_t first = panel * tiling.columnStep, lanes = tile.lanes;
  OperandView view = viewAt(block, emitter.add(tile.low, first));
  tile.buffer = view.buffer;
  tile.depthStride = view.depthStride;
  tile.depthStrides = view.depthStrides;
  for (int64_t vector = 0; vector < vectors; ++vector) {
    tile.starts.push_back(emitter.add(view.offset, vector * lanes * dot.products()));
    auto rest = [&] {
      return emitter.sub(tile.count, emitter.constantIndex(first + vector * lanes));
    };
    tile.masks.push_back(areWhole ? Value() : emitter.maskBelow(rest(), lanes));
  }
}

/// The columns of `panels` panels from `low`, or, if `narrow` is not 0, of the first `narrow`
/// columns of one panel. Where the number of columns is known, the callers keep the panels that
/// are not whole apart.
TileColumns Columns::columnsAt(const Block &block, Value low, int64_t panels, int64_t narrow) {
  TileColumns tile;
  int64_t vectors = plan.vectors;
  tile.lanes = tiling.lanes;
  if (narrow && narrow <= tile.lanes / 2 && !dot)
    tile.lanes = llvm::PowerOf2Ceil(narrow);
  if (narrow)
    vectors = llvm::divideCeil(narrow, tile.lanes);
  tile.low = low;
  bool areWhole = !narrow && problem.columns >= 0;
  Value rest = emitter.sub(block.columnCount, low);
  tile.count = narrow     ? emitter.constantIndex(narrow)
               : areWhole ? emitter.constantIndex(panels * tiling.columnStep)
                          : emitter.min(rest, emitter.constantIndex(panels * tiling.columnStep));
  tile.element = block.packsRhs ? type : plan.rhs.element;
  tile.isPacked = block.packsRhs;
  for (int64_t panel = 0; panel < panels; ++panel)
    addPanel(block, panel, vectors, areWhole || isPacked(block), tile);
  return tile;
}

//===-- Loops -------------------------------------------------------------------------------===//

void Columns::forPanels(const Block &block, Value low, Body body) {
  int64_t step = tiling.columnStep, known = problem.columns;
  int64_t narrow = known >= 0 ? known % step : 0;
  Value high = block.columnCount;
  if (narrow)
    high = emitter.roundDown(block.columnCount, step);
  emitter.forLoop(low, high, step,
                  [&](Value at) { body(columnsAt(block, at, /*panels=*/1, /*narrow=*/0)); });
  if (!narrow)
    return;
  auto last = [&] {
    int64_t before = block.tail ? narrow - tail.columns() : narrow;
    if (before)
      body(columnsAt(block, high, /*panels=*/1, before));
    if (block.tail)
      body(tail.columnsAt(emitter.add(high, before)));
  };
  if (getConstantIntValue(block.columnCount))
    return last();
  emitter.ifThen(emitter.compare(arith::CmpIPredicate::slt, high, block.columnCount), last);
}

void Columns::forSeveralPanels(const Block &block, int64_t panels, Body body) {
  int64_t step = panels * tiling.columnStep, known = problem.columns;
  Value whole = emitter.roundDown(block.columnCount, step);
  emitter.forLoop(emitter.constantIndex(0), whole, step,
                  [&](Value low) { body(columnsAt(block, low, panels, /*narrow=*/0)); });
  bool areAll = known >= 0 && known % step == 0 && tiling.columnUnit % step == 0;
  if (!areAll)
    forPanels(block, whole, body);
}

//===-- First sums --------------------------------------------------------------------------===//

FirstSums::FirstSums(VectorBuilder &emitter, const Plan &plan, Scratch &memory)
    : Part(emitter, plan) {
  if (dot.hasOffset())
    scratch = memory.allocate(type, tiling.columnBlock);
}

SmallVector<Value> FirstSums::addWords(const TileColumns &tile, Value at, int64_t count,
                                       ValueRange sums) {
  SmallVector<Value> next;
  emitter.withLanes(tile.lanes, {}, [&] {
    for (int64_t word = 0; word < count; ++word)
      for (Value start : tile.starts) {
        Value across = emitter.mul(emitter.add(at, word), tile.depthStride);
        Value b = dot.rhsWords(emitter, tile.buffer, emitter.add(start, across));
        next.push_back(dot.addOffset(emitter, b, sums[next.size()]));
      }
  });
  return next;
}

void FirstSums::storePanel(const Block &block, Value zero, const TileColumns &tile) {
  OpBuilder &builder = emitter.builder;
  size_t count = tile.starts.size();
  Value none = emitter.constantIndex(0);
  Value whole = emitter.roundDown(block.depthCount, kWordsAtOnce);
  SmallVector<Value> sums;
  emitter.withLanes(tile.lanes, {},
                    [&] { sums.assign(count * kWordsAtOnce, emitter.splat(zero)); });
  sums = emitter.forLoop(none, whole, kWordsAtOnce, sums, [&](Value at, ValueRange carried) {
    return addWords(tile, at, kWordsAtOnce, carried);
  });
  for (size_t i = count; i < sums.size(); ++i)
    sums[i % count] = arith::AddIOp::create(builder, emitter.location, sums[i % count], sums[i]);
  sums.resize(count);
  sums = emitter.forLoop(whole, block.depthCount, 1, sums, [&](Value at, ValueRange carried) {
    return addWords(tile, at, 1, carried);
  });
  emitter.withLanes(tile.lanes, {}, [&] {
    for (auto [vector, sum] : llvm::enumerate(sums)) {
      Value negative = arith::SubIOp::create(builder, emitter.location, emitter.splat(zero), sum);
      Value at = emitter.add(tile.low, int64_t(vector) * tile.lanes);
      emitter.store(scratch, {at, 1, {}}, negative, type);
    }
  });
}

void FirstSums::store(const Block &block, Columns &columns) {
  Value zero = zeroSum();
  columns.forPanels(block, emitter.constantIndex(0),
                    [&](const TileColumns &tile) { storePanel(block, zero, tile); });
}

SmallVector<Value> FirstSums::of(const TileColumns &tile) {
  SmallVector<Value> sums;
  Value zero = zeroSum();
  emitter.withLanes(tile.lanes, {}, [&] {
    for (size_t vector = 0; vector < tile.starts.size(); ++vector) {
      Value at = emitter.add(tile.low, int64_t(vector) * tile.lanes);
      sums.push_back(dot.hasOffset() ? emitter.load(scratch, {at, 1, {}}, type)
                                     : emitter.splat(zero));
    }
  });
  return sums;
}

} // namespace mlc::tile
