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
/// The 16 bits of an f32 that holds a number of `element`, and back.
mlir::Value packNarrow(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value,
                       mlir::Type element);
mlir::Value unpackNarrow(mlir::OpBuilder &builder, mlir::Location location, mlir::Value bits,
                         mlir::Type element);

} // namespace mlc
#endif
