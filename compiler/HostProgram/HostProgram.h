// Phase 9: what the emitter finds in the module, and the description of the model.
#ifndef MLC_COMPILER_HOSTPROGRAM_HOSTPROGRAM_H
#define MLC_COMPILER_HOSTPROGRAM_HOSTPROGRAM_H

#include "compiler/HostProgram/ModelDescription.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

namespace mlc {

/// After phase 9 the model's module holds
/// - `nn.parameter`, `nn.state`, `nn.storage`: declarations, as before;
/// - `func.func private @kernel_N` with `kernel.kernel`, as the bufferize phase left them;
/// - `func.func @ENTRY` without `kernel.kernel`: the entries as planned, for describeModel; nothing
/// of them is emitted;
/// - `module @mlc.host`: LLVM dialect only. For each entry `ENTRY.check_sizes`, `.run`,
/// `.arena_bytes`,
/// `.result_shape`, `.cost` with the signatures of
///   mlc_entry (runtime/model.h); declarations of `mlc_rt_launch` and, per kernel, of `kernel_N`
///   with the signature of mlc_kernel.
/// The emitter translates `module @mlc.host` as one LLVM module and every kernel as one of its own,
/// where the kernel's memref function is wrapped by a function `kernel_N` that unpacks mlc_kernel's
/// argument array (inputs, results, dims).
constexpr llvm::StringLiteral kHostModuleName = "mlc.host";
/// On the module after phase 9: the checks in the order of their numbers, dictionaries of the
/// fields of mlc_check.
constexpr llvm::StringLiteral kChecksAttr = "kernel.checks";
/// On an entry after phase 9: scratch bytes of one worker, where no dimension changes them.
constexpr llvm::StringLiteral kStaticScratchAttr = "kernel.scratch_bytes";

/// Reads the description of a model from a module after phase 9.
ModelDescription describeModel(mlir::ModuleOp module);

} // namespace mlc
#endif
