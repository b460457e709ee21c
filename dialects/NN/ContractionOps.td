// Products that sum over shared dimensions.
#ifndef MLC_NN_CONTRACTION_OPS
#define MLC_NN_CONTRACTION_OPS

include "dialects/NN/NNBase.td"

def NN_ContractOp : NN_DifferentiableOp<"contract", [DeclareOpInterfaceMethods<ProductOpInterface>]> {
  let role = "product";
  let segment = "contraction";
  let summary = "Product of two tensors, summed over the contracting dimensions, for every batch position";
  let pytorch = "torch.tensordot, with batch dimensions";
  let semantics = "result[b..., m..., n...] = sum over k... of lhs[b, m, k] * rhs[b, n, k]";
  let shapes = "lhsBatch[i] pairs with rhsBatch[i], lhsContract[i] with rhsContract[i], of equal sizes (C1); no dimension is named "
               "twice (C2), none is out of range (C3), none is without partner (C5); equal dtypes (C4). Result: batch dimensions in the order given, then the "
               "other dimensions of lhs, then of rhs. 16-bit floats accumulate in f32 and round once";
  let vjp = "dlhs = contract of dy and rhs over the n, drhs = contract of lhs and dy over the m, each transposed into place";
  let source = "StableHLO dot_general";
  let example = "%y = nn.contract %a, %b contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x3xf32>";
  let arguments = (ins NN_NumberTensor:$lhs, NN_NumberTensor:$rhs,
                       DefaultValuedOptionalAttr<DenseI64ArrayAttr, "{}">:$lhsBatch, DefaultValuedOptionalAttr<DenseI64ArrayAttr, "{}">:$rhsBatch,
                       DenseI64ArrayAttr:$lhsContract, DenseI64ArrayAttr:$rhsContract);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`batch` `=` $lhsBatch^ `x` $rhsBatch)? `contracting` `=` $lhsContract `x` $rhsContract attr-dict
    `:` custom<OperandTypes>(type($lhs), type($rhs))
  }];
  let extraClassDeclaration = [{
    void collectEqualSizes(::mlc::nn::DimensionAnalysis &sizes, ::llvm::SmallVectorImpl<::mlc::nn::SizePair> &pairs);
    /// An operand that is cast from a narrow dtype: the numbers that it is cast from are loaded.
    bool takesIn(unsigned operand);
    ::mlir::AffineExpr operations(::mlc::nn::DimensionAnalysis &sizes);
    ::mlir::AffineExpr steps(::mlc::nn::DimensionAnalysis &sizes);
  }];
}

#endif
