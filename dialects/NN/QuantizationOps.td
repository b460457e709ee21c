// Weights in few bits.
#ifndef MLC_NN_QUANTIZATION_OPS
#define MLC_NN_QUANTIZATION_OPS

include "dialects/NN/NNBase.td"

def NN_DequantizeOp : NN_StructuredOp<"dequantize"> {
  let role = "inlined";
  let summary = "A matrix from numbers of few bits, with scales for groups of them";
  let pytorch = "none: what GPTQ, AWQ and torchao keep of a linear layer for inference";
  let semantics = [{result[k, n] = (q[k, n] - zeros[k / group, n]) * scales[k / group, n]. q has `bits` bits without a sign, as many to a word of i32 as fit: the
    lowest ones of words[i, n] are q[i p, n], the next ones q[i p + 1, n], p = 32 / bits. Without `zeros`, half of 2^bits is subtracted. `transposed`: result[n, k].
    The matrix is never stored where it is multiplied or gathered from: a product of few rows reads the words and scales sums, others make it
    as they pack it}];
  let shapes = [{words: i32, [depth / p, columns], of static sizes (C1); bits: 8 or 4 (C2). scales: [depth / group, columns], rounded up (C3), of f32, bf16 or f16, which is
    the dtype of the result; group: a multiple of p (C4), all of the depth unless given. zeros: the type of scales (C5). The types of the operands
    stand in the order words, scales, zeros}];
  let vjp = "none: the words are no numbers that could change a little";
  let source = "Frantar et al. 2022, arXiv:2210.17323; the words are those of GPTQ's qweight";
  let example = "%w = nn.dequantize %q, %s bits = 4 group = 32 : tensor<8x5xi32>, tensor<2x5xf32>";
  let arguments = (ins RankedTensorOf<[I32]>:$words, RankedTensorOf<[F32, BF16, F16]>:$scales, Optional<RankedTensorOf<[F32, BF16, F16]>>:$zeros,
                       DefaultValuedOptionalAttr<I64Attr, "8">:$bits, OptionalAttr<I64Attr>:$group, UnitAttr:$transposed);
  let results = (outs NN_FloatTensor:$result);
  let assemblyFormat = [{
    $words `,` $scales oilist(`zeros` `=` $zeros | `bits` `=` custom<Whole>($bits) | `group` `=` custom<Whole>($group) | `transposed` $transposed)
    attr-dict `:` type(operands)
  }];
  let extraClassDeclaration = [{
    std::optional<::llvm::SmallVector<int64_t>> operandDims(unsigned operand) { return std::nullopt; }
    /// The dimension of the result that words and groups run along.
    int64_t depthDim() { return getTransposed() ? 1 : 0; }
    int64_t numbersOfWord() { return 32 / static_cast<int64_t>(getBits()); }
    /// Numbers that are scaled alike.
    int64_t groupSize();
    /// What is subtracted where there are no zeros.
    double defaultZero() { return static_cast<double>(int64_t(1) << (getBits() - 1)); }
  }];
}

#endif
