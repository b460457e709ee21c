// Structured ops that no file of the compiler knows.
#ifndef MLC_TEST_EXTRA
#define MLC_TEST_EXTRA

include "dialects/NN/NNBase.td"

def Extra_Dialect : Dialect {
  let name = "extra";
  let cppNamespace = "::mlc::extra";
}

class Extra_Op<string mnemonic> : NN_DifferentiableOp<mnemonic> {
  let opDialect = Extra_Dialect;
  let cppNamespace = "::mlc::extra";
  let role = "relocating";
  let source = "this test";
  let pytorch = "none";
}

def Extra_RotateOp : Extra_Op<"rotate"> {
  let summary = "Elements moved along the last dimension, around its end";
  let semantics = "result[..., i] = x[..., (i + by) mod n]";
  let shapes = "rank >= 1, the last dimension static; 0 <= by < n";
  let vjp = "dx = rotate of dy by n - by";
  let example = "%y = extra.rotate %x by 2 : tensor<?x6xf32>";
  let arguments = (ins NN_Tensor:$x, I64Attr:$by);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x `by` $by attr-dict `:` type($x)";
}

def Extra_HalvesOp : Extra_Op<"halves"> {
  let summary = "Elements at even and at odd positions of the last dimension";
  let semantics = "even[..., i] = x[..., 2 i], odd[..., i] = x[..., 2 i + 1]";
  let shapes = "rank >= 1, the last dimension static and even";
  let vjp = "dx = deven and dodd in turn";
  let example = "%a, %b = extra.halves %x : tensor<?x6xf32>";
  let arguments = (ins NN_Tensor:$x);
  let results = (outs NN_Tensor:$even, NN_Tensor:$odd);
  let assemblyFormat = "$x attr-dict `:` type($x)";
}

def Extra_PartsOp : Extra_Op<"parts"> {
  let summary = "The first and the last half of the first dimension, where they lie";
  let semantics = "front[i, ...] = x[i, ...], back[i, ...] = x[i + n / 2, ...]";
  let shapes = "rank >= 1, the first dimension static and even";
  let vjp = "dx = dfront and dback, one after the other";
  let example = "%a, %b = extra.parts %x : tensor<6x?xf32>";
  let arguments = (ins NN_Tensor:$x);
  let results = (outs NN_Tensor:$front, NN_Tensor:$back);
  let assemblyFormat = "$x attr-dict `:` type($x)";
  let extraClassDeclaration = [{
    bool isView(::mlc::nn::DimensionAnalysis &sizes) { return true; }
    ::mlc::nn::View view(unsigned result) { return {getX(), /*isWhole=*/false}; }
    ::mlir::AffineExpr viewOffset(unsigned result, ::mlc::nn::DimensionAnalysis &sizes);
  }];
}

def Extra_StackOp : Extra_Op<"stack"> {
  let summary = "Two tensors of one shape along a new first dimension";
  let semantics = "result[0, ...] = a[...], result[1, ...] = b[...]";
  let shapes = "equal types";
  let vjp = "da = dy[0], db = dy[1]";
  let example = "%y = extra.stack %a, %b : tensor<3x?xf32>";
  let arguments = (ins NN_Tensor:$a, NN_Tensor:$b);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` custom<OperandTypes>(type($a), type($b))";
  let extraClassDeclaration = [{
    bool isView(::mlc::nn::DimensionAnalysis &sizes) { return true; }
    bool joinsOperands() { return true; }
    ::llvm::SmallVector<::mlir::AffineExpr> pieceOffsets(::mlc::nn::DimensionAnalysis &sizes);
  }];
}

#endif
