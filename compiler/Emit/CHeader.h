//===- CHeader.h - the C header of a compiled model -----------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_CHEADER_H
#define MLC_COMPILER_EMIT_CHEADER_H

#include "compiler/Emit/ModelDescription.h"

namespace mlc {

/// How the function that returns the generic table is called: plain in a shared library, with the
/// model's name in an object or archive, of which a program may link several.
enum class TableName { Plain, Prefixed };
std::string tableSymbol(const ModelDescription &model, TableName kind);

/// Every function of the header, in its order: what a library exports.
std::vector<std::string> exportedFunctions(const ModelDescription &model, TableName kind);

/// The text of the header: the shared types of mlc.h behind their own guard, then one documented
/// prototype per function of the model. C99 and C++.
std::string writeCHeader(const ModelDescription &model, TableName kind);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_CHEADER_H
