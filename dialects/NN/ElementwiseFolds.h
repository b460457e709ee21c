// Folding of all elementwise ops, registered with the dialect.
#ifndef MLC_DIALECTS_NN_ELEMENTWISEFOLDS_H
#define MLC_DIALECTS_NN_ELEMENTWISEFOLDS_H

#include "mlir/Interfaces/FoldInterfaces.h"

namespace mlc::nn {

/// Folds every op with ElementwiseOpInterface: small or splat constants by its scalar formula,
/// rounded once to the dtype, and identities that keep every bit of the result.
struct ElementwiseFolder : mlir::DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;
  llvm::LogicalResult fold(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                           llvm::SmallVectorImpl<mlir::OpFoldResult> &results) const override;
};

} // namespace mlc::nn
#endif
