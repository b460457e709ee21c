#include "compiler/Autodiff/Inlining.h"
#include "compiler/Autodiff/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_INLINECALLSPASS
#include "compiler/Autodiff/Passes.h.inc"

LogicalResult InlinedOps::add(Operation *user, func::FuncOp callee) {
  constexpr size_t kMostOps = 1 << 18;
  size_t ops = callee.getBody().front().getOperations().size();
  size_t &count = counts[user->getParentOfType<func::FuncOp>()];
  count += ops;
  if (count <= kMostOps)
    return success();
  InFlightDiagnostic diagnostic = user->emitError("not supported yet: more than ")
                                  << kMostOps << " ops in a function from all that it calls";
  diagnostic.attachNote(callee.getLoc())
      << "@" << callee.getSymName() << " has, with its own calls, " << ops;
  return diagnostic;
}

FailureOr<SmallVector<Value>> inlineBody(OpBuilder &builder, Operation *user, func::FuncOp callee,
                                         ValueRange operands, InlinedOps &inlined) {
  if (!llvm::hasSingleElement(callee.getBody())) {
    InFlightDiagnostic diagnostic =
        user->emitError("not supported yet: a callee that is not one block");
    diagnostic.attachNote(callee.getLoc()) << "@" << callee.getSymName() << " is declared here";
    return diagnostic;
  }
  if (failed(inlined.add(user, callee)))
    return failure();
  IRMapping mapping;
  Block &body = callee.getBody().front();
  mapping.map(body.getArguments(), operands);
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  return llvm::map_to_vector(body.getTerminator()->getOperands(),
                             [&](Value value) { return mapping.lookup(value); });
}

func::FuncOp calleeOf(Operation *op) {
  if (!isa<func::CallOp, nn::GradOp, nn::VjpOp, nn::JvpOp>(op))
    return nullptr;
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      op, op->getAttrOfType<FlatSymbolRefAttr>("callee"));
}

namespace {
/// A depth-first walk of the calls.
class CallOrder {
public:
  LogicalResult visit(func::FuncOp function) {
    if (finished.contains(function))
      return success();
    path.push_back(function);
    WalkResult walk = function.walk([&](Operation *op) {
      func::FuncOp callee = calleeOf(op);
      if (!callee)
        return WalkResult::advance();
      if (llvm::is_contained(path, callee))
        return WalkResult(reportRecursion(op, callee));
      return WalkResult(visit(callee));
    });
    if (walk.wasInterrupted())
      return failure();
    path.pop_back();
    finished.insert(function);
    return success();
  }

  llvm::SetVector<func::FuncOp> finished;

private:
  LogicalResult reportRecursion(Operation *call, func::FuncOp callee) {
    InFlightDiagnostic diagnostic = call->emitError("expects calls without recursion, but @")
                                    << callee.getSymName() << " calls itself";
    for (func::FuncOp function : llvm::drop_begin(path, llvm::find(path, callee) - path.begin()))
      diagnostic.attachNote(function.getLoc()) << "by way of @" << function.getSymName();
    return diagnostic;
  }

  SmallVector<func::FuncOp> path;
};
} // namespace

FailureOr<SmallVector<func::FuncOp>> calleesFirst(ModuleOp module) {
  CallOrder order;
  for (auto function : module.getOps<func::FuncOp>())
    if (failed(order.visit(function)))
      return failure();
  return SmallVector<func::FuncOp>(order.finished.begin(), order.finished.end());
}

namespace {
struct InlineCallsPass : impl::InlineCallsPassBase<InlineCallsPass> {
  void runOnOperation() override {
    FailureOr<SmallVector<func::FuncOp>> functions = calleesFirst(getOperation());
    if (failed(functions))
      return signalPassFailure();
    InlinedOps inlined;
    for (func::FuncOp function : *functions) {
      SmallVector<func::CallOp> calls;
      function.walk([&](func::CallOp call) { calls.push_back(call); });
      for (func::CallOp call : calls)
        if (failed(inlineCall(call, inlined)))
          return signalPassFailure();
    }
  }

  LogicalResult inlineCall(func::CallOp call, InlinedOps &inlined) {
    OpBuilder builder(call);
    FailureOr<SmallVector<Value>> results =
        inlineBody(builder, call, calleeOf(call), call.getOperands(), inlined);
    if (failed(results))
      return failure();
    call.replaceAllUsesWith(*results);
    call.erase();
    return success();
  }
};
} // namespace
} // namespace mlc
