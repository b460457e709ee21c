#include "compiler/Fusion/OutlineKernel.h"
#include "compiler/GraphTransforms/SizeExpressions.h"
#include "dialects/NN/AttributeNames.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace mlc {

/// Appends `op` and before it the inlined ops that only it and what follows it read, operands
/// first: where these are in the entry is an accident, by which equal kernels must not differ.
static void appendWithCopies(Operation *op, const DenseSet<Operation *> &inlined,
                             DenseSet<Operation *> &inside, SmallVectorImpl<Operation *> &body) {
  SmallVector<std::pair<Operation *, unsigned>> path{{op, 0}}; // ops, and the operands looked at
  while (!path.empty()) {
    auto &[reader, next] = path.back();
    if (next == reader->getNumOperands()) {
      body.push_back(reader);
      path.pop_back();
      continue;
    }
    Operation *producer = reader->getOperand(next++).getDefiningOp();
    if (producer && inlined.contains(producer) && inside.insert(producer).second)
      path.push_back({producer, 0});
  }
}

KernelInterface findInputs(ArrayRef<Operation *> group, const DenseSet<Operation *> &inlined) {
  KernelInterface kernel;
  DenseSet<Operation *> inside(group.begin(), group.end());
  for (Operation *op : group)
    appendWithCopies(op, inlined, inside, kernel.body);
  for (Operation *op : kernel.body)
    for (Value operand : op->getOperands())
      if (isa<RankedTensorType>(operand.getType()) &&
          !(operand.getDefiningOp() && inside.contains(operand.getDefiningOp())))
        kernel.inputs.insert(operand);
  return kernel;
}

LogicalResult findSymbols(KernelInterface &kernel, nn::DimensionAnalysis &sizes) {
  auto addTensor = [&](Value tensor) {
    for (AffineExpr size : sizes.shape(tensor))
      collectSymbols(size, kernel.symbols);
  };
  llvm::for_each(kernel.inputs, addTensor);
  for (Operation *op : kernel.body)
    for (Value operand : op->getOperands())
      if (isa<IndexType>(operand.getType()))
        collectSymbols(sizes.index(operand), kernel.symbols);
  llvm::for_each(kernel.results, addTensor);
  for (unsigned symbol : kernel.symbols)
    if (symbol >= sizes.freeDimensions().size())
      return kernel.body.front()->emitError(
          "not supported yet: a size that is not computed from the sizes of arguments");
  return success();
}

/// The sizes of a tensor over the kernel's index arguments, or null where static.
static AffineMapAttr sizesOf(Value tensor, const KernelInterface &kernel,
                             nn::DimensionAnalysis &sizes) {
  if (cast<RankedTensorType>(tensor.getType()).hasStaticShape())
    return {};
  MLIRContext *context = tensor.getContext();
  SmallVector<AffineExpr> renamed(sizes.freeDimensions().size());
  for (auto [position, symbol] : llvm::enumerate(kernel.symbols))
    renamed[symbol] = getAffineSymbolExpr(position, context);
  for (AffineExpr &expr : renamed)
    if (!expr)
      expr = getAffineConstantExpr(0, context);
  SmallVector<AffineExpr> results;
  for (AffineExpr size : sizes.shape(tensor))
    results.push_back(size.replaceSymbols(renamed));
  return AffineMapAttr::get(AffineMap::get(0, kernel.symbols.size(), results, context));
}

/// Copies the body into `block`, whose arguments are the inputs and then the index values of the
/// symbols.
static void cloneBody(OpBuilder &builder, const KernelInterface &kernel, Block &block,
                      nn::DimensionAnalysis &sizes) {
  IRMapping mapping;
  for (auto [input, argument] : llvm::zip(kernel.inputs, block.getArguments()))
    mapping.map(input, argument);
  auto symbolValue = [&](unsigned symbol) -> Value {
    size_t position = llvm::find(kernel.symbols, symbol) - kernel.symbols.begin();
    return block.getArgument(kernel.inputs.size() + position);
  };
  for (Operation *op : kernel.body) {
    for (Value operand : op->getOperands())
      if (isa<IndexType>(operand.getType()) && !mapping.contains(operand))
        mapping.map(operand, buildIndex(builder, op->getLoc(), sizes.index(operand), symbolValue));
    builder.clone(*op, mapping)->removeAttr(nn::kAgainAttr);
  }
  SmallVector<Value> results;
  for (Value result : kernel.results)
    results.push_back(mapping.lookup(result));
  func::ReturnOp::create(builder, kernel.body.back()->getLoc(), results);
}

/// Where the model's text says what the kernel computes: of its first result that is from there.
static Location locationOf(const KernelInterface &kernel) {
  for (Value result : kernel.results)
    if (!isa<UnknownLoc>(result.getLoc()))
      return result.getLoc();
  for (Operation *op : kernel.body)
    if (!isa<UnknownLoc>(op->getLoc()))
      return op->getLoc();
  return kernel.body.front()->getLoc();
}

func::FuncOp outlineKernel(OpBuilder &builder, const KernelInterface &kernel, StringRef name,
                           nn::DimensionAnalysis &sizes) {
  SmallVector<Type> inputs, results;
  for (Value input : kernel.inputs)
    inputs.push_back(input.getType());
  inputs.append(kernel.symbols.size(), builder.getIndexType());
  for (Value result : kernel.results)
    results.push_back(result.getType());
  auto function = func::FuncOp::create(builder, locationOf(kernel), name,
                                       builder.getFunctionType(inputs, results));
  function.setPrivate();
  function->setAttr(kernel::kKernelAttr, builder.getUnitAttr());
  for (auto [position, input] : llvm::enumerate(kernel.inputs))
    if (AffineMapAttr map = sizesOf(input, kernel, sizes))
      function.setArgAttr(position, kernel::kSizesAttr, map);
  for (auto [position, result] : llvm::enumerate(kernel.results))
    if (AffineMapAttr map = sizesOf(result, kernel, sizes))
      function.setResultAttr(position, kernel::kSizesAttr, map);
  OpBuilder bodyBuilder = OpBuilder::atBlockBegin(function.addEntryBlock());
  cloneBody(bodyBuilder, kernel, function.front(), sizes);
  return function;
}

} // namespace mlc
