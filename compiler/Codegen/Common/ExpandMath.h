//===- ExpandMath.h - the expand-math pass --------------------------*- C++ -*-===//
#ifndef MLC_COMPILER_CODEGEN_COMMON_EXPANDMATH_H
#define MLC_COMPILER_CODEGEN_COMMON_EXPANDMATH_H

#include "mlir/IR/Builders.h"
#include "mlir/Pass/Pass.h"

namespace mlc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/Codegen/Common/ExpandMath.h.inc"

/// 1 / (1 + e^-x) of a float scalar or vector as math and arith ops, for whoever lowers a logistic.
mlir::Value buildLogistic(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x);

} // namespace mlc

#endif // MLC_COMPILER_CODEGEN_COMMON_EXPANDMATH_H
