#include "dialects/NN/DimensionAnalysis.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/SizeEvaluator.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

/// Gives a dimension without a name of its own one that no other has.
static void nameApart(MutableArrayRef<FreeDimension> dimensions) {
  llvm::StringSet<> taken;
  for (const FreeDimension &dimension : dimensions)
    if (dimension.named)
      taken.insert(dimension.name);
  for (FreeDimension &dimension : dimensions)
    while (!dimension.named && !taken.insert(dimension.name).second)
      dimension.name += "_";
}

DimensionAnalysis::DimensionAnalysis(FunctionOpInterface function) : ctx(function->getContext()) {
  llvm::StringMap<unsigned> byName;
  for (BlockArgument argument : function.getArguments())
    if (isa<IndexType>(argument.getType())) {
      indices[argument] = getAffineSymbolExpr(dimensions.size(), ctx);
      dimensions.push_back(
          {"dim" + std::to_string(dimensions.size()), false, argument.getArgNumber(), 0});
    }
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      continue;
    if (auto map = function.getArgAttrOfType<AffineMapAttr>(argument.getArgNumber(), kSizesAttr)) {
      for (auto [dim, size] : llvm::enumerate(map.getValue().getResults()))
        sizes[{argument, static_cast<unsigned>(dim)}] = size;
      continue;
    }
    unsigned number = argument.getArgNumber();
    auto names = function.getArgAttrOfType<ArrayAttr>(number, kDimsAttr);
    auto argumentName = function.getArgAttrOfType<StringAttr>(number, kNameAttr);
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      if (!type.isDynamicDim(dim))
        continue;
      StringRef name = names && dim < static_cast<int64_t>(names.size())
                           ? cast<StringAttr>(names[dim]).getValue()
                           : "";
      auto [found, isNew] = name.empty() ? std::pair(byName.end(), true)
                                         : byName.try_emplace(name, dimensions.size());
      unsigned symbol = isNew ? dimensions.size() : found->second;
      if (isNew) {
        std::string base = argumentName ? argumentName.str() : "arg" + std::to_string(number);
        dimensions.push_back({name.empty() ? base + "_dim" + std::to_string(dim) : name.str(),
                              !name.empty(), number, static_cast<unsigned>(dim)});
      }
      sizes[{argument, static_cast<unsigned>(dim)}] = getAffineSymbolExpr(symbol, ctx);
    }
  }
  nameApart(dimensions);
}

AffineExpr DimensionAnalysis::simplified(AffineExpr expr) const {
  return simplifyAffineExpr(expr, 0, dimensions.size() + opaque.size());
}

AffineExpr DimensionAnalysis::unknown(Value value) {
  opaque.push_back(value);
  return getAffineSymbolExpr(dimensions.size() + opaque.size() - 1, ctx);
}

/// The op whose body's argument the value is; null for any other value.
static BodyOpInterface bodyOf(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  return dyn_cast_or_null<BodyOpInterface>(argument ? argument.getOwner()->getParentOp() : nullptr);
}

AffineExpr DimensionAnalysis::dimension(Value value, unsigned dim) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!type.isDynamicDim(dim))
    return constant(type.getDimSize(dim));
  if (auto found = sizes.find({value, dim}); found != sizes.end())
    return found->second;
  AffineExpr size;
  if (auto op = value.getDefiningOp<DimensionOpInterface>())
    size = simplified(op.resultDimension(cast<OpResult>(value).getResultNumber(), dim, *this));
  else if (auto body = bodyOf(value))
    size = simplified(body.argumentDimension(cast<BlockArgument>(value), dim, *this));
  else // a value that nothing is known of
    size = unknown(value);
  return sizes[{value, dim}] = size;
}

SmallVector<AffineExpr> DimensionAnalysis::shape(Value value) {
  SmallVector<AffineExpr> result;
  for (int64_t dim = 0; dim < cast<RankedTensorType>(value.getType()).getRank(); ++dim)
    result.push_back(dimension(value, dim));
  return result;
}
AffineExpr DimensionAnalysis::elements(Value value) {
  AffineExpr product = constant(1);
  for (AffineExpr size : shape(value))
    product = product * size;
  return product;
}

/// a / b of integers, towards zero; b may not be 0, and not below 0 unless it is a constant.
/// floor((a + b - 1) / b) is right below zero, floor(a / b) above, and floor(a / 2^62) is -1 below
/// zero and 0 above, for all numbers that are checked to be smaller.
static AffineExpr truncatedQuotient(AffineExpr a, AffineExpr b) {
  if (!mayBeNegative(a))
    return a.floorDiv(b);
  return (a - (b - 1) * a.floorDiv(kLargestDividend)).floorDiv(b);
}

/// The quotient of two sizes as the op rounds it; null where the divisor is the constant 0.
static AffineExpr quotient(Operation *op, AffineExpr a, AffineExpr b) {
  auto divisor = dyn_cast<AffineConstantExpr>(b);
  if (divisor && divisor.getValue() == 0)
    return {};
  if (divisor && divisor.getValue() < 0)
    a = -a, b = -b;
  if (isa<arith::DivSIOp, arith::RemSIOp>(op))
    return truncatedQuotient(a, b);
  if (isa<arith::CeilDivSIOp, arith::CeilDivUIOp>(op))
    return a.ceilDiv(b);
  return a.floorDiv(b); // the unsigned ones are checked to have operands of at least 0
}

bool isIndexDivision(Operation *op) {
  return isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::CeilDivSIOp,
             arith::CeilDivUIOp, arith::FloorDivSIOp>(op) &&
         isa<IndexType>(op->getResult(0).getType());
}
bool isUnsignedDivision(Operation *op) {
  return isa<arith::DivUIOp, arith::RemUIOp, arith::CeilDivUIOp>(op);
}

/// What an op on sizes computes; null where that is no expression, or has numbers so large that
/// they wrap.
AffineExpr DimensionAnalysis::combined(Operation *op) {
  AffineExpr a = index(op->getOperand(0)), b = index(op->getOperand(1)), result;
  double x = magnitude(a, 1), y = magnitude(b, 1);
  if (isa<arith::MulIOp>(op))
    return x * y < kLargestDividend ? a * b : AffineExpr();
  if (isa<arith::AddIOp, arith::SubIOp>(op))
    return x + y >= kLargestDividend ? AffineExpr() : isa<arith::AddIOp>(op) ? a + b : a - b;
  if (!isIndexDivision(op) || x >= kLargestDividend || y > kLargestDividend)
    return {};
  result = quotient(op, a, b);
  if (result && isa<arith::RemSIOp, arith::RemUIOp>(op))
    return x * y < kLargestDividend ? a - result * b : AffineExpr();
  return result;
}

AffineExpr DimensionAnalysis::index(Value value) {
  if (auto found = indices.find(value); found != indices.end())
    return found->second;
  AffineExpr result;
  APInt number;
  if (matchPattern(value, m_ConstantInt(&number)))
    result = constant(number.getSExtValue());
  else if (auto op = value.getDefiningOp<DimOp>())
    result = dimension(op.getX(), op.getDim());
  else if (Operation *op = value.getDefiningOp(); op && op->getNumOperands() == 2)
    result = combined(op);
  return indices[value] = result ? simplified(result) : unknown(value);
}

Value DimensionAnalysis::unknownIn(AffineExpr expr) const {
  Value unknown;
  expr.walk([&](AffineExpr part) {
    auto symbol = dyn_cast<AffineSymbolExpr>(part);
    if (symbol && symbol.getPosition() >= dimensions.size())
      unknown = opaque[symbol.getPosition() - dimensions.size()];
  });
  return unknown;
}

bool DimensionAnalysis::areEqual(AffineExpr a, AffineExpr b) const {
  return a == b || simplified(a - b) == constant(0);
}
bool DimensionAnalysis::areDifferent(AffineExpr a, AffineExpr b) const {
  auto difference = dyn_cast<AffineConstantExpr>(simplified(a - b));
  return difference && difference.getValue() != 0;
}
bool DimensionAnalysis::isAtMost(AffineExpr a, AffineExpr b) const {
  return !mayBeNegative(simplified(b - a));
}

SizePair DimensionAnalysis::pair(Operation *op, unsigned left, unsigned leftDim, unsigned right,
                                 unsigned rightDim) {
  return {dimension(op->getOperand(left), leftDim),
          dimension(op->getOperand(right), rightDim),
          {left, leftDim},
          {right, rightDim}};
}

namespace {
class SizeText : public SizeEvaluator<SizeText, std::string> {
public:
  explicit SizeText(ArrayRef<FreeDimension> dimensions) : dimensions(dimensions) {}
  std::string constant(int64_t value) { return std::to_string(value); }
  std::string symbol(unsigned position) {
    return position < dimensions.size() ? dimensions[position].name : "a size of its own";
  }
  std::string add(StringRef lhs, StringRef rhs, AffineExpr) { return join(lhs, " + ", rhs); }
  std::string mul(StringRef lhs, StringRef rhs, AffineExpr) { return join(lhs, " * ", rhs); }
  std::string floorDiv(StringRef lhs, StringRef rhs, AffineExpr) { return join(lhs, " / ", rhs); }
  std::string ceilDiv(StringRef lhs, StringRef rhs, AffineExpr) {
    return join(lhs, " ceildiv ", rhs);
  }
  std::string mod(StringRef lhs, StringRef rhs, AffineExpr) { return join(lhs, " mod ", rhs); }

private:
  static std::string join(StringRef lhs, StringRef sign, StringRef rhs) {
    return ("(" + lhs + sign + rhs + ")").str();
  }
  ArrayRef<FreeDimension> dimensions;
};

class Magnitude : public SizeEvaluator<Magnitude, double> {
public:
  explicit Magnitude(double size) : size(size) {}
  double constant(int64_t value) { return std::abs(static_cast<double>(value)); }
  double symbol(unsigned) { return size; }
  double add(double lhs, double rhs, AffineExpr) { return lhs + rhs; }
  double mul(double lhs, double rhs, AffineExpr) { return lhs * rhs; }
  double floorDiv(double lhs, double, AffineExpr) { return lhs; }
  double ceilDiv(double lhs, double, AffineExpr) { return lhs + 1; }
  double mod(double lhs, double rhs, AffineExpr) { return lhs + rhs; }

private:
  double size;
};
} // namespace

std::string DimensionAnalysis::describe(AffineExpr expr) const {
  return SizeText(dimensions).visit(expr);
}

AffineExpr DimensionAnalysis::index(OpFoldResult value) {
  if (auto attribute = dyn_cast<Attribute>(value))
    return constant(cast<IntegerAttr>(attribute).getInt());
  return index(cast<Value>(value));
}

double magnitude(AffineExpr expr, double symbol) { return Magnitude(symbol).visit(expr); }

} // namespace mlc::nn
