// The sizes of tensors as expressions over a function's free dimensions.
#ifndef MLC_DIALECTS_NN_DIMENSIONANALYSIS_H
#define MLC_DIALECTS_NN_DIMENSIONANALYSIS_H

#include "dialects/NN/SizeSign.h"
#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Value.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/DenseMap.h"

namespace mlc::nn {

/// One free dimension of a function: a symbol of the size expressions, one C argument of the entry.
struct FreeDimension {
  std::string name;      ///< from `nn.dims`, or made up: "x_dim0"
  bool named = false;    ///< whether the user named it
  unsigned argument = 0; ///< the first argument that has it
  unsigned dim = 0;      ///< and where
};

/// A dimension of an operand of an op.
struct OperandDim {
  unsigned operand, dim;
};
/// Two sizes that an op needs to be equal, and what they are the sizes of.
struct SizePair {
  mlir::AffineExpr left, right;
  OperandDim leftOf, rightOf;
};

/// What an op needs of its sizes besides: two expressions that are equal, or of which the left one
/// is at most the right one, and what is wrong elsewhere, as in "box of nn.slice larger than its
/// operand".
struct SizeLimit {
  mlir::AffineExpr left, right;
  bool isEquality = false;
  std::string failure;
};

/// Assigns every distinct free dimension of a function's arguments a symbol (arguments with the
/// same name in `nn.dims` share one; an unnamed `?` is its own), and answers size queries as
/// AffineExprs over those symbols. Two sizes are equal at run time for certain if the expressions
/// are equal. In a kernel the `index` arguments are the first symbols, in order, and `nn.sizes` on
/// a tensor argument gives its sizes over them. Results are cached; the analysis does not see later
/// changes of the IR.
class DimensionAnalysis {
public:
  explicit DimensionAnalysis(mlir::FunctionOpInterface function);
  virtual ~DimensionAnalysis() = default;

  llvm::ArrayRef<FreeDimension> freeDimensions() const { return dimensions; }
  mlir::MLIRContext *context() const { return ctx; }

  /// Size of dimension `dim` of the tensor `value`. A constant where static.
  mlir::AffineExpr dimension(mlir::Value value, unsigned dim);
  llvm::SmallVector<mlir::AffineExpr> shape(mlir::Value value);
  /// The product of the sizes.
  mlir::AffineExpr elements(mlir::Value value);
  /// The value of an `index` operand: constants, nn.dim, arith on them; anything else becomes a
  /// symbol of its own.
  mlir::AffineExpr index(mlir::Value value);
  mlir::AffineExpr index(mlir::OpFoldResult value);
  /// Whether two sizes are equal for certain.
  bool areEqual(mlir::AffineExpr a, mlir::AffineExpr b) const;
  /// Whether two sizes differ for certain.
  bool areDifferent(mlir::AffineExpr a, mlir::AffineExpr b) const;
  /// Whether a <= b for certain.
  bool isAtMost(mlir::AffineExpr a, mlir::AffineExpr b) const;
  /// Dimensions of two operands of `op` as a pair.
  SizePair pair(mlir::Operation *op, unsigned left, unsigned leftDim, unsigned right,
                unsigned rightDim);
  /// `expr` with the names of the free dimensions.
  std::string describe(mlir::AffineExpr expr) const;
  mlir::AffineExpr constant(int64_t value) const { return mlir::getAffineConstantExpr(value, ctx); }
  /// The `index` values that became symbols, by position after the free dimensions.
  llvm::ArrayRef<mlir::Value> opaqueValues() const { return opaque; }
  /// A value of which nothing is known, or that no expression computes, and on which `expr`
  /// depends; null if there is none.
  mlir::Value unknownIn(mlir::AffineExpr expr) const;

  /// A symbol for a value that no expression computes.
  mlir::AffineExpr unknown(mlir::Value value);

private:
  mlir::AffineExpr simplified(mlir::AffineExpr expr) const;
  mlir::AffineExpr combined(mlir::Operation *op);

  mlir::MLIRContext *ctx;
  llvm::SmallVector<FreeDimension> dimensions;
  llvm::SmallVector<mlir::Value> opaque;
  llvm::DenseMap<std::pair<mlir::Value, unsigned>, mlir::AffineExpr> sizes;
  llvm::DenseMap<mlir::Value, mlir::AffineExpr> indices;
};

/// Divisions are of numbers below this: more than any product of a tensor's sizes.
constexpr int64_t kLargestDividend = int64_t(1) << 62;

/// Whether an op divides `index` values, and whether it takes them for unsigned.
bool isIndexDivision(mlir::Operation *op);
bool isUnsignedDivision(mlir::Operation *op);

/// No less than the absolute value of an expression where every symbol is a number from 0 to
/// `symbol`, and every divisor at least 1.
double magnitude(mlir::AffineExpr expr, double symbol);

} // namespace mlc::nn
#endif
