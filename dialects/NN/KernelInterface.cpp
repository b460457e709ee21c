// What ops answer to KernelOpInterface where they say nothing else.
#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc::nn {

/// Multiply-adds that a function of one element costs, roughly.
constexpr int64_t kCostlySteps = 20;

SmallVector<AffineExpr> loopSizesByRole(Operation *op, Role role, DimensionAnalysis &sizes) {
  return sizes.shape(role == Role::reduction ? op->getOperand(0) : op->getResult(0));
}

std::optional<SmallVector<int64_t>> operandDimsByRole(Operation *op, Role role, unsigned operand) {
  if (role != Role::pointwise && role != Role::inlined && role != Role::reduction)
    return std::nullopt;
  auto type = cast<RankedTensorType>(op->getOperand(operand).getType());
  return llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
}

std::optional<SmallVector<ViewStep>>
viewStepsByPermutation(std::optional<ArrayRef<int64_t>> permutation) {
  if (!permutation)
    return std::nullopt;
  return llvm::map_to_vector(*permutation, [](int64_t dim) { return ViewStep{dim, 1}; });
}

std::optional<int64_t> rowInResultByViewSteps(Operation *op,
                                              std::optional<ArrayRef<ViewStep>> steps,
                                              unsigned operand, int64_t dim) {
  if (!steps || operand != 0)
    return std::nullopt;
  std::optional<int64_t> found;
  for (auto [row, step] : llvm::enumerate(*steps)) {
    if (step.dim != dim)
      continue;
    if (found || step.step != 1 || step.first != 0)
      return std::nullopt;
    found = static_cast<int64_t>(row);
  }
  auto sizeOf = [](Value tensor, int64_t dim) {
    return cast<RankedTensorType>(tensor.getType()).getDimSize(dim);
  };
  bool isWhole = found && sizeOf(op->getOperand(0), dim) == sizeOf(op->getResult(0), *found);
  return isWhole ? found : std::nullopt;
}

bool isKernelOfWindows(Value value) {
  auto isWithWindows = [&](Operation *user) {
    auto product = dyn_cast<ProductOpInterface>(user);
    return product && product.getRhs() == value && product.getLhs() != value &&
           product.narrowOperand(product.getLhs()).getDefiningOp<WindowsOp>();
  };
  auto isTakenIn = [](Operation *user) { // with what a product casts itself
    auto product = isa<CastOp>(user) && user->hasOneUse()
                       ? dyn_cast<ProductOpInterface>(*user->user_begin())
                       : ProductOpInterface();
    return product && product.narrowOperand(user->getResult(0)) == user->getOperand(0);
  };
  return !value.use_empty() && llvm::all_of(value.getUsers(), [&](Operation *user) {
    bool isView = isa<ReverseOp, SliceOp>(user) || isTakenIn(user);
    return isView ? isKernelOfWindows(user->getResult(0)) : isWithWindows(user);
  });
}

AffineExpr operationsByRole(Operation *op, Role role, DimensionAnalysis &sizes) {
  return role == Role::reduction ? sizes.elements(op->getOperand(0)) : sizes.constant(0);
}

Value overwrittenBy(Value result) {
  auto op = result.getDefiningOp<KernelOpInterface>();
  return op && op->hasAttr(kInPlaceAttr) ? op.overwritable() : Value();
}

View viewOf(Value result) {
  auto op = result.getDefiningOp<KernelOpInterface>();
  return op ? op.view(cast<OpResult>(result).getResultNumber()) : View();
}
bool joinsOperands(Operation *op) {
  auto kernelOp = dyn_cast<KernelOpInterface>(op);
  return kernelOp && kernelOp.joinsOperands();
}

AffineExpr elementwiseSteps(Operation *op, DimensionAnalysis &sizes) {
  return sizes.elements(op->getResult(0)) * (op->hasTrait<Costly>() ? kCostlySteps : 1);
}

} // namespace mlc::nn
