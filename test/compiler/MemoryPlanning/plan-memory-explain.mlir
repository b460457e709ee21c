// RUN: mlc-opt %s --plan-memory=explain=true --verify-diagnostics

module @m {
  func.func private @k(%x: tensor<32xf32>) -> tensor<32xf32> attributes {kernel.kernel}
  // expected-remark @+1 {{arena of 256 bytes for 3 buffers, of which 256 bytes live at one time; 0 copies}}
  func.func @f(%x: tensor<32xf32>) -> tensor<32xf32> {
    %a = kernel.launch @k(%x) : (tensor<32xf32>) -> tensor<32xf32>
    %b = kernel.launch @k(%a) : (tensor<32xf32>) -> tensor<32xf32>
    %c = kernel.launch @k(%b) : (tensor<32xf32>) -> tensor<32xf32>
    %d = kernel.launch @k(%c) : (tensor<32xf32>) -> tensor<32xf32>
    return %d : tensor<32xf32>
  }
}
