//===- Weights.h - parameters embedded in a model --------------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_WEIGHTS_H
#define MLC_COMPILER_EMIT_WEIGHTS_H

#include "compiler/Emit/QuantizedWeights.h"

#include "llvm/Support/Error.h"

namespace mlc {

struct WeightsReport {
  size_t converted = 0; ///< tensors that have another dtype in the file
  QuantizationReport quantized;
};

/// Makes the tensors of a safetensors file the initial values of the parameters and states of the
/// same names, of their packed copies, and of what weights became in few bits. The file is read by
/// the runtime, which takes and refuses here what it takes and refuses in load; of optimizer slots,
/// step and hyperparameters nothing is embedded. Checks all but the tensors' bytes, which are read
/// when the product is written; those in few bits are read here. Fails with the runtime's sentence,
/// which names the file.
llvm::Expected<WeightsReport> embedWeights(ModelDescription &model, const std::string &path);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_WEIGHTS_H
