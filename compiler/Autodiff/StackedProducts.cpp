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
bool StackedProducts::pays(nn::ContractOp contraction) const {
  constexpr int64_t kFarSmaller = 4;
  int64_t stacked = 0;
  for (Value factor : contraction->getOperands()) {
    if (factor.getParentBlock() != block) // one value for all trips
      return false;
    stacked += isStacked(factor) ? 0 : expectedElements(factor);
  }
  return stacked * kFarSmaller < expectedElements(contraction.getResult());
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
  while (auto transpose = product.getDefiningOp<nn::TransposeOp>()) {
    permutations.insert(permutations.begin(), SmallVector<int64_t>(transpose.getPermutation()));
    product = transpose.getX();
  }
  auto contraction = product.getDefiningOp<nn::ContractOp>();
  if (!contraction || !pays(contraction))
    return contribution;
  for (Value factor : contraction->getOperands())
    if (!isStacked(factor))
      added.push_back(factor);
  products.push_back(
      {position, contraction, std::move(permutations), {}, {}, {}, {}, contraction.getLoc()});
  return {};
}

Value StackedProducts::stackOf(nn::ScanOp loop, Value factor) const {
  auto argument = dyn_cast<BlockArgument>(factor);
  if (argument && argument.getArgNumber() >= flowing)
    return loop.getStacks()[argument.getArgNumber() - flowing];
  OperandRange values = nn::yieldOf(loop.getBody()).getValues();
  size_t number = flowing;
  while (values[number] != factor)
    ++number;
  return loop.getResult(number);
}

void StackedProducts::resolve(nn::ScanOp loop) {
  auto outside = [](ArrayRef<int64_t> dims) {
    return llvm::map_to_vector(dims, [](int64_t dim) { return dim + 1; });
  };
  auto overTrips = [&](ArrayRef<int64_t> dims) {
    SmallVector<int64_t> all{0};
    llvm::append_range(all, outside(dims));
    return all;
  };
  for (Product &product : products) {
    nn::ContractOp op = product.contraction;
    product.lhs = stackOf(loop, op.getLhs());
    product.rhs = stackOf(loop, op.getRhs());
    product.batch[0] = outside(op.getLhsBatch());
    product.batch[1] = outside(op.getRhsBatch());
    product.contracting[0] = overTrips(op.getLhsContract());
    product.contracting[1] = overTrips(op.getRhsContract());
  }
}

SmallVector<Value> StackedProducts::build(OpBuilder &builder, size_t position) {
  SmallVector<Value> results;
  for (const Product &product : products) {
    if (product.position != position)
      continue;
    nn::TensorExpr value(builder, product.location,
                         nn::ContractOp::create(builder, product.location, product.lhs, product.rhs,
                                                product.batch[0], product.batch[1],
                                                product.contracting[0], product.contracting[1]));
    for (ArrayRef<int64_t> permutation : product.permutations)
      value = value.transpose(permutation);
    results.push_back(value.value());
  }
  return results;
}

} // namespace mlc
