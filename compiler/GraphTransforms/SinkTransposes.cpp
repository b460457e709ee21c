#include "compiler/GraphTransforms/Passes.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/TransposeSinks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_SINKTRANSPOSESPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct SinkTransposesPass : impl::SinkTransposesPassBase<SinkTransposesPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    nn::populateTransposeSinks(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
} // namespace mlc
