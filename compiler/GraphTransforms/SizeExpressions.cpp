#include "compiler/GraphTransforms/SizeExpressions.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace mlc {

Value buildIndex(OpBuilder &builder, Location location, AffineExpr expr,
                 function_ref<Value(unsigned)> symbols) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return arith::ConstantIndexOp::create(builder, location, constant.getValue());
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return symbols(symbol.getPosition());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Value lhs = buildIndex(builder, location, binary.getLHS(), symbols);
  Value rhs = buildIndex(builder, location, binary.getRHS(), symbols);
  auto floorDiv = [&](Value dividend) -> Value {
    if (nn::mayBeNegative(binary.getLHS()))
      return arith::FloorDivSIOp::create(builder, location, dividend, rhs);
    return arith::DivUIOp::create(builder, location, dividend, rhs);
  };
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return arith::AddIOp::create(builder, location, lhs, rhs);
  case AffineExprKind::Mul:
    return arith::MulIOp::create(builder, location, lhs, rhs);
  case AffineExprKind::FloorDiv:
    return floorDiv(lhs);
  case AffineExprKind::CeilDiv: {
    Value one = arith::ConstantIndexOp::create(builder, location, 1);
    Value most = arith::SubIOp::create(builder, location, rhs, one);
    return floorDiv(arith::AddIOp::create(builder, location, lhs, most));
  }
  case AffineExprKind::Mod:
    if (nn::mayBeNegative(binary.getLHS()))
      return arith::SubIOp::create(builder, location, lhs,
                                   arith::MulIOp::create(builder, location, floorDiv(lhs), rhs));
    return arith::RemUIOp::create(builder, location, lhs, rhs);
  default:
    llvm_unreachable("size expressions have no dims");
  }
}

Value freeDimension(OpBuilder &builder, func::FuncOp function, unsigned symbol,
                    nn::DimensionAnalysis &sizes) {
  const nn::FreeDimension &free = sizes.freeDimensions()[symbol];
  Value argument = function.getArgument(free.argument);
  if (isa<IndexType>(argument.getType()))
    return argument;
  return cast<Value>(nn::TensorExpr(builder, function.getLoc(), argument).size(free.dim));
}

void collectSymbols(AffineExpr expr, SmallVectorImpl<unsigned> &used) {
  expr.walk([&](AffineExpr part) {
    if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
      if (!llvm::is_contained(used, symbol.getPosition()))
        used.push_back(symbol.getPosition());
  });
}

} // namespace mlc
