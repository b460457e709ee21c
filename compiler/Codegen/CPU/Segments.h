// The segments of CPUs.
#ifndef MLC_COMPILER_CODEGEN_CPU_SEGMENTS_H
#define MLC_COMPILER_CODEGEN_CPU_SEGMENTS_H

#include "compiler/Codegen/Common/Schedule.h"

namespace mlc {

SegmentTable &cpuSegments();

} // namespace mlc
#endif
