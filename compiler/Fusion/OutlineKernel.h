// Makes a kernel function of a group of ops.
#ifndef MLC_COMPILER_FUSION_OUTLINEKERNEL_H
#define MLC_COMPILER_FUSION_OUTLINEKERNEL_H

#include "compiler/Fusion/Grouping.h"
#include "dialects/Kernel/Kernel.h"
#include "llvm/ADT/SetVector.h"

namespace mlc {

/// A group of ops seen from outside. All values and symbols are those of the entry.
struct KernelInterface {
  llvm::SmallVector<mlir::Operation *>
      body; ///< the group's ops in program order, copies of inlined ones before their first reader
  llvm::SetVector<mlir::Value> inputs;    ///< tensors computed elsewhere
  llvm::SmallVector<mlir::Value> results; ///< tensors read elsewhere
  llvm::SmallVector<unsigned>
      symbols; ///< the entry's free dimensions that become index arguments, in order
};

/// Finds body and inputs; results and symbols are left empty.
KernelInterface findInputs(llvm::ArrayRef<mlir::Operation *> group,
                           const llvm::DenseSet<mlir::Operation *> &inlined);

/// Finds the symbols that sizes of inputs and results and index operands of the body are made of.
/// Fails, with a diagnostic, if one is not a free dimension of the entry.
mlir::LogicalResult findSymbols(KernelInterface &kernel, nn::DimensionAnalysis &sizes);

/// Builds the private kernel function `name` at the builder's insertion point.
mlir::func::FuncOp outlineKernel(mlir::OpBuilder &builder, const KernelInterface &kernel,
                                 llvm::StringRef name, nn::DimensionAnalysis &sizes);

} // namespace mlc
#endif
