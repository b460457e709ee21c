#include "compiler/GraphTransforms/Passes.h"
#include "compiler/GraphTransforms/Places.h"
#include "compiler/GraphTransforms/SizeExpressions.h"
#include "dialects/NN/TensorExpr.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_VERIFYDIMENSIONSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

/// "dimension 0 of operand 1 is batch".
static std::string describe(nn::OperandDim of, AffineExpr size,
                            const nn::DimensionAnalysis &sizes) {
  return "dimension " + std::to_string(of.dim) + " of operand " + std::to_string(of.operand) +
         " is " + sizes.describe(size);
}

/// Whether a size is at least 0 because all that it is made of is.
static bool isNonNegative(AffineExpr expr) {
  if (auto number = dyn_cast<AffineConstantExpr>(expr))
    return number.getValue() >= 0;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  return !binary || (isNonNegative(binary.getLHS()) && isNonNegative(binary.getRHS()));
}

/// Adds the terms of a sum to `plus`, or with their signs turned to `minus`, so that both are at
/// least 0. Fails where a term is neither.
static LogicalResult splitBySign(AffineExpr expr, AffineExpr &plus, AffineExpr &minus) {
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (expr.getKind() == AffineExprKind::Add)
    return success(succeeded(splitBySign(binary.getLHS(), plus, minus)) &&
                   succeeded(splitBySign(binary.getRHS(), plus, minus)));
  if (isNonNegative(expr))
    plus = plus + expr;
  else if (isNonNegative(-expr))
    minus = minus - expr;
  else
    return failure();
  return success();
}

namespace {
/// Checks the sizes of one function, each once.
class SizeChecker {
public:
  explicit SizeChecker(func::FuncOp function) : function(function), sizes(function) {}

  /// Sizes that the model computes: a difference may be negative.
  LogicalResult checkComputed(nn::DimensionOpInterface op) {
    if (llvm::none_of(op->getOperandTypes(), llvm::IsaPred<IndexType>))
      return success();
    for (OpResult result : op->getResults())
      for (AffineExpr size : sizes.shape(result)) {
        if (isNonNegative(size) || !seen.insert({size, size}).second)
          continue;
        if (isa<AffineConstantExpr>(size))
          return op->emitError("expects sizes of at least 0, but got ") << sizes.describe(size);
        AffineExpr plus = sizes.constant(0), minus = plus;
        if (succeeded(splitBySign(size, plus, minus)))
          insertAssert(op, sizeTensor(op, minus) <= sizeTensor(op, plus),
                       "a size of " + op->getName().getStringRef().str() +
                           " is negative: " + sizes.describe(size));
      }
    return success();
  }

  LogicalResult check(nn::DimensionOpInterface op) {
    SmallVector<nn::SizePair> pairs;
    op.collectEqualSizes(sizes, pairs);
    for (const nn::SizePair &pair : pairs) {
      if (sizes.areEqual(pair.left, pair.right) || !seen.insert({pair.left, pair.right}).second)
        continue;
      std::string left = describe(pair.leftOf, pair.left, sizes),
                  right = describe(pair.rightOf, pair.right, sizes);
      if (sizes.areDifferent(pair.left, pair.right))
        return op->emitError("expects equal sizes, but ") << left << " and " << right;
      insertAssert(op, sizeOf(op, pair.leftOf) == sizeOf(op, pair.rightOf),
                   "sizes of " + op->getName().getStringRef().str() + " differ: " + left + ", " +
                       right);
    }
    return success();
  }

  unsigned asserts = 0;

private:
  nn::TensorExpr sizeOf(Operation *op, nn::OperandDim of) {
    builder.setInsertionPoint(op);
    nn::TensorExpr operand(builder, op->getLoc(), op->getOperand(of.operand));
    return operand.count({static_cast<int64_t>(of.dim)}, builder.getI64Type());
  }
  nn::TensorExpr sizeTensor(Operation *op, AffineExpr size) {
    builder.setInsertionPoint(op);
    Value index = buildIndex(builder, op->getLoc(), size, [&](unsigned symbol) -> Value {
      ArrayRef<nn::FreeDimension> free = sizes.freeDimensions();
      if (symbol >= free.size())
        return sizes.opaqueValues()[symbol - free.size()];
      return nn::DimOp::create(builder, op->getLoc(), function.getArgument(free[symbol].argument),
                               free[symbol].dim);
    });
    return nn::sizeTensor(builder, op->getLoc(), index, builder.getI64Type());
  }
  void insertAssert(Operation *op, const nn::TensorExpr &condition, const std::string &message) {
    nn::AssertOp::create(builder, op->getLoc(), condition.value(), message + placeOf(op->getLoc()));
    ++asserts;
  }

  func::FuncOp function;
  OpBuilder builder{function.getContext()};
  nn::DimensionAnalysis sizes;
  DenseSet<std::pair<AffineExpr, AffineExpr>> seen;
};

struct VerifyDimensionsPass : impl::VerifyDimensionsPassBase<VerifyDimensionsPass> {
  void runOnOperation() override {
    SizeChecker checker(getOperation());
    SmallVector<nn::DimensionOpInterface> ops;
    getOperation().walk([&](nn::DimensionOpInterface op) { ops.push_back(op); });
    bool ok = true;
    for (nn::DimensionOpInterface op : ops)
      ok &= succeeded(checker.check(op)) && succeeded(checker.checkComputed(op));
    checks += checker.asserts;
    if (!ok)
      signalPassFailure();
  }
};
} // namespace
} // namespace mlc
