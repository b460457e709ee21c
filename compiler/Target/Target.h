//===- Target.h - the machine that is compiled for -----------------*- C++ -*-===//
//
// The one object that passes ask about the machine. It says what there is; what to make of it is
// theirs. Their options are copies of its facts, so that mlc-opt can be told others.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_TARGET_TARGET_H
#define MLC_COMPILER_TARGET_TARGET_H

#include "compiler/Target/DotInstruction.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace mlc {

/// A machine as passes see it. CpuTarget and GpuTarget make one from what the user asked for; by
/// itself it is a CPU of 64-byte vectors, the same on every machine that the compiler runs on.
class Target {
public:
  /// "cpu" or "gpu": what code generation has of its own for it is entered under this name.
  llvm::StringRef kind() const { return kindName; }

  /// Bytes of the widest vector register that code should use; 0: its code is scalar.
  unsigned vectorBytes() const { return vectorWidth; }
  unsigned vectorRegisters() const { return registerCount; }
  /// Whether a vector of f32 is loaded or stored under a mask by one instruction.
  bool hasMaskedMoves() const { return maskedMoves; }
  /// Data cache of one core.
  int64_t l1Bytes() const { return l1; }
  int64_t l2Bytes() const { return l2; }
  /// Elements of short rows that are worth a tile of their own.
  int64_t tileElements() const { return elementsOfTile; }
  /// The instructions that take several products of bf16 or i8 at once.
  const DotNames &dotNames() const { return dots; }
  /// Multiply-adds of the widest vectors that a core does in a cycle.
  double multiplyAddsPerCycle() const { return multiplyAddsOfCycle; }

  /// Whether a multiply-add with one rounding is one instruction.
  bool hasFusedMultiplyAdd() const { return fusedMultiplyAdd; }
  /// Whether f32 vectors are scaled by powers of two in one instruction.
  bool hasScaleInstruction() const { return scaleInstruction; }

  /// Whether products read parameters from panels, which are packed before they run.
  bool packsParameters() const { return hasPanels; }

  /// Whether a kernel can have products of products: blocks of the first are operands of the next.
  bool chainsProducts() const { return hasChains && vectorWidth > 0; }

protected:
  llvm::StringRef kindName = "cpu";
  unsigned vectorWidth = 64;
  unsigned registerCount = 32;
  bool maskedMoves = true;
  int64_t l1 = 32 << 10;
  int64_t l2 = 1 << 20;
  int64_t elementsOfTile = 8192;
  DotNames dots;
  double multiplyAddsOfCycle = 2;
  bool fusedMultiplyAdd = true;
  bool scaleInstruction = false;
  bool hasPanels = true;
  bool hasChains = true;
};

} // namespace mlc

#endif // MLC_COMPILER_TARGET_TARGET_H
