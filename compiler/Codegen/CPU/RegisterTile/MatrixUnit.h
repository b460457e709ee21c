// Registers of matrices: 16 rows of 16 words each. Four are sums, of two times two others.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_MATRIXUNIT_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_MATRIXUNIT_H

#include "compiler/Codegen/CPU/RegisterTile/Block.h"

namespace mlc::tile {

/// The unit as it is configured: how many rows the registers of lhs and of their sums have. By
/// AMX's instructions (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1,
/// chapter 18) or, where the plan's instruction is none, by plain operations on memory.
class MatrixUnit : Part {
public:
  static constexpr int64_t kRows = DotInstruction::kMatrixRows,
                           kWords = DotInstruction::kMatrixWords, kBytes = 4 * kWords;
  static int64_t sums(int64_t lhs, int64_t rhs) { return 2 * lhs + rhs; }
  static int64_t lhs(int64_t number) { return 4 + number; }
  static int64_t rhs(int64_t number) { return 6 + number; }

  MatrixUnit(VectorBuilder &emitter, const Plan &plan, Scratch &scratch);

  /// The rows of both registers of lhs, 1 to 16 each. All registers are zero then.
  void configure(Value first, Value second);
  /// After the last use by a kernel.
  void release();

  /// Rows of a register from an address in bytes on, so many bytes apart.
  void load(int64_t number, Value address, Value stride);
  void store(int64_t number, Value address, Value stride);
  void zero(int64_t number);
  /// Adds the products of two registers to their sums.
  void multiply(int64_t lhs, int64_t rhs);

  /// The address of an element of a buffer, in bytes.
  Value addressOf(Value buffer, Value element);
  /// The first words at an address of those that exist; the others are zero. And 16 words stored.
  Value wordsAt(Value address, Value count);
  void storeWords(Value words, Value address);

private:
  Value pointer(Value address);
  Value number(int64_t value, unsigned bits);
  void call(llvm::StringRef name, llvm::ArrayRef<Value> operands);
  void move(llvm::StringRef name, int64_t number, Value address, Value stride);
  Value registerRow(int64_t number, Value row);
  Value rowsOf(int64_t number) const;

  const bool isPlain;
  Value memory;                ///< the configuration, or what stands for the registers
  Value firstRows, secondRows; ///< as configured
};

} // namespace mlc::tile
#endif
