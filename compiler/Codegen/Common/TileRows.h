// What a range of a kernel's tiles reads and writes, where that is a range of rows.
#ifndef MLC_COMPILER_CODEGEN_COMMON_TILEROWS_H
#define MLC_COMPILER_CODEGEN_COMMON_TILEROWS_H

#include "compiler/Codegen/Common/Schedule.h"

namespace mlc {

/// kernel.rows of a kernel of one segment; null where its tiles are no rows.
mlir::DenseI64ArrayAttr rowsOf(const Segment &segment, KernelShapes &shapes,
                               llvm::ArrayRef<mlir::Value> inputs,
                               llvm::ArrayRef<mlir::Value> results);

} // namespace mlc
#endif
