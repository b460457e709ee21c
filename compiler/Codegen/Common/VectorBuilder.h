// Vectors of numbers in loops: how a range is cut into lanes, sizes as expressions, sums that keep
// their digits. Knows no ops.
#ifndef MLC_COMPILER_CODEGEN_COMMON_VECTORBUILDER_H
#define MLC_COMPILER_CODEGEN_COMMON_VECTORBUILDER_H

#include "compiler/Codegen/Common/LoopBuilder.h"
#include "mlir/IR/AffineExpr.h"

namespace mlc {

/// How the lanes of loops are chosen.
struct LaneOptions {
  unsigned bytes = 16;        ///< of a vector register; 0: no vectors at all
  unsigned registers = 16;    ///< vector registers
  bool hasMaskedMoves = true; ///< a vector is loaded or stored under a mask by one instruction
  /// Of the vector extensions that are compiled for, those of 512 bits have them.
  bool hasMaskRegisters() const { return bytes >= 64; }
  /// Lanes of one register for elements of `bits`.
  unsigned lanes(unsigned bits) const { return bytes == 0 ? 1 : std::max(1u, bytes * 8 / bits); }
};

/// A number if the expression is one, else -1.
int64_t numberOf(mlir::AffineExpr expr);

/// Emits loops over vectors. Sizes are affine expressions whose symbol i is the i-th index
/// argument.
class VectorBuilder : public LoopBuilder {
public:
  VectorBuilder(mlir::func::FuncOp function, mlir::Location location, LaneOptions lanes);

  const LaneOptions laneOptions;

  // Sizes and coordinates.
  /// Makes `argument` the next symbol of expressions.
  void bindIndex(mlir::Value argument) { indexArguments.push_back(argument); }
  /// The expression of an index value that is none of the arguments: a size that a loop has found.
  mlir::AffineExpr expressionOf(mlir::Value index);
  mlir::AffineExpr simplified(mlir::AffineExpr expr) const;
  mlir::AffineExpr product(llvm::ArrayRef<mlir::AffineExpr> sizes) const;
  /// The index value of an expression over the index arguments.
  mlir::Value value(mlir::AffineExpr expr);
  /// Row-major index of coordinates, and the other way round.
  LaneIndex linearize(llvm::ArrayRef<mlir::AffineExpr> sizes, llvm::ArrayRef<LaneIndex> coords);
  llvm::SmallVector<LaneIndex, 4> delinearize(llvm::ArrayRef<mlir::AffineExpr> sizes,
                                              LaneIndex linear);

  // Loops over lanes.
  /// How [low, high) is cut into vectors: `wide` lanes up to `middle` (0: no such loop), then
  /// `narrow` lanes (0: none), masked at the end. A short static range is one masked vector.
  struct LanePlan {
    mlir::Value low, middle, high;
    unsigned wide = 0, narrow = 0;
  };
  LanePlan planLanes(mlir::Value low, mlir::Value high, unsigned bits, unsigned unroll);
  /// The two loops of a plan, each carrying its own values (which may be none).
  using LaneBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(LaneIndex, mlir::ValueRange)>;
  llvm::SmallVector<mlir::Value> wideLoop(const LanePlan &plan, mlir::ValueRange initial,
                                          LaneBody body);
  llvm::SmallVector<mlir::Value> narrowLoop(const LanePlan &plan, mlir::ValueRange initial,
                                            LaneBody body);
  /// Both loops, carrying nothing.
  void forLanes(const LanePlan &plan, llvm::function_ref<void(LaneIndex)> body);

  // Sums.
  /// What values of `element` are computed in: f32 for 16-bit floats, which memory alone holds as
  /// such.
  static mlir::Type accumulatorType(mlir::Type element);
  /// An f32 rounded to bf16 or f16 if `element` is one; other values as they are.
  mlir::Value rounded(mlir::Value value, mlir::Type element);
  mlir::Value addValues(mlir::Value a, mlir::Value b);
  mlir::Value sumOfLanes(mlir::Value sum) { return foldLanes(sum, 1); }
  /// The halves of a vector added until `count` lanes are left, a power of two; one is a number.
  mlir::Value foldLanes(mlir::Value sum, int64_t count);
  /// The same of several vectors, a power of two of them and no more than one has lanes: lane i of
  /// the result has the sum of vector i.
  mlir::Value sumsOfLanes(llvm::ArrayRef<mlir::Value> sums);
  /// Additions of floats that go on from one to the next. Where all roundings go one way, the error
  /// of a chain of n is n / 4 units in the last place of its sum. So a longer sum is cut into
  /// blocks that start from zero, and so are the sums of blocks; beyond that their errors are kept.
  static constexpr int64_t kChain = 32;
  /// a + b, and what its rounding lost (Knuth's TwoSum; NaN where the sum is not finite).
  std::pair<mlir::Value, mlir::Value> addExactly(mlir::Value a, mlir::Value b);
  /// sum + error + x, and the error of that (addExactly, then Dekker's sum; zero where the sum is
  /// not finite).
  std::pair<mlir::Value, mlir::Value> addKeepingError(mlir::Value sum, mlir::Value error,
                                                      mlir::Value x);
  /// Adds sums of floats to `totals`, which are as many and then their errors (or none, for up to
  /// kChain blocks): those of each block of [low, high), before which the totals are `before`.
  using BlockSums = llvm::function_ref<llvm::SmallVector<mlir::Value>(
      mlir::Value low, mlir::Value high, mlir::ValueRange before)>;
  llvm::SmallVector<mlir::Value> addBlocks(mlir::Value low, mlir::Value high, int64_t block,
                                           mlir::ValueRange totals, BlockSums sums);
  /// for (i = low; i < high; ++i), carrying one sum. If it is long, and of floats, `body` adds to
  /// the sums of blocks, each from zero.
  mlir::Value sumInBlocks(mlir::Value low, mlir::Value high, mlir::Value initial, LoopBody body);
  /// a * b + sum, which may be one instruction.
  mlir::Value multiplyAdd(mlir::Value a, mlir::Value b, mlir::Value sum);

private:
  llvm::SmallVector<mlir::Value> indexArguments;
};

} // namespace mlc
#endif
