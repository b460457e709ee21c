// Phase 5, fuse: the graph is cut into kernels. See Passes.td.
#ifndef MLC_COMPILER_FUSION_PASSES_H
#define MLC_COMPILER_FUSION_PASSES_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Pass/Pass.h"

namespace mlc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/Fusion/Passes.h.inc"
} // namespace mlc
#endif
