// Tensors of a kernel that products read where they lie.
#ifndef MLC_COMPILER_CODEGEN_CPU_PLAINOPERAND_H
#define MLC_COMPILER_CODEGEN_CPU_PLAINOPERAND_H

#include "compiler/Codegen/Common/PullEmitter.h"
#include "compiler/Codegen/Common/ScheduleOptions.h"

namespace mlc {

/// An operand that is a kernel argument or a view of one, such as its transpose or its windows: a
/// stride for each of its dimensions, and where its first element is.
struct PlainOperand {
  mlir::Value argument;
  llvm::SmallVector<mlir::AffineExpr> strides;
  mlir::AffineExpr offset;
};

/// What multiplies the narrow numbers of a product; null: they are widened.
const DotInstruction *dotOf(nn::ProductOpInterface product, const ScheduleOptions &options);

/// None where elements are computed.
std::optional<PlainOperand> plainOperand(PullEmitter &emitter, mlir::Value tensor);

} // namespace mlc
#endif
