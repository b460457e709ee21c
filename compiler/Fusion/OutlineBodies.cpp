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
/// A subprogram, and what it runs on.
struct Outlined {
  FlatSymbolRefAttr name;
  SmallVector<Value> captures, dims;
};

/// Makes a subprogram of a body of an op in `function`.
class BodyOutliner {
public:
  BodyOutliner(Region &region, func::FuncOp function, nn::DimensionAnalysis &sizes)
      : region(region), body(region.front()), op(region.getParentOp()), function(function),
        sizes(sizes), builder(op) {}

  /// `symbolTable` is the module's. Fails with a diagnostic.
  FailureOr<Outlined> run(SymbolTable &symbolTable) {
    findCaptures();
    if (failed(findSymbols()))
      return failure();
    func::FuncOp subprogram = declare();
    cloneBody(subprogram);
    symbolTable.insert(subprogram, Block::iterator(function)); // makes the name unique
    SmallVector<Value> dims = llvm::map_to_vector(
        symbols, [&](unsigned symbol) { return freeDimension(builder, function, symbol, sizes); });
    return Outlined{FlatSymbolRefAttr::get(subprogram), captures, dims};
  }

private:
  /// What costs nothing where it is read: the body gets a copy.
  static bool isCopied(Operation *op) {
    auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
    return op->hasTrait<OpTrait::ConstantLike>() ||
           (kernelOp && kernelOp.role() == nn::Role::inlined);
  }

  /// Tensors that the body reads from above become captures, or copies of what makes them.
  void findCaptures() {
    llvm::SetVector<Value> used;
    getUsedValuesDefinedAbove(region, used);
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
    llvm::for_each(nn::yieldOf(region).getValues(), [&](Value value) { collectTensor(value); });
    llvm::for_each(copies, [&](Operation *op) { collectNumbers(op); });
    for (Operation &op : body)
      if (!isOnSizes(&op))
        collectNumbers(&op);
    for (unsigned symbol : symbols)
      if (symbol >= sizes.freeDimensions().size())
        return op->emitError("not supported yet: a size that is not computed from the sizes of "
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
    auto subprogram = func::FuncOp::create(
        op->getLoc(), (function.getSymName() + "_body").str(),
        builder.getFunctionType(inputs, nn::yieldOf(region).getValues().getTypes()));
    subprogram.setPrivate();
    subprogram->setAttr(kernel::kSubprogramAttr, builder.getUnitAttr());
    for (auto [position, argument] : llvm::enumerate(arguments))
      if (AffineMapAttr map = sizesOf(argument))
        subprogram.setArgAttr(position, kernel::kSizesAttr, map);
    for (auto [position, result] : llvm::enumerate(nn::yieldOf(region).getValues()))
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
    SmallVector<Value> results =
        llvm::map_to_vector(nn::yieldOf(region).getValues(),
                            [&](Value value) { return mapping.lookupOrDefault(value); });
    func::ReturnOp::create(inside, op->getLoc(), results);
  }

  /// Of two ops above one body, whether the first is defined before the second.
  static bool comesBefore(Operation *a, Operation *b) {
    if (a->getBlock() == b->getBlock())
      return a->isBeforeInBlock(b);
    if (Operation *ancestor = a->getBlock()->findAncestorOpInBlock(*b))
      return a->isBeforeInBlock(ancestor);
    return !b->isBeforeInBlock(b->getBlock()->findAncestorOpInBlock(*a));
  }

  Region &region;
  Block &body;
  Operation *op;
  func::FuncOp function;
  nn::DimensionAnalysis &sizes;
  OpBuilder builder;
  SmallVector<Value> captures;
  llvm::SetVector<Operation *> copies;
  SmallVector<unsigned> symbols; ///< free dimensions that become index arguments, in order
};

/// Puts kernel.loop and kernel.call in the place of ops with bodies.
class BodyReplacer {
public:
  BodyReplacer(func::FuncOp function, SymbolTable &symbols)
      : function(function), sizes(function), symbols(symbols) {}

  LogicalResult replace(Operation *op) {
    SmallVector<Outlined> bodies;
    for (Region &region : op->getRegions()) {
      FailureOr<Outlined> body = BodyOutliner(region, function, sizes).run(symbols);
      if (failed(body))
        return failure();
      bodies.push_back(*body);
    }
    OpBuilder builder(op);
    auto loop = dyn_cast<nn::LoopOpInterface>(op);
    Operation *run = loop ? loopOf(builder, loop, bodies)
                          : callOf(builder, cast<nn::BodyOpInterface>(op), bodies);
    op->replaceAllUsesWith(run);
    op->erase();
    return success();
  }

private:
  /// The subprograms are those of the op's regions.
  Operation *loopOf(OpBuilder &builder, nn::LoopOpInterface loop, ArrayRef<Outlined> bodies) {
    Value trips;
    if (AffineExpr count = loop.tripCount(sizes))
      trips = buildIndex(builder, loop.getLoc(), count, [&](unsigned symbol) {
        return freeDimension(builder, function, symbol, sizes);
      });
    const Outlined &body = bodies[loop.getBody().getRegionNumber()];
    Region *condition = loop.getConditionBody();
    Outlined test = condition ? bodies[condition->getRegionNumber()] : Outlined();
    UnitAttr reverse = loop.getReverse() ? builder.getUnitAttr() : UnitAttr();
    return kernel::LoopOp::create(builder, loop.getLoc(), loop->getResultTypes(), body.name, trips,
                                  loop.getLimit(), loop.getInits(), loop.getStacks(), body.captures,
                                  body.dims, reverse, test.name, test.captures, test.dims,
                                  ArrayAttr());
  }

  static Operation *callOf(OpBuilder &builder, nn::BodyOpInterface op, ArrayRef<Outlined> bodies) {
    Outlined otherwise = op.choice() ? bodies[1] : Outlined();
    return kernel::CallOp::create(builder, op->getLoc(), op->getResultTypes(), bodies[0].name,
                                  bodies[0].captures, bodies[0].dims, op.choice(), otherwise.name,
                                  otherwise.captures, otherwise.dims, ArrayAttr());
  }

  func::FuncOp function;
  nn::DimensionAnalysis sizes;
  SymbolTable &symbols;
};

struct OutlineBodiesPass : impl::OutlineBodiesPassBase<OutlineBodiesPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (func::FuncOp entry : kernel::entries(getOperation())) {
      SmallVector<Operation *> ops; // the innermost first
      entry.getBody().walk([&](Operation *op) {
        if (isa<nn::BodyOpInterface>(op))
          ops.push_back(op);
      });
      for (Operation *op : ops)
        if (failed(BodyReplacer(entry, symbols).replace(op)))
          return signalPassFailure();
      bodyCount += ops.size();
    }
  }
};
} // namespace
} // namespace mlc
