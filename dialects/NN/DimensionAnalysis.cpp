#include "dialects/NN/DimensionAnalysis.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

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
    if (auto map = function.getArgAttrOfType<AffineMapAttr>(argument.getArgNumber(), "nn.sizes")) {
      for (auto [dim, size] : llvm::enumerate(map.getValue().getResults()))
        sizes[{argument, static_cast<unsigned>(dim)}] = size;
      continue;
    }
    unsigned number = argument.getArgNumber();
    auto names = function.getArgAttrOfType<ArrayAttr>(number, "nn.dims");
    auto argumentName = function.getArgAttrOfType<StringAttr>(number, "nn.name");
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

AffineExpr DimensionAnalysis::dimension(Value value, unsigned dim) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!type.isDynamicDim(dim))
    return constant(type.getDimSize(dim));
  if (auto found = sizes.find({value, dim}); found != sizes.end())
    return found->second;
  AffineExpr size;
  if (auto op = value.getDefiningOp<DimensionOpInterface>())
    size = simplified(op.resultDimension(cast<OpResult>(value).getResultNumber(), dim, *this));
  else // a value that nothing is known of: a symbol of its own
    size =
        getAffineSymbolExpr((opaque.push_back(value), dimensions.size() + opaque.size() - 1), ctx);
  return sizes[{value, dim}] = size;
}

SmallVector<AffineExpr> DimensionAnalysis::shape(Value value) {
  SmallVector<AffineExpr> result;
  for (int64_t dim = 0; dim < cast<RankedTensorType>(value.getType()).getRank(); ++dim)
    result.push_back(dimension(value, dim));
  return result;
}

AffineExpr DimensionAnalysis::index(Value value) {
  if (auto found = indices.find(value); found != indices.end())
    return found->second;
  AffineExpr result;
  auto binary = [&](auto op, auto combine) {
    result = combine(index(op.getLhs()), index(op.getRhs()));
  };
  APInt number;
  if (matchPattern(value, m_ConstantInt(&number)))
    result = constant(number.getSExtValue());
  else if (auto op = value.getDefiningOp<DimOp>())
    result = dimension(op.getX(), op.getDim());
  else if (auto op = value.getDefiningOp<arith::AddIOp>())
    binary(op, [](AffineExpr a, AffineExpr b) { return a + b; });
  else if (auto op = value.getDefiningOp<arith::SubIOp>())
    binary(op, [](AffineExpr a, AffineExpr b) { return a - b; });
  else if (auto op = value.getDefiningOp<arith::MulIOp>())
    binary(op, [](AffineExpr a, AffineExpr b) { return a * b; });
  else if (auto op = value.getDefiningOp<arith::DivUIOp>())
    binary(op, [](AffineExpr a, AffineExpr b) { return a.floorDiv(b); });
  else if (auto op = value.getDefiningOp<arith::DivSIOp>())
    binary(op, [](AffineExpr a, AffineExpr b) { return a.floorDiv(b); });
  else if (auto op = value.getDefiningOp<arith::FloorDivSIOp>())
    binary(op, [](AffineExpr a, AffineExpr b) { return a.floorDiv(b); });
  else
    result =
        getAffineSymbolExpr((opaque.push_back(value), dimensions.size() + opaque.size() - 1), ctx);
  return indices[value] = simplified(result);
}

bool DimensionAnalysis::areEqual(AffineExpr a, AffineExpr b) const {
  return a == b || simplified(a - b) == constant(0);
}
bool DimensionAnalysis::areDifferent(AffineExpr a, AffineExpr b) const {
  auto difference = dyn_cast<AffineConstantExpr>(simplified(a - b));
  return difference && difference.getValue() != 0;
}
bool DimensionAnalysis::isAtMost(AffineExpr a, AffineExpr b) const {
  auto difference = dyn_cast<AffineConstantExpr>(simplified(b - a));
  return difference && difference.getValue() >= 0;
}

SizePair DimensionAnalysis::pair(Operation *op, unsigned left, unsigned leftDim, unsigned right,
                                 unsigned rightDim) {
  return {dimension(op->getOperand(left), leftDim),
          dimension(op->getOperand(right), rightDim),
          {left, leftDim},
          {right, rightDim}};
}

std::string DimensionAnalysis::describe(AffineExpr expr) const {
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return symbol.getPosition() < dimensions.size() ? dimensions[symbol.getPosition()].name
                                                    : "a size of its own";
  if (auto number = dyn_cast<AffineConstantExpr>(expr))
    return std::to_string(number.getValue());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  StringRef sign = expr.getKind() == AffineExprKind::Add        ? " + "
                   : expr.getKind() == AffineExprKind::Mul      ? " * "
                   : expr.getKind() == AffineExprKind::FloorDiv ? " / "
                   : expr.getKind() == AffineExprKind::CeilDiv  ? " ceildiv "
                                                                : " mod ";
  return "(" + describe(binary.getLHS()) + sign.str() + describe(binary.getRHS()) + ")";
}

AffineExpr DimensionAnalysis::index(OpFoldResult value) {
  if (auto attribute = dyn_cast<Attribute>(value))
    return constant(cast<IntegerAttr>(attribute).getInt());
  return index(cast<Value>(value));
}

bool mayBeNegative(AffineExpr expr) {
  if (auto number = dyn_cast<AffineConstantExpr>(expr))
    return number.getValue() < 0;
  auto pair = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!pair || expr.getKind() == AffineExprKind::Mod)
    return false;
  bool isSum = expr.getKind() == AffineExprKind::Add,
       isProduct = expr.getKind() == AffineExprKind::Mul;
  return mayBeNegative(pair.getLHS()) || ((isSum || isProduct) && mayBeNegative(pair.getRHS()));
}

} // namespace mlc::nn
