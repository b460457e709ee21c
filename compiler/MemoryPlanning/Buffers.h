// Which tensors of an entry share bytes, and when the bytes are in use.
#ifndef MLC_COMPILER_MEMORYPLANNING_BUFFERS_H
#define MLC_COMPILER_MEMORYPLANNING_BUFFERS_H

#include "dialects/Kernel/Subprogram.h"

namespace mlc {

/// A run of bytes. A buffer with a parent is a part of it; places of the parts follow from the
/// root's.
struct Buffer {
  kernel::PlaceKind kind = kernel::PlaceKind::arena;
  int64_t index = 0; ///< which input, result, storage or constant
  mlir::AffineExpr bytes;
  int parent = -1;
  mlir::AffineExpr parentOffset; ///< where in the parent
  unsigned first = 0,
           last = 0; ///< positions of the first write and of the last read or write; roots only
  bool isWritten = false;       ///< produced by the entry, rather than given to it
  mlir::AffineExpr arenaOffset; ///< roots in the arena: set by the layout
};

/// Where a tensor is: an offset in a buffer.
struct Position {
  int buffer = -1;
  mlir::AffineExpr offset;
};

/// The buffers of one entry. Position numbers of ops are taken when the object is made: insert
/// copies before.
class Buffers {
public:
  /// `constants` collects the tables of the module.
  Buffers(mlir::func::FuncOp entry, llvm::SmallVectorImpl<mlir::Attribute> &constants);

  nn::DimensionAnalysis &sizes() { return dimensions; }
  Position positionOf(mlir::Value tensor) const { return positions.lookup(tensor); }
  /// The position in the root buffer.
  Position rootOf(Position position) const;
  Position rootOf(mlir::Value tensor) const { return rootOf(positionOf(tensor)); }
  Buffer &operator[](int buffer) { return buffers[buffer]; }
  size_t size() const { return buffers.size(); }
  mlir::AffineExpr bytesOf(mlir::Value tensor);
  unsigned numberOf(mlir::Operation *op) const { return numbers.lookup(op); }
  /// What lives while the op runs, besides its operands and results: arenas of subprograms, then
  /// per value that a loop carries a second buffer, or the result's where trips write what they
  /// read.
  llvm::ArrayRef<int> temporariesOf(mlir::Operation *op) const {
    auto found = temporaries.find(op);
    return found == temporaries.end() ? llvm::ArrayRef<int>() : llvm::ArrayRef<int>(found->second);
  }

  /// Whether the tensor is all of its root buffer, an arena buffer that no one has bound to another
  /// place.
  bool isUnboundRoot(mlir::Value tensor);
  /// Makes the buffer that the tensor fills a part of another one. Its life becomes part of the
  /// parent's.
  void embed(mlir::Value tensor, int parent, mlir::AffineExpr offset);
  /// Sets the places of all launches, copies and checks.
  void writePlaces();

private:
  void addArguments();
  void addOp(mlir::Operation &op);
  void addView(nn::KernelOpInterface op);
  void addJoined(nn::KernelOpInterface op);
  void addTemporaries(mlir::Operation *op);
  int addBuffer(mlir::Operation *op, mlir::AffineExpr bytes);
  int addBuffer(mlir::Value tensor, kernel::PlaceKind kind, int64_t index);
  void use(mlir::Value tensor, unsigned number);

  mlir::func::FuncOp entry;
  nn::DimensionAnalysis dimensions;
  llvm::SmallVectorImpl<mlir::Attribute> &constants;
  std::vector<Buffer> buffers;
  llvm::DenseMap<mlir::Value, Position> positions;
  llvm::DenseMap<mlir::Operation *, unsigned> numbers;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<int>>
      temporaries; ///< of what runs subprograms
};

struct Bindings;
/// Gives results of launches the memory of the caller's results and storages that they are bound
/// to.
void applyBindings(const Bindings &bindings, Buffers &buffers);

/// Bytes of one element in memory; i1 takes one.
int64_t elementBytes(mlir::Type element);

} // namespace mlc
#endif
