// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s --check-prefixes=CHECK,EXACT
// RUN: mlc-opt %s --evaluate=round -o %t | FileCheck %s --check-prefixes=CHECK,ROUND

nn.parameter @w : tensor<2xf32> init(#nn.zeros) {nn.value = dense<[3.0, 4.0]> : tensor<2xf32>}
nn.state @s : tensor<2xf32> init(#nn.zeros) {nn.value = dense<1.0> : tensor<2xf32>}

// CHECK: @elementwise[0] = dense<{{\[}}[0, 2], [4, 6]]> : tensor<2x2xf32>
// CHECK-NEXT: @elementwise[1] = dense<[1, -2, 3]> : tensor<3xi8>
func.func @elementwise(%x: tensor<2x2xf32> {nn.value = dense<[[0.0, 1.0], [2.0, 3.0]]> : tensor<2x2xf32>},
                       %i: tensor<3xi8> {nn.value = dense<[-1, 2, -3]> : tensor<3xi8>}) -> (tensor<2x2xf32>, tensor<3xi8>) {
  %y = nn.add %x, %x : tensor<2x2xf32>
  %j = nn.neg %i : tensor<3xi8>
  return %y, %j : tensor<2x2xf32>, tensor<3xi8>
}

// One third is not a number of f32; minus its double it is what is left.
// EXACT: @rounding[0] = dense<0.333333333333333{{[0-9]+}}> : tensor<f64>
// ROUND: @rounding[0] = dense<0.3333333432674{{[0-9]+}}> : tensor<f64>
func.func @rounding(%x: tensor<f32> {nn.value = dense<1.0> : tensor<f32>}, %y: tensor<f32> {nn.value = dense<3.0> : tensor<f32>}) -> tensor<f64> {
  %z = nn.div %x, %y : tensor<f32>
  %w = nn.cast %z : tensor<f32> -> tensor<f64>
  return %w : tensor<f64>
}

// Sizes come from the arguments; a private function is only called.
// CHECK: @dynamic[0] = dense<[4, 6]> : tensor<2xf32>
func.func @dynamic(%x: tensor<?xf32> {nn.value = dense<[1.0, 2.0]> : tensor<2xf32>}) -> tensor<2xf32> {
  %w = nn.param @w : tensor<2xf32>
  %y = call @sum(%x, %w) : (tensor<?xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func private @sum(%x: tensor<?xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
  %z = nn.add %x, %y : tensor<?xf32>, tensor<2xf32>
  return %z : tensor<2xf32>
}

// A read sees the writes before it.
// CHECK: @state[0] = dense<[2, 2]> : tensor<2xf32>
// CHECK-NEXT: @state[1] = dense<[1, 1]> : tensor<2xf32>
func.func @state() -> (tensor<2xf32>, tensor<2xf32>) attributes {nn.updates} {
  %old = nn.read @s : tensor<2xf32>
  %twice = nn.add %old, %old : tensor<2xf32>
  nn.write @s, %twice : tensor<2xf32>
  %new = nn.read @s : tensor<2xf32>
  return %new, %old : tensor<2xf32>, tensor<2xf32>
}

// Without nn.updates the entry is inference, and the write does nothing, also in what it calls.
// CHECK: @inference[0] = dense<[2, 2]> : tensor<2xf32>
func.func private @doubled() {
  %old = nn.read @s : tensor<2xf32>
  %twice = nn.add %old, %old : tensor<2xf32>
  nn.write @s, %twice : tensor<2xf32>
  return
}
func.func @inference() -> tensor<2xf32> {
  call @doubled() : () -> ()
  %s = nn.read @s : tensor<2xf32>
  return %s : tensor<2xf32>
}

// An entry whose arguments have no value is left out.
// CHECK-NOT: @unknown
func.func @unknown(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
