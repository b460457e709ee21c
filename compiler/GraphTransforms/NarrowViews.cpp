#include "compiler/GraphTransforms/NarrowViews.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace mlc {

static Value sourceOf(Value value) {
  auto op = value.getDefiningOp<nn::KernelOpInterface>();
  if (!op)
    return {};
  nn::View view = nn::viewOf(value);
  return isa<nn::PadOp>(op) || op.viewSteps() ? op->getOperand(0)
         : view.isWhole                       ? view.tensor
                                              : Value();
}

Value viewedTensor(Value value) {
  Value tensor = sourceOf(value);
  return tensor && cast<RankedTensorType>(tensor.getType()).getRank() > 1 ? tensor : Value();
}

Value paddingOf(Value value) {
  auto pad = value.getDefiningOp<nn::PadOp>();
  return pad ? pad.getValue() : Value();
}

bool isOfWindows(Value value) {
  for (; value; value = viewedTensor(value))
    if (value.getDefiningOp<nn::WindowsOp>())
      return true;
  return false;
}

Value viewAgain(Value value, Value tensor) {
  Type element = getElementTypeOrSelf(tensor.getType());
  Operation *view = value.getDefiningOp();
  OpBuilder builder(view->getContext());
  builder.setInsertionPointAfter(view);
  IRMapping mapping;
  mapping.map(sourceOf(value), tensor);
  if (Value padding = paddingOf(value))
    mapping.map(padding,
                nn::cast(nn::TensorExpr(builder, padding.getLoc(), padding), element).value());
  Value result = builder.clone(*view, mapping)->getResult(cast<OpResult>(value).getResultNumber());
  result.setType(cast<RankedTensorType>(value.getType()).clone(element));
  return result;
}

} // namespace mlc
