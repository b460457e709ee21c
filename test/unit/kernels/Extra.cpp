#include "test/unit/kernels/Extra.h"
#include "compiler/Codegen/Common/Emission.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;
using namespace mlc::nn;

#include "test/unit/kernels/ExtraDialect.cpp.inc"

namespace mlc::extra {

void ExtraDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "test/unit/kernels/ExtraOps.cpp.inc"
      >();
}

static RankedTensorType typeOf(Value x) { return mlir::cast<RankedTensorType>(x.getType()); }
static int64_t lastSize(Value x) { return typeOf(x).getShape().back(); }

LogicalResult RotateOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}
AffineExpr RotateOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}
FailureOr<SmallVector<Tensor>> RotateOp::evaluate(ArrayRef<Tensor> operands,
                                                  ArrayRef<RankedTensorType> types) {
  return SmallVector<Tensor>{Tensor::generate(types.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> from(index);
    from.back() = (from.back() + getBy()) % lastSize(getX());
    return operands[0][from];
  })};
}
LogicalResult RotateOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent();
  int64_t size = lastSize(getX()), back = (size - static_cast<int64_t>(getBy())) % size;
  vjp.accumulate(0, dy.with(RotateOp::create(vjp.builder, getLoc(), dy.value(), back)));
  return success();
}

LogicalResult HalvesOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(typeOf(adaptor.getX()).getShape());
  shape.back() /= 2;
  types.assign(2, typeOf(adaptor.getX()).clone(shape));
  return success();
}
AffineExpr HalvesOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  bool isLast = dim + 1 == typeOf(getX()).getRank();
  return isLast ? sizes.constant(lastSize(getEven())) : sizes.dimension(getX(), dim);
}
FailureOr<SmallVector<Tensor>> HalvesOp::evaluate(ArrayRef<Tensor> operands,
                                                  ArrayRef<RankedTensorType> types) {
  auto half = [&](int64_t first) {
    return Tensor::generate(types.front(), [&](ArrayRef<int64_t> index) {
      SmallVector<int64_t> from(index);
      from.back() = 2 * from.back() + first;
      return operands[0][from];
    });
  };
  return SmallVector<Tensor>{half(0), half(1)};
}
LogicalResult HalvesOp::buildVjp(VjpBuilder &vjp) {
  for (unsigned result : {0u, 1u}) {
    TensorExpr dy = vjp.cotangent(result);
    SmallVector<int64_t> low(dy.rank(), 0), high = low, interior = low;
    interior.back() = 1;
    (result ? low : high).back() = 1;
    vjp.accumulate(0, dy.pad(0.0, low, high, interior));
  }
  return success();
}

LogicalResult PartsOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(typeOf(adaptor.getX()).getShape());
  shape.front() /= 2;
  types.assign(2, typeOf(adaptor.getX()).clone(shape));
  return success();
}
AffineExpr PartsOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return dim ? sizes.dimension(getX(), dim) : sizes.constant(typeOf(getFront()).getDimSize(0));
}
AffineExpr PartsOp::viewOffset(unsigned result, DimensionAnalysis &sizes) {
  return sizes.elements(getFront()) * result;
}
FailureOr<SmallVector<Tensor>> PartsOp::evaluate(ArrayRef<Tensor> operands,
                                                 ArrayRef<RankedTensorType> types) {
  auto half = [&](int64_t first) {
    return Tensor::generate(types.front(), [&](ArrayRef<int64_t> index) {
      SmallVector<int64_t> from(index);
      from.front() += first;
      return operands[0][from];
    });
  };
  return SmallVector<Tensor>{half(0), half(types.front().getDimSize(0))};
}
LogicalResult PartsOp::buildVjp(VjpBuilder &vjp) {
  for (unsigned result : {0u, 1u}) {
    TensorExpr dy = vjp.cotangent(result);
    SmallVector<int64_t> none(dy.rank(), 0), low = none, high = none;
    (result ? low : high).front() = dy.type().getDimSize(0);
    vjp.accumulate(0, dy.pad(0.0, low, high, none));
  }
  return success();
}

LogicalResult StackOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape{2};
  llvm::append_range(shape, typeOf(adaptor.getA()).getShape());
  types.push_back(typeOf(adaptor.getA()).clone(shape));
  return success();
}
AffineExpr StackOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return dim ? sizes.dimension(getA(), dim - 1) : sizes.constant(2);
}
SmallVector<AffineExpr> StackOp::pieceOffsets(DimensionAnalysis &sizes) {
  return {sizes.constant(0), sizes.elements(getA())};
}
FailureOr<SmallVector<Tensor>> StackOp::evaluate(ArrayRef<Tensor> operands,
                                                 ArrayRef<RankedTensorType> types) {
  return SmallVector<Tensor>{Tensor::generate(types.front(), [&](ArrayRef<int64_t> index) {
    return operands[index.front()][SmallVector<int64_t>(index.drop_front())];
  })};
}
LogicalResult StackOp::buildVjp(VjpBuilder &vjp) {
  for (unsigned operand : {0u, 1u})
    vjp.accumulate(operand,
                   vjp.cotangent().sliceAlong(0, operand, 1).reshapeLike(vjp.operand(operand)));
  return success();
}

static Value emitRotate(PullEmitter &emitter, RotateOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  coords.back() = emitter.rem(emitter.add(coords.back(), emitter.uniform(op.getBy())),
                              emitter.constantIndex(lastSize(op.getX())));
  return emitter.emit(op.getX(), Position::at(coords));
}
static Value emitHalf(PullEmitter &emitter, HalvesOp op, unsigned result,
                      const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op.getEven(), position);
  coords.back() =
      emitter.add(emitter.mul(coords.back(), emitter.constantIndex(2)), emitter.uniform(result));
  return emitter.emit(op.getX(), Position::at(coords));
}

static const EmissionEntry<RotateOp> kRotate(emitRotate);
static const EmissionEntry<HalvesOp> kHalves(emitHalf);

} // namespace mlc::extra

#define GET_OP_CLASSES
#include "test/unit/kernels/ExtraOps.cpp.inc"
