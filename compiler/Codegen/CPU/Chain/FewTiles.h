// Chains of a few rows, as when a token is generated: reading keys is the limit.
#ifndef MLC_COMPILER_CODEGEN_CPU_CHAIN_FEWTILES_H
#define MLC_COMPILER_CODEGEN_CPU_CHAIN_FEWTILES_H

#include "compiler/Codegen/CPU/Chain/Makers.h"
#include "compiler/Codegen/CPU/Chain/Passes.h"
#include "compiler/Codegen/CPU/Chain/Takers.h"

namespace mlc::chain {

/// Batch positions side by side: heads mostly lie beside each other for every key, so some keys of
/// all of them are read before the next keys, in the order of memory. Cells are [tile, row, key],
/// with keys in the lanes.
class FewTiles {
public:
  FewTiles(Work &work, Makers &makers, Passes &passes, Takers &takers)
      : work(work), emitter(work.emitter), makers(makers), passes(passes), takers(takers) {}
  void allocate();
  /// The tiles [begin, end), each all rows of a batch position, which `setBatch` sets.
  void emit(Value begin, Value end, int64_t rows, llvm::ArrayRef<StoreTarget> rowTargets,
            llvm::function_ref<void(Value tile)> setBatch);

private:
  /// Tiles in work.
  struct Some {
    Value low, count;
    int64_t rows;
    llvm::function_ref<void(Value tile)> setBatch;
  };
  Extent rowsOf(const Some &some);
  void forTiles(const Some &some, llvm::function_ref<void(Value number)> body);
  void overKeys(const Some &some, llvm::function_ref<void(Value number, Extent keys)> body);

  LaneIndex flagOf(Value number, Value key);
  void look(const Some &some, Value number, Extent keys);
  Value isSeen(Value number, Value key);
  void ifSeen(Value number, Value key, llvm::function_ref<void()> body);
  void forLanes(Value key, llvm::function_ref<void(LaneIndex keys)> body);

  void emitPasses(const Some &some, Value number);
  void store(Value cells, unsigned slot);
  void emitPass(const Some &some, const ChainPlan::Pass &pass, Value number);
  Value step(const ChainPlan::Pass &pass, LaneIndex row, LaneIndex keys);
  Value reduce(const ChainPlan::Pass &pass, Value number, LaneIndex row);

  Work &work;
  PullEmitter &emitter;
  Makers &makers;
  Passes &passes;
  Takers &takers;
  Value seen; ///< an i32 for some keys of a tile; not 0: a row sees one
};

} // namespace mlc::chain
#endif
