// chunk-rows: what is large between products, for some rows at a time.
#include "compiler/GraphTransforms/OpRows.h"
#include "compiler/GraphTransforms/Passes.h"
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_CHUNKROWSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

static int64_t elementsOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getNumElements();
}

/// Whether an op makes numbers of more bits of those that it reads: readers do it for themselves,
/// so that memory holds the narrow ones, and products multiply these.
static bool isWidening(Operation *op) {
  if (!isa_and_nonnull<nn::ElementwiseOpInterface>(op) || op->getNumOperands() != 1)
    return false;
  auto bitsOf = [](Value value) {
    return getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
  };
  return bitsOf(op->getResult(0)) > bitsOf(op->getOperand(0));
}

//===- The region ---------------------------------------------------------------===//

namespace {
/// The ops between which a large product lives, and the rows of their tensors.
class RowRegion {
public:
  /// `large`: elements of a tensor that is large.
  RowRegion(nn::ProductOpInterface product, int64_t large)
      : large(large), block(product->getBlock()) {
    valid = add(product, {-1, 0}) && growForward();
    dropRest();
    valid = valid && !ops.empty() && growBackward() && isClosed();
  }

  bool valid;
  llvm::SetVector<Value> stacks, results; ///< by rows, from outside and for it
  llvm::SetVector<Value> sums;            ///< over rows
  SmallVector<Operation *> sorted() const {
    SmallVector<Operation *> inOrder =
        llvm::map_to_vector(ops, [](const auto &entry) { return entry.first; });
    llvm::sort(inOrder, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    return inOrder;
  }
  int64_t rowOf(Value value) const {
    auto found = rows.find(value);
    return found == rows.end() ? kNoRows : found->second;
  }
  /// Of a row of what is computed.
  int64_t mostBytesOfRow() const {
    int64_t most = 1;
    for (const auto &entry : ops) {
      Value result = entry.first->getResult(0);
      auto type = cast<RankedTensorType>(result.getType());
      if (int64_t row = rowOf(result); row != kNoRows && isStored(result))
        most = std::max(most, elementsOf(result) / type.getDimSize(row) *
                                  (std::max(8u, type.getElementTypeBitWidth()) / 8));
    }
    return most;
  }

private:
  static bool isInlined(Operation *op) {
    auto kernelOp = dyn_cast_or_null<nn::KernelOpInterface>(op);
    return kernelOp && kernelOp.role() == nn::Role::inlined;
  }
  /// Not what every reader computes for itself, or what reductions alone read.
  static bool isStored(Value value) {
    Operation *op = value.getDefiningOp();
    bool isReduced = isa_and_nonnull<nn::ElementwiseOpInterface>(op) &&
                     llvm::all_of(value.getUsers(), llvm::IsaPred<nn::ReductionOpInterface>);
    return !isReduced && !isInlined(op) && !isWidening(op);
  }
  bool isLarge(Value value) const {
    return rowOf(value) >= 0 && elementsOf(value) >= large && isStored(value);
  }
  bool touchesLarge(Operation *op) const {
    return isLarge(op->getResult(0)) ||
           llvm::any_of(op->getOperands(), [&](Value operand) { return isLarge(operand); });
  }

  bool setRow(Value value, int64_t row) {
    auto type = cast<RankedTensorType>(value.getType());
    return type.hasStaticShape() && rows.try_emplace(value, row).first->second == row;
  }

  /// False where rows are not known, or not the same for all readers of a tensor.
  bool add(Operation *op, KnownRow known) {
    if (ops.contains(op))
      return true;
    std::optional<OpRows> found = rowsOf(op, known);
    if (!found)
      return false;
    ops.insert({op, *found});
    for (auto [operand, row] : llvm::zip_equal(op->getOperands(), found->operands))
      if (row != kNoRows && !setRow(operand, row))
        return false;
    return found->result == kNoRows || setRow(op->getResult(0), found->result);
  }

  /// All that follows row by row.
  bool growForward() {
    for (size_t i = 0; i < ops.size(); ++i) {
      Value result = (ops.begin() + i)->first->getResult(0);
      if (rowOf(result) == kNoRows)
        continue;
      for (OpOperand &use : result.getUses()) {
        KnownRow known{int(use.getOperandNumber()), rowOf(result)};
        if (use.getOwner()->getBlock() == block && rowsOf(use.getOwner(), known) &&
            !add(use.getOwner(), known))
          return false;
      }
    }
    return true;
  }

  /// Keeps the ops with large tensors, what leads from one to another, and what reads a large one
  /// that is not stored, and would be if it went out.
  void dropRest() {
    SmallVector<Operation *> inOrder = sorted();
    llvm::DenseSet<Operation *> needed;
    for (Operation *op : inOrder)
      if (touchesLarge(op) || llvm::any_of(op->getOperands(), [&](Value operand) {
            return needed.contains(operand.getDefiningOp()) && elementsOf(operand) >= large &&
                   !isStored(operand);
          }))
        needed.insert(op);
    for (Operation *op : llvm::reverse(inOrder))
      if (llvm::any_of(op->getUsers(), [&](Operation *user) { return needed.contains(user); }))
        needed.insert(op);
    ops.remove_if([&](const auto &entry) { return !needed.contains(entry.first); });
  }

  /// And what computes other large tensors that they read. Of what every reader computes for itself
  /// each op gets a copy.
  bool growBackward() {
    for (size_t i = 0; i < ops.size(); ++i) {
      auto [op, own] = *(ops.begin() + i);
      for (auto [operand, row] : llvm::zip_equal(op->getOpOperands(), own.operands)) {
        Operation *producer = operand.get().getDefiningOp();
        if (row == kNoRows || !producer || ops.contains(producer))
          continue;
        bool hasMany = elementsOf(operand.get()) >= large;
        bool isCopied = isWidening(producer) || (!hasMany && isInlined(producer));
        if (isCopied && rowsOf(producer, {-1, row})) {
          producer = OpBuilder(op).clone(*producer);
          operand.set(producer->getResult(0));
          if (!setRow(operand.get(), row))
            return false;
        } else if (!hasMany || !(isInlined(producer) || isLarge(operand.get()))) {
          continue;
        }
        if (!add(producer, {-1, row}))
          return false;
      }
    }
    return true;
  }

  /// Collects what goes in and out. Nothing may come back in that went out, and nothing large goes
  /// out; rows come first, so that chunks are slices.
  bool isClosed() {
    for (auto &[op, own] : ops) // none reads whole what another reads by rows, or a sum
      for (auto [operand, row] : llvm::zip_equal(op->getOperands(), own.operands))
        if (rowOf(operand) != row || (row == kNoRows && ops.contains(operand.getDefiningOp())))
          return false;
    llvm::DenseSet<Operation *> after; // outside, but computed from results
    for (Operation &op : *block) {
      bool isInside = ops.contains(&op), isAfter = false;
      op.walk([&](Operation *inner) {
        for (Value operand : inner->getOperands()) {
          Operation *producer = operand.getDefiningOp();
          Operation *outer = producer ? block->findAncestorOpInBlock(*producer) : nullptr;
          if (isInside && outer && after.contains(outer))
            isAfter = true;
          if (!isInside && outer && (ops.contains(outer) || after.contains(outer)))
            isAfter = true;
          if (!isInside && outer && ops.contains(outer))
            (rowOf(operand) == kNoRows ? sums : results).insert(operand);
          if (isInside && !(outer && ops.contains(outer)) && rowOf(operand) != kNoRows)
            stacks.insert(operand);
        }
      });
      if (isInside && isAfter)
        return false;
      if (isAfter)
        after.insert(&op);
    }
    auto comesFirst = [&](Value value) { return rowOf(value) == 0; };
    auto isFloat = [](Value value) {
      Type element = getElementTypeOrSelf(value.getType());
      return element.isF32() || element.isF64();
    };
    return llvm::all_of(stacks, comesFirst) && llvm::all_of(results, comesFirst) &&
           llvm::none_of(results, [&](Value value) { return isLarge(value); }) &&
           llvm::all_of(sums, isFloat);
  }

  int64_t large;
  Block *block;
  llvm::MapVector<Operation *, OpRows> ops;
  llvm::DenseMap<Value, int64_t> rows;
};

//===- The loop -----------------------------------------------------------------===//

/// Puts a loop over chunks in the place of a region.
class ChunkWriter {
public:
  ChunkWriter(const RowRegion &region, int64_t rows, int64_t chunk)
      : region(region), ops(region.sorted()), chunk(chunk), trips(rows / chunk),
        builder(ops.front()), location(ops.front()->getLoc()) {}

  void write() {
    Block *block = ops.front()->getBlock();
    SmallVector<Value> inits, stacks;
    SmallVector<Type> types;
    for (Value sum : region.sums) {
      inits.push_back(nn::TensorExpr(builder, location, sum).constant(0.0).value());
      types.push_back(sum.getType());
    }
    for (Value stack : region.stacks)
      stacks.push_back(inChunks(stack));
    for (Value result : region.results)
      types.push_back(chunkedType(result.getType()));
    auto loop = nn::ScanOp::create(builder, location, types, inits, stacks, Value(),
                                   builder.getI64IntegerAttr(trips), UnitAttr());
    writeBody(loop);
    for (auto [sum, value] : llvm::zip(region.sums, loop.getResults()))
      replaceOutside(sum, value, loop);
    for (auto [result, value] :
         llvm::zip_equal(region.results, loop.getResults().drop_front(region.sums.size()))) {
      auto shape = cast<RankedTensorType>(result.getType()).getShape();
      replaceOutside(result, nn::TensorExpr(builder, location, value).reshape(shape).value(), loop);
    }
    for (Operation *op : llvm::reverse(ops))
      op->erase();
    sortTopologically(block); // what the loop reads may be computed further below
  }

private:
  Type chunkedType(Type type) const {
    auto whole = cast<RankedTensorType>(type);
    SmallVector<int64_t> shape{trips, chunk};
    llvm::append_range(shape, whole.getShape().drop_front());
    return whole.clone(shape);
  }
  Value inChunks(Value tensor) {
    auto type = cast<RankedTensorType>(chunkedType(tensor.getType()));
    return nn::TensorExpr(builder, location, tensor).reshape(type.getShape()).value();
  }

  void writeBody(nn::ScanOp loop) {
    Block *body = new Block;
    loop.getBody().push_back(body);
    IRMapping mapping;
    for (Value init : loop.getInits())
      body->addArgument(init.getType(), location);
    for (auto [tensor, stack] : llvm::zip_equal(region.stacks, loop.getStacks())) {
      auto type = cast<RankedTensorType>(stack.getType());
      mapping.map(tensor, body->addArgument(type.clone(type.getShape().drop_front()), location));
    }
    OpBuilder inside = OpBuilder::atBlockEnd(body);
    SmallVector<Value> yielded;
    for (Operation *op : ops) {
      for (Value operand : op->getOperands())
        if (region.rowOf(operand) == kNoRows && isWidening(operand.getDefiningOp()) &&
            !mapping.contains(operand))
          inside.clone(*operand.getDefiningOp(), mapping);
      Value made = inside.clone(*op, mapping)->getResult(0);
      auto type = cast<RankedTensorType>(made.getType());
      SmallVector<int64_t> shape(type.getShape());
      if (int64_t row = region.rowOf(op->getResult(0)); row != kNoRows)
        shape[row] = chunk;
      made.setType(type.clone(shape));
    }
    for (auto [number, sum] : llvm::enumerate(region.sums)) {
      nn::TensorExpr before(inside, location, body->getArgument(number));
      yielded.push_back((before + before.with(mapping.lookup(sum))).value());
    }
    for (Value result : region.results)
      yielded.push_back(mapping.lookup(result));
    nn::YieldOp::create(inside, location, yielded);
  }

  void replaceOutside(Value old, Value value, nn::ScanOp loop) {
    old.replaceUsesWithIf(value, [&](OpOperand &use) {
      Operation *owner = loop->getBlock()->findAncestorOpInBlock(*use.getOwner());
      return owner != loop && !llvm::is_contained(ops, owner) && owner != value.getDefiningOp();
    });
  }

  const RowRegion &region;
  SmallVector<Operation *> ops;
  int64_t chunk, trips;
  OpBuilder builder;
  Location location;
};

struct ChunkRowsPass : impl::ChunkRowsPassBase<ChunkRowsPass> {
  using ChunkRowsPassBase::ChunkRowsPassBase;

  void runOnOperation() override {
    chunkMatrices();
    chunkImages();
  }

private:
  void chunkMatrices() {
    SmallVector<nn::ProductOpInterface> products;
    getOperation()->walk([&](nn::ProductOpInterface product) {
      if (chunkOf(product->getResult(0)))
        products.push_back(product);
    });
    llvm::DenseSet<Operation *> known(llvm::from_range, products);
    for (nn::ProductOpInterface product : products) {
      if (!known.contains(product))
        continue;
      RowRegion region(product, elementsOf(product->getResult(0)));
      if (!region.valid)
        continue;
      for (Operation *op : region.sorted())
        known.erase(op);
      Value result = product->getResult(0);
      int64_t rows = cast<RankedTensorType>(result.getType()).getDimSize(0);
      ChunkWriter(region, rows, chunkOf(result)).write();
      ++regionCount;
    }
  }

  /// Images of a batch between products that need not see them all: as many at a time as stay in
  /// the caches.
  void chunkImages() {
    SmallVector<nn::ProductOpInterface> products;
    getOperation()->walk([&](nn::ProductOpInterface product) {
      auto type = cast<RankedTensorType>(product->getResult(0).getType());
      if (type.getRank() > 2 && type.hasStaticShape() && type.getDimSize(0) > 1 &&
          type.getNumElements() * (type.getElementTypeBitWidth() / 8) >= imageBytes)
        products.push_back(product);
    });
    llvm::DenseSet<Operation *> known(llvm::from_range, products);
    for (nn::ProductOpInterface product : products) {
      if (!known.contains(product))
        continue;
      auto type = cast<RankedTensorType>(product->getResult(0).getType());
      RowRegion region(product, imageBytes * 8 / type.getElementTypeBitWidth());
      if (!region.valid)
        continue;
      for (Operation *op : region.sorted())
        known.erase(op);
      int64_t images = type.getDimSize(0),
              chunk = std::min(images / 2, imageBytes / region.mostBytesOfRow());
      while (chunk > 1 && images % chunk)
        --chunk;
      ChunkWriter(region, images, std::max<int64_t>(chunk, 1)).write();
      ++regionCount;
    }
  }

  /// The rows of a chunk: the most that divide the rows evenly and need at most `chunkBytes`; 0
  /// where the tensor is not large, or no chunk has rows enough to be worth a product.
  int64_t chunkOf(Value tensor) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (type.getRank() != 2 || !type.hasStaticShape())
      return 0;
    int64_t rows = type.getDimSize(0),
            rowBytes = type.getDimSize(1) * (type.getElementTypeBitWidth() / 8);
    if (rows * rowBytes < leastBytes)
      return 0;
    for (int64_t chunk = std::min(rows / 2, chunkBytes / rowBytes); chunk >= fewestRows; --chunk)
      if (rows % chunk == 0)
        return chunk;
    return 0;
  }
};
} // namespace
} // namespace mlc
