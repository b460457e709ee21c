// Ops that put elements in order.
#ifndef MLC_NN_SORT_OPS
#define MLC_NN_SORT_OPS

include "dialects/NN/NNBase.td"

def NN_ArgSortOp : NN_StructuredOp<"argsort"> {
  let role = "whole";
  let segment = "sort";
  let summary = "Positions along a dimension, in the order of their elements";
  let pytorch = "torch.argsort(stable=True)";
  let semantics = "result[..., k, ...] is the position of the element that is k-th along dim: smaller ones first, or larger ones "
                  "(descending); equal ones, of which -0 and 0 are two, in the order of their positions; NaN counts as the largest. "
                  "With first = n those of the first n only";
  let shapes = "0 <= dim < rank (C1); 0 <= first <= the size of dim (C2), which is a run-time check where that is free; the result is i64 of the shape "
               "of x, but for first along dim";
  let vjp = "zero: integers";
  let source = "NumPy argsort(kind='stable'); NaN as in PyTorch's sort, descending too";
  let example = "%i = nn.argsort %x dim = 1 descending : tensor<4x8xf32>";
  let arguments = (ins NN_NumberTensor:$x, I64Attr:$dim, UnitAttr:$descending, OptionalAttr<I64Attr>:$first);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x `dim` `=` $dim (`descending` $descending^)? (`first` `=` $first^)? attr-dict `:` type($x)";
  let extraClassDeclaration = [{
    ::mlir::AffineExpr operations(::mlc::nn::DimensionAnalysis &sizes);
    void collectLimits(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &limits);
  }];
}

def NN_SortOp : NN_CompositeOp<"sort", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "Elements in order along a dimension, and other tensors in the same order";
  let pytorch = "torch.sort(stable=True), of the values, with payloads instead of indices";
  let vjp = "dy of every result, put back where its elements came from";
  let semantics = "every operand, its elements along dim taken in the order of nn.argsort of the first, which is stable";
  let shapes = "0 <= dim < rank (C1); payloads of any dtype have the shape of keys (C2); the results have the dtypes of the operands, and a size that one "
               "of them knows is known of all";
  let source = "StableHLO sort, by a comparison of the first operand; PyTorch's sort(stable=True)";
  let example = "%k, %p = nn.sort %keys, %payload dim = 1 : tensor<4x8xf32>, tensor<4x8xi32>";
  let arguments = (ins NN_NumberTensor:$keys, Variadic<NN_Tensor>:$payloads, I64Attr:$dim, UnitAttr:$descending);
  let results = (outs Variadic<NN_Tensor>:$results);
  let assemblyFormat = "$keys (`,` $payloads^)? `dim` `=` $dim (`descending` $descending^)? attr-dict `:` type($keys) (`,` type($payloads)^)?";
}

def NN_TopKOp : NN_CompositeOp<"top_k", [DeclareOpInterfaceMethods<DimensionOpInterface, ["collectLimits"]>]> {
  let summary = "The largest elements along a dimension, and their positions";
  let pytorch = "torch.topk(sorted=True); of equal elements the first is taken, which PyTorch leaves open";
  let vjp = "dx = dy of the values at their positions, 0 elsewhere";
  let semantics = "the first k of nn.sort descending, and of nn.argsort descending: of equal elements the first; NaN counts as the largest";
  let shapes = "0 <= dim < rank (C1); 0 <= k <= the size of dim (C2), which is a run-time check where that is free; values: the dtype of x; "
               "positions: i64";
  let source = "ONNX TopK; PyTorch's topk, sorted";
  let example = "%v, %i = nn.top_k %x k = 3 dim = 1 : tensor<4x8xf32>";
  let arguments = (ins NN_NumberTensor:$x, I64Attr:$k, I64Attr:$dim);
  let results = (outs NN_Tensor:$values, NN_Tensor:$positions);
  let assemblyFormat = "$x `k` `=` $k `dim` `=` $dim attr-dict `:` type($x)";
}

#endif
