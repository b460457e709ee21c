// Phase 3, differentiate: from a model with derivative requests and training steps to plain
// functions. See Passes.td.
#ifndef MLC_COMPILER_AUTODIFF_PASSES_H
#define MLC_COMPILER_AUTODIFF_PASSES_H

#include "dialects/NN/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/Autodiff/Passes.h.inc"
} // namespace mlc
#endif
