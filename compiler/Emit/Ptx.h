//===- Ptx.h - kernels to PTX -----------------------------------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_PTX_H
#define MLC_COMPILER_EMIT_PTX_H

#include "compiler/Emit/ObjectCode.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"

namespace mlc {

class GpuTarget;

struct PtxOptions {
  const GpuTarget *target = nullptr;
  unsigned optLevel = 3;
  /// Adds the passes that turn a module of bufferised kernels into LLVM dialect.
  std::function<void(mlir::OpPassManager &)> addKernelPasses;
};

/// The text of one PTX module with an entry per kernel of a bufferised module. The plain mapping:
/// thread t of the launch computes tiles t, t + threads, ... of the kernel's grid, in scalar code.
/// An entry takes the kernel's buffers (inputs, then results), its index arguments as 64-bit
/// integers, the number of tiles, and a buffer with the kernel's scratch bytes for every thread. It
/// calls no library. Fails after a diagnostic.
mlir::FailureOr<Bytes> emitPtx(mlir::ModuleOp module, const PtxOptions &options,
                               mlir::TimingScope &timing);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_PTX_H
