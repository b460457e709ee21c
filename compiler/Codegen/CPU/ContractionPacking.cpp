// Contractions: operands evaluated into scratch in the order in which the tiles read them.
#include "compiler/Codegen/CPU/ContractionSegment.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

/// How far ahead of its use a row of a panel is fetched: the latency of DRAM, at a few cycles a
/// row.
constexpr int64_t kRowsAhead = 8;

/// The size of a panel of lhs in scratch. Vectors are stored whole: the last one reaches beyond the
/// panel's last row.
int64_t ContractionSegment::lhsPanelElements() {
  return tiling.depthBlock * tiling.rowStep + llvm::PowerOf2Ceil(tiling.rowStep);
}

/// The size of a panel of rhs in scratch: no power of two, so that a row of several panels does not
/// share few sets of L1.
int64_t ContractionSegment::rhsPanelElements() {
  return (tiling.depthBlock + 1) * tiling.columnStep;
}

/// Where the panel of rhs from column `low` of the block on starts in scratch.
Value ContractionSegment::rhsPanelStart(Value low) {
  Value panel = emitter.floorDiv(low, emitter.constantIndex(tiling.columnStep));
  return emitter.mul(panel, rhsPanelElements());
}

OperandView ContractionSegment::packLhs(const Block &block) {
  int64_t rank = cast<RankedTensorType>(lhs.tensor.getType()).getRank();
  return llvm::is_contained(lhs.depth, rank - 1) ? packLhsRows(block) : packLhsPanels(block);
}

/// Evaluates the block of lhs into scratch row by row, vectors along the depth.
OperandView ContractionSegment::packLhsRows(const Block &block) {
  Value zero = emitter.constantIndex(0);
  // Rows a power of two apart would share few sets of L1.
  int64_t stride = lhsPanelElements() / tiling.rowStep;
  unsigned bits = std::max(32u, type.getIntOrFloatBitWidth());
  emitter.forLoop(zero, block.rowCount, 1, [&](Value row) {
    auto plan =
        emitter.planLanes(zero, block.depthCount, bits, emitter.preferredUnroll(lhs.tensor));
    emitter.forLanes(plan, [&](LaneIndex at) {
      Position position = positionOf(lhs, block, emitter.uniform(emitter.add(block.rowLow, row)),
                                     emitter.add(emitter.uniform(block.depthLow), at));
      Value value = emitter.emit(lhs.tensor, position);
      LaneIndex address = emitter.add(emitter.uniform(emitter.mul(row, stride)), at);
      emitter.store(lhsScratch, address, value, type);
    });
  });
  return {lhsScratch, zero, emitter.constantIndex(stride), emitter.constantIndex(1)};
}

/// body(low, count) for every panel of `step` of a block's `count` rows or columns; only the last
/// of all `known` (-1: a free number) may have fewer.
void ContractionSegment::inPanels(Value count, int64_t known, int64_t step,
                                  function_ref<void(Value, Value)> body) {
  bool areWhole = known >= 0 && known % step == 0;
  Value size = emitter.constantIndex(step);
  Value whole = areWhole ? count : emitter.roundDown(count, step);
  emitter.forLoop(emitter.constantIndex(0), whole, step, [&](Value low) { body(low, size); });
  if (!areWhole)
    emitter.forLoop(whole, count, step, [&](Value low) { body(low, emitter.sub(count, low)); });
}

/// Evaluates the block of lhs, whose rows are neighbours in memory, into panels of the rows of a
/// tile: [rows / rowStep, depth, rowStep]. What a tile reads is then contiguous.
OperandView ContractionSegment::packLhsPanels(const Block &block) {
  int64_t step = tiling.rowStep, lanes = llvm::PowerOf2Ceil(step), panel = lhsPanelElements();
  emitter.forLoop(emitter.constantIndex(0), block.depthCount, 1, [&](Value at) {
    inPanels(block.rowCount, numberOf(rows), step, [&](Value row, Value exists) {
      Value value;
      emitter.withLanes(lanes, emitter.maskBelow(exists, lanes), [&] {
        LaneIndex free = {emitter.add(block.rowLow, row), lanes == 1 ? 0 : 1, {}};
        Position position =
            positionOf(lhs, block, free, emitter.uniform(emitter.add(block.depthLow, at)));
        value = emitter.splat(emitter.emit(lhs.tensor, position));
      });
      Value start = emitter.mul(emitter.floorDiv(row, emitter.constantIndex(step)), panel);
      emitter.withLanes(lanes, {}, [&] {
        LaneIndex address = {emitter.add(start, emitter.mul(at, step)), lanes == 1 ? 0 : 1, {}};
        emitter.store(lhsScratch, address, value, type);
      });
    });
  });
  return {lhsScratch, emitter.constantIndex(0), emitter.constantIndex(panel),
          emitter.constantIndex(step), step};
}

/// Evaluates the block of rhs into scratch: panels of [depthBlock,
/// columnStep].
/// Columns beyond the last hold anything.
void ContractionSegment::packRhs(const Block &block) {
  Type element = getElementTypeOrSelf(rhs.tensor.getType());
  if (rhs.plain && PullEmitter::accumulatorType(element) == type &&
      rhs.depthStride == emitter.shapes.constant(1) && rhs.depth.size() == 1 && tiling.lanes >= 4)
    return emitter.forLoop(emitter.constantIndex(0), block.columnCount, tiling.columnStep,
                           [&](Value panelLow) { packTransposed(block, panelLow); });
  packRhsRows(block);
}

void ContractionSegment::packRhsRows(const Block &block) {
  emitter.forLoop(emitter.constantIndex(0), block.depthCount, 1, [&](Value at) {
    if (rhs.plain)
      prefetchRow(block, at);
    inPanels(block.columnCount, numberOf(columns), tiling.columnStep, [&](Value low, Value count) {
      Value start = emitter.add(rhsPanelStart(low), emitter.mul(at, tiling.columnStep));
      for (int64_t vector = 0; vector < vectors; ++vector) {
        Value column = emitter.add(low, vector * tiling.lanes);
        Value before = emitter.constantIndex(vector * tiling.lanes), value;
        Value exists = emitter.maskBelow(emitter.sub(count, before), tiling.lanes);
        emitter.withLanes(tiling.lanes, exists, [&] {
          LaneIndex free = {emitter.add(block.columnLow, column), tiling.lanes == 1 ? 0 : 1, {}};
          Position position =
              positionOf(rhs, block, free, emitter.uniform(emitter.add(block.depthLow, at)));
          value = emitter.splat(emitter.emit(rhs.tensor, position));
        });
        emitter.withLanes(tiling.lanes, {}, [&] {
          Value address = emitter.add(start, vector * tiling.lanes);
          emitter.store(rhsScratch, {address, tiling.lanes == 1 ? 0 : 1, {}}, value, type);
        });
      }
    });
  });
}

/// The pieces of rows of a block are too far apart for the machine's own prefetch.
void ContractionSegment::prefetchRow(const Block &block, Value at) {
  OperandView view = plainView(rhs, block, block.columnLow);
  Value last = emitter.sub(block.depthCount, emitter.constantIndex(1));
  Value row = emitter.min(emitter.add(at, kRowsAhead), last);
  Value start = emitter.add(view.offset, emitter.mul(row, view.depthStride));
  int64_t line = elementsOfLine();
  emitter.forLoop(emitter.constantIndex(0), block.columnCount, line, [&](Value column) {
    memref::PrefetchOp::create(emitter.builder, emitter.location, view.buffer,
                               emitter.add(start, column), /*isWrite=*/false,
                               /*localityHint=*/2, /*isDataCache=*/true);
  });
}

/// Transposes lanes x lanes squares in registers: rows of the square are columns of the panel,
/// contiguous along the depth.
void ContractionSegment::packTransposed(const Block &block, Value panelLow) {
  OperandView view = plainView(rhs, block, emitter.add(block.columnLow, panelLow));
  Value base = rhsPanelStart(panelLow);
  int64_t lanes = tiling.lanes;
  OpBuilder &builder = emitter.builder;
  Type element = getElementTypeOrSelf(rhs.tensor.getType());
  Value last = emitter.sub(emitter.sub(block.columnCount, panelLow), emitter.constantIndex(1));
  Value whole = emitter.roundDown(block.depthCount, lanes);
  for (int64_t vector = 0; vector < vectors; ++vector) {
    SmallVector<Value> starts; // of every column; those beyond the last repeat it
    for (int64_t lane = 0; lane < lanes; ++lane) {
      Value column = emitter.max(emitter.min(emitter.constantIndex(vector * lanes + lane), last),
                                 emitter.constantIndex(0));
      starts.push_back(emitter.add(view.offset, emitter.mul(column, view.freeStride)));
    }
    emitter.forLoop(emitter.constantIndex(0), whole, lanes, [&](Value at) {
      emitter.withLanes(lanes, {}, [&] {
        SmallVector<Value> square;
        for (Value start : starts)
          square.push_back(emitter.load(view.buffer, {emitter.add(start, at), 1, {}}, element));
        emitter.transposeSquare(square);
        for (int64_t row = 0; row < lanes; ++row) {
          Value address =
              emitter.add(base, emitter.add(emitter.mul(emitter.add(at, row), tiling.columnStep),
                                            vector * lanes));
          emitter.store(rhsScratch, {address, 1, {}}, square[row], type);
        }
      });
    });
    emitter.forLoop(whole, block.depthCount, 1, [&](Value at) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        Value value =
            emitter.load(view.buffer, emitter.uniform(emitter.add(starts[lane], at)), element);
        Value address = emitter.add(
            base, emitter.add(emitter.mul(at, tiling.columnStep), vector * lanes + lane));
        memref::StoreOp::create(builder, emitter.location, value, rhsScratch, address);
      }
    });
  }
}

} // namespace mlc
