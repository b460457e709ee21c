// Rows of lhs as whole numbers, for products with numbers of few bits.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_FIXEDPOINT_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_FIXEDPOINT_H

#include "compiler/Codegen/CPU/RegisterTile/Block.h"

namespace mlc::tile {

/// A piece of a few rows of lhs: each number is a unit of its row times three digits of 8 bits with
/// a sign, which dot products of bytes take. The unit is 2^-22 of the largest number of the row, so
/// that what rounding loses is what f32 loses of that one. A unit is NaN where a number is not
/// finite.
class FixedPoint : Part {
public:
  static constexpr int64_t kDigits = 3;

  /// `most` numbers of each of `rows` rows.
  FixedPoint(VectorBuilder &emitter, const Plan &plan, Scratch &scratch, int64_t rows,
             int64_t most);
  /// Takes in `count` numbers of `height` rows from depth `low` on: whole words of rhs.
  void take(const OperandView &left, int64_t height, Value low, Value count);
  Value unitOf(int64_t row) const { return units[row]; }
  /// The digits that some numbers of a word of rhs are multiplied by: four of them, in a word.
  Value digits(int64_t row, int64_t digit, Value word, int64_t quad);
  /// The numbers of a word of rhs, four in each word, as the instruction takes them.
  llvm::SmallVector<Value> quadsOf(Value word);
  /// What the sums of the products of the digits stand for, lowest first, in units.
  Value combined(llvm::ArrayRef<Value> sums);

private:
  int64_t quadsOfWord() const;
  Value start(int64_t row, int64_t digit);
  Value copyRow(const OperandView &left, int64_t row, Value low, Value count);
  void split(int64_t row, Value count, Value inverse);
  void forChunks(Value count, llvm::function_ref<void(Value at)> body);

  Value numbers; ///< of a row
  Value bytes;   ///< [row, digit, quad of a word]
  const int64_t most;
  llvm::SmallVector<Value> units;
};

} // namespace mlc::tile
#endif
