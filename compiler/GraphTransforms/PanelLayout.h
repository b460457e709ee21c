// How a weight that products read is packed: the layout that kernel.unpack undoes.
#ifndef MLC_GRAPHTRANSFORMS_PANELLAYOUT_H
#define MLC_GRAPHTRANSFORMS_PANELLAYOUT_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlc {

struct PanelLayout {
  mlir::RankedTensorType weight;
  llvm::SmallVector<int64_t> depthDims; ///< that the products sum over, in their order
  int64_t products = 1;                 ///< of neighbours along the depth that a lane takes at once
  int64_t width = 1;                    ///< columns of a panel
  int64_t batchDims = 0;                ///< leading dimensions of a batch of weights
  bool operator==(const PanelLayout &other) const = default;

  /// Those that are columns, increasing.
  llvm::SmallVector<int64_t> columnDims() const;
  int64_t depth() const { return count(depthDims); }
  int64_t columns() const { return count(columnDims()); }
  /// [batch..., panels, depth, width], or [batch..., panels, depth / products, width, products].
  mlir::RankedTensorType packedType() const;
  /// nn ops that pack a value of the weight's type.
  mlir::Value pack(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value) const;

private:
  int64_t count(llvm::ArrayRef<int64_t> dims) const;
};

} // namespace mlc
#endif
