// Products that a loop would add up over its trips, as one product of stacked values.
#ifndef MLC_COMPILER_AUTODIFF_STACKEDPRODUCTS_H
#define MLC_COMPILER_AUTODIFF_STACKEDPRODUCTS_H

#include "dialects/NN/ControlFlow.h"
#include <vector>

namespace mlc {

/// sum over t of contract(a[t], b[t]) = contract(a, b) over t as well: instead of a sum that every
/// trip reads and writes, factors of every trip. For the cotangents of what a loop backward
/// captures.
class StackedProducts {
public:
  StackedProducts() = default;
  /// `block` is the body of the loop: its arguments are values that flow from trip to trip, as many
  /// as `flowing`, then slices of the loop's stacks. It will yield a value for each that flows,
  /// then `stacked`.
  StackedProducts(mlir::Block &block, size_t flowing, llvm::ArrayRef<mlir::Value> stacked)
      : block(&block), flowing(flowing), yields(stacked) {}

  /// Takes the products out of `contribution` (which may be null) to value `position` that flows:
  /// those whose factors that are not stacked yet are small beside the sum. Returns the rest, null
  /// if that is all.
  mlir::Value take(mlir::OpBuilder &builder, size_t position, mlir::Value contribution);
  /// The factors that the loop has to stack besides, in order.
  llvm::SmallVector<mlir::Value> unstacked() const { return added; }
  /// The products that were taken from value `position`, after the loop, which stacks them now.
  llvm::SmallVector<mlir::Value> build(mlir::OpBuilder &builder, nn::LoopOpInterface loop,
                                       size_t position);

private:
  struct Product {
    size_t position;
    nn::ProductOpInterface op;                                  ///< in the body
    llvm::SmallVector<llvm::SmallVector<int64_t>> permutations; ///< of the product, then of that
  };

  bool isStacked(mlir::Value factor) const;
  bool pays(nn::ProductOpInterface product) const;
  mlir::Value stackOf(nn::LoopOpInterface loop, mlir::Value factor) const;

  mlir::Block *block = nullptr;
  size_t flowing = 0;
  llvm::SmallVector<mlir::Value> yields; ///< stacked by the loop
  llvm::SmallVector<mlir::Value> added;  ///< to these
  std::vector<Product> products;
};

} // namespace mlc
#endif
