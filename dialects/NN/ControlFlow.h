// The ops of the nn dialect that have bodies: include this to use them.
#ifndef MLC_DIALECTS_NN_CONTROLFLOW_H
#define MLC_DIALECTS_NN_CONTROLFLOW_H

#include "dialects/NN/NN.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"

namespace mlc::nn {
/// A loop whose trips have numbers, rank-0 i64 tensors.
struct NumberedLoop {
  mlir::Operation *loop;                          ///< what takes the place of the op
  llvm::SmallVector<mlir::BlockArgument> numbers; ///< the number, in each of its regions
  mlir::Value count;                              ///< of trips that were; null: all that are said
};
} // namespace mlc::nn

#include "dialects/NN/ControlFlowInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/NN/ControlFlowOps.h.inc"

namespace mlc::nn {
/// What a body yields.
YieldOp yieldOf(mlir::Region &body);
/// Fails, with a diagnostic, at an op in the body that reads or writes a state.
llvm::LogicalResult verifyEffects(mlir::Region &body);

/// Checks the body of a loop: its arguments, what it yields, the results, effects.
llvm::LogicalResult verifyLoopBody(LoopOpInterface loop);
/// What a carried value, and a slice of a stack, is known to be of; and limits that both share.
mlir::AffineExpr loopArgumentDimension(LoopOpInterface loop, unsigned argument, unsigned dim,
                                       DimensionAnalysis &sizes);
mlir::AffineExpr loopResultDimension(LoopOpInterface loop, unsigned result, unsigned dim,
                                     DimensionAnalysis &sizes);
void collectLoopLimits(LoopOpInterface loop, DimensionAnalysis &sizes,
                       llvm::SmallVectorImpl<SizeLimit> &limits);
/// The number of trips of an operand or an attribute, or ShapedType::kDynamic.
int64_t staticCount(mlir::IntegerAttr count, mlir::Value trips);
/// Parses `= 10` or `= %n`.
mlir::ParseResult parseTripCount(mlir::OpAsmParser &parser, mlir::IntegerAttr &count,
                                 std::optional<mlir::OpAsmParser::UnresolvedOperand> &trips);
/// Prints ` (%h = %h0)`.
void printAssignments(mlir::OpAsmPrinter &printer, mlir::ValueRange arguments,
                      mlir::ValueRange values);
/// The results of a loop whose body yields `values`; the first `types` are of what it carries.
llvm::SmallVector<mlir::Type> loopResults(mlir::ValueRange values, llvm::ArrayRef<mlir::Type> types,
                                          size_t carried, int64_t trips);
/// Registers the ops of this file.
void addControlFlowOps(NNDialect &dialect);
} // namespace mlc::nn
#endif
