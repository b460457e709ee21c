// Memory of one worker for one kernel.
#ifndef MLC_COMPILER_CODEGEN_COMMON_SCRATCH_H
#define MLC_COMPILER_CODEGEN_COMMON_SCRATCH_H

#include "mlir/IR/Value.h"

namespace mlc {

class Scratch {
public:
  virtual ~Scratch() = default;
  /// A part of it: memref<elements x element>.
  virtual mlir::Value allocate(mlir::Type element, int64_t elements) = 0;
  /// The same memory with elements of another type.
  virtual mlir::Value viewAs(mlir::Value allocated, mlir::Type element) = 0;
};

} // namespace mlc
#endif
