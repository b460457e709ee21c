// Sizes of the tensors inside a kernel, as affine expressions over its index arguments.
#ifndef MLC_COMPILER_CODEGEN_COMMON_KERNELSHAPES_H
#define MLC_COMPILER_CODEGEN_COMMON_KERNELSHAPES_H

#include "dialects/NN/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AffineMap.h"

namespace mlc {

/// Answers for every tensor and every `index` value of one kernel function. Symbol i of an
/// expression is the kernel's i-th index argument. Sizes are equal at run time for certain if their
/// expressions are equal.
class KernelShapes {
public:
  /// Reads the signature and `nn.sizes` of `kernel`; the function body may move afterwards.
  explicit KernelShapes(mlir::func::FuncOp kernel);

  mlir::AffineExpr size(mlir::Value tensor, unsigned dim);
  llvm::SmallVector<mlir::AffineExpr> sizes(mlir::Value tensor);
  /// Product of the sizes.
  mlir::AffineExpr elements(mlir::Value tensor);
  mlir::AffineExpr product(llvm::ArrayRef<mlir::AffineExpr> sizes);
  /// What KernelOpInterface says of these.
  mlir::AffineExpr operations(nn::KernelOpInterface op);
  mlir::AffineExpr steps(nn::KernelOpInterface op);
  /// Elements of a kernel's input that are read: where ops read parts of it only, the parts.
  mlir::AffineExpr elementsRead(mlir::Value input);
  mlir::AffineExpr elementsWritten(mlir::Value result);
  mlir::AffineExpr index(mlir::Value value);
  mlir::AffineExpr index(mlir::OpFoldResult value);
  mlir::AffineExpr constant(int64_t value) { return analysis.constant(value); }
  mlir::AffineExpr simplified(mlir::AffineExpr expr) const;
  /// `()[s0, ...] -> (exprs)` over the index arguments.
  mlir::AffineMapAttr map(llvm::ArrayRef<mlir::AffineExpr> exprs);
  unsigned indexArguments() const { return indexCount; }
  /// An index value that is neither an index argument, a constant, nor arithmetic on them; null if
  /// there was none.
  mlir::Value unknown() const { return unknownValue; }

private:
  mlir::AffineExpr overArguments(mlir::AffineExpr expr);

  nn::DimensionAnalysis analysis;
  llvm::SmallVector<mlir::AffineExpr> freeDimensions;
  llvm::SmallVector<mlir::Value> indexValues;
  unsigned indexCount = 0;
  mlir::Value unknownValue;
};

} // namespace mlc
#endif
