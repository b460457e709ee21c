// Phase 4, simplify: the graph of nn ops in its plainest form. See Passes.td.
#ifndef MLC_COMPILER_GRAPHTRANSFORMS_PASSES_H
#define MLC_COMPILER_GRAPHTRANSFORMS_PASSES_H

#include "dialects/Kernel/Kernel.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/GraphTransforms/Passes.h.inc"
} // namespace mlc
#endif
