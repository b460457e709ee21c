#include "compiler/Fusion/OutlineKernel.h"
#include "compiler/Fusion/Passes.h"
#include "compiler/Fusion/Spaces.h"
#include "compiler/GraphTransforms/SizeExpressions.h"
#include "dialects/Kernel/Subprogram.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_FORMKERNELSPASS
#include "compiler/Fusion/Passes.h.inc"

namespace {
/// Names for the kernels of a module, and where they go: after all of its functions.
class KernelNames {
public:
  explicit KernelNames(ModuleOp module)
      : prefix(module.getSymName().value_or("").str() + "_"), symbols(module),
        functions(OpBuilder::atBlockEnd(module.getBody())) {
    for (auto function : module.getOps<func::FuncOp>())
      functions.setInsertionPointAfter(function);
  }

  /// `kernel_N` for the next N that neither the model nor the C function of one of its entries has.
  std::string next() {
    while (true) {
      std::string name = "kernel_" + std::to_string(number++);
      StringRef inC = name;
      if (!symbols.lookup(name) && !(inC.consume_front(prefix) && symbols.lookup(inC)))
        return name;
    }
  }
  OpBuilder &builder() { return functions; }
  unsigned count() const { return number; }

private:
  const std::string prefix;
  const SymbolTable symbols; ///< of the model
  OpBuilder functions;
  unsigned number = 0;
};

/// Rewrites one entry: outlines its groups and puts launches in their place.
class EntryRewriter {
public:
  EntryRewriter(func::FuncOp entry, Grouping grouping)
      : entry(entry), sizes(entry), grouping(std::move(grouping)),
        launchBuilder(entry.front().getTerminator()) {}

  /// Fails with a diagnostic.
  LogicalResult run(KernelNames &names) {
    describeKernels();
    for (KernelInterface &kernel : kernels) {
      if (failed(findSymbols(kernel, sizes)))
        return failure();
      functions.push_back(outlineKernel(names.builder(), kernel, names.next(), sizes));
    }
    SmallVector<Operation *> others;
    for (Operation &op : entry.front())
      if (!inGroup.contains(&op) && !grouping.inlined.contains(&op))
        others.push_back(&op);
    placeInOrder(others);
    eraseOld();
    return success();
  }

  size_t opCount() const { return inGroup.size(); }

private:
  /// Interfaces of all groups: a value of a group is a result if another group, or an op outside of
  /// all groups, reads it.
  void describeKernels() {
    for (auto [number, group] : llvm::enumerate(grouping.groups)) {
      kernels.push_back(findInputs(group, grouping.inlined));
      for (Operation *op : group)
        inGroup[op] = number;
    }
    DenseSet<Value> needed;
    for (const KernelInterface &kernel : kernels)
      needed.insert(kernel.inputs.begin(), kernel.inputs.end());
    for (Operation &op : entry.front())
      if (!inGroup.contains(&op) && !grouping.inlined.contains(&op))
        needed.insert(op.operand_begin(), op.operand_end());
    for (auto [group, kernel] : llvm::zip(grouping.groups, kernels))
      for (Operation *op : group)
        llvm::copy_if(op->getResults(), std::back_inserter(kernel.results),
                      [&](Value value) { return needed.contains(value); });
  }

  /// Puts launches and the ops that stay before the terminator, operands first, otherwise in
  /// program order.
  void placeInOrder(ArrayRef<Operation *> others) {
    SmallVector<std::pair<Operation *, int>>
        items; // the op that decides the order, and the kernel or -1
    for (Operation *op : others)
      items.push_back({op, -1});
    for (auto [number, group] : llvm::enumerate(grouping.groups))
      items.push_back({group.back(), static_cast<int>(number)});
    llvm::sort(items, [](auto &a, auto &b) { return a.first->isBeforeInBlock(b.first); });
    for (auto [op, kernel] : items)
      kernel < 0 ? placeOp(op) : placeLaunch(kernel);
  }

  void placeValue(Value value) {
    Operation *producer = value.getDefiningOp();
    if (!producer)
      return;
    auto group = inGroup.find(producer);
    group == inGroup.end() ? placeOp(producer) : placeLaunch(group->second);
  }

  void placeOp(Operation *op) {
    if (!placedOps.insert(op).second)
      return;
    llvm::for_each(op->getOperands(), [&](Value operand) { placeValue(operand); });
    for (OpOperand &operand : op->getOpOperands())
      operand.set(replacement.lookupOrDefault(operand.get()));
    if (!op->hasTrait<OpTrait::IsTerminator>())
      op->moveBefore(entry.front().getTerminator());
  }

  void placeLaunch(unsigned number) {
    if (!placedKernels.insert(number).second)
      return;
    const KernelInterface &kernel = kernels[number];
    SmallVector<Value> inputs, dims;
    for (Value input : kernel.inputs) {
      placeValue(input);
      inputs.push_back(replacement.lookupOrDefault(input));
    }
    for (unsigned symbol : kernel.symbols)
      dims.push_back(dimension(symbol));
    func::FuncOp function = functions[number];
    auto launch = kernel::LaunchOp::create(
        launchBuilder, function.getLoc(), function.getFunctionType().getResults(),
        FlatSymbolRefAttr::get(function), inputs, dims, ArrayAttr());
    replacement.map(kernel.results, launch.getResults());
  }

  /// The value of a free dimension, computed once at the top of the entry.
  Value dimension(unsigned symbol) {
    Value &value = dimensions[symbol];
    if (!value) {
      OpBuilder builder = OpBuilder::atBlockBegin(&entry.front());
      value = freeDimension(builder, entry, symbol, sizes);
    }
    return value;
  }

  void eraseOld() {
    SmallVector<Operation *> old;
    for (Operation &op : entry.front())
      if (inGroup.contains(&op) || grouping.inlined.contains(&op))
        old.push_back(&op);
    for (Operation *op : llvm::reverse(old))
      op->erase();
  }

  func::FuncOp entry;
  nn::DimensionAnalysis sizes;
  Grouping grouping;
  OpBuilder launchBuilder;
  std::vector<KernelInterface> kernels;
  SmallVector<func::FuncOp> functions;
  DenseMap<Operation *, unsigned> inGroup;
  DenseSet<Operation *> placedOps;
  DenseSet<unsigned> placedKernels;
  DenseMap<unsigned, Value> dimensions;
  IRMapping replacement;
};

/// Every op must be a kernel's or the host's: a composite that was not decomposed, or an op of
/// another dialect, is not.
LogicalResult checkOps(func::FuncOp entry) {
  if (!entry.getBody().hasOneBlock())
    return entry.emitError("not supported yet: control flow in an entry");
  for (Operation &op : entry.front())
    if (!isa<nn::KernelOpInterface>(op) && !isOfHost(&op))
      return op.emitError("not supported yet: ") << op.getName();
  return success();
}

struct FormKernelsPass : impl::FormKernelsPassBase<FormKernelsPass> {
  using FormKernelsPassBase::FormKernelsPassBase;

  void runOnOperation() override {
    KernelNames names(getOperation());
    for (func::FuncOp entry : kernel::programs(getOperation())) {
      nn::DimensionAnalysis sizes(entry);
      if (failed(checkOps(entry)))
        return signalPassFailure();
      EntryRewriter rewriter(
          entry, groupOps(entry.front(), sizes, FusionOptions{fuse, chainProducts, explain}));
      if (failed(rewriter.run(names)))
        return signalPassFailure();
      opCount += rewriter.opCount();
    }
    kernelCount += names.count();
  }
};
} // namespace
} // namespace mlc
