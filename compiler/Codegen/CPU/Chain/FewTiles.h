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
  struct Tile {
    Value number; ///< among those in work
    Extent rows;
  };
  using TileBody = llvm::function_ref<void(const Tile &tile)>;
  Extent rowsOf(Value number, int64_t rows);
  void forTiles(const Some &some, TileBody body);
  void overKeys(const Some &some, llvm::function_ref<void(const Tile &tile, Extent keys)> body);
  void forRows(const Tile &tile, llvm::function_ref<void(LaneIndex row)> body);
  void forLanes(Value key, llvm::function_ref<void(LaneIndex keys)> body);

  LaneIndex flagOf(const Tile &tile, Value key);
  void look(const Tile &tile, Extent keys);
  Value isSeen(const Tile &tile, Value key);
  void ifSeen(const Tile &tile, Value key, llvm::function_ref<void()> body);

  void emitPasses(const Tile &tile);
  void store(Value cells, unsigned slot);
  void emitPass(const Tile &tile, const ChainPlan::Pass &pass);
  Value step(const ChainPlan::Pass &pass, LaneIndex row, LaneIndex keys);
  Value reduce(const Tile &tile, const ChainPlan::Pass &pass, LaneIndex row);

  Work &work;
  PullEmitter &emitter;
  Makers &makers;
  Passes &passes;
  Takers &takers;
  Value seen; ///< an i32 for some keys of a tile; not 0: a row sees one
};

} // namespace mlc::chain
#endif
