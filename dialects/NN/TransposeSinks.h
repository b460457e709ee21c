// Rewrites that move transposes towards the results, for the pass that runs them.
#ifndef MLC_DIALECTS_NN_TRANSPOSESINKS_H
#define MLC_DIALECTS_NN_TRANSPOSESINKS_H

#include "mlir/IR/PatternMatch.h"

namespace mlc::nn {

/// What is computed of transposed tensors alone is computed of the tensors as they are, and
/// transposed: until it meets the transpose that undoes it.
void populateTransposeSinks(mlir::RewritePatternSet &patterns);

} // namespace mlc::nn
#endif
