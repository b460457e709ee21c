#include "compiler/Autodiff/Derivatives.h"
#include "compiler/Autodiff/Inlining.h"
#include "compiler/Autodiff/Passes.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_EXPANDDERIVATIVESPASS
#include "compiler/Autodiff/Passes.h.inc"

namespace {
/// A private copy of a callee that grows by the ops of a derivative and is then inlined in the
/// place of the request. Argument by argument, it takes the operands of the request.
class DerivativeFunction {
public:
  DerivativeFunction(Operation *request, func::FuncOp callee, ArrayAttr wrt)
      : request(request), function(callee.clone()), body(&function->getBody().front()),
        parameters(mergeParameterReads(*body)) {
    for (Attribute entry : wrt)
      if (isa<UnitAttr>(entry)) // all
        llvm::copy_if(body->getArguments(), std::back_inserter(inputs),
                      [](Value argument) { return isDifferentiable(argument.getType()); });
      else
        inputs.push_back(inputFor(entry));
  }

  Operation *terminator() { return body->getTerminator(); }
  Value addArgument(Type type) { return body->addArgument(type, request->getLoc()); }
  /// The returned values that have derivatives.
  SmallVector<Value> differentiableResults() {
    return llvm::to_vector(llvm::make_filter_range(terminator()->getOperands(), [](Value value) {
      return isDifferentiable(value.getType());
    }));
  }
  FailureOr<SmallVector<Value>> vjp(ArrayRef<Value> cotangents) {
    return buildVjp(*function, cotangents, inputs);
  }
  /// Makes the function return `values` too; a null is the zero of the type of `like`.
  void appendResults(ArrayRef<Value> values, ArrayRef<Value> like) {
    for (auto [value, model] : llvm::zip_equal(values, like))
      terminator()->insertOperands(terminator()->getNumOperands(), value ? value : zero(model));
  }
  Value zero(Value like) {
    OpBuilder builder(terminator());
    return nn::zeroLike(nn::TensorExpr(builder, request->getLoc(), like)).value();
  }
  /// Replaces the request by the body, with `operands` as its arguments.
  LogicalResult inlineAtRequest(ValueRange operands, InlinedOps &inlined) {
    eraseDeadOps(*body);
    OpBuilder builder(request);
    FailureOr<SmallVector<Value>> results =
        inlineBody(builder, request, *function, operands, inlined);
    if (failed(results))
      return failure();
    request->replaceAllUsesWith(*results);
    request->erase();
    return success();
  }

  Operation *request;
  OwningOpRef<func::FuncOp> function;
  Block *body;
  SmallVector<Value> inputs;

private:
  /// The one value of an argument or parameter in the function; a parameter that it does not use
  /// gets an unused one.
  Value inputFor(Attribute entry) {
    if (auto position = dyn_cast<IntegerAttr>(entry))
      return body->getArgument(position.getInt());
    auto name = cast<FlatSymbolRefAttr>(entry);
    Value &value = parameters[name.getAttr()];
    if (!value) {
      auto parameter = SymbolTable::lookupNearestSymbolFrom<nn::ParameterOp>(request, name);
      OpBuilder builder = OpBuilder::atBlockBegin(body);
      value = nn::ParamOp::create(builder, request->getLoc(), parameter.getType(), name);
    }
    return value;
  }

  DenseMap<StringAttr, Value> parameters;
};
} // namespace

/// value and gradients of the first result.
static LogicalResult expand(nn::GradOp grad, InlinedOps &inlined) {
  DerivativeFunction derivative(grad, calleeOf(grad), grad.getWrt());
  Value loss = derivative.terminator()->getOperand(0);
  OpBuilder builder(derivative.terminator());
  SmallVector<Value> cotangents(derivative.terminator()->getNumOperands());
  cotangents[0] = nn::TensorExpr(builder, grad.getLoc(), loss).constant(1.0).value();
  FailureOr<SmallVector<Value>> gradients = derivative.vjp(cotangents);
  if (failed(gradients))
    return failure();
  derivative.appendResults(*gradients, derivative.inputs);
  return derivative.inlineAtRequest(grad.getInputs(), inlined);
}

/// Gives every differentiable returned value the next of `cotangents`.
static SmallVector<Value> spread(Operation *terminator, ArrayRef<Value> cotangents) {
  SmallVector<Value> result;
  for (Value value : terminator->getOperands()) {
    result.push_back(isDifferentiable(value.getType()) ? cotangents.front() : nullptr);
    cotangents = cotangents.drop_front(isDifferentiable(value.getType()));
  }
  return result;
}

static LogicalResult expand(nn::VjpOp vjp, InlinedOps &inlined) {
  DerivativeFunction derivative(vjp, calleeOf(vjp), vjp.getWrt());
  SmallVector<Value> cotangents = llvm::map_to_vector(
      vjp.getCotangents(), [&](Value value) { return derivative.addArgument(value.getType()); });
  FailureOr<SmallVector<Value>> results =
      derivative.vjp(spread(derivative.terminator(), cotangents));
  if (failed(results))
    return failure();
  derivative.appendResults(*results, derivative.inputs);
  SmallVector<Value> operands(vjp.getInputs());
  llvm::append_range(operands, vjp.getCotangents());
  return derivative.inlineAtRequest(operands, inlined);
}

/// The VJP u -> J^T u is linear in u, so its own VJP by u at the tangents v is J v, whatever u is.
static LogicalResult expand(nn::JvpOp jvp, InlinedOps &inlined) {
  DerivativeFunction derivative(jvp, calleeOf(jvp), jvp.getWrt());
  SmallVector<Value> tangents = llvm::map_to_vector(
      jvp.getTangents(), [&](Value value) { return derivative.addArgument(value.getType()); });
  SmallVector<Value> dual =
      llvm::map_to_vector(derivative.differentiableResults(),
                          [&](Value value) { return derivative.addArgument(value.getType()); });
  FailureOr<SmallVector<Value>> gradients = derivative.vjp(spread(derivative.terminator(), dual));
  if (failed(gradients))
    return failure();

  // The gradients become returned values, and the cotangents `dual` the inputs, of a second reverse
  // pass.
  unsigned resultCount = derivative.terminator()->getNumOperands();
  SmallVector<Value> cotangents(resultCount);
  for (auto [gradient, tangent] : llvm::zip_equal(*gradients, tangents)) {
    if (!gradient)
      continue;
    derivative.terminator()->insertOperands(derivative.terminator()->getNumOperands(), gradient);
    cotangents.push_back(tangent);
  }
  derivative.inputs = dual;
  FailureOr<SmallVector<Value>> results = derivative.vjp(cotangents);
  if (failed(results))
    return failure();
  derivative.terminator()->eraseOperands(resultCount,
                                         derivative.terminator()->getNumOperands() - resultCount);
  SmallVector<Value> like = derivative.differentiableResults();
  derivative.appendResults(*results, like);
  eraseDeadOps(*derivative.body);
  for (auto [value, result] : llvm::zip_equal(dual, like)) // sizes, at most, still come from them
    value.replaceAllUsesWith(result);
  derivative.body->eraseArguments(derivative.body->getNumArguments() - dual.size(), dual.size());
  SmallVector<Value> operands(jvp.getInputs());
  llvm::append_range(operands, jvp.getTangents());
  return derivative.inlineAtRequest(operands, inlined);
}

/// Dropout and its like act in training, and a derivative that is expanded before the training step
/// would take them for what they are elsewhere. So it is an error where a loss asks for the
/// derivative of a function that holds one. `visited` holds the functions that losses reach.
static LogicalResult refuseTraining(func::FuncOp function, DenseSet<Operation *> &visited) {
  if (!visited.insert(function).second)
    return success();
  WalkResult walk = function.walk([&](Operation *request) {
    func::FuncOp callee = calleeOf(request);
    if (!callee)
      return WalkResult::advance();
    WalkResult search = callee.walk([&](Operation *op) {
      auto training = dyn_cast<nn::TrainingOpInterface>(op);
      if (!training || !training.actsInTraining())
        return WalkResult::advance();
      InFlightDiagnostic diagnostic =
          request->emitError("not supported yet: the derivative, within a loss that is "
                             "trained, of a function with ")
          << op->getName();
      diagnostic.attachNote(op->getLoc()) << "the " << op->getName().stripDialect() << " is here";
      return WalkResult::interrupt();
    });
    if (search.wasInterrupted())
      return search;
    return WalkResult(refuseTraining(callee, visited));
  });
  return failure(walk.wasInterrupted());
}

namespace {
struct ExpandDerivativesPass : impl::ExpandDerivativesPassBase<ExpandDerivativesPass> {
  void runOnOperation() override {
    FailureOr<SmallVector<func::FuncOp>> functions = calleesFirst(getOperation());
    if (failed(functions))
      return signalPassFailure();
    DenseSet<Operation *> visited;
    for (auto step : getOperation().getOps<nn::TrainStepOp>())
      if (failed(refuseTraining(getOperation().lookupSymbol<func::FuncOp>(step.getLossAttr()),
                                visited)))
        return signalPassFailure();
    InlinedOps inlined;
    for (func::FuncOp function : *functions)
      if (failed(expandRequests(function, inlined)))
        return signalPassFailure();
  }

  LogicalResult expandRequests(func::FuncOp function, InlinedOps &inlined) {
    SmallVector<Operation *> requests;
    function.walk([&](Operation *op) {
      if (isa<nn::GradOp, nn::VjpOp, nn::JvpOp>(op))
        requests.push_back(op);
    });
    for (Operation *op : requests) {
      if (!llvm::hasSingleElement(calleeOf(op).getBody()))
        return op->emitError("not supported yet: a callee that is not one block");
      LogicalResult result = isa<nn::GradOp>(op)  ? expand(cast<nn::GradOp>(op), inlined)
                             : isa<nn::VjpOp>(op) ? expand(cast<nn::VjpOp>(op), inlined)
                                                  : expand(cast<nn::JvpOp>(op), inlined);
      if (failed(result))
        return failure();
    }
    if (requests.empty())
      return success();
    eraseDeadOps(function.getBody().front());
    if (function.isPublic()) // what mlc-run info tells of the entry
      function->setAttr(nn::kKindAttr, StringAttr::get(function.getContext(), "gradient"));
    return success();
  }
};
} // namespace
} // namespace mlc
