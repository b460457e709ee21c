// RUN: mlc-opt %s --schedule-kernels --bufferize-kernels | FileCheck %s

// Inputs, results, index arguments, the tiles and the scratch memory; buffers are flat, i1 is a byte.
// CHECK: func.func private @kernel_0(%[[X:[^:]*]]: memref<?xf32> {nn.sizes = {{[^}]*}}}, %[[Y:[^:]*]]: memref<?xi8> {nn.sizes = {{[^}]*}}},
// CHECK-SAME: %{{.*}}: index, %[[BEGIN:.*]]: index, %[[END:.*]]: index, %{{.*}}: memref<?xi8>)
// CHECK-NOT: unrealized_conversion_cast
// CHECK: arith.extui
// CHECK: vector.store %{{.*}}, %[[Y]]
func.func private @kernel_0(%x: tensor<?xf32> {nn.sizes = affine_map<()[s0] -> (s0)>}, %n: index)
    -> (tensor<?xi1> {nn.sizes = affine_map<()[s0] -> (s0)>}) attributes {kernel.kernel} {
  %y = nn.is_finite %x : tensor<?xf32>
  return %y : tensor<?xi1>
}
