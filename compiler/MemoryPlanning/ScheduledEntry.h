// An entry as a LaunchSchedule, and back.
#ifndef MLC_COMPILER_MEMORYPLANNING_SCHEDULEDENTRY_H
#define MLC_COMPILER_MEMORYPLANNING_SCHEDULEDENTRY_H

#include "compiler/MemoryPlanning/LaunchSchedule.h"
#include "dialects/Kernel/Subprogram.h"

namespace mlc {

class Buffers;

/// The launches of an entry, in its order.
class ScheduledEntry {
public:
  /// `maxima` are the numbers of the free dimensions.
  ScheduledEntry(mlir::func::FuncOp entry, llvm::ArrayRef<mlir::AffineExpr> maxima);

  const LaunchSchedule &schedule() const { return initial; }
  /// The entry with its launches as in a schedule that moves of schedule() led to. It is not in the
  /// module yet.
  mlir::func::FuncOp write(const LaunchSchedule &schedule);

private:
  void addBuffers(Buffers &buffers);
  void addParts(int buffer, llvm::SmallVectorImpl<int> &parts) const;
  void addLaunch(mlir::Operation *bound, mlir::Operation *original, Buffers &buffers);
  void addInPlace(kernel::LaunchOp launch, Buffers &buffers, ScheduledLaunch &scheduled);
  int64_t numberOf(mlir::AffineExpr expr) const;
  double costOf(mlir::Operation *op, nn::DimensionAnalysis &sizes) const;
  StorageAccess accessOf(mlir::Operation *op, unsigned number, Buffers &buffers) const;

  mlir::func::FuncOp entry;
  llvm::ArrayRef<mlir::AffineExpr> maxima;
  LaunchSchedule initial;
  std::vector<mlir::Operation *> nodes;           ///< of `entry`
  std::vector<llvm::SmallVector<int, 2>> partsOf; ///< by buffer: what lies in it
  llvm::DenseMap<mlir::Value, int> bufferOf;      ///< of results of the nodes
};

} // namespace mlc
#endif
