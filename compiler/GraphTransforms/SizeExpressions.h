// From size expressions back to IR.
#ifndef MLC_COMPILER_GRAPHTRANSFORMS_SIZEEXPRESSIONS_H
#define MLC_COMPILER_GRAPHTRANSFORMS_SIZEEXPRESSIONS_H

#include "dialects/NN/DimensionAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Builders.h"

namespace mlc {

/// Builds `expr` with arith ops on `index` values; symbol i is `symbols(i)`. Divisors are
/// above 0; quotients are rounded down.
mlir::Value buildIndex(mlir::OpBuilder &builder, mlir::Location location, mlir::AffineExpr expr,
                       llvm::function_ref<mlir::Value(unsigned)> symbols);

/// The value of a free dimension of the function: an index argument, or the size of a tensor.
mlir::Value freeDimension(mlir::OpBuilder &builder, mlir::func::FuncOp function, unsigned symbol,
                          nn::DimensionAnalysis &sizes);

/// The positions of the symbols that occur in `expr`, added to `used` in increasing order of first
/// use.
void collectSymbols(mlir::AffineExpr expr, llvm::SmallVectorImpl<unsigned> &used);

} // namespace mlc
#endif
