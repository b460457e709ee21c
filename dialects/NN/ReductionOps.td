// Structured ops that combine elements along dimensions.
#ifndef MLC_NN_REDUCTION_OPS
#define MLC_NN_REDUCTION_OPS

include "dialects/NN/NNBase.td"

def NN_Reduction : I32EnumAttr<"Reduction", "reduction", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"prod", 1>, I32EnumAttrCase<"max", 2>, I32EnumAttrCase<"min", 3>,
    I32EnumAttrCase<"and_", 4, "and">, I32EnumAttrCase<"or_", 5, "or">]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_ReductionAttr : EnumAttr<NN_Dialect, NN_Reduction, "reduction">;

def NN_ReduceOp : NN_DifferentiableOp<"reduce", [ReductionOpInterface]> {
  let role = "reduction";
  let segment = "reduction";
  let summary = "Combination of all elements along some dimensions";
  let pytorch = "torch.sum, prod, amax, amin, all, any over dims, which are dropped; the derivative of prod has no NaN at zeros";
  let semantics = "result[kept] = kind over all positions of dims of x; of nothing: 0, 1, -inf, inf, true, false (integers: the "
                  "smallest and the largest value)";
  let shapes = "dims are distinct, increasing dimensions of x (C1), all unless given, dropped from the result; sum, prod: numbers; max, min: numbers, "
               "NaN if any is NaN; and, or: i1 (C2). 16-bit floats accumulate in f32";
  let vjp = "sum: dy broadcast. max, min: dy shared evenly among the ties, NaN where the result is NaN. prod: dy times the product of the others, which is "
            "right with zeros too";
  let source = "StableHLO reduce; ties as in JAX and PyTorch's amax";
  let example = "%y = nn.reduce sum %x dims = [1] : tensor<4x8xf32>";
  let arguments = (ins NN_ReductionAttr:$kind, NN_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$kind $x custom<AllDimsOfType>($dims, attr-dict, type($x))";
  let extraClassDeclaration = [{
    /// The dimensions of x that remain, increasing: result dimension i is x dimension keptDims()[i].
    ::llvm::SmallVector<int64_t> keptDims();
  }];
}

class NN_ArgOp<string mnemonic, string kind, string word> : NN_StructuredOp<mnemonic, [ReductionOpInterface]> {
  let role = "reduction";
  let segment = "reduction";
  let summary = "Position of the " # word # " element along some dimensions, the first among equals";
  let semantics = "the smallest i at which x[..., i, ...] is " # word # "; along several dimensions, i counts their positions in row-major "
                  "order; NaN counts as " # word;
  let shapes = "dims are distinct, increasing dimensions of x (C1), the last unless given, dropped from the result, which is i64; `dim = 1` is `dims = [1]`; "
               "there are elements along them (C2), which is a run-time check where a size is free";
  let pytorch = "torch." # mnemonic # ", along several dimensions too; of equal elements the first is taken, which PyTorch leaves open";
  let vjp = "zero: an integer";
  let source = "NumPy " # mnemonic;
  let example = "%i = nn." # mnemonic # " %x dim = 1 : tensor<4x8xf32>";
  let arguments = (ins NN_NumberTensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x custom<OneOrMoreDims>($dims, attr-dict, type($x))";
  let extraClassDeclaration = [{
    Reduction getKind() { return Reduction::}] # kind # [{; }
    bool givesPosition() { return true; }
    void collectLimits(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &limits) {
      collectNotEmpty(*this, getDims(), sizes, limits);
    }
  }];
  let definitions = [{
::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> location, Adaptor adaptor,
                                                  ::llvm::SmallVectorImpl<::mlir::Type> &types) {
  return inferPosition(location, adaptor.getX(), adaptor.getDims(), types);
}
::mlir::AffineExpr $cppClass::resultDimension(unsigned, unsigned dim, ::mlc::nn::DimensionAnalysis &sizes) {
  return keptDimension(getX(), getDims(), dim, sizes);
}
::llvm::FailureOr<::llvm::SmallVector<::mlc::nn::Tensor>> $cppClass::evaluate(
    ::llvm::ArrayRef<::mlc::nn::Tensor> operands, ::llvm::ArrayRef<::mlir::RankedTensorType> resultTypes) {
  return evaluatePositions(operands[0], getDims(), getKind(), resultTypes[0]);
}
}];
}
def NN_ArgMaxOp : NN_ArgOp<"argmax", "max", "largest">;
def NN_ArgMinOp : NN_ArgOp<"argmin", "min", "smallest">;

class NN_WithPositionOp<string mnemonic, string kind, string arg, string word>
    : NN_CompositeOp<mnemonic, [DeclareOpInterfaceMethods<DimensionOpInterface, ["collectLimits"]>]> {
  let summary = "The " # word # " element along some dimensions, and its position";
  let semantics = "nn.arg" # kind # " of x, and the element of x at that position: the first among equals, NaN if any is NaN";
  let shapes = "dims are distinct, increasing dimensions of x (C1), the last unless given, dropped from the results; `dim = 1` is `dims = [1]`; there are elements "
               "along them (C2), which is a run-time check where a size is free; value: the dtype of x; position: i64";
  let pytorch = "torch." # kind # " along a dimension, or several; of equal elements the first is taken, which PyTorch leaves open";
  let vjp = "dx = dy of the value at the position, 0 elsewhere";
  let source = "PyTorch " # kind # " along a dimension";
  let example = "%v, %i = nn." # mnemonic # " %x dim = 1 : tensor<4x8xf32>";
  let arguments = (ins NN_NumberTensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs NN_Tensor:$value, NN_Tensor:$position);
  let assemblyFormat = "$x custom<OneOrMoreDims>($dims, attr-dict, type($x))";
  let extraClassDefinition = [{
::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> location, Adaptor adaptor,
                                                  ::llvm::SmallVectorImpl<::mlir::Type> &types) {
  return inferValueAndPosition(location, adaptor.getX(), adaptor.getDims(), types);
}
::mlir::AffineExpr $cppClass::resultDimension(unsigned, unsigned dim, ::mlc::nn::DimensionAnalysis &sizes) {
  return keptDimension(getX(), getDims(), dim, sizes);
}
void $cppClass::collectLimits(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &limits) {
  collectNotEmpty(*this, getDims(), sizes, limits);
}
::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>> $cppClass::decompose(::mlir::OpBuilder &builder) {
  return elementsAt(builder, getLoc(), getX(), getDims(), }] # arg # [{::create(builder, getLoc(), getX(), getDims()));
}
}];
}
def NN_MaxWithPositionOp : NN_WithPositionOp<"max_with_position", "max", "ArgMaxOp", "largest">;
def NN_MinWithPositionOp : NN_WithPositionOp<"min_with_position", "min", "ArgMinOp", "smallest">;

class NN_ScanOp<string mnemonic, string kind> : NN_DifferentiableOp<mnemonic, [ScanOpInterface]> {
  let role = "whole";
  let segment = "scan";
  let shapes = "0 <= dim < rank (C1); the result has the type of x";
  let example = "%y = nn." # mnemonic # " %x dim = 1 exclusive : tensor<4x8xf32>";
  let arguments = (ins NN_NumberTensor:$x, I64Attr:$dim, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x `dim` `=` $dim oilist(`exclusive` $exclusive | `reverse` $reverse) attr-dict `:` type($x)";
  let extraClassDeclaration = [{
    Reduction getKind() { return Reduction::}] # kind # [{; }
    ::mlir::AffineExpr operations(::mlc::nn::DimensionAnalysis &sizes) { return sizes.elements(getX()); }
  }];
  let definitions = [{
::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> location, Adaptor adaptor,
                                                  ::llvm::SmallVectorImpl<::mlir::Type> &types) {
  return inferScan(location, adaptor.getX(), adaptor.getDim(), types);
}
::mlir::AffineExpr $cppClass::resultDimension(unsigned, unsigned dim, ::mlc::nn::DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}
::llvm::FailureOr<::llvm::SmallVector<::mlc::nn::Tensor>> $cppClass::evaluate(
    ::llvm::ArrayRef<::mlc::nn::Tensor> operands, ::llvm::ArrayRef<::mlir::RankedTensorType> resultTypes) {
  return evaluateScan(*this, operands[0]);
}
}];
}
def NN_CumSumOp : NN_ScanOp<"cumsum", "sum"> {
  let summary = "Running sum along a dimension";
  let pytorch = "torch.cumsum, plus exclusive and reverse";
  let semantics = "result[i] = sum of x[j] for j <= i; exclusive: j < i; reverse: from the other end";
  let vjp = "dx = cumsum of dy in the other direction";
  let source = "ONNX CumSum";
}
def NN_CumProdOp : NN_ScanOp<"cumprod", "prod"> {
  let summary = "Running product along a dimension";
  let pytorch = "torch.cumprod, plus exclusive and reverse; the derivative has no NaN at zeros";
  let semantics = "result[i] = product of x[j] for j <= i; exclusive: j < i; reverse: from the other end";
  let vjp = "dx[j] = sum over the i that see j of dy[i] times the product of the other x that i sees: right with zeros too, where a "
            "quotient is not";
  let source = "NumPy cumprod; ONNX CumProd";
}

#endif
