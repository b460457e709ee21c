// Chains of products: for some rows all cells, a block of keys at a time, then passes over them,
// then the products that take them.
#include "compiler/Codegen/CPU/Chain/FewTiles.h"
#include "compiler/Codegen/CPU/RegisterTile/TilingModel.h"
#include "compiler/Codegen/CPU/Segments.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace mlc {

namespace {
/// A tile is some rows of a batch position; all of them, and of all positions that takers sum over,
/// where a taker sums over rows.
class ChainSegment : public Segment {
public:
  ChainSegment(KernelContext &context, nn::ProductChain products, ArrayRef<StoreTarget> targets)
      : work(context, std::move(products)), emitter(context.emitter), sight(work), makers(work),
        passes(work, sight), takers(work, targets), few(work, makers, passes, takers) {
    for (const StoreTarget &target : targets)
      if (!takers.takes(target))
        rowTargets.push_back(target);
    for (int64_t dim = 0; dim < work.chain.rank; ++dim)
      if (work.isOuter(dim))
        (takers.sumsOver(dim) ? loopDims : gridDims).push_back(dim);
    rowsInGrid = !takers.sumsOver(work.chain.row) && loopDims.empty();
    int64_t rows = numberOf(work.rowCount);
    work.mayHaveFewRows =
        rowsInGrid && makers.isWide() && takers.isWide() && rows <= kMostStreamRows;
    work.hasFewRows = work.mayHaveFewRows && rows >= 0;
  }
  /// Whether all operands lie in memory.
  bool isInPlace() const { return makers.isInPlace() && takers.isInPlace(); }
  bool allowsInPlace(Value result) const override { return false; }
  SegmentReport report() const override {
    size_t products = work.chain.makers.size() + work.chain.takers.size();
    const char *seen = work.mask ? " that a row sees" : "";
    if (work.hasFewRows) // the cells of all keys are kept, and nothing is multiplied in words
      return {llvm::formatv("chain of {0} products: {1} rows of several batch positions, {2} keys "
                            "of each at a time{3}, read where they lie",
                            products, numberOf(work.rowCount), chain::Work::kKeysOfFew, seen)};
    return {
        llvm::formatv("chain of {0} products: blocks of {1} rows and {2} keys{3}, {4} values of "
                      "each cell kept in between{5}",
                      products, work.rowBlock, work.keyBlock, seen, work.plan.slots,
                      work.dot ? ", " + work.dot.text() : "")};
  }

  AffineExpr tiles() override {
    AffineExpr count = blocks();
    for (int64_t dim : gridDims)
      count = count * work.sizes[dim];
    return emitter.shapes.simplified(count);
  }
  void emit(Value begin, Value end) override;

private:
  using Extent = chain::Extent;
  AffineExpr blocks() const {
    return rowsInGrid ? work.rowCount.ceilDiv(work.rowBlock) : work.constant(1);
  }
  void copyKeys();
  Value setBatch(Value tile);
  void emitTile(Value tile, Value begin);
  void emitBatch(ArrayRef<int64_t> dims);
  void emitRowsInGrid(Value tile, Value begin, Value block);
  void emitRows(Extent rows);

  chain::Work work;
  PullEmitter &emitter;
  chain::Sight sight;
  chain::Makers makers;
  chain::Passes passes;
  chain::Takers takers;
  chain::FewTiles few;
  SmallVector<StoreTarget> rowTargets;     ///< with a number for each row
  SmallVector<int64_t> gridDims, loopDims; ///< of the batch
  bool rowsInGrid;
};
} // namespace

void ChainSegment::emit(Value begin, Value end) {
  work.allocateSlots();
  if (!work.hasFewRows)
    sight.allocate();
  makers.allocate();
  passes.allocate();
  takers.allocate();
  auto tiles = [&] { emitter.forLoop(begin, end, 1, [&](Value tile) { emitTile(tile, begin); }); };
  if (!work.mayHaveFewRows)
    return tiles();
  few.allocate();
  auto fewRows = [&](int64_t rows) {
    few.emit(begin, end, rows, rowTargets, [&](Value tile) { setBatch(tile); });
  };
  if (work.hasFewRows)
    return fewRows(numberOf(work.rowCount));
  emitter.indexSwitch(emitter.value(work.rowCount), {1}, fewRows, tiles);
}

/// Returns which block of rows the tile is.
Value ChainSegment::setBatch(Value tile) {
  Value count = emitter.value(blocks());
  auto gridSizes = llvm::map_to_vector(gridDims, [&](int64_t dim) { return work.sizes[dim]; });
  auto grid = emitter.delinearize(gridSizes, emitter.uniform(emitter.floorDiv(tile, count)));
  for (auto [dim, coord] : llvm::zip_equal(gridDims, grid))
    work.coords[dim] = coord;
  return emitter.rem(tile, count);
}

void ChainSegment::emitTile(Value tile, Value begin) {
  Value block = setBatch(tile);
  if (rowsInGrid)
    return emitRowsInGrid(tile, begin, block);
  takers.beginTile();
  emitBatch(loopDims);
  takers.endTile();
}

void ChainSegment::emitRowsInGrid(Value tile, Value begin, Value block) {
  // A worker has neighbouring tiles, mostly of the same keys.
  auto isEqual = [&](Value a, Value b) { return emitter.compare(arith::CmpIPredicate::eq, a, b); };
  Value isFirst = arith::OrIOp::create(emitter.builder, emitter.location, isEqual(tile, begin),
                                       isEqual(block, emitter.constantIndex(0)));
  emitter.ifThen(isFirst, [&] { copyKeys(); });
  work.atBlock(work.rowCount, work.rowBlock, block, [&](Extent rows) { emitRows(rows); });
}

void ChainSegment::emitBatch(ArrayRef<int64_t> dims) {
  if (dims.empty()) {
    copyKeys();
    return work.forBlocks(work.rowCount, work.rowBlock, [&](Extent rows) { emitRows(rows); });
  }
  Value end = emitter.value(work.sizes[dims.front()]);
  emitter.forLoop(emitter.constantIndex(0), end, 1, [&](Value at) {
    work.coords[dims.front()] = emitter.uniform(at);
    emitBatch(dims.drop_front());
  });
}

/// In memory the keys of one head may be far apart, in few sets of the caches.
void ChainSegment::copyKeys() {
  work.forBlocks(work.keyCount, work.keyBlock, [&](Extent keys) {
    makers.copyKeys(keys);
    takers.copyKeys(keys);
  });
}

void ChainSegment::emitRows(Extent rows) {
  makers.packRows(rows);
  takers.packRows(rows);
  work.forBlocks(work.keyCount, work.keyBlock, [&](Extent keys) {
    sight.look(rows, keys);
    sight.ifSeen(keys, [&] { makers.emit(rows, keys); });
  });
  passes.emit(rows);
  if (!rowTargets.empty())
    work.forVectors(rows, [&](chain::Work::Vectors vectors) {
      for (LaneIndex vector : vectors)
        work.context.storeAt(rowTargets, work.rowAt(vector));
    });
  takers.beginRows(rows);
  work.forBlocks(work.keyCount, work.keyBlock,
                 [&](Extent keys) { sight.ifSeen(keys, [&] { takers.emit(rows, keys); }); });
  takers.endRows(rows);
  passes.forget();
}

/// Whether a value is the result of a taker, as it is or transposed, or a number for each row.
static bool isOfChain(Value value, const nn::ProductChain &chain) {
  auto op = value.getDefiningOp<nn::KernelOpInterface>();
  if (op && op.permutation())
    value = op->getOperand(0);
  if (value.getDefiningOp<nn::ProductOpInterface>())
    return llvm::any_of(chain.takers, [&](const nn::ProductChain::Taker &taker) {
      return Value(taker.op->getResult(0)) == value;
    });
  return cast<RankedTensorType>(value.getType()).getRank() == chain.rank - 1;
}

std::unique_ptr<Segment> createChainSegment(KernelContext &context, Operation *op,
                                            PendingTargets &targets) {
  if (context.emitter.laneOptions.bytes == 0 || targets.rest().empty())
    return nullptr;
  auto ops = llvm::map_to_vector(*op->getBlock(), [](Operation &other) { return &other; });
  std::optional<nn::ProductChain> products = nn::ProductChain::of(ops);
  if (!products)
    return nullptr;
  llvm::SmallDenseSet<Value> results; // of the chain: others may read what its cells are made of
  for (const StoreTarget &target : targets.rest())
    if (isOfChain(target.tensor, *products))
      results.insert(target.tensor);
  auto isResult = [&](Value value) { return results.contains(value); };
  SmallVector<StoreTarget> own;
  llvm::copy_if(targets.rest(), std::back_inserter(own),
                [&](const StoreTarget &target) { return isResult(target.tensor); });
  if (own.empty())
    return nullptr;
  auto segment = std::make_unique<ChainSegment>(context, std::move(*products), own);
  if (!segment->isInPlace())
    return nullptr;
  targets.takeIf(isResult);
  return segment;
}

} // namespace mlc
