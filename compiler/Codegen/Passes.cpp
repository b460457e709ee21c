#include "compiler/Codegen/Passes.h"
#include "compiler/Target/Target.h"

namespace mlc {

ScheduleKernelsPassOptions scheduleOptionsFor(const Target &target, unsigned optLevel) {
  ScheduleKernelsPassOptions options;
  options.target = target.kind().str();
  options.vectorBytes = optLevel == 0 ? 0 : target.vectorBytes();
  options.vectorRegisters = target.vectorRegisters();
  options.maskedMoves = target.hasMaskedMoves();
  options.l1Bytes = target.l1Bytes();
  options.l2Bytes = target.l2Bytes();
  options.tileElements = target.tileElements();
  options.optimize = optLevel > 0;
  options.bf16Dot = target.dotNames().bf16;
  options.i8Dot = target.dotNames().i8;
  return options;
}

} // namespace mlc
