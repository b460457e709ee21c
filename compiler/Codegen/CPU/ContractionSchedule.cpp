// Contractions: the operands, results and surroundings of one, as a product in register tiles.
#include "compiler/Codegen/CPU/PlainOperand.h"
#include "compiler/Codegen/CPU/RegisterTile/RegisterTile.h"
#include "compiler/Codegen/CPU/RegisterTile/Report.h"
#include "compiler/Codegen/CPU/RegisterTile/Tail.h"
#include "compiler/Codegen/CPU/RegisterTile/Tuning.h"
#include "compiler/Codegen/CPU/Segments.h"
#include "compiler/Codegen/Common/Emission.h"
#include "dialects/NN/AttributeNames.h"

using namespace mlir;

namespace mlc {

namespace {
class ContractionSegment : public Segment {
public:
  /// `isTurned`: lhs is taken as the rhs of the product, and rhs as its lhs.
  ContractionSegment(KernelContext &context, nn::ContractOp contraction,
                     ArrayRef<StoreTarget> targets, bool isTurned = false);
  /// Whether its last columns are dot products along the depth.
  bool hasTail() { return tile::tailColumns({emitter, product(), context.options}) > 0; }
  void plan();
  AffineExpr tiles() override { return loops->tiles(); }
  void emit(Value begin, Value end) override { loops->emit(begin, end); }
  std::optional<TileRows> tileRows() const override;
  SegmentReport report() const override;

private:
  /// One side's dimensions by role.
  struct Side {
    Value tensor;
    SmallVector<int64_t> batch, free, depth;
  };
  tile::Product product();
  tile::Operand operandOf(const Side &side);
  tile::Epilogue epilogue();
  void setStrides(tile::Product &product);
  void setEdges(tile::Product &product);
  void setPanels(tile::Operand &operand);
  void setGroups(tile::Operand &operand);
  SmallVector<AffineExpr> sizesOf(const Side &side, ArrayRef<int64_t> dims);
  Position operandPosition(const Side &side, ArrayRef<LaneIndex> batch, LaneIndex free,
                           LaneIndex depth);
  Position resultPosition(ArrayRef<LaneIndex> batch, Value row, LaneIndex column);

  KernelContext &context;
  PullEmitter &emitter;
  nn::ContractOp contraction;
  SmallVector<StoreTarget> targets;
  DotForm dot;
  Side lhs, rhs;
  bool isTurned;
  std::unique_ptr<tile::ProductLoops> loops;
};
} // namespace

//===-- Operands ----------------------------------------------------------------------------===//

SmallVector<AffineExpr> ContractionSegment::sizesOf(const Side &side, ArrayRef<int64_t> dims) {
  return llvm::map_to_vector(dims,
                             [&](int64_t dim) { return emitter.shapes.size(side.tensor, dim); });
}

/// Counts neighbouring dimensions as one where every list of strides allows it.
static void collapse(KernelShapes &shapes, SmallVector<AffineExpr> &sizes,
                     ArrayRef<SmallVector<AffineExpr> *> strides) {
  SmallVector<AffineExpr> kept;
  SmallVector<SmallVector<AffineExpr>> keptStrides(strides.size());
  for (size_t dim = 0; dim < sizes.size(); ++dim) {
    if (sizes[dim] == shapes.constant(1))
      continue;
    bool joins = !kept.empty();
    for (auto [list, all] : llvm::zip_equal(strides, keptStrides))
      joins &= !all.empty() && all.back() == shapes.simplified((*list)[dim] * sizes[dim]);
    if (!joins) {
      kept.push_back(shapes.constant(1));
      for (auto &all : keptStrides)
        all.push_back({});
    }
    kept.back() = shapes.simplified(kept.back() * sizes[dim]);
    for (auto [list, all] : llvm::zip_equal(strides, keptStrides))
      all.back() = (*list)[dim];
  }
  if (kept.empty()) { // of one element
    kept.push_back(shapes.constant(1));
    for (auto &all : keptStrides)
      all.push_back(shapes.constant(0));
  }
  sizes = kept;
  for (auto [list, all] : llvm::zip_equal(strides, keptStrides))
    *list = all;
}

/// From so many elements on a run along the depth is worth a loop in that over the other
/// dimensions.
constexpr int64_t kShortestRun = 4;

/// Where operands lie in memory, and what the dimensions of the product are then: as few as their
/// strides allow. rhs is read from where columns are one dimension.
void ContractionSegment::setStrides(tile::Product &product) {
  struct Found {
    const Side &side;
    tile::Operand *operand;
    std::optional<PlainOperand> plain;
    tile::Strides strides;
  };
  Found found[] = {{lhs, &product.lhs, plainOperand(emitter, lhs.tensor), {}},
                   {rhs, &product.rhs, plainOperand(emitter, rhs.tensor), {}}};
  SmallVector<AffineExpr> columns = product.columns, depth = product.depth, rows = product.rows;
  for (Found &each : found)
    if (each.plain) {
      auto stridesOf = [&](ArrayRef<int64_t> dims) {
        return llvm::map_to_vector(dims, [&](int64_t dim) { return each.plain->strides[dim]; });
      };
      each.strides = {stridesOf(each.side.batch), stridesOf(each.side.free),
                      stridesOf(each.side.depth)};
    }
  if (found[1].plain) {
    collapse(emitter.shapes, columns, {&found[1].strides.free});
    if (columns.size() > 1)
      found[1].plain.reset();
  }
  SmallVector<AffineExpr> ofLhs = found[0].strides.depth, ofRhs = found[1].strides.depth;
  auto collapseDepth = [&] {
    SmallVector<SmallVector<AffineExpr> *> alongDepth;
    for (Found &each : found)
      if (each.plain)
        alongDepth.push_back(&each.strides.depth);
    collapse(emitter.shapes, depth, alongDepth);
    return depth.size() == 1 || numberOf(depth.back()) >= kShortestRun;
  };
  bool isRun = collapseDepth();
  // A small kernel of another order than its windows: it is packed anyway.
  if (!isRun && found[0].plain && found[1].plain &&
      found[1].strides.free.back() != emitter.shapes.constant(1)) {
    found[1].plain.reset();
    found[0].strides.depth = ofLhs;
    depth = product.depth;
    isRun = collapseDepth();
  }
  if (found[0].plain && isRun) {
    collapse(emitter.shapes, rows, {&found[0].strides.free});
  } else { // lhs is packed, and each dimension is one
    found[0].plain.reset();
    found[1].strides.depth = ofRhs;
    depth = product.depth;
    if (found[1].plain)
      collapse(emitter.shapes, depth, {&found[1].strides.depth});
    collapse(emitter.shapes, depth, {});
    collapse(emitter.shapes, rows, {});
  }
  product.rows = rows;
  product.depth = depth;
  for (Found &each : found) {
    if (!each.plain || each.strides.depth.size() != depth.size())
      continue;
    each.operand->buffer = emitter.bufferOf(each.plain->argument);
    each.operand->strides = each.strides;
    if (numberOf(each.plain->offset) != 0)
      each.operand->offset = emitter.value(each.plain->offset);
  }
}

/// Which dimension counts dimension `dim` of `sizes`, as the slowest of those that it counts, and
/// how many elements of the others.
static std::optional<std::pair<size_t, int64_t>> placeOf(ArrayRef<AffineExpr> sizes, size_t dim,
                                                         ArrayRef<AffineExpr> collapsed) {
  size_t at = 0;
  for (size_t number = 0; number < collapsed.size(); ++number) {
    int64_t all = numberOf(collapsed[number]), count = 1;
    size_t first = at;
    bool isAlone = at < sizes.size() && sizes[at] == collapsed[number];
    if (isAlone)
      ++at;
    while (!isAlone && at < sizes.size() && count < all)
      count *= std::max<int64_t>(numberOf(sizes[at++]), 1);
    if (dim < first || dim >= at)
      continue;
    for (size_t before = first; before < dim; ++before)
      if (numberOf(sizes[before]) != 1)
        return std::nullopt;
    if (isAlone)
      return std::pair<size_t, int64_t>(number, 1);
    return count == all && numberOf(sizes[dim]) > 0
               ? std::optional(std::pair<size_t, int64_t>(number, all / numberOf(sizes[dim])))
               : std::nullopt;
  }
  return std::nullopt;
}

/// The ends of what lhs sees that are zero, where a row and a depth say together what that is.
void ContractionSegment::setEdges(tile::Product &product) {
  auto view = lhs.tensor.getDefiningOp<nn::KernelOpInterface>();
  auto zeros = view ? view->getAttrOfType<DenseI64ArrayAttr>(nn::kZerosAttr) : DenseI64ArrayAttr();
  auto steps = zeros ? view.viewSteps() : std::nullopt;
  if (!steps || !product.lhs.buffer)
    return;
  SmallVector<AffineExpr> rowSizes = sizesOf(lhs, lhs.free), depthSizes = sizesOf(lhs, lhs.depth);
  for (auto [rowNumber, row] : llvm::enumerate(lhs.free))
    for (auto [depthNumber, depth] : llvm::enumerate(lhs.depth)) {
      int64_t source = (*steps)[row].dim, before = zeros[2 * source], after = zeros[2 * source + 1],
              size = numberOf(emitter.shapes.size(view->getOperand(0), source));
      if ((*steps)[depth].dim != source || before + after == 0 || size < 0)
        continue;
      auto ofRow = placeOf(rowSizes, rowNumber, product.rows),
           ofDepth = placeOf(depthSizes, depthNumber, product.depth);
      if (ofRow && ofDepth)
        product.edges.push_back({ofRow->first, ofDepth->first, ofRow->second, ofDepth->second,
                                 (*steps)[row].step, (*steps)[depth].step, before, size - after});
    }
}

/// The panels of rhs, if it was packed beforehand.
void ContractionSegment::setPanels(tile::Operand &operand) {
  auto unpack = rhs.tensor.getDefiningOp<kernel::UnpackOp>();
  if (!unpack || !isa<BlockArgument>(unpack.getPacked()) ||
      unpack.getProducts() != dot.products() || unpack.getDepth() != ArrayRef(rhs.depth) ||
      !llvm::equal(rhs.batch, llvm::seq<int64_t>(0, unpack.getBatchDims())))
    return;
  operand.panels = emitter.bufferOf(unpack.getPacked());
  operand.panelColumns =
      cast<RankedTensorType>(unpack.getPacked().getType()).getDimSize(unpack.getBatchDims() + 2);
  operand.hasPanelsOfBatch = unpack.getBatchDims() > 0;
}

/// The words and scales of rhs, if it is made of them.
void ContractionSegment::setGroups(tile::Operand &operand) {
  Operation *op = rhs.tensor.getDefiningOp();
  const Emission *emission = op ? emissionOf(op) : nullptr;
  if (!emission || !emission->traits.scaledNumbers || !rhs.batch.empty() || dot ||
      !operand.element.isF32())
    return;
  ScaledNumbers numbers = emission->traits.scaledNumbers(emitter, op);
  if (ArrayRef(rhs.depth) == ArrayRef({numbers.depthDim}))
    operand.groups = {numbers.bits,      numbers.group,   numbers.wordAt,
                      numbers.fetchWord, numbers.scaleAt, numbers.zeroAt};
}

tile::Operand ContractionSegment::operandOf(const Side &side) {
  tile::Operand operand;
  operand.element = getElementTypeOrSelf(side.tensor.getType());
  operand.valueAt = [this, &side](ArrayRef<LaneIndex> batch, LaneIndex free, LaneIndex depth) {
    return emitter.emit(side.tensor, operandPosition(side, batch, free, depth));
  };
  int64_t rank = cast<RankedTensorType>(side.tensor.getType()).getRank();
  operand.isComputedAlongDepth = llvm::is_contained(side.depth, rank - 1);
  operand.unroll = emitter.preferredUnroll(side.tensor);
  return operand;
}

Position ContractionSegment::operandPosition(const Side &side, ArrayRef<LaneIndex> batch,
                                             LaneIndex free, LaneIndex depth) {
  SmallVector<LaneIndex, 4> coords(cast<RankedTensorType>(side.tensor.getType()).getRank(),
                                   emitter.uniform(0));
  for (auto [dim, coord] : llvm::zip(side.batch, batch))
    coords[dim] = coord;
  auto place = [&](ArrayRef<int64_t> dims, LaneIndex linear) {
    for (auto [dim, coord] : llvm::zip(dims, emitter.delinearize(sizesOf(side, dims), linear)))
      coords[dim] = coord;
  };
  place(side.free, free);
  place(side.depth, depth);
  return Position::at(coords);
}

//===-- Results -----------------------------------------------------------------------------===//

/// Where a row and columns are in the shape of the contraction.
Position ContractionSegment::resultPosition(ArrayRef<LaneIndex> batch, Value row,
                                            LaneIndex column) {
  SmallVector<LaneIndex, 4> coords(batch),
      rows = emitter.delinearize(sizesOf(lhs, lhs.free), emitter.uniform(row)),
      columns = emitter.delinearize(sizesOf(rhs, rhs.free), column);
  llvm::append_range(coords, isTurned ? columns : rows);
  llvm::append_range(coords, isTurned ? rows : columns);
  return Position::at(coords);
}

/// Whether it is a few instructions to compute the values at a position.
static bool isShort(ArrayRef<Value> values) {
  constexpr int64_t kFewSteps = 8;
  llvm::SmallPtrSet<Operation *, 32> seen;
  int64_t steps = 0;
  for (Value value : values)
    visitPositionwise(value, seen, [&](Operation *op) {
      bool isElementwise = isa<nn::ElementwiseOpInterface>(op);
      steps += op->hasTrait<nn::Costly>() ? kFewSteps + 1 : isElementwise;
    });
  return steps <= kFewSteps;
}

/// The ops around the contraction, evaluated on the sums and stored.
tile::Epilogue ContractionSegment::epilogue() {
  Type element = getElementTypeOrSelf(contraction.getType());
  SmallVector<Value> values;
  for (const StoreTarget &target : targets)
    values.push_back(target.tensor);
  tile::Epilogue epilogue;
  epilogue.store = [this, element](ArrayRef<LaneIndex> batch, Value row, LaneIndex column,
                                   Value sum) {
    Position position = resultPosition(batch, row, column);
    emitter.define(contraction, position, emitter.rounded(sum, element));
    context.storeAt(targets, position);
  };
  epilogue.bits = PullEmitter::laneBits(values);
  epilogue.unroll = emitter.preferredUnroll(values);
  epilogue.isPlain =
      llvm::all_of(values, [&](Value value) { return value == contraction.getResult(); });
  epilogue.isShort = epilogue.bits == 32 && isShort(values);
  epilogue.result = targets[0].buffer;
  epilogue.address = [this](ArrayRef<LaneIndex> batch, Value row, LaneIndex column) {
    Position position = resultPosition(batch, row, column);
    const StoreTarget &result = targets[0];
    return result.address ? result.address(position) : emitter.linearize(contraction, position);
  };
  epilogue.holdsSums = element == PullEmitter::accumulatorType(element);
  epilogue.isRowMajor = targets.size() == 1 && !targets[0].address;
  return epilogue;
}

//===-- Segment -----------------------------------------------------------------------------===//

tile::Product ContractionSegment::product() {
  tile::Product product;
  product.batch = sizesOf(lhs, lhs.batch);
  product.rows = sizesOf(lhs, lhs.free);
  product.columns = sizesOf(rhs, rhs.free);
  product.depth = sizesOf(lhs, lhs.depth);
  product.lhs = operandOf(lhs);
  product.rhs = operandOf(rhs);
  setStrides(product);
  setEdges(product);
  product.columns = {emitter.product(product.columns)};
  setPanels(product.rhs);
  setGroups(product.rhs);
  product.type = PullEmitter::accumulatorType(getElementTypeOrSelf(contraction.getType()));
  product.dot = dot;
  product.epilogue = epilogue();
  return product;
}

ContractionSegment::ContractionSegment(KernelContext &context, nn::ContractOp contraction,
                                       ArrayRef<StoreTarget> targets, bool isTurned)
    : context(context), emitter(context.emitter), contraction(contraction), targets(targets),
      dot(dotOf(contraction, context.options)), isTurned(isTurned) {
  Type narrow = contraction.narrowElement();
  bool readsNarrow = dot || isa_and_nonnull<FloatType>(narrow);
  auto numbers = [&](Value tensor) {
    Value numbers = readsNarrow ? contraction.narrowOperand(tensor) : tensor;
    // Words are packed of what the kernel rounds.
    return dot && narrow.isBF16() ? nn::ProductOpInterface::unrounded(numbers) : numbers;
  };
  auto dims = [](auto &&list) { return SmallVector<int64_t>(list.begin(), list.end()); };
  lhs = {numbers(contraction.getLhs()), dims(contraction.getLhsBatch()),
         dims(contraction.lhsFreeDims()), dims(contraction.getLhsContract())};
  Value matrix = numbers(contraction.getRhs());
  if (!narrow && contraction.takesIn(1)) // packed 16-bit weights
    matrix = matrix.getDefiningOp<nn::CastOp>().getX();
  rhs = {matrix, dims(contraction.getRhsBatch()), dims(contraction.rhsFreeDims()),
         dims(contraction.getRhsContract())};
  if (isTurned)
    std::swap(lhs, rhs);
}

void ContractionSegment::plan() {
  loops = std::make_unique<tile::ProductLoops>(emitter, product(), context.options, context);
  const TilingProblem &problem = loops->plan().problem;
  if (!loops->plan().tiling.isFound && knownTiling(problem, context.options))
    contraction.emitWarning() << "the tiling that the file of --tilings has for '"
                              << textOf(problem) << "' does not fit: the model's is used";
}

/// Blocks of rows; whole matrices of a batch.
std::optional<TileRows> ContractionSegment::tileRows() const {
  const tile::Plan &plan = loops->plan();
  bool isElsewhere =
      llvm::any_of(targets, [](const StoreTarget &target) { return bool(target.address); });
  if (isElsewhere || plan.isVector || plan.tiling.rowUnit || plan.problem.rows <= 0 ||
      plan.problem.columns <= 0)
    return std::nullopt;
  int64_t units = llvm::divideCeil(plan.problem.columns, plan.tiling.columnUnit),
          block = plan.tiling.rowBlock;
  if (plan.batchCount == emitter.shapes.constant(1))
    return TileRows{units, block, plan.rowCount};
  return TileRows{units * int64_t(llvm::divideCeil(plan.problem.rows, block)), plan.problem.rows,
                  emitter.shapes.simplified(plan.batchCount * plan.rowCount)};
}

SegmentReport ContractionSegment::report() const {
  const tile::Plan &plan = loops->plan();
  std::string text =
      (isTurned ? "contraction, transposed " : "contraction ") + tile::textOf(*loops);
  if (plan.isVector)
    return {text};
  return {text, !dot && isTunable(plan.problem) ? textOf(plan.problem) : "", tile::shareOf(*loops),
          dot.productsOfStep()};
}

/// Columns in a vector are few if it could hold so many times as many.
constexpr int64_t kFewColumns = 3;

/// Elements of a matrix from which taking it so pays: with a vector, whose map has rows in the
/// lanes; with one column, whose map has that; with several, which have tiles.
constexpr int64_t kFewestOfVector = 16384, kFewestOfColumn = 64, kFewestOfColumns = 1024;

/// With a few columns, which would leave most lanes idle, rows that are neighbours in memory are
/// taken as the columns, and those as rows.
static bool isTakenTurned(PullEmitter &emitter, nn::ContractOp contraction, int64_t columns) {
  int64_t lanes = emitter.laneOptions.lanes(PullEmitter::laneBits(contraction.getResult()));
  std::optional<PlainOperand> plain = plainOperand(emitter, contraction.getLhs());
  if (!plain || contraction.narrowElement() || columns < 1 ||
      (columns > 1 && kFewColumns * columns > lanes))
    return false;
  AffineExpr elements = emitter.shapes.constant(1);
  auto count = [&](ArrayRef<int64_t> dims) {
    for (int64_t dim : dims)
      elements = elements * emitter.shapes.size(contraction.getLhs(), dim);
  };
  count(contraction.lhsFreeDims());
  count(contraction.getLhsContract());
  int64_t known = numberOf(emitter.shapes.simplified(elements)),
          fewest = columns > 1                         ? kFewestOfColumns
                   : contraction.rhsFreeDims().empty() ? kFewestOfVector
                                                       : kFewestOfColumn;
  if (known >= 0 && known < fewest)
    return false;
  auto stride = [&](ArrayRef<int64_t> dims) { // of all dimensions counted as one
    SmallVector<AffineExpr> sizes, strides;
    for (int64_t dim : dims) {
      sizes.push_back(emitter.shapes.size(contraction.getLhs(), dim));
      strides.push_back(plain->strides[dim]);
    }
    collapse(emitter.shapes, sizes, {&strides});
    return sizes.size() == 1 ? strides.front() : AffineExpr();
  };
  return stride(contraction.lhsFreeDims()) == emitter.shapes.constant(1) &&
         stride(contraction.getLhsContract());
}

/// Results positionwise around one contraction.
static std::unique_ptr<Segment> createContractionSegment(KernelContext &context, Operation *op,
                                                         PendingTargets &targets) {
  if (std::unique_ptr<Segment> chain = createChainSegment(context, op, targets))
    return chain;
  auto contraction = cast<nn::ContractOp>(op);
  PullEmitter &emitter = context.emitter;
  AffineExpr columns = emitter.shapes.constant(1);
  for (int64_t dim : contraction.rhsFreeDims())
    columns = columns * emitter.shapes.size(contraction.getRhs(), dim);
  if (emitter.laneOptions.bytes == 0)
    return createMapAround(context, op, targets);
  int64_t count = numberOf(emitter.shapes.simplified(columns));
  bool isTurned = isTakenTurned(emitter, contraction, count);
  PendingTargets others = targets;
  SmallVector<StoreTarget> around = others.takeAround(op);
  if (around.empty())
    return nullptr;
  auto segment = std::make_unique<ContractionSegment>(context, contraction, around, isTurned);
  if (count == 1 && !isTurned && !segment->hasTail())
    return createMapAround(context, op, targets);
  segment->plan();
  targets.takeAround(op);
  return segment;
}

static const SegmentEntry kContraction(cpuSegments(), "contraction", createContractionSegment);

} // namespace mlc
