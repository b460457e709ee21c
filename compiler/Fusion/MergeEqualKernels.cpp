#include "compiler/Fusion/Passes.h"
#include "mlir/IR/OperationSupport.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_MERGEEQUALKERNELSPASS
#include "compiler/Fusion/Passes.h.inc"

namespace {
constexpr auto kFlags = OperationEquivalence::Flags::IgnoreLocations;

/// A hash of the body that equal kernels share.
llvm::hash_code hashKernel(func::FuncOp kernel) {
  llvm::hash_code hash = llvm::hash_value(kernel.getFunctionType().getAsOpaquePointer());
  kernel.getBody().walk([&](Operation *op) {
    hash = llvm::hash_combine(
        hash, OperationEquivalence::computeHash(op, OperationEquivalence::ignoreHashValue,
                                                OperationEquivalence::ignoreHashValue, kFlags));
  });
  return hash;
}

/// Whether two kernels differ in nothing but name and locations.
bool isEqual(func::FuncOp a, func::FuncOp b) {
  return a.getFunctionType() == b.getFunctionType() && a.getArgAttrsAttr() == b.getArgAttrsAttr() &&
         a.getResAttrsAttr() == b.getResAttrsAttr() &&
         OperationEquivalence::isRegionEquivalentTo(&a.getBody(), &b.getBody(), kFlags);
}

struct MergeEqualKernelsPass : impl::MergeEqualKernelsPassBase<MergeEqualKernelsPass> {
  void runOnOperation() override {
    DenseMap<size_t, SmallVector<func::FuncOp>> kept;
    DenseMap<Attribute, FlatSymbolRefAttr> replacement;
    for (func::FuncOp kernel : kernel::kernels(getOperation())) {
      SmallVector<func::FuncOp> &candidates = kept[hashKernel(kernel)];
      auto *twin =
          llvm::find_if(candidates, [&](func::FuncOp other) { return isEqual(kernel, other); });
      if (twin == candidates.end()) {
        candidates.push_back(kernel);
        continue;
      }
      replacement[kernel.getSymNameAttr()] = FlatSymbolRefAttr::get(*twin);
      kernel.erase();
      ++mergedCount;
    }
    getOperation().walk([&](kernel::LaunchOp launch) {
      if (FlatSymbolRefAttr twin = replacement.lookup(launch.getKernelAttr().getAttr()))
        launch.setKernelAttr(twin);
    });
  }
};
} // namespace
} // namespace mlc
