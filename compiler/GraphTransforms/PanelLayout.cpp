#include "compiler/GraphTransforms/PanelLayout.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {

RankedTensorType PanelLayout::packedType() const {
  int64_t panels = llvm::divideCeil(matrix.getDimSize(1 - depthDim), width),
          steps = llvm::divideCeil(matrix.getDimSize(depthDim), products);
  SmallVector<int64_t> shape = {panels, steps, width};
  if (products > 1)
    shape.push_back(products);
  return matrix.clone(shape);
}

/// [depth, columns] => zeros up to whole panels => [depth, panels, width] => [panels, depth,
/// width], or from [columns, depth] alike; with the depth in words of products, which come last.
Value PanelLayout::pack(OpBuilder &builder, Location location, Value value) const {
  RankedTensorType packed = packedType();
  int64_t count = packed.getDimSize(0), steps = packed.getDimSize(1), columnDim = 1 - depthDim;
  SmallVector<int64_t> none(2, 0), high(2, 0);
  high[columnDim] = count * width - matrix.getDimSize(columnDim);
  high[depthDim] = steps * products - matrix.getDimSize(depthDim);
  bool isDepthFirst = depthDim == 0;
  SmallVector<int64_t> split = {count, width}, permutation;
  if (products > 1) {
    split.insert(split.begin() + 2 * depthDim, {steps, products});
    permutation =
        isDepthFirst ? SmallVector<int64_t>{2, 0, 3, 1} : SmallVector<int64_t>{0, 2, 1, 3};
  } else {
    split.insert(split.begin() + 2 * depthDim, steps);
    permutation = isDepthFirst ? SmallVector<int64_t>{1, 0, 2} : SmallVector<int64_t>{0, 2, 1};
  }
  return nn::TensorExpr(builder, location, value)
      .pad(0.0, none, high, none)
      .reshape(split)
      .transpose(permutation)
      .value();
}

} // namespace mlc
