#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace mlc::nn {

static RankedTensorType tensorOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// Checks that one size operand is there per `?` of the result.
static LogicalResult verifySizes(Operation *op, ValueRange sizes) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (sizes.size() != type.getNumDynamicDims())
    return op->emitOpError("expects one size operand per `?` of ") << type << ", but got " << sizes.size();
  return success();
}
/// The size of a `?` dimension of a result whose sizes are operands, in order.
static AffineExpr sizeOperand(RankedTensorType type, unsigned dim, ValueRange sizes, DimensionAnalysis &analysis) {
  return analysis.index(sizes[type.getDynamicDimIndex(dim)]);
}

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getValue().getShapedType());
  return success();
}
OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }
AffineExpr ConstantOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.constant(getType().getShape()[dim]);
}

LogicalResult IotaOp::verify() {
  if (static_cast<int64_t>(getDim()) < 0 || static_cast<int64_t>(getDim()) >= tensorOf(getResult()).getRank())
    return emitOpError("expects dim below the rank of ") << getType() << ", but got " << getDim();
  return verifySizes(*this, getSizes());
}
AffineExpr IotaOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizeOperand(tensorOf(getResult()), dim, getSizes(), sizes);
}

LogicalResult DimOp::verify() {
  if (static_cast<int64_t>(getDim()) < 0 || static_cast<int64_t>(getDim()) >= tensorOf(getX()).getRank())
    return emitOpError("expects dim below the rank of ") << getX().getType() << ", but got " << getDim();
  return success();
}
OpFoldResult DimOp::fold(FoldAdaptor) {
  if (tensorOf(getX()).isDynamicDim(getDim()))
    return nullptr;
  return IntegerAttr::get(IndexType::get(getContext()), tensorOf(getX()).getDimSize(getDim()));
}

LogicalResult BroadcastOp::verify() {
  RankedTensorType from = tensorOf(getX()), to = tensorOf(getResult());
  if (static_cast<int64_t>(getDims().size()) != from.getRank() || from.getElementType() != to.getElementType())
    return emitOpError("expects one entry of dims per dimension of the operand and one dtype, but got ")
           << from << " -> " << to;
  int64_t last = -1;
  for (auto [position, dim] : llvm::enumerate(getDims())) {
    if (dim <= last || dim >= to.getRank())
      return emitOpError("expects increasing dims below ") << to.getRank();
    if (from.getDimSize(position) != to.getDimSize(dim))
      return emitOpError("expects equal sizes, but operand dimension ")
             << position << " and result dimension " << dim << " differ: " << from << " -> " << to;
    last = dim;
  }
  return verifySizes(*this, getSizes());
}
OpFoldResult BroadcastOp::fold(FoldAdaptor) { return getX().getType() == getType() ? OpFoldResult(getX()) : nullptr; }
SmallVector<int64_t> BroadcastOp::addedDims() {
  SmallVector<int64_t> added;
  for (int64_t dim = 0; dim < tensorOf(getResult()).getRank(); ++dim)
    if (!llvm::is_contained(getDims(), dim))
      added.push_back(dim);
  return added;
}
AffineExpr BroadcastOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  const auto *source = llvm::find(getDims(), static_cast<int64_t>(dim));
  if (source != getDims().end())
    return sizes.dimension(getX(), source - getDims().begin());
  return sizeOperand(tensorOf(getResult()), dim, getSizes(), sizes);
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType from = tensorOf(getX()), to = tensorOf(getResult());
  if (from.getElementType() != to.getElementType())
    return emitOpError("expects one dtype, but got ") << from << " -> " << to;
  if (from.hasStaticShape() && to.hasStaticShape() && from.getNumElements() != to.getNumElements())
    return emitOpError("expects equal element counts, but got ") << from << " -> " << to;
  if (getSizes().empty() && to.getNumDynamicDims() <= 1)
    return success();
  return verifySizes(*this, getSizes());
}
OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getX().getType() == getType() && tensorOf(getX()).getNumDynamicDims() <= 1)
    return getX();
  return nullptr;
}
AffineExpr ReshapeOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  RankedTensorType to = tensorOf(getResult());
  if (!getSizes().empty())
    return sizeOperand(to, dim, getSizes(), sizes);
  AffineExpr count = sizes.constant(1);
  int64_t known = 1;
  for (AffineExpr size : sizes.shape(getX()))
    count = count * size;
  for (int64_t size : to.getShape())
    known *= ShapedType::isDynamic(size) ? 1 : size;
  return count.floorDiv(std::max<int64_t>(known, 1));
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto from = cast<RankedTensorType>(adaptor.getX().getType());
  SmallVector<int64_t> sorted(adaptor.getPermutation());
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, from.getRank()))) // transpose_c1
    return emitOptionalError(location, "expects a permutation of the dimensions of ", from);
  SmallVector<int64_t> shape;
  for (int64_t dim : adaptor.getPermutation())
    shape.push_back(from.getDimSize(dim));
  types.push_back(from.clone(shape));
  return success();
}
OpFoldResult TransposeOp::fold(FoldAdaptor) {
  return llvm::equal(getPermutation(), llvm::seq<int64_t>(0, getPermutation().size())) ? OpFoldResult(getX()) : nullptr;
}
AffineExpr TransposeOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), getPermutation()[dim]);
}

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}
AffineExpr ReverseOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getInputs().empty()) // concat_c1
    return emitOptionalError(location, "expects at least one operand");
  auto first = cast<RankedTensorType>(adaptor.getInputs().front().getType());
  SmallVector<int64_t> shape(first.getShape());
  int64_t dim = adaptor.getDim();
  if (dim < 0 || dim >= first.getRank()) // concat_c5
    return emitOptionalError(location, "expects dim below the rank of ", first, ", but got ", dim);
  for (Value input : adaptor.getInputs().drop_front()) {
    auto type = cast<RankedTensorType>(input.getType());
    if (type.getElementType() != first.getElementType() || type.getRank() != first.getRank())
      return emitOptionalError(location, "expects operands of one dtype and rank, but got ", first, " and ", type);
    for (int64_t d = 0; d < first.getRank(); ++d) {
      if (d == dim)
        shape[d] = shape[d] == ShapedType::kDynamic || type.isDynamicDim(d) ? ShapedType::kDynamic
                                                                            : shape[d] + type.getDimSize(d);
      else if (!type.isDynamicDim(d) && shape[d] != ShapedType::kDynamic && shape[d] != type.getDimSize(d))
        return emitOptionalError(location, "expects equal sizes except along dimension ", dim, ", but got ", first, " and ",
                                 type);
    }
  }
  types.push_back(first.clone(shape));
  return success();
}
AffineExpr ConcatOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  AffineExpr total = sizes.dimension(getInputs().front(), dim);
  if (dim == getDim())
    for (Value input : getInputs().drop_front())
      total = total + sizes.dimension(input, dim);
  return total;
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  auto from = cast<RankedTensorType>(adaptor.getX().getType());
  size_t rank = from.getRank();
  if (adaptor.getStaticOffsets().size() != rank || adaptor.getStaticSizes().size() != rank ||
      adaptor.getStrides().size() != rank) // slice_c1
    return emitOptionalError(location, "expects one offset, size and stride per dimension of ", from);
  types.push_back(from.clone(adaptor.getStaticSizes()));
  return success();
}
void SliceOp::build(OpBuilder &builder, OperationState &state, Value x, ArrayRef<OpFoldResult> offsets,
                    ArrayRef<OpFoldResult> sizes, ArrayRef<int64_t> strides) {
  SmallVector<Value> dynamicOffsets, dynamicSizes;
  SmallVector<int64_t> staticOffsets, staticSizes;
  dispatchIndexOpFoldResults(offsets, dynamicOffsets, staticOffsets);
  dispatchIndexOpFoldResults(sizes, dynamicSizes, staticSizes);
  build(builder, state, tensorOf(x).clone(staticSizes), x, dynamicOffsets, dynamicSizes,
        staticOffsets, staticSizes, strides);
}
SmallVector<OpFoldResult> SliceOp::getMixedOffsets() {
  return mlir::getMixedValues(getStaticOffsets(), getOffsets(), getContext());
}
SmallVector<OpFoldResult> SliceOp::getMixedSizes() {
  return mlir::getMixedValues(getStaticSizes(), getSizes(), getContext());
}
bool SliceOp::isStatic() { return getOffsets().empty() && getSizes().empty(); }
OpFoldResult SliceOp::fold(FoldAdaptor) {
  bool isWhole = getX().getType() == getType() && tensorOf(getX()).hasStaticShape();
  return isWhole ? OpFoldResult(getX()) : nullptr;
}
AffineExpr SliceOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.index(getMixedSizes()[dim]);
}

LogicalResult UpdateSliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}
void UpdateSliceOp::build(OpBuilder &builder, OperationState &state, Value x, Value update,
                          ArrayRef<OpFoldResult> offsets) {
  SmallVector<Value> dynamicOffsets;
  SmallVector<int64_t> staticOffsets;
  dispatchIndexOpFoldResults(offsets, dynamicOffsets, staticOffsets);
  build(builder, state, x.getType(), x, update, dynamicOffsets, staticOffsets);
}
SmallVector<OpFoldResult> UpdateSliceOp::getMixedOffsets() {
  return mlir::getMixedValues(getStaticOffsets(), getOffsets(), getContext());
}
AffineExpr UpdateSliceOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto from = cast<RankedTensorType>(adaptor.getX().getType());
  size_t rank = from.getRank();
  if (adaptor.getLow().size() != rank || adaptor.getHigh().size() != rank || adaptor.getInterior().size() != rank)
    return emitOptionalError(location, "expects one low, high and interior per dimension of ", from); // pad_c2
  SmallVector<int64_t> shape;
  for (size_t dim = 0; dim < rank; ++dim) {
    int64_t size = from.getDimSize(dim);
    shape.push_back(ShapedType::isDynamic(size) ? size
                                                : size + std::max<int64_t>(size - 1, 0) * adaptor.getInterior()[dim] +
                                                      adaptor.getLow()[dim] + adaptor.getHigh()[dim]);
  }
  types.push_back(from.clone(shape));
  return success();
}
AffineExpr PadOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  AffineExpr size = sizes.dimension(getX(), dim);
  return size + (size - 1) * getInterior()[dim] + getLow()[dim] + getHigh()[dim];
}

} // namespace mlc::nn
