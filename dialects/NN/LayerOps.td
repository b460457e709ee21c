// Composites with weights or randomness: matrix products, embedding, dropout.
#ifndef MLC_NN_LAYER_OPS
#define MLC_NN_LAYER_OPS

include "dialects/NN/CompositeBase.td"

def NN_MatmulOp : NN_CompositeOp<"matmul", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "Matrix product, for every batch position";
  let pytorch = "torch.matmul";
  let vjp = "dlhs = dy times rhs transposed, drhs = lhs transposed times dy, summed over batch dimensions that were repeated";
  let semantics = "result[b..., i, j] = sum over k of lhs[b, i, k] * rhs[b, k, j]";
  let shapes = "lhs: [b..., m, k], rhs: [b..., k, n]; an operand of rank 1 is a vector [k], whose m or n the result lacks; rank 0 is "
               "refused (C1); equal k (C2); equal dtypes (C3); batch dimensions are aligned at their ends, where a missing one, or "
               "one of static size 1, is repeated (C4)";
  let source = "NumPy matmul";
  let example = "%y = nn.matmul %a, %b : tensor<2x4x8xf32>, tensor<8x3xf32>";
  let arguments = (ins NN_NumberTensor:$lhs, NN_NumberTensor:$rhs);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` custom<OperandTypes>(type($lhs), type($rhs))";
}

def NN_LinearOp : NN_CompositeOp<"linear", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "Affine map of the last dimension: a dense layer";
  let pytorch = "torch.nn.functional.linear, whose weight is [out, in]: here it is [in, out]";
  let vjp = "dx = dy times w transposed; dw = x transposed times dy, summed over all rows; db = the sum of dy over all rows";
  let semantics = "result[..., o] = sum over i of x[..., i] * w[i, o], plus b[o]";
  let shapes = "x: [..., in], rank >= 1 (C1); w: [in, out] (C2); b, if there is one: [out] (C3); equal dtypes (C4)";
  let source = "torch.nn.functional.linear, with the weight transposed";
  let example = "%y = nn.linear %x, %w, %b : tensor<?x5xf32>, tensor<5x3xf32>, tensor<3xf32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$w, Optional<NN_FloatTensor>:$b);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x `,` $w (`,` $b^)? attr-dict `:` type($x) `,` type($w) (`,` type($b)^)?";
}

def NN_EmbeddingOp : NN_CompositeOp<"embedding", [DeclareOpInterfaceMethods<DimensionOpInterface>,
                                                  DeclareOpInterfaceMethods<IndexOperandOpInterface>]> {
  let summary = "Rows of a table, at positions given by data";
  let pytorch = "torch.nn.functional.embedding without padding_idx and max_norm";
  let vjp = "dtable = the rows of dy, added to zeros at ids";
  let semantics = "result[i..., q...] = table[ids[i...], q...]";
  let shapes = "table: [rows, q...], rank >= 1 (C1); ids: integers [i...]; the result is [i..., q...]. A public entry refuses ids outside "
               "[0, rows) at run time";
  let source = "torch.nn.functional.embedding";
  let example = "%y = nn.embedding %table, %ids : tensor<100x8xf32>, tensor<?x4xi32>";
  let arguments = (ins NN_FloatTensor:$table, NN_IntegerTensor:$ids);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$table `,` $ids attr-dict `:` type($table) `,` type($ids)";
}

def NN_OneHotOp : NN_CompositeOp<"one_hot", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "Rows that are 1 at a position given by data and 0 elsewhere";
  let pytorch = "torch.nn.functional.one_hot, of a dtype by choice; ids outside of the classes give zeros instead of an error";
  let vjp = "zero: integers";
  let semantics = "result[i..., c] = 1 where ids[i...] = c, else 0; so all 0 where an id is outside [0, classes)";
  let shapes = "ids: integers [i...]; the result is [i..., classes] of the dtype named, f32 unless there is one, classes >= 0 (C1)";
  let source = "jax.nn.one_hot; torch.nn.functional.one_hot, which refuses ids outside";
  let example = "%y = nn.one_hot %ids classes = 10 as f32 : tensor<?xi32>";
  let arguments = (ins NN_IntegerTensor:$ids, I64Attr:$classes, TypeAttrOf<NN_Element>:$element);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$ids `classes` `=` $classes custom<AsElement>($element) attr-dict `:` type($ids)";
}

def NN_DropoutOp : NN_SameTypeCompositeOp<"dropout", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<TrainingOpInterface>]> {
  let summary = "Random zeros in training";
  let pytorch = "torch.nn.functional.dropout; acts in code that a nn.train_step reaches, and nowhere else; the numbers are not PyTorch's";
  let vjp = "dy / (1 - rate) where x was kept, else 0; dy where nothing is bound";
  let semantics = [{x where nothing is bound: inference. Bound to a seed and a step (the differentiate phase does so in code reached
    from a nn.train_step): u >= rate ? x / (1 - rate) : 0, u = floor(bits / 2^8) / 2^24, bits = rng_bits(seed, step, stream)}];
  let shapes = "0 <= rate <= 1 (C1); seed, step: rank 0, i64, and they and stream come together (C2); the result has the type of x";
  let source = "Srivastava et al. 2014; torch.nn.functional.dropout";
  let example = "%y = nn.dropout %x rate = 0.1 : tensor<4x8xf32>";
  let arguments = (ins NN_FloatTensor:$x, Optional<NN_CounterTensor>:$seed, Optional<NN_CounterTensor>:$step, F64Attr:$rate,
                       OptionalAttr<I64Attr>:$stream);
  let assemblyFormat = "$x `rate` `=` custom<Number>($rate) (`seed` $seed^)? (`step` $step^)? (`stream` `=` $stream^)? attr-dict `:` type($x)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether it acts: it has a seed, a step and a stream.
    bool isBound() { return static_cast<bool>(getSeed()); }
  }];
}

#endif
