// The ops of the nn dialect that have bodies: include this to use them.
#ifndef MLC_DIALECTS_NN_CONTROLFLOW_H
#define MLC_DIALECTS_NN_CONTROLFLOW_H

#include "dialects/NN/NN.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"

#include "dialects/NN/ControlFlowInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/NN/ControlFlowOps.h.inc"

namespace mlc::nn {
/// What a body yields.
YieldOp yieldOf(mlir::Region &body);
/// Fails, with a diagnostic, at an op in the body that reads or writes a state.
llvm::LogicalResult verifyEffects(mlir::Region &body);

/// Registers the ops of this file.
void addControlFlowOps(NNDialect &dialect);
} // namespace mlc::nn
#endif
