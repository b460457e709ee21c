// Operands of makers and takers, copied in the order in which their tiles read them.
#ifndef MLC_COMPILER_CODEGEN_CPU_CHAIN_COPIES_H
#define MLC_COMPILER_CODEGEN_CPU_CHAIN_COPIES_H

#include "compiler/Codegen/CPU/Chain/ChainWork.h"

namespace mlc::chain {

/// Copies for one product: its numbers, or, where an instruction multiplies several that are
/// narrow, words of neighbours along the depth. Zeros fill the last word.
class Copies {
public:
  Copies(Work &work, nn::ProductOpInterface product);

  const DotForm dot; ///< of the product
  /// What copies hold: the dtype of cells, or the bits of narrow numbers.
  mlir::Type stored() const { return bits; }
  /// What a tile is told of them.
  mlir::Type element() const;
  int64_t products() const { return dot.products(); }
  /// Numbers of so many whole words.
  AffineExpr filled(AffineExpr count) const;
  int64_t filled(int64_t count) const { return llvm::alignTo(count, products()); }

  /// `count` numbers along the view's own dimension, to neighbours from `to` on.
  void copyRow(const View &view, Value from, int64_t count, Value buffer, Value to);
  /// As many rows along the depth as a vector has lanes become columns from `to` on: words, so many
  /// a depth.
  void transpose(const View &view, llvm::ArrayRef<Value> starts, int64_t depth, Value buffer,
                 Value to, int64_t stride);
  /// Of the rows of a depth the columns from `first` on, in panels from `to` on: the words of a
  /// depth after the other's.
  struct Depths {
    Value first, stride, count;
    AffineExpr size; ///< count
    int64_t columns, panelColumns;
  };
  void copyDepths(const View &view, const Depths &depths, Value buffer, Value to);
  /// Cells in the slot from `from` on as a taker's lhs: words of keys, [word, row], or rows of
  /// numbers, [key, row].
  void copyCells(Value slot, Value from, Extent rows, Extent keys, bool ofRows, Value buffer);

private:
  Value numbersAt(const View &view, LaneIndex at);
  Value asWords(Value numbers);
  Value nothing();
  void store(Value buffer, LaneIndex at, Value value) { emitter.store(buffer, at, value, bits); }
  void forNumbers(int64_t count, unsigned lanes, llvm::function_ref<void(LaneIndex)> body);
  struct Word {
    Value at, exist; ///< exist: numbers of the last word; null: all are there
  };
  void forWords(Value count, llvm::function_ref<void(Value word, Value exist)> body);
  llvm::SmallVector<Value> numbersOf(Word word, llvm::function_ref<Value(Value number)> numberAt);
  void copyWords(const View &view, Word word, llvm::function_ref<Value(Value number)> rowAt,
                 int64_t count, Value buffer, Value to);

  Work &work;
  PullEmitter &emitter;
  mlir::Type narrow; ///< of the product's numbers; null: as wide as cells
  mlir::Type bits;
};

} // namespace mlc::chain
#endif
