#include "compiler/Fusion/Spaces.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <set>

using namespace mlir;

namespace mlc {

Shape Space::keptShape() const {
  return llvm::map_to_vector<4>(kept, [&](int64_t dim) { return shape[dim]; });
}

bool isOfHost(Operation *op) {
  if (auto kernelOp = dyn_cast<nn::KernelOpInterface>(op))
    return kernelOp.role() == nn::Role::host;
  bool isIndex = llvm::all_of(op->getResultTypes(), [](Type type) { return type.isIntOrIndex(); });
  return op->hasTrait<OpTrait::IsTerminator>() ||
         (isIndex && isa_and_nonnull<arith::ArithDialect>(op->getDialect()));
}

bool isHostOrView(Operation *op, nn::DimensionAnalysis &sizes) {
  auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
  return isOfHost(op) || (kernelOp && kernelOp.isView(sizes));
}

Space spaceOf(nn::KernelOpInterface op, nn::DimensionAnalysis &sizes) {
  Space space;
  space.shape = op.loopSizes(sizes);
  switch (op.role()) {
  case nn::Role::inlined:
  case nn::Role::pointwise:
  case nn::Role::relocating:
    space.kind = SpaceKind::Map;
    break;
  case nn::Role::product:
    space.kind = SpaceKind::Product;
    break;
  case nn::Role::reduction: {
    SmallVector<int64_t> reduced = cast<nn::ReductionOpInterface>(op.getOperation()).reducedDims();
    for (int64_t dim = 0; dim < static_cast<int64_t>(space.shape.size()); ++dim)
      if (!llvm::is_contained(reduced, dim))
        space.kept.push_back(dim);
    bool isLeading = llvm::equal(space.kept, llvm::seq<int64_t>(0, space.kept.size()));
    space.kind = isLeading ? SpaceKind::Rows : SpaceKind::Columns;
    break;
  }
  case nn::Role::whole:
  case nn::Role::host:
    break;
  }
  return space;
}

namespace {
/// Follows the operands of one op through inlined ops to the tensors behind them. Each way of
/// seeing a tensor counts once, or a chain of ops that read their operand twice would take forever.
class Tracer {
public:
  using Dims = std::optional<SmallVector<int64_t>>;

  Tracer(nn::KernelOpInterface reader, const DenseSet<Operation *> &inlined)
      : reader(reader), inlined(inlined) {}

  void traceOperands(nn::KernelOpInterface op, function_ref<Dims(Dims)> seen) {
    for (OpOperand &operand : op->getOpOperands())
      if (isa<RankedTensorType>(operand.get().getType()))
        trace(operand.get(), seen(op.operandDims(operand.getOperandNumber())));
  }

  SmallVector<Read> reads;

private:
  void trace(Value tensor, Dims dims) {
    if (!seen.insert({tensor.getAsOpaquePointer(), dims}).second)
      return;
    Operation *producer = tensor.getDefiningOp();
    if (!producer || !inlined.contains(producer)) {
      reads.push_back({tensor, reader, dims});
      return;
    }
    traceOperands(cast<nn::KernelOpInterface>(producer), [&](Dims inner) -> Dims {
      if (!dims || !inner)
        return std::nullopt;
      return llvm::map_to_vector(*inner, [&](int64_t dim) { return (*dims)[dim]; });
    });
  }

  nn::KernelOpInterface reader;
  const DenseSet<Operation *> &inlined;
  std::set<std::pair<void *, Dims>> seen;
};
} // namespace

SmallVector<Read> readsOf(nn::KernelOpInterface op, const DenseSet<Operation *> &inlined) {
  Tracer tracer(op, inlined);
  tracer.traceOperands(op, [](Tracer::Dims dims) { return dims; });
  return std::move(tracer.reads);
}

static bool isIdentity(ArrayRef<int64_t> dims, size_t rank) {
  return llvm::equal(dims, llvm::seq<int64_t>(0, rank));
}

/// Whether one worker can do all of a space without anyone missing the others.
static bool isSmall(const Shape &shape) {
  int64_t elements = 1;
  for (AffineExpr size : shape) {
    auto constant = dyn_cast<AffineConstantExpr>(size);
    if (!constant || (elements *= constant.getValue()) > 4096)
      return false;
  }
  return true;
}

namespace {
/// Answers one question of mergeProducer.
struct Question {
  const Space &producer, &consumer;
  ArrayRef<Read> reads;
  bool escapes;
  nn::DimensionAnalysis &sizes;

  Shape loopOf(Read read) const { return read.reader.loopSizes(sizes); }
  Merged no(StringRef reason) const { return {std::nullopt, reason}; }
  Merged yes(const Space &space) const { return {space, ""}; }

  /// Whether every read is of the element that the reader computes.
  bool readsIdentity() const {
    return llvm::all_of(reads, [&](const Read &read) {
      Shape loop = loopOf(read);
      return read.dims && isIdentity(*read.dims, loop.size()) && sizes.shape(read.tensor) == loop;
    });
  }
  /// Whether every read stays in the row (or column) of `space` that the reader is in.
  bool readsOwnRow(const Space &space) const {
    Shape row = space.keptShape();
    return llvm::all_of(reads, [&](const Read &read) {
      if (!read.dims)
        return false;
      Shape loop = loopOf(read), shape = sizes.shape(read.tensor);
      if (shape == loop && isIdentity(*read.dims, loop.size()))
        return loop == space.shape || loop == row;
      return loop == space.shape && shape == row &&
             ArrayRef<int64_t>(*read.dims) == ArrayRef<int64_t>(space.kept);
    });
  }

  Merged ask() const {
    if (producer.kind == SpaceKind::Alone || consumer.kind == SpaceKind::Alone)
      return no("one is an op that shares its loops with nothing");
    if (producer.kind == SpaceKind::Map && consumer.kind == SpaceKind::Map)
      return producer.shape == consumer.shape && readsIdentity()
                 ? yes(consumer)
                 : no("elements are read at other positions");
    if (producer.kind == SpaceKind::Product || consumer.kind == SpaceKind::Product)
      return askProduct();
    if (producer.kind == SpaceKind::Map)
      return askProducerOfReduction();
    if (consumer.kind == SpaceKind::Map)
      return askConsumerOfReduction();
    if (producer.kind != consumer.kind || producer.shape != consumer.shape ||
        producer.kept != consumer.kept)
      return no("the reductions keep different dimensions");
    if (producer.kind == SpaceKind::Columns)
      return readsIdentity() ? yes(consumer) : no("a second pass over the columns would be needed");
    return readsOwnRow(producer) ? yes(producer) : no("elements of other rows are read");
  }

  Merged askProduct() const {
    const Space &other = producer.kind == SpaceKind::Product ? consumer : producer;
    const Space &product = producer.kind == SpaceKind::Product ? producer : consumer;
    if (other.kind != SpaceKind::Map)
      return no("a contraction is followed by more than elementwise ops");
    if (other.shape != product.shape || !readsIdentity())
      return no("the contraction reads its operands from memory, and its result is read at other "
                "positions");
    return yes(product);
  }

  Merged askProducerOfReduction() const {
    if (producer.shape == consumer.shape) {
      if (escapes && consumer.kind == SpaceKind::Columns)
        return no("others read all elements too, in another order");
      if (escapes && consumer.kept.empty() && !isSmall(consumer.shape))
        return no("others read all elements too, and this reduction is one tile");
      return readsIdentity() ? yes(consumer) : no("elements are read at other positions");
    }
    if (producer.shape == consumer.keptShape())
      return readsOwnRow(consumer) && consumer.kind == SpaceKind::Rows
                 ? yes(consumer)
                 : no("elements of other rows are read");
    return no("the shapes differ");
  }

  Merged askConsumerOfReduction() const {
    if (consumer.shape == producer.keptShape())
      return readsIdentity() ? yes(producer) : no("elements of other rows are read");
    if (producer.kind == SpaceKind::Columns)
      return no("a second pass over the columns would be needed");
    if (consumer.shape != producer.shape)
      return no("the shapes differ");
    if (producer.kept.empty() && !isSmall(producer.shape))
      return no("all tiles would wait for one");
    return readsOwnRow(producer) ? yes(producer) : no("elements of other rows are read");
  }
};
} // namespace

Merged mergeProducer(const Space &producer, const Space &consumer, ArrayRef<Read> reads,
                     bool escapes, nn::DimensionAnalysis &sizes) {
  return Question{producer, consumer, reads, escapes, sizes}.ask();
}

Merged mergeSiblings(const Space &a, const Space &b) {
  if (!a.sharesLoops() || !b.sharesLoops() || a.shape != b.shape)
    return {std::nullopt, "the loops differ"};
  if (a.kind == b.kind && a.kept == b.kept)
    return {a, ""};
  // Rows and elements of one shape: one pass over the rows, if there are rows to share out.
  const Space &rows = a.kind == SpaceKind::Map ? b : a, &map = a.kind == SpaceKind::Map ? a : b;
  if (map.kind == SpaceKind::Map && rows.kind == SpaceKind::Rows &&
      (!rows.kept.empty() || isSmall(rows.shape)))
    return {rows, ""};
  return {std::nullopt, "the loops differ"};
}

} // namespace mlc
