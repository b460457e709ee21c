// Recurrent layers: composites that are one nn.scan over the time.
#ifndef MLC_NN_RECURRENT_OPS
#define MLC_NN_RECURRENT_OPS

include "dialects/NN/CompositeBase.td"

class NN_RecurrentOp<string mnemonic, string gates>
    : NN_CompositeOp<mnemonic, [AttrSizedOperandSegments, DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let vjp = "that of the decomposition, which stacks what the products of every trip give: they are not computed again";
  string commonShapes = "x: [time, batch, in] (C1); w: [in, " # gates # " units] (C2); u: [units, " # gates # " units], units static (C3); bias, "
                        "hidden_bias: [" # gates # " units] (C4); every state: [batch, units] (C5); lengths: integers [batch] (C6); floats of one "
                        "dtype (C7). The first result is [time, batch, units], the others are [batch, units]. The types of the operands stand in "
                        "the order in which they are named here";
  string commonSemantics = ", from zeros or the initial state, for t = 0, 1, ..., or with `reverse` from the last t down. Where t is "
                           "not below a row's length that row keeps its state and yields zeros. The results are the hidden state after every "
                           "step, then the state after the last one";
}

def NN_LstmOp : NN_RecurrentOp<"lstm", "4"> {
  let summary = "Long short-term memory over a sequence";
  let pytorch = "torch.nn.LSTM of one layer and direction; the weights are transposed: [in, 4 units] and [units, 4 units]; lengths instead of packed sequences";
  let semantics = "[i, f, g, o] = x[t] w + h u + bias + hidden_bias; c = logistic(f) c + logistic(i) tanh(g); h = logistic(o) tanh(c)"
                  # commonSemantics;
  let shapes = commonShapes # ". The initial state is h, c (C8)";
  let source = "Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; torch.nn.LSTM, with the weights transposed";
  let example = "%y, %h, %c = nn.lstm %x, %w, %u bias = %b lengths = %n : tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x16xf32>, "
                "tensor<16xf32>, tensor<8xi32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$w, NN_FloatTensor:$u, Optional<NN_FloatTensor>:$bias,
                       Optional<NN_FloatTensor>:$hiddenBias, Optional<NN_FloatTensor>:$initial,
                       Optional<NN_FloatTensor>:$initialCell, Optional<NN_IntegerTensor>:$lengths, UnitAttr:$reverse);
  let results = (outs NN_Tensor:$outputs, NN_Tensor:$hidden, NN_Tensor:$cell);
  let assemblyFormat = [{
    $x `,` $w `,` $u oilist(`bias` `=` $bias | `hidden_bias` `=` $hiddenBias | `initial` `=` $initial `,` $initialCell
    | `lengths` `=` $lengths | `reverse` $reverse) attr-dict `:` type(operands)
  }];
  let hasVerifier = 1;
}

def NN_GruOp : NN_RecurrentOp<"gru", "3"> {
  let summary = "Gated recurrent units over a sequence";
  let pytorch = "torch.nn.GRU of one layer and direction; the weights are transposed: [in, 3 units] and [units, 3 units]; lengths instead of packed sequences";
  let semantics = "[a, b, p] = x[t] w + bias; [d, e, q] = h u + hidden_bias; r = logistic(a + d); z = logistic(b + e); "
                  "n = tanh(p + r q); h = (1 - z) n + z h" # commonSemantics;
  let shapes = commonShapes;
  let source = "Cho et al. 2014, arXiv:1406.1078; torch.nn.GRU, with the weights transposed: the reset gate acts on h u, bias included";
  let example = "%y, %h = nn.gru %x, %w, %u initial = %h0 reverse : tensor<?x8x3xf32>, tensor<3x12xf32>, tensor<4x12xf32>, tensor<8x4xf32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$w, NN_FloatTensor:$u, Optional<NN_FloatTensor>:$bias,
                       Optional<NN_FloatTensor>:$hiddenBias, Optional<NN_FloatTensor>:$initial,
                       Optional<NN_IntegerTensor>:$lengths, UnitAttr:$reverse);
  let results = (outs NN_Tensor:$outputs, NN_Tensor:$hidden);
  let assemblyFormat = [{
    $x `,` $w `,` $u oilist(`bias` `=` $bias | `hidden_bias` `=` $hiddenBias | `initial` `=` $initial | `lengths` `=` $lengths
    | `reverse` $reverse) attr-dict `:` type(operands)
  }];
}

#endif
