// bf16 and f16 by integer arithmetic: no target needs to know them, no library call is left.
#ifndef MLC_COMPILER_CODEGEN_COMMON_NARROWFLOAT_H
#define MLC_COMPILER_CODEGEN_COMMON_NARROWFLOAT_H

#include "mlir/IR/Builders.h"

namespace mlc {

/// Whether `element` is bf16 or f16. Their values are computed on as f32 that hold a bf16 or f16
/// number.
bool isNarrowFloat(mlir::Type element);
/// What memory holds: i8 for i1, i16 for bf16 and f16, else the dtype itself.
mlir::Type storedElement(mlir::Type element);
/// f32 (scalar or vector) rounded to the nearest number of `element`, ties to even; NaN stays NaN.
mlir::Value roundToNarrow(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value,
                          mlir::Type element);
/// A number of any dtype as an f32 that rounds to the same number of bf16 and f16: exact, or
/// rounded to the neighbour whose last bit is 1, which stays on the side of every midpoint on which
/// the number is (Boldo and Melquiond 2008, "Emulation of FMA and correctly rounded sums").
mlir::Value floatForNarrow(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value);
/// The 16 bits of an f32 that holds a number of `element`, and back.
mlir::Value packNarrow(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value,
                       mlir::Type element);
mlir::Value unpackNarrow(mlir::OpBuilder &builder, mlir::Location location, mlir::Value bits,
                         mlir::Type element);

} // namespace mlc
#endif
