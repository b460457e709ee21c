#include "compiler/Codegen/CPU/Chain/Makers.h"
#include "compiler/Codegen/CPU/RegisterTile/RegisterTile.h"

using namespace mlir;

namespace mlc::chain {

Makers::Makers(Work &work) : work(work), emitter(work.emitter) {
  for (const ChainPlan::Made &made : work.plan.made)
    add(made);
}

void Makers::add(const ChainPlan::Made &made) {
  nn::ProductOpInterface op = made.maker;
  nn::ProductDims dims = op.dims();
  auto viewOfSide = [&](int64_t cellDim) {
    unsigned side = work.chain.sideOf(op, cellDim);
    return work.viewOf(
        op, op->getOperand(side), [&](int64_t dim) { return nn::operandDimOf(op, side, dim); },
        side == 0 ? dims.lhsContract[0] : dims.rhsContract[0]);
  };
  std::optional<View> rows = viewOfSide(work.chain.row), keys = viewOfSide(work.chain.key);
  int64_t depth = cast<RankedTensorType>(op.getLhs().getType()).getDimSize(dims.lhsContract[0]);
  areInPlace &= rows && keys;
  if (areInPlace)
    makers.push_back({made, *rows, *keys, depth, Copies(work, op)});
}

bool Makers::isWide() const {
  return llvm::all_of(makers, [&](const Maker &maker) {
    return maker.rows.element == work.element && maker.keys.element == work.element;
  });
}

void Makers::allocate() {
  if (work.hasFewRows)
    return;
  for (Maker &maker : makers) {
    int64_t depth = maker.copies.filled(maker.depth);
    maker.panels = work.context.allocate(maker.copies.stored(), work.rowBlock * depth);
    maker.keyRows = work.context.allocate(maker.copies.stored(), work.keyCount * depth);
  }
}

//===-- Operands ----------------------------------------------------------------------------===//

void Makers::copyKeys(Extent keys) {
  for (Maker &maker : makers)
    emitter.forLoop(emitter.constantIndex(0), keys.count, 1, [&](Value at) {
      Value key = emitter.add(keys.low, at),
            stride = emitter.value(maker.keys.cellStrides[work.chain.key]);
      Value from = emitter.add(work.offsetOf(maker.keys), emitter.mul(key, stride));
      maker.copies.copyRow(maker.keys, from, maker.depth, maker.keyRows,
                           emitter.mul(key, maker.copies.filled(maker.depth)));
    });
}

void Makers::packRows(Extent rows) {
  int64_t known = numberOf(rows.size),
          end = known < 0 ? work.rowBlock : llvm::alignTo(known, work.tileLanes);
  for (Maker &maker : makers)
    for (int64_t low = 0; low < end; low += work.tileLanes)
      packPanel(maker, low, rows);
}

/// As many rows as a vector has lanes become columns of a panel. Rows that are not there are copies
/// of the last.
void Makers::packPanel(Maker &maker, int64_t low, Extent rows) {
  const View &view = maker.rows;
  int64_t known = numberOf(rows.size);
  Value last = emitter.sub(rows.count, emitter.constantIndex(1)),
        stride = emitter.value(view.cellStrides[work.chain.row]);
  SmallVector<Value> starts;
  for (int64_t row = low; row < low + work.tileLanes; ++row) {
    Value at = emitter.constantIndex(row);
    at = emitter.add(rows.low, row < known ? at : emitter.min(at, last));
    starts.push_back(emitter.add(work.offsetOf(view), emitter.mul(at, stride)));
  }
  int64_t panel = low / work.panelColumns * work.panelColumns;
  maker.copies.transpose(view, starts, maker.depth, maker.panels,
                         emitter.constantIndex(panel * maker.copies.filled(maker.depth) +
                                               (low - panel) * maker.copies.products()),
                         work.panelColumns);
}

//===-- Products ----------------------------------------------------------------------------===//

void Makers::emit(Extent rows, Extent keys) {
  for (const Maker &maker : makers)
    emit(maker, rows, keys);
}

/// The products of a block, or what is computed of them.
void Makers::emit(const Maker &maker, Extent rows, Extent keys) {
  Value stored = maker.made.stored;
  tile::Product product;
  product.rows = {keys.size};
  product.columns = {rows.size};
  int64_t depth = maker.copies.filled(maker.depth);
  product.depth = {work.constant(depth)};
  product.type = work.element;
  product.dot = maker.copies.dot;
  product.lhs.element = product.rhs.element = maker.copies.element();
  product.lhs.buffer = maker.keyRows;
  product.lhs.offset = emitter.mul(keys.low, depth);
  product.lhs.strides = {{}, {work.constant(depth)}, {work.constant(1)}};
  product.rhs.panels = maker.panels;
  product.rhs.panelColumns = work.panelColumns;
  product.rhs.valueAt = [&](ArrayRef<LaneIndex>, LaneIndex row, LaneIndex depth) {
    const View &view = maker.rows;
    LaneIndex at = emitter.mul(emitter.add(emitter.uniform(rows.low), row),
                               emitter.value(view.cellStrides[work.chain.row]));
    at = emitter.add(at, emitter.mul(depth, emitter.value(view.stride)));
    at = emitter.add(emitter.uniform(work.offsetOf(view)), at);
    return emitter.load(view.buffer, at, work.element);
  };
  tile::Epilogue &epilogue = product.epilogue;
  epilogue.result = work.slots[maker.made.slot];
  epilogue.isPlain = stored == maker.made.maker->getResult(0);
  epilogue.holdsSums = true;
  epilogue.bits = PullEmitter::laneBits(stored);
  epilogue.unroll = emitter.preferredUnroll(stored);
  epilogue.address = [&](ArrayRef<LaneIndex>, Value key, LaneIndex row) {
    return cellAddress(keys, row, emitter.uniform(key));
  };
  epilogue.store = [&](ArrayRef<LaneIndex>, Value key, LaneIndex row, Value sum) {
    storeCells(maker, rows, keys, row, emitter.uniform(key), sum);
  };
  tile::ProductLoops loops(emitter, product, work.options, work.context);
  loops.emit(emitter.constantIndex(0), emitter.value(loops.tiles()));
}

void Makers::emitFew(Extent rows, Extent keys) {
  for (const Maker &maker : makers)
    emitFew(maker, rows, keys);
}

/// Dot products of rows and keys, or keys scaled and added, as they lie.
void Makers::emitFew(const Maker &maker, Extent rows, Extent keys) {
  auto operandOf = [&](const View &view, int64_t cellDim, Value low) {
    tile::Operand operand;
    operand.element = work.element;
    operand.buffer = view.buffer;
    AffineExpr stride = view.cellStrides[cellDim];
    operand.offset = emitter.add(work.offsetOf(view), emitter.mul(low, emitter.value(stride)));
    operand.strides = {{}, {stride}, {view.stride}};
    return operand;
  };
  tile::Product product;
  product.rows = {rows.size};
  product.columns = {keys.size};
  product.depth = {work.constant(maker.depth)};
  product.type = work.element;
  work.fetchAfter(keys, maker.keys, maker.depth);
  product.lhs = operandOf(maker.rows, work.chain.row, rows.low);
  product.rhs = operandOf(maker.keys, work.chain.key, keys.low);
  tile::Epilogue &epilogue = product.epilogue;
  epilogue.bits = PullEmitter::laneBits(maker.made.stored);
  epilogue.address = [&](ArrayRef<LaneIndex>, Value row, LaneIndex key) {
    return cellAddress(keys, emitter.uniform(row), key);
  };
  epilogue.store = [&](ArrayRef<LaneIndex>, Value row, LaneIndex key, Value sum) {
    storeCells(maker, rows, keys, emitter.uniform(row), key, sum);
  };
  tile::ProductLoops loops(emitter, product, work.options, work.context);
  loops.emit(emitter.constantIndex(0), emitter.value(loops.tiles()));
}

/// Of a row and key of the block.
LaneIndex Makers::cellAddress(Extent keys, LaneIndex row, LaneIndex key) {
  key = emitter.add(emitter.uniform(keys.low), key);
  if (work.firstRow)
    return work.fewAddress(work.firstRow, row, key);
  return emitter.add(emitter.mul(key, emitter.constantIndex(work.rowBlock)), row);
}

void Makers::storeCells(const Maker &maker, Extent rows, Extent keys, LaneIndex row, LaneIndex key,
                        Value sum) {
  Position at = work.cellAt(emitter.add(emitter.uniform(rows.low), row),
                            emitter.add(emitter.uniform(keys.low), key));
  emitter.define(maker.made.maker->getResult(0), at, sum);
  emitter.store(work.slots[maker.made.slot], cellAddress(keys, row, key),
                emitter.splat(emitter.emit(maker.made.stored, at)), work.element);
}

} // namespace mlc::chain
