// Instructions that multiply several neighbours along the depth of a product and add them to one
// lane.
#ifndef MLC_COMPILER_TARGET_DOTINSTRUCTION_H
#define MLC_COMPILER_TARGET_DOTINSTRUCTION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace mlc {

/// sum[lane] += lhs[lane, 0] * rhs[lane, 0] + ... + lhs[lane, products - 1] * rhs[lane, products -
/// 1]; a lane of sums has 32 bits, and so have the lhs of a lane.
struct DotInstruction {
  /// Registers of matrices: so many, of 16 rows of 16 words. One of sums, [rows of lhs, columns],
  /// is added the products of one of lhs, [rows, words], and one of rhs, [words, columns].
  static constexpr int64_t kMatrices = 8, kMatrixRows = 16, kMatrixWords = 16;

  /// The mnemonic, or `pairs`, `quads` and `matrices`: plain vector operations in the same layout.
  llvm::StringLiteral name;
  bool isFloat;     ///< bf16 to f32; else integers to i32
  int64_t products; ///< of a lane
  /// The lhs are unsigned: numbers of i8 come with 128 added.
  bool isLhsUnsigned = false;
  /// Takes i8 widened to i16.
  bool isWidened = false;
  /// The instruction only multiplies, and the sum of a lane's products is added by another.
  bool isApart = false;
  /// LLVM's intrinsics for vectors of 16, 32 and 64 bytes; empty where there is none.
  llvm::StringLiteral intrinsics[3] = {"", "", ""};
  /// LLVM's intrinsic that rounds 16 numbers of f32 as the instruction takes them; empty where
  /// there is none.
  llvm::StringLiteral rounding = "";
  /// Multiplies registers of matrices, not of vectors.
  bool takesMatrices = false;
  /// LLVM's intrinsic for those; empty where there is none.
  llvm::StringLiteral matrixIntrinsic = "";
  /// What a CPU needs beside the features of vectors, as /proc/cpuinfo names it.
  llvm::StringLiteral cpuinfoFeatures[2] = {"", ""};

  /// Whether every CPU can do it.
  bool isPlain() const { return intrinsics[0].empty() && matrixIntrinsic.empty(); }

  llvm::StringRef intrinsic(int64_t vectorBytes) const {
    for (int64_t size = 0; size < 3; ++size)
      if (vectorBytes == 16 << size)
        return intrinsics[size];
    return "";
  }
};

llvm::ArrayRef<DotInstruction> dotInstructions();

/// The instruction for `isFloat` with this name; null for other names, as the empty one.
const DotInstruction *findDotInstruction(llvm::StringRef name, bool isFloat);

/// What multiplies unsigned bytes by signed ones in vectors on a CPU that has this instruction for
/// i8, or by plain operations if that is one; null: nothing.
const DotInstruction *bytesDot(const DotInstruction *i8Dot);

/// Names of the instructions for bf16 and for i8; empty: there is none, and products are
/// multiply-adds of f32 and i32.
struct DotNames {
  std::string bf16, i8;
};

} // namespace mlc

#endif // MLC_COMPILER_TARGET_DOTINSTRUCTION_H
