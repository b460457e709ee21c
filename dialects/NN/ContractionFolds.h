// Rewrites of products, for the pass that runs them.
#ifndef MLC_DIALECTS_NN_CONTRACTIONFOLDS_H
#define MLC_DIALECTS_NN_CONTRACTIONFOLDS_H

#include "mlir/IR/PatternMatch.h"

namespace mlc::nn {

/// A contraction reads transposed operands, and writes a transposed result, by other dimension
/// numbers.
void populateTransposeFolds(mlir::RewritePatternSet &patterns);

} // namespace mlc::nn
#endif
