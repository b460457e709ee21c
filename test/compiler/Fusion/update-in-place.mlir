// RUN: mlc-opt %s --update-in-place --split-input-file | FileCheck %s

nn.storage @s state : tensor<8x4xf32> {nn.name = "s"}
nn.storage @t state : tensor<8x4xf32> {nn.name = "t"}

// Two updates of what the storage holds, through another shape.
// CHECK-LABEL: func.func @chain
// CHECK-COUNT-2: nn.update_slice {{.*}} {nn.in_place}
func.func @chain(%s: tensor<8x4xf32> {nn.storage = @s}, %u: tensor<1x4xf32>, %v: tensor<4xf32>, %i: tensor<i64>)
    -> (tensor<8x4xf32> {nn.storage = @s}) {
  %a = nn.update_slice %s, %u [%i, 0] : tensor<8x4xf32>, tensor<1x4xf32>, tensor<i64>
  %b = nn.reshape %a : tensor<8x4xf32> -> tensor<32xf32>
  %c = nn.update_slice %b, %v [3] : tensor<32xf32>, tensor<4xf32>
  %d = nn.reshape %c : tensor<32xf32> -> tensor<8x4xf32>
  return %d : tensor<8x4xf32>
}

// Of another storage, of something computed, or not written back: all is written.
// CHECK-LABEL: func.func @others
// CHECK-NOT: nn.in_place
func.func @others(%s: tensor<8x4xf32> {nn.storage = @s}, %t: tensor<8x4xf32> {nn.storage = @t}, %u: tensor<1x4xf32>)
    -> (tensor<8x4xf32>, tensor<8x4xf32> {nn.storage = @s}, tensor<8x4xf32> {nn.storage = @t}) {
  %a = nn.update_slice %t, %u [0, 0] : tensor<8x4xf32>, tensor<1x4xf32>
  %e = nn.exp %t : tensor<8x4xf32>
  %b = nn.update_slice %e, %u [0, 0] : tensor<8x4xf32>, tensor<1x4xf32>
  %c = nn.update_slice %s, %u [0, 0] : tensor<8x4xf32>, tensor<1x4xf32>
  return %c, %a, %b : tensor<8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>
}
