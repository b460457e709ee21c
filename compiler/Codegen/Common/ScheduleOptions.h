// What schedules are told.
#ifndef MLC_COMPILER_CODEGEN_COMMON_SCHEDULEOPTIONS_H
#define MLC_COMPILER_CODEGEN_COMMON_SCHEDULEOPTIONS_H

#include "compiler/Codegen/Common/VectorBuilder.h"
#include "compiler/Target/DotInstruction.h"

namespace mlc {

class TilingTable;

/// What the schedules know of the machine.
struct ScheduleOptions {
  LaneOptions lanes;
  int64_t l1Bytes = 32 << 10;
  int64_t l2Bytes = 1 << 20;
  /// False: every result element by element, nothing shared between elements.
  bool optimize = true;
  /// Elements of a tile of an elementwise kernel or of short rows: enough that the loop around it
  /// costs nothing, few enough to share among threads. A GPU, where a tile is a thread, takes 1.
  int64_t tileElements = 8192;
  /// What takes several products at once; null: nothing.
  const DotInstruction *bf16Dot = nullptr, *i8Dot = nullptr;
  /// Tilings of products that are better than the model's; null: none are known.
  const TilingTable *tilings = nullptr;
  /// Leave kernel.rows behind, and cut the results of products into blocks of rows, so that a
  /// launch can run a part of a kernel.
  bool inParts = false;
  /// Leave kernel.explain behind.
  bool explain = false;
};

} // namespace mlc
#endif
