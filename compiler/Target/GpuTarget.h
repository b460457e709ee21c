//===- GpuTarget.h - what the code generator must know of a GPU -----*- C++ -*-===//
#ifndef MLC_COMPILER_TARGET_GPUTARGET_H
#define MLC_COMPILER_TARGET_GPUTARGET_H

#include "compiler/Target/Target.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace llvm {
class TargetMachine;
}

namespace mlc {

/// An NVIDIA GPU by the plain mapping: a tile is a thread, its code scalar.
class GpuTarget : public Target {
public:
  /// For `arch`, such as "sm_90a". Fails with a sentence for an architecture that LLVM does not
  /// know or that is older than sm_80.
  static llvm::Expected<GpuTarget> create(llvm::StringRef arch);

  /// A new target machine that writes PTX. `optLevel` 0 to 3.
  std::unique_ptr<llvm::TargetMachine> createMachine(unsigned optLevel) const;

private:
  GpuTarget();

  std::string archName;
  llvm::StringRef ptxVersion;
};

} // namespace mlc

#endif // MLC_COMPILER_TARGET_GPUTARGET_H
