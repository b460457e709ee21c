// The passes that turn kernels into loops, and loops into what LLVM and NVPTX take.
#ifndef MLC_COMPILER_CODEGEN_PASSES_H
#define MLC_COMPILER_CODEGEN_PASSES_H

#include "compiler/Codegen/Common/Schedule.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlc {

class TargetInfo;

/// What the schedules need of a CPU.
ScheduleOptions scheduleOptionsFor(const TargetInfo &target, unsigned optLevel);

std::unique_ptr<mlir::Pass> createScheduleKernelsPass(ScheduleOptions options);
std::unique_ptr<mlir::Pass> createBufferizeKernelsPass();
std::unique_ptr<mlir::Pass> createConvertKernelsToLLVMPass();
void registerCodegenPasses();

} // namespace mlc
#endif
