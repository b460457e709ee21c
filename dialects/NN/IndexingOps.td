// Ops that read or write at positions given by data, and the run-time check that guards them.
#ifndef MLC_NN_INDEXING_OPS
#define MLC_NN_INDEXING_OPS

include "dialects/NN/NNBase.td"

def NN_GatherOp : NN_DifferentiableOp<"gather", [DeclareOpInterfaceMethods<IndexOperandOpInterface>]> {
  let role = "relocating";
  let summary = "Slices of a tensor along one axis, at positions given by data";
  let pytorch = "torch.index_select along an axis, of indices of any rank, with batch dimensions; torch.take_along_dim is another function";
  let semantics = "result[b..., p..., i..., q...] = x[b..., p..., indices[b..., i...], q...], with the index clipped into range";
  let shapes = "x: [b, p, axis, q]; indices: i32 or i64, [b, i]; the first batchDims dimensions of both are b, of equal sizes (C1); "
               "batchDims <= axis < rank of x (C2). A public entry refuses indices outside [0, size) at run time";
  let vjp = "dx = scatter add of dy into zeros";
  let source = "ONNX Gather with batch dimensions; TensorFlow gather(batch_dims)";
  let example = "%y = nn.gather %x, %i axis = 0 : tensor<10x8xf32>, tensor<4xi64>";
  let arguments = (ins NN_Tensor:$x, NN_IndexTensor:$indices, I64Attr:$axis, DefaultValuedOptionalAttr<I64Attr, "0">:$batchDims);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x `,` $indices `axis` `=` $axis (`batch_dims` `=` $batchDims^)? attr-dict `:` type($x) `,` type($indices)";
  let extraClassDeclaration = [{
    ::mlir::AffineExpr elementsRead(unsigned operand, ::mlc::nn::DimensionAnalysis &sizes);
    int64_t batchedDims() { return getBatchDims(); }
    void collectEqualSizes(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizePair> &pairs);
  }];
}

def NN_ScatterKind : I32EnumAttr<"ScatterKind", "what a scatter does at a position", [
    I32EnumAttrCase<"add", 0>, I32EnumAttrCase<"set", 1>, I32EnumAttrCase<"max", 2>, I32EnumAttrCase<"min", 3>,
    I32EnumAttrCase<"mul", 4>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_ScatterKindAttr : EnumAttr<NN_Dialect, NN_ScatterKind, "scatter_kind">;

def NN_ScatterOp : NN_DifferentiableOp<"scatter", [DeclareOpInterfaceMethods<IndexOperandOpInterface>]> {
  let role = "whole";
  let segment = "scatter";
  let summary = "A tensor with slices along one axis combined with updates, at positions given by data";
  let pytorch = "torch.Tensor.index_add, index_copy and index_reduce, with batch dimensions: whole slices at an index; sums have the same bits on every run";
  let semantics = "result = x; then for every position, in row-major order of indices: result[b, p, indices[b, i], q] combined with "
                  "updates[b, p, i, q]; so of equal indices the last one sets, and sums and products add and multiply in that order, "
                  "with any number of threads; max and min are NaN if any is NaN; out-of-range indices are skipped";
  let shapes = "the mirror of nn.gather: updates has the type of gather(x, indices) (C1), which fulfils "
               "its constraints (C2); all but set: numbers (C3). Sums and products of floats accumulate in f64, sums "
               "of f64 with their errors, and are rounded once. A public entry refuses indices outside [0, size) at run time";
  let vjp = "add: dx = dy, dupdates = gather of dy. set: dx = dy with zeros at the positions; dupdates = gather of dy where this "
            "update was the last. max, min: the elements equal to the extremum share its dy evenly, x among them; NaN where that is "
            "NaN. mul: dy times the product of the others that meet there, which is right with zeros too; the updates are compared "
            "with each other, all pairs of them";
  let source = "ONNX ScatterND restricted to one axis, with its reductions; ties as in PyTorch's scatter_reduce amax and amin";
  let example = "%y = nn.scatter add %x, %i, %u axis = 0 : tensor<10x8xf32>, tensor<4xi64>, tensor<4x8xf32>";
  let arguments = (ins NN_ScatterKindAttr:$kind, NN_Tensor:$x, NN_IndexTensor:$indices, NN_Tensor:$updates, I64Attr:$axis,
                       DefaultValuedOptionalAttr<I64Attr, "0">:$batchDims);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $kind $x `,` $indices `,` $updates `axis` `=` $axis (`batch_dims` `=` $batchDims^)? attr-dict
    `:` type($x) `,` type($indices) `,` type($updates)
  }];
  let extraClassDeclaration = [{
    void collectEqualSizes(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizePair> &pairs);
    /// How an element and its update are combined; none: the update takes its place.
    std::optional<Reduction> combination();
    ::mlir::Value overwritable() { return getX(); }
    ::mlir::AffineExpr elementsRead(unsigned operand, ::mlc::nn::DimensionAnalysis &sizes);
    ::mlir::AffineExpr elementsWritten(::mlc::nn::DimensionAnalysis &sizes);
  }];
  let hasCanonicalizeMethod = 1;
}

def NN_AssertOp : NN_KernelOp<"assert"> {
  let role = "host";
  let summary = "A condition that a call must fulfil before anything is written";
  let pytorch = "none: torch._assert acts in Python";
  let semantics = "if the condition is false, the entry returns `status`, an mlc_status, with the message; no state changes. `indices`, "
                  "where they are an argument of the entry, are what is wrong: the message goes on with the first of them outside "
                  "[0, size) that is not `ignored`";
  let shapes = "condition: rank 0, i1";
  let vjp = "none: no results";
  let source = "of this language: index operands are checked before anything is written";
  let example = "nn.assert %ok, \"labels outside [0, 10)\" : tensor<i1>";
  let arguments = (ins 0DTensorOf<[I1]>:$condition, StrAttr:$message, Optional<NN_IndexTensor>:$indices, OptionalAttr<I64Attr>:$size,
                       OptionalAttr<I64Attr>:$ignored, DefaultValuedOptionalAttr<I32Attr, "2">:$status);
  let assemblyFormat = [{
    $condition `,` $message (`indices` $indices^ `size` $size (`ignored` $ignored^)?)? (`status` $status^)? attr-dict
    `:` type($condition) (`,` type($indices)^)?
  }];
  let hasCanonicalizeMethod = 1;
}

#endif
