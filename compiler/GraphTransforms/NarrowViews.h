// Views of narrow numbers: casts before and behind what shows the elements of a tensor elsewhere.
#ifndef MLC_COMPILER_GRAPHTRANSFORMS_NARROWVIEWS_H
#define MLC_COMPILER_GRAPHTRANSFORMS_NARROWVIEWS_H

#include "dialects/NN/NN.h"

namespace mlc {

/// The tensor whose elements `value` has in other places, and some maybe twice or not at all: that
/// of windows, transposes, slices, other shapes, and of what is padded. Null: it is no such view,
/// or one of flat storage.
mlir::Value viewedTensor(mlir::Value value);

/// What surrounds the elements of the view `value`; null: nothing does.
mlir::Value paddingOf(mlir::Value value);

/// Whether a view in the chain from `value` on is one of windows.
bool isOfWindows(mlir::Value value);

/// The view `value` of `tensor` instead, which has the shape of what it views and maybe another
/// dtype. Padding is cast.
mlir::Value viewAgain(mlir::Value value, mlir::Value tensor);

} // namespace mlc
#endif
