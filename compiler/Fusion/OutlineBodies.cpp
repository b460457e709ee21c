#include "compiler/Fusion/Passes.h"
#include "compiler/GraphTransforms/SizeExpressions.h"
#include "dialects/Kernel/Subprogram.h"
#include "dialects/NN/ControlFlow.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_OUTLINEBODIESPASS
#include "compiler/Fusion/Passes.h.inc"

namespace {
/// Makes a subprogram of the body of a scan, and a kernel.loop of the scan.
class BodyOutliner {
public:
  BodyOutliner(nn::ScanOp scan, func::FuncOp function)
      : scan(scan), body(scan.getBody().front()), sizes(function), builder(function) {}

  /// `symbolTable` is the module's. Fails with a diagnostic.
  LogicalResult run(SymbolTable &symbolTable) {
    findCaptures();
    if (failed(findSymbols()))
      return failure();
    func::FuncOp subprogram = declare();
    cloneBody(subprogram);
    symbolTable.insert(subprogram, Block::iterator(function())); // makes the name unique
    replaceScan(subprogram);
    return success();
  }

private:
  func::FuncOp function() { return scan->getParentOfType<func::FuncOp>(); }

  /// What costs nothing where it is read: the body gets a copy.
  static bool isCopied(Operation *op) {
    auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
    return op->hasTrait<OpTrait::ConstantLike>() ||
           (kernelOp && kernelOp.role() == nn::Role::inlined);
  }

  /// Tensors that the body reads from above become captures, or copies of what makes them.
  void findCaptures() {
    llvm::SetVector<Value> used;
    getUsedValuesDefinedAbove(scan.getBody(), used);
    for (size_t i = 0; i < used.size(); ++i) { // grows
      Value value = used[i];
      if (!isa<RankedTensorType>(value.getType()))
        continue;
      Operation *producer = value.getDefiningOp();
      if (!producer || !isCopied(producer)) {
        captures.push_back(value);
        continue;
      }
      copies.insert(producer);
      used.insert(producer->operand_begin(), producer->operand_end());
    }
  }

  void collectTensor(Value tensor) {
    for (AffineExpr size : sizes.shape(tensor))
      collectSymbols(size, symbols);
  }

  void collectNumbers(Operation *op) {
    for (Value operand : op->getOperands())
      if (isa<IndexType>(operand.getType()))
        collectSymbols(sizes.index(operand), symbols);
  }

  LogicalResult findSymbols() {
    llvm::for_each(tensorArguments(), [&](Value value) { collectTensor(value); });
    llvm::for_each(scan.yield().getValues(), [&](Value value) { collectTensor(value); });
    llvm::for_each(copies, [&](Operation *op) { collectNumbers(op); });
    for (Operation &op : body)
      if (!isOnSizes(&op))
        collectNumbers(&op);
    for (unsigned symbol : symbols)
      if (symbol >= sizes.freeDimensions().size())
        return scan.emitError("not supported yet: a size that is not computed from the sizes of "
                              "arguments");
    return success();
  }

  /// The arguments of the body, then the captures.
  SmallVector<Value> tensorArguments() {
    SmallVector<Value> values(body.getArguments());
    llvm::append_range(values, captures);
    return values;
  }

  /// Whether the op computes sizes, which the body has as arguments or computes from these.
  static bool isOnSizes(Operation *op) {
    return op->getNumResults() && llvm::all_of(op->getResultTypes(), llvm::IsaPred<IndexType>);
  }

  /// The sizes of a tensor over the index arguments; null where static.
  AffineMapAttr sizesOf(Value tensor) {
    if (cast<RankedTensorType>(tensor.getType()).hasStaticShape())
      return {};
    SmallVector<AffineExpr> renamed(sizes.freeDimensions().size(), sizes.constant(0)), results;
    for (auto [position, symbol] : llvm::enumerate(symbols))
      renamed[symbol] = getAffineSymbolExpr(position, tensor.getContext());
    for (AffineExpr size : sizes.shape(tensor))
      results.push_back(size.replaceSymbols(renamed));
    return AffineMapAttr::get(AffineMap::get(0, symbols.size(), results, tensor.getContext()));
  }

  func::FuncOp declare() {
    SmallVector<Value> arguments = tensorArguments();
    SmallVector<Type> inputs(ValueRange(arguments).getTypes());
    inputs.append(symbols.size(), builder.getIndexType());
    auto subprogram =
        func::FuncOp::create(scan.getLoc(), (function().getSymName() + "_body").str(),
                             builder.getFunctionType(inputs, scan.yield().getValues().getTypes()));
    subprogram.setPrivate();
    subprogram->setAttr(kernel::kSubprogramAttr, builder.getUnitAttr());
    for (auto [position, argument] : llvm::enumerate(arguments))
      if (AffineMapAttr map = sizesOf(argument))
        subprogram.setArgAttr(position, kernel::kSizesAttr, map);
    for (auto [position, result] : llvm::enumerate(scan.yield().getValues()))
      if (AffineMapAttr map = sizesOf(result))
        subprogram.setResultAttr(position, kernel::kSizesAttr, map);
    return subprogram;
  }

  void cloneBody(func::FuncOp subprogram) {
    OpBuilder inside = OpBuilder::atBlockBegin(subprogram.addEntryBlock());
    IRMapping mapping;
    SmallVector<Value> arguments = tensorArguments();
    mapping.map(arguments, subprogram.getArguments().take_front(arguments.size()));
    auto symbolValue = [&](unsigned symbol) -> Value {
      return subprogram.getArgument(arguments.size() +
                                    (llvm::find(symbols, symbol) - symbols.begin()));
    };
    auto clone = [&](Operation *op) {
      for (Value operand : op->getOperands())
        if (isa<IndexType>(operand.getType()) && !mapping.contains(operand))
          mapping.map(operand, buildIndex(inside, op->getLoc(), sizes.index(operand), symbolValue));
      inside.clone(*op, mapping);
    };
    SmallVector<Operation *> above(copies.begin(), copies.end());
    llvm::sort(above, comesBefore);
    llvm::for_each(above, clone);
    for (Operation &op : body.without_terminator())
      if (!isOnSizes(&op))
        clone(&op);
    SmallVector<Value> results = llvm::map_to_vector(
        scan.yield().getValues(), [&](Value value) { return mapping.lookupOrDefault(value); });
    func::ReturnOp::create(inside, scan.getLoc(), results);
  }

  /// Of two ops above one body, whether the first is defined before the second.
  static bool comesBefore(Operation *a, Operation *b) {
    if (a->getBlock() == b->getBlock())
      return a->isBeforeInBlock(b);
    if (Operation *ancestor = a->getBlock()->findAncestorOpInBlock(*b))
      return a->isBeforeInBlock(ancestor);
    return !b->isBeforeInBlock(b->getBlock()->findAncestorOpInBlock(*a));
  }

  void replaceScan(func::FuncOp subprogram) {
    OpBuilder outside(scan);
    auto dimension = [&](unsigned symbol) -> Value {
      const nn::FreeDimension &free = sizes.freeDimensions()[symbol];
      Value argument = function().getArgument(free.argument);
      if (isa<IndexType>(argument.getType()))
        return argument;
      return nn::DimOp::create(outside, scan.getLoc(), argument, free.dim);
    };
    SmallVector<Value> dims = llvm::map_to_vector(symbols, dimension);
    Value trips = buildIndex(outside, scan.getLoc(), scan.tripCount(sizes), dimension);
    auto loop = kernel::LoopOp::create(
        outside, scan.getLoc(), scan.getResultTypes(), FlatSymbolRefAttr::get(subprogram), trips,
        scan.getInits(), scan.getStacks(), captures, dims, scan.getReverseAttr(), ArrayAttr());
    scan.replaceAllUsesWith(loop.getResults());
    scan.erase();
  }

  nn::ScanOp scan;
  Block &body;
  nn::DimensionAnalysis sizes;
  OpBuilder builder;
  SmallVector<Value> captures;
  llvm::SetVector<Operation *> copies;
  SmallVector<unsigned> symbols; ///< free dimensions that become index arguments, in order
};

struct OutlineBodiesPass : impl::OutlineBodiesPassBase<OutlineBodiesPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (func::FuncOp entry : kernel::entries(getOperation())) {
      SmallVector<nn::ScanOp> scans;
      entry.walk([&](nn::ScanOp scan) { scans.push_back(scan); }); // the innermost first
      for (nn::ScanOp scan : scans)
        if (failed(BodyOutliner(scan, entry).run(symbols)))
          return signalPassFailure();
      bodyCount += scans.size();
    }
  }
};
} // namespace
} // namespace mlc
