#include "compiler/Codegen/Passes.h"
#include "compiler/Target/TargetInfo.h"

namespace mlc {

ScheduleKernelsPassOptions scheduleOptionsFor(const TargetInfo &target, unsigned optLevel) {
  ScheduleKernelsPassOptions options;
  options.vectorBytes = optLevel == 0 ? 0 : target.vectorBytes();
  options.vectorRegisters = target.vectorRegisters();
  options.l1Bytes = target.l1Bytes();
  options.l2Bytes = target.l2Bytes();
  options.optimize = optLevel > 0;
  options.bf16Dot = target.dotNames().bf16;
  options.i8Dot = target.dotNames().i8;
  return options;
}

ScheduleKernelsPassOptions scheduleOptionsForGpu(unsigned optLevel) {
  ScheduleKernelsPassOptions options;
  options.vectorBytes = 0;
  options.tileElements = 1;
  options.optimize = optLevel > 0;
  return options;
}

} // namespace mlc
