//===- Weights.h - parameters embedded in a model --------------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_WEIGHTS_H
#define MLC_COMPILER_EMIT_WEIGHTS_H

#include "compiler/HostProgram/ModelDescription.h"

#include "llvm/Support/Error.h"

namespace mlc {

/// Makes the tensors of a safetensors file the initial values of the parameters and states of the
/// same names, and of their packed copies. The file is read by the runtime, which takes and refuses
/// here what it takes and refuses in load; of optimizer slots, step and hyperparameters nothing is
/// embedded. Checks all but the tensors' bytes, which are read when the product is written. Returns
/// how many tensors have another dtype in the file. Fails with the runtime's sentence, which names
/// the file.
llvm::Expected<size_t> embedWeights(ModelDescription &model, const std::string &path);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_WEIGHTS_H
