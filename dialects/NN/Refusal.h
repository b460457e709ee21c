// How the dialect's type inference says no: what was expected, what came, and the remedy.
#ifndef MLC_DIALECTS_NN_REFUSAL_H
#define MLC_DIALECTS_NN_REFUSAL_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"

namespace mlc::nn {

/// Reports the message pieces at `location`, with the remedy as a note unless it is empty, and
/// fails. Without a location it only fails: type inference also serves to ask.
template <typename... Pieces>
llvm::LogicalResult refuse(std::optional<mlir::Location> location, llvm::StringRef remedy,
                           Pieces &&...pieces) {
  if (!location)
    return llvm::failure();
  mlir::InFlightDiagnostic diagnostic = mlir::emitError(*location);
  (diagnostic << ... << std::forward<Pieces>(pieces));
  if (!remedy.empty())
    diagnostic.attachNote() << remedy;
  return diagnostic;
}

/// The type of `value` as a ranked tensor. The parser infers result types before it checks operand
/// types, so inference meets every type that can be written.
inline llvm::FailureOr<mlir::RankedTensorType> rankedType(std::optional<mlir::Location> location,
                                                          mlir::Value value) {
  if (auto type = llvm::dyn_cast<mlir::RankedTensorType>(value.getType()))
    return type;
  return refuse(location, "", "expects a ranked tensor, but got ", value.getType());
}

/// Checks 0 <= dim < rank of `type`.
inline llvm::LogicalResult verifyDim(std::optional<mlir::Location> location, llvm::StringRef name,
                                     int64_t dim, mlir::RankedTensorType type) {
  if (dim >= 0 && dim < type.getRank())
    return llvm::success();
  return refuse(location, "", "expects ", name, " in [0, ", type.getRank(), "), the dimensions of ",
                type, ", but got ", dim);
}

/// Whether two sizes can be equal at run time.
inline bool areCompatible(int64_t a, int64_t b) {
  return a == b || mlir::ShapedType::isDynamic(a) || mlir::ShapedType::isDynamic(b);
}
/// The more precise of two compatible sizes.
inline int64_t mergeSizes(int64_t a, int64_t b) { return mlir::ShapedType::isDynamic(a) ? b : a; }

} // namespace mlc::nn
#endif
