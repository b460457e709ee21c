// Runs phases of a compilation. The table of contents is Pipeline.cpp.
#ifndef MLC_COMPILER_DRIVER_PIPELINE_H
#define MLC_COMPILER_DRIVER_PIPELINE_H

#include "compiler/Driver/Phases.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include <string>
#include <utility>
#include <vector>

namespace mlc {

class Target;

/// What the user chose. The same options and input give the same output.
struct PipelineOptions {
  unsigned optLevel = 3;                   ///< 0: every op is a kernel of its own
  const Target *target = nullptr;          ///< null: a Target by itself, the same everywhere
  std::vector<std::string> entries;        ///< --entries: those to keep; empty: all
  bool explain = false;                    ///< remarks about what was not done and why
  bool explainKernels = false;             ///< remarks about every kernel, and what was not fused
  bool explainMemory = false;              ///< a remark per entry about what lives when
  bool keepExplanations = false;           ///< kernel.explain stays on every kernel
  int64_t weightBits = 0, weightGroup = 0; ///< --quantize-weights: 0: weights are as they are
  std::string precision = "f32";           ///< --precision: of products of f32: bf16, f16
  std::string winograd = "auto";           ///< --winograd: auto, never, always
  std::string tilings;                     ///< of contractions, the text of a TilingTable, or ""
  bool findNan = false;     ///< let a call fail at the op that makes NaN or an infinity
  int64_t chunkBytes = 0;   ///< of chunk-rows, which tests set to a few; 0: its own
  bool poisonArena = false; ///< fill the arena with NaN at entry: a test of the memory planner
  /// --max-dims: sizes that a dimension never exceeds, by name; memory is planned for them.
  std::vector<std::pair<std::string, int64_t>> maxDims;
  int64_t memoryBudget = 0; ///< --memory-budget: most bytes of an entry's arena; 0: any number
};

/// The dialects that a model may be in before and between phases.
void registerDialects(mlir::DialectRegistry &registry);

/// Adds the passes of the phases from `first` to `last`, both included. Phase 10's work is the
/// emitter's, not a pass.
void buildPipeline(mlir::OpPassManager &manager, Phase first, Phase last,
                   const PipelineOptions &options);

/// Registers every pass of the compiler, and for every phase the pipelines `--phase-NAME` (this
/// phase) and `--to-NAME` (all up to it).
void registerPassesAndPhases();

} // namespace mlc
#endif
