#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

static bool mayBeEqual(int64_t a, int64_t b) {
  return a == b || ShapedType::isDynamic(a) || ShapedType::isDynamic(b);
}

/// Operands of different dtypes: the same sentence for every layer.
static LogicalResult refuseDtypes(std::optional<Location> location, StringRef op, Type a, Type b) {
  return emitOptionalError(location, "'nn.", op, "' op expects operands of one dtype, but got ", a,
                           " and ", b, "; convert one with nn.cast");
}

//===- matmul ---------------------------------------------------------------===//

namespace {
/// Which dimensions of the operands a batch dimension of the result comes from; -1 where that
/// operand repeats.
struct BatchDim {
  int64_t lhs = -1, rhs = -1;
};

/// The dimensions of a matmul by role. Batch dimensions are in the result's order.
struct MatmulDims {
  int64_t lhsContract, rhsContract;
  SmallVector<BatchDim> batch;
  bool hasRows, hasColumns;

  MatmulDims(RankedTensorType lhs, RankedTensorType rhs)
      : lhsContract(lhs.getRank() - 1), rhsContract(std::max<int64_t>(rhs.getRank() - 2, 0)),
        hasRows(lhs.getRank() > 1), hasColumns(rhs.getRank() > 1) {
    int64_t lhsBatch = std::max<int64_t>(lhs.getRank() - 2, 0),
            rhsBatch = std::max<int64_t>(rhs.getRank() - 2, 0);
    int64_t count = std::max(lhsBatch, rhsBatch);
    for (int64_t i = 0; i < count; ++i) {
      BatchDim dim = {std::max<int64_t>(i - (count - lhsBatch), -1),
                      std::max<int64_t>(i - (count - rhsBatch), -1)};
      bool both = dim.lhs >= 0 && dim.rhs >= 0;
      if (both && rhs.getDimSize(dim.rhs) == 1 && lhs.getDimSize(dim.lhs) != 1)
        dim.rhs = -1;
      else if (both && lhs.getDimSize(dim.lhs) == 1 && rhs.getDimSize(dim.rhs) != 1)
        dim.lhs = -1;
      batch.push_back(dim);
    }
  }
};
} // namespace

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RankedTensorType lhs = tensorType(adaptor.getLhs()), rhs = tensorType(adaptor.getRhs());
  if (lhs.getRank() == 0 || rhs.getRank() == 0) // matmul_c1
    return emitOptionalError(
        location, "'nn.matmul' op expects operands of at least one dimension, but got ", lhs,
        " and ", rhs, "; multiply by a scalar with nn.broadcast and nn.mul");
  if (lhs.getElementType() != rhs.getElementType()) // matmul_c3
    return refuseDtypes(location, "matmul", lhs, rhs);
  MatmulDims dims(lhs, rhs);
  int64_t k = lhs.getDimSize(dims.lhsContract), otherK = rhs.getDimSize(dims.rhsContract);
  if (!mayBeEqual(k, otherK)) // matmul_c2
    return emitOptionalError(location, "'nn.matmul' op expects dimension ", dims.lhsContract,
                             " of lhs and dimension ", dims.rhsContract,
                             " of rhs of one size, but got ", lhs, " and ", rhs,
                             "; transpose an operand with nn.transpose");
  SmallVector<int64_t> shape;
  for (BatchDim dim : dims.batch) {
    int64_t l = dim.lhs < 0 ? rhs.getDimSize(dim.rhs) : lhs.getDimSize(dim.lhs);
    int64_t r = dim.rhs < 0 ? l : rhs.getDimSize(dim.rhs);
    if (!mayBeEqual(l, r)) // matmul_c4
      return emitOptionalError(
          location, "'nn.matmul' op expects batch dimensions of one size, or of size 1, but got ",
          lhs, " and ", rhs);
    shape.push_back(ShapedType::isDynamic(l) ? r : l);
  }
  if (dims.hasRows)
    shape.push_back(lhs.getShape()[lhs.getRank() - 2]);
  if (dims.hasColumns)
    shape.push_back(rhs.getShape().back());
  types.push_back(lhs.clone(shape));
  return success();
}

AffineExpr MatmulOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  RankedTensorType lhs = tensorType(getLhs()), rhs = tensorType(getRhs());
  MatmulDims dims(lhs, rhs);
  if (dim < dims.batch.size())
    return dims.batch[dim].lhs >= 0 ? sizes.dimension(getLhs(), dims.batch[dim].lhs)
                                    : sizes.dimension(getRhs(), dims.batch[dim].rhs);
  bool isRow = dims.hasRows && dim == dims.batch.size();
  return isRow ? sizes.dimension(getLhs(), lhs.getRank() - 2)
               : sizes.dimension(getRhs(), rhs.getRank() - 1);
}

/// x without the dimensions in `dropped`, which have size 1.
static TensorExpr squeeze(const TensorExpr &x, ArrayRef<int64_t> dropped) {
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(x.type().getShape()))
    if (!llvm::is_contained(dropped, static_cast<int64_t>(dim)))
      shape.push_back(size);
  return reshaped(x, shape);
}

namespace {
/// One operand of a matmul: its dimensions that are repeated have size 1 and are dropped.
struct MatmulOperand {
  TensorExpr value;
  SmallVector<int64_t> newDim; ///< by old dimension

  MatmulOperand(const TensorExpr &x, ArrayRef<int64_t> batchDims) : newDim(x.rank()) {
    SmallVector<int64_t> dropped;
    int64_t batchRank = std::max<int64_t>(x.rank() - 2, 0);
    for (int64_t dim = 0, next = 0; dim < x.rank(); ++dim) {
      bool isDropped = dim < batchRank && !llvm::is_contained(batchDims, dim);
      newDim[dim] = isDropped ? -1 : next++;
      if (isDropped)
        dropped.push_back(dim);
    }
    value = squeeze(x, dropped);
  }
};
} // namespace

/// One contraction: batch dimensions that both operands have are its batch, the others are free and
/// moved into place, so that nothing is ever repeated in memory.
Results MatmulOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getLhs()), y(builder, getLoc(), getRhs());
  MatmulDims dims(x.type(), y.type());
  MatmulOperand lhs(x, llvm::map_to_vector(dims.batch, [](BatchDim dim) { return dim.lhs; }));
  MatmulOperand rhs(y, llvm::map_to_vector(dims.batch, [](BatchDim dim) { return dim.rhs; }));
  // The contraction's result: common batch dimensions, then those of lhs alone and the rows, those
  // of rhs alone and the columns.
  SmallVector<int64_t> lhsBatch, rhsBatch, common, ofLhs, ofRhs;
  for (auto [position, dim] : llvm::enumerate(dims.batch)) {
    bool both = dim.lhs >= 0 && dim.rhs >= 0;
    (both ? common : dim.lhs >= 0 ? ofLhs : ofRhs).push_back(position);
    if (both) {
      lhsBatch.push_back(lhs.newDim[dim.lhs]);
      rhsBatch.push_back(rhs.newDim[dim.rhs]);
    }
  }
  int64_t next = dims.batch.size();
  if (dims.hasRows)
    ofLhs.push_back(next++);
  if (dims.hasColumns)
    ofRhs.push_back(next++);
  int64_t lhsContract[] = {lhs.newDim[dims.lhsContract]},
          rhsContract[] = {rhs.newDim[dims.rhsContract]};
  TensorExpr product =
      x.with(ContractOp::create(builder, getLoc(), lhs.value.value(), rhs.value.value(), lhsBatch,
                                rhsBatch, lhsContract, rhsContract));
  SmallVector<int64_t> order = llvm::to_vector(llvm::concat<int64_t>(common, ofLhs, ofRhs)),
                       permutation(order.size());
  for (auto [from, to] : llvm::enumerate(order))
    permutation[to] = from;
  return SmallVector<Value>{product.transpose(permutation).value()};
}

//===- linear ---------------------------------------------------------------===//

LogicalResult LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), w = tensorType(adaptor.getW());
  auto b = adaptor.getB() ? tensorType(adaptor.getB()) : nullptr;
  auto refuse = [&](const Twine &what,
                    const std::function<void(Diagnostic &)> &remedy) -> LogicalResult {
    if (!location)
      return failure();
    InFlightDiagnostic diagnostic = mlir::emitError(*location)
                                    << "'nn.linear' op expects " << what << ", but got x of " << x
                                    << " and w of " << w;
    if (b)
      diagnostic << " and b of " << b;
    remedy(diagnostic.attachNote());
    return diagnostic;
  };
  if (x.getRank() < 1) // linear_c1
    return refuse("x of at least one dimension",
                  [](Diagnostic &note) { note << "reshape x to [..., in] with nn.reshape"; });
  if (w.getRank() != 2 || !mayBeEqual(x.getShape().back(), w.getDimSize(0))) // linear_c2
    return refuse(
        "w of shape [in, out], in the size of the last dimension of x", [&](Diagnostic &note) {
          SmallVector<int64_t> shape = {x.getShape().back(),
                                        w.getRank() == 2 ? w.getDimSize(1) : ShapedType::kDynamic};
          note << "declare the weight as " << w.clone(shape)
               << ", or give x a last dimension that fits";
        });
  if (b && (b.getRank() != 1 || !mayBeEqual(b.getDimSize(0), w.getDimSize(1)))) // linear_c3
    return refuse("b of shape [out], out the second dimension of w", [&](Diagnostic &note) {
      note << "declare the bias as " << b.clone(ArrayRef<int64_t>(w.getDimSize(1)));
    });
  if (w.getElementType() != x.getElementType()) // linear_c4
    return refuseDtypes(location, "linear", x, w);
  if (b && b.getElementType() != x.getElementType()) // linear_c4
    return refuseDtypes(location, "linear", x, b);
  SmallVector<int64_t> shape(x.getShape().drop_back());
  shape.push_back(w.getDimSize(1));
  types.push_back(x.clone(shape));
  return success();
}
AffineExpr LinearOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  bool isLast = dim + 1 == tensorType(getX()).getRank();
  return isLast ? sizes.dimension(getW(), 1) : sizes.dimension(getX(), dim);
}
Results LinearOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX()), y = contractLast(x, x.with(getW()));
  if (getB())
    y = y + x.with(getB()).broadcastTo(y, y.rank() - 1);
  return SmallVector<Value>{y.value()};
}

//===- embedding ------------------------------------------------------------===//

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RankedTensorType table = tensorType(adaptor.getTable()), ids = tensorType(adaptor.getIds());
  if (table.getRank() < 1) // embedding_c1
    return emitOptionalError(
        location, "'nn.embedding' op expects a table of at least one dimension, but got ", table);
  SmallVector<int64_t> shape(ids.getShape());
  llvm::append_range(shape, table.getShape().drop_front());
  types.push_back(table.clone(shape));
  return success();
}
AffineExpr EmbeddingOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  unsigned idsRank = tensorType(getIds()).getRank();
  return dim < idsRank ? sizes.dimension(getIds(), dim)
                       : sizes.dimension(getTable(), dim - idsRank + 1);
}
Results EmbeddingOp::decompose(OpBuilder &builder) {
  TensorExpr table(builder, getLoc(), getTable());
  return SmallVector<Value>{
      table.gather(gatherIndices(table.with(getIds())), /*axis=*/0, /*batchDims=*/0).value()};
}
Value EmbeddingOp::buildInRange(OpBuilder &builder) {
  TensorExpr ids(builder, getLoc(), getIds());
  return allOf(inRange(ids, ids.with(getTable()), 0)).value();
}
IndexRange EmbeddingOp::indexRange() { return {getIds(), tensorType(getTable()).getDimSize(0)}; }
std::string EmbeddingOp::describeRange() {
  RankedTensorType table = tensorType(getTable());
  return "ids of nn.embedding outside [0, " +
         (table.isDynamicDim(0) ? "rows" : std::to_string(table.getDimSize(0))) + ")";
}

//===- one_hot --------------------------------------------------------------===//

LogicalResult OneHotOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> ids = rankedType(location, adaptor.getIds());
  if (failed(ids))
    return failure();
  auto classes = static_cast<int64_t>(adaptor.getClasses());
  if (classes < 0) // one_hot_c1
    return emitOptionalError(location, "'nn.one_hot' op expects at least 0 classes, but got ",
                             classes);
  SmallVector<int64_t> shape(ids->getShape());
  shape.push_back(classes);
  types.push_back(RankedTensorType::get(shape, adaptor.getElement()));
  return success();
}
AffineExpr OneHotOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  bool isLast = dim == tensorType(getIds()).getRank();
  return isLast ? sizes.constant(static_cast<int64_t>(getClasses()))
                : sizes.dimension(getIds(), dim);
}
/// Compared in i64: the ids' dtype may hold fewer classes.
Results OneHotOp::decompose(OpBuilder &builder) {
  Type integer = builder.getI64Type();
  TensorExpr ids = cast(TensorExpr(builder, getLoc(), getIds()), integer);
  auto type = RankedTensorType::get(tensorType(getResult()).getShape(), integer);
  TensorExpr classes =
      ids.with(IotaOp::create(builder, getLoc(), type, ids.dynamicSizes(), type.getRank() - 1));
  TensorExpr all = ids.broadcastTo(classes, allDims(ids));
  return SmallVector<Value>{cast(all == classes, getElement()).value()};
}

//===- dropout --------------------------------------------------------------===//

LogicalResult DropoutOp::verify() {
  double rate = getRate().convertToDouble();
  if (!(rate >= 0.0 && rate <= 1.0)) // dropout_c1
    return emitOpError("expects rate from 0 to 1, the share of elements that become 0, but got ")
           << getRateAttr();
  return verifyKey(*this);
}
void DropoutOp::enterTraining(function_ref<RandomKey()> draw) { bindTo(*this, draw()); }
/// Compares integers: floor(bits / 2^8) >= ceil(rate 2^24) says the same as uniform >= rate.
Results DropoutOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX());
  double rate = getRate().convertToDouble();
  if (!isBound() || rate == 0.0)
    return SmallVector<Value>{getX()};
  if (rate == 1.0)
    return SmallVector<Value>{zeroLike(x).value()};
  Type i32 = builder.getI32Type();
  TensorExpr bits = x.with(RngBitsOp::create(builder, getLoc(), x.type().clone(i32), getSeed(),
                                             getStep(), x.dynamicSizes(), *getStream()));
  TensorExpr uniform =
      x.with(ShrOp::create(builder, getLoc(), bits.value(), bits.constant(8.0).value()));
  TensorExpr isKept = uniform >= std::ceil(std::ldexp(rate, 24));
  TensorExpr scaled = cast(widened(x) * (1.0 / (1.0 - rate)), x);
  return SmallVector<Value>{select(isKept, scaled, zeroLike(x)).value()};
}

} // namespace mlc::nn
