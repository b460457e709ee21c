// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// assert_rank
func.func @assert_rank(%ok: tensor<1xi1>) {
  // expected-error @+1 {{operand #0 must be 0D tensor of 1-bit signless integer values, but got 'tensor<1xi1>'}}
  nn.assert %ok, "positive" : tensor<1xi1>
  return
}
