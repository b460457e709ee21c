// What code generation has of its own for each kind of target (Target::kind).
#ifndef MLC_COMPILER_CODEGEN_COMMON_TARGETCODE_H
#define MLC_COMPILER_CODEGEN_COMMON_TARGETCODE_H

#include "compiler/Codegen/Common/Schedule.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlc {

/// Of a scheduled kernel: how many of its buffers, the last ones before scratch, are results.
constexpr llvm::StringLiteral kResultsAttr = "kernel.results";

/// Codegen/CPU and Codegen/GPU enter one each, by a TargetEntry.
struct TargetCode {
  const SegmentTable *segments = nullptr;
  /// Builds the function that is launched, of the kernel's name, around `body`, a function of the
  /// kernel's buffers, its index arguments, the tiles [begin, end) and scratch memory.
  void (*buildInterface)(mlir::OpBuilder &builder, mlir::func::FuncOp kernel,
                         mlir::LLVM::LLVMFuncOp body) = nullptr;
};
struct TargetEntry {
  TargetEntry(llvm::StringRef kind, const TargetCode &code);
};

/// Null, after an error at `op`, for a kind that nobody entered.
const TargetCode *findTargetCode(mlir::Operation *op, llvm::StringRef kind);

} // namespace mlc
#endif
