//===- CHeader.h - the C header of a compiled model -----------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_CHEADER_H
#define MLC_COMPILER_EMIT_CHEADER_H

#include "compiler/HostProgram/ModelDescription.h"

#include "llvm/ADT/StringRef.h"

namespace mlc {

/// The function that returns the generic table, for programs that link the model, of which there
/// may be several.
std::string tableSymbol(const ModelDescription &model);
/// The same for programs that load a shared library by dlopen, whose model they may not know; a
/// header does not declare it.
inline constexpr llvm::StringLiteral kLoadedTableSymbol = "mlc_model_v1";

/// Every function of the header, in its order: what an object exports. A shared library also
/// exports kLoadedTableSymbol.
std::vector<std::string> exportedFunctions(const ModelDescription &model);

/// The text of the header: the shared types of mlc.h behind their own guard, then one documented
/// prototype per function of the model. C99 and C++.
std::string writeCHeader(const ModelDescription &model);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_CHEADER_H
