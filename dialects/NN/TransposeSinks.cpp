#include "dialects/NN/TransposeSinks.h"
#include "dialects/NN/CompositeSupport.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace mlc::nn {

namespace {
/// Numbers of the dimensions in their order before.
template <typename T> SmallVector<T> listBefore(ArrayRef<T> list, ArrayRef<int64_t> permutation) {
  return applyPermutation(list, invertPermutationVector(permutation));
}

/// The type of what `permutation` makes a tensor of `type` of.
RankedTensorType typeBefore(RankedTensorType type, ArrayRef<int64_t> permutation) {
  return type.clone(listBefore(type.getShape(), permutation));
}

/// The size operands of `type` in the order of the type before.
SmallVector<Value> sizesBefore(RankedTensorType type, ValueRange sizes,
                               ArrayRef<int64_t> permutation) {
  SmallVector<Value> byDim(permutation.size()), result;
  for (auto [dim, from] : llvm::enumerate(permutation))
    if (type.isDynamicDim(dim))
      byDim[from] = sizes[type.getDynamicDimIndex(dim)];
  llvm::copy_if(byDim, std::back_inserter(result), [](Value size) { return bool(size); });
  return result;
}

/// The dimensions in increasing order, and how the given order is made of that: dims[i] is
/// sorted[permutation[i]].
SmallVector<int64_t> ranksOf(ArrayRef<int64_t> dims) {
  return llvm::map_to_vector(dims, [&](int64_t dim) {
    return static_cast<int64_t>(llvm::count_if(dims, [&](int64_t other) { return other < dim; }));
  });
}

/// Whether what `permutation` makes `value` of costs nothing: the operand of that transpose, or
/// numbers that are made where they are read.
bool isFreeBefore(Value value, ArrayRef<int64_t> permutation) {
  if (auto transpose = value.getDefiningOp<TransposeOp>())
    return transpose.getPermutation() == permutation;
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant ? isa<SplatElementsAttr>(constant.getValue())
                  : isa_and_nonnull<IotaOp, BroadcastOp>(value.getDefiningOp());
}

/// That, where it is free.
Value before(OpBuilder &builder, Value value, ArrayRef<int64_t> permutation) {
  Operation *op = value.getDefiningOp();
  auto type = cast<RankedTensorType>(value.getType());
  RankedTensorType wanted = typeBefore(type, permutation);
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return transpose.getX();
  if (auto iota = dyn_cast<IotaOp>(op))
    return IotaOp::create(builder, op->getLoc(), wanted,
                          sizesBefore(type, iota.getSizes(), permutation),
                          permutation[iota.getDim()]);
  if (auto constant = dyn_cast<ConstantOp>(op))
    return ConstantOp::create(builder, op->getLoc(), wanted,
                              cast<SplatElementsAttr>(constant.getValue()).resizeSplat(wanted));
  auto broadcast = cast<BroadcastOp>(op);
  SmallVector<int64_t> dims =
      llvm::map_to_vector(broadcast.getDims(), [&](int64_t dim) { return permutation[dim]; });
  Value x = broadcast.getX();
  if (!llvm::is_sorted(dims)) {
    x = TransposeOp::create(builder, op->getLoc(), x, invertPermutationVector(ranksOf(dims)));
    llvm::sort(dims);
  }
  return BroadcastOp::create(builder, op->getLoc(), wanted, x,
                             sizesBefore(type, broadcast.getSizes(), permutation), dims);
}

/// The permutation that makes all operands, and one of them as a transpose; empty where none is.
SmallVector<int64_t> permutationOfOperands(Operation *op) {
  SmallVector<int64_t> permutation;
  for (Value operand : op->getOperands())
    if (auto transpose = operand.getDefiningOp<TransposeOp>(); transpose && permutation.empty())
      permutation.assign(transpose.getPermutation().begin(), transpose.getPermutation().end());
  auto isFree = [&](Value operand) { return isFreeBefore(operand, permutation); };
  return llvm::all_of(op->getOperands(), isFree) ? permutation : SmallVector<int64_t>();
}

/// Those operands before the permutation.
SmallVector<Value> operandsBefore(OpBuilder &builder, Operation *op,
                                  ArrayRef<int64_t> permutation) {
  return llvm::map_to_vector(op->getOperands(),
                             [&](Value operand) { return before(builder, operand, permutation); });
}

/// f(transpose(x), transpose(y)) => transpose(f(x, y)), elementwise.
struct SinkThroughElementwise : OpInterfaceRewritePattern<ElementwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(ElementwiseOpInterface elementwise,
                                PatternRewriter &rewriter) const override {
    Operation *op = elementwise.getOperation();
    SmallVector<int64_t> permutation = permutationOfOperands(op);
    if (permutation.empty() || op->getNumResults() != 1)
      return rewriter.notifyMatchFailure(op, "the operands are not transposed alike");
    SmallVector<Value> operands = operandsBefore(rewriter, op, permutation);
    Operation *moved = rewriter.clone(*op);
    moved->setOperands(operands);
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    moved->getResult(0).setType(typeBefore(type, permutation));
    rewriter.replaceOpWithNewOp<TransposeOp>(op, moved->getResult(0), permutation);
    return success();
  }
};

/// reduce(transpose(x), dims) => transpose(reduce(x, other dims)).
struct SinkThroughReduction : OpInterfaceRewritePattern<ReductionOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(ReductionOpInterface reduction,
                                PatternRewriter &rewriter) const override {
    Operation *op = reduction.getOperation();
    auto transpose =
        op->getNumOperands() == 1 ? op->getOperand(0).getDefiningOp<TransposeOp>() : TransposeOp();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the operand is not a transpose");
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> dims =
        llvm::map_to_vector(reduction.reducedDims(), [&](int64_t dim) { return permutation[dim]; });
    if (reduction.givesPosition() && !llvm::is_sorted(dims))
      return rewriter.notifyMatchFailure(op, "positions are counted in another order");
    SmallVector<int64_t> kept;
    for (int64_t dim : complement(reduction.reducedDims(), permutation.size()))
      kept.push_back(permutation[dim]);
    llvm::sort(dims);
    SmallVector<int64_t> order = ranksOf(kept);
    Operation *moved = rewriter.clone(*op);
    moved->setOperand(0, transpose.getX());
    moved->setAttr("dims", rewriter.getDenseI64ArrayAttr(dims));
    moved->getResult(0).setType(
        typeBefore(cast<RankedTensorType>(op->getResult(0).getType()), order));
    rewriter.replaceOpWithNewOp<TransposeOp>(op, moved->getResult(0), order);
    return success();
  }
};

/// f(transpose(x)) => transpose(f(x)), where f has numbers for each dimension.
template <typename Op> struct SinkThroughMovement : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto transpose = op.getX().template getDefiningOp<TransposeOp>();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the operand is not a transpose");
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    Value moved = movedBefore(rewriter, op, transpose.getX(), permutation);
    rewriter.template replaceOpWithNewOp<TransposeOp>(op, moved, permutation);
    return success();
  }

private:
  static Value movedBefore(OpBuilder &builder, PadOp op, Value x, ArrayRef<int64_t> permutation) {
    return PadOp::create(
        builder, op.getLoc(), x, op.getValue(), listBefore(op.getLow(), permutation),
        listBefore(op.getHigh(), permutation), listBefore(op.getInterior(), permutation));
  }
  static Value movedBefore(OpBuilder &builder, SliceOp op, Value x, ArrayRef<int64_t> permutation) {
    return SliceOp::create(builder, op.getLoc(), x,
                           listBefore<OpFoldResult>(op.getMixedOffsets(), permutation),
                           listBefore<OpFoldResult>(op.getMixedSizes(), permutation),
                           listBefore(op.getStrides(), permutation));
  }
};

/// concat(transpose(x), transpose(y)) => transpose(concat(x, y)).
struct SinkThroughConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> permutation = permutationOfOperands(op);
    if (permutation.empty())
      return rewriter.notifyMatchFailure(op, "the operands are not transposed alike");
    SmallVector<Value> operands = operandsBefore(rewriter, op, permutation);
    auto moved = ConcatOp::create(rewriter, op.getLoc(), operands, permutation[op.getDim()]);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, moved, permutation);
    return success();
  }
};

/// broadcast(transpose(x)) => transpose(broadcast(x)), where x keeps its dimensions' order, and is
/// not copied along known dimensions: then it is cheaper to transpose before.
struct SinkThroughBroadcast : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getX().getDefiningOp<TransposeOp>();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "the operand is not a transpose");
    auto type = cast<RankedTensorType>(op.getType()),
         from = cast<RankedTensorType>(op.getX().getType());
    if (type.hasStaticShape() && type.getNumElements() > from.getNumElements())
      return rewriter.notifyMatchFailure(op, "there is less to transpose before");
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
    for (auto [dim, from] : llvm::enumerate(transpose.getPermutation()))
      order[op.getDims()[dim]] = op.getDims()[from];
    auto moved =
        BroadcastOp::create(rewriter, op.getLoc(), typeBefore(type, order), transpose.getX(),
                            sizesBefore(type, op.getSizes(), order), op.getDims());
    rewriter.replaceOpWithNewOp<TransposeOp>(op, moved, order);
    return success();
  }
};
} // namespace

void populateTransposeSinks(RewritePatternSet &patterns) {
  patterns.add<SinkThroughElementwise, SinkThroughReduction, SinkThroughMovement<PadOp>,
               SinkThroughMovement<SliceOp>, SinkThroughConcat, SinkThroughBroadcast>(
      patterns.getContext());
  TransposeOp::getCanonicalizationPatterns(patterns, patterns.getContext());
}

} // namespace mlc::nn
