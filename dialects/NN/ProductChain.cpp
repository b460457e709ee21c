#include "dialects/NN/ProductChain.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace mlc::nn {

//===- Dimensions -----------------------------------------------------------===//

static int64_t positionIn(ArrayRef<int64_t> list, int64_t dim) {
  const auto *found = llvm::find(list, dim);
  return found == list.end() ? -1 : found - list.begin();
}

int64_t operandDimOf(ProductOpInterface product, unsigned operand, int64_t resultDim) {
  ProductDims dims = product.dims();
  auto batch = static_cast<int64_t>(dims.lhsBatch.size());
  if (resultDim < batch)
    return (operand == 0 ? dims.lhsBatch : dims.rhsBatch)[resultDim];
  SmallVector<int64_t> lhs = product.lhsFreeDims(), rhs = product.rhsFreeDims();
  auto rows = static_cast<int64_t>(lhs.size());
  if (operand == 0)
    return resultDim < batch + rows ? lhs[resultDim - batch] : -1;
  return resultDim < batch + rows ? -1 : rhs[resultDim - batch - rows];
}

static int64_t rankOf(Value value) { return cast<RankedTensorType>(value.getType()).getRank(); }

int64_t ProductChain::Taker::otherDim(int64_t cellDim) const {
  ProductDims dims = ProductOpInterface(op).dims();
  bool isLhs = operand == 0;
  if (int64_t at = positionIn(isLhs ? dims.lhsBatch : dims.rhsBatch, cellDim); at >= 0)
    return (isLhs ? dims.rhsBatch : dims.lhsBatch)[at];
  if (int64_t at = positionIn(isLhs ? dims.lhsContract : dims.rhsContract, cellDim); at >= 0)
    return (isLhs ? dims.rhsContract : dims.lhsContract)[at];
  return -1;
}

int64_t ProductChain::Taker::resultDim(int64_t cellDim) const {
  for (int64_t dim = 0; dim < rankOf(op->getResult(0)); ++dim)
    if (operandDimOf(op, operand, dim) == cellDim)
      return dim;
  return -1;
}

int64_t ProductChain::Taker::resultColumn() const {
  for (int64_t dim = 0; dim < rankOf(op->getResult(0)); ++dim)
    if (operandDimOf(op, operand, dim) < 0)
      return dim;
  return -1;
}
int64_t ProductChain::Taker::otherColumn() const {
  return operandDimOf(op, 1 - operand, resultColumn());
}

unsigned ProductChain::sideOf(ProductOpInterface maker, int64_t cellDim) const {
  return operandDimOf(maker, 0, cellDim) >= 0 ? 0 : 1;
}

//===- What is a chain ------------------------------------------------------===//

namespace {
/// What cells are computed of among some ops: elementwise ops back to products.
class Cone {
public:
  explicit Cone(ArrayRef<Operation *> ops) : inside(ops.begin(), ops.end()) {}

  /// Adds the ops to `cells` if there is a product among them.
  bool collect(Value value, llvm::SetVector<Operation *> &cells) {
    llvm::SetVector<Operation *> found;
    bool hasProduct = false;
    auto visit = [&](Value operand) {
      Operation *op = operand.getDefiningOp();
      if (!op || !inside.contains(op))
        return;
      if (isa<ElementwiseOpInterface, ProductOpInterface>(op))
        found.insert(op);
    };
    visit(value);
    for (size_t next = 0; next < found.size(); ++next)
      if (isa<ProductOpInterface>(found[next]))
        hasProduct = true;
      else
        llvm::for_each(found[next]->getOperands(), visit);
    if (hasProduct)
      cells.insert_range(found);
    return hasProduct;
  }

private:
  llvm::SmallPtrSet<Operation *, 32> inside;
};
} // namespace

bool ProductChain::findCells(ArrayRef<Operation *> ops) {
  Cone cone(ops);
  for (Operation *op : ops) {
    if (auto product = dyn_cast<ProductOpInterface>(op)) {
      bool hasLhs = cone.collect(product.getLhs(), cells),
           hasRhs = cone.collect(product.getRhs(), cells);
      if (hasLhs && hasRhs)
        return false;
      if (hasLhs || hasRhs)
        takers.push_back({product, hasLhs ? 0U : 1U});
    } else if (auto reduction = dyn_cast<ReductionOpInterface>(op))
      if (cone.collect(op->getOperand(0), cells))
        reductions.push_back(reduction);
  }
  for (Operation *cell : cells)
    if (auto product = dyn_cast<ProductOpInterface>(cell))
      makers.push_back(product);
  return !takers.empty() || !reductions.empty();
}

bool ProductChain::findRowAndKey() {
  rank = rankOf(makers.front()->getResult(0));
  if (!reductions.empty())
    key = reductions.front().reducedDims().back();
  else {
    ProductDims dims = takers.front().op.dims();
    ArrayRef<int64_t> summed = takers.front().operand == 0 ? dims.lhsContract : dims.rhsContract;
    if (summed.empty())
      return false;
    key = summed.back();
  }
  // The longest that the operand with the keys does not have: heads that share keys are others.
  ProductOpInterface maker = makers.front();
  auto type = cast<RankedTensorType>(maker->getResult(0).getType());
  unsigned side = sideOf(maker, key);
  row = -1;
  auto isLonger = [&](int64_t dim) {
    return row < 0 || type.isDynamicDim(dim) ||
           (!type.isDynamicDim(row) && type.getDimSize(dim) >= type.getDimSize(row));
  };
  for (int64_t dim = 0; dim < rank; ++dim)
    if (operandDimOf(maker, side, dim) < 0 && isLonger(dim))
      row = dim;
  return row >= 0;
}

static bool isNumberOf(Type element, Value value) {
  return getElementTypeOrSelf(value.getType()) == element;
}
static bool isStatic(Value value, int64_t dim) {
  return !cast<RankedTensorType>(value.getType()).isDynamicDim(dim);
}

bool ProductChain::fits() const {
  Type element = getElementTypeOrSelf(makers.front()->getResult(0).getType());
  if (!element.isF32() && !element.isF64())
    return false;
  auto isOfOne = [&](ProductOpInterface op) {
    return isNumberOf(element, op->getResult(0)) && isNumberOf(element, op.getLhs()) &&
           isNumberOf(element, op.getRhs());
  };
  for (ProductOpInterface maker : makers) {
    SmallVector<int64_t> summed = maker.dims().lhsContract;
    bool areApart = sideOf(maker, row) != sideOf(maker, key) &&
                    operandDimOf(maker, 1 - sideOf(maker, row), row) < 0 &&
                    operandDimOf(maker, 1 - sideOf(maker, key), key) < 0;
    if (!isOfOne(maker) || !areApart || rankOf(maker->getResult(0)) != rank || summed.size() != 1 ||
        !isStatic(maker.getLhs(), summed.front()))
      return false;
  }
  for (ReductionOpInterface reduction : reductions)
    if (reduction.reducedDims() != ArrayRef<int64_t>(key) || reduction.givesPosition())
      return false;
  for (const Taker &taker : takers) {
    int64_t columns = 0;
    for (int64_t dim = 0; dim < rankOf(taker.op->getResult(0)); ++dim)
      columns += operandDimOf(taker.op, taker.operand, dim) < 0;
    bool sumsOne = taker.sumsOver(row) != taker.sumsOver(key);
    bool isFree = taker.otherDim(taker.sumsOver(row) ? key : row) < 0;
    if (!isOfOne(taker.op) || !sumsOne || !isFree || columns != 1 || cells.contains(taker.op) ||
        !isStatic(taker.other(), taker.otherColumn()))
      return false;
  }
  return true;
}

std::optional<ProductChain> ProductChain::of(ArrayRef<Operation *> ops) {
  ProductChain chain;
  if (!chain.findCells(ops) || !chain.findRowAndKey() || !chain.fits())
    return std::nullopt;
  return chain;
}

} // namespace mlc::nn
