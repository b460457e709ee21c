// Conditions on the free dimensions of a function, as verify-dimensions leaves them behind.
#ifndef MLC_COMPILER_GRAPHTRANSFORMS_REQUIREMENTS_H
#define MLC_COMPILER_GRAPHTRANSFORMS_REQUIREMENTS_H

#include "dialects/NN/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

namespace mlc {

/// Collects the conditions of one function, without those that always hold and those that follow
/// from others. Messages get the place of the op in the model's text.
class Requirements {
public:
  Requirements(mlir::func::FuncOp function, nn::DimensionAnalysis &sizes)
      : function(function), sizes(sizes) {}

  void addEqual(mlir::Operation *op, mlir::AffineExpr left, mlir::AffineExpr right,
                const std::string &message);
  /// Fails, with a diagnostic, where the condition never holds.
  llvm::LogicalResult addAtMost(mlir::Operation *op, mlir::AffineExpr left, mlir::AffineExpr right,
                                const std::string &message);
  /// A tensor that `op` makes, of this shape, has at most kMostElements elements, sizes of 0
  /// counted as 1.
  void addCountable(mlir::Operation *op, llvm::ArrayRef<mlir::AffineExpr> shape);
  /// The runtime has counted the elements of an argument.
  void addCounted(llvm::ArrayRef<mlir::AffineExpr> shape);
  mlir::ArrayAttr list();

private:
  /// constant * the product of the factors, which are sorted
  struct ElementCount {
    double constant = 1;
    llvm::SmallVector<mlir::AffineExpr> factors;
    bool isCoveredBy(const ElementCount &other) const;
  };
  struct Requirement {
    nn::RequirementAttr attribute; ///< null: known to hold
    ElementCount count;
    bool isCount = false;
  };
  ElementCount countOf(llvm::ArrayRef<mlir::AffineExpr> shape) const;
  void addCount(nn::RequirementAttr attribute, llvm::ArrayRef<mlir::AffineExpr> shape);
  nn::RequirementAttr make(mlir::Operation *op, nn::SizeRelation relation,
                           llvm::ArrayRef<mlir::AffineExpr> results, const std::string &message);

  mlir::func::FuncOp function;
  nn::DimensionAnalysis &sizes;
  llvm::SmallVector<Requirement> requirements;
  llvm::DenseSet<std::pair<mlir::AffineExpr, mlir::AffineExpr>> equal, ordered;
};

} // namespace mlc
#endif
