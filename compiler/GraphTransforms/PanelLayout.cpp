#include "compiler/GraphTransforms/PanelLayout.h"
#include "dialects/NN/CompositeSupport.h"

using namespace mlir;

namespace mlc {

/// `dims` of a batch first: what is done to one weight is done to all.
static SmallVector<int64_t> inBatch(int64_t batchDims, ArrayRef<int64_t> dims, int64_t shift = 0) {
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, batchDims));
  for (int64_t dim : dims)
    all.push_back(dim + shift);
  return all;
}

SmallVector<int64_t> PanelLayout::columnDims() const {
  return nn::complement(inBatch(batchDims, depthDims), weight.getRank());
}
int64_t PanelLayout::count(ArrayRef<int64_t> dims) const {
  int64_t elements = 1;
  for (int64_t dim : dims)
    elements *= weight.getDimSize(dim);
  return elements;
}

RankedTensorType PanelLayout::packedType() const {
  int64_t panels = llvm::divideCeil(columns(), width), steps = llvm::divideCeil(depth(), products);
  SmallVector<int64_t> shape(weight.getShape().take_front(batchDims));
  shape.append({panels, steps, width});
  if (products > 1)
    shape.push_back(products);
  return weight.clone(shape);
}

/// [depth, columns] => zeros up to whole panels => [depth, panels, width] => [panels, depth,
/// width], or from [columns, depth] alike; with the depth in words of products, which come last.
/// A weight whose dimensions are neither is transposed first.
Value PanelLayout::pack(OpBuilder &builder, Location location, Value value) const {
  int64_t panels = llvm::divideCeil(columns(), width), steps = llvm::divideCeil(depth(), products);
  SmallVector<int64_t> depthFirst = inBatch(batchDims, depthDims),
                       columnsFirst = inBatch(batchDims, columnDims());
  llvm::append_range(depthFirst, columnDims());
  llvm::append_range(columnsFirst, depthDims);
  bool isDepthFirst = !llvm::is_sorted(columnsFirst);
  nn::TensorExpr matrix(builder, location, value);
  if (isDepthFirst && !llvm::is_sorted(depthFirst))
    matrix = matrix.transpose(depthFirst);
  int64_t depthDim = isDepthFirst ? 0 : 1, columnDim = 1 - depthDim;
  SmallVector<int64_t> shape(2), none(batchDims + 2, 0), high = none;
  shape[depthDim] = depth();
  shape[columnDim] = columns();
  high[batchDims + columnDim] = panels * width - columns();
  high[batchDims + depthDim] = steps * products - depth();
  SmallVector<int64_t> split = {panels, width}, permutation;
  if (products > 1) {
    split.insert(split.begin() + 2 * depthDim, {steps, products});
    permutation =
        isDepthFirst ? SmallVector<int64_t>{2, 0, 3, 1} : SmallVector<int64_t>{0, 2, 1, 3};
  } else {
    split.insert(split.begin() + 2 * depthDim, steps);
    permutation = isDepthFirst ? SmallVector<int64_t>{1, 0, 2} : SmallVector<int64_t>{0, 2, 1};
  }
  auto withBatch = [&](ArrayRef<int64_t> sizes) {
    SmallVector<int64_t> all(weight.getShape().take_front(batchDims));
    llvm::append_range(all, sizes);
    return all;
  };
  return nn::reshaped(matrix, withBatch(shape))
      .pad(0.0, none, high, none)
      .reshape(withBatch(split))
      .transpose(inBatch(batchDims, permutation, batchDims))
      .value();
}

} // namespace mlc
