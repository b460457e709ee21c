//===- TargetInfo.h - what the code generator must know of a CPU ----*- C++ -*-===//
//
// One object answers every question about the machine that is compiled for: vector width,
// registers, caches, LLVM's target machine, and the features that the runtime checks at create.
// Nothing in the compiler holds a constant of one machine.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_TARGET_TARGETINFO_H
#define MLC_COMPILER_TARGET_TARGETINFO_H

#include "compiler/Target/DotInstruction.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class TargetMachine;
}

namespace mlc {

/// What the user asked for: `--mtriple`, `--mcpu`, `--l1`, `--l2`, `--bf16-dot`, `--i8-dot`.
struct TargetOptions {
  /// Empty: the machine that the compiler runs on.
  std::string triple;
  /// "native" reads this machine; on another architecture it means "generic".
  std::string cpu = "native";
  /// Bytes of data cache, instead of what is known of the CPU.
  std::optional<int64_t> l1Bytes;
  std::optional<int64_t> l2Bytes;
  /// `none`, or one that every CPU can do by plain vector operations, instead of the CPU's own.
  std::optional<std::string> bf16Dot;
  std::optional<std::string> i8Dot;
};

/// A CPU as the code generator sees it.
class TargetInfo {
public:
  /// Resolves `options`. Fails with a sentence for an unknown triple, CPU or dot product.
  static llvm::Expected<TargetInfo> create(const TargetOptions &options);

  const llvm::Triple &triple() const { return targetTriple; }
  /// LLVM's name of the CPU, "native" resolved ("znver5").
  llvm::StringRef cpu() const { return cpuName; }
  /// Features that differ from the CPU's defaults, "+a,-b", sorted.
  llvm::StringRef features() const { return featureString; }
  /// Whether a runtime archive built for this machine can be linked with the code.
  bool isHost() const;

  /// Bytes of the widest vector register that code should use.
  unsigned vectorBytes() const { return vectorWidth; }
  unsigned vectorRegisters() const { return registerCount; }
  /// Number of `bits`-wide elements of one vector register, at least 1.
  unsigned vectorLanes(unsigned bits) const { return std::max(1u, vectorWidth * 8 / bits); }
  /// Whether a multiply-add with one rounding is one instruction.
  bool hasFusedMultiplyAdd() const { return fusedMultiplyAdd; }
  /// Multiply-adds of the widest vectors that a core does in a cycle.
  double multiplyAddsPerCycle() const { return multiplyAddsOfCycle; }
  /// Whether f32 vectors are scaled by powers of two in one instruction.
  bool hasScaleInstruction() const { return triple().isX86() && vectorWidth == 64; }
  /// The instructions that take several products of bf16 or i8 at once.
  const DotNames &dotNames() const { return dots; }
  /// Data cache of one core.
  int64_t l1Bytes() const { return l1; }
  int64_t l2Bytes() const { return l2; }

  /// Features that the generated code may use, as /proc/cpuinfo names them ("avx512f"), in the
  /// order of the architecture's history. The runtime refuses to run where one is missing.
  const std::vector<std::string> &cpuinfoFeatures() const { return requiredFeatures; }
  /// "cpu x86_64 znver5": the text of the descriptor and of `mlc-run info`.
  std::string description() const;

  /// A new target machine with position-independent code; one per thread. `optLevel` 0 to 3.
  std::unique_ptr<llvm::TargetMachine> createMachine(unsigned optLevel) const;

private:
  TargetInfo() = default;

  llvm::Triple targetTriple;
  std::string cpuName;
  std::string featureString;
  unsigned vectorWidth = 16;
  unsigned registerCount = 16;
  bool fusedMultiplyAdd = false;
  double multiplyAddsOfCycle = 2;
  DotNames dots;
  int64_t l1 = 0;
  int64_t l2 = 0;
  std::vector<std::string> requiredFeatures;
};

/// A target machine that writes PTX for `gpuArch` ("sm_90a"; sm_80 or later). Fails with a sentence
/// for an architecture that LLVM does not know or that is older than sm_80.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createPtxMachine(llvm::StringRef gpuArch,
                                                                      unsigned optLevel);

} // namespace mlc

#endif // MLC_COMPILER_TARGET_TARGETINFO_H
