// How one kernel becomes loops: its results are cut into segments, each a grid of independent
// tiles.
#ifndef MLC_COMPILER_CODEGEN_COMMON_SCHEDULE_H
#define MLC_COMPILER_CODEGEN_COMMON_SCHEDULE_H

#include "compiler/Codegen/Common/PullEmitter.h"
#include "compiler/Codegen/Common/ScheduleOptions.h"
#include "compiler/Codegen/Common/Scratch.h"
#include "llvm/ADT/StringMap.h"

namespace mlc {

/// What a schedule says of its choice.
struct SegmentReport {
  std::string text;
  std::string problem = {}; ///< of a contraction whose tiling can be tuned, as a table names it
  /// Of the limit of its multiply-adds that the loops can reach.
  double share = 1;
  int64_t productsOfStep = 1; ///< multiply-adds that a lane does at once
};

/// A tensor to compute and where its elements go.
struct StoreTarget {
  mlir::Value tensor;
  mlir::Value buffer;
  /// The address of an element; null: row-major.
  std::function<LaneIndex(const Position &)> address = {};
  /// Whether neighbours in memory order are none at their addresses: rows are stored one by one.
  bool isInRows = false;
};

/// One kernel in work.
class KernelContext : public Scratch {
public:
  KernelContext(mlir::func::FuncOp function, mlir::Location location, KernelShapes &shapes,
                const ScheduleOptions &options)
      : emitter(function, location, shapes, options.lanes), options(options),
        scratchBytes(shapes.constant(0)) {}

  PullEmitter emitter;
  const ScheduleOptions &options;
  mlir::Value scratch;           ///< memref<?xi8>
  mlir::AffineExpr scratchBytes; ///< of all allocations

  /// A part of this worker's scratch memory: memref<elements x element>.
  mlir::Value allocate(mlir::Type element, mlir::AffineExpr elements);
  mlir::Value allocate(mlir::Type element, int64_t elements) override {
    return allocate(element, emitter.shapes.constant(elements));
  }
  /// The same memory with elements of another type; of a known size.
  mlir::Value viewAs(mlir::Value allocated, mlir::Type element) override;
  /// Emits all tensors at a position (of their common shape), then stores them.
  void storeAt(llvm::ArrayRef<StoreTarget> targets, const Position &position);
};

/// A grid whose tiles are in the order of rows: every `tiles` of them compute `rows` neighbouring
/// rows, of `count`.
struct TileRows {
  int64_t tiles, rows;
  mlir::AffineExpr count;
};

/// Some results of a kernel, computed by a grid of tiles of its own.
class Segment {
public:
  virtual ~Segment() = default;
  virtual mlir::AffineExpr tiles() = 0;
  /// Emits the loops over the tiles [begin, end).
  virtual void emit(mlir::Value begin, mlir::Value end) = 0;
  /// Whether a result may lie where an operand lay that is read only at the position that is
  /// written.
  virtual bool allowsInPlace(mlir::Value result) const { return true; }
  /// None where tiles are no rows of all results, or where that is not known beforehand.
  virtual std::optional<TileRows> tileRows() const { return std::nullopt; }
  virtual SegmentReport report() const = 0;
};

/// kernel.explain of a kernel whose ops are in `source`.
mlir::DictionaryAttr explanationOf(mlir::Region &source,
                                   llvm::ArrayRef<std::unique_ptr<Segment>> segments,
                                   KernelShapes &shapes);

/// The results of a kernel that no segment computes yet.
class PendingTargets {
public:
  PendingTargets(KernelShapes &shapes, llvm::ArrayRef<StoreTarget> targets)
      : shapes(shapes), targets(targets) {}

  llvm::ArrayRef<StoreTarget> rest() const { return targets; }
  llvm::SmallVector<StoreTarget> takeIf(llvm::function_ref<bool(mlir::Value)> belongs);
  /// What is computed from elements of the result of `op` at the same position, and the result.
  llvm::SmallVector<StoreTarget> takeAround(mlir::Operation *op);
  /// Puts parts in the place of a target that they make up.
  void replace(mlir::Value whole,
               llvm::function_ref<llvm::SmallVector<StoreTarget>(const StoreTarget &)> parts);

private:
  KernelShapes &shapes;
  llvm::SmallVector<StoreTarget> targets;
};

/// Whether `value` is computed from a result of `producer` at the same position.
bool isPositionwise(mlir::Value value, mlir::Operation *producer);

/// Makes the segment of `op`, with the results that it computes; null where it computes none.
using SegmentFactory = std::unique_ptr<Segment> (*)(KernelContext &context, mlir::Operation *op,
                                                    PendingTargets &targets);

/// The kinds of segments of a target, as ops name them (KernelOpInterface::segment). The file of a
/// segment enters it, by a SegmentEntry of its own: no list knows them all.
class SegmentTable {
public:
  /// What is not in it is looked up in `base`.
  explicit SegmentTable(const SegmentTable *base = nullptr) : base(base) {}
  void add(llvm::StringRef kind, SegmentFactory factory) { factories[kind] = factory; }
  /// Null where the target has no such segment: then elements are computed one by one.
  SegmentFactory find(llvm::StringRef kind) const {
    SegmentFactory factory = factories.lookup(kind);
    return factory || !base ? factory : base->find(kind);
  }

private:
  const SegmentTable *base;
  llvm::StringMap<SegmentFactory> factories;
};
struct SegmentEntry {
  SegmentEntry(SegmentTable &table, llvm::StringRef kind, SegmentFactory factory) {
    table.add(kind, factory);
  }
};

/// The segments that need nothing of a target: loops over vectors or, in scalar code, elements.
SegmentTable &commonSegments();

/// Whatever is computed element by element: one loop over the elements of targets of one shape.
std::unique_ptr<Segment> createMapSegment(KernelContext &context,
                                          llvm::ArrayRef<StoreTarget> targets);
/// The same for what is computed positionwise from `op`.
std::unique_ptr<Segment> createMapAround(KernelContext &context, mlir::Operation *op,
                                         PendingTargets &targets);

} // namespace mlc
#endif
