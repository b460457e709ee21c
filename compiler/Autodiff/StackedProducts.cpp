#include "compiler/Autodiff/StackedProducts.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {

/// Elements of a tensor, a free dimension counted as a moderate batch.
static int64_t expectedElements(Value tensor) {
  constexpr int64_t kExpectedSize = 32;
  int64_t elements = 1;
  for (int64_t size : cast<RankedTensorType>(tensor.getType()).getShape())
    elements *= ShapedType::isDynamic(size) ? kExpectedSize : size;
  return elements;
}

bool StackedProducts::isStacked(Value factor) const {
  auto argument = dyn_cast<BlockArgument>(factor);
  return (argument && argument.getArgNumber() >= flowing) || llvm::is_contained(yields, factor) ||
         llvm::is_contained(added, factor);
}

/// A trip that adds to the sum reads and writes it: a factor that is stacked must be far smaller.
/// Then the stacks of all trips are no burden beside the values that the loop carries.
bool StackedProducts::pays(nn::ProductOpInterface product) const {
  constexpr int64_t kFarSmaller = 4;
  int64_t stacked = 0;
  for (Value factor : product->getOperands()) {
    if (factor.getParentBlock() != block) // one value for all trips
      return false;
    stacked += isStacked(factor) ? 0 : expectedElements(factor);
  }
  return stacked * kFarSmaller < expectedElements(product->getResult(0));
}

Value StackedProducts::take(OpBuilder &builder, size_t position, Value contribution) {
  if (!contribution || contribution.getParentBlock() != block)
    return contribution;
  if (auto sum = contribution.getDefiningOp<nn::AddOp>()) {
    Value lhs = take(builder, position, sum.getLhs()), rhs = take(builder, position, sum.getRhs());
    if (lhs == sum.getLhs() && rhs == sum.getRhs())
      return contribution;
    return !lhs || !rhs ? (lhs ? lhs : rhs)
                        : nn::AddOp::create(builder, sum.getLoc(), lhs, rhs).getResult();
  }
  Value product = contribution;
  SmallVector<SmallVector<int64_t>> permutations;
  while (auto moved = product.getDefiningOp<nn::KernelOpInterface>()) {
    std::optional<SmallVector<int64_t>> permutation = moved.permutation();
    if (!permutation)
      break;
    permutations.insert(permutations.begin(), *permutation);
    product = moved->getOperand(0);
  }
  auto op = product.getDefiningOp<nn::ProductOpInterface>();
  if (!op || !pays(op))
    return contribution;
  for (Value factor : op->getOperands())
    if (!isStacked(factor))
      added.push_back(factor);
  products.push_back({position, op, std::move(permutations)});
  return {};
}

Value StackedProducts::stackOf(nn::LoopOpInterface loop, Value factor) const {
  auto argument = dyn_cast<BlockArgument>(factor);
  if (argument && argument.getArgNumber() >= flowing)
    return loop.getStacks()[argument.getArgNumber() - flowing];
  OperandRange values = nn::yieldOf(loop.getBody()).getValues();
  size_t number = flowing;
  while (values[number] != factor)
    ++number;
  return loop->getResult(number);
}

/// The dimensions of the product of the stacks, which have one more in front.
static nn::ProductDims overTrips(nn::ProductDims dims) {
  for (auto *list : {&dims.lhsBatch, &dims.rhsBatch, &dims.lhsContract, &dims.rhsContract})
    for (int64_t &dim : *list)
      ++dim;
  dims.lhsContract.insert(dims.lhsContract.begin(), 0);
  dims.rhsContract.insert(dims.rhsContract.begin(), 0);
  return dims;
}

SmallVector<Value> StackedProducts::build(OpBuilder &builder, nn::LoopOpInterface loop,
                                          size_t position) {
  SmallVector<Value> results;
  for (Product &product : products) {
    if (product.position != position)
      continue;
    nn::ProductOpInterface op = product.op;
    Value lhs = stackOf(loop, op.getLhs()), rhs = stackOf(loop, op.getRhs());
    nn::TensorExpr value(builder, op.getLoc(), op.rebuild(builder, lhs, rhs, overTrips(op.dims())));
    for (ArrayRef<int64_t> permutation : product.permutations)
      value = value.transpose(permutation);
    results.push_back(value.value());
  }
  return results;
}

} // namespace mlc
