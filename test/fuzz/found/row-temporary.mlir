// RUN: mlc-fuzz --file %s | FileCheck %s
// A row kernel kept %t in the buffer of the result %s, which the same pass wrote.
// CHECK: 0 failures
module @row_temporary {
  func.func @f(%a: tensor<1x8xf32>, %b: tensor<1x8xf32>, %c: tensor<1x8xf32>) -> (tensor<1x8xf32>, tensor<f32>, tensor<1x8xf32>) {
    %t = nn.tanh %a : tensor<1x8xf32>
    %s = nn.add %t, %b : tensor<1x8xf32>
    %p = nn.reduce prod %s dims = [0, 1] : tensor<1x8xf32>
    %d = nn.sub %c, %t : tensor<1x8xf32>
    return %s, %p, %d : tensor<1x8xf32>, tensor<f32>, tensor<1x8xf32>
  }
}
