#include "test/fuzz/Sizes.h"
#include "mlir/IR/AffineExpr.h"

using namespace mlir;
using namespace mlc::nn;
using llvm::DynamicAPInt;

namespace mlc::fuzz {

//===- Choice -------------------------------------------------------------------===//

Sizes drawSizes(func::FuncOp function, Random &random) {
  static constexpr int64_t kSizes[] = {1, 2, 3, 5, 8, 13, 16, 17, 31, 33};
  DimensionAnalysis analysis(function);
  Sizes sizes;
  bool areNamed = true;
  for (const FreeDimension &dimension : analysis.freeDimensions()) {
    bool isEmpty = StringRef(dimension.name).ends_with("_or_none") && random.chance(0.25);
    sizes.push_back(isEmpty ? 0 : random.pick(kSizes));
    areNamed &= dimension.named;
  }
  if (!areNamed)
    llvm::fill(sizes, random.pick(kSizes));
  return sizes;
}

static Sizes pickEach(size_t count, ArrayRef<int64_t> from, Random &random) {
  Sizes sizes;
  for (size_t i = 0; i < count; ++i)
    sizes.push_back(random.pick(from));
  return sizes;
}

std::vector<Sizes> drawOddSizes(const Sizes &suitable, Random &random) {
  static constexpr int64_t kSmall[] = {0, 1, 2, 3, 5},
                           kLarge[] = {0,
                                       1,
                                       3,
                                       1 << 11,
                                       1 << 16,
                                       (int64_t(1) << 22) + 1,
                                       int64_t(1) << 31,
                                       int64_t(1) << 32,
                                       int64_t(1) << 40,
                                       int64_t(1) << 44,
                                       (int64_t(1) << 44) + 1,
                                       int64_t(1) << 62,
                                       INT64_MAX},
                           kNegative[] = {-1, -(int64_t(1) << 31), INT64_MIN};
  size_t count = suitable.size();
  if (count == 0)
    return {};
  Sizes neighbour = suitable, negative = suitable;
  int64_t &changed = neighbour[random.below(static_cast<int64_t>(count))];
  changed = std::max<int64_t>(changed + (random.chance(0.5) ? 1 : -1), 0);
  negative[random.below(static_cast<int64_t>(count))] = random.pick(kNegative);
  return {Sizes(count, 0),
          Sizes(count, random.between(1, 4)),
          neighbour,
          negative,
          pickEach(count, kSmall, random),
          Sizes(count, random.pick(kLarge)),
          pickEach(count, kLarge, random),
          pickEach(count, kLarge, random)};
}

bool areSmall(ArrayRef<int64_t> sizes) {
  return llvm::all_of(sizes, [](int64_t size) { return size >= 0 && size <= 40; });
}

//===- Exact sizes --------------------------------------------------------------===//

SizeOracle::Number SizeOracle::valueOf(AffineExpr expr, ArrayRef<int64_t> sizes) const {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return DynamicAPInt(constant.getValue());
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return DynamicAPInt(sizes[symbol.getPosition()]);
  auto pair = cast<AffineBinaryOpExpr>(expr);
  Number lhs = valueOf(pair.getLHS(), sizes), rhs = valueOf(pair.getRHS(), sizes);
  if (!lhs || !rhs)
    return std::nullopt;
  if (expr.getKind() == AffineExprKind::Add)
    return *lhs + *rhs;
  if (expr.getKind() == AffineExprKind::Mul)
    return *lhs * *rhs;
  if (*rhs <= 0)
    return std::nullopt;
  return expr.getKind() == AffineExprKind::FloorDiv  ? floorDiv(*lhs, *rhs)
         : expr.getKind() == AffineExprKind::CeilDiv ? ceilDiv(*lhs, *rhs)
                                                     : mod(*lhs, *rhs);
}

SizeOracle::Number SizeOracle::elementsOf(Value value, ArrayRef<int64_t> sizes) {
  DynamicAPInt count(1);
  for (AffineExpr expr : analysis.shape(value)) {
    Number size = valueOf(expr, sizes);
    if (!size || *size < 0)
      return std::nullopt;
    count *= *size == 0 ? DynamicAPInt(1) : *size;
  }
  return count;
}
bool SizeOracle::isTensor(Value value, ArrayRef<int64_t> sizes) {
  Number count = elementsOf(value, sizes);
  return count && *count <= DynamicAPInt(int64_t(1) << 44);
}

bool SizeOracle::isBeyondMemory(ArrayRef<int64_t> sizes) {
  DynamicAPInt sum(0);
  function.walk([&](Operation *op) {
    for (Value result : op->getResults())
      if (isa<RankedTensorType>(result.getType()))
        sum += elementsOf(result, sizes).value_or(DynamicAPInt(0));
  });
  return sum > DynamicAPInt(int64_t(1) << 40);
}

/// Divisors are above 0, dividends within 62 bits and, without a sign, at least 0.
bool SizeOracle::canDivide(Operation *op, ArrayRef<int64_t> sizes) {
  AffineExpr by = analysis.index(op->getOperand(1));
  Number dividend = valueOf(analysis.index(op->getOperand(0)), sizes), divisor = valueOf(by, sizes);
  if (!dividend || !divisor || (*divisor <= 0 && !isa<AffineConstantExpr>(by)))
    return false;
  return llvm::abs(*dividend) <= DynamicAPInt(kLargestDividend) &&
         (!isUnsignedDivision(op) || (*dividend >= 0 && *divisor > 0));
}

bool SizeOracle::accepts(Operation *op, ArrayRef<int64_t> sizes) {
  if (isIndexDivision(op))
    return canDivide(op, sizes);
  SmallVector<SizePair> pairs;
  SmallVector<SizeLimit> limits;
  if (auto sized = dyn_cast<DimensionOpInterface>(op)) {
    sized.collectEqualSizes(analysis, pairs);
    sized.collectLimits(analysis, limits);
  }
  for (const SizePair &pair : pairs)
    if (valueOf(pair.left, sizes) != valueOf(pair.right, sizes))
      return false;
  for (const SizeLimit &limit : limits) {
    Number left = valueOf(limit.left, sizes), right = valueOf(limit.right, sizes);
    if (!left || !right || (limit.isEquality ? *left != *right : *left > *right))
      return false;
  }
  for (Value operand : op->getOperands())
    if (isa<IndexType>(operand.getType()) && isa<NNDialect>(op->getDialect())) {
      Number number = valueOf(analysis.index(operand), sizes);
      if (!number || *number > DynamicAPInt(kLargestDividend))
        return false;
    }
  return llvm::all_of(op->getResults(), [&](Value result) {
    return !isa<RankedTensorType>(result.getType()) || isTensor(result, sizes);
  });
}

bool SizeOracle::accepts(ArrayRef<int64_t> sizes) {
  auto isNegative = [](int64_t size) { return size < 0; };
  if (llvm::any_of(sizes, isNegative) ||
      !llvm::all_of(function.getArguments(), [&](Value value) { return isTensor(value, sizes); }))
    return false;
  WalkResult walk = function.getBody().walk(
      [&](Operation *op) { return WalkResult(success(accepts(op, sizes))); });
  return !walk.wasInterrupted();
}

std::vector<Tensor> SizeOracle::results(ArrayRef<int64_t> sizes) {
  std::vector<Tensor> results;
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [number, value] : llvm::enumerate(terminator->getOperands())) {
    if (function.getResultAttr(static_cast<unsigned>(number), "nn.storage"))
      continue;
    Tensor &result = results.emplace_back();
    result.element = getElementTypeOrSelf(value);
    for (AffineExpr expr : analysis.shape(value)) {
      Number size = valueOf(expr, sizes);
      bool isSize = size && *size >= 0 && *size <= DynamicAPInt(INT64_MAX);
      result.shape.push_back(isSize ? static_cast<int64_t>(*size) : 0);
    }
  }
  return results;
}

} // namespace mlc::fuzz
