// Phase 9, host: see Passes.td and HostProgram.h.
#ifndef MLC_COMPILER_HOSTPROGRAM_PASSES_H
#define MLC_COMPILER_HOSTPROGRAM_PASSES_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/HostProgram/Passes.h.inc"
} // namespace mlc
#endif
