// What a kernel of a product chain keeps of its cells while it works on some rows, and in which
// order it computes them.
#ifndef MLC_COMPILER_CODEGEN_CPU_CHAIN_CHAINPLAN_H
#define MLC_COMPILER_CODEGEN_CPU_CHAIN_CHAINPLAN_H

#include "dialects/NN/ProductChain.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlc {

/// Memory for the cells of the rows in work is cut into slots, each of one value at a time.
struct ChainPlan {
  /// What is stored of a maker's products: they, or what only they are needed for.
  struct Made {
    nn::ProductOpInterface maker;
    mlir::Value stored;
    unsigned slot;
  };
  /// A pass over the cells of the rows, that computes a reduction, stores a value, or both.
  struct Pass {
    mlir::Operation *reduction = nullptr;
    mlir::Value stored;
    unsigned slot = 0;
  };
  llvm::SmallVector<Made> made;
  llvm::SmallVector<Pass> passes;
  llvm::SmallVector<mlir::Value> taken;    ///< cells as each taker is given them
  llvm::SmallVector<unsigned> slotOfTaker; ///< where the cells of each taker are in the end
  unsigned slots = 0;

  using TakenCells = llvm::function_ref<mlir::Value(const nn::ProductChain::Taker &)>;
  ChainPlan(const nn::ProductChain &chain, TakenCells takenCells);
};

} // namespace mlc
#endif
