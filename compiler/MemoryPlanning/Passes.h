// Phase 8, plan-memory: see Passes.td.
#ifndef MLC_COMPILER_MEMORYPLANNING_PASSES_H
#define MLC_COMPILER_MEMORYPLANNING_PASSES_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Pass/Pass.h"

namespace mlc {
/// On an entry after memory planning: the arena's bytes over its free dimensions.
constexpr llvm::StringLiteral kArenaAttr = "kernel.arena";
/// On nn.assert after memory planning: the place of the condition, in an array of one.
constexpr llvm::StringLiteral kPlacesAttr = "kernel.places";
/// On the module after memory planning: the tables of constants.
constexpr llvm::StringLiteral kConstantsAttr = "kernel.constants";
/// On a subprogram after memory planning: the results that it may write where the argument of the
/// same number is.
constexpr llvm::StringLiteral kRewritesAttr = "kernel.rewrites";
/// More than a process can address.
constexpr int64_t kMostArenaBytes = int64_t(1) << 47;
/// On an entry planned for `--max-dims`: the largest size of every free dimension, -1 where there
/// is none.
constexpr llvm::StringLiteral kMaxDimsAttr = "kernel.max_dims";

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/MemoryPlanning/Passes.h.inc"
} // namespace mlc
#endif
