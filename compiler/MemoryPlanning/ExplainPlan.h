// What lives when while an entry runs, as text.
#ifndef MLC_COMPILER_MEMORYPLANNING_EXPLAINPLAN_H
#define MLC_COMPILER_MEMORYPLANNING_EXPLAINPLAN_H

#include "compiler/MemoryPlanning/ArenaLayout.h"
#include "compiler/MemoryPlanning/Buffers.h"

namespace mlc {

/// A planned program, for a reader.
struct ExplainedPlan {
  mlir::func::FuncOp program;
  Buffers &buffers;
  llvm::ArrayRef<ArenaBuffer> arena; ///< what the layout placed
  llvm::ArrayRef<int> roots;         ///< which buffer each of them is
  mlir::AffineExpr total;            ///< bytes of the arena
  int64_t size;                      ///< what free dimensions are taken as
};

/// The arena's bytes beside the most that live at one time, a bar of live bytes for every launch,
/// and the contents of the peak: bytes, what it is by the model's lines, and the launches between
/// which it lives.
std::string explainPlan(const ExplainedPlan &plan);

} // namespace mlc
#endif
