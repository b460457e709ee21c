#include "compiler/GraphTransforms/Passes.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_DECOMPOSECOMPOSITESPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct DecomposeCompositesPass : impl::DecomposeCompositesPassBase<DecomposeCompositesPass> {
  void runOnOperation() override {
    collect(getOperation());
    while (!worklist.empty())
      if (failed(decompose(worklist.pop_back_val())))
        return signalPassFailure();
  }

  /// What is in a composite goes with it.
  void collect(Operation *root) {
    root->walk<WalkOrder::PreOrder>([&](Operation *op) {
      auto composite = dyn_cast<nn::CompositeOpInterface>(op);
      if (!composite)
        return WalkResult::advance();
      worklist.push_back(composite);
      return WalkResult::skip();
    });
  }

  /// Replaces the op and collects the ops that took its place.
  LogicalResult decompose(nn::CompositeOpInterface composite) {
    Operation *op = composite, *before = op->getPrevNode();
    OpBuilder builder(op);
    FailureOr<SmallVector<Value>> values = composite.decompose(builder);
    if (failed(values))
      return failure();
    Operation *first = before ? before->getNextNode() : &op->getBlock()->front();
    for (Operation *made = first; made != op; made = made->getNextNode())
      collect(made);
    op->replaceAllUsesWith(*values);
    op->erase();
    return success();
  }

  SmallVector<nn::CompositeOpInterface> worklist;
};
} // namespace
} // namespace mlc
