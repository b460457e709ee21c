// choose-convolutions: how those convolutions are computed that do not say it.
#include "compiler/GraphTransforms/Passes.h"
#include "dialects/NN/AttributeNames.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_CHOOSECONVOLUTIONSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct ChooseConvolutionsPass : impl::ChooseConvolutionsPassBase<ChooseConvolutionsPass> {
  using ChooseConvolutionsPassBase::ChooseConvolutionsPassBase;

  void runOnOperation() override {
    auto chosen = StringAttr::get(&getContext(), winograd);
    WalkResult result = getOperation().walk([&](Operation *op) {
      if (!isa<nn::ConvOp, nn::ConvTransposeOp>(op))
        return WalkResult::advance();
      Attribute said = op->getAttr(nn::kWinogradAttr);
      if (!said) {
        if (winograd != "auto")
          op->setAttr(nn::kWinogradAttr, chosen);
        return WalkResult::advance();
      }
      auto text = dyn_cast<StringAttr>(said);
      if (text && (text == nn::kNever || text == nn::kAlways))
        return WalkResult::advance();
      op->emitOpError("expects \"never\" or \"always\" of ")
          << nn::kWinogradAttr << ", but got " << said;
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
} // namespace mlc
