// Contractions: how operands are read, and the blocks of the result.
#include "compiler/Codegen/CPU/ContractionSegment.h"
#include "compiler/Codegen/CPU/ContractionTuning.h"
#include "compiler/Codegen/CPU/Segments.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

static std::optional<PlainOperand> plainOperand(PullEmitter &emitter, Value tensor) {
  if (auto transpose = tensor.getDefiningOp<nn::TransposeOp>()) {
    std::optional<PlainOperand> source = plainOperand(emitter, transpose.getX());
    if (!source)
      return std::nullopt;
    SmallVector<AffineExpr> strides;
    for (int64_t from : transpose.getPermutation())
      strides.push_back(source->strides[from]);
    return PlainOperand{source->argument, strides};
  }
  Value argument = tensor;
  while (auto reshape = argument.getDefiningOp<nn::ReshapeOp>()) // in the same order
    argument = reshape.getX();
  if (!isa<BlockArgument>(argument))
    return std::nullopt;
  SmallVector<AffineExpr> sizes = emitter.shapes.sizes(tensor), strides(sizes.size());
  AffineExpr stride = emitter.shapes.constant(1);
  for (size_t dim = sizes.size(); dim-- > 0;) {
    strides[dim] = stride;
    stride = emitter.shapes.simplified(stride * sizes[dim]);
  }
  return PlainOperand{argument, strides};
}

int64_t numberOf(AffineExpr expr) {
  auto number = dyn_cast<AffineConstantExpr>(expr);
  return number ? number.getValue() : -1;
}

ContractionSegment::ContractionSegment(KernelContext &context, nn::ContractOp contraction,
                                       ArrayRef<StoreTarget> targets)
    : context(context), emitter(context.emitter), contraction(contraction), targets(targets) {
  dot = DotForm::choose(contraction, context.options);
  lhs = makeSide(operand(contraction.getLhs()), contraction.getLhsBatch(),
                 contraction.getLhsContract());
  rhs = makeSide(operand(contraction.getRhs()), contraction.getRhsBatch(),
                 contraction.getRhsContract());
  lhs.free = contraction.lhsFreeDims();
  rhs.free = contraction.rhsFreeDims();
  batches = extent(lhs, lhs.batch);
  rows = extent(lhs, lhs.free);
  columns = extent(rhs, rhs.free);
  elements = extent(lhs, lhs.depth);
  depth = emitter.shapes.simplified(elements.ceilDiv(dot.products()));
  fillsWords = elements % dot.products() != emitter.shapes.constant(0);
  type = PullEmitter::accumulatorType(getElementTypeOrSelf(contraction.getType()));
  auto unpack = rhs.tensor.getDefiningOp<kernel::UnpackOp>();
  if (unpack && isa<BlockArgument>(unpack.getPacked()) && unpack.getProducts() == dot.products())
    rhs.panels = unpack.getPacked();
  findPlain(lhs);
  findPlain(rhs);
  problem.rows = numberOf(rows);
  problem.columns = numberOf(columns);
  problem.depth = numberOf(depth);
  problem.bits = std::max(32u, type.getIntOrFloatBitWidth());
  problem.hasWords = bool(dot);
  problem.lhsIsPlain = isReadInPlace(lhs);
  problem.lhsIsContiguous = lhs.plain && lhs.depthStride == emitter.shapes.constant(1);
  problem.rhsIsPlain = isReadInPlace(rhs);
  problem.rhsIsContiguous = rhs.plain && rhs.freeStride == emitter.shapes.constant(1);
  if (rhs.panels)
    problem.panelColumns = cast<RankedTensorType>(rhs.panels.getType()).getDimSize(2);
  problem.readsRhsInOrder = isReadInOrder();
  tiling = chooseTiling(problem, context.options);
  if (!tiling.isFound && knownTiling(problem, context.options))
    contraction.emitWarning() << "the tiling that the file of --tilings has for '"
                              << textOf(problem) << "' does not fit: the model's is used";
  allocateScratch();
}

/// What holds the numbers that are multiplied.
Value ContractionSegment::operand(Value tensor) {
  Type narrow = contraction.narrowElement();
  return dot || (narrow && narrow.isBF16()) ? contraction.narrowOperand(tensor) : tensor;
}

/// Whether tiles can take the numbers from where they lie.
bool ContractionSegment::isReadInPlace(const Side &side) const {
  return side.plain && getElementTypeOrSelf(side.tensor.getType()) == type && !dot;
}

void ContractionSegment::findPlain(Side &side) {
  side.plain = plainOperand(emitter, side.tensor);
  if (!side.plain)
    return;
  side.freeStride = collapsedStride(side, side.free);
  side.depthStride = collapsedStride(side, side.depth);
  if (!side.freeStride || !side.depthStride)
    side.plain.reset();
}

void ContractionSegment::allocateScratch() {
  bool mayHaveFewRows = numberOf(rows) < 0 && tiling.balancesRows; // worth code of their own
  if (isReadInOrder() && (isVectorProduct(problem) || mayHaveFewRows))
    allocateVectorSums();
  if (isVectorProduct(problem))
    return;
  isDepthCut =
      tiling.depthBlock >= 0 && (numberOf(depth) < 0 || numberOf(depth) > tiling.depthBlock);
  bool keepsSums = !isDepthCut || getElementTypeOrSelf(contraction.getType()) == type;
  storesSumsOnly = keepsSums && llvm::all_of(targets, [&](const StoreTarget &target) {
                     return target.tensor == contraction.getResult();
                   });
  vectors = tiling.columnStep / tiling.lanes;
  accumulatorStride = tiling.columnBlock;
  if (!storesSumsOnly)
    accumulators =
        context.allocate(type, (isDepthCut ? tiling.rowBlock : tiling.rowStep) * accumulatorStride);
  bool mayHaveGroups = isDepthCut && (numberOf(depth) < 0 || numberOf(depth) > groupDepth());
  if (mayHaveGroups && isa<FloatType>(type))
    groupSums = context.allocate(type, tiling.rowBlock * accumulatorStride);
  if (dot)
    return allocateDotScratch();
  if (tiling.packLhs)
    lhsScratch = context.allocate(type, llvm::divideCeil(tiling.rowBlock, tiling.rowStep) *
                                            lhsPanelElements());
  if (tiling.packRhs)
    rhsScratch =
        context.allocate(type, tiling.columnBlock / tiling.columnStep * rhsPanelElements());
  tailColumns = chooseTail();
  if (tailColumns && !hasTailInPlace())
    tailScratch = context.allocate(type, tailWidth() * tailStride());
}

ContractionSegment::Side ContractionSegment::makeSide(Value tensor, ArrayRef<int64_t> batch,
                                                      ArrayRef<int64_t> depth) {
  Side side;
  side.tensor = tensor;
  side.batch.assign(batch.begin(), batch.end());
  side.depth.assign(depth.begin(), depth.end());
  return side;
}

AffineExpr ContractionSegment::extent(const Side &side, ArrayRef<int64_t> dims) {
  AffineExpr total = emitter.shapes.constant(1);
  for (int64_t dim : dims)
    total = total * emitter.shapes.size(side.tensor, dim);
  return emitter.shapes.simplified(total);
}

/// The distance of neighbours when `dims` are counted as one, or null if it is not the same
/// everywhere.
AffineExpr ContractionSegment::collapsedStride(const Side &side, ArrayRef<int64_t> dims) {
  AffineExpr stride = dims.empty() ? emitter.shapes.constant(0) : side.plain->strides[dims.back()];
  AffineExpr expected = stride;
  for (int64_t dim : llvm::reverse(dims)) {
    if (side.plain->strides[dim] != expected &&
        emitter.shapes.size(side.tensor, dim) != emitter.shapes.constant(1))
      return {};
    expected = emitter.shapes.simplified(expected * emitter.shapes.size(side.tensor, dim));
  }
  return stride;
}

Position ContractionSegment::positionOf(const Side &side, const Block &block, LaneIndex free,
                                        LaneIndex depthAt) {
  SmallVector<LaneIndex, 4> coords(cast<RankedTensorType>(side.tensor.getType()).getRank(),
                                   emitter.uniform(0));
  for (auto [dim, coord] : llvm::zip(side.batch, block.batch))
    coords[dim] = coord;
  auto place = [&](ArrayRef<int64_t> dims, LaneIndex linear) {
    SmallVector<AffineExpr> sizes;
    for (int64_t dim : dims)
      sizes.push_back(emitter.shapes.size(side.tensor, dim));
    for (auto [dim, coord] : llvm::zip(dims, emitter.delinearize(sizes, linear)))
      coords[dim] = coord;
  };
  place(side.free, free);
  place(side.depth, depthAt);
  return Position::at(coords);
}

OperandView ContractionSegment::plainView(const Side &side, const Block &block, Value freeLow) {
  OperandView view;
  view.buffer = emitter.bufferOf(side.plain->argument);
  view.freeStride = emitter.value(side.freeStride);
  view.depthStride = emitter.value(side.depthStride);
  view.offset = emitter.add(emitter.mul(freeLow, view.freeStride),
                            emitter.mul(block.depthLow, view.depthStride));
  for (auto [dim, coord] : llvm::zip(side.batch, block.batch))
    view.offset =
        emitter.add(view.offset, emitter.mul(coord.base, emitter.value(side.plain->strides[dim])));
  return view;
}

/// A panel that lies packed in an argument.
OperandView ContractionSegment::panelView(const Block &block, Value panelLow) {
  Value width = emitter.constantIndex(tiling.columnStep);
  Value panel = emitter.floorDiv(emitter.add(block.columnLow, panelLow), width);
  Value row = emitter.add(emitter.mul(panel, emitter.value(depth)), block.depthLow);
  int64_t products = dot.products();
  return {emitter.bufferOf(rhs.panels), emitter.mul(emitter.mul(row, width), products),
          emitter.constantIndex(products), emitter.mul(width, products)};
}

//===-- Blocks ------------------------------------------------------------------------------===//

AffineExpr ContractionSegment::tiles() {
  return emitter.shapes.simplified(batches * rows.ceilDiv(tiling.rowBlock) *
                                   columns.ceilDiv(tiling.columnUnit));
}

/// Elements of the block that starts at `low`: a constant where all blocks are whole.
Value ContractionSegment::count(AffineExpr size, int64_t block, Value low) {
  int64_t known = numberOf(size);
  if (known >= 0 && (known % block == 0 || known < block))
    return emitter.constantIndex(std::min(known, block));
  return emitter.min(emitter.constantIndex(block), emitter.sub(emitter.value(size), low));
}

void ContractionSegment::emit(Value begin, Value end) {
  if (isVectorProduct(problem))
    return emitVectorTiles(begin, end, numberOf(rows));
  if (!vectorSums)
    return emitTiles(begin, end);
  SmallVector<int64_t> heights =
      llvm::to_vector(llvm::seq<int64_t>(1, mostVectorRows(problem.rhsIsContiguous) + 1));
  emitter.indexSwitch(
      emitter.value(rows), heights, [&](int64_t height) { emitVectorTiles(begin, end, height); },
      [&] { emitTiles(begin, end); });
}

/// Rows of blocks, in each of them the columns that the tiles [begin, end) have.
void ContractionSegment::emitTiles(Value begin, Value end) {
  Value one = emitter.constantIndex(1);
  Value rowBlocks = emitter.value(rows.ceilDiv(tiling.rowBlock));
  Value units = emitter.max(emitter.value(columns.ceilDiv(tiling.columnUnit)), one);
  SmallVector<AffineExpr> batchSizes;
  for (int64_t dim : lhs.batch)
    batchSizes.push_back(emitter.shapes.size(lhs.tensor, dim));
  Value rowBlock = emitter.constantIndex(tiling.rowBlock);
  if (numberOf(rows) < 0) { // blocks of nearly equal height, none left with a few rows
    Value each = emitter.ceilDiv(emitter.value(rows), emitter.max(rowBlocks, one));
    rowBlock =
        emitter.mul(emitter.ceilDiv(each, emitter.constantIndex(tiling.rowStep)), tiling.rowStep);
  }
  emitter.forLoop(
      emitter.floorDiv(begin, units), emitter.ceilDiv(end, units), 1, [&](Value across) {
        Value before = emitter.mul(across, units);
        Value low = emitter.sub(emitter.max(begin, before), before);
        Value high = emitter.min(emitter.sub(end, before), units);
        Block block;
        block.rowLow = emitter.mul(emitter.rem(across, rowBlocks), rowBlock);
        block.batch =
            emitter.delinearize(batchSizes, emitter.uniform(emitter.floorDiv(across, rowBlocks)));
        block.rowCount = numberOf(rows) < 0
                             ? emitter.min(rowBlock, emitter.sub(emitter.value(rows), block.rowLow))
                             : count(rows, tiling.rowBlock, block.rowLow);
        int64_t together = tiling.columnBlock / tiling.columnUnit;
        emitter.forLoop(low, high, together, [&](Value unit) {
          block.columnLow = emitter.mul(unit, tiling.columnUnit);
          block.columnCount = count(columns, tiling.columnUnit, block.columnLow);
          if (together > 1) {
            Value some = emitter.min(emitter.constantIndex(together), emitter.sub(high, unit));
            block.columnCount = emitter.min(emitter.mul(some, tiling.columnUnit),
                                            emitter.sub(emitter.value(columns), block.columnLow));
          }
          emitBlock(block);
        });
      });
}

void ContractionSegment::emitBlock(Block block) {
  Value whole = emitter.value(depth), zero = emitter.constantIndex(0);
  block.packsRhs = tiling.packRhs;
  if (!isDepthCut) {
    block.depthLow = zero;
    block.depthCount = whole;
    return emitDepthBlock(block);
  }
  block.accumulates = true;
  Value atLeastOnce = emitter.max(whole, emitter.constantIndex(1)); // the sums of no products are 0
  emitter.forLoop(zero, atLeastOnce, tiling.depthBlock, [&](Value low) {
    block.depthLow = low;
    block.depthCount = count(depth, tiling.depthBlock, low);
    emitDepthBlock(block);
    if (groupSums)
      endGroup(block);
  });
  if (!storesSumsOnly)
    emitEpilogue(block, zero, block.rowCount, zero, block.columnCount,
                 {accumulators, zero, accumulatorStride});
}

/// Packing pays for many rows only.
bool ContractionSegment::decidesPackingAtRunTime() {
  return tiling.packRhs && !dot && numberOf(rows) < 0 && numberOf(columns) >= 0 && rhs.plain &&
         getElementTypeOrSelf(rhs.tensor.getType()) == type &&
         rhs.freeStride == emitter.shapes.constant(1);
}

void ContractionSegment::emitDepthBlock(const Block &block) {
  OperandView left = dot              ? packDotLhs(block)
                     : tiling.packLhs ? packLhs(block)
                                      : plainView(lhs, block, block.rowLow);
  if (dot.hasOffset() && !block.packsRhs)
    storeFirstSums(block);
  auto allRows = [&] {
    Block choosing = block;
    if (decidesPackingAtRunTime()) {
      choosing.packs = emitter.compare(arith::CmpIPredicate::sgt, block.rowCount,
                                       emitter.constantIndex(kMostRowsInPlace));
      emitter.ifThen(choosing.packs, [&] { packRhs(block); });
    } else if (block.packsRhs) {
      dot ? packDotRhs(block) : packRhsBeforeTail(block);
    }
    if (tailColumns)
      choosing.tail = viewTail(choosing);
    if (dot.hasOffset() && block.packsRhs)
      storeFirstSums(block);
    emitRows(choosing, left);
  };
  if (!emitFewRows(block, left, allRows))
    allRows();
}

/// Results positionwise around one contraction.
static std::unique_ptr<Segment> createContractionSegment(KernelContext &context, Operation *op,
                                                         PendingTargets &targets) {
  SmallVector<StoreTarget> around = targets.takeAround(op);
  if (around.empty())
    return nullptr;
  auto contraction = cast<nn::ContractOp>(op);
  PullEmitter &emitter = context.emitter;
  AffineExpr columns = emitter.shapes.constant(1);
  for (int64_t dim : contraction.rhsFreeDims())
    columns = columns * emitter.shapes.size(contraction.getRhs(), dim);
  if (numberOf(emitter.shapes.simplified(columns)) == 1 || emitter.laneOptions.bytes == 0)
    return createMapSegment(context, around); // dot products
  return std::make_unique<ContractionSegment>(context, contraction, around);
}

static const SegmentEntry kContraction(cpuSegments(), "contraction", createContractionSegment);

} // namespace mlc
