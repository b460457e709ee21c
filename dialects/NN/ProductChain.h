// Products whose results are operands of others: attention, forward and backward.
#ifndef MLC_DIALECTS_NN_PRODUCTCHAIN_H
#define MLC_DIALECTS_NN_PRODUCTCHAIN_H

#include "dialects/NN/NN.h"
#include "llvm/ADT/SetVector.h"

namespace mlc::nn {

/// Ops around cells: tensors with an element for every row and every key of a batch position, which
/// products make of two operands (`makers`), elementwise ops compute, reductions along the keys
/// take in, and other products (`takers`) multiply with a third operand. For attention cells are
/// the scores, their exponentials and all their derivatives. Where blocks of cells are computed
/// when they are needed, none is ever stored.
struct ProductChain {
  /// A product of cells, its operand number `operand`, and of what is none.
  struct Taker {
    ProductOpInterface op;
    unsigned operand;

    mlir::Value cells() const { return op->getOperand(operand); }
    mlir::Value other() const { return op->getOperand(1 - operand); }
    /// The dimension of the other operand that a dimension of the cells is paired with; -1: none.
    int64_t otherDim(int64_t cellDim) const;
    /// The dimension of the result that a dimension of the cells is; -1: it is summed over.
    int64_t resultDim(int64_t cellDim) const;
    bool sumsOver(int64_t cellDim) const { return resultDim(cellDim) < 0; }
    /// The one dimension of the other operand, and of the result, that the cells do not have.
    int64_t otherColumn() const;
    int64_t resultColumn() const;
  };

  int64_t rank, row, key; ///< of cells, and which dimensions are the rows and the keys
  llvm::SetVector<mlir::Operation *> cells; ///< the makers and what computes cells of cells
  llvm::SmallVector<ProductOpInterface> makers;
  llvm::SmallVector<ReductionOpInterface> reductions;
  llvm::SmallVector<Taker> takers;

  /// The chain that `ops`, in their order, are or have in them; none if there is no product of
  /// cells and no reduction of them, or if they do not fit each other.
  static std::optional<ProductChain> of(llvm::ArrayRef<mlir::Operation *> ops);

  /// The operand of a maker, 0 or 1, that has a dimension of the cells and not the other of rows
  /// and keys.
  unsigned sideOf(ProductOpInterface maker, int64_t cellDim) const;

private:
  bool findCells(llvm::ArrayRef<mlir::Operation *> ops);
  bool findRowAndKey();
  bool fits() const;
};

/// The dimension of an operand of a product that dimension `resultDim` of its result is; -1: none.
int64_t operandDimOf(ProductOpInterface product, unsigned operand, int64_t resultDim);

} // namespace mlc::nn
#endif
