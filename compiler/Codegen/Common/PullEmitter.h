// Evaluates nn values on demand, at one position or at a vector of positions.
#ifndef MLC_COMPILER_CODEGEN_COMMON_PULLEMITTER_H
#define MLC_COMPILER_CODEGEN_COMMON_PULLEMITTER_H

#include "compiler/Codegen/Common/KernelShapes.h"
#include "compiler/Codegen/Common/VectorBuilder.h"
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

/// A tensor whose elements (of the rows in work) lie in memory.
struct StoredTensor {
  mlir::Value buffer;
  std::function<LaneIndex(const Position &)> address;
};

/// How a schedule wants reductions computed that it asks for.
struct ReductionPlan {
  /// Positions of results whose reductions are computed in one loop: chains of several rows hide
  /// each other's latency.
  llvm::SmallVector<Position> rows;
  /// Vectors at once in that loop; 0: what is best for the operands.
  unsigned unroll = 0;
  /// Called in every step of the loop of a group, named by its first reduction, with the position
  /// in the reduced shape: what else is to be stored there.
  std::function<void(mlir::Operation *first, const Position &)> afterStep;
};

/// Emits the value of any tensor of a kernel at any position, with loops for reductions, and
/// remembers what it emitted. 16-bit floats compute in f32 and round after every operation. A
/// failure is reported at the op; see `failed`.
class PullEmitter : public VectorBuilder {
public:
  PullEmitter(mlir::func::FuncOp function, mlir::Location location, KernelShapes &shapes,
              LaneOptions lanes);

  KernelShapes &shapes;

  /// Binds a kernel argument to its flat buffer.
  void bindBuffer(mlir::Value argument, mlir::Value buffer) { buffers[argument] = buffer; }
  mlir::Value bufferOf(mlir::Value argument) { return buffers.lookup(argument); }
  /// From now on `tensor` is read from memory instead of being evaluated; an empty buffer ends
  /// that.
  void bindStored(mlir::Value tensor, StoredTensor stored);
  /// Makes `value` the value of `tensor` at `position` in the innermost scope.
  void define(mlir::Value tensor, const Position &position, mlir::Value value);

  /// The value at `position`: a scalar if it is the same in all lanes, else a vector.
  mlir::Value emit(mlir::Value tensor, const Position &position);
  mlir::Value size(mlir::Value tensor, unsigned dim) { return value(shapes.size(tensor, dim)); }
  /// Row-major index of a position of a tensor of the shape of `tensor`.
  LaneIndex linearize(mlir::Value tensor, const Position &position);
  using VectorBuilder::linearize;
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
  /// Computes a reduction, with its group, as `plan` says.
  void emitReduction(mlir::Operation *op, const ReductionPlan &plan);

  /// Bits that decide how many elements of `values` fill a register.
  static unsigned laneBits(mlir::ValueRange values);
  /// Registers per value in the wide loop for the computation of `values`.
  unsigned preferredUnroll(mlir::ValueRange values);
  /// Whether `tensor` can be evaluated at a row-major index without dividing it into coordinates.
  bool isLinear(mlir::Value tensor);

  mlir::LogicalResult status() const { return mlir::success(!hasFailed); }
  /// Reports `not supported yet: ...` at `op`.
  mlir::Value unsupported(mlir::Operation *op, const llvm::Twine &what);

  mlir::Value combine(nn::Reduction kind, mlir::Value lhs, mlir::Value rhs);
  mlir::TypedAttr identity(nn::Reduction kind, mlir::Type element);

private:
  mlir::Value emitNew(mlir::Value tensor, const Position &position);
  mlir::Value emitElementwise(nn::ElementwiseOpInterface op, const Position &position);

  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<mlir::Value, StoredTensor> stored;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Operation *>> groups;
  const ReductionPlan *plan = nullptr; ///< of the reductions that are asked for
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
