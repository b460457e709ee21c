// Kernels become loops, and loops LLVM's dialect. See Passes.td.
#ifndef MLC_COMPILER_CODEGEN_PASSES_H
#define MLC_COMPILER_CODEGEN_PASSES_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlc {
class Target;

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/Codegen/Passes.h.inc"

/// The options of schedule-kernels for a target at -O`optLevel`.
ScheduleKernelsPassOptions scheduleOptionsFor(const Target &target, unsigned optLevel);

} // namespace mlc
#endif
