// RUN: mlc-fuzz --file %s | FileCheck %s
// The sizes of what nn.sort takes along, and of the weights of classes, were compared by nothing that was left of these ops.
// CHECK: 0 failures
module @sizes_of_payloads {
  func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>, %condition: tensor<i1>, %logits: tensor<2x?xf32>) -> (tensor<?xf32>, tensor<f32>) {
    %0 = nn.if %condition {
      %1:2 = nn.sort %x, %y dim = 0 descending : tensor<?xf32>, tensor<?xf32>
      nn.yield %x : tensor<?xf32>
    } else {
      nn.yield %x : tensor<?xf32>
    }
    %labels = nn.constant dense<0> : tensor<2xi32>
    %loss = nn.cross_entropy %logits, %labels weights = %y : tensor<2x?xf32>, tensor<2xi32>, tensor<?xf32>
    return %0, %loss : tensor<?xf32>, tensor<f32>
  }
}
