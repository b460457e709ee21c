#include "compiler/Codegen/Passes.h"
#include "compiler/Target/TargetInfo.h"

namespace mlc {

void registerScheduleKernelsPass();
void registerBufferizeKernelsPass();
void registerConvertKernelsToLLVMPass();

ScheduleOptions scheduleOptionsFor(const TargetInfo &target, unsigned optLevel) {
  ScheduleOptions options;
  options.lanes = {optLevel == 0 ? 0 : target.vectorBytes(), target.vectorRegisters()};
  options.l1Bytes = target.l1Bytes();
  options.l2Bytes = target.l2Bytes();
  options.optimize = optLevel > 0;
  return options;
}

void registerCodegenPasses() {
  registerScheduleKernelsPass();
  registerBufferizeKernelsPass();
  registerConvertKernelsToLLVMPass();
}

} // namespace mlc
