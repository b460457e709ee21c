// The segments of CPUs.
#ifndef MLC_COMPILER_CODEGEN_CPU_SEGMENTS_H
#define MLC_COMPILER_CODEGEN_CPU_SEGMENTS_H

#include "compiler/Codegen/Common/Schedule.h"

namespace mlc {

SegmentTable &cpuSegments();

/// All results of the kernel that `op` is in, if it is a chain of products (nn::ProductChain) whose
/// operands lie in memory; else null.
std::unique_ptr<Segment> createChainSegment(KernelContext &context, mlir::Operation *op,
                                            PendingTargets &targets);

/// All results of the kernel that `op`, a reduction, is in, if it sums over the positions of
/// windows and keeps their taps, with channels innermost; else null.
std::unique_ptr<Segment> createTapSegment(KernelContext &context, mlir::Operation *op,
                                          PendingTargets &targets);

} // namespace mlc
#endif
