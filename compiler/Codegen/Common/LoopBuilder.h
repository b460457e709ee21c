// Builds loops over lanes of elements, with index arithmetic that folds, is shared, and lands in
// the outermost loop possible.
#ifndef MLC_COMPILER_CODEGEN_COMMON_LOOPBUILDER_H
#define MLC_COMPILER_CODEGEN_COMMON_LOOPBUILDER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace mlc {

/// One coordinate for all lanes of a vector: lane l is at `base + l * stride`, or, if `lanes` is
/// set, at `lanes[l]`.
struct LaneIndex {
  mlir::Value base;
  int64_t stride = 0;
  mlir::Value lanes;
  bool isUniform() const { return !lanes && stride == 0; }
};

/// What identifies a computation: opcodes, values and numbers.
using MemoKey = std::vector<uintptr_t>;
struct MemoHash {
  size_t operator()(const MemoKey &key) const {
    return llvm::hash_combine_range(key.begin(), key.end());
  }
};

/// A place where operations are emitted: the function body, a loop body, a guarded region, or
/// (without an own block) a change of the lanes. Remembers what was computed there.
struct Scope {
  Scope *parent = nullptr;
  mlir::Operation *op = nullptr; ///< the loop or condition; null: shares its parent's block
  mlir::Block *block = nullptr;
  unsigned depth = 0;
  bool isGuard = false;   ///< nothing may be moved out of it: it may not be safe to execute
  unsigned width = 1;     ///< lanes of a vector
  mlir::Value mask;       ///< the lanes that exist; null: all
  Scope *lanes = nullptr; ///< the scope that set width and mask
  std::unordered_map<MemoKey, mlir::Value, MemoHash> memo;
  std::vector<std::unique_ptr<Scope>> laneScopes; ///< reused, so that their values are
};

/// Emits into nested scopes. A pure computation is placed in the outermost scope where its operands
/// exist (never out of a guard) and computed once there.
class LoopBuilder {
public:
  LoopBuilder(mlir::func::FuncOp function, mlir::Location location);

  mlir::OpBuilder builder;
  mlir::Location location;

  /// Without them a store under a mask takes many steps, and one of a known number of lanes is
  /// made in pieces. One lane is stored as a number everywhere: where the vector was narrowed, LLVM
  /// 22 makes a store of the wide number of it.
  bool hasMaskRegisters = true;
  /// Whether a vector is loaded or stored under a mask in one instruction.
  bool hasMaskedMoves = true;

  unsigned width() const { return current->width; }
  mlir::Value mask() const { return current->mask; }
  mlir::Type laneType(mlir::Type element) const;

  // Scalar index arithmetic; operands are not negative where they are divided. Constants are added
  // last, so that what differs by nothing is one value.
  mlir::Value constantIndex(int64_t value);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs);
  mlir::Value floorDiv(mlir::Value lhs, mlir::Value rhs);
  mlir::Value ceilDiv(mlir::Value lhs, mlir::Value rhs);
  mlir::Value rem(mlir::Value lhs, mlir::Value rhs);
  /// The multiple of `step` at or below `value`.
  mlir::Value roundDown(mlir::Value value, int64_t step) {
    return mul(floorDiv(value, constantIndex(step)), step);
  }
  mlir::Value min(mlir::Value lhs, mlir::Value rhs);
  mlir::Value max(mlir::Value lhs, mlir::Value rhs);
  mlir::Value add(mlir::Value lhs, int64_t rhs) { return add(lhs, constantIndex(rhs)); }
  mlir::Value mul(mlir::Value lhs, int64_t rhs) { return mul(lhs, constantIndex(rhs)); }
  /// What an index value lies between, both ends included, as far as that is known: of induction
  /// variables of loops with known bounds, and of what is computed from them.
  struct Range {
    int64_t low, high;
  };
  std::optional<Range> rangeOf(mlir::Value value);
  /// Runs `body`, in which `value` is known to be in `range`. It has to be a region of its own.
  void withRange(mlir::Value value, Range range, llvm::function_ref<void()> body);
  /// `lhs <= value`-like tests as i1; a constant where the ranges decide.
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value lhs, mlir::Value rhs);

  // The same on coordinates of all lanes.
  LaneIndex uniform(mlir::Value base) { return {base, 0, {}}; }
  LaneIndex uniform(int64_t value) { return {constantIndex(value), 0, {}}; }
  LaneIndex add(const LaneIndex &lhs, const LaneIndex &rhs);
  LaneIndex sub(const LaneIndex &lhs, const LaneIndex &rhs);
  LaneIndex mul(const LaneIndex &lhs, mlir::Value rhs);
  LaneIndex floorDiv(const LaneIndex &lhs, mlir::Value rhs);
  LaneIndex rem(const LaneIndex &lhs, mlir::Value rhs);
  LaneIndex clamp(const LaneIndex &value, mlir::Value low, mlir::Value high);
  /// i1, or a vector of it unless both are uniform.
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, const LaneIndex &lhs,
                      const LaneIndex &rhs);
  /// The coordinate as vector<width x index>.
  mlir::Value laneVector(const LaneIndex &value);

  /// The scalar in every lane; vectors pass.
  mlir::Value splat(mlir::Value value);
  /// An arith.constant of a scalar type, shared.
  mlir::Value constant(mlir::TypedAttr value);
  /// Both or either null: the conjunction of two masks or conditions.
  mlir::Value bothMasks(mlir::Value lhs, mlir::Value rhs);

  /// Memory: a flat buffer of `element` at one address per lane, under the mask. Values of bf16 and
  /// f16 are f32 outside.
  mlir::Value load(mlir::Value buffer, const LaneIndex &address, mlir::Type element);
  void store(mlir::Value buffer, const LaneIndex &address, mlir::Value value, mlir::Type element);

  /// `count` lanes from lane `low` on; one is a number.
  mlir::Value slice(mlir::Value vector, int64_t low, int64_t count);
  /// Lane by lane in turn from `a` and `b` in pieces of `distance` lanes: a's even pieces beside
  /// b's even ones, and their odd ones.
  std::pair<mlir::Value, mlir::Value> interleave(mlir::Value a, mlir::Value b, int64_t distance);
  /// Transposes a square of vectors, as many as one has lanes (a power of two), in registers.
  void transposeSquare(llvm::MutableArrayRef<mlir::Value> rows);

  using LoopBody =
      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)>;
  /// for (i = low; i < high; i += step), carrying values. Loops of one static iteration are not
  /// built.
  llvm::SmallVector<mlir::Value> forLoop(mlir::Value low, mlir::Value high, int64_t step,
                                         mlir::ValueRange initial, LoopBody body);
  void forLoop(mlir::Value low, mlir::Value high, int64_t step,
               llvm::function_ref<void(mlir::Value)> body);
  /// Values of one of two guarded regions.
  using Branch = llvm::function_ref<llvm::SmallVector<mlir::Value>()>;
  llvm::SmallVector<mlir::Value> ifElse(mlir::Value condition, mlir::TypeRange types, Branch onTrue,
                                        Branch onFalse);
  mlir::Value ifElse(mlir::Value condition, mlir::Type type,
                     llvm::function_ref<mlir::Value()> onTrue,
                     llvm::function_ref<mlir::Value()> onFalse);
  /// Runs `body(c)` where `value` is the case c, else `otherwise`; each a guarded region.
  void indexSwitch(mlir::Value value, llvm::ArrayRef<int64_t> cases,
                   llvm::function_ref<void(int64_t)> body, llvm::function_ref<void()> otherwise);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> body);
  /// Runs `body` with vectors of `width` lanes of which `mask` (null: all) exist.
  void withLanes(unsigned width, mlir::Value mask, llvm::function_ref<void()> body);
  /// The mask of the lanes below `count`, null if `count` is known to be at least `width`.
  mlir::Value maskBelow(mlir::Value count, unsigned width);

protected:
  /// Emits `build` in the outermost scope that has `dependencies` (and, if `hasLanes`, the current
  /// lanes), once per key.
  mlir::Value shared(MemoKey key, llvm::ArrayRef<mlir::Value> dependencies, bool hasLanes,
                     llvm::function_ref<mlir::Value()> build);
  /// Enters `key -> value` in the innermost scope.
  void remember(MemoKey key, mlir::Value value) { current->memo[std::move(key)] = value; }

private:
  enum Opcode : uintptr_t {
    kAdd = 1,
    kSub,
    kMul,
    kDiv,
    kCeilDiv,
    kRem,
    kMin,
    kMax,
    kCompare,
    kLanes,
    kSplat,
    kAnd,
    kMask,
    kFirstFree
  };
  template <typename Op> mlir::Value binary(Opcode opcode, mlir::Value lhs, mlir::Value rhs);
  /// A value as another and a constant that is added to it.
  struct Displaced {
    mlir::Value base;
    int64_t offset = 0;
  };
  Displaced split(mlir::Value value);
  std::optional<bool> decide(mlir::arith::CmpIPredicate predicate, mlir::Value lhs,
                             mlir::Value rhs);
  template <typename Op>
  LaneIndex binaryLanes(Opcode opcode, const LaneIndex &lhs, const LaneIndex &rhs);
  mlir::Value zeroOf(mlir::Type type);
  mlir::Value existingLanes();
  mlir::Value digitOf(mlir::Value count, int64_t lanes);
  mlir::Value loadPieces(mlir::Value buffer, mlir::Value address, mlir::VectorType type,
                         int64_t count);
  mlir::Value loadFirst(mlir::Value buffer, mlir::Value address, mlir::VectorType type,
                        mlir::Value count);
  mlir::Value loadLanes(mlir::Value buffer, mlir::Value address, mlir::VectorType type);
  mlir::Value loadApart(mlir::Value buffer, const LaneIndex &address, mlir::VectorType type);
  void storeWhole(mlir::Value buffer, mlir::Value address, mlir::Value value);
  void storePieces(mlir::Value buffer, mlir::Value address, mlir::Value vector, int64_t count);
  void storeFirst(mlir::Value buffer, mlir::Value address, mlir::Value vector, mlir::Value count);
  void storeLanes(mlir::Value buffer, mlir::Value address, mlir::Value value);
  Scope *homeOf(llvm::ArrayRef<mlir::Value> dependencies, bool hasLanes);
  void inRegion(mlir::Operation *op, mlir::Block *block, bool isGuard,
                llvm::function_ref<void()> body);

  Scope root;
  Scope *current = &root;
  llvm::DenseMap<int64_t, mlir::Value> constants;
  llvm::DenseMap<mlir::Value, Range> ranges;
  llvm::DenseMap<mlir::Attribute, mlir::Value> scalarConstants;
};

} // namespace mlc
#endif
