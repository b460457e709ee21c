// Evaluates nn values on demand, at one position or at a vector of positions.
#ifndef MLC_COMPILER_CODEGEN_COMMON_PULLEMITTER_H
#define MLC_COMPILER_CODEGEN_COMMON_PULLEMITTER_H

#include "compiler/Codegen/Common/KernelShapes.h"
#include "compiler/Codegen/Common/LoopBuilder.h"
#include "dialects/Kernel/Kernel.h"

namespace mlc {

/// Where to evaluate a tensor: a coordinate per dimension, or the row-major index of the element
/// (then `coords` is empty).
struct Position {
  llvm::SmallVector<LaneIndex, 4> coords;
  std::optional<LaneIndex> linear;

  static Position at(llvm::ArrayRef<LaneIndex> coords) {
    return {llvm::SmallVector<LaneIndex, 4>(coords), std::nullopt};
  }
  static Position atLinear(LaneIndex linear) { return {{}, linear}; }
  bool hasLanes() const;
};

/// How the lanes of loops are chosen.
struct LaneOptions {
  unsigned bytes = 16;     ///< of a vector register; 0: no vectors at all
  unsigned registers = 16; ///< vector registers
  /// Of the vector extensions that are compiled for, those of 512 bits have them.
  bool hasMaskRegisters() const { return bytes >= 64; }
  /// Lanes of one register for elements of `bits`.
  unsigned lanes(unsigned bits) const { return bytes == 0 ? 1 : std::max(1u, bytes * 8 / bits); }
};

/// A tensor whose elements (of the rows in work) lie in memory.
struct StoredTensor {
  mlir::Value buffer;
  std::function<LaneIndex(const Position &)> address;
};

/// Emits the value of any tensor of a kernel at any position, with loops for reductions, and
/// remembers what it emitted. 16-bit floats compute in f32 and round after every operation. A
/// failure is reported at the op; see `failed`.
class PullEmitter : public LoopBuilder {
public:
  PullEmitter(mlir::func::FuncOp function, mlir::Location location, KernelShapes &shapes,
              LaneOptions lanes);

  KernelShapes &shapes;
  const LaneOptions laneOptions;

  /// Binds a kernel argument to its flat buffer; an index argument to its value.
  void bindBuffer(mlir::Value argument, mlir::Value buffer) { buffers[argument] = buffer; }
  mlir::Value bufferOf(mlir::Value argument) { return buffers.lookup(argument); }
  void bindIndex(mlir::Value argument) { indexArguments.push_back(argument); }
  /// From now on `tensor` is read from memory instead of being evaluated; an empty buffer ends
  /// that.
  void bindStored(mlir::Value tensor, StoredTensor stored);
  /// Makes `value` the value of `tensor` at `position` in the innermost scope.
  void define(mlir::Value tensor, const Position &position, mlir::Value value);

  /// The value at `position`: a scalar if it is the same in all lanes, else a vector.
  mlir::Value emit(mlir::Value tensor, const Position &position);
  /// The index value of an expression over the kernel's index arguments.
  mlir::Value value(mlir::AffineExpr expr);
  mlir::Value size(mlir::Value tensor, unsigned dim) { return value(shapes.size(tensor, dim)); }
  /// Row-major index of a position of a tensor of the shape of `tensor`.
  LaneIndex linearize(mlir::Value tensor, const Position &position);
  LaneIndex linearize(llvm::ArrayRef<mlir::AffineExpr> sizes, llvm::ArrayRef<LaneIndex> coords);
  llvm::SmallVector<LaneIndex, 4> delinearize(llvm::ArrayRef<mlir::AffineExpr> sizes,
                                              LaneIndex linear);
  llvm::SmallVector<LaneIndex, 4> coordinates(mlir::Value tensor, const Position &position);
  /// Coordinates that are data, and the other way round.
  LaneIndex indexFrom(mlir::Value integer);
  mlir::Value fromIndex(const LaneIndex &index, mlir::Type element);
  using LoopBuilder::shared;

  /// Reductions that are computed together with any one of them; all reduce the same dimensions of
  /// one shape.
  void groupReductions(llvm::ArrayRef<mlir::Operation *> reductions);
  /// The result of a reduction, together with its group.
  mlir::Value emitReduction(mlir::Operation *op, const Position &position);
  /// Positions of results whose reductions are computed in the loop of any one of them: chains of
  /// several rows hide each other's latency.
  llvm::SmallVector<Position> rowsTogether;
  /// Vectors at once in those loops; 0: what is best for the operands.
  unsigned rowUnroll = 0;
  /// Vectors side by side so that the sums of so many rows fill half the registers and do not wait
  /// for one another; 1 where a function is computed on the way, which needs the registers itself.
  unsigned sumsAtOnce(llvm::ArrayRef<mlir::Operation *> group, size_t rows);
  /// Values of the reduced shape of a group (named by its first reduction) that the group's loop
  /// also stores.
  std::function<void(mlir::Operation *first, const Position &)> afterReductionStep;

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
  /// Bits that decide how many elements of `values` fill a register.
  static unsigned laneBits(mlir::ValueRange values);
  /// Registers per value in the wide loop for the computation of `values`.
  unsigned preferredUnroll(mlir::ValueRange values);
  /// Whether `tensor` can be evaluated at a row-major index without dividing it into coordinates.
  bool isLinear(mlir::Value tensor);

  mlir::LogicalResult status() const { return mlir::success(!hasFailed); }
  /// Reports `not supported yet: ...` at `op`.
  mlir::Value unsupported(mlir::Operation *op, const llvm::Twine &what);

  // Accumulation in loops, shared with the schedules.
  /// What values of `element` are computed in: f32 for 16-bit floats, which memory alone holds as
  /// such.
  static mlir::Type accumulatorType(mlir::Type element);
  /// An f32 rounded to bf16 or f16 if `element` is one; other values as they are.
  mlir::Value rounded(mlir::Value value, mlir::Type element);
  mlir::Value combine(nn::Reduction kind, mlir::Value lhs, mlir::Value rhs);
  mlir::TypedAttr identity(nn::Reduction kind, mlir::Type element);
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
  mlir::Value emitNew(mlir::Value tensor, const Position &position);
  mlir::Value emitElementwise(nn::ElementwiseOpInterface op, const Position &position);

  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::SmallVector<mlir::Value> indexArguments;
  llvm::DenseMap<mlir::Value, StoredTensor> stored;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Operation *>> groups;
  bool hasFailed = false;

  MemoKey keyOf(mlir::Value tensor, const Position &position) const;

  friend class ReductionLoop;
};

/// Visits `value` and what it is computed from at the same position.
void visitPositionwise(mlir::Value value, llvm::SmallPtrSetImpl<mlir::Operation *> &seen,
                       llvm::function_ref<void(mlir::Operation *)> visit);

/// The dimensions that a reduction combines; empty for other ops.
llvm::SmallVector<int64_t> dimsReducedBy(mlir::Operation *op);
bool isReduction(mlir::Operation *op);

/// Where a box begins along a dimension: an offset that is not known moves so that the box of
/// `part` elements stays inside `whole`.
LaneIndex clampedOffset(PullEmitter &emitter, mlir::OpFoldResult offset, mlir::Value whole,
                        mlir::Value part);

} // namespace mlc
#endif
