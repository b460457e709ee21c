// Transposes around a contraction, which names its dimensions and needs none.
#include "dialects/NN/ContractionFolds.h"
#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc::nn {

namespace {
/// Where the dimensions of a transposed tensor are in the tensor itself.
SmallVector<int64_t> before(ArrayRef<int64_t> dims, ArrayRef<int64_t> permutation) {
  return llvm::map_to_vector(dims, [&](int64_t dim) { return permutation[dim]; });
}

/// contract(transpose(a), b) => contract(a, b) with other dimension numbers, where the free
/// dimensions keep their order.
struct FoldOperand : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    for (bool left : {true, false}) {
      auto transpose = (left ? op.getLhs() : op.getRhs()).getDefiningOp<TransposeOp>();
      if (!transpose)
        continue;
      ArrayRef<int64_t> permutation = transpose.getPermutation();
      SmallVector<int64_t> free = before(left ? op.lhsFreeDims() : op.rhsFreeDims(), permutation);
      if (!llvm::is_sorted(free))
        continue;
      SmallVector<int64_t> batch = before(left ? op.getLhsBatch() : op.getRhsBatch(), permutation);
      SmallVector<int64_t> contract =
          before(left ? op.getLhsContract() : op.getRhsContract(), permutation);
      rewriter.modifyOpInPlace(op, [&] {
        op->setOperand(left ? 0 : 1, transpose.getX());
        left ? op.setLhsBatch(batch) : op.setRhsBatch(batch);
        left ? op.setLhsContract(contract) : op.setRhsContract(contract);
      });
      return success();
    }
    return rewriter.notifyMatchFailure(
        op, "no operand is a transpose that keeps the order of the free dimensions");
  }
};

/// transpose(contract(a, b)) => contract(b, a), where it exchanges the free dimensions of a and b.
struct FoldResult : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto contract = op.getX().getDefiningOp<ContractOp>();
    if (!contract || !contract->hasOneUse())
      return rewriter.notifyMatchFailure(op, "the operand is not a contraction of its own");
    int64_t batch = contract.getLhsBatch().size(), rank = op.getPermutation().size();
    int64_t lhsFree = contract.lhsFreeDims().size();
    SmallVector<int64_t> exchanged = llvm::to_vector(llvm::seq<int64_t>(0, batch));
    llvm::append_range(exchanged, llvm::seq<int64_t>(batch + lhsFree, rank));
    llvm::append_range(exchanged, llvm::seq<int64_t>(batch, batch + lhsFree));
    if (ArrayRef<int64_t>(exchanged) != op.getPermutation())
      return rewriter.notifyMatchFailure(op, "the free dimensions are not exchanged");
    rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), contract.getRhs(), contract.getLhs(),
                                            contract.getRhsBatch(), contract.getLhsBatch(),
                                            contract.getRhsContract(), contract.getLhsContract());
    return success();
  }
};

/// transpose(reshape(x)) => reshape(x), where the order of the elements stays: only dimensions of
/// one element change their places, as those of a window of one do in a kernel's derivative.
struct FoldIntoReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getX().getDefiningOp<ReshapeOp>();
    if (!reshape || !op.getType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "the operand is no reshape of static shape");
    SmallVector<int64_t> moved(op.getPermutation());
    llvm::erase_if(moved, [&](int64_t dim) { return reshape.getType().getDimSize(dim) == 1; });
    if (!llvm::is_sorted(moved))
      return rewriter.notifyMatchFailure(op, "dimensions of several elements change places");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), reshape.getX(), ValueRange());
    return success();
  }
};

} // namespace

void populateTransposeFolds(RewritePatternSet &patterns) {
  patterns.add<FoldOperand, FoldResult, FoldIntoReshape>(patterns.getContext());
}

} // namespace mlc::nn
