// Convolutions of short kernels with fewer products: Winograd's minimal filtering.
#ifndef MLC_DIALECTS_NN_WINOGRAD_H
#define MLC_DIALECTS_NN_WINOGRAD_H

#include "dialects/NN/TileMaps.h"
#include "dialects/NN/Windows.h"

namespace mlc::nn {

/// F(m, r): m neighbouring results of a filter of r taps by m + r - 1 products, those of `input`
/// times the elements that they see and `kernel` times the taps; `output` times these are the
/// results.
struct MinimalFilter {
  SmallMatrix input, kernel, output;
  /// The filter that takes so many points; as many as taps have no use for one.
  static MinimalFilter of(int64_t points, int64_t taps);
};

/// What a convolution multiplies, as far as the choice of an algorithm asks.
struct ConvolutionSizes {
  int64_t images = 1; ///< as far as is known
  llvm::SmallVector<int64_t> positions, taps;
  int64_t inputs = 1, outputs = 1; ///< channels
  bool isDerivative = false;       ///< by the input: of a kernel that steps of training change
};

/// What a convolution says of it (kWinogradAttr).
enum class WinogradUse { never, whereItPays, always };
WinogradUse winogradUse(mlir::Operation *op);

/// The points of a tile along dimensions of several taps; none where windows themselves are
/// multiplied.
std::optional<int64_t> winogradPoints(const WindowGrid &grid, const ConvolutionSizes &sizes,
                                      mlir::Type element, WinogradUse use);

/// A convolution of channels-last images by tiles.
class WinogradConvolution {
public:
  WinogradConvolution(mlir::OpBuilder &builder, mlir::Location location, const WindowGrid &grid,
                      llvm::ArrayRef<int64_t> positions, int64_t points);

  /// x: [n, spatial..., i] of channels; kernel: taps, and channels in either order. The result is
  /// [n, positions..., o]. The taps are in the opposite order along dimensions that are turned.
  TensorExpr forward(const TensorExpr &x, const Lettered &kernel, llvm::ArrayRef<bool> isTurned);
  /// The derivative by the kernel, [taps..., i, o].
  TensorExpr byKernel(const TensorExpr &x, const TensorExpr &dy);

private:
  TensorExpr inputs(const TensorExpr &x);
  TensorExpr kernels(const TensorExpr &taps, llvm::ArrayRef<bool> isTurned);
  using Matrix = SmallMatrix MinimalFilter::*;
  llvm::SmallVector<SmallMatrix> all(Matrix matrix, bool isTransposed = false) const;
  int64_t rank() const { return static_cast<int64_t>(filters.size()); }

  mlir::OpBuilder &builder;
  mlir::Location location;
  llvm::SmallVector<MinimalFilter> filters; ///< per spatial dimension
  llvm::SmallVector<int64_t> low, positions, outputs, tiles;
};

} // namespace mlc::nn
#endif
