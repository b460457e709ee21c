//===- PackedData.h - packed copies of embedded weights -------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_PACKEDDATA_H
#define MLC_COMPILER_EMIT_PACKEDDATA_H

#include "compiler/HostProgram/ModelDescription.h"

namespace mlc {

/// Gives every packed storage its data, from those of what it is a copy of: a library with embedded
/// weights then packs nothing, and processes share the copies. Does nothing where a source has no
/// data: the library packs what it initialises.
void packData(ModelDescription &model);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_PACKEDDATA_H
