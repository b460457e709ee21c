// Attention: every query takes the mean of the values, weighted by how well their keys fit it. A composite: on a CPU one kernel computes
// all of it, also the derivatives; from 16 queries and keys on it stores no weights, and computes none for blocks that no query sees.
#ifndef MLC_NN_ATTENTION_OPS
#define MLC_NN_ATTENTION_OPS

include "dialects/NN/CompositeBase.td"

def NN_AttentionOp : NN_CompositeOp<"attention", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<DimensionOpInterface>,
    DeclareOpInterfaceMethods<TrainingOpInterface, ["actsInTraining"]>]> {
  let summary = "Mean of values, weighted by the softmax of products of queries and keys";
  let pytorch = [{torch.nn.functional.scaled_dot_product_attention, with is_causal as `causal`, attn_mask as `bias` or `mask`, dropout_p as
    `dropout` (which acts in code that a nn.train_step reaches, and nowhere else) and enable_gqa without asking. `causal` of T queries and S keys is
    as there: query i sees the keys 0 to i, whatever T and S; other libraries (FlashAttention) align the last query with the last key, which is
    offset = S - T here. A query that sees no key gives 0 and no derivative, where PyTorch has NaN. soft_cap is applied before the bias, as in
    torch.nn.attention.flex_attention with a score_mod}];
  let semantics = [{s = scale sum over d of q[i, d] k[j, d]; s = soft_cap tanh(s / soft_cap) if there is one; s + bias; p = softmax of s over the keys j
    that query i sees; y[i] = sum over j of p[i, j] v[j]: for every batch position and head, where head h of q is paired with head h / (heads of q /
    heads of k) of k and v. scale is 1 / sqrt(features of q) unless given. Query i stands at position i + offset among the keys, offset = 0 unless
    given: `causal` sees the keys j <= i + offset; `window = w` those of j > i + offset - w, so with `causal` the last w; `mask` those where it is true;
    `lengths` those of j < length, and what keys and values hold from there on is never looked at. All of them together: what each lets through. Elsewhere
    what is not seen is multiplied by 0, and must be finite. A query that sees nothing gives 0. With `lse` there is a second result, log(sum over j of exp(s)), -inf where nothing is
    seen, to join attention over parts of the keys. Dropout is that of p, nn.dropout of p[batch..., heads, queries, keys]}];
  let shapes = [{layout = "bthd" says what the dimensions of q, k and v are, by a letter each: t time, d features, h heads, which may be missing, any other letter a batch dimension;
    three such words with commas are those of q, k and v (C1), all with the same batch letters, k and v with the same letters, and no h where q has
    none (C2). Unless given: [batch..., heads, time, features], or [time, features], of one rank (C3). Each has as many dimensions as its word (C4).
    Equal sizes: of the batch in all three, of features in q and k, of time and heads in k and v (C5). The heads of q are a multiple of those of k, static where
    there are more (C6). q, k, v: floats of one dtype (C7). bias and mask are aligned at their ends with [batch..., heads, queries, keys], the batch in q's order,
    no heads where q has none; a missing dimension, or one of static size 1, is repeated (C8); bias is of the dtype of q, or f32 where that is narrower (C9). lengths: integers
    [batch...] (C10). offset: a number, or a rank-0 tensor of i32 or i64, not both (C11), and only with causal or window (C12). window >= 1, and it and offset at most 2^44 (C13);
    soft_cap > 0, scale finite (C14); 0 <= dropout <= 1 (C15); seed, step and stream together (C16). The result has the layout of q with the features of v; lse is q's
    without features, of its dtype, f32 where that is narrower. The types of the operands stand in the order q, k, v, bias, mask, lengths, offset; one type alone is that of q, k and v}];
  let vjp = "that of the decomposition, with p computed again where it was not stored: with g = dy v^T and ds = p (g - sum(g p)), 0 where not seen: dv = p^T dy, dq = scale ds k, "
            "dk = scale ds^T q, dbias = ds summed where the bias is repeated; lse adds p times its cotangent to ds";
  let source = "Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1; grouped heads: Ainslie et al. 2023, arXiv:2305.13245; window: Beltagy et al. 2020, "
               "arXiv:2004.05150; soft_cap: Gemma Team 2024, arXiv:2408.00118, section 2";
  let example = "%y = nn.attention %q, %k, %v layout = \"bthd\" causal : tensor<?x64x4x16xf32>";
  let arguments = (ins NN_FloatTensor:$q, NN_FloatTensor:$k, NN_FloatTensor:$v, Optional<NN_FloatTensor>:$bias,
                       Optional<NN_BoolTensor>:$mask, Optional<NN_IntegerTensor>:$lengths, Optional<0DTensorOf<[I32, I64]>>:$position,
                       Optional<NN_CounterTensor>:$seed, Optional<NN_CounterTensor>:$step, OptionalAttr<StrAttr>:$layout,
                       OptionalAttr<F64Attr>:$scale, UnitAttr:$causal, DefaultValuedAttr<I64Attr, "0">:$offset,
                       OptionalAttr<I64Attr>:$window, OptionalAttr<F64Attr>:$softCap, DefaultValuedAttr<F64Attr, "0.0">:$dropout,
                       OptionalAttr<I64Attr>:$stream, UnitAttr:$lse);
  let results = (outs NN_Tensor:$result, Optional<NN_FloatTensor>:$logSum);
  let assemblyFormat = [{
    $q `,` $k `,` $v oilist(`layout` `=` custom<Layout>($layout) | `scale` `=` custom<Number>($scale) | `causal` $causal
    | `offset` `=` custom<WholeOrOperand>($offset, $position) | `window` `=` custom<Whole>($window) | `soft_cap` `=` custom<Number>($softCap)
    | `bias` `=` $bias | `mask` `=` $mask | `lengths` `=` $lengths | `dropout` `=` custom<Number>($dropout) | `seed` $seed | `step` $step
    | `stream` `=` $stream | `lse` $lse) attr-dict
    `:` custom<AttentionTypes>(type($q), type($k), type($v), type($bias), type($mask), type($lengths), type($position),
                               ref($bias), ref($mask), ref($lengths), ref($position))
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether dropout acts: it has a seed, a step and a stream.
    bool isBound() { return static_cast<bool>(getSeed()); }
    /// Whether a query may see no key, as far as attributes and types say.
    bool mayBeBlind();
  }];
}

#endif
