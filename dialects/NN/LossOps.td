// Composites that compare a prediction with a target. 16-bit floats are computed in f32 and rounded once.
#ifndef MLC_NN_LOSS_OPS
#define MLC_NN_LOSS_OPS

include "dialects/NN/CompositeBase.td"

def NN_LossReduction : I32EnumAttr<"LossReduction", "what becomes of the losses of the elements", [
    I32EnumAttrCase<"mean", 0>, I32EnumAttrCase<"sum", 1>, I32EnumAttrCase<"none", 2>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_LossReductionAttr : EnumAttr<NN_Dialect, NN_LossReduction, "loss_reduction">;

// A loss of equal elements: l(prediction, target), elementwise, then reduced.
class NN_ElementwiseLossOp<string mnemonic, list<Trait> traits = []>
    : NN_CompositeOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<DimensionOpInterface>], traits)> {
  let shapes = "prediction and target have one shape (C1) and one dtype (C2); the result is rank 0, the mean over all elements "
               "(reduction = sum: the sum), or, with reduction = none, of their shape";
  let example = "%l = nn." # mnemonic # " %y, %target : tensor<?x5xf32>";
  let results = (outs NN_Tensor:$result);
  let arguments = (ins NN_FloatTensor:$prediction, NN_FloatTensor:$target,
                       DefaultValuedAttr<NN_LossReductionAttr, "::mlc::nn::LossReduction::mean">:$reduction);
  let assemblyFormat = [{
    $prediction `,` $target oilist(`reduction` `=` $reduction) attr-dict `:` custom<OperandTypes>(type($prediction), type($target))
  }];
  let extraClassDefinition = [{
::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> location,
                                                  Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
  return inferElementwiseLoss(location, getOperationName(), adaptor.getPrediction(), adaptor.getTarget(),
                              adaptor.getReductionAttr(), types);
}
::mlir::AffineExpr $cppClass::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getPrediction(), dim);
}
}];
}

def NN_MseOp : NN_ElementwiseLossOp<"mse"> {
  let summary = "Squared error";
  let pytorch = "torch.nn.functional.mse_loss of one shape";
  let vjp = "dprediction = 2 dy (prediction - target) / n, dtarget = -dprediction; n: the number of elements for the mean, else 1";
  let semantics = "(prediction - target)^2";
  let source = "torch.nn.functional.mse_loss";
}

def NN_MaeOp : NN_ElementwiseLossOp<"mae"> {
  let summary = "Absolute error";
  let pytorch = "torch.nn.functional.l1_loss of one shape";
  let vjp = "dprediction = dy sign(prediction - target) / n, dtarget = -dprediction; n: the number of elements for the mean, else 1";
  let semantics = "abs(prediction - target); the derivative at 0 is 0";
  let source = "torch.nn.functional.l1_loss";
}

def NN_BceOp : NN_ElementwiseLossOp<"bce", [DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Binary cross-entropy of logits";
  let pytorch = "torch.nn.functional.binary_cross_entropy_with_logits without weights";
  let semantics = "-target log(p) - (1 - target) log(1 - p), p = logistic(x), x = prediction: (x > 0 ? 1 - target : -target) x + "
                  "log1p(exp(-abs(x))), whose first term is 0 where x is infinite and right";
  let vjp = "dprediction = dy (p - target), from the smaller of p and 1 - p; dtarget = -dy prediction";
  let source = "torch.nn.functional.binary_cross_entropy_with_logits";
}

def NN_KlOp : NN_ElementwiseLossOp<"kl"> {
  let summary = "Kullback-Leibler divergence of log-probabilities from probabilities";
  let pytorch = "torch.nn.functional.kl_div without log_target; its reduction 'batchmean' is the sum divided by the rows; where target is 0 it is 0 whatever the prediction";
  let vjp = "dprediction = -dy target / n, dtarget = dy (log(target) + 1 - prediction) / n, both 0 where target is 0; n: the number of elements for the mean, else 1";
  let semantics = "target (log(target) - prediction), 0 where target is 0; both derivatives are 0 there";
  let source = "torch.nn.functional.kl_div, whose reduction batchmean is the sum divided by the rows";
}

def NN_HuberOp : NN_ElementwiseLossOp<"huber"> {
  let summary = "Squared error near zero, absolute error beyond";
  let pytorch = "torch.nn.functional.huber_loss";
  let vjp = "dprediction = dy c / n, dtarget = -dprediction; n: the number of elements for the mean, else 1";
  let semantics = "d = prediction - target, c = d limited to [-delta, delta]: c (d - c / 2), that is d^2 / 2 where abs(d) <= delta, else "
                  "delta (abs(d) - delta / 2)";
  let shapes = "prediction and target have one shape (C1) and one dtype (C2); delta > 0 (C3), a number of the dtype, or of f32 where that is narrower (C4); the result is rank 0, or, with reduction = "
               "none, of their shape";
  let source = "Huber 1964; torch.nn.functional.huber_loss";
  let example = "%l = nn.huber %y, %target delta = 1.0 : tensor<?x5xf32>";
  let arguments = (ins NN_FloatTensor:$prediction, NN_FloatTensor:$target, DefaultValuedAttr<F64Attr, "1.0">:$delta,
                       DefaultValuedAttr<NN_LossReductionAttr, "::mlc::nn::LossReduction::mean">:$reduction);
  let assemblyFormat = [{
    $prediction `,` $target oilist(`delta` `=` custom<Number>($delta) | `reduction` `=` $reduction) attr-dict
    `:` custom<OperandTypes>(type($prediction), type($target))
  }];
  let hasVerifier = 1;
}

def NN_CrossEntropyOp : NN_CompositeOp<"cross_entropy", [DeclareOpInterfaceMethods<DimensionOpInterface>,
                                                         DeclareOpInterfaceMethods<DifferentiableOpInterface>,
                                                         DeclareOpInterfaceMethods<IndexOperandOpInterface>]> {
  let summary = "Cross-entropy of logits with class numbers";
  let pytorch = "torch.nn.functional.cross_entropy of class numbers, whose `weight` is `weights` here and has a derivative; the classes are the last dimension, not the second";
  let semantics = [{per row, with s = label_smoothing: (1 - s) (lse - logits[label]) + s (lse - mean(logits)), lse = logsumexp(logits),
    computed from shifted logits, so that large ones cancel exactly, with the label's exponential apart, so that a row that is nearly certain keeps its digits; 0 for rows whose label is ignore_index. The mean is over the other rows, NaN if there is none.
    With weights w: (1 - s) w[label] (lse - logits[label]) + s mean(w (lse - logits)), and the mean divides the sum by that of w[label] over the other rows}];
  let shapes = "logits: [..., classes], rank >= 1 (C1); labels: integers (C2) of the shape of logits without the last dimension (C3); "
               "0 <= label_smoothing <= 1 (C4); ignore_index is a number of the labels' dtype (C5); weights, if there are any: [classes], of the dtype of logits (C6); the result is rank 0, or, with reduction = none, of the shape of labels. A public entry "
               "refuses labels other than ignore_index outside [0, classes) at run time";
  let vjp = "dlogits = dy / rows (exp(logits - lse) - (1 - s) onehot(label) - s / classes), 0 in ignored rows whatever they hold: keeps "
            "the logits and some numbers per row, never probabilities. With weights each class's part of the loss has its weight, and dweights "
            "are these parts summed over the rows, less the mean for that of a label";
  let source = "torch.nn.functional.cross_entropy, with the classes last";
  let example = "%l = nn.cross_entropy %y, %labels ignore_index = -1 label_smoothing = 0.1 : tensor<?x10xf32>, tensor<?xi32>";
  let arguments = (ins NN_FloatTensor:$logits, NN_Tensor:$labels, Optional<NN_FloatTensor>:$weights,
                       DefaultValuedAttr<I64Attr, "-100">:$ignoreIndex, DefaultValuedAttr<F64Attr, "0.0">:$labelSmoothing,
                       DefaultValuedAttr<NN_LossReductionAttr, "::mlc::nn::LossReduction::mean">:$reduction);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $logits `,` $labels oilist(`ignore_index` `=` $ignoreIndex | `label_smoothing` `=` custom<Number>($labelSmoothing)
    | `reduction` `=` $reduction | `weights` `=` $weights) attr-dict `:` type($logits) `,` type($labels) (`,` type($weights)^)?
  }];
  let hasVerifier = 1;
}

#endif
