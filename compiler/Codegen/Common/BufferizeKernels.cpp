// bufferize-kernels: the tensors of a scheduled kernel's signature become flat buffers.
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "compiler/Codegen/Passes.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_BUFFERIZEKERNELSPASS
#include "compiler/Codegen/Passes.h.inc"

/// func @k(%x: tensor<?x8xf32>, ...) { %b = unrealized_conversion_cast %x to memref<?xf32>; uses of
/// %b }
///   -> func @k(%b: memref<?xf32>, ...) { uses of %b }
static LogicalResult bufferize(func::FuncOp kernel) {
  Block &entry = kernel.getBody().front();
  for (BlockArgument argument : entry.getArguments()) {
    auto tensor = dyn_cast<RankedTensorType>(argument.getType());
    if (!tensor)
      continue;
    SmallVector<Operation *> casts(argument.getUsers());
    argument.setType(
        MemRefType::get({ShapedType::kDynamic}, storedElement(tensor.getElementType())));
    for (Operation *user : casts) {
      auto cast = dyn_cast<UnrealizedConversionCastOp>(user);
      if (!cast || cast.getResultTypes().front() != argument.getType())
        return user->emitOpError("expects a kernel whose tensors are only viewed as buffers; run "
                                 "schedule-kernels first");
      cast.getResult(0).replaceAllUsesWith(argument);
      cast.erase();
    }
  }
  kernel.setFunctionType(FunctionType::get(kernel.getContext(), entry.getArgumentTypes(), {}));
  return success();
}

namespace {
struct BufferizeKernelsPass : impl::BufferizeKernelsPassBase<BufferizeKernelsPass> {
  void runOnOperation() override {
    for (func::FuncOp kernel : kernel::kernels(getOperation()))
      if (failed(bufferize(kernel)))
        return signalPassFailure();
  }
};
} // namespace

} // namespace mlc
