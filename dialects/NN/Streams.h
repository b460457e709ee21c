// Streams of random numbers: what tells draws of one seed and step apart.
#ifndef MLC_DIALECTS_NN_STREAMS_H
#define MLC_DIALECTS_NN_STREAMS_H

#include "mlir/IR/Builders.h"
#include <optional>

namespace mlc::nn {

/// The number of the stream that an op draws from; none: it draws no random numbers.
std::optional<int64_t> streamOf(mlir::Operation *op);
/// The numbers of streams as a constant, an i64 tensor of rank 1.
mlir::Value tableOfStreams(mlir::OpBuilder &builder, mlir::Location location,
                           llvm::ArrayRef<int64_t> streams);
/// Lets an op that draws random numbers take its stream's from `stream`, a rank-0 i64 tensor that
/// holds the number which the op names; it names 0 then. The random numbers stay the same.
void readStream(mlir::Operation *op, mlir::Value stream);

} // namespace mlc::nn
#endif
