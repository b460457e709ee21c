//===- Bindings.h - a compiled model in other languages --------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_BINDINGS_H
#define MLC_COMPILER_EMIT_BINDINGS_H

#include "compiler/HostProgram/ModelDescription.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlc {

/// A language in which mlc writes a module over the C functions of a model.
struct Binding {
  llvm::StringLiteral language; ///< as --bindings names it
  llvm::StringLiteral ending;   ///< of the module's file
  std::string (*write)(const ModelDescription &model);
};
llvm::ArrayRef<Binding> bindings();

/// A Fortran 2008 module on iso_c_binding: an interface for each entry, and functions with Fortran
/// strings for what every model has.
std::string writeFortranModule(const ModelDescription &model);
/// A Rust module: a handle that destroys itself, slices whose lengths are checked, errors with the
/// library's sentences.
std::string writeRustModule(const ModelDescription &model);

/// The statuses of mlc.h, as they are spelled there.
struct StatusName {
  llvm::StringLiteral name;
  mlc_status value;
};
llvm::ArrayRef<StatusName> statusNames();

} // namespace mlc

#endif // MLC_COMPILER_EMIT_BINDINGS_H
