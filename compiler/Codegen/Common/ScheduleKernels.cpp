// schedule-kernels: every kernel of nn ops becomes loops over vectors.
#include "compiler/Codegen/CPU/RegisterTile/TilingTable.h"
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "compiler/Codegen/Common/TargetCode.h"
#include "compiler/Codegen/Common/TileRows.h"
#include "compiler/Codegen/Passes.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_SCHEDULEKERNELSPASS
#include "compiler/Codegen/Passes.h.inc"

namespace {
/// Rewrites one kernel function. Its nn ops are kept aside while the loops are emitted, then
/// dropped.
class KernelScheduler {
public:
  KernelScheduler(func::FuncOp kernel, const SegmentTable &table, const ScheduleOptions &options)
      : kernel(kernel), table(table), options(options), shapes(kernel) {}
  LogicalResult run();
  size_t segmentCount() const { return segments.size(); }

private:
  LogicalResult verifyIndexValues();
  void changeSignature();
  void bindArguments(KernelContext &context);
  void formSegments(KernelContext &context, PendingTargets targets);
  void formMapSegments(KernelContext &context, ArrayRef<StoreTarget> targets);
  void emitSegments(KernelContext &context);
  void annotate(KernelContext &context);
  ArrayAttr pairsOf(function_ref<bool(Value result, Value input)> belongs);
  ArrayAttr inPlacePairs();
  bool updatesInPlace();
  bool isReadInPlace(Value argument);
  AffineExpr flops();
  AffineExpr bytes();

  func::FuncOp kernel;
  const SegmentTable &table;
  const ScheduleOptions &options;
  KernelShapes shapes;
  Region source;
  SmallVector<Value> inputs, results, buffers; ///< buffers: of the results
  SmallVector<std::unique_ptr<Segment>> segments;
  Value begin, end;
};

Type flatBuffer(Type tensor) {
  return MemRefType::get({ShapedType::kDynamic}, storedElement(getElementTypeOrSelf(tensor)));
}
} // namespace

LogicalResult KernelScheduler::verifyIndexValues() {
  LogicalResult result = success();
  for (Operation &op : kernel.getBody().getOps()) {
    for (Value value : op.getOperands())
      if (value.getType().isIndex())
        shapes.index(value);
    for (Value value : op.getResults())
      if (isa<RankedTensorType>(value.getType()))
        shapes.sizes(value);
    if (shapes.unknown())
      return op.emitError("not supported yet: a size or offset that is not computed from the "
                          "kernel's index arguments");
  }
  return result;
}

/// Inputs, results as destinations, index arguments, begin, end, scratch. Sizes stay with their
/// tensors.
void KernelScheduler::changeSignature() {
  OpBuilder builder(kernel.getContext());
  SmallVector<Type> tensors, indices;
  SmallVector<DictionaryAttr> tensorAttrs, indexAttrs;
  FunctionType type = kernel.getFunctionType();
  for (auto [number, input] : llvm::enumerate(type.getInputs())) {
    bool isIndex = input.isIndex();
    (isIndex ? indices : tensors).push_back(input);
    auto attrs = kernel.getArgAttrDict(number);
    (isIndex ? indexAttrs : tensorAttrs).push_back(attrs ? attrs : builder.getDictionaryAttr({}));
  }
  for (auto [number, result] : llvm::enumerate(type.getResults())) {
    tensors.push_back(result);
    auto attrs = kernel.getResultAttrDict(number);
    tensorAttrs.push_back(attrs ? attrs : builder.getDictionaryAttr({}));
  }
  indices.append(2, builder.getIndexType());
  SmallVector<Type> all(tensors);
  llvm::append_range(all, indices);
  all.push_back(MemRefType::get({ShapedType::kDynamic}, builder.getI8Type()));
  llvm::append_range(tensorAttrs, indexAttrs);
  tensorAttrs.append(3, builder.getDictionaryAttr({}));
  kernel.removeResAttrsAttr();
  kernel.removeArgAttrsAttr();
  kernel.setFunctionType(builder.getFunctionType(all, {}));
  source.takeBody(kernel.getBody());
  Block *entry = new Block();
  kernel.getBody().push_back(entry);
  entry->addArguments(all, SmallVector<Location>(all.size(), kernel.getLoc()));
  kernel.setAllArgAttrs(tensorAttrs);
}

void KernelScheduler::bindArguments(KernelContext &context) {
  Block &from = source.front(), &to = kernel.getBody().front();
  unsigned next = 0;
  auto buffer = [&](BlockArgument argument) -> Value {
    return UnrealizedConversionCastOp::create(context.emitter.builder, kernel.getLoc(),
                                              flatBuffer(argument.getType()), ValueRange(argument))
        .getResult(0);
  };
  for (Value argument : from.getArguments())
    if (!argument.getType().isIndex()) {
      inputs.push_back(argument);
      context.emitter.bindBuffer(argument, buffer(to.getArgument(next++)));
    }
  results.assign(from.getTerminator()->operand_begin(), from.getTerminator()->operand_end());
  for (size_t number = 0; number < results.size(); ++number)
    buffers.push_back(buffer(to.getArgument(next++)));
  for (Value argument : from.getArguments())
    if (argument.getType().isIndex())
      context.emitter.bindIndex(to.getArgument(next++));
  begin = to.getArgument(next);
  end = to.getArgument(next + 1);
  context.scratch = to.getArgument(next + 2);
}

/// Results of one shape are one loop; what has a place of its own is a loop of its own.
void KernelScheduler::formMapSegments(KernelContext &context, ArrayRef<StoreTarget> targets) {
  SmallVector<SmallVector<StoreTarget>> byShape;
  for (const StoreTarget &target : targets) {
    auto *alike = llvm::find_if(byShape, [&](ArrayRef<StoreTarget> group) {
      return !group[0].address && !target.address &&
             shapes.sizes(group[0].tensor) == shapes.sizes(target.tensor);
    });
    if (alike == byShape.end())
      byShape.push_back({target});
    else
      alike->push_back(target);
  }
  for (auto &group : byShape)
    segments.push_back(createMapSegment(context, group));
}

/// First the ops that everything else in the kernel is around, then reductions, then what only
/// gains by sharing work; the rest is a map.
void KernelScheduler::formSegments(KernelContext &context, PendingTargets targets) {
  auto rankOf = [](nn::KernelOpInterface op) {
    bool isCentre = op.role() == nn::Role::whole || op.role() == nn::Role::product;
    return isCentre ? 0 : op.role() == nn::Role::reduction ? 1 : 2;
  };
  std::array<SmallVector<nn::KernelOpInterface>, 3> ranks;
  // Element by element whole ops take the square of their length: they have their loops at -O0 too.
  for (auto op : source.getOps<nn::KernelOpInterface>())
    if (options.optimize || op.role() == nn::Role::whole)
      ranks[rankOf(op)].push_back(op);
  for (ArrayRef<nn::KernelOpInterface> ops : ranks)
    for (nn::KernelOpInterface op : ops)
      if (SegmentFactory factory = table.find(op.segment()))
        if (std::unique_ptr<Segment> segment = factory(context, op, targets))
          segments.push_back(std::move(segment));
  formMapSegments(context, targets.rest());
}

/// The grid is one segment's tiles after the other's.
void KernelScheduler::emitSegments(KernelContext &context) {
  PullEmitter &emitter = context.emitter;
  if (segments.size() == 1)
    return segments[0]->emit(begin, end);
  Value before = emitter.constantIndex(0);
  for (auto &segment : segments) {
    Value count = emitter.value(segment->tiles()), zero = emitter.constantIndex(0);
    auto local = [&](Value tile) {
      return emitter.max(emitter.min(emitter.sub(tile, before), count), zero);
    };
    segment->emit(local(begin), local(end));
    before = emitter.add(before, count);
  }
}

/// Whether of `values` the op reads only the tensor of which it changes a part, once.
static bool changesOnly(Operation &op, const llvm::SmallPtrSetImpl<void *> &values) {
  auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
  Value changed = kernelOp ? kernelOp.overwritable() : Value();
  return changed &&
         llvm::all_of(op.getOperands(),
                      [&](Value operand) {
                        return (operand == changed) ==
                               values.contains(operand.getAsOpaquePointer());
                      }) &&
         llvm::count(op.getOperands(), changed) == 1;
}

/// Whether everything computed from `argument` sits at the position where the argument is read.
bool KernelScheduler::isReadInPlace(Value argument) {
  llvm::SmallPtrSet<void *, 16> tainted = {argument.getAsOpaquePointer()};
  for (Operation &op : source.getOps()) {
    if (llvm::none_of(op.getOperands(),
                      [&](Value value) { return tainted.contains(value.getAsOpaquePointer()); }))
      continue;
    if (isa<nn::ElementwiseOpInterface>(op) || changesOnly(op, tainted))
      tainted.insert(op.getResult(0).getAsOpaquePointer());
    else if (!isa<func::ReturnOp>(op) && !isReduction(&op))
      return false;
  }
  return true;
}

ArrayAttr KernelScheduler::pairsOf(function_ref<bool(Value result, Value input)> belongs) {
  SmallVector<Attribute> pairs;
  Builder builder(kernel.getContext());
  for (size_t result = 0; result < results.size(); ++result)
    for (size_t input = 0; input < inputs.size(); ++input)
      if (belongs(results[result], inputs[input]))
        pairs.push_back(builder.getDenseI64ArrayAttr(
            {static_cast<int64_t>(result), static_cast<int64_t>(input)}));
  return builder.getArrayAttr(pairs);
}

static bool isOverwritten(Value result, Value input) { return nn::overwrittenBy(result) == input; }

ArrayAttr KernelScheduler::inPlacePairs() {
  return pairsOf([&](Value result, Value input) {
    if (nn::overwrittenBy(result))
      return isOverwritten(result, input) && isReadInPlace(input);
    return segments.size() == 1 &&
           getElementTypeOrSelf(input.getType()) == getElementTypeOrSelf(result.getType()) &&
           shapes.sizes(input) == shapes.sizes(result) && isReadInPlace(input) &&
           segments[0]->allowsInPlace(result);
  });
}

/// Whether a vectorised kernel computes each result where an input lies: it may update parameters,
/// each when its gradient is there.
bool KernelScheduler::updatesInPlace() {
  if (!options.optimize || options.lanes.bytes == 0)
    return false;
  auto pairs = kernel->getAttrOfType<ArrayAttr>(kernel::kInPlaceAttr);
  llvm::SmallDenseSet<int64_t> updated;
  for (auto pair : pairs.getAsRange<DenseI64ArrayAttr>())
    updated.insert(pair[0]);
  return updated.size() == results.size();
}

AffineExpr KernelScheduler::flops() {
  AffineExpr total = shapes.constant(0);
  for (auto op : source.getOps<nn::KernelOpInterface>())
    total = total + shapes.operations(op);
  return shapes.simplified(total);
}
AffineExpr KernelScheduler::bytes() {
  AffineExpr total = shapes.constant(0);
  auto add = [&](Value tensor, AffineExpr elements) {
    unsigned bits = getElementTypeOrSelf(tensor.getType()).getIntOrFloatBitWidth();
    total = total + elements * llvm::divideCeil(bits, 8);
  };
  for (Value input : inputs)
    add(input, shapes.elementsRead(input));
  for (Value result : results)
    add(result, shapes.elementsWritten(result));
  return shapes.simplified(total);
}

void KernelScheduler::annotate(KernelContext &context) {
  AffineExpr grid = shapes.constant(0), work = flops();
  for (auto &segment : segments)
    grid = grid + segment->tiles();
  for (Value result : results)
    work = work + shapes.elementsWritten(result);
  kernel->setAttr(kernel::kGridAttr, shapes.map({shapes.simplified(grid)}));
  kernel->setAttr(kernel::kWorkAttr, shapes.map({shapes.simplified(work)}));
  kernel->setAttr(kernel::kCostAttr, shapes.map({flops(), bytes()}));
  kernel->setAttr(kernel::kScratchAttr, shapes.map({context.scratchBytes}));
  kernel->setAttr(kernel::kInPlaceAttr, inPlacePairs());
  if (ArrayAttr overwrites = pairsOf(isOverwritten); !overwrites.empty())
    kernel->setAttr(kernel::kOverwritesAttr, overwrites);
  if (segments.size() == 1 && (options.inParts || updatesInPlace()))
    if (DenseI64ArrayAttr rows = rowsOf(*segments.front(), shapes, inputs, results))
      kernel->setAttr(kernel::kRowsAttr, rows);
  if (options.explain)
    kernel->setAttr(kernel::kExplainAttr, explanationOf(source, segments, shapes));
  kernel->setAttr(kResultsAttr,
                  IntegerAttr::get(IntegerType::get(kernel.getContext(), 64), results.size()));
}

/// A product that is only added to is not rounded by itself, where the target has an instruction
/// for it. Values of 16-bit floats are: their rounding stands between the two.
static void allowMultiplyAdds(func::FuncOp kernel) {
  kernel.walk([](arith::ArithFastMathInterface op) {
    if (!isa<arith::MulFOp, arith::AddFOp, arith::SubFOp>(op.getOperation()))
      return;
    auto flags = op.getFastMathFlagsAttr().getValue() | arith::FastMathFlags::contract;
    op->setAttr(op.getFastMathAttrName(), arith::FastMathFlagsAttr::get(op.getContext(), flags));
  });
}

LogicalResult KernelScheduler::run() {
  if (failed(verifyIndexValues()))
    return failure();
  changeSignature();
  KernelContext context(kernel, kernel.getLoc(), shapes, options);
  bindArguments(context);
  SmallVector<StoreTarget> targets;
  for (auto [result, buffer] : llvm::zip(results, buffers))
    targets.push_back({result, buffer, {}});
  formSegments(context, PendingTargets(shapes, targets));
  emitSegments(context);
  context.emitter.builder.setInsertionPointToEnd(&kernel.getBody().front());
  func::ReturnOp::create(context.emitter.builder, kernel.getLoc());
  annotate(context);
  if (options.optimize)
    allowMultiplyAdds(kernel);
  source.dropAllReferences();
  source.getBlocks().clear();
  return context.emitter.status();
}

namespace {
struct ScheduleKernelsPass : impl::ScheduleKernelsPassBase<ScheduleKernelsPass> {
  using Base = impl::ScheduleKernelsPassBase<ScheduleKernelsPass>;
  using Base::Base;

  void runOnOperation() override {
    ScheduleOptions options;
    options.lanes = {vectorBytes, vectorRegisters, maskedMoves};
    options.l1Bytes = l1Bytes;
    options.l2Bytes = l2Bytes;
    options.tileElements = tileElements;
    options.optimize = optimize;
    options.bf16Dot = findDotInstruction(bf16Dot, /*isFloat=*/true);
    options.i8Dot = findDotInstruction(i8Dot, /*isFloat=*/false);
    options.explain = explain;
    options.inParts = inParts;
    TilingTable table;
    if (!tilings.empty()) {
      llvm::Expected<TilingTable> read = TilingTable::parse(tilings);
      if (!read) {
        getOperation().emitError("tilings: ") << llvm::toString(read.takeError());
        return signalPassFailure();
      }
      table = std::move(*read);
      options.tilings = &table;
    }
    const TargetCode *code = findTargetCode(getOperation(), target);
    if (!code)
      return signalPassFailure();
    for (func::FuncOp kernel : kernel::kernels(getOperation())) {
      KernelScheduler scheduler(kernel, *code->segments, options);
      if (failed(scheduler.run()))
        return signalPassFailure();
      ++kernelCount;
      segmentCount += scheduler.segmentCount();
    }
  }
};
} // namespace

} // namespace mlc
