// RUN: mlc-opt %s --split-input-file --verify-diagnostics

nn.state @s : tensor<2xf32> init(#nn.zeros)
func.func @checkpoint_c1() {
  %0 = nn.checkpoint {
    // expected-error @+1 {{not supported yet: nn.read in a body}}
    %1 = nn.read @s : tensor<2xf32>
    nn.yield %1 : tensor<2xf32>
  }
  return
}

// -----

func.func @no_yield(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects a body that ends with nn.yield}}
  nn.checkpoint {
    %1 = nn.neg %x : tensor<2xf32>
  }
  return
}
