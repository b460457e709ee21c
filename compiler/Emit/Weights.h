//===- Weights.h - parameters embedded in a model --------------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_WEIGHTS_H
#define MLC_COMPILER_EMIT_WEIGHTS_H

#include "compiler/Emit/ModelDescription.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace mlc {

/// Makes the tensors of a safetensors file the initial values of the parameters and states of the
/// same names. Every trainable parameter must be there, with its dtype and shape; optimizer slots
/// (`<slot>/<name>`) are passed over. Fails with a sentence that names the tensor.
llvm::Error embedWeights(ModelDescription &model, llvm::StringRef safetensors);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_WEIGHTS_H
