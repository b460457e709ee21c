// Chains of products: which ops, so that one kernel computes blocks of what is between two products
// when the second needs them.
#ifndef MLC_COMPILER_FUSION_CHAINPRODUCTS_H
#define MLC_COMPILER_FUSION_CHAINPRODUCTS_H

#include "compiler/Fusion/GroupGraph.h"

namespace mlc {

/// Lets cells of chains (nn::ProductChain) be computed by every kernel that needs them, and merges
/// the groups of a chain's other ops that can be one kernel. Nothing was merged before.
void chainProducts(mlir::Block &block, nn::DimensionAnalysis &sizes, GroupGraph &graph);

} // namespace mlc
#endif
