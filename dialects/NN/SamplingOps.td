// Draws from what a model predicts.
#ifndef MLC_NN_SAMPLING_OPS
#define MLC_NN_SAMPLING_OPS

include "dialects/NN/NNBase.td"

def NN_SampleOp : NN_CompositeOp<"sample", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "A class drawn by its logits, or the likeliest one";
  let pytorch = [{none: torch.multinomial(softmax(logits)), whose random numbers are others. The clauses are the options of transformers' generate, in its order:
    repetition_penalty, temperature, top_k, top_p; classes that are equal to the last one kept are all kept by top_p too}];
  let semantics = [{per row, in f32, or in f64 where the logits are: a logit of a class that is among `previous` is divided by repetition_penalty if it is above 0, else multiplied
    by it. If temperature is not above 0, the result is the class with the largest logit, the first among equals. Else each class weighs exp((logit - max) / temperature); with
    top_k, only those whose logit is no smaller than the k-th largest, if 0 \< k \< classes; with top_p, if p \< 1, of these only those no lighter than the lightest
    of the fewest heaviest ones that weigh p of all together, the heaviest ones at least. The result is the first class up to which the classes weigh more than u of all,
    where u = (bits + 2^31 + 1/2) / 2^32: so it depends on the row and its bits alone, and each class is as likely as it weighs. Where the weights have no finite sum, because a logit
    is NaN or infinite or all are -inf, the result is that of temperature 0}];
  let shapes = [{logits: [..., classes], classes static, 1 to 2^31 - 1 (C1); bits: i32 of the shape of logits without the last dimension (C2), a random number for each row, as nn.rng_bits makes them;
    previous: integers [..., n] (C3), of which those outside [0, classes) count for nothing. temperature, top_k, top_p and repetition_penalty are numbers, or rank-0 tensors, of which a number is not given too
    (C4); temperature \>= 0, top_k \>= 0, top_p \>= 0, repetition_penalty \> 0 where they are numbers (C5). repetition_penalty needs previous, and previous it (C6).
    The result is i32 of the shape of bits. The types of the operands stand in the order logits, bits, previous, temperature, top_k, top_p, repetition_penalty}];
  let vjp = "zero: an integer";
  let source = [{Holtzman et al. 2020, arXiv:1904.09751 (top_p); Fan et al. 2018, arXiv:1805.04833 (top_k); Keskar et al. 2019, arXiv:1909.05858, section 4.1
    (repetition_penalty)}];
  let example = "%i = nn.sample %x, %bits temperature = 0.8 top_k = 40 : tensor<?x50257xf32>, tensor<?xi32>";
  let arguments = (ins NN_FloatTensor:$logits, RankedTensorOf<[I32]>:$bits, Optional<NN_IntegerTensor>:$previous,
                       Optional<0DTensorOf<[F32, F64]>>:$givenTemperature, Optional<0DTensorOf<[I32, I64]>>:$givenTopK,
                       Optional<0DTensorOf<[F32, F64]>>:$givenTopP, Optional<0DTensorOf<[F32, F64]>>:$givenPenalty,
                       DefaultValuedAttr<F64Attr, "1.0">:$temperature, DefaultValuedAttr<I64Attr, "0">:$topK,
                       DefaultValuedAttr<F64Attr, "1.0">:$topP, DefaultValuedAttr<F64Attr, "1.0">:$repetitionPenalty);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $logits `,` $bits oilist(`temperature` `=` custom<NumberOrOperand>($temperature, $givenTemperature)
    | `top_k` `=` custom<WholeOrOperand>($topK, $givenTopK) | `top_p` `=` custom<NumberOrOperand>($topP, $givenTopP)
    | `repetition_penalty` `=` custom<NumberOrOperand>($repetitionPenalty, $givenPenalty) | `previous` `=` $previous)
    attr-dict `:` type(operands)
  }];
  let hasVerifier = 1;
}

#endif
