#include "compiler/GraphTransforms/Passes.h"
#include "compiler/GraphTransforms/Places.h"
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

namespace {
/// Checks the pairs of sizes of one function, each once.
class SizeChecker {
public:
  explicit SizeChecker(func::FuncOp function) : sizes(function) {}

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
      insertAssert(op, pair,
                   "sizes of " + op->getName().getStringRef().str() + " differ: " + left + ", " +
                       right);
    }
    return success();
  }

  unsigned asserts = 0;

private:
  void insertAssert(Operation *op, const nn::SizePair &pair, const std::string &message) {
    OpBuilder builder(op);
    auto sizeOf = [&](nn::OperandDim of) {
      nn::TensorExpr operand(builder, op->getLoc(), op->getOperand(of.operand));
      return operand.count({static_cast<int64_t>(of.dim)}, builder.getI64Type());
    };
    Value isEqual = (sizeOf(pair.leftOf) == sizeOf(pair.rightOf)).value();
    nn::AssertOp::create(builder, op->getLoc(), isEqual, message + placeOf(op->getLoc()));
    ++asserts;
  }

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
      ok &= succeeded(checker.check(op));
    checks += checker.asserts;
    if (!ok)
      signalPassFailure();
  }
};
} // namespace
} // namespace mlc
