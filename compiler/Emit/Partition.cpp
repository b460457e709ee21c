//===- Partition.cpp - kernels to parts that compile alone ----------------===//
#include "compiler/Emit/Partition.h"
#include "dialects/Kernel/Kernel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlc;

/// A part is full at this many operations: small enough that a few big kernels spread over threads,
/// large enough that starting a code generator for it is a small share.
static constexpr int64_t kOperationsPerPart = 600;

static int64_t countOperations(Operation *kernel) {
  int64_t count = 0;
  kernel->walk([&](Operation *) { ++count; });
  return count;
}

static void moveKernel(func::FuncOp kernel, ModuleOp part) {
  kernel->moveBefore(part.getBody(), part.getBody()->end());
}

OwningOpRef<ModuleOp> mlc::collectKernels(ModuleOp module) {
  OwningOpRef<ModuleOp> all = ModuleOp::create(module.getLoc());
  for (func::FuncOp kernel : kernel::kernels(module))
    moveKernel(kernel, *all);
  return all;
}

OwningOpRef<ModuleOp> mlc::partitionKernels(ModuleOp module) {
  OwningOpRef<ModuleOp> parts = ModuleOp::create(module.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(parts->getBody());
  ModuleOp part;
  int64_t filled = 0;
  for (func::FuncOp kernel : kernel::kernels(module)) {
    int64_t work = countOperations(kernel);
    if (!part || filled + work > kOperationsPerPart) {
      part = ModuleOp::create(builder, module.getLoc());
      filled = 0;
    }
    filled += work;
    moveKernel(kernel, part);
  }
  return parts;
}
