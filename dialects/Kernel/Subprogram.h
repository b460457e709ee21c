// Subprograms: functions that an entry runs, as an entry is planned and run, with a frame of their
// own.
#ifndef MLC_DIALECTS_KERNEL_SUBPROGRAM_H
#define MLC_DIALECTS_KERNEL_SUBPROGRAM_H

#include "dialects/Kernel/Kernel.h"

#define GET_OP_CLASSES
#include "dialects/Kernel/SubprogramOps.h.inc"

namespace mlc::kernel {

/// Unit attribute of a private function that is the body of control flow. Its arguments are
/// tensors, then free dimensions as `index`, as those of a kernel, with the same `nn.sizes`.
constexpr llvm::StringLiteral kSubprogramAttr = "kernel.subprogram";

bool isSubprogram(mlir::func::FuncOp function);
/// All functions that the host runs, every subprogram before what runs it: subprograms, entries.
llvm::SmallVector<mlir::func::FuncOp> programs(mlir::ModuleOp module);
/// A function that an op runs, and its index arguments.
struct Run {
  mlir::func::FuncOp subprogram;
  mlir::ValueRange dims;
};
/// What an op runs, none but for kernel.loop and kernel.call: first what yields its results.
llvm::SmallVector<Run, 2> runsOf(mlir::Operation *op);
/// What an op passes to a subprogram that it runs, the same in every trip.
struct Captures {
  mlir::MutableOperandRange values;
  unsigned firstArgument; ///< of the subprogram; the others follow
};
Captures capturesOf(mlir::Operation *op, mlir::func::FuncOp subprogram);
/// The value of a size expression of a subprogram where it runs on `dims`.
mlir::AffineExpr atCall(mlir::AffineExpr expr, mlir::ValueRange dims, nn::DimensionAnalysis &sizes);
/// Whether the op computes its results, each into memory of its own.
bool writesMemory(mlir::Operation *op);
/// Whether the op of an entry does something when that runs: computes results, or checks.
bool isStep(mlir::Operation *op);
/// Whether running the op can fail: a check, or what runs a subprogram with one.
bool canFail(mlir::Operation *op);
/// Calls `visit` with every launch of a program and of the subprograms that it runs, with no
/// regard to how often.
void forEachLaunch(mlir::func::FuncOp program, llvm::function_ref<void(LaunchOp)> visit);

/// Registers the ops of this file.
void addSubprogramOps(KernelDialect &dialect);

} // namespace mlc::kernel
#endif
