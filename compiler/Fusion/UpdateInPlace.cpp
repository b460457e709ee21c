// update-in-place: which boxes are written where a state is.
#include "compiler/Fusion/Passes.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_UPDATEINPLACEPASS
#include "compiler/Fusion/Passes.h.inc"

/// The updates of a part that lead from the storage's value on entry, an argument of `entry`, to
/// its new value; none where anything else does.
static SmallVector<Operation *> findUpdates(func::FuncOp entry, Value tensor, Attribute storage) {
  SmallVector<Operation *> updates;
  while (Operation *op = tensor.getDefiningOp()) {
    auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
    if (Value overwritten = kernelOp ? kernelOp.overwritable() : Value()) {
      updates.push_back(op);
      tensor = overwritten;
    } else if (nn::View view = nn::viewOf(tensor); view.isWhole) {
      tensor = view.tensor;
    } else {
      return {};
    }
  }
  unsigned argument = cast<BlockArgument>(tensor).getArgNumber();
  if (entry.getArgAttr(argument, nn::kStorageAttr) != storage)
    return {};
  return updates;
}

namespace {
struct UpdateInPlacePass : impl::UpdateInPlacePassBase<UpdateInPlacePass> {
  void runOnOperation() override {
    for (func::FuncOp entry : kernel::entries(getOperation()))
      for (auto [number, tensor] : llvm::enumerate(entry.front().getTerminator()->getOperands()))
        if (Attribute storage = entry.getResultAttr(number, nn::kStorageAttr))
          for (Operation *update : findUpdates(entry, tensor, storage)) {
            update->setAttr(nn::kInPlaceAttr, UnitAttr::get(&getContext()));
            ++updateCount;
          }
  }
};
} // namespace
} // namespace mlc
