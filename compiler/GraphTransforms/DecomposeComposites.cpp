#include "compiler/GraphTransforms/Passes.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_DECOMPOSECOMPOSITESPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct DecomposeCompositesPass : impl::DecomposeCompositesPassBase<DecomposeCompositesPass> {
  void runOnOperation() override {
    SmallVector<nn::CompositeOpInterface> worklist;
    auto collect = [&](Operation *op) {
      if (auto composite = dyn_cast<nn::CompositeOpInterface>(op))
        worklist.push_back(composite);
    };
    getOperation().walk(collect);
    while (!worklist.empty())
      if (failed(decompose(worklist.pop_back_val(), collect)))
        return signalPassFailure();
  }

  /// Replaces the op and reports the ops that took its place.
  LogicalResult decompose(nn::CompositeOpInterface composite,
                          function_ref<void(Operation *)> report) {
    Operation *op = composite, *before = op->getPrevNode();
    OpBuilder builder(op);
    FailureOr<SmallVector<Value>> values = composite.decompose(builder);
    if (failed(values))
      return failure();
    Operation *first = before ? before->getNextNode() : &op->getBlock()->front();
    for (Operation *made = first; made != op; made = made->getNextNode())
      made->walk([&](Operation *inner) { report(inner); });
    op->replaceAllUsesWith(*values);
    op->erase();
    return success();
  }
};
} // namespace
} // namespace mlc
