// What fusion needs to know of an op: the one place that tells kinds of ops apart.
#ifndef MLC_COMPILER_FUSION_ROLES_H
#define MLC_COMPILER_FUSION_ROLES_H

#include "dialects/NN/NN.h"

namespace mlc {

/// How an op takes part in fusion.
enum class Role {
  Inline,    ///< costs nothing: a copy goes into every kernel that reads it (splat constants, iota,
             ///< broadcast, unpack, what widens an operand of a contraction)
  Pointwise, ///< every element of the result is computed from elements of the operands, anywhere,
             ///< on demand
  Relocating,  ///< pointwise, but reads other positions than the one that it computes (transpose,
               ///< gather, pad)
  Reduction,   ///< loops over some dimensions of its operand (reduce, argmax)
  Contraction, ///< loops over two operands' shared dimensions
  Opaque,      ///< a kernel of its own (scatter, cumsum)
  View, ///< no computation: the same bytes under another shape, or a contiguous part, or neighbours
        ///< in one buffer
  Host, ///< stays in the entry: checks, sizes, tables of constants, return
  Unknown, ///< no kernel exists for it
};

/// `sizes` tells whether a slice or concat is contiguous.
Role roleOf(mlir::Operation *op, nn::DimensionAnalysis &sizes);

/// Whether a box with these offsets and sizes is one run of bytes of a tensor: unit strides, and
/// after the first dimension of more than one element every dimension whole.
bool isContiguousSlice(nn::SliceOp slice, nn::DimensionAnalysis &sizes);
/// Whether the operands lie one after the other in the result.
bool isContiguousConcat(nn::ConcatOp concat, nn::DimensionAnalysis &sizes);

/// The dimensions that a reduction loops over.
llvm::SmallVector<int64_t> reducedDims(mlir::Operation *reduction);

/// A pointwise op that is cheaper to repeat than to store and load: at most two tensors read, no
/// transcendental function.
bool isCheap(mlir::Operation *op);

} // namespace mlc
#endif
