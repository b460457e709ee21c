// Activations of one half that scale the other half.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

//===- Types ----------------------------------------------------------------===//

/// The dimension that holds both halves of `a`.
static int64_t halvedDim(RankedTensorType a, std::optional<uint64_t> dim) {
  return dim ? static_cast<int64_t>(*dim) : a.getRank() - 1;
}

/// The type of one half of `a` along `dim`.
static LogicalResult inferHalf(std::optional<Location> location, RankedTensorType a,
                               std::optional<uint64_t> dim, SmallVectorImpl<Type> &types) {
  int64_t along = halvedDim(a, dim);
  if (a.getRank() == 0) // swiglu_c2, geglu_c2
    return refuse(location, "", "expects an operand of at least one dimension, but got ", a);
  if (failed(verifyDim(location, "dim", along, a))) // swiglu_c2, geglu_c2
    return failure();
  SmallVector<int64_t> shape(a.getShape());
  if (!a.isDynamicDim(along) && shape[along] % 2 != 0) // swiglu_c3, geglu_c3
    return refuse(location, "two operands need not lie in one tensor",
                  "expects an even size along dimension ", along, ", both halves, but got ", a);
  if (!a.isDynamicDim(along))
    shape[along] /= 2;
  types.push_back(a.clone(shape));
  return success();
}

template <typename Adaptor>
static LogicalResult inferGated(std::optional<Location> location, Adaptor adaptor,
                                SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> a = rankedType(location, adaptor.getA());
  if (failed(a))
    return failure();
  if (!adaptor.getB())
    return inferHalf(location, *a, adaptor.getDim(), types);
  if (adaptor.getDim()) // swiglu_c4, geglu_c4
    return refuse(location, "", "expects dim of one operand alone, which is halved, but got two");
  return inferElementwiseType(location, {*a, adaptor.getB().getType()}, a->getElementType(),
                              types); // swiglu_c1, geglu_c1
}

template <typename Op>
static AffineExpr gatedDimension(Op op, unsigned dim, DimensionAnalysis &sizes) {
  AffineExpr size = sizes.dimension(op.getA(), dim);
  bool isHalved = !op.getB() && dim == halvedDim(tensorType(op.getA()), op.getDim());
  return isHalved ? size.floorDiv(2) : size;
}

//===- What they do ---------------------------------------------------------===//

/// activation(a) b, computed in f32 where that is wider.
template <typename Op>
static Results gated(OpBuilder &builder, Op op, function_ref<Value(Value)> activation) {
  TensorExpr a(builder, op.getLoc(), op.getA()), b = a.with(op.getB());
  if (!b) {
    auto halves = SplitOp::create(builder, op.getLoc(), a.value(), builder.getI64IntegerAttr(2),
                                  DenseI64ArrayAttr(),
                                  builder.getI64IntegerAttr(halvedDim(a.type(), op.getDim())));
    a = a.with(halves.getResult(0)), b = a.with(halves.getResult(1));
  }
  TensorExpr y = a.with(activation(widened(a).value())) * widened(b);
  return SmallVector<Value>{cast(y, a).value()};
}

LogicalResult SwigluOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferGated(location, adaptor, types);
}
AffineExpr SwigluOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return gatedDimension(*this, dim, sizes);
}
Results SwigluOp::decompose(OpBuilder &builder) {
  return gated(builder, *this,
               [&](Value a) -> Value { return SiluOp::create(builder, getLoc(), a); });
}

LogicalResult GegluOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                        Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferGated(location, adaptor, types);
}
AffineExpr GegluOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return gatedDimension(*this, dim, sizes);
}
Results GegluOp::decompose(OpBuilder &builder) {
  return gated(builder, *this, [&](Value a) -> Value {
    return GeluOp::create(builder, getLoc(), a, getApproximate());
  });
}

} // namespace mlc::nn
