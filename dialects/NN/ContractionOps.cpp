#include "dialects/NN/NN.h"
#include "dialects/NN/Refusal.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc::nn {

static SmallVector<int64_t> freeDims(int64_t rank, ArrayRef<int64_t> batch,
                                     ArrayRef<int64_t> contract) {
  SmallVector<int64_t> rest;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(batch, dim) && !llvm::is_contained(contract, dim))
      rest.push_back(dim);
  return rest;
}
SmallVector<int64_t> ContractOp::lhsFreeDims() {
  return freeDims(cast<RankedTensorType>(getLhs().getType()).getRank(), getLhsBatch(),
                  getLhsContract());
}
SmallVector<int64_t> ContractOp::rhsFreeDims() {
  return freeDims(cast<RankedTensorType>(getRhs().getType()).getRank(), getRhsBatch(),
                  getRhsContract());
}

ProductDims ContractOp::dims() {
  return {SmallVector<int64_t>(getLhsBatch()), SmallVector<int64_t>(getRhsBatch()),
          SmallVector<int64_t>(getLhsContract()), SmallVector<int64_t>(getRhsContract())};
}
Value ContractOp::rebuild(OpBuilder &builder, Value lhs, Value rhs, const ProductDims &dims) {
  return ContractOp::create(builder, getLoc(), lhs, rhs, dims.lhsBatch, dims.rhsBatch,
                            dims.lhsContract, dims.rhsContract);
}

static bool isHalf(Type element) { return element.isBF16() || element.isF16(); }

/// The narrow dtype whose numbers `operand` holds, or null.
static Type narrowElementOf(Value operand) {
  Type element = getElementTypeOrSelf(operand.getType());
  if (isHalf(element))
    return element;
  auto widening = operand.getDefiningOp<CastOp>();
  if (!widening)
    return {};
  Type from = getElementTypeOrSelf(widening.getX().getType());
  if (element.isF32() && isHalf(from))
    return from;
  if (element.isInteger(32) && (from.isInteger(8) || from.isInteger(1)))
    return IntegerType::get(operand.getContext(), 8);
  return {};
}
Type ContractOp::narrowElement() {
  Type lhs = narrowElementOf(getLhs());
  return lhs == narrowElementOf(getRhs()) ? lhs : Type();
}
Value ContractOp::narrowOperand(Value operand) {
  auto widening = operand.getDefiningOp<CastOp>();
  bool isNarrow = isHalf(getElementTypeOrSelf(operand.getType()));
  return narrowElement() && widening && !isNarrow ? widening.getX() : operand;
}
Value ProductOpInterface::unrounded(Value numbers) {
  auto rounding = numbers.getDefiningOp<CastOp>();
  bool isRounded = rounding && isHalf(getElementTypeOrSelf(numbers.getType())) &&
                   getElementTypeOrSelf(rounding.getX().getType()).isF32();
  return isRounded ? rounding.getX() : numbers;
}

/// rhs that the kernel computes anyway is widened there, too, as packed 16-bit weights.
static bool isInlinedHalf(Value rhs) {
  auto widening = rhs.getDefiningOp<CastOp>();
  auto source = widening ? widening.getX().getDefiningOp<KernelOpInterface>() : KernelOpInterface();
  return source && source.role() == Role::inlined && getElementTypeOrSelf(rhs.getType()).isF32() &&
         isHalf(getElementTypeOrSelf(widening.getX().getType()));
}

bool ContractOp::takesIn(unsigned operand) {
  Value value = getOperand(operand);
  return narrowOperand(value) != value || (operand == 1 && isInlinedHalf(value));
}
AffineExpr ContractOp::steps(DimensionAnalysis &sizes) {
  AffineExpr products = sizes.elements(getResult());
  for (int64_t dim : getLhsContract())
    products = products * sizes.dimension(getLhs(), dim);
  return products;
}
AffineExpr ContractOp::operations(DimensionAnalysis &sizes) { return steps(sizes) * 2; }

namespace {
/// Checks the dimension lists of a contraction of two types.
struct PairChecker {
  std::optional<Location> location;
  RankedTensorType lhs, rhs;

  LogicalResult verifyPairs(StringRef name, ArrayRef<int64_t> left, ArrayRef<int64_t> right) const {
    if (left.size() != right.size()) // contract_c5
      return refuse(location, "", "expects ", name, " dimensions in pairs, but got [", left,
                    "] x [", right, "]");
    for (auto [l, r] : llvm::zip(left, right)) {
      if (failed(verifyDim(location, "lhs dimensions", l, lhs)) ||
          failed(verifyDim(location, "rhs dimensions", r, rhs)))
        return failure();                                       // contract_c3
      if (!areCompatible(lhs.getDimSize(l), rhs.getDimSize(r))) // contract_c1
        return refuse(location, "", "expects equal ", name, " sizes, but dimension ", l, " of lhs ",
                      lhs, " has size ", lhs.getDimSize(l), " and dimension ", r, " of rhs ", rhs,
                      " has size ", rhs.getDimSize(r));
    }
    return success();
  }
  LogicalResult verifyDistinct(StringRef operand, ArrayRef<int64_t> batch,
                               ArrayRef<int64_t> contract) const {
    SmallVector<int64_t> all(batch);
    llvm::append_range(all, contract);
    llvm::sort(all);
    const auto *twice = std::adjacent_find(all.begin(), all.end());
    if (twice != all.end()) // contract_c2
      return refuse(location, "", "expects distinct dimensions, but got dimension ", *twice, " of ",
                    operand, " twice");
    return success();
  }
};
} // namespace

LogicalResult ContractOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                           Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> lhs = rankedType(location, adaptor.getLhs()),
                              rhs = rankedType(location, adaptor.getRhs());
  if (failed(lhs) || failed(rhs))
    return failure();
  if (lhs->getElementType() != rhs->getElementType()) // contract_c4
    return refuse(location, "convert one with nn.cast", "expects operands of one dtype, but got ",
                  *lhs, " and ", *rhs);
  PairChecker checker{location, *lhs, *rhs};
  if (failed(checker.verifyPairs("batch", adaptor.getLhsBatch(), adaptor.getRhsBatch())) ||
      failed(
          checker.verifyPairs("contracting", adaptor.getLhsContract(), adaptor.getRhsContract())) ||
      failed(checker.verifyDistinct("lhs", adaptor.getLhsBatch(), adaptor.getLhsContract())) ||
      failed(checker.verifyDistinct("rhs", adaptor.getRhsBatch(), adaptor.getRhsContract())))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [l, r] : llvm::zip(adaptor.getLhsBatch(), adaptor.getRhsBatch()))
    shape.push_back(mergeSizes(lhs->getDimSize(l), rhs->getDimSize(r)));
  for (int64_t dim : freeDims(lhs->getRank(), adaptor.getLhsBatch(), adaptor.getLhsContract()))
    shape.push_back(lhs->getDimSize(dim));
  for (int64_t dim : freeDims(rhs->getRank(), adaptor.getRhsBatch(), adaptor.getRhsContract()))
    shape.push_back(rhs->getDimSize(dim));
  types.push_back(lhs->clone(shape));
  return success();
}
AffineExpr ContractOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  size_t batch = getLhsBatch().size();
  if (dim < batch)
    return sizes.dimension(getLhs(), getLhsBatch()[dim]);
  SmallVector<int64_t> lhsFree = lhsFreeDims();
  if (dim < batch + lhsFree.size())
    return sizes.dimension(getLhs(), lhsFree[dim - batch]);
  return sizes.dimension(getRhs(), rhsFreeDims()[dim - batch - lhsFree.size()]);
}

void ContractOp::collectEqualSizes(DimensionAnalysis &sizes, SmallVectorImpl<SizePair> &pairs) {
  for (auto [l, r] : llvm::zip(getLhsBatch(), getRhsBatch()))
    pairs.push_back(sizes.pair(*this, 0, l, 1, r));
  for (auto [l, r] : llvm::zip(getLhsContract(), getRhsContract()))
    pairs.push_back(sizes.pair(*this, 0, l, 1, r));
}

FailureOr<SmallVector<Tensor>> ContractOp::evaluate(ArrayRef<Tensor> operands,
                                                    ArrayRef<RankedTensorType> resultTypes) {
  const Tensor &lhs = operands[0], &rhs = operands[1];
  std::vector<int64_t> lhsBatch = offsetsAlong(lhs.shape, getLhsBatch()),
                       rhsBatch = offsetsAlong(rhs.shape, getRhsBatch()),
                       lhsFree = offsetsAlong(lhs.shape, lhsFreeDims()),
                       rhsFree = offsetsAlong(rhs.shape, rhsFreeDims()),
                       lhsSum = offsetsAlong(lhs.shape, getLhsContract()),
                       rhsSum = offsetsAlong(rhs.shape, getRhsContract());
  assert(lhsBatch.size() == rhsBatch.size() && lhsSum.size() == rhsSum.size() &&
         "type inference checks the paired sizes");
  Tensor result(resultTypes.front());
  Scalar zero = Scalar::of(0.0, result.element), *next = result.data.data();
  for (size_t b = 0; b < lhsBatch.size(); ++b)
    for (int64_t m : lhsFree)
      for (int64_t n : rhsFree) {
        Scalar sum = zero;
        for (size_t k = 0; k < lhsSum.size(); ++k)
          sum = sum + lhs.data[lhsBatch[b] + m + lhsSum[k]] * rhs.data[rhsBatch[b] + n + rhsSum[k]];
        *next++ = sum;
      }
  return SmallVector<Tensor>{std::move(result)};
}

static SmallVector<int64_t> range(int64_t begin, int64_t count) {
  return llvm::to_vector(llvm::seq<int64_t>(begin, begin + count));
}
/// The permutation that brings dimension i of a product to dimension to[i] of an operand.
static SmallVector<int64_t> permutationTo(ArrayRef<int64_t> to) {
  SmallVector<int64_t> permutation(to.size());
  for (auto [position, dim] : llvm::enumerate(to))
    permutation[dim] = position;
  return permutation;
}
/// The dimensions paired with `theirs`, in the increasing order of `theirs`: the order in which a
/// contraction that leaves `theirs` free lists them.
static SmallVector<int64_t> sortedByPartner(ArrayRef<int64_t> mine, ArrayRef<int64_t> theirs) {
  SmallVector<int64_t> order = range(0, mine.size()), result;
  llvm::sort(order, [&](int64_t a, int64_t b) { return theirs[a] < theirs[b]; });
  for (int64_t position : order)
    result.push_back(mine[position]);
  return result;
}

/// dy is [batch, m, n]. dlhs = contract(dy, rhs) over n is [batch, m, k]; drhs = contract(lhs, dy)
/// over m is [batch, k, n]; each is transposed to its operand's order. The rule emits what it
/// differentiates, so it serves every order.
LogicalResult ContractOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent(), lhs = vjp.operand(0), rhs = vjp.operand(1);
  SmallVector<int64_t> lhsFree = lhsFreeDims(), rhsFree = rhsFreeDims();
  int64_t batch = getLhsBatch().size(), m = lhsFree.size(), n = rhsFree.size();
  if (vjp.isActive(0)) {
    TensorExpr product =
        dy.with(ContractOp::create(vjp.builder, getLoc(), dy.value(), rhs.value(), range(0, batch),
                                   getRhsBatch(), range(batch + m, n), rhsFree));
    SmallVector<int64_t> target(getLhsBatch());
    llvm::append_range(target, lhsFree);
    llvm::append_range(target, sortedByPartner(getLhsContract(), getRhsContract()));
    vjp.accumulate(0, product.transpose(permutationTo(target)));
  }
  if (vjp.isActive(1)) {
    TensorExpr product =
        dy.with(ContractOp::create(vjp.builder, getLoc(), lhs.value(), dy.value(), getLhsBatch(),
                                   range(0, batch), lhsFree, range(batch, m)));
    SmallVector<int64_t> target(getRhsBatch());
    llvm::append_range(target, sortedByPartner(getRhsContract(), getLhsContract()));
    llvm::append_range(target, rhsFree);
    vjp.accumulate(1, product.transpose(permutationTo(target)));
  }
  return success();
}

} // namespace mlc::nn
