//===- Ptx.cpp - kernels to PTX -------------------------------------------===//
#include "compiler/Emit/Ptx.h"
#include "compiler/Emit/Partition.h"
#include "compiler/Target/GpuTarget.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlc;

FailureOr<Bytes> mlc::emitPtx(ModuleOp module, const PtxOptions &options, TimingScope &timing) {
  std::unique_ptr<llvm::TargetMachine> machine = options.target->createMachine(options.optLevel);
  OwningOpRef<ModuleOp> whole = collectKernels(module);
  PassManager manager(module.getContext(), ModuleOp::getOperationName());
  manager.enableTiming(timing);
  options.addKernelPasses(manager);
  if (failed(manager.run(*whole)))
    return failure();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> unit = translateModuleToLLVMIR(*whole, context, "mlc");
  if (!unit)
    return failure();
  prepareModule(*unit, *machine);
  // An entry holds the code of its tiles: a call would pass its buffers on as generic pointers.
  inlineFunctions(*unit, *machine);
  optimizeModule(*unit, *machine, options.optLevel);
  return generateCode(*unit, *machine, CodeKind::Assembly);
}
