#include "compiler/Autodiff/Derivatives.h"
#include "compiler/Autodiff/BodyDerivatives.h"
#include "compiler/Autodiff/Cotangents.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace mlc {

bool isDifferentiable(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

DenseMap<StringAttr, Value> mergeParameterReads(Block &body) {
  DenseMap<StringAttr, Value> merged;
  SmallVector<nn::ParamOp> reads;
  body.walk([&](nn::ParamOp param) { reads.push_back(param); });
  for (nn::ParamOp param : reads) {
    Value &first = merged[param.getParameterAttr().getAttr()];
    if (!first) {
      first = param.getResult();
      param->moveBefore(&body, body.begin());
      continue;
    }
    param.replaceAllUsesWith(first);
    param.erase();
  }
  return merged;
}

void eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

SmallVector<Value> valuesRead(Operation *op) {
  SmallVector<Value> values(op->getOperands());
  llvm::SetVector<Value> above;
  getUsedValuesDefinedAbove(op->getRegions(), above);
  llvm::append_range(values, above);
  return values;
}

void markVaried(Operation *op, DenseSet<Value> &varied) {
  if (isa<nn::StopGradientOp>(op) ||
      llvm::none_of(valuesRead(op), [&](Value value) { return varied.contains(value); }))
    return;
  for (Value result : op->getResults())
    if (isDifferentiable(result.getType()))
      varied.insert(result);
}

namespace {
/// One reverse pass over a block.
class ReversePass {
public:
  ReversePass(Block &block, StringRef functionName, ArrayRef<Value> inputs)
      : functionName(functionName), terminator(block.getTerminator()), builder(terminator) {
    varied.insert(inputs.begin(), inputs.end());
    for (Operation &op : block)
      mlc::markVaried(&op, varied);
  }

  LogicalResult run(ArrayRef<Value> cotangents);
  /// The cotangent of a value, null where zero.
  Value cotangent(Value value) { return collected.resolve(builder, value); }

private:
  /// Whether the op stands between an input and an output; the ops that define inputs do not.
  bool wantsCotangent(Operation *op) {
    return llvm::any_of(valuesRead(op), [&](Value value) { return varied.contains(value); }) &&
           llvm::any_of(op->getResults(), [&](Value result) {
             return varied.contains(result) && collected.contains(result);
           });
  }
  LogicalResult decompose(nn::CompositeOpInterface composite);
  LogicalResult applyRule(nn::DifferentiableOpInterface op);
  FailureOr<Operation *> differentiate(Operation *op);
  LogicalResult reportNoDerivative(Operation *op);

  StringRef functionName;
  Operation *terminator;
  OpBuilder builder;
  DenseSet<Value> varied;
  Cotangents collected;
};
} // namespace

LogicalResult ReversePass::run(ArrayRef<Value> cotangents) {
  Operation *last = terminator->getPrevNode(); // everything after it is what this pass builds
  for (auto [output, given] : llvm::zip_equal(terminator->getOperands(), cotangents))
    if (given && varied.contains(output))
      collected.add(output, given);
  while (last) {
    Operation *op = last;
    if (!wantsCotangent(op)) {
      last = op->getPrevNode();
      continue;
    }
    if (auto differentiable = dyn_cast<nn::DifferentiableOpInterface>(op)) {
      if (failed(applyRule(differentiable)))
        return failure();
      last = op->getPrevNode();
      continue;
    }
    if (isa<nn::BodyOpInterface>(op)) {
      FailureOr<Operation *> forward = differentiate(op);
      if (failed(forward))
        return failure();
      last = (*forward)->getPrevNode();
      continue;
    }
    auto composite = dyn_cast<nn::CompositeOpInterface>(op);
    if (!composite)
      return reportNoDerivative(op);
    if (failed(decompose(composite)))
      return failure();
    last = op->getPrevNode(); // the last op of the decomposition
    op->erase();
  }
  return success();
}

/// Builds the decomposition before the op and lets it take the op's place in the graph and in this
/// pass.
LogicalResult ReversePass::decompose(nn::CompositeOpInterface composite) {
  Operation *op = composite, *before = op->getPrevNode();
  OpBuilder forward(op);
  FailureOr<SmallVector<Value>> values = composite.decompose(forward);
  if (failed(values))
    return failure();
  Operation *first = before ? before->getNextNode() : &op->getBlock()->front();
  for (Operation *made = first; made != op; made = made->getNextNode())
    mlc::markVaried(made, varied);
  for (auto [result, value] : llvm::zip_equal(op->getResults(), *values)) {
    for (Value contribution : collected.take(result))
      if (varied.contains(value))
        collected.add(value, contribution);
    varied.erase(result);
    result.replaceAllUsesWith(value);
  }
  return success();
}

/// Of an op with bodies. Returns what takes its place: a scan stacks residuals as well.
FailureOr<Operation *> ReversePass::differentiate(Operation *op) {
  SmallVector<Value> cotangents;
  for (Value result : op->getResults()) {
    cotangents.push_back(collected.resolve(builder, result));
    collected.take(result);
    varied.erase(result); // another op takes its place
  }
  FailureOr<BodyDerivative> derivative =
      differentiateBodies(builder, op, cotangents, varied, functionName);
  if (failed(derivative))
    return failure();
  for (auto [value, contribution] : derivative->contributions)
    collected.add(value, contribution);
  return derivative->forward;
}

LogicalResult ReversePass::applyRule(nn::DifferentiableOpInterface op) {
  SmallVector<Value> cotangents;
  for (Value result : op->getResults())
    cotangents.push_back(collected.resolve(builder, result));
  SmallVector<bool> active = llvm::map_to_vector(
      op->getOperands(), [&](Value operand) { return varied.contains(operand); });
  nn::VjpBuilder rule(builder, op, cotangents, active);
  if (failed(op.buildVjp(rule)))
    return failure();
  for (auto [number, operand] : llvm::enumerate(op->getOperands()))
    for (Value contribution : rule.contributions(number))
      if (active[number])
        collected.add(operand, contribution);
  return success();
}

/// The op lies between an input and an output. Says so, and which input.
LogicalResult ReversePass::reportNoDerivative(Operation *op) {
  InFlightDiagnostic diagnostic = op->emitError("no derivative for ") << op->getName();
  auto isVaried = [&](Value value) { return varied.contains(value); };
  SmallVector<Value> read = valuesRead(op);
  Value cause = *llvm::find_if(read, isVaried);
  while (Operation *definition = cause.getDefiningOp()) {
    read = valuesRead(definition);
    auto *varying = llvm::find_if(read, isVaried);
    if (varying == read.end())
      break;
    cause = *varying;
  }
  if (auto param = cause.getDefiningOp<nn::ParamOp>())
    diagnostic.attachNote(cause.getLoc())
        << "it depends on parameter " << param.getParameterAttr() << ", by which @" << functionName
        << " is differentiated, and its result is part of the derivative";
  else if (auto argument = dyn_cast<BlockArgument>(cause);
           argument && isa<func::FuncOp>(argument.getOwner()->getParentOp()))
    diagnostic.attachNote(cause.getLoc())
        << "it depends on argument " << argument.getArgNumber() << ", by which @" << functionName
        << " is differentiated, and its result is part of the derivative";
  diagnostic.attachNote()
      << "apply nn.stop_gradient to its operands if no gradient should flow through it";
  return diagnostic;
}

FailureOr<SmallVector<Value>> buildVjp(func::FuncOp function, ArrayRef<Value> cotangents,
                                       ArrayRef<Value> inputs) {
  return buildVjp(function.getBody().front(), function.getSymName(), cotangents, inputs);
}

FailureOr<SmallVector<Value>> buildVjp(Block &block, StringRef functionName,
                                       ArrayRef<Value> cotangents, ArrayRef<Value> inputs) {
  ReversePass pass(block, functionName, inputs);
  if (failed(pass.run(cotangents)))
    return failure();
  SmallVector<Value> results;
  for (Value input : inputs)
    results.push_back(pass.cotangent(input));
  return results;
}

} // namespace mlc
