#include "compiler/GraphTransforms/SizeExpressions.h"
#include "dialects/NN/SizeEvaluator.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace mlc {

namespace {
class IndexOps : public nn::IntegerSizes<IndexOps, Value> {
public:
  IndexOps(OpBuilder &builder, Location location, function_ref<Value(unsigned)> symbols)
      : builder(builder), location(location), symbols(symbols) {}
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, location, value); }
  Value symbol(unsigned position) { return symbols(position); }
  Value plus(Value lhs, Value rhs) { return arith::AddIOp::create(builder, location, lhs, rhs); }
  Value minus(Value lhs, Value rhs) { return arith::SubIOp::create(builder, location, lhs, rhs); }
  Value times(Value lhs, Value rhs) { return arith::MulIOp::create(builder, location, lhs, rhs); }
  Value quotient(Value lhs, Value rhs, bool mayBeNegative) {
    if (mayBeNegative)
      return arith::FloorDivSIOp::create(builder, location, lhs, rhs);
    return arith::DivUIOp::create(builder, location, lhs, rhs);
  }
  Value remainder(Value lhs, Value rhs) {
    return arith::RemUIOp::create(builder, location, lhs, rhs);
  }

private:
  OpBuilder &builder;
  Location location;
  function_ref<Value(unsigned)> symbols;
};
} // namespace

Value buildIndex(OpBuilder &builder, Location location, AffineExpr expr,
                 function_ref<Value(unsigned)> symbols) {
  return IndexOps(builder, location, symbols).visit(expr);
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
