// What an element has of the windows that see it: the derivatives of pools, and of convolutions
// with strides.
#ifndef MLC_DIALECTS_NN_WINDOWSOFELEMENTS_H
#define MLC_DIALECTS_NN_WINDOWSOFELEMENTS_H

#include "dialects/NN/Windows.h"

namespace mlc::nn {

/// For each element of x the windows that see it, of which there are few: those of the elements of
/// a dimension that are `stride` apart are as far from each other, so that they are windows of the
/// positions. For spatial dimensions of known sizes, and windows without gaps.
class WindowsOfElements {
public:
  WindowsOfElements(const Lettered &x, llvm::StringRef spatial, const WindowGrid &grid);
  static bool areKnown(const Lettered &x, llvm::StringRef spatial, const WindowGrid &grid);

  /// What is given for each position, at those of the windows: [n, elements and phases, windows,
  /// c]; `outside` where there is none.
  Lettered of(const Lettered &given, double outside) const;
  /// Which of its elements, counted row-major, each window sees there; -2 where it does not see it.
  TensorExpr places(const Lettered &like) const;
  /// The elements of a kernel [windows, c], as the windows count them: [windows and phases, c], any
  /// number where there is none.
  Lettered kernel(const Lettered &taps) const;
  /// The sum over the windows of an element, of the shape of x.
  Lettered sum(const Lettered &shares) const;

private:
  char phaseOf(size_t dim) const { return static_cast<char>('0' + dim); }
  /// The first element of a window that the first element of x may be: none, if negative.
  int64_t firstOf(size_t dim) const {
    int64_t stride = grid.strides[dim], low = grid.low[dim];
    return low - (stride - 1 + low) / stride * stride;
  }
  std::string order() const;

  Lettered x;
  std::string spatial;
  WindowGrid grid;
  WindowGrid around; ///< of positions around an element
};

} // namespace mlc::nn
#endif
