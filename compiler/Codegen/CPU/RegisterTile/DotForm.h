// Products of bf16 and i8 by dot products: the depth is taken in words, each the neighbours that
// one lane of an instruction multiplies and adds.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_DOTFORM_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_DOTFORM_H

#include "compiler/Codegen/Common/VectorBuilder.h"
#include "compiler/Target/DotInstruction.h"

namespace mlc {

/// The dot product form of a register tile. Operands are packed: rhs in panels
/// [words, columns, products] of the narrow dtype, lhs in words of 32 bits, unless its elements lie
/// in memory as such words.
class DotForm {
public:
  /// By an instruction; null: there is none.
  explicit DotForm(const DotInstruction *instruction = nullptr) : instruction(instruction) {}

  /// Whether there is one; else the tile is made of multiply-adds.
  explicit operator bool() const { return instruction != nullptr; }
  /// Neighbours along the depth in a word; 1 where there is no form.
  int64_t products() const { return instruction ? instruction->products : 1; }
  /// Sums start at minus the products of 128 and rhs, because lhs come with 128 added.
  bool hasOffset() const { return instruction && instruction->isLhsUnsigned; }
  /// What memory holds of packed lhs and rhs: i8 or i16 (bf16, widened i8).
  mlir::Type lhsElement(mlir::OpBuilder &builder) const;
  mlir::Type rhsElement(mlir::OpBuilder &builder) const;
  /// Says that rhs is packed on the way: then its elements are what the instruction takes; those
  /// packed beforehand are as narrow as the matrix.
  void packRhsOnTheWay() { widensRhs = instruction && instruction->isWidened; }
  /// Whether it multiplies registers of matrices; by plain operations if the intrinsic is empty.
  bool takesMatrices() const { return instruction && instruction->takesMatrices; }
  llvm::StringRef matrixIntrinsic() const { return instruction->matrixIntrinsic; }
  /// Multiply-adds of a lane that take the time of one.
  int64_t productsOfStep() const;
  /// Whether a product takes a register before it is added.
  bool needsTemporaries() const { return instruction && instruction->isApart; }
  /// "pairs of bf16 by vdpbf16ps".
  std::string text() const;

  /// Whether neighbours of this dtype are words of lhs where they lie.
  bool takesAsWords(mlir::Type element) const;

  /// A narrow number as the emitter has it (bf16 in f32 or its bits, i8 or i1), as packed.
  mlir::Value lhsPacked(VectorBuilder &emitter, mlir::Value number) const;
  mlir::Value rhsPacked(VectorBuilder &emitter, mlir::Value number) const;

  /// Numbers of f32 as packed, rounded by the CPU's own instruction where it has one for so many.
  mlir::Value rounded(VectorBuilder &emitter, mlir::Value numbers) const;
  /// Vectors of packed neighbours along the depth as words, the first vector's numbers lowest.
  static mlir::Value inWords(VectorBuilder &emitter, llvm::ArrayRef<mlir::Value> vectors);

  /// The neighbours of lhs from an address on, in all lanes, ready for `add`.
  mlir::Value lhsWordsAt(VectorBuilder &emitter, mlir::Value buffer, mlir::Value address) const;
  /// Words of either side in lanes, ready for `add`.
  mlir::Value asOperand(VectorBuilder &emitter, mlir::Value words) const;
  /// A word of packed lhs in all lanes, ready for `add`.
  mlir::Value lhsWords(VectorBuilder &emitter, mlir::Value word) const;
  /// The words of rhs from an address in elements, in `emitter.width()` lanes, ready for `add`.
  mlir::Value rhsWords(VectorBuilder &emitter, mlir::Value buffer, mlir::Value address) const;
  /// sums + products of the words, lane by lane.
  mlir::Value add(VectorBuilder &emitter, mlir::Value lhs, mlir::Value rhs, mlir::Value sums) const;
  /// 128 times each element of rhs, added to `sums`.
  mlir::Value addOffset(VectorBuilder &emitter, mlir::Value rhs, mlir::Value sums) const;

private:
  mlir::Value roundedByCpu(VectorBuilder &emitter, mlir::Value numbers) const;
  /// Without an instruction.
  bool isPlain() const { return !instruction || instruction->isPlain(); }
  llvm::StringRef intrinsic(VectorBuilder &emitter) const;
  mlir::Value widened(VectorBuilder &emitter, mlir::Value numbers) const;
  mlir::Value field(VectorBuilder &emitter, mlir::Value words, int64_t position,
                    bool isUnsigned) const;
  mlir::Value addPlain(VectorBuilder &emitter, mlir::Value lhs, mlir::Value rhs,
                       mlir::Value sums) const;

  const DotInstruction *instruction;
  bool widensRhs = false; ///< when it is packed, not when it is loaded
};

} // namespace mlc
#endif
