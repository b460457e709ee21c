//===- Embedded.h - files that travel inside the compiler -----------*- C++ -*-===//
//
// A copied mlc works alone: the runtime archive and the text of mlc.h are part of its data.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_EMIT_EMBEDDED_H
#define MLC_COMPILER_EMIT_EMBEDDED_H

#include "llvm/ADT/StringRef.h"

namespace mlc {

/// The static library of runtime/, built for the machine that the compiler was built for.
llvm::StringRef embeddedRuntime();
/// The text of runtime/include/mlc/mlc.h.
llvm::StringRef embeddedInterface();

} // namespace mlc

#endif // MLC_COMPILER_EMIT_EMBEDDED_H
