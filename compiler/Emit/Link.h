//===- Link.h - objects to a library ---------------------------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_LINK_H
#define MLC_COMPILER_EMIT_LINK_H

#include "compiler/Emit/ObjectCode.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace mlc {

struct LinkOptions {
  /// A linker script for a shared library, or "".
  llvm::StringRef script;
  /// The functions of the model's header: what stays visible.
  std::vector<std::string> exports;
  /// The archive of the target's runtime; if it is empty, an object keeps undefined `mlc_rt_*`.
  llvm::StringRef runtime;
  /// What programs that are linked with a shared library look for: the name of its file.
  std::string soname;
  /// The folder of the target's libc.so.6 and libm.so.6, for shared libraries.
  std::string libraries;
};

/// Links objects and the runtime to a stripped shared library that needs libc, and libm where it is
/// called. The same objects give the same bytes.
llvm::Expected<Bytes> linkSharedLibrary(llvm::ArrayRef<Bytes> objects, const LinkOptions &options);

/// Merges objects and the runtime to one object in which every symbol but the model's own is local,
/// so that any number of models can be linked into one program.
llvm::Expected<Bytes> linkObject(llvm::ArrayRef<Bytes> objects, const LinkOptions &options);

/// An archive of one object.
llvm::Expected<Bytes> makeArchive(const Bytes &object, llvm::StringRef memberName);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_LINK_H
