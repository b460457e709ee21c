#include "compiler/GraphTransforms/Passes.h"
#include "compiler/GraphTransforms/SizeExpressions.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_RESOLVEDIMSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct ResolveDimsPass : impl::ResolveDimsPassBase<ResolveDimsPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    nn::DimensionAnalysis sizes(function);
    SmallVector<nn::DimOp> dims;
    function.walk([&](nn::DimOp dim) {
      auto argument = dyn_cast<BlockArgument>(dim.getX());
      if (!argument || argument.getOwner() != &function.front())
        dims.push_back(dim);
    });
    for (nn::DimOp dim : dims)
      resolve(dim, sizes.dimension(dim.getX(), dim.getDim()), sizes.freeDimensions());
  }

  void resolve(nn::DimOp dim, AffineExpr size, ArrayRef<nn::FreeDimension> free) {
    SmallVector<unsigned> used;
    collectSymbols(size, used);
    if (llvm::any_of(used, [&](unsigned symbol) { return symbol >= free.size(); }))
      return;
    OpBuilder builder(dim);
    Block &body = getOperation().front();
    Value value = buildIndex(builder, dim.getLoc(), size, [&](unsigned symbol) -> Value {
      return nn::DimOp::create(builder, dim.getLoc(), body.getArgument(free[symbol].argument),
                               free[symbol].dim);
    });
    dim.replaceAllUsesWith(value);
    dim.erase();
  }
};
} // namespace
} // namespace mlc
