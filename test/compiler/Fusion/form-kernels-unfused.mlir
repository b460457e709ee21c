// RUN: mlc-opt %s --form-kernels=fuse=false | FileCheck %s
// At -O0 every op is a kernel; sizes enter a kernel once, as index arguments; a broadcast is not a kernel but for itself.

// CHECK-LABEL: func.func @f(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x5xf32>
func.func @f(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}, %p: tensor<48xf32>) -> tensor<?x5xf32> {
  // CHECK: %[[N:.*]] = nn.dim %[[X]], 0
  // CHECK: %[[SLICE:.*]] = nn.slice
  // CHECK: %[[W:.*]] = nn.reshape %[[SLICE]]
  // CHECK: %[[H:.*]] = kernel.launch @kernel_0(%[[X]], %[[W]]) dims(%[[N]]) : (tensor<?x5xf32>, tensor<5x5xf32>) -> tensor<?x5xf32>
  // CHECK: %[[Y:.*]] = kernel.launch @kernel_1(%[[H]]) dims(%[[N]])
  // CHECK: return %[[Y]]
  %s = nn.slice %p [0] [25] [1] : tensor<48xf32>
  %w = nn.reshape %s : tensor<25xf32> -> tensor<5x5xf32>
  %h = nn.contract %x, %w contracting = [1] x [0] : tensor<?x5xf32>, tensor<5x5xf32>
  %y = nn.tanh %h : tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}
// CHECK: func.func private @kernel_0(%{{.*}}: tensor<?x5xf32> {nn.sizes = [[MAP:.*]]}, %{{.*}}: tensor<5x5xf32>, %{{.*}}: index) -> (tensor<?x5xf32> {nn.sizes = [[MAP]]}) attributes {kernel.kernel}
// CHECK: nn.contract
// CHECK: func.func private @kernel_1
// CHECK: nn.tanh
