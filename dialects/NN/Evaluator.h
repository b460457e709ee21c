// The reference evaluator: what a function of the nn dialect means, computed by reading it.
#ifndef MLC_DIALECTS_NN_EVALUATOR_H
#define MLC_DIALECTS_NN_EVALUATOR_H

#include "dialects/NN/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include <functional>
#include <map>
#include <string>

namespace mlc::nn {

enum class Rounding {
  none,  ///< exact: every number is a double, with its tangent
  eachOp ///< every op's result is rounded to its dtype
};

/// Runs functions of a module. Integers are exact in both modes. In the exact mode the tangents of
/// the arguments and parameters propagate: the tangent of a result is its derivative along them.
class Evaluator {
public:
  using Tensors = llvm::SmallVector<Tensor>;

  explicit Evaluator(mlir::ModuleOp module, Rounding rounding = Rounding::none)
      : module(module), rounding(rounding) {}

  /// What nn.param, nn.read and nn.write see, by name.
  std::map<std::string, Tensor> parameters, states;

  /// Called with every op, those of decompositions included, and its operands before it is
  /// evaluated, or its (rounded) results after: a fuzzer perturbs numbers here. May be null.
  std::function<void(mlir::Operation *, llvm::MutableArrayRef<Tensor>)> beforeOp, afterOp;

  /// Runs `function`. Sizes that are `?` in its type take the sizes of `arguments`. Fails, with a
  /// diagnostic, where an nn.assert does not hold, sizes contradict, a parameter has no value, or
  /// an op cannot be evaluated.
  mlir::FailureOr<Tensors> call(mlir::func::FuncOp function, llvm::ArrayRef<Tensor> arguments);

private:
  class BodyRunner;
  using Environment = llvm::DenseMap<mlir::Value, Tensor>;

  mlir::FailureOr<Tensors> run(mlir::Block &block, Environment &environment,
                               mlir::Operation *skipped = nullptr);
  mlir::FailureOr<Tensors> evaluate(mlir::Operation *op, llvm::ArrayRef<Tensor> operands);
  mlir::FailureOr<Tensors> evaluateModelOp(mlir::Operation *op, llvm::ArrayRef<Tensor> operands);
  mlir::FailureOr<Tensors> evaluateElementwise(mlir::Operation *op,
                                               llvm::ArrayRef<Tensor> operands);
  mlir::FailureOr<Tensors> evaluateStructured(mlir::Operation *op, llvm::ArrayRef<Tensor> operands);
  mlir::FailureOr<Tensors> evaluateComposite(mlir::Operation *op, llvm::ArrayRef<Tensor> operands);

  mlir::ModuleOp module;
  Rounding rounding;
  unsigned depth = 0;
  bool updates = false; ///< whether nn.write acts in the entry that runs
};

/// Fails, with a diagnostic, where a tensor of the static type `type` is too large to be evaluated.
llvm::LogicalResult checkEvaluable(mlir::Location location, mlir::Type type);
/// The elements of a constant.
Tensor tensorOf(mlir::ElementsAttr value);
/// The static type of a tensor.
mlir::RankedTensorType typeOf(const Tensor &tensor);
/// Writes `dense<[1, 2.5]> : tensor<2xf32>`: every element, floats with `digits` significant digits
/// (0: as many as tell all numbers of the dtype apart).
void print(llvm::raw_ostream &os, const Tensor &tensor, unsigned digits = 0);

} // namespace mlc::nn
#endif
