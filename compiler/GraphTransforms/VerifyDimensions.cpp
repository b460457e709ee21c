#include "compiler/GraphTransforms/Passes.h"
#include "compiler/GraphTransforms/Places.h"
#include "compiler/GraphTransforms/Requirements.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

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
/// Collects what the ops of one function need of its sizes, each once.
class SizeChecker {
public:
  explicit SizeChecker(func::FuncOp function) : sizes(function), requirements(function, sizes) {
    for (Value argument : function.getArguments())
      if (isa<RankedTensorType>(argument.getType()))
        requirements.addCounted(sizes.shape(argument));
  }

  LogicalResult check(Operation *op) {
    if (failed(checkKnown(op)))
      return failure();
    if (nn::isIndexDivision(op))
      return checkDivision(op);
    auto sized = dyn_cast<nn::DimensionOpInterface>(op);
    if (sized && (failed(checkEqualSizes(sized)) || failed(checkLimits(sized))))
      return failure();
    return failure(failed(checkResults(op)) || failed(checkNumbers(op)));
  }

  ArrayAttr list() { return requirements.list(); }

private:
  static std::string of(Operation *op) { return " of " + op->getName().getStringRef().str(); }

  LogicalResult refuse(Operation *op, Value unknown) {
    Operation *cause = unknown.getDefiningOp() ? unknown.getDefiningOp() : op;
    if (!refused.insert(cause).second)
      return failure();
    InFlightDiagnostic diagnostic =
        cause->emitError("not supported yet: a size that depends on the result of ")
        << cause->getName();
    if (isa<arith::ArithDialect>(cause->getDialect()))
      diagnostic.attachNote() << "sizes are computed by additions, subtractions, products and "
                                 "quotients, with numbers below 2^62";
    return diagnostic;
  }

  /// The sizes and offsets that an op with tensors reads.
  SmallVector<AffineExpr> numbersOf(Operation *op) {
    SmallVector<AffineExpr> numbers;
    if (isa<nn::NNDialect>(op->getDialect()))
      for (Value operand : op->getOperands())
        if (isa<IndexType>(operand.getType()))
          numbers.push_back(sizes.index(operand));
    return numbers;
  }

  /// All sizes and offsets are expressions over the free dimensions.
  LogicalResult checkKnown(Operation *op) {
    for (AffineExpr number : numbersOf(op))
      if (Value unknown = sizes.unknownIn(number))
        return refuse(op, unknown);
    for (Value result : op->getResults())
      if (isa<RankedTensorType>(result.getType()))
        for (AffineExpr size : sizes.shape(result))
          if (Value unknown = sizes.unknownIn(size))
            return refuse(op, unknown);
    return success();
  }

  /// Divisors are not 0, constants aside not below 0, and the numbers of unsigned divisions are not
  /// either.
  LogicalResult checkDivision(Operation *op) {
    AffineExpr dividend = sizes.index(op->getOperand(0)), divisor = sizes.index(op->getOperand(1));
    if (divisor == sizes.constant(0)) {
      refused.insert(op);
      InFlightDiagnostic diagnostic = op->emitError("expects a divisor other than 0");
      diagnostic.attachNote() << "sizes and offsets are whole numbers";
      return diagnostic;
    }
    if (sizes.unknownIn(dividend) || sizes.unknownIn(divisor))
      return success(); // refused where it is used
    std::string name = op->getName().getStringRef().str();
    AffineExpr zero = sizes.constant(0), most = sizes.constant(nn::kLargestDividend);
    bool isUnsigned = nn::isUnsignedDivision(op);
    if (isUnsigned || !isa<AffineConstantExpr>(divisor))
      if (failed(requirements.addAtMost(op, sizes.constant(1), divisor,
                                        "divisor of " + name +
                                            " not above 0: " + sizes.describe(divisor))))
        return failure();
    if (isUnsigned)
      return requirements.addAtMost(
          op, zero, dividend, "dividend of " + name + " below 0: " + sizes.describe(dividend));
    if (nn::magnitude(dividend, nn::kMostElements) < nn::kLargestDividend)
      return success();
    std::string beyond = "dividend of " + name + " beyond 2^62: " + sizes.describe(dividend);
    return failure(failed(requirements.addAtMost(op, dividend, most, beyond)) ||
                   failed(requirements.addAtMost(op, zero - most, dividend, beyond)));
  }

  /// Whatever the offsets are, they can be computed.
  LogicalResult checkNumbers(Operation *op) {
    for (AffineExpr number : numbersOf(op))
      if (nn::magnitude(number, nn::kMostElements) >= nn::kLargestDividend &&
          failed(requirements.addAtMost(op, number, sizes.constant(nn::kLargestDividend),
                                        "a number" + of(op) +
                                            " beyond 2^62: " + sizes.describe(number))))
        return failure();
    return success();
  }

  LogicalResult checkEqualSizes(nn::DimensionOpInterface op) {
    SmallVector<nn::SizePair> pairs;
    op.collectEqualSizes(sizes, pairs);
    for (const nn::SizePair &pair : pairs) {
      if (pair.left == pair.right) // as most are: texts take longer than all else here
        continue;
      std::string left = describe(pair.leftOf, pair.left, sizes),
                  right = describe(pair.rightOf, pair.right, sizes);
      if (sizes.areDifferent(pair.left, pair.right))
        return op->emitError("expects equal sizes, but ") << left << " and " << right;
      requirements.addEqual(op, pair.left, pair.right,
                            "sizes" + of(op) + " differ: " + left + ", " + right);
    }
    return success();
  }

  LogicalResult checkLimits(nn::DimensionOpInterface op) {
    SmallVector<nn::SizeLimit> limits;
    op.collectLimits(sizes, limits);
    for (const nn::SizeLimit &limit : limits) {
      if (!limit.isEquality) {
        if (failed(requirements.addAtMost(op, limit.left, limit.right, limit.failure)))
          return failure();
      } else if (sizes.areDifferent(limit.left, limit.right)) {
        return op->emitError() << limit.failure << ": " << sizes.describe(limit.left) << " and "
                               << sizes.describe(limit.right);
      } else {
        requirements.addEqual(op, limit.left, limit.right, limit.failure);
      }
    }
    return success();
  }

  /// Sizes that the model computes are at least 0, and all elements can be counted.
  LogicalResult checkResults(Operation *op) {
    for (Value result : op->getResults()) {
      if (!isa<RankedTensorType>(result.getType()))
        continue;
      SmallVector<AffineExpr> shape = sizes.shape(result);
      for (AffineExpr size : shape) {
        if (auto number = dyn_cast<AffineConstantExpr>(size)) {
          if (number.getValue() < 0)
            return op->emitError("expects sizes of at least 0, but got ") << number.getValue();
          continue;
        }
        if (failed(requirements.addAtMost(op, sizes.constant(0), size,
                                          "a size" + of(op) +
                                              " is negative: " + sizes.describe(size))))
          return failure();
      }
      requirements.addCountable(op, shape);
    }
    return success();
  }

  nn::DimensionAnalysis sizes;
  Requirements requirements;
  llvm::DenseSet<Operation *> refused; ///< what a diagnostic names, once
};

struct VerifyDimensionsPass : impl::VerifyDimensionsPassBase<VerifyDimensionsPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    SizeChecker checker(function);
    bool ok = true;
    function.walk([&](Operation *op) {
      if (op != function.getOperation())
        ok &= succeeded(checker.check(op));
    });
    if (!ok)
      return signalPassFailure();
    ArrayAttr requirements = checker.list();
    checks += requirements.size();
    if (!requirements.empty())
      function->setAttr(nn::kRequirementsAttr, requirements);
  }
};
} // namespace
} // namespace mlc
