// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @if_c1(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-note @+1 {{the first body yields these types}}
  %0 = nn.if %c {
    nn.yield %x : tensor<2xf32>
  } else {
    // expected-error @+1 {{expects 'tensor<2xf32>', but got 'tensor<3xf32>'}}
    nn.yield %y : tensor<3xf32>
  }
  return
}

// -----

nn.state @s : tensor<2xf32> init(#nn.zeros)
func.func @if_c3(%c: tensor<i1>, %x: tensor<2xf32>) {
  %0 = nn.if %c {
    // expected-error @+1 {{not supported yet: nn.write in a body}}
    nn.write @s, %x : tensor<2xf32>
    nn.yield %x : tensor<2xf32>
  } else {
    nn.yield %x : tensor<2xf32>
  }
  return
}

// -----

func.func @condition(%x: tensor<2xi1>) {
  // expected-note @-1 {{prior use here}}
  // expected-error @+1 {{expects different type than prior uses: 'tensor<i1>' vs 'tensor<2xi1>'}}
  %0 = nn.if %x {
    nn.yield %x : tensor<2xi1>
  } else {
    nn.yield %x : tensor<2xi1>
  }
  return
}
