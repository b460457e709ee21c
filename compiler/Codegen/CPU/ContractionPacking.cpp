// Contractions: operands evaluated into scratch in the order in which the tiles read them.
#include "compiler/Codegen/CPU/ContractionSegment.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace mlc {

/// How far ahead of its use a row of a panel is fetched: the latency of DRAM, at a few cycles a
/// row.
constexpr int64_t kRowsAhead = 16;

/// Evaluates the block of lhs into scratch, vectors along its innermost dimension.
OperandView ContractionSegment::packedLhs(const Block &block) {
  auto rank = cast<RankedTensorType>(lhs.tensor.getType()).getRank();
  bool depthIsInner = llvm::is_contained(lhs.depth, rank - 1);
  int64_t outerStride = depthIsInner ? tiling.depthBlock : tiling.rowBlock;
  Value outerCount = depthIsInner ? block.rowCount : block.depthCount;
  Value innerCount = depthIsInner ? block.depthCount : block.rowCount;
  unsigned bits = std::max(32u, type.getIntOrFloatBitWidth());
  emitter.forLoop(emitter.constantIndex(0), outerCount, 1, [&](Value outer) {
    auto plan = emitter.planLanes(emitter.constantIndex(0), innerCount, bits,
                                  emitter.preferredUnroll(lhs.tensor));
    emitter.forLanes(plan, [&](LaneIndex inner) {
      LaneIndex row = depthIsInner ? emitter.uniform(outer) : inner,
                at = depthIsInner ? inner : emitter.uniform(outer);
      Position position = positionOf(lhs, block, emitter.add(emitter.uniform(block.rowLow), row),
                                     emitter.add(emitter.uniform(block.depthLow), at));
      Value value = emitter.emit(lhs.tensor, position);
      emitter.store(lhsScratch,
                    emitter.add(emitter.uniform(emitter.mul(outer, outerStride)), inner), value,
                    type);
    });
  });
  Value one = emitter.constantIndex(1), stride = emitter.constantIndex(outerStride);
  return {lhsScratch, emitter.constantIndex(0), depthIsInner ? stride : one,
          depthIsInner ? one : stride};
}

/// Evaluates a panel of rhs into scratch: [depth, columnStep]. Columns beyond the last hold
/// anything.
OperandView ContractionSegment::packedRhs(const Block &block, Value panelLow) {
  Value one = emitter.constantIndex(1);
  OperandView packed = {rhsScratch, emitter.constantIndex(0), one,
                        emitter.constantIndex(tiling.columnStep)};
  Type element = getElementTypeOrSelf(rhs.tensor.getType());
  if (rhs.plain && PullEmitter::accumulatorType(element) == type &&
      rhs.depthStride == emitter.shapes.constant(1) && rhs.depth.size() == 1 && tiling.lanes >= 4) {
    packTransposed(block, plainView(rhs, block, emitter.add(block.columnLow, panelLow)), panelLow);
    return packed;
  }
  emitter.forLoop(emitter.constantIndex(0), block.depthCount, 1, [&](Value at) {
    if (rhs.plain)
      prefetchRow(block, panelLow, at);
    for (int64_t vector = 0; vector < vectors; ++vector) {
      Value column = emitter.add(panelLow, vector * tiling.lanes);
      Value exists = emitter.maskBelow(emitter.sub(block.columnCount, column), tiling.lanes);
      Value value;
      emitter.withLanes(tiling.lanes, exists, [&] {
        LaneIndex free = {emitter.add(block.columnLow, column), tiling.lanes == 1 ? 0 : 1, {}};
        Position position =
            positionOf(rhs, block, free, emitter.uniform(emitter.add(block.depthLow, at)));
        value = emitter.splat(emitter.emit(rhs.tensor, position));
      });
      emitter.withLanes(tiling.lanes, {}, [&] {
        Value address = emitter.add(emitter.mul(at, tiling.columnStep), vector * tiling.lanes);
        emitter.store(rhsScratch, {address, tiling.lanes == 1 ? 0 : 1, {}}, value, type);
      });
    }
  });
  return packed;
}

/// The rows of a panel are too far apart for the machine's own prefetch.
void ContractionSegment::prefetchRow(const Block &block, Value panelLow, Value at) {
  OperandView view = plainView(rhs, block, emitter.add(block.columnLow, panelLow));
  Value last = emitter.sub(block.depthCount, emitter.constantIndex(1));
  Value row = emitter.min(emitter.add(at, kRowsAhead), last);
  Value start = emitter.add(view.offset, emitter.mul(row, view.depthStride));
  for (int64_t vector = 0; vector < vectors; ++vector)
    memref::PrefetchOp::create(emitter.builder, emitter.location, view.buffer,
                               emitter.add(start, vector * tiling.lanes), /*isWrite=*/false,
                               /*localityHint=*/3, /*isDataCache=*/true);
}

/// Transposes lanes x lanes squares in registers: rows of the square are columns of the panel,
/// contiguous along the depth.
void ContractionSegment::packTransposed(const Block &block, const OperandView &view,
                                        Value panelLow) {
  int64_t lanes = tiling.lanes;
  OpBuilder &builder = emitter.builder;
  Type element = getElementTypeOrSelf(rhs.tensor.getType());
  Value last = emitter.sub(emitter.sub(block.columnCount, panelLow), emitter.constantIndex(1));
  Value whole =
      emitter.mul(emitter.floorDiv(block.depthCount, emitter.constantIndex(lanes)), lanes);
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
              emitter.add(emitter.mul(emitter.add(at, row), tiling.columnStep), vector * lanes);
          emitter.store(rhsScratch, {address, 1, {}}, square[row], type);
        }
      });
    });
    emitter.forLoop(whole, block.depthCount, 1, [&](Value at) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        Value value =
            emitter.load(view.buffer, emitter.uniform(emitter.add(starts[lane], at)), element);
        Value address = emitter.add(emitter.mul(at, tiling.columnStep), vector * lanes + lane);
        memref::StoreOp::create(builder, emitter.location, value, rhsScratch, address);
      }
    });
  }
}

} // namespace mlc
