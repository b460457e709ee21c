// Positions told to attention by rotations of the features of queries and keys.
#ifndef MLC_NN_ROTARY_OPS
#define MLC_NN_ROTARY_OPS

include "dialects/NN/CompositeBase.td"

def NN_RopeOp : NN_SameTypeCompositeOp<"rope", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "Rotation of pairs of features by angles that grow with the position";
  let pytorch = [{none. The pairs of transformers' apply_rotary_pos_emb (LLaMA, GPT-NeoX, Mistral) are those here; `interleaved` are those of
    GPT-J and of the original LLaMA, flash_attn's interleaved=True. Angles there are products of f32, off by up to position / 2^24: here by position / 2^53}];
  let semantics = [{(a, b) becomes (a cos(w) - b sin(w), b cos(w) + a sin(w)) for every pair of features, w = p theta^(-2 i / rotary) / scaling for pair i at position p,
    or p frequencies[i] / scaling. The position at time t is t + offset, offset = 0 unless given, or positions[..., t]. Pair i is the features i and
    i + rotary / 2; `interleaved`: 2 i and 2 i + 1. rotary features are turned, all unless given; those behind stay as they are. `inverse` turns the other
    way. So products of turned queries and keys depend on the distance of their positions. w is exact to 2^-53 of its frequency times p, however large p is: it
    is counted in 2^-64 of a turn, its cosine and sine are computed in f64, and rounded once to f32, in which x is computed if it is no wider}];
  let shapes = [{layout = "bthd" says what the dimensions of x are, by a letter each: t time, d features, h heads, any other letter a batch dimension, each
    once (C1), as many as x has (C2); unless given [batch..., heads, time, features], or [time, features]. The features are static, at most 65536; rotary is even,
    at least 2 and at most the features (C3). offset: a number, at most 2^44, or a rank-0 tensor of i32 or i64, not both (C4). positions: integers [time], or
    [batch..., time] with the batch in the order of x (C5), without an offset (C6). theta and scaling are finite and above 0 (C7). frequencies: rotary / 2 finite
    numbers, which stand for those of theta (C8). The result has the type of x. The types of the operands stand in the order x, positions, offset}];
  let vjp = "dx = dy turned back by the same angles: nothing is kept";
  let source = [{Su et al. 2021, arXiv:2104.09864, section 3.4.2; scaling: Chen et al. 2023, arXiv:2306.15595}];
  let example = "%y = nn.rope %x layout = \"bthd\" theta = 5e5 : tensor<?x64x4x16xf32>";
  let arguments = (ins NN_FloatTensor:$x, Optional<NN_IntegerTensor>:$positions, Optional<0DTensorOf<[I32, I64]>>:$position,
                       OptionalAttr<StrAttr>:$layout, UnitAttr:$interleaved, OptionalAttr<I64Attr>:$rotary,
                       DefaultValuedAttr<F64Attr, "1.0e4">:$theta, DefaultValuedAttr<F64Attr, "1.0">:$scaling,
                       OptionalAttr<DenseF64ArrayAttr>:$frequencies, DefaultValuedAttr<I64Attr, "0">:$offset, UnitAttr:$inverse);
  let assemblyFormat = [{
    $x oilist(`layout` `=` custom<Layout>($layout) | `interleaved` $interleaved | `rotary` `=` custom<Whole>($rotary)
    | `theta` `=` custom<Number>($theta) | `scaling` `=` custom<Number>($scaling) | `frequencies` `=` custom<Numbers>($frequencies)
    | `positions` `=` $positions | `offset` `=` custom<WholeOrOperand>($offset, $position) | `inverse` $inverse)
    attr-dict `:` type(operands)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// How many leading features are rotated.
    int64_t rotated();
  }];
}

#endif
