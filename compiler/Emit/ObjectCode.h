//===- ObjectCode.h - LLVM IR to machine code -----------------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_OBJECTCODE_H
#define MLC_COMPILER_EMIT_OBJECTCODE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace mlc {

/// Bytes of an object file, an archive or a text.
using Bytes = llvm::SmallVector<char, 0>;

enum class CodeKind { Object, Assembly };

/// Hides what other parts of the model call, promises that nothing throws, and sets the target.
void prepareModule(llvm::Module &module, const llvm::TargetMachine &machine);

/// Inlines the functions that are marked to be, at every level.
void inlineFunctions(llvm::Module &module, llvm::TargetMachine &machine);

/// Runs LLVM's optimisations of `optLevel` 0 to 3. Loops are neither unrolled nor vectorised:
/// kernels come as explicit vector code whose loops are as long as registers allow.
void optimizeModule(llvm::Module &module, llvm::TargetMachine &machine, unsigned optLevel);

/// Selects instructions and writes them.
Bytes generateCode(llvm::Module &module, llvm::TargetMachine &machine, CodeKind kind);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_OBJECTCODE_H
