//===- CpuTarget.h - what the code generator must know of a CPU ----*- C++ -*-===//
//
// Vector width, registers, caches, LLVM's target machine, and the features that the runtime checks
// at create. Nothing else in the compiler holds a constant of one machine.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_TARGET_CPUTARGET_H
#define MLC_COMPILER_TARGET_CPUTARGET_H

#include "compiler/Target/Target.h"
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
struct CpuOptions {
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
class CpuTarget : public Target {
public:
  /// Resolves `options`. Fails with a sentence for an unknown triple, CPU or dot product.
  static llvm::Expected<CpuTarget> create(const CpuOptions &options);

  const llvm::Triple &triple() const { return targetTriple; }
  /// LLVM's name of the CPU, "native" resolved ("znver5").
  llvm::StringRef cpu() const { return cpuName; }
  /// Features that differ from the CPU's defaults, "+a,-b", sorted.
  llvm::StringRef features() const { return featureString; }
  /// Whether a runtime archive built for this machine can be linked with the code.
  bool isHost() const;

  /// Number of `bits`-wide elements of one vector register, at least 1.
  unsigned vectorLanes(unsigned bits) const { return std::max(1u, vectorWidth * 8 / bits); }

  /// Features that the generated code may use, as /proc/cpuinfo names them ("avx512f"), in the
  /// order of the architecture's history. The runtime refuses to run where one is missing.
  const std::vector<std::string> &cpuinfoFeatures() const { return requiredFeatures; }
  /// "cpu x86_64 znver5": the text of the descriptor and of `mlc-run info`.
  std::string description() const;

  /// A new target machine with position-independent code; one per thread. `optLevel` 0 to 3.
  std::unique_ptr<llvm::TargetMachine> createMachine(unsigned optLevel) const;

private:
  CpuTarget() = default;

  llvm::Triple targetTriple;
  std::string cpuName;
  std::string featureString;
  std::vector<std::string> requiredFeatures;
};

} // namespace mlc

#endif // MLC_COMPILER_TARGET_CPUTARGET_H
