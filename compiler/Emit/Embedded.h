//===- Embedded.h - files that travel inside the compiler -----------*- C++ -*-===//
//
// A copied mlc works alone: the runtime's archives and the text of mlc.h are part of its data.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_EMIT_EMBEDDED_H
#define MLC_COMPILER_EMIT_EMBEDDED_H

#include "compiler/Target/CpuTarget.h"

#include "llvm/ADT/StringRef.h"

namespace mlc {

/// The static library of runtime/ for a target; empty if this compiler carries none. Beside the
/// machine's own there is one for AArch64, if that system's headers were there when mlc was built.
llvm::StringRef embeddedRuntime(const CpuTarget &target);
/// The text of runtime/include/mlc/mlc.h.
llvm::StringRef embeddedInterface();

} // namespace mlc

#endif // MLC_COMPILER_EMIT_EMBEDDED_H
