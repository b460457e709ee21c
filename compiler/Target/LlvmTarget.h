//===- LlvmTarget.h - LLVM's back ends ------------------------------*- C++ -*-===//
#ifndef MLC_COMPILER_TARGET_LLVMTARGET_H
#define MLC_COMPILER_TARGET_LLVMTARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

#include <memory>

namespace llvm {
class Target;
class TargetMachine;
} // namespace llvm

namespace mlc {

/// LLVM's back end for `triple`, registered on the first call: only those that are asked for, the
/// others cost start-up time. Fails with a sentence for a triple that this compiler does not know.
llvm::Expected<const llvm::Target *> findLlvmTarget(const llvm::Triple &triple);

/// A new target machine of a back end that has been found, with position-independent code; one per
/// thread. `optLevel` 0 to 3.
std::unique_ptr<llvm::TargetMachine> createLlvmMachine(const llvm::Triple &triple,
                                                       llvm::StringRef cpu,
                                                       llvm::StringRef features, unsigned optLevel);

} // namespace mlc

#endif // MLC_COMPILER_TARGET_LLVMTARGET_H
