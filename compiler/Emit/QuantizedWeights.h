//===- QuantizedWeights.h - weights in few bits ---------------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_QUANTIZEDWEIGHTS_H
#define MLC_COMPILER_EMIT_QUANTIZEDWEIGHTS_H

#include "compiler/HostProgram/ModelDescription.h"

#include "llvm/Support/Error.h"

#include <vector>

namespace mlc {

/// A matrix as `nn.dequantize` reads it, and how far it is from what it was made of.
struct QuantizedMatrix {
  std::vector<uint32_t> words;
  std::vector<float> scales, zeros; ///< zeros: of 4 bits
  double squaredError = 0, squares = 0;
};

/// Of all matrices together.
struct QuantizationReport {
  int64_t matrices = 0, numbers = 0, bytes = 0;
  double squaredError = 0, squares = 0;
  double most = 0; ///< the relative error of the worst
  std::string worst;
  void add(const nn::QuantizedPart &part, const QuantizedMatrix &matrix);
  /// A sentence; errors are roots of the mean squared error over that of the squared numbers.
  std::string text() const;
};

/// Reads rows of the weight, [first, first + count).
using RowReader = std::function<llvm::Error(int64_t first, int64_t count, float *to)>;

/// Of 8 bits, the largest number of a group is 127 scales; of 4 bits, the 16 numbers go from the
/// least of a group to the largest. Holds few rows, or those of a group, as floats at a time.
/// `part` says sizes; fails where a number is not finite, and where reading does.
llvm::Expected<QuantizedMatrix> quantize(const nn::QuantizedPart &part, const RowReader &rows);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_QUANTIZEDWEIGHTS_H
