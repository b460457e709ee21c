// What the attributes and types of a convolution say.
#ifndef MLC_DIALECTS_NN_CONVGEOMETRY_H
#define MLC_DIALECTS_NN_CONVGEOMETRY_H

#include "dialects/NN/Windows.h"

namespace mlc::nn {

/// The words of x and of the kernel, and their spatial letters in the order of x.
struct ConvWords {
  std::string x, kernel, spatial;
  ImageLayout layout() const { return {x, spatial}; }
};

struct ConvGeometry {
  ConvWords words;
  WindowGrid grid;
};

/// Fails, with a diagnostic, where the attributes do not fit the types.
llvm::FailureOr<ConvGeometry> geometryOf(std::optional<mlir::Location> location,
                                         ConvOp::Adaptor op);
/// That of the convolution which the transposed one is.
llvm::FailureOr<ConvGeometry> geometryOf(std::optional<mlir::Location> location,
                                         ConvTransposeOp::Adaptor op);

} // namespace mlc::nn
#endif
