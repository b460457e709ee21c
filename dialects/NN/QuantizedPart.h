// What a state is a part of that a weight became in few bits.
#ifndef MLC_DIALECTS_NN_QUANTIZEDPART_H
#define MLC_DIALECTS_NN_QUANTIZEDPART_H

#include <cstdint>
#include <optional>
#include <string>

namespace mlir {
class Operation;
} // namespace mlir

namespace mlc::nn {

/// The words, scales or zeros (see `nn.dequantize`) of a weight, of whose value in the file of
/// weights a state's value is made.
struct QuantizedPart {
  enum Kind { words, scales, zeros };
  Kind kind = words;
  std::string source;        ///< name of the weight, [depth, columns]
  bool isTransposed = false; ///< it is [columns, depth]
  int64_t depth = 0, columns = 0;
  int64_t group = 1, bits = 8;

  int64_t numbersOfWord() const { return 32 / bits; }
  int64_t groups() const { return (depth + group - 1) / group; }
};

/// Marks a state, and what it is marked with, if it is.
void markQuantized(mlir::Operation *state, const QuantizedPart &part);
std::optional<QuantizedPart> quantizedPartOf(mlir::Operation *state);

} // namespace mlc::nn
#endif
