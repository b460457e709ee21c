// The products that cells begin with.
#ifndef MLC_COMPILER_CODEGEN_CPU_CHAIN_MAKERS_H
#define MLC_COMPILER_CODEGEN_CPU_CHAIN_MAKERS_H

#include "compiler/Codegen/CPU/Chain/Copies.h"

namespace mlc::chain {

class Makers {
public:
  explicit Makers(Work &work);
  /// Whether all operands lie in memory.
  bool isInPlace() const { return areInPlace; }
  /// Whether they are as wide as cells there.
  bool isWide() const;
  void allocate();
  /// The operands with keys, at all keys of a block.
  void copyKeys(Extent keys);
  /// The operands with rows, at the rows in work.
  void packRows(Extent rows);
  void emit(Extent rows, Extent keys);
  /// The same of few rows, from where the operands lie.
  void emitFew(Extent rows, Extent keys);

private:
  struct Maker {
    ChainPlan::Made made;
    View rows, keys;
    int64_t depth;
    Copies copies;
    Value panels = {};  ///< the rows in work, as tiles read columns
    Value keyRows = {}; ///< all keys, one after the other
  };
  void add(const ChainPlan::Made &made);
  void packPanel(Maker &maker, int64_t low, Extent rows);
  void emit(const Maker &maker, Extent rows, Extent keys);
  void emitFew(const Maker &maker, Extent rows, Extent keys);
  LaneIndex cellAddress(Extent keys, LaneIndex row, LaneIndex key);
  void storeCells(const Maker &maker, Extent rows, Extent keys, LaneIndex row, LaneIndex key,
                  Value sum);

  Work &work;
  PullEmitter &emitter;
  bool areInPlace = true;
  std::vector<Maker> makers;
};

} // namespace mlc::chain
#endif
