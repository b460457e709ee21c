// What passes ask of the attributes of nn.parameter and nn.train_step.
#ifndef MLC_NN_ATTRIBUTE_INTERFACES
#define MLC_NN_ATTRIBUTE_INTERFACES

include "mlir/IR/OpBase.td"

def InitializerAttrInterface : AttrInterface<"InitializerAttrInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ How a parameter or state is filled at create. }];
  let methods = [
    InterfaceMethod<"The law for a tensor of the static type `type`, for which verifyFor succeeded.",
      "::mlc::nn::Initializer", "initializerFor", (ins "::mlir::RankedTensorType":$type)>,
    InterfaceMethod<"Fails, with a diagnostic, if a tensor of this static type cannot be filled so.",
      "::llvm::LogicalResult", "verifyFor",
      (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError, "::mlir::RankedTensorType":$type)>
  ];
}

def OptimizerAttrInterface : AttrInterface<"OptimizerAttrInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ How a parameter changes in a training step. Every update is elementwise in its tensors. }];
  let methods = [
    InterfaceMethod<"The names of the slots: tensors like the parameter, saved with it, zero at first.",
      "::llvm::SmallVector<::std::string>", "slots">,
    InterfaceMethod<"The named scalars, with their values at create.",
      "::llvm::SmallVector<::mlc::nn::Hyperparameter>", "hyperparameters">,
    InterfaceMethod<"Builds the new parameter and then the new slots at the builder's insertion point. Fails with a diagnostic.",
      "::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>", "buildUpdate", (ins "const ::mlc::nn::OptimizerInputs &":$inputs)>,
    InterfaceMethod<[{Fails, with a diagnostic on `user`, if the optimizer does not fit parameters of dtype `element` in the
      module of `user`.}],
      "::llvm::LogicalResult", "verifyFor",
      (ins "::mlir::Operation *":$user, "::mlir::SymbolTableCollection &":$symbols, "::mlir::Type":$element),
      [{}], [{ return ::mlir::success(); }]>
  ];
}

def ScheduleAttrInterface : AttrInterface<"ScheduleAttrInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ How the learning rate changes over the steps: a factor on the hyperparameter `learning_rate`. }];
  let methods = [
    InterfaceMethod<[{The lengths of its parts, counted in steps, by names that differ: hyperparameters of the training step, since only who has
      the data knows them.}],
      "::llvm::SmallVector<::mlc::nn::Hyperparameter>", "hyperparameters">,
    InterfaceMethod<[{Builds the factor, rank-0 f32, from the number of finished steps, rank-0 f32: 0 in the first step. `lengthOf` gives the value of
      a hyperparameter, rank-0 f32.}],
      "::mlir::Value", "buildFactor", (ins "const ::mlc::nn::TensorExpr &":$step, "::mlc::nn::LengthOf":$lengthOf)>
  ];
}

#endif
