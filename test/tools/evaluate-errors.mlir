// RUN: mlc-opt %s --evaluate --split-input-file --verify-diagnostics

func.func @assertion(%ok: tensor<i1> {nn.value = dense<false> : tensor<i1>}) {
  // expected-error @+1 {{assertion failed: labels outside [0, 10)}}
  nn.assert %ok, "labels outside [0, 10)" : tensor<i1>
  return
}

// -----

func.func @shapes(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<2xf32>}, %y: tensor<?xf32> {nn.value = dense<1.0> : tensor<3xf32>}) {
  // expected-error @+1 {{expects operands of one shape, but at run time got 'tensor<2xf32>' and 'tensor<3xf32>'}}
  %z = nn.add %x, %y : tensor<?xf32>
  return
}

// -----

nn.parameter @w : tensor<2x2xf32> init(#nn.glorot_uniform)
func.func @parameter() {
  // expected-error @+1 {{expects a value for @w, but the evaluation has none}}
  %w = nn.param @w : tensor<2x2xf32>
  return
}

// -----

func.func @other(%x: tensor<2xf32> {nn.value = dense<1.0> : tensor<2xf32>}) {
  // expected-error @+1 {{not supported yet: evaluation of math.exp}}
  %y = math.exp %x : tensor<2xf32>
  return
}

// -----

// expected-error @+1 {{expects calls without recursion}}
func.func @recursion() {
  call @recursion() : () -> ()
  return
}

// -----

// expected-error @+1 {{expects `nn.value` of type 'tensor<2xf32>', but got 'tensor<3xf32>'}}
func.func @value(%x: tensor<2xf32> {nn.value = dense<1.0> : tensor<3xf32>}) {
  return
}

// -----

// expected-error @+1 {{not supported yet: evaluation of a function that is not one block}}
func.func private @declared()
func.func @caller() {
  call @declared() : () -> ()
  return
}

// -----

// A blob is no dense value: the evaluator reads those only.
// expected-error @below {{expects a dense `nn.value`, but got dense_resource<k>}}
func.func @resource(%x: tensor<1xf32> {nn.value = dense_resource<k> : tensor<1xf32>}) -> tensor<1xf32> {
  return %x : tensor<1xf32>
}
