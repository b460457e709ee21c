#include "compiler/Autodiff/Derivatives.h"
#include "compiler/Autodiff/Cotangents.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace mlc {

bool isDifferentiable(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

DenseMap<StringAttr, Value> mergeParameterReads(Block &body) {
  DenseMap<StringAttr, Value> merged;
  for (auto param : llvm::make_early_inc_range(body.getOps<nn::ParamOp>())) {
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

namespace {
/// One reverse pass over the block of a function.
class ReversePass {
public:
  ReversePass(func::FuncOp function, ArrayRef<Value> inputs)
      : function(function), terminator(function.getBody().front().getTerminator()),
        builder(terminator), inputs(inputs.begin(), inputs.end()) {
    varied.insert(inputs.begin(), inputs.end());
    for (Operation &op : function.getBody().front())
      markVaried(&op);
  }

  LogicalResult run(ArrayRef<Value> cotangents);
  /// The cotangent of a value, null where zero.
  Value cotangent(Value value) { return collected.resolve(builder, value); }

private:
  /// A result varies with the inputs if it is made of floats and an operand varies.
  void markVaried(Operation *op) {
    if (isa<nn::StopGradientOp>(op) ||
        !llvm::any_of(op->getOperands(), [&](Value value) { return varied.contains(value); }))
      return;
    for (Value result : op->getResults())
      if (isDifferentiable(result.getType()))
        varied.insert(result);
  }
  /// Whether the op stands between an input and an output; the ops that define inputs do not.
  bool wantsCotangent(Operation *op) {
    return llvm::any_of(op->getOperands(),
                        [&](Value operand) { return varied.contains(operand); }) &&
           llvm::any_of(op->getResults(), [&](Value result) {
             return varied.contains(result) && collected.contains(result);
           });
  }
  LogicalResult decompose(nn::CompositeOpInterface composite);
  LogicalResult applyRule(nn::DifferentiableOpInterface op);
  LogicalResult reportNoDerivative(Operation *op);

  func::FuncOp function;
  Operation *terminator;
  OpBuilder builder;
  SmallVector<Value> inputs;
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
    markVaried(made);
  for (auto [result, value] : llvm::zip_equal(op->getResults(), *values)) {
    for (Value contribution : collected.take(result))
      if (varied.contains(value))
        collected.add(value, contribution);
    varied.erase(result);
    result.replaceAllUsesWith(value);
  }
  return success();
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
  Value cause =
      *llvm::find_if(op->getOperands(), [&](Value value) { return varied.contains(value); });
  while (Operation *definition = cause.getDefiningOp()) {
    auto operand = llvm::find_if(definition->getOperands(),
                                 [&](Value value) { return varied.contains(value); });
    if (operand == definition->operand_end())
      break;
    cause = *operand;
  }
  if (auto param = cause.getDefiningOp<nn::ParamOp>())
    diagnostic.attachNote(cause.getLoc())
        << "it depends on parameter " << param.getParameterAttr() << ", by which @"
        << function.getSymName() << " is differentiated, and its result is part of the derivative";
  else if (auto argument = dyn_cast<BlockArgument>(cause))
    diagnostic.attachNote(cause.getLoc())
        << "it depends on argument " << argument.getArgNumber() << ", by which @"
        << function.getSymName() << " is differentiated, and its result is part of the derivative";
  diagnostic.attachNote()
      << "apply nn.stop_gradient to its operands if no gradient should flow through it";
  return diagnostic;
}

FailureOr<SmallVector<Value>> buildVjp(func::FuncOp function, ArrayRef<Value> cotangents,
                                       ArrayRef<Value> inputs) {
  ReversePass pass(function, inputs);
  if (failed(pass.run(cotangents)))
    return failure();
  SmallVector<Value> results;
  for (Value input : inputs)
    results.push_back(pass.cotangent(input));
  return results;
}

} // namespace mlc
