// How a matrix that products read is packed: the layout that kernel.unpack undoes.
#ifndef MLC_GRAPHTRANSFORMS_PANELLAYOUT_H
#define MLC_GRAPHTRANSFORMS_PANELLAYOUT_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlc {

struct PanelLayout {
  mlir::RankedTensorType matrix;
  int64_t depthDim = 0; ///< the dimension that the products sum over
  int64_t products = 1; ///< of neighbours along the depth that a lane takes at once
  int64_t width = 1;    ///< columns of a panel
  bool operator==(const PanelLayout &other) const = default;

  /// [panels, depth, width], or [panels, depth / products, width, products].
  mlir::RankedTensorType packedType() const;
  /// nn ops that pack `matrix`, a value of that type.
  mlir::Value pack(mlir::OpBuilder &builder, mlir::Location location, mlir::Value matrix) const;
};

} // namespace mlc
#endif
