#include "compiler/GraphTransforms/Passes.h"
#include "dialects/NN/ContractionFolds.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_FOLDTRANSPOSESPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct FoldTransposesPass : impl::FoldTransposesPassBase<FoldTransposesPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    nn::populateTransposeFolds(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
} // namespace mlc
