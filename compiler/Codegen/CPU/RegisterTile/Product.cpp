#include "compiler/Codegen/CPU/RegisterTile/Product.h"
#include "compiler/Codegen/CPU/RegisterTile/Block.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace mlc::tile {

//===-- Choices -----------------------------------------------------------------------------===//

AffineExpr innermost(ArrayRef<AffineExpr> strides, MLIRContext *context) {
  return strides.empty() ? getAffineConstantExpr(0, context) : strides.back();
}

/// Steps of a run for which a tile may have all rows that registers suffice for.
constexpr int64_t kLongRun = 64;

/// Up to such a depth a tile takes about as long as keeping its sums and reading them again.
constexpr int64_t kShallowDepth = 256;

int64_t Plan::stepsOfRun() const {
  int64_t run = depth.empty() ? 1 : numberOf(depth.back());
  return run > 0 && run % dot.products() == 0 ? run / dot.products() : -1;
}

bool Plan::hasWordsInPlace() const {
  if (lhs.isInWords) // registers of matrices take rows of them
    return !dot.takesMatrices() || isAlongDepth(lhs);
  return lhs.buffer && dot.takesAsWords(lhs.element) && stepsOfRun() > 0 &&
         isOne(innermost(lhs.strides.depth, type.getContext()));
}

bool Plan::isReadInPlace(const Operand &operand) const {
  bool isRhs = &operand == &rhs;
  if (dot)
    return !isRhs && hasWordsInPlace();
  return operand.buffer && (operand.element == type || operand.onLoad) &&
         (!isRhs || operand.strides.free.size() <= 1);
}

bool Plan::isReadInOrder() const {
  MLIRContext *context = type.getContext();
  if (rhs.groups)
    return isReadInPlace(lhs) && lhs.strides.isFlat();
  return isReadInPlace(lhs) && isReadInPlace(rhs) && lhs.strides.isFlat() && rhs.strides.isFlat() &&
         !rhs.onLoad &&
         (isOne(innermost(rhs.strides.free, context)) ||
          isOne(innermost(rhs.strides.depth, context)));
}

bool Plan::isAlongDepth(const Operand &operand) const {
  return operand.buffer ? isOne(innermost(operand.strides.depth, type.getContext()))
                        : operand.isComputedAlongDepth;
}

Plan::Plan(VectorBuilder &emitter, Product product, const ScheduleOptions &options)
    : Product(std::move(product)), l1Bytes(options.l1Bytes), l2Bytes(options.l2Bytes) {
  auto count = [&](ArrayRef<AffineExpr> sizes) { return emitter.product(sizes); };
  for (Operand *operand : {&lhs, &rhs})
    if (!operand->valueAt)
      operand->isComputedAlongDepth = isAlongDepth(*operand);
  cutRuns();
  batchCount = count(batch);
  rowCount = count(rows);
  columnCount = count(columns);
  elementCount = count(depth);
  depthCount = emitter.simplified(elementCount.ceilDiv(dot.products()));
  fillsWords = numberOf(elementCount % dot.products()) != 0;
  depthSteps = depth;
  if (dot && stepsOfRun() > 0)
    depthSteps.back() = emitter.simplified(depth.back().floorDiv(dot.products()));
  describe();
  tiling = chooseTiling(problem, options);
  vectors = tiling.columnStep / tiling.lanes;
  isVector = isVectorProduct(problem);
  if (const DotInstruction *bytes = rhs.groups ? bytesDot(options.i8Dot) : nullptr)
    groupsDot = DotForm(bytes);
  if (isVector)
    return;
  if (hasNestedDepth())
    keepInnerDepthWhole();
  if (lhs.strides.free.size() > 1 && !problem.matrixRows)
    fitRows();
  chooseEdges();
  isDepthCut = tiling.depthBlock >= 0 && (problem.depth < 0 || problem.depth > tiling.depthBlock);
  bool isShallow = problem.depth >= 0 && problem.depth <= kShallowDepth && epilogue.isShort;
  storesSums = problem.matrixRows ? false
               : isDepthCut       ? epilogue.isPlain && epilogue.holdsSums
                                  : epilogue.isPlain || isShallow;
  // Sums of several groups of depth blocks are added up where they wait.
  bool hasGroups = isDepthCut &&
                   (problem.depth < 0 || problem.depth > VectorBuilder::kChain * tiling.depthBlock);
  storesMatrices = problem.matrixRows && epilogue.isPlain && epilogue.holdsSums && !hasGroups &&
                   (epilogue.isRowMajor || epilogue.adds);
  if (dot && tiling.packRhs)
    dot.packRhsOnTheWay();
}

/// What the choice of a tiling depends on.
void Plan::describe() {
  MLIRContext *context = type.getContext();
  problem.rows = numberOf(rowCount);
  problem.columns = numberOf(columnCount);
  problem.depth = numberOf(depthCount);
  problem.batch = std::max<int64_t>(numberOf(batchCount), 1);
  problem.bits = std::max(32u, type.getIntOrFloatBitWidth());
  problem.hasWords = bool(dot);
  problem.lhsIsPlain = isReadInPlace(lhs);
  if (dot.takesMatrices()) {
    int64_t ofMatrix = problem.lhsIsPlain ? rowsOfMatrix() : 0;
    problem.matrixRows = ofMatrix ? ofMatrix : DotInstruction::kMatrixRows;
    problem.lhsIsPlain = ofMatrix > 0;
  }
  problem.lhsIsContiguous =
      lhs.buffer && (lhs.isInWords || isOne(innermost(lhs.strides.depth, context)));
  problem.lhsIsNested = lhs.buffer && !lhs.strides.isFlat();
  problem.rhsIsPlain = isReadInPlace(rhs);
  problem.depthIsNested = hasNestedDepth();
  problem.rhsIsContiguous =
      rhs.groups || (rhs.buffer && isOne(innermost(rhs.strides.free, context)));
  problem.panelColumns = rhs.panels ? rhs.panelColumns : 0;
  problem.readsRhsInOrder = isReadInOrder();
}

/// Blocks of a depth are whole runs of its innermost dimension: for registers of matrices long ones
/// become several.
void Plan::cutRuns() {
  int64_t run = stepsOfRun(), words = DotInstruction::kMatrixWords;
  if (!dot.takesMatrices() || !hasNestedDepth() || run <= 0)
    return;
  int64_t parts = llvm::divideCeil(run, kMostMatrixDepth);
  while (parts * words <= run && (run % parts != 0 || run / parts % words != 0))
    ++parts;
  if (parts == 1 || parts * words > run)
    return;
  MLIRContext *context = type.getContext();
  AffineExpr count = getAffineConstantExpr(parts, context),
             length = getAffineConstantExpr(run / parts * dot.products(), context);
  for (Operand *operand : {&lhs, &rhs})
    if (SmallVector<AffineExpr> &strides = operand->strides.depth; strides.size() > 1)
      strides.insert(std::prev(strides.end()), strides.back() * length);
  depth.back() = length;
  depth.insert(std::prev(depth.end()), count);
}

/// The rows that a register of lhs can have where lhs is read in place: one stride leads from each
/// to the next. 0: so few, or so short pieces of the depth, that packing pays.
int64_t Plan::rowsOfMatrix() const {
  constexpr int64_t kFewest = 8, kShortest = 4 * DotInstruction::kMatrixWords;
  int64_t run = stepsOfRun(), most = DotInstruction::kMatrixRows;
  if (hasNestedDepth() && run % DotInstruction::kMatrixWords != 0 && run < kShortest)
    return 0;
  if (lhs.strides.free.size() <= 1)
    return most;
  int64_t inner = numberOf(rows.back());
  for (int64_t step = most; inner > 0 && step >= kFewest; --step)
    if (inner % step == 0)
      return step;
  return 0;
}

/// A block of a depth of several dimensions is whole ones of the innermost; where nobody knows how
/// many elements that is, operands are packed, and the depth is one dimension.
void Plan::keepInnerDepthWhole() {
  int64_t inner = numberOf(depthSteps.back());
  bool isWordsInPlace = dot && !tiling.packLhs;
  hasRunsOfWords = dot && stepsOfRun() > 0 && (tiling.depthBlock < 0 || inner <= tiling.depthBlock);
  if (tiling.depthBlock < 0 || (dot && !hasRunsOfWords && !isWordsInPlace))
    return;
  if (inner > 0) {
    tiling.depthBlock = std::max<int64_t>(1, tiling.depthBlock / inner) * inner;
    return;
  }
  tiling.packLhs = true;
  tiling.packRhs = !rhs.panels;
}

/// Sets the rows of a tile: blocks, and what tiles of the grid have of one, are whole ones.
void Plan::setRowStep(int64_t step) {
  tiling.rowStep = step;
  if (tiling.rowUnit)
    tiling.rowUnit = llvm::alignTo(tiling.rowUnit, step);
  tiling.rowBlock = llvm::alignTo(tiling.rowBlock, tiling.rowUnit ? tiling.rowUnit : step);
}

void Plan::fitRows() {
  if (!tiling.packLhs)
    fitTilesInRows();
  else if (dot && !isAlongDepth(lhs))
    fitPanelsInRows();
}

/// The elements of a tile's rows are then at known distances from those of its first, so that one
/// address serves for all: each of its own would take more registers than there are.
void Plan::fitTilesInRows() {
  int64_t inner = numberOf(rows.back()), most = tiling.rowStep, ofTap = inner;
  if (numberOf(depthSteps.back()) >= kLongRun) // 14 rather than 7 of 14, 28 or 56
    most = std::max(most, (tiling.registers - vectors - 2) / vectors);
  for (const Edge &edge : edges) // rows of one tap have one edge
    if (edge.rowDim + 1 == rows.size() && edge.rowRun > 1)
      ofTap = edge.rowRun;
  if (ofTap % most != 0 && 2 * ofTap < most) // too few for a tile: their edges are not left out
    ofTap = inner;
  for (int64_t step = most; inner > 0 && 2 * step >= tiling.rowStep; --step) {
    if (ofTap % step != 0)
      continue;
    setRowStep(step);
    hasTilesInRows = true;
    return;
  }
}

/// Neighbours of a panel that is packed are ones in memory then, in vectors of a power of two.
void Plan::fitPanelsInRows() {
  int64_t step = llvm::bit_floor(uint64_t(tiling.rowStep));
  if (2 * step < tiling.rowStep || numberOf(rows.back()) <= 0 || numberOf(rows.back()) % step != 0)
    return;
  setRowStep(step);
}

//===-- Edges -------------------------------------------------------------------------------===//

/// Multiply-adds of vectors in a run that is worth a loop of its own.
constexpr int64_t kShortestEdgeRun = 96;

std::pair<int64_t, int64_t> Plan::rowsInside(const Edge &edge, int64_t first, int64_t depth) const {
  int64_t low = 0, high = tiling.rowStep;
  auto element = [&](int64_t row) { return (first + row) * edge.rowStep + depth * edge.depthStep; };
  while (low < high && element(low) < edge.low)
    ++low;
  while (high > low && element(high - 1) >= edge.high)
    --high;
  return {low, high};
}

/// How tiles leave out what is beyond an edge; false where they cannot.
bool Plan::setKind(Edge &edge) const {
  size_t lastRow = rows.size() - 1, lastDepth = depth.size() - 1;
  if (edge.depthDim == lastDepth) { // elements of a run are words
    if (edge.depthRun % dot.products() != 0)
      return false;
    edge.depthRun /= dot.products();
  }
  if (edge.rowDim < lastRow || edge.rowRun % tiling.rowStep == 0) { // one for all rows of a tile
    edge.kind = edge.depthDim < lastDepth ? Edge::Kind::runs : Edge::Kind::ends;
    return edge.depthRun == 1;
  }
  edge.kind = Edge::Kind::rowsOfEnds;
  bool isRun = edge.depthDim < lastDepth ? edge.depthRun == 1 : isWorthLoop(edge.depthRun);
  int64_t length = numberOf(rows.back()),
          taps = numberOf(depthSteps[edge.depthDim]) / edge.depthRun;
  if (edge.rowRun != 1 || !isRun || length < 0 || taps < 0)
    return false;
  for (int64_t first = tiling.rowStep; first + tiling.rowStep < length; first += tiling.rowStep)
    for (int64_t tap = 0; tap < taps; ++tap)
      if (rowsInside(edge, first, tap) != std::pair<int64_t, int64_t>(0, tiling.rowStep))
        return false;
  return true;
}

bool Plan::isWorthLoop(int64_t run) const {
  return run * tiling.rowStep * vectors >= kShortestEdgeRun;
}

/// Zeros that come with 128 added are part of what the sums start at.
bool Plan::leavesOutEdges() const {
  return hasTilesInRows && hasNestedDepth() && lhs.buffer && !tiling.packLhs && !dot.hasOffset() &&
         isWorthLoop(numberOf(depthSteps.back()));
}

void Plan::chooseEdges() {
  bool areLeftOut = leavesOutEdges();
  llvm::erase_if(edges, [&](Edge &edge) { return !areLeftOut || !setKind(edge); });
}

//===-- Reading -----------------------------------------------------------------------------===//

void Part::prefetch(Value buffer, Value address, bool isWrite, unsigned locality) {
  memref::PrefetchOp::create(emitter.builder, emitter.location, buffer, address, isWrite, locality,
                             /*isDataCache=*/true);
}

Value Part::select(Value condition, Value ifTrue, Value otherwise) {
  return arith::SelectOp::create(emitter.builder, emitter.location, condition, ifTrue, otherwise);
}

Value Part::numberAt(const Operand &operand, const Block &block, LaneIndex free, LaneIndex depth) {
  if (operand.valueAt)
    return operand.valueAt(block.batch, free, depth);
  Value number = loadNumber(operand, block, free, depth, operand.element);
  return operand.onLoad ? operand.onLoad(number, free, depth.base) : number;
}

LaneIndex addressOf(VectorBuilder &emitter, ArrayRef<AffineExpr> sizes,
                    ArrayRef<AffineExpr> strides, LaneIndex linear, bool isInRun) {
  if (strides.size() <= 1)
    return emitter.mul(linear, emitter.value(innermost(strides, emitter.builder.getContext())));
  LaneIndex address = emitter.uniform(0), lanes = linear;
  if (isInRun && !linear.isUniform()) {
    lanes.base = emitter.constantIndex(0);
    address = emitter.mul(lanes, emitter.value(strides.back()));
    linear = emitter.uniform(linear.base);
  }
  for (auto [coord, stride] : llvm::zip_equal(emitter.delinearize(sizes, linear), strides))
    address = emitter.add(address, emitter.mul(coord, emitter.value(stride)));
  return address;
}

Value Part::loadNumber(const Operand &operand, const Block &block, LaneIndex free, LaneIndex depth,
                       Type element, bool isInRun, Value run) {
  const Strides &strides = operand.strides;
  auto sizes = ArrayRef(plan.depth), steps = ArrayRef(strides.depth);
  LaneIndex address = addressOf(emitter, plan.freeDims(operand), strides.free, free, isInRun);
  if (run) {
    address = emitter.add(
        address, addressOf(emitter, sizes.drop_back(), steps.drop_back(), emitter.uniform(run)));
    sizes = sizes.take_back();
    steps = steps.take_back();
  }
  LaneIndex along = addressOf(emitter, sizes, steps, depth);
  address = emitter.add(address, along);
  for (auto [coord, stride] : llvm::zip(block.batch, strides.batch))
    address = emitter.add(address, emitter.uniform(emitter.mul(coord.base, emitter.value(stride))));
  if (operand.offset)
    address = emitter.add(address, emitter.uniform(operand.offset));
  return emitter.load(operand.buffer, address, element);
}

OperandView Part::viewInMemory(const Operand &operand, const Block &block, Value freeLow) {
  const Strides &strides = operand.strides;
  auto value = [&](ArrayRef<AffineExpr> all) {
    return emitter.value(innermost(all, emitter.builder.getContext()));
  };
  OperandView view;
  view.buffer = operand.buffer;
  view.freeStride = value(strides.free);
  view.depthStride = emitter.mul(value(strides.depth), operand.isInWords ? 1 : dot.products());
  bool hasOneFree = strides.free.size() <= 1, hasOneDepth = strides.depth.size() <= 1;
  Value zero = emitter.constantIndex(0);
  Value across = hasOneFree ? emitter.mul(freeLow, view.freeStride) : zero,
        along = hasOneDepth ? emitter.mul(block.depthLow, view.depthStride) : zero;
  view.offset = emitter.add(across, along);
  for (auto [coord, stride] : llvm::zip(block.batch, strides.batch))
    view.offset = emitter.add(view.offset, emitter.mul(coord.base, emitter.value(stride)));
  if (operand.offset)
    view.offset = emitter.add(view.offset, operand.offset);
  view.freeLow = freeLow;
  if (!hasOneFree)
    for (AffineExpr stride : strides.free)
      view.freeStrides.push_back(emitter.value(stride));
  if (!hasOneDepth)
    for (AffineExpr stride : strides.depth)
      view.depthStrides.push_back(emitter.value(stride));
  return view;
}

OperandView Part::givenPanel(const Block &block, Value low) {
  Value width = emitter.constantIndex(tiling.columnStep);
  Value panel = emitter.floorDiv(emitter.add(block.columnLow, low), width);
  Value row = emitter.add(emitter.mul(panel, emitter.value(plan.depthCount)), block.depthLow);
  int64_t products = dot.products();
  Value start = emitter.mul(emitter.mul(row, width), products);
  if (!plan.batch.empty() && plan.rhs.hasPanelsOfBatch) {
    AffineExpr panels = plan.columnCount.ceilDiv(tiling.columnStep);
    Value elements = emitter.value(
        emitter.simplified(panels * plan.depthCount * (tiling.columnStep * products)));
    LaneIndex number = emitter.linearize(plan.batch, block.batch);
    start = emitter.add(start, emitter.mul(number.base, elements));
  }
  if (plan.rhs.offset)
    start = emitter.add(start, plan.rhs.offset);
  return {plan.rhs.panels, start, emitter.constantIndex(products), emitter.mul(width, products)};
}

} // namespace mlc::tile
