#include "compiler/Codegen/Common/KernelShapes.h"
#include "dialects/Kernel/Kernel.h"

using namespace mlir;

namespace mlc {

KernelShapes::KernelShapes(func::FuncOp kernel) : analysis(kernel) {
  for (BlockArgument argument : kernel.getArguments())
    if (argument.getType().isIndex())
      indexValues.push_back(argument);
  indexCount = indexValues.size();
  for (auto [number, dimension] : llvm::enumerate(analysis.freeDimensions())) {
    freeDimensions.push_back(
        getAffineSymbolExpr(number < indexCount ? number : 0, kernel.getContext()));
    if (number >= indexCount) // a tensor argument with a `?` that no index argument tells
      unknownValue = kernel.getArgument(dimension.argument);
  }
}

AffineExpr KernelShapes::overArguments(AffineExpr expr) {
  SmallVector<AffineExpr> symbols(freeDimensions);
  for (Value opaque : analysis.opaqueValues()) {
    auto found = llvm::find(indexValues, opaque);
    if (found == indexValues.end())
      unknownValue = opaque;
    unsigned position = found == indexValues.end() ? 0 : found - indexValues.begin();
    symbols.push_back(getAffineSymbolExpr(position, expr.getContext()));
  }
  return simplified(expr.replaceSymbols(symbols));
}

AffineExpr KernelShapes::simplified(AffineExpr expr) const {
  return simplifyAffineExpr(expr, 0, indexCount);
}
AffineExpr KernelShapes::size(Value tensor, unsigned dim) {
  return overArguments(analysis.dimension(tensor, dim));
}
AffineExpr KernelShapes::index(Value value) { return overArguments(analysis.index(value)); }
AffineExpr KernelShapes::index(OpFoldResult value) { return overArguments(analysis.index(value)); }

SmallVector<AffineExpr> KernelShapes::sizes(Value tensor) {
  SmallVector<AffineExpr> result;
  for (int64_t dim = 0; dim < cast<RankedTensorType>(tensor.getType()).getRank(); ++dim)
    result.push_back(size(tensor, dim));
  return result;
}
AffineExpr KernelShapes::product(ArrayRef<AffineExpr> sizes) {
  AffineExpr total = constant(1);
  for (AffineExpr size : sizes)
    total = total * size;
  return simplified(total);
}
AffineExpr KernelShapes::elements(Value tensor) { return product(sizes(tensor)); }
AffineExpr KernelShapes::operations(nn::KernelOpInterface op) {
  return overArguments(op.operations(analysis));
}
AffineExpr KernelShapes::steps(nn::KernelOpInterface op) {
  return overArguments(op.steps(analysis));
}
AffineExpr KernelShapes::elementsRead(Value input) {
  AffineExpr parts = constant(0), whole = elements(input);
  for (OpOperand &use : input.getUses()) {
    auto op = dyn_cast<nn::KernelOpInterface>(use.getOwner());
    AffineExpr part = op ? op.elementsRead(use.getOperandNumber(), analysis) : AffineExpr();
    if (!part)
      return whole;
    parts = parts + overArguments(part);
  }
  auto read = dyn_cast<AffineConstantExpr>(parts), all = dyn_cast<AffineConstantExpr>(whole);
  return read && all && read.getValue() > all.getValue() ? whole : parts;
}
AffineExpr KernelShapes::elementsWritten(Value result) {
  auto op = result.getDefiningOp<nn::KernelOpInterface>();
  return nn::overwrittenBy(result) ? overArguments(op.elementsWritten(analysis)) : elements(result);
}
AffineMapAttr KernelShapes::map(ArrayRef<AffineExpr> exprs) {
  return AffineMapAttr::get(AffineMap::get(0, indexCount, exprs, analysis.context()));
}

} // namespace mlc
