// Results around reductions of one shape: rows (or vectors of columns) are independent; each is
// read in a few passes.
#include "compiler/Codegen/CPU/RowModel.h"
#include "compiler/Codegen/Common/PullAccumulator.h"
#include "compiler/Codegen/Common/Schedule.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace mlc {

namespace {
/// Scratch that rows of one loop may take to keep what is costly to compute again.
constexpr int64_t kRowScratchBytes = 64 << 10;

/// What a prefetch brings.
constexpr int64_t kLineBytes = 64;

using ValueSet = llvm::SmallSetVector<Value, 16>;

class ReductionSegment : public Segment {
public:
  ReductionSegment(KernelContext &context, ArrayRef<Operation *> reductions,
                   ArrayRef<StoreTarget> targets);
  AffineExpr tiles() override;
  void emit(Value begin, Value end) override;
  bool allowsInPlace(Value result) const override {
    return !llvm::is_contained(usedAsTemporary, result);
  }
  std::optional<TileRows> tileRows() const override {
    if (llvm::any_of(targets, [](const StoreTarget &target) { return bool(target.address); }) ||
        problem.inColumns || !problem.isContiguous)
      return std::nullopt;
    return TileRows{1, plan.rowsPerTile, rows};
  }
  SegmentReport report() const override {
    return {llvm::formatv(
        "reduction: tiles of {0}, {1} passes, {2} values kept between them, {3} "
        "vectors at once",
        problem.inColumns ? llvm::formatv("{0} columns", plan.columnsPerTile).str()
                          : llvm::formatv("{0} rows", plan.rowsPerTile).str(),
        passes.size() + !full.empty(), temporaries.size(), plan.unroll * plan.rowsTogether)};
  }

private:
  bool hasOperandShape(Value tensor) { return emitter.shapes.sizes(tensor) == sizes; }
  unsigned levelOf(Operation *op);
  void findOperands(ArrayRef<Value> values);
  RowPass describe(ArrayRef<Operation *> pass);
  void describe(ArrayRef<Value> values, size_t reductions);
  void formPasses(ArrayRef<Operation *> reductions);
  ValueSet positionwiseCone(ValueRange roots);
  bool isCostly(Value value);
  void chooseTemporaries();
  void chooseTemporary(size_t pass, Value value);
  void emitRows(Value low, Value high, int64_t together);

  /// Whether rows, of any length, have at most so many elements.
  Value isAtMost(int64_t elements) {
    return emitter.compare(arith::CmpIPredicate::sle, emitter.value(rowElements),
                           emitter.constantIndex(elements));
  }
  void fetchNextRows(const Position &at, int64_t together);
  void emitRow(ArrayRef<Position> rows);
  void emitFinalPass(ArrayRef<Position> rows);
  SmallVector<LaneIndex, 4> operandCoords(ArrayRef<LaneIndex> kept);
  using Coords = SmallVector<LaneIndex, 4>;
  void reducedLoops(size_t dim, MutableArrayRef<Coords> rows, function_ref<void()> body);

  struct Temporary {
    size_t pass; ///< that computes it
    Value value;
    Value buffer;
    bool isRow; ///< a scratch row, else a result's buffer
  };

  KernelContext &context;
  PullEmitter &emitter;
  SmallVector<StoreTarget> targets, full, kept;
  SmallVector<AffineExpr> sizes, keptSizes;
  SmallVector<int64_t> dims;
  SmallVector<SmallVector<Operation *>> passes;
  SmallVector<Temporary> temporaries;
  SmallVector<Value> usedAsTemporary;
  AffineExpr rows, rowElements;
  ValueSet operands;
  RowProblem problem;
  RowPlan plan;
};

ReductionSegment::ReductionSegment(KernelContext &context, ArrayRef<Operation *> reductions,
                                   ArrayRef<StoreTarget> targets)
    : context(context), emitter(context.emitter), targets(targets),
      dims(dimsReducedBy(reductions.front())) {
  sizes = emitter.shapes.sizes(reductions.front()->getOperand(0));
  SmallVector<AffineExpr> reduced;
  for (size_t dim = 0; dim < sizes.size(); ++dim)
    (llvm::is_contained(dims, dim) ? reduced : keptSizes).push_back(sizes[dim]);
  SmallVector<Value> values;
  for (const StoreTarget &target : targets) {
    bool isFull = hasOperandShape(target.tensor);
    (isFull ? full : kept).push_back(target);
    if (isFull) // what is computed once a row has no say
      values.push_back(target.tensor);
  }
  for (Operation *op : reductions)
    values.push_back(op->getOperand(0));
  rowElements = emitter.shapes.product(reduced);
  formPasses(reductions);
  describe(values, reductions.size());
  plan = chooseRowPlan(problem, context.options);
  rows = emitter.shapes.product(ArrayRef<AffineExpr>(keptSizes).drop_back(problem.inColumns));
  chooseTemporaries();
}

/// The dimensions of a value along which it is its first operand, copied along the others; none if
/// it is no such copies.
std::optional<SmallVector<int64_t>> dimsOfCopied(Value value) {
  auto op = value.getDefiningOp<nn::KernelOpInterface>();
  bool isCopied = op && op.role() == nn::Role::inlined && op->getNumOperands() > 0 &&
                  isa<RankedTensorType>(op->getOperand(0).getType());
  return isCopied ? op.operandDims(0) : std::nullopt;
}

/// Tensors that the rows are read from: those of the operands' shape in memory, and how many have
/// a dimension of the rows only, so that all rows read the same.
void ReductionSegment::findOperands(ArrayRef<Value> values) {
  SmallVector<Value> read(values);
  for (Value part : positionwiseCone(values))
    llvm::append_range(read, part.getDefiningOp()->getOperands());
  ValueSet broadcasts;
  for (Value value : read) {
    auto copied = dimsOfCopied(value);
    if (copied && llvm::any_of(*copied, [&](int64_t dim) { return llvm::is_contained(dims, dim); }))
      broadcasts.insert(value.getDefiningOp()->getOperand(0));
    else if (!copied && hasOperandShape(value) &&
             !value.getDefiningOp<nn::ElementwiseOpInterface>())
      operands.insert(value);
  }
  problem.operands = operands.size();
  problem.sharedOperands = broadcasts.size();
}

RowPass ReductionSegment::describe(ArrayRef<Operation *> pass) {
  RowPass result;
  bool computesFunctions = false;
  SmallVector<Value> summed;
  llvm::SmallPtrSet<Operation *, 32> seen;
  result.sums = 0;
  for (Operation *member : pass) {
    summed.push_back(member->getOperand(0));
    result.sums += Accumulator(emitter, member).count();
    visitPositionwise(member->getOperand(0), seen,
                      [&](Operation *op) { computesFunctions |= op->hasTrait<nn::Costly>(); });
  }
  result.isSimple = !computesFunctions && emitter.preferredUnroll(summed) > 1;
  result.innermost = dims.empty() ? 1 : numberOf(sizes[dims.back()]);
  result.bits = PullEmitter::laneBits(summed[0]);
  return result;
}

/// What the choice of a plan depends on.
void ReductionSegment::describe(ArrayRef<Value> values, size_t reductions) {
  int64_t last = static_cast<int64_t>(sizes.size()) - 1;
  problem.inColumns = !keptSizes.empty() && !llvm::is_contained(dims, last);
  problem.isContiguous =
      !keptSizes.empty() && !dims.empty() && dims.front() + dims.size() == sizes.size();
  problem.computesFunctions = llvm::any_of(values, [&](Value value) { return isCostly(value); });
  problem.length = numberOf(rowElements);
  problem.bits = PullEmitter::laneBits(values);
  problem.unroll = emitter.preferredUnroll(values);
  for (ArrayRef<Operation *> pass : passes)
    problem.passes.push_back(describe(pass));
  problem.reductions = reductions;
  problem.results = full.size();
  findOperands(values);
}

/// What a step of the rows' loop at `at` will read of the rows that come after them; where those
/// would displace what is read next, nothing new.
void ReductionSegment::fetchNextRows(const Position &at, int64_t together) {
  int64_t longest = longestInCache(problem, context.options, plan.fetchesNext, together);
  Value length = emitter.value(rowElements), next = emitter.mul(length, together);
  auto known = getConstantIntValue(length);
  if (known && *known > longest)
    return;
  if (!known) {
    next = arith::SelectOp::create(emitter.builder, emitter.location, isAtMost(longest), next,
                                   emitter.constantIndex(0));
  }
  for (Value operand : operands) {
    Value buffer = emitter.bufferOf(operand);
    if (!buffer)
      continue;
    int64_t line = kLineBytes * 8 / getElementTypeOrSelf(operand.getType()).getIntOrFloatBitWidth();
    Value start = emitter.add(emitter.linearize(operand, at).base, next);
    for (int64_t offset = 0; offset < emitter.width(); offset += line)
      memref::PrefetchOp::create(emitter.builder, emitter.location, buffer,
                                 emitter.add(start, offset), /*isWrite=*/false,
                                 /*localityHint=*/3, /*isDataCache=*/true);
  }
}

/// Reductions that this one needs, one after the other.
unsigned ReductionSegment::levelOf(Operation *op) {
  unsigned level = 0;
  SmallVector<std::pair<Operation *, unsigned>> pending = {{op, 0}};
  llvm::SmallDenseMap<Operation *, unsigned> deepest;
  while (!pending.empty()) {
    auto [next, depth] = pending.pop_back_val();
    for (Value operand : next->getOperands())
      if (Operation *producer = operand.getDefiningOp()) {
        unsigned below = depth + (isReduction(producer) ? 1 : 0);
        auto [found, isNew] = deepest.try_emplace(producer, below);
        if (!isNew && found->second >= below)
          continue;
        found->second = below;
        level = std::max(level, below);
        pending.push_back({producer, below});
      }
  }
  return level;
}

void ReductionSegment::formPasses(ArrayRef<Operation *> reductions) {
  std::map<unsigned, SmallVector<Operation *>> byLevel;
  for (Operation *op : reductions)
    byLevel[levelOf(op)].push_back(op);
  for (auto &[level, ops] : byLevel) {
    emitter.groupReductions(ops);
    passes.push_back(ops);
  }
}

/// What is computed element by element of the row to get `roots`.
ValueSet ReductionSegment::positionwiseCone(ValueRange roots) {
  ValueSet cone;
  SmallVector<Value> pending(roots);
  while (!pending.empty()) {
    Value value = pending.pop_back_val();
    Operation *op = value.getDefiningOp();
    bool isKept =
        llvm::any_of(temporaries, [&](Temporary &temporary) { return temporary.value == value; });
    if (!op || !isa<nn::ElementwiseOpInterface>(op) || !hasOperandShape(value) ||
        !cone.insert(value) || isKept)
      continue;
    llvm::append_range(pending, op->getOperands());
  }
  return cone;
}

bool ReductionSegment::isCostly(Value value) {
  return llvm::any_of(positionwiseCone(value),
                      [](Value part) { return part.getDefiningOp()->hasTrait<nn::Costly>(); });
}

/// A costly value that a later pass needs again is stored by the pass that computes it first.
void ReductionSegment::chooseTemporaries() {
  int64_t inRegisters = int64_t(emitter.laneOptions.lanes(problem.bits)) * plan.unroll;
  bool isShort = problem.length >= 0 && problem.length <= inRegisters && dims.size() == 1;
  if (!context.options.optimize || (isShort && !problem.inColumns)) // short rows stay in registers
    return;
  SmallVector<SmallVector<Value>> roots;
  for (auto &pass : passes) {
    roots.emplace_back();
    for (Operation *op : pass)
      roots.back().push_back(op->getOperand(0));
  }
  roots.emplace_back();
  for (const StoreTarget &target : full)
    roots.back().push_back(target.tensor);
  for (size_t pass = 0; pass + 1 < roots.size(); ++pass) {
    ValueSet now = positionwiseCone(roots[pass]), wanted;
    for (size_t later = pass + 1; later < roots.size(); ++later) {
      ValueSet then = positionwiseCone(roots[later]);
      for (Value value : then) {
        if (!now.contains(value) || !isCostly(value))
          continue;
        bool isTop = llvm::is_contained(roots[later], value) ||
                     llvm::any_of(value.getUsers(), [&](Operation *user) {
                       return user->getNumResults() == 1 && then.contains(user->getResult(0)) &&
                              !now.contains(user->getResult(0));
                     });
        if (isTop)
          wanted.insert(value);
      }
    }
    // Results first: their own buffers are the best place, unless another value was there before.
    auto isResult = [&](Value value) {
      return llvm::any_of(full, [&](const StoreTarget &target) { return target.tensor == value; });
    };
    for (bool results : {true, false})
      for (Value value : wanted)
        if (isResult(value) == results)
          chooseTemporary(pass, value);
  }
}

void ReductionSegment::chooseTemporary(size_t pass, Value value) {
  if (llvm::any_of(temporaries, [&](Temporary &temporary) { return temporary.value == value; }))
    return;
  Type element = getElementTypeOrSelf(value.getType());
  // The value's own buffer, or that of a result which only the last pass writes.
  const StoreTarget *home = nullptr;
  for (const StoreTarget &target : full)
    if (target.tensor == value && !llvm::is_contained(usedAsTemporary, target.tensor))
      home = &target;
  for (const StoreTarget &target : full)
    if (!home && getElementTypeOrSelf(target.tensor.getType()) == element &&
        !llvm::is_contained(usedAsTemporary, target.tensor))
      home = &target;
  if (home && !home->address) {
    usedAsTemporary.push_back(home->tensor);
    temporaries.push_back({pass, value, home->buffer, false});
    return;
  }
  if (problem.length < 0 || problem.inColumns)
    return;
  int64_t elements = problem.length * plan.rowsTogether;
  if (elements * element.getIntOrFloatBitWidth() / 8 <= kRowScratchBytes)
    temporaries.push_back({pass, value, context.allocate(element, elements), true});
}

AffineExpr ReductionSegment::tiles() {
  if (problem.inColumns)
    return emitter.shapes.simplified(rows * keptSizes.back().ceilDiv(plan.columnsPerTile));
  return emitter.shapes.simplified(rows.ceilDiv(plan.rowsPerTile));
}

void ReductionSegment::emit(Value begin, Value end) {
  if (keptSizes.empty()) // one row; its values must not be computed by workers without a tile
    return emitter.ifThen(emitter.compare(arith::CmpIPredicate::slt, begin, end),
                          [&] { emitRow(Position()); });
  if (!problem.inColumns) {
    Value low = emitter.mul(begin, plan.rowsPerTile);
    Value high = emitter.min(emitter.mul(end, plan.rowsPerTile), emitter.value(rows));
    Value whole = low;
    if (plan.rowsTogether > 1) {
      bool isAny = problem.length < 0;
      bool isWhole = !isAny && rows.isMultipleOf(plan.rowsTogether);
      Value count =
          emitter.floorDiv(emitter.sub(high, low), emitter.constantIndex(plan.rowsTogether));
      whole = isWhole ? high : emitter.add(low, emitter.mul(count, plan.rowsTogether));
      if (isAny)
        whole = arith::SelectOp::create(emitter.builder, emitter.location,
                                        isAtMost(plan.longestTogether), whole, low);
      emitRows(low, whole, plan.rowsTogether);
      if (isWhole)
        return;
    }
    return emitRows(whole, high, 1);
  }
  AffineExpr columns = keptSizes.back();
  Value perRow = emitter.value(columns.ceilDiv(plan.columnsPerTile));
  auto known = dyn_cast<AffineConstantExpr>(columns);
  emitter.forLoop(begin, end, 1, [&](Value tile) {
    SmallVector<LaneIndex, 4> coords =
        emitter.delinearize(ArrayRef<AffineExpr>(keptSizes).drop_back(),
                            emitter.uniform(emitter.floorDiv(tile, perRow)));
    Value low = emitter.mul(emitter.rem(tile, perRow), plan.columnsPerTile);
    Value extent = known && known.getValue() % plan.columnsPerTile == 0
                       ? emitter.constantIndex(plan.columnsPerTile)
                       : emitter.min(emitter.constantIndex(plan.columnsPerTile),
                                     emitter.sub(emitter.value(columns), low));
    if (known && known.getValue() < plan.columnsPerTile)
      extent = emitter.value(columns);
    emitter.forLanes(emitter.planLanes(emitter.constantIndex(0), extent, problem.bits, plan.unroll),
                     [&](LaneIndex at) {
                       SmallVector<LaneIndex, 4> position(coords);
                       position.push_back(emitter.add(emitter.uniform(low), at));
                       emitRow(Position::at(position));
                     });
  });
}

/// Rows [low, high), so many in a body.
void ReductionSegment::emitRows(Value low, Value high, int64_t together) {
  emitter.forLoop(low, high, together, [&](Value first) {
    SmallVector<Position> positions;
    for (int64_t row = 0; row < together; ++row)
      positions.push_back(
          Position::at(emitter.delinearize(keptSizes, emitter.uniform(emitter.add(first, row)))));
    emitRow(positions);
  });
}

SmallVector<LaneIndex, 4> ReductionSegment::operandCoords(ArrayRef<LaneIndex> kept) {
  SmallVector<LaneIndex, 4> coords(sizes.size(), emitter.uniform(0));
  size_t next = 0;
  for (size_t dim = 0; dim < sizes.size(); ++dim)
    if (!llvm::is_contained(dims, dim))
      coords[dim] = kept[next++];
  return coords;
}

void ReductionSegment::emitRow(ArrayRef<Position> rows) {
  auto storedAt = [&](const Temporary &temporary, const Position &at) -> LaneIndex {
    if (!temporary.isRow)
      return emitter.linearize(temporary.value, at);
    SmallVector<AffineExpr> reducedSizes = {emitter.shapes.constant(plan.rowsTogether)};
    SmallVector<LaneIndex> reduced, kept;
    Coords coords = emitter.coordinates(temporary.value, at);
    for (size_t dim = 0; dim < sizes.size(); ++dim) {
      bool isReduced = llvm::is_contained(dims, dim);
      (isReduced ? reduced : kept).push_back(coords[dim]);
      if (isReduced)
        reducedSizes.push_back(sizes[dim]);
    }
    LaneIndex row =
        emitter.rem(emitter.linearize(keptSizes, kept), emitter.constantIndex(plan.rowsTogether));
    reduced.insert(reduced.begin(), row);
    return emitter.linearize(reducedSizes, reduced);
  };
  for (size_t pass = 0; pass < passes.size(); ++pass) {
    auto afterStep = [&](Operation *first, const Position &at) {
      for (const Temporary &temporary : temporaries)
        if (temporary.pass == pass && first == passes[pass].front())
          emitter.store(temporary.buffer, storedAt(temporary, at),
                        emitter.emit(temporary.value, at),
                        getElementTypeOrSelf(temporary.value.getType()));
      if (plan.fetchesNext && pass + 1 == passes.size() && first == passes[pass].front())
        fetchNextRows(at, rows.size());
    };
    emitter.emitReduction(passes[pass].front(),
                          {SmallVector<Position>(rows), plan.passUnrolls[pass], afterStep});
    for (const Temporary &temporary : temporaries)
      if (temporary.pass == pass)
        emitter.bindStored(temporary.value, {temporary.buffer, [&, storedAt](const Position &at) {
                                               return storedAt(temporary, at);
                                             }});
  }
  for (const Position &row : rows)
    if (!kept.empty())
      context.storeAt(kept, row);
  emitFinalPass(rows);
  for (const Temporary &temporary : temporaries)
    emitter.bindStored(temporary.value, {});
}

void ReductionSegment::reducedLoops(size_t dim, MutableArrayRef<Coords> rows,
                                    function_ref<void()> body) {
  auto setAll = [&](LaneIndex at) {
    for (Coords &coords : rows)
      coords[dims[dim]] = at;
  };
  if (dim == dims.size())
    return body();
  Value low = emitter.constantIndex(0), high = emitter.value(sizes[dims[dim]]);
  if (dim + 1 == dims.size() && !problem.inColumns)
    return emitter.forLanes(emitter.planLanes(low, high, problem.bits, plan.unroll),
                            [&](LaneIndex at) {
                              setAll(at);
                              body();
                            });
  emitter.forLoop(low, high, 1, [&](Value at) {
    setAll(emitter.uniform(at));
    reducedLoops(dim + 1, rows, body);
  });
}

void ReductionSegment::emitFinalPass(ArrayRef<Position> rows) {
  SmallVector<StoreTarget> last;
  for (const StoreTarget &target : full) // a temporary that is itself a result is already there
    if (!llvm::any_of(temporaries, [&](Temporary &t) {
          return t.value == target.tensor && t.buffer == target.buffer;
        }))
      last.push_back(target);
  if (last.empty())
    return;
  SmallVector<Coords> all;
  for (const Position &row : rows)
    all.push_back(operandCoords(row.coords));
  reducedLoops(0, all, [&] {
    for (const Coords &coords : all)
      context.storeAt(last, Position::at(coords));
  });
}

/// Results around reductions of one shape along the same dimensions: of the operands' or the
/// results' shape.
std::unique_ptr<Segment> createReductionSegment(KernelContext &context, Operation *op,
                                                PendingTargets &targets) {
  KernelShapes &shapes = context.emitter.shapes;
  auto operandSizes = [&](Operation *op) { return shapes.sizes(op->getOperand(0)); };
  SmallVector<StoreTarget> around = targets.takeIf([&](Value value) {
    auto sizes = shapes.sizes(value);
    return sizes == operandSizes(op) || sizes == shapes.sizes(op->getResult(0));
  });
  if (around.empty())
    return nullptr;
  SmallVector<Operation *> group;
  for (auto other : op->getBlock()->getOps<nn::ReductionOpInterface>())
    if (dimsReducedBy(other) == dimsReducedBy(op) && operandSizes(other) == operandSizes(op))
      group.push_back(other);
  return std::make_unique<ReductionSegment>(context, group, around);
}

const SegmentEntry kReduction(commonSegments(), "reduction", createReductionSegment);
} // namespace

} // namespace mlc
