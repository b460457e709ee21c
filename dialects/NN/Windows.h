// What convolutions and pools share: windows along the spatial dimensions of a tensor.
#ifndef MLC_DIALECTS_NN_WINDOWS_H
#define MLC_DIALECTS_NN_WINDOWS_H

#include "dialects/NN/ImageLayout.h"
#include "dialects/NN/Lettered.h"

namespace mlc::nn {

/// The windows along each spatial dimension, in the order of the layout.
struct WindowGrid {
  llvm::SmallVector<int64_t> sizes, strides, low, high, dilation;
  llvm::SmallVector<int64_t> inputDilation; ///< ones for pools

  size_t rank() const { return sizes.size(); }
  /// From the first to the last element of a window.
  int64_t length(size_t dim) const { return (sizes[dim] - 1) * dilation[dim] + 1; }
  /// Positions along a dimension of x with so many elements: negative where no window fits,
  /// dynamic where the size is.
  int64_t positions(size_t dim, int64_t size) const;
  mlir::AffineExpr positions(size_t dim, mlir::AffineExpr size) const;
  /// Whether a window is one element, and its positions are those of x.
  bool isTrivial() const;
};

/// Numbers for so many dimensions: one given for all, or none, which is `otherwise` for each.
llvm::SmallVector<int64_t> perDimension(llvm::ArrayRef<int64_t> given, size_t count,
                                        int64_t otherwise);
/// Padding at both ends of each dimension, of that many numbers or twice as many; `same`: as much
/// as makes as many positions as x has elements, divided by the stride and rounded up. The other
/// lists of the grid are there. Fails, with a diagnostic, where it is not known.
llvm::LogicalResult setPadding(std::optional<mlir::Location> location, WindowGrid &grid,
                               llvm::ArrayRef<int64_t> given, bool same, const ImageLayout &layout,
                               mlir::RankedTensorType x);
/// Whether every list has an entry for each spatial dimension, all in range; and whether a window
/// fits x, as far as is known.
llvm::LogicalResult verifyGrid(std::optional<mlir::Location> location, const WindowGrid &grid,
                               const ImageLayout &layout, mlir::RankedTensorType x);

/// The letter of the window dimension that belongs to a spatial one.
char windowLetter(char spatial);
std::string windowLetters(llvm::StringRef spatial);

/// x with its padding: what is negative of that is taken away.
Lettered padded(const Lettered &x, llvm::StringRef spatial, const WindowGrid &grid, double value);
/// What windows see of a padded x: window dimensions come after the last spatial one.
Lettered seenByWindows(const Lettered &x, llvm::StringRef spatial, const WindowGrid &grid);
/// The derivative of what windows see, padding that is not negative included, by x: `seen` summed
/// where x has its elements.
Lettered summedOverWindows(const TensorExpr &seen, const Lettered &x, llvm::StringRef spatial,
                           const WindowGrid &grid);
/// x without `before` elements at the beginning of a dimension, and as long as `size`.
Lettered trimmed(const Lettered &x, char letter, int64_t before, mlir::OpFoldResult size);

/// Of a dimension whose elements are `period` apart in another: those of the other at position
/// period * q + phase for all q meet the elements first + step * t of a window, t < count, at the
/// positions q + shift + advance * t. None do where count is 0.
struct Phase {
  int64_t first = 0, step = 1, count = 0, shift = 0, advance = 1;
};
/// The taps k of `size`, `dilation` apart, for which position + k * dilation - low is a multiple of
/// the period.
Phase phaseOf(int64_t phase, int64_t period, int64_t size, int64_t dilation, int64_t low);

} // namespace mlc::nn
#endif
