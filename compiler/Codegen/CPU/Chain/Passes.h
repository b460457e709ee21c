// What is computed of cells in memory: reductions of their rows, and cells of cells.
#ifndef MLC_COMPILER_CODEGEN_CPU_CHAIN_PASSES_H
#define MLC_COMPILER_CODEGEN_CPU_CHAIN_PASSES_H

#include "compiler/Codegen/CPU/Chain/ChainWork.h"

namespace mlc::chain {

/// Which blocks of keys the rows in work see, as the mask says. Others are computed nowhere.
class Sight {
public:
  explicit Sight(Work &work) : work(work), emitter(work.emitter) {}
  void allocate();
  /// Notes whether any of the rows sees any of the keys.
  void look(Extent rows, Extent keys);
  /// Runs `body` if one does.
  void ifSeen(Extent keys, llvm::function_ref<void()> body);
  /// Runs `body` over the keys of one block after the other that rows see, carrying values.
  using SomeKeys =
      llvm::function_ref<llvm::SmallVector<Value>(Value low, Value high, mlir::ValueRange carried)>;
  llvm::SmallVector<Value> overSeen(mlir::ValueRange initial, SomeKeys body);

private:
  LaneIndex blockOf(Value key);
  Value word(int32_t value);
  Value isSeen(Value key);
  Value seesAny(Extent rows, Extent keys);

  Work &work;
  PullEmitter &emitter;
  Value seen; ///< an i32 for each block of keys; not 0: it is seen
};

class Passes {
public:
  Passes(Work &work, Sight &sight) : work(work), emitter(work.emitter), sight(sight) {}
  void allocate();
  /// All passes over the cells of the rows in work. From then on cells and numbers of rows are read
  /// from memory, until `forget`.
  void emit(Extent rows);
  void forget();
  /// Where the numbers of rows are that a reduction gives.
  Value slotOf(mlir::Operation *reduction);
  /// From now on those are read from there: that of row `low` comes first, or number `first`.
  void bind(mlir::Operation *reduction, Value first, Value low = {});

private:
  using Step = llvm::function_ref<llvm::SmallVector<Value>(llvm::ArrayRef<Value> values)>;
  void store(Value cells, unsigned slot, Extent rows);
  void emitPass(const ChainPlan::Pass &pass, Extent rows);
  llvm::SmallVector<Value> step(const ChainPlan::Pass &pass, Extent rows, Work::Vectors vectors,
                                Value key, Step take);
  void reduce(const ChainPlan::Pass &pass, Extent rows, Work::Vectors vectors);

  Work &work;
  PullEmitter &emitter;
  Sight &sight;
  llvm::SmallVector<Value> rowSlots; ///< the results of the reductions
};

} // namespace mlc::chain
#endif
