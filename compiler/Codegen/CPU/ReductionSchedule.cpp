// Results around reductions of one shape: rows (or vectors of columns) are independent; each is
// read in a few passes.
#include "compiler/Codegen/Common/Schedule.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace mlc {

namespace {
/// Scratch that one row may take to keep what is costly to compute again.
constexpr int64_t kRowScratchBytes = 64 << 10;

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
  SegmentReport report() const override {
    return {llvm::formatv("reduction: tiles of {0}, {1} passes, {2} values kept between them, {3} "
                          "vectors at once",
                          inColumns ? llvm::formatv("{0} columns", columnsPerTile).str()
                                    : llvm::formatv("{0} rows", rowsPerTile).str(),
                          passes.size() + !full.empty(), temporaries.size(), unroll)};
  }

private:
  bool hasOperandShape(Value tensor) { return emitter.shapes.sizes(tensor) == sizes; }
  unsigned levelOf(Operation *op);
  void formPasses(ArrayRef<Operation *> reductions);
  ValueSet positionwiseCone(ValueRange roots);
  bool isCostly(Value value);
  void chooseTemporaries();
  void chooseTemporary(size_t pass, Value value);
  void emitRow(ArrayRef<LaneIndex> kept);
  void emitFinalPass(ArrayRef<LaneIndex> kept);
  SmallVector<LaneIndex, 4> operandCoords(ArrayRef<LaneIndex> kept);
  void reducedLoops(size_t dim, SmallVector<LaneIndex, 4> &coords, function_ref<void()> body);

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
  bool inColumns = false; ///< vectors run over results
  int64_t rowsPerTile = 1, columnsPerTile = 1;
  unsigned bits = 32, unroll = 1;
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
    (hasOperandShape(target.tensor) ? full : kept).push_back(target);
    values.push_back(target.tensor);
  }
  for (Operation *op : reductions)
    values.push_back(op->getOperand(0));
  bits = PullEmitter::laneBits(values);
  unroll = emitter.preferredUnroll(values);
  inColumns =
      !keptSizes.empty() && !llvm::is_contained(dims, static_cast<int64_t>(sizes.size()) - 1);
  rowElements = emitter.shapes.product(reduced);
  rows = emitter.shapes.product(ArrayRef<AffineExpr>(keptSizes).drop_back(inColumns ? 1 : 0));
  if (auto known = dyn_cast<AffineConstantExpr>(rowElements); known && !inColumns)
    rowsPerTile =
        std::max<int64_t>(1, context.options.tileElements / std::max<int64_t>(known.getValue(), 1));
  columnsPerTile = static_cast<int64_t>(emitter.laneOptions.lanes(bits)) * unroll;
  formPasses(reductions);
  chooseTemporaries();
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
  return llvm::any_of(positionwiseCone(value), [](Value part) {
    return part.getDefiningOp()->hasTrait<nn::Transcendental>();
  });
}

/// A costly value that a later pass needs again is stored by the pass that computes it first.
void ReductionSegment::chooseTemporaries() {
  auto known = dyn_cast<AffineConstantExpr>(rowElements);
  bool isShort =
      known && known.getValue() <= emitter.laneOptions.lanes(bits) * unroll && dims.size() == 1;
  if (!context.options.optimize || (isShort && !inColumns)) // short rows stay in registers
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
  auto known = dyn_cast<AffineConstantExpr>(rowElements);
  int64_t elements = known ? known.getValue() * (inColumns ? columnsPerTile : 1) : 0;
  int64_t bytes = elements * element.getIntOrFloatBitWidth() / 8;
  if (known && !inColumns && bytes <= kRowScratchBytes)
    temporaries.push_back({pass, value, context.allocate(element, elements), true});
}

AffineExpr ReductionSegment::tiles() {
  if (inColumns)
    return emitter.shapes.simplified(rows * keptSizes.back().ceilDiv(columnsPerTile));
  return emitter.shapes.simplified(rows.ceilDiv(rowsPerTile));
}

void ReductionSegment::emit(Value begin, Value end) {
  if (keptSizes.empty()) // one row; its values must not be computed by workers without a tile
    return emitter.ifThen(emitter.compare(arith::CmpIPredicate::slt, begin, end),
                          [&] { emitRow({}); });
  if (!inColumns) {
    Value low = emitter.mul(begin, rowsPerTile);
    Value high = emitter.min(emitter.mul(end, rowsPerTile), emitter.value(rows));
    return emitter.forLoop(low, high, 1, [&](Value row) {
      emitRow(emitter.delinearize(keptSizes, emitter.uniform(row)));
    });
  }
  AffineExpr columns = keptSizes.back();
  Value perRow = emitter.value(columns.ceilDiv(columnsPerTile));
  auto known = dyn_cast<AffineConstantExpr>(columns);
  emitter.forLoop(begin, end, 1, [&](Value tile) {
    SmallVector<LaneIndex, 4> coords =
        emitter.delinearize(ArrayRef<AffineExpr>(keptSizes).drop_back(),
                            emitter.uniform(emitter.floorDiv(tile, perRow)));
    Value low = emitter.mul(emitter.rem(tile, perRow), columnsPerTile);
    Value extent = known && known.getValue() % columnsPerTile == 0
                       ? emitter.constantIndex(columnsPerTile)
                       : emitter.min(emitter.constantIndex(columnsPerTile),
                                     emitter.sub(emitter.value(columns), low));
    if (known && known.getValue() < columnsPerTile)
      extent = emitter.value(columns);
    emitter.forLanes(emitter.planLanes(emitter.constantIndex(0), extent, bits, unroll),
                     [&](LaneIndex at) {
                       SmallVector<LaneIndex, 4> position(coords);
                       position.push_back(emitter.add(emitter.uniform(low), at));
                       emitRow(position);
                     });
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

void ReductionSegment::emitRow(ArrayRef<LaneIndex> keptCoords) {
  Position row = Position::at(keptCoords);
  SmallVector<LaneIndex, 4> base = operandCoords(keptCoords);
  auto storedAt = [&](const Temporary &temporary, const Position &at) -> LaneIndex {
    if (!temporary.isRow)
      return emitter.linearize(temporary.value, at);
    SmallVector<AffineExpr> reducedSizes;
    SmallVector<LaneIndex> reduced;
    for (int64_t dim : dims) {
      reducedSizes.push_back(sizes[dim]);
      reduced.push_back(emitter.coordinates(temporary.value, at)[dim]);
    }
    return emitter.linearize(reducedSizes, reduced);
  };
  for (size_t pass = 0; pass < passes.size(); ++pass) {
    emitter.afterReductionStep = [&](Operation *first, const Position &at) {
      for (const Temporary &temporary : temporaries)
        if (temporary.pass == pass && first == passes[pass].front())
          emitter.store(temporary.buffer, storedAt(temporary, at),
                        emitter.emit(temporary.value, at),
                        getElementTypeOrSelf(temporary.value.getType()));
    };
    emitter.emit(passes[pass].front()->getResult(0), row);
    emitter.afterReductionStep = nullptr;
    for (const Temporary &temporary : temporaries)
      if (temporary.pass == pass)
        emitter.bindStored(temporary.value, {temporary.buffer, [&, storedAt](const Position &at) {
                                               return storedAt(temporary, at);
                                             }});
  }
  if (!kept.empty())
    context.storeAt(kept, row);
  emitFinalPass(keptCoords);
  for (const Temporary &temporary : temporaries)
    emitter.bindStored(temporary.value, {});
}

void ReductionSegment::reducedLoops(size_t dim, SmallVector<LaneIndex, 4> &coords,
                                    function_ref<void()> body) {
  if (dim == dims.size())
    return body();
  Value low = emitter.constantIndex(0), high = emitter.value(sizes[dims[dim]]);
  if (dim + 1 == dims.size() && !inColumns)
    return emitter.forLanes(emitter.planLanes(low, high, bits, unroll), [&](LaneIndex at) {
      coords[dims[dim]] = at;
      body();
    });
  emitter.forLoop(low, high, 1, [&](Value at) {
    coords[dims[dim]] = emitter.uniform(at);
    reducedLoops(dim + 1, coords, body);
  });
}

void ReductionSegment::emitFinalPass(ArrayRef<LaneIndex> keptCoords) {
  SmallVector<StoreTarget> last;
  for (const StoreTarget &target : full) // a temporary that is itself a result is already there
    if (!llvm::any_of(temporaries, [&](Temporary &t) {
          return t.value == target.tensor && t.buffer == target.buffer;
        }))
      last.push_back(target);
  if (last.empty())
    return;
  SmallVector<LaneIndex, 4> coords = operandCoords(keptCoords);
  reducedLoops(0, coords, [&] { context.storeAt(last, Position::at(coords)); });
}
} // namespace

std::unique_ptr<Segment> createReductionSegment(KernelContext &context,
                                                ArrayRef<Operation *> reductions,
                                                ArrayRef<StoreTarget> targets) {
  return std::make_unique<ReductionSegment>(context, reductions, targets);
}

} // namespace mlc
