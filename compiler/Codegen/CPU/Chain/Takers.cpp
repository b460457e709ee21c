#include "compiler/Codegen/CPU/Chain/Takers.h"
#include "compiler/Codegen/CPU/RegisterTile/RegisterTile.h"

using namespace mlir;

namespace mlc::chain {

Takers::Takers(Work &work, ArrayRef<StoreTarget> targets) : work(work), emitter(work.emitter) {
  for (auto [op, slot] : llvm::zip_equal(work.chain.takers, work.plan.slotOfTaker))
    for (const StoreTarget &target : targets) {
      Operation *producer = target.tensor.getDefiningOp();
      auto transpose = dyn_cast<nn::KernelOpInterface>(producer);
      bool isTransposed =
          transpose && transpose.permutation() && transpose->getOperand(0) == op.op->getResult(0);
      if (producer == op.op || isTransposed)
        add(op, slot, target);
    }
}

void Takers::add(const nn::ProductChain::Taker &op, unsigned slot, const StoreTarget &target) {
  int64_t column = op.otherColumn();
  auto dimOf = [&](int64_t dim) { return op.otherDim(dim); };
  std::optional<View> other = work.viewOf(op.op, op.other(), dimOf, column);
  if (!other) {
    areInPlace = false;
    return;
  }
  int64_t columns = cast<RankedTensorType>(op.other().getType()).getDimSize(column);
  bool ofBatch = false;
  for (int64_t dim = 0; dim < work.chain.rank; ++dim)
    ofBatch |= work.isOuter(dim) && op.sumsOver(dim);
  takers.push_back({op, target, *other, slot, Copies(work, op.op), columns, work.panelFor(columns),
                    op.sumsOver(work.chain.row), ofBatch});
}

bool Takers::isWide() const {
  return llvm::all_of(takers,
                      [&](const Taker &taker) { return taker.other.element == work.element; });
}

bool Takers::takes(const StoreTarget &target) const {
  return llvm::any_of(takers,
                      [&](const Taker &taker) { return taker.target.tensor == target.tensor; });
}
bool Takers::sumsOver(int64_t cellDim) const {
  return llvm::any_of(takers, [&](const Taker &taker) { return taker.op.sumsOver(cellDim); });
}

//===-- Sizes -------------------------------------------------------------------------------===//

/// Whether a result is the sum of several blocks, or of none that a row sees.
bool Takers::addsUp(const Taker &taker) const {
  int64_t known = numberOf(taker.ofRows ? work.rowCount : work.keyCount),
          block = taker.ofRows          ? work.rowBlock
                  : work.mayHaveFewRows ? Work::kKeysOfFew
                                        : work.keyBlock;
  return known <= 0 || known > block || taker.ofBatch || work.mask;
}
int64_t Takers::columnsOfPanels(const Taker &taker) const {
  return llvm::alignTo(taker.columns, taker.panelColumns);
}
/// Tiles add whole vectors to sums.
int64_t Takers::columnsOfSums(const Taker &taker) const {
  int64_t lanes = work.dot.takesMatrices() ? DotInstruction::kMatrixWords : 1;
  return llvm::alignTo(taker.columns, std::max(lanes, work.tileLanes));
}
AffineExpr Takers::rowsOfSums(const Taker &taker) const {
  return taker.ofRows    ? work.keyCount
         : taker.ofBatch ? work.rowCount
                         : work.constant(work.rowBlock);
}
/// Of the other operand, along what is summed over.
AffineExpr Takers::strideOf(const Taker &taker) const {
  return taker.other.cellStrides[taker.ofRows ? work.chain.row : work.chain.key];
}

void Takers::allocate() {
  for (Taker &taker : takers) {
    AffineExpr summed = taker.ofRows ? work.constant(work.rowBlock) : work.keyCount;
    if (!work.hasFewRows)
      taker.panels = work.context.allocate(taker.copies.stored(),
                                           taker.copies.filled(summed) * columnsOfPanels(taker));
    if (taker.copies.dot && !words)
      words = work.context.allocate(emitter.builder.getI32Type(),
                                    work.keyBlock * work.rowBlock / taker.copies.products());
    if (addsUp(taker))
      taker.sums = work.context.allocate(work.element, rowsOfSums(taker) * columnsOfSums(taker));
  }
}

//===-- The other operand -------------------------------------------------------------------===//

Value Takers::startOfPanels(const Taker &taker, Extent keys) {
  return taker.ofRows ? emitter.constantIndex(0) : emitter.mul(keys.low, columnsOfPanels(taker));
}

/// Some rows or keys become panels of [words, panelColumns].
void Takers::pack(Taker &taker, Extent some, Value to) {
  Value stride = emitter.value(strideOf(taker)),
        first = emitter.add(work.offsetOf(taker.other), emitter.mul(some.low, stride));
  taker.copies.copyDepths(taker.other,
                          {first, stride, some.count, some.size, taker.columns, taker.panelColumns},
                          taker.panels, to);
}

void Takers::copyKeys(Extent keys) {
  for (Taker &taker : takers)
    if (!taker.ofRows)
      pack(taker, keys, startOfPanels(taker, keys));
}
void Takers::packRows(Extent rows) {
  for (Taker &taker : takers)
    if (taker.ofRows)
      pack(taker, rows, emitter.constantIndex(0));
}

//===-- Results -----------------------------------------------------------------------------===//

/// Of an element at a row, or key, and a column.
LaneIndex Takers::resultAddress(const Taker &taker, LaneIndex free, LaneIndex column) {
  const nn::ProductChain::Taker &op = taker.op;
  Value tensor = taker.target.tensor;
  SmallVector<LaneIndex, 4> at(cast<RankedTensorType>(tensor.getType()).getRank());
  at[op.resultColumn()] = column;
  for (int64_t dim = 0; dim < work.chain.rank; ++dim)
    if (int64_t own = op.resultDim(dim); own >= 0)
      at[own] = work.isOuter(dim) ? work.coords[dim] : free;
  if (tensor.getDefiningOp() != op.op) {
    SmallVector<LaneIndex, 4> plain = at;
    auto transpose = cast<nn::KernelOpInterface>(tensor.getDefiningOp());
    for (auto [dim, from] : llvm::enumerate(*transpose.permutation()))
      at[dim] = plain[from];
  }
  Position position = Position::at(at);
  return taker.target.address ? taker.target.address(position)
                              : emitter.linearize(tensor, position);
}

/// Where the sums of a row in work start.
Value Takers::lineOfSums(const Taker &taker, Value row) {
  if (work.firstRow)
    row = emitter.add(work.firstRow, row);
  return emitter.mul(row, columnsOfSums(taker));
}

/// Calls `body` with rows of the result from `low` on, columns, and where their sums are.
void Takers::forSums(const Taker &taker, Value low, Value count, ForSums body) {
  Value zero = emitter.constantIndex(0);
  auto columns = emitter.planLanes(zero, emitter.constantIndex(taker.columns),
                                   work.element.getIntOrFloatBitWidth(), /*unroll=*/1);
  emitter.forLoop(zero, count, 1, [&](Value at) {
    Value start = lineOfSums(taker, at);
    emitter.forLanes(columns, [&](LaneIndex column) {
      body(emitter.add(low, at), column, emitter.add(emitter.uniform(start), column));
    });
  });
}

void Takers::zero(const Taker &taker, Value count) {
  Value number = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(work.element)));
  forSums(taker, emitter.constantIndex(0), count, [&](Value, LaneIndex, LaneIndex at) {
    emitter.store(taker.sums, at, emitter.splat(number), work.element);
  });
}

void Takers::store(const Taker &taker, Value low, Value count) {
  forSums(taker, low, count, [&](Value row, LaneIndex column, LaneIndex at) {
    emitter.store(taker.target.buffer, resultAddress(taker, emitter.uniform(row), column),
                  emitter.load(taker.sums, at, work.element), work.element);
  });
}

void Takers::beginRows(Extent rows) {
  for (const Taker &taker : takers)
    if (!taker.isOfTile() && taker.sums)
      zero(taker, rows.count);
}
void Takers::endRows(Extent rows) {
  for (const Taker &taker : takers)
    if (!taker.isOfTile() && taker.sums)
      store(taker, rows.low, rows.count);
}
void Takers::beginTile() {
  for (const Taker &taker : takers)
    if (taker.isOfTile() && taker.sums)
      zero(taker, emitter.value(rowsOfSums(taker)));
}
void Takers::endTile() {
  for (const Taker &taker : takers)
    if (taker.isOfTile() && taker.sums)
      store(taker, emitter.constantIndex(0), emitter.value(rowsOfSums(taker)));
}

//===-- Products ----------------------------------------------------------------------------===//

void Takers::emit(Extent rows, Extent keys) {
  for (Taker &taker : takers)
    emit(taker, rows, keys);
}

/// The cells are lhs: as they lie, or the words that are made of a block of them.
void Takers::setCells(Taker &taker, Extent rows, Extent keys, tile::Product &product) {
  AffineExpr ofKey = work.constant(work.rowBlock), ofRow = work.constant(1);
  Value from = emitter.mul(keys.low, work.rowBlock);
  tile::Operand &cells = product.lhs;
  cells.element = taker.copies.element();
  cells.buffer = work.slots[taker.slot];
  cells.strides = {{}, {taker.ofRows ? ofKey : ofRow}, {taker.ofRows ? ofRow : ofKey}};
  if (!taker.copies.dot) {
    cells.offset = from;
    return;
  }
  taker.copies.copyCells(cells.buffer, from, rows, keys, taker.ofRows, words);
  cells.isInWords = !taker.ofRows;
  cells.buffer = taker.ofRows ? work.context.viewAs(words, taker.copies.stored()) : words;
}

void Takers::setOther(const Taker &taker, Extent summed, Extent keys, tile::Product &product) {
  product.rhs.element = taker.copies.element();
  product.rhs.panels = taker.panels;
  product.rhs.panelColumns = taker.panelColumns;
  product.rhs.offset = startOfPanels(taker, keys);
  product.rhs.valueAt = [this, &taker, low = summed.low](ArrayRef<LaneIndex>, LaneIndex column,
                                                         LaneIndex depth) {
    LaneIndex at =
        emitter.mul(emitter.add(emitter.uniform(low), depth), emitter.value(strideOf(taker)));
    at = emitter.add(at, emitter.mul(column, emitter.value(taker.other.stride)));
    at = emitter.add(emitter.uniform(work.offsetOf(taker.other)), at);
    return emitter.load(taker.other.buffer, at, taker.other.element);
  };
}

void Takers::emit(Taker &taker, Extent rows, Extent keys) {
  Extent summed = taker.ofRows ? rows : keys, free = taker.ofRows ? keys : rows;
  tile::Product product;
  product.rows = {free.size};
  product.columns = {work.constant(taker.columns)};
  product.depth = {taker.copies.filled(summed.size)};
  product.type = work.element;
  product.dot = taker.copies.dot;
  setCells(taker, rows, keys, product);
  setOther(taker, summed, keys, product);
  product.epilogue.isPlain = numberOf(summed.size) >= 0 && numberOf(free.size) > kMostDotRows;
  setEpilogue(taker, free, product);
  tile::ProductLoops loops(emitter, product, work.options, work.context);
  loops.emit(emitter.constantIndex(0), emitter.value(loops.tiles()));
}

void Takers::emitFew(Extent rows, Extent keys) {
  for (const Taker &taker : takers)
    emitFew(taker, rows, keys);
}

void Takers::emitFew(const Taker &taker, Extent rows, Extent keys) {
  tile::Product product;
  product.rows = {rows.size};
  product.columns = {work.constant(taker.columns)};
  product.depth = {keys.size};
  product.type = product.lhs.element = product.rhs.element = work.element;
  product.lhs.buffer = work.slots[taker.slot];
  product.lhs.offset =
      work.fewAddress(work.firstRow, emitter.uniform(0), emitter.uniform(keys.low)).base;
  product.lhs.strides = {{}, {work.keyCount}, {work.constant(1)}};
  AffineExpr stride = strideOf(taker);
  work.fetchAfter(keys, taker.other, taker.columns);
  product.rhs.buffer = taker.other.buffer;
  product.rhs.offset =
      emitter.add(work.offsetOf(taker.other), emitter.mul(keys.low, emitter.value(stride)));
  product.rhs.strides = {{}, {taker.other.stride}, {stride}};
  setEpilogue(taker, rows, product);
  tile::ProductLoops loops(emitter, product, work.options, work.context);
  loops.emit(emitter.constantIndex(0), emitter.value(loops.tiles()));
}

/// Sums are stored, or added to those of other blocks. A few rows, and the sums of a depth that is
/// not known, are given out once they are complete.
void Takers::setEpilogue(const Taker &taker, Extent free, tile::Product &product) {
  tile::Epilogue &epilogue = product.epilogue;
  bool adds = bool(taker.sums), isPlain = epilogue.isPlain;
  Value result = adds ? taker.sums : taker.target.buffer;
  epilogue.result = result;
  epilogue.holdsSums = true;
  epilogue.adds = adds && isPlain;
  epilogue.bits = work.element.getIntOrFloatBitWidth();
  auto address = [this, &taker, free, adds](Value row, LaneIndex column) {
    Value at = emitter.add(free.low, row);
    if (!adds)
      return resultAddress(taker, emitter.uniform(at), column);
    Value line = lineOfSums(taker, taker.isOfTile() ? at : row);
    return emitter.add(emitter.uniform(line), column);
  };
  epilogue.address = [address](ArrayRef<LaneIndex>, Value row, LaneIndex column) {
    return address(row, column);
  };
  epilogue.store = [this, address, result, adds, isPlain](ArrayRef<LaneIndex>, Value row,
                                                          LaneIndex column, Value sum) {
    LaneIndex at = address(row, column);
    if (adds && !isPlain)
      sum = emitter.addValues(emitter.load(result, at, work.element), sum);
    emitter.store(result, at, sum, work.element);
  };
}

} // namespace mlc::chain
