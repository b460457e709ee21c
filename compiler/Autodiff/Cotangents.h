// What flows back to one value: contributions, collected and added up once.
#ifndef MLC_COMPILER_AUTODIFF_COTANGENTS_H
#define MLC_COMPILER_AUTODIFF_COTANGENTS_H

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

namespace mlc {

/// The contributions to the cotangents of values. An absent entry is a zero that is never built.
class Cotangents {
public:
  void add(mlir::Value value, mlir::Value contribution) {
    contributions[value].push_back(contribution);
  }
  bool contains(mlir::Value value) const { return contributions.contains(value); }
  /// Takes all contributions of `from`, which is about to vanish, and returns them.
  llvm::SmallVector<mlir::Value> take(mlir::Value from);
  /// Returns the sum of the contributions to `value`, of its type, or null if there are none. The
  /// sum is built at the builder's insertion point and kept. 16-bit floats are added in f32 and
  /// rounded once. Contributions that are disjoint boxes in zeros, side by side along one
  /// dimension, become one concatenation.
  mlir::Value resolve(mlir::OpBuilder &builder, mlir::Value value);

private:
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value>> contributions;
};

/// `value` under the type `type` of equal dtype, whose static sizes may be `?` in the other: a
/// reshape unless they are equal.
mlir::Value withType(mlir::OpBuilder &builder, mlir::Value value, mlir::Value like);

} // namespace mlc
#endif
