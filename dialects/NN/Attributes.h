// What the attributes of nn.parameter and nn.train_step say: initialisers, optimizers, schedules.
#ifndef MLC_DIALECTS_NN_ATTRIBUTES_H
#define MLC_DIALECTS_NN_ATTRIBUTES_H

#include "dialects/NN/Number.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/SymbolTable.h"
#include <string>

namespace mlc::nn {

class TensorExpr;
struct OptimizerInputs;

/// The values are mlc_initializer_kind of runtime/model.h.
enum class InitializerKind {
  constant = 0,
  uniform = 1,
  normal = 2,
  truncatedNormal = 3,
  orthogonal = 4
};

/// How the runtime fills a tensor: the law and its two numbers, as runtime/model.h explains them,
/// fans worked in.
struct Initializer {
  InitializerKind kind = InitializerKind::constant;
  double a = 0.0, b = 0.0;
};

/// The numbers that are allowed once they are rounded to f32, both ends included; never infinity or
/// NaN.
struct Range {
  static constexpr double kMost = 0x1.fffffep127, kBelowOne = 0x1.fffffep-1; ///< of the floats
  double least = -kMost, most = kMost;
};
/// The range of a hyperparameter of that name, in every optimizer of ours: PyTorch's.
Range rangeOf(llvm::StringRef name);
/// Fails, with a diagnostic about the number of that name, where it is outside of the range.
llvm::LogicalResult verifyInRange(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                                  llvm::StringRef name, double value, Range range);

/// A named rank-0 f32 of an optimizer, which a program can set at run time within a range.
struct Hyperparameter {
  std::string name;
  double initial = 0.0;
  Range range;
};
class TensorExpr;
/// The value of a hyperparameter of a schedule.
using LengthOf = llvm::function_ref<TensorExpr(const Hyperparameter &)>;

} // namespace mlc::nn

#include "dialects/NN/NNAttributeInterfaces.h.inc"
#endif
