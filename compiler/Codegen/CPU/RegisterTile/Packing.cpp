#include "compiler/Codegen/CPU/RegisterTile/Packing.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

/// Depths that are packed of one panel before those of the next, as many as entries of a TLB:
/// stores of a depth to all panels would miss it each. The next ones are fetched meanwhile.
constexpr int64_t kDepthsAtOnce = 16;

//===-- Layout ------------------------------------------------------------------------------===//

std::unique_ptr<Packing> Packing::create(VectorBuilder &emitter, const Plan &plan,
                                         Scratch &scratch) {
  if (plan.dot)
    return std::make_unique<WordPacking>(emitter, plan, scratch);
  return std::make_unique<NumberPacking>(emitter, plan, scratch);
}

/// The size of a panel of lhs in scratch. Vectors are stored whole: the last one reaches beyond the
/// panel's last row.
int64_t Packing::lhsPanelElements() const {
  int64_t depth = !keepsLhs           ? tiling.depthBlock
                  : problem.depth < 0 ? std::max(mostKeptDepth(problem, tiling), tiling.depthBlock)
                                      : problem.depth;
  return depth * tiling.rowStep + llvm::PowerOf2Ceil(tiling.rowStep);
}

/// The size of a panel of rhs in scratch: no power of two, so that a row of several panels does not
/// share few sets of L1.
int64_t Packing::rhsPanelElements() const { return (tiling.depthBlock + 1) * tiling.columnStep; }

/// Where the panel of rhs from column `low` of the block on starts in scratch.
Value Packing::rhsPanelStart(Value low) {
  Value panel = emitter.floorDiv(low, emitter.constantIndex(tiling.columnStep));
  return emitter.mul(panel, rhsPanelElements());
}

OperandView Packing::panel(Value low) {
  return {rhsScratch, emitter.mul(rhsPanelStart(low), dot.products()),
          emitter.constantIndex(dot.products()),
          emitter.constantIndex(tiling.columnStep * dot.products())};
}

void Packing::inPanels(Value count, int64_t known, int64_t step,
                       function_ref<void(Value, Value)> body) {
  bool areWhole = known >= 0 && known % step == 0;
  Value size = emitter.constantIndex(step);
  Value whole = areWhole ? count : emitter.roundDown(count, step);
  emitter.forLoop(emitter.constantIndex(0), whole, step, [&](Value low) { body(low, size); });
  if (!areWhole)
    emitter.forLoop(whole, count, step, [&](Value low) { body(low, emitter.sub(count, low)); });
}

NumberPacking::NumberPacking(VectorBuilder &emitter, const Plan &plan, Scratch &scratch)
    : Packing(emitter, plan) {
  int64_t rowPanels = llvm::divideCeil(tiling.rowBlock, tiling.rowStep),
          panels = tiling.copiesRhs ? 1 : tiling.columnBlock / tiling.columnStep;
  if (tiling.packLhs)
    lhsScratch = scratch.allocate(type, rowPanels * lhsPanelElements());
  if (tiling.packRhs)
    rhsScratch = scratch.allocate(type, panels * rhsPanelElements());
}

//===-- lhs ---------------------------------------------------------------------------------===//

/// The rows of a free depth only if there is room for all of it.
void NumberPacking::keepRows(const Block &block) {
  if (!keepsLhs)
    return;
  Block rows = block;
  rows.depthLow = emitter.constantIndex(0);
  rows.depthCount = emitter.value(plan.depthCount);
  if (problem.depth >= 0)
    return packLhs(rows);
  keepsDepth = emitter.compare(arith::CmpIPredicate::sle, rows.depthCount,
                               emitter.constantIndex(mostKeptDepth(problem, tiling)));
  emitter.ifThen(keepsDepth, [&] { packLhs(rows); });
}

OperandView NumberPacking::lhs(const Block &block) {
  if (!tiling.packLhs)
    return viewInMemory(plan.lhs, block, block.rowLow);
  OperandView view = packedLhs();
  if (!keepsLhs) {
    packLhs(block);
    return view;
  }
  Value depthLow = block.depthLow;
  if (keepsDepth) {
    Value isCut = emitter.compare(arith::CmpIPredicate::sgt, emitter.value(plan.depthCount),
                                  emitter.constantIndex(mostKeptDepth(problem, tiling)));
    emitter.ifThen(isCut, [&] { packLhs(block); });
    depthLow = select(keepsDepth, depthLow, emitter.constantIndex(0));
  }
  view.offset = emitter.mul(depthLow, view.depthStride);
  return view;
}

/// The packed rows from the first packed depth on.
OperandView NumberPacking::packedLhs() {
  Value zero = emitter.constantIndex(0);
  if (plan.lhs.isComputedAlongDepth)
    return {lhsScratch, zero, emitter.constantIndex(lhsRowElements()), emitter.constantIndex(1)};
  return {lhsScratch, zero, emitter.constantIndex(lhsPanelElements()),
          emitter.constantIndex(tiling.rowStep), tiling.rowStep};
}

void NumberPacking::packLhs(const Block &block) {
  plan.lhs.isComputedAlongDepth ? packLhsRows(block) : packLhsPanels(block);
}

/// Of a row that is packed along the depth. Rows a power of two apart would share few sets of L1.
int64_t NumberPacking::lhsRowElements() const { return lhsPanelElements() / tiling.rowStep; }

/// Computes the block row by row, vectors along the depth.
void NumberPacking::packLhsRows(const Block &block) {
  Value zero = emitter.constantIndex(0);
  int64_t stride = lhsRowElements();
  emitter.forLoop(zero, block.rowCount, 1, [&](Value row) {
    auto lanes = emitter.planLanes(zero, block.depthCount, problem.bits, plan.lhs.unroll);
    emitter.forLanes(lanes, [&](LaneIndex at) {
      LaneIndex free = emitter.uniform(emitter.add(block.rowLow, row)),
                depth = emitter.add(emitter.uniform(block.depthLow), at);
      Value value = numberAt(plan.lhs, block, free, depth);
      LaneIndex address = emitter.add(emitter.uniform(emitter.mul(row, stride)), at);
      emitter.store(lhsScratch, address, value, type);
    });
  });
}

/// Computes the block, whose rows are neighbours, into panels of the rows of a tile: [rows /
/// rowStep, depth, rowStep]. What a tile reads is then contiguous.
void NumberPacking::packLhsPanels(const Block &block) {
  int64_t step = tiling.rowStep, lanes = llvm::PowerOf2Ceil(step), panel = lhsPanelElements();
  int64_t unit = lanes == 1 ? 0 : 1;
  overDepths(block, [&](DepthBody overSome) {
    inPanels(block.rowCount, problem.rows, step, [&](Value row, Value exists) {
      Value free = emitter.add(block.rowLow, row),
            start = emitter.mul(emitter.floorDiv(row, emitter.constantIndex(step)), panel);
      overSome([&](Value at, Value ahead) {
        prefetchAt(plan.lhs, block, ahead, free, step);
        Value value;
        emitter.withLanes(lanes, emitter.maskBelow(exists, lanes), [&] {
          LaneIndex depth = emitter.uniform(emitter.add(block.depthLow, at));
          value = emitter.splat(numberAt(plan.lhs, block, {free, unit, {}}, depth));
        });
        emitter.withLanes(lanes, {}, [&] {
          Value address = emitter.add(start, emitter.mul(at, step));
          emitter.store(lhsScratch, {address, unit, {}}, value, type);
        });
      });
    });
  });
}

/// Some depths of the block after the other; `body` goes over them for each panel.
void NumberPacking::overDepths(const Block &block, function_ref<void(DepthBody)> body) {
  Value zero = emitter.constantIndex(0), most = emitter.constantIndex(kDepthsAtOnce),
        last = emitter.sub(block.depthCount, emitter.constantIndex(1));
  emitter.forLoop(zero, block.depthCount, kDepthsAtOnce, [&](Value low) {
    Value count = emitter.min(most, emitter.sub(block.depthCount, low));
    body([&](function_ref<void(Value at, Value ahead)> at) {
      emitter.forLoop(zero, count, 1, [&](Value number) {
        Value depth = emitter.add(low, number);
        at(depth, emitter.min(emitter.add(depth, kDepthsAtOnce), last));
      });
    });
  });
}

/// The machine's own prefetch does not follow rows that are far apart: `count` elements from `free`
/// of the matrix on, at a later depth of the block.
void NumberPacking::prefetchAt(const Operand &operand, const Block &block, Value depth, Value free,
                               int64_t count) {
  if (!operand.buffer || !operand.strides.isFlat())
    return;
  OperandView view = viewInMemory(operand, block, free);
  Value start = emitter.add(view.offset, emitter.mul(depth, view.depthStride));
  for (int64_t element = 0; element < count; element += plan.elementsOfLine())
    prefetch(view.buffer, emitter.add(start, element), /*isWrite=*/false, /*locality=*/2);
}

//===-- rhs ---------------------------------------------------------------------------------===//

/// Whether squares of rhs become those of a panel as they lie. Of a depth of several dimensions
/// none may reach beyond the innermost.
bool NumberPacking::canTransposeRhs() const {
  const Operand &rhs = plan.rhs;
  auto isInSquares = [&](int64_t count) { return count >= 0 && count % tiling.lanes == 0; };
  bool areWhole =
      rhs.strides.depth.size() <= 1 || (isInSquares(numberOf(plan.depth.back())) &&
                                        (!plan.isDepthCut || isInSquares(tiling.depthBlock)));
  return rhs.buffer && VectorBuilder::accumulatorType(rhs.element) == type && !rhs.onLoad &&
         plan.isAlongDepth(rhs) && rhs.strides.free.size() <= 1 && tiling.lanes >= 4 && areWhole;
}

void NumberPacking::packRhs(const Block &block) {
  if (!canTransposeRhs())
    return packRhsRows(block);
  emitter.forLoop(emitter.constantIndex(0), block.columnCount, tiling.columnStep,
                  [&](Value panelLow) { packTransposed(block, panelLow); });
}

void NumberPacking::packRhsRows(const Block &block) {
  overDepths(block, [&](DepthBody overSome) {
    inPanels(block.columnCount, problem.columns, tiling.columnStep, [&](Value low, Value count) {
      Value column = emitter.add(block.columnLow, low), panel = rhsPanelStart(low);
      overSome([&](Value at, Value ahead) {
        prefetchAt(plan.rhs, block, ahead, column, tiling.columnStep);
        Value start = emitter.add(panel, emitter.mul(at, tiling.columnStep));
        for (int64_t first = 0; first < tiling.columnStep; first += tiling.lanes)
          packRhsVector(block, at, low, count, start, first);
      });
    });
  });
}

/// The columns of a panel from `first` on, at a depth of the block.
void NumberPacking::packRhsVector(const Block &block, Value at, Value low, Value count, Value start,
                                  int64_t first) {
  int64_t unit = tiling.lanes == 1 ? 0 : 1;
  Value column = emitter.add(low, first), before = emitter.constantIndex(first), value;
  Value exists = emitter.maskBelow(emitter.sub(count, before), tiling.lanes);
  emitter.withLanes(tiling.lanes, exists, [&] {
    LaneIndex free = {emitter.add(block.columnLow, column), unit, {}},
              depth = emitter.uniform(emitter.add(block.depthLow, at));
    value = emitter.splat(numberAt(plan.rhs, block, free, depth));
  });
  emitter.withLanes(tiling.lanes, {}, [&] {
    emitter.store(rhsScratch, {emitter.add(start, first), unit, {}}, value, type);
  });
}

/// Transposes lanes x lanes squares in registers: rows of the square are columns of the panel,
/// contiguous along the depth.
void NumberPacking::packTransposed(const Block &block, Value panelLow) {
  OperandView view = viewInMemory(plan.rhs, block, emitter.add(block.columnLow, panelLow));
  Value base = rhsPanelStart(panelLow);
  int64_t lanes = tiling.lanes;
  Value last = emitter.sub(emitter.sub(block.columnCount, panelLow), emitter.constantIndex(1));
  Value whole = emitter.roundDown(block.depthCount, lanes);
  for (int64_t first = 0; first < tiling.columnStep; first += lanes) {
    SmallVector<Value> starts; // of every column; those beyond the last repeat it
    for (int64_t lane = 0; lane < lanes; ++lane) {
      Value column = emitter.max(emitter.min(emitter.constantIndex(first + lane), last),
                                 emitter.constantIndex(0));
      starts.push_back(emitter.add(view.offset, emitter.mul(column, view.freeStride)));
    }
    emitter.forLoop(emitter.constantIndex(0), whole, lanes, [&](Value at) {
      packSquare(view.buffer, starts, along(block, at), at, base, first);
    });
    if (plan.rhs.strides.depth.size() > 1) // nothing is left
      continue;
    emitter.forLoop(whole, block.depthCount, 1, [&](Value at) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        LaneIndex from = emitter.uniform(emitter.add(starts[lane], at));
        Value value = emitter.load(view.buffer, from, plan.rhs.element);
        Value address =
            emitter.add(base, emitter.add(emitter.mul(at, tiling.columnStep), first + lane));
        memref::StoreOp::create(emitter.builder, emitter.location, value, rhsScratch, address);
      }
    });
  }
}

/// How far the elements of rhs at depth `at` of a block, which lie along the depth, are from where
/// its view starts.
Value NumberPacking::along(const Block &block, Value at) {
  const SmallVector<AffineExpr> &strides = plan.rhs.strides.depth;
  if (strides.size() <= 1)
    return at;
  return addressOf(emitter, plan.depth, strides, emitter.uniform(emitter.add(block.depthLow, at)))
      .base;
}

/// The square from depth `at` on, which is `along` from the starts of the columns, into the columns
/// from `first` on of a panel at `base`.
void NumberPacking::packSquare(Value buffer, ArrayRef<Value> starts, Value along, Value at,
                               Value base, int64_t first) {
  emitter.withLanes(tiling.lanes, {}, [&] {
    SmallVector<Value> square;
    for (Value start : starts) {
      LaneIndex from = {emitter.add(start, along), 1, {}};
      square.push_back(emitter.load(buffer, from, plan.rhs.element));
    }
    emitter.transposeSquare(square);
    for (size_t row = 0; row < square.size(); ++row) {
      Value depth = emitter.mul(emitter.add(at, int64_t(row)), tiling.columnStep);
      Value address = emitter.add(base, emitter.add(depth, first));
      emitter.store(rhsScratch, {address, 1, {}}, square[row], type);
    }
  });
}

} // namespace mlc::tile
