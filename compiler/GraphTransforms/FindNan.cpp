#include "compiler/GraphTransforms/Passes.h"
#include "compiler/GraphTransforms/Places.h"
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/TensorExpr.h"
#include "mlc/mlc.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_FINDNANPASS
#include "compiler/GraphTransforms/Passes.h.inc"

using nn::TensorExpr;

namespace {
/// Of all elements of a tensor: rank-0 conditions.
struct Facts {
  Value areFinite, areNumbers;
};

struct FindNanPass : impl::FindNanPassBase<FindNanPass> {
  void runOnOperation() override {
    SmallVector<Operation *> makers;
    getOperation().walk([&](nn::KernelOpInterface op) {
      if (op->getNumOperands() && op->getNumRegions() == 0 &&
          llvm::any_of(op->getResults(), isFloat))
        makers.push_back(op);
    });
    for (Operation *op : makers)
      check(op);
    facts.clear();
  }

private:
  static bool isFloat(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && isa<FloatType>(type.getElementType());
  }

  /// Computed once, right after the tensor.
  Facts factsOf(Value tensor) {
    auto [known, isNew] = facts.try_emplace(tensor);
    if (!isNew)
      return known->second;
    OpBuilder builder(tensor.getContext());
    builder.setInsertionPointAfterValue(tensor);
    TensorExpr x(builder, tensor.getLoc(), tensor);
    TensorExpr isFinite = x.with(nn::IsFiniteOp::create(builder, tensor.getLoc(), tensor));
    return facts[tensor] = {nn::allOf(isFinite).value(), nn::allOf(x == x).value()};
  }

  /// Results are finite, or else an operand was not; they are numbers, or else an operand was none.
  void check(Operation *op) {
    OpBuilder builder(op->getContext());
    SmallVector<Facts> operands, results;
    for (Value operand : llvm::make_filter_range(op->getOperands(), isFloat))
      operands.push_back(factsOf(operand));
    for (Value result : llvm::make_filter_range(op->getResults(), isFloat))
      results.push_back(factsOf(result));
    builder.setInsertionPointAfterValue(results.back().areNumbers);
    auto follows = [&](Value Facts::*fact) {
      TensorExpr after(builder, op->getLoc(), results.front().*fact);
      for (const Facts &result : ArrayRef(results).drop_front())
        after = after & after.with(result.*fact);
      for (const Facts &operand : operands) {
        Value otherwise = nn::NotOp::create(builder, op->getLoc(), operand.*fact);
        after = after | after.with(otherwise);
      }
      return after;
    };
    TensorExpr holds = follows(&Facts::areFinite) & follows(&Facts::areNumbers);
    std::string message = (op->getName().getStringRef() + placeOf(op->getLoc()) +
                           " made a value that is not finite of values that are")
                              .str();
    nn::AssertOp::create(builder, op->getLoc(), holds.value(), message, /*indices=*/Value(),
                         /*size=*/IntegerAttr(), /*ignored=*/IntegerAttr(), MLC_NOT_FINITE);
    ++checks;
  }

  DenseMap<Value, Facts> facts;
};
} // namespace
} // namespace mlc
