// The products that take cells.
#ifndef MLC_COMPILER_CODEGEN_CPU_CHAIN_TAKERS_H
#define MLC_COMPILER_CODEGEN_CPU_CHAIN_TAKERS_H

#include "compiler/Codegen/CPU/Chain/Copies.h"
#include "compiler/Codegen/CPU/RegisterTile/Product.h"

namespace mlc::chain {

class Takers {
public:
  /// Those whose results are among the targets, as they are or transposed.
  Takers(Work &work, llvm::ArrayRef<StoreTarget> targets);
  /// Whether all operands lie in memory.
  bool isInPlace() const { return areInPlace; }
  /// Whether they are as wide as cells there.
  bool isWide() const;
  bool takes(const StoreTarget &target) const;
  /// Whether one sums over a dimension of the cells.
  bool sumsOver(int64_t cellDim) const;
  void allocate();
  /// The operands with keys, at all keys of a block.
  void copyKeys(Extent keys);
  /// The operands with rows, at the rows in work.
  void packRows(Extent rows);
  /// What a block of cells adds to the results.
  void emit(Extent rows, Extent keys);
  /// The same of few rows, from where the other operands lie.
  void emitFew(Extent rows, Extent keys);

  // Around all blocks of the rows in work, or of a batch position.
  void beginRows(Extent rows);
  void endRows(Extent rows);
  void beginTile();
  void endTile();

private:
  struct Taker {
    nn::ProductChain::Taker op;
    StoreTarget target;
    View other;
    unsigned slot;
    Copies copies;
    int64_t columns, panelColumns;
    bool ofRows;       ///< whether it sums over rows, not keys
    bool ofBatch;      ///< whether it sums over dimensions of the batch too
    Value panels = {}; ///< the other operand, block by block: all keys of it, or the rows in work
    Value sums = {};   ///< that blocks are added to, if there are several

    /// Whether its sums are complete after all rows only.
    bool isOfTile() const { return ofRows || ofBatch; }
  };
  using ForSums = llvm::function_ref<void(Value row, LaneIndex column, LaneIndex at)>;
  void add(const nn::ProductChain::Taker &op, unsigned slot, const StoreTarget &target);
  bool addsUp(const Taker &taker) const;
  int64_t columnsOfPanels(const Taker &taker) const;
  int64_t columnsOfSums(const Taker &taker) const;
  AffineExpr rowsOfSums(const Taker &taker) const;
  AffineExpr strideOf(const Taker &taker) const;
  Value startOfPanels(const Taker &taker, Extent keys);
  void pack(Taker &taker, Extent some, Value to);
  LaneIndex resultAddress(const Taker &taker, LaneIndex free, LaneIndex column);
  Value lineOfSums(const Taker &taker, Value row);
  void forSums(const Taker &taker, Value low, Value count, ForSums body);
  void zero(const Taker &taker, Value count);
  void store(const Taker &taker, Value low, Value count);
  void setCells(Taker &taker, Extent rows, Extent keys, tile::Product &product);
  void setOther(const Taker &taker, Extent summed, Extent keys, tile::Product &product);
  void emit(Taker &taker, Extent rows, Extent keys);
  void emitFew(const Taker &taker, Extent rows, Extent keys);
  void setEpilogue(const Taker &taker, Extent free, tile::Product &product);

  Work &work;
  PullEmitter &emitter;
  bool areInPlace = true;
  std::vector<Taker> takers;
  Value words; ///< of a block of cells, if a taker multiplies some
};

} // namespace mlc::chain
#endif
