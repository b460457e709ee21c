//===- ExpandMath.h - the expand-math pass --------------------------*- C++ -*-===//
#ifndef MLC_COMPILER_CODEGEN_COMMON_EXPANDMATH_H
#define MLC_COMPILER_CODEGEN_COMMON_EXPANDMATH_H

#include "mlir/Pass/Pass.h"

namespace mlc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/Codegen/Common/ExpandMath.h.inc"

/// A unit attribute of a `math.exp` whose operand is never positive (it may be NaN): for whoever
/// knows what the operand's formula does not show.
constexpr llvm::StringLiteral kNonPositiveAttr = "kernel.non_positive";

} // namespace mlc

#endif // MLC_COMPILER_CODEGEN_COMMON_EXPANDMATH_H
