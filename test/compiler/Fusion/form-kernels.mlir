// RUN: mlc-opt %s --split-input-file --decompose-composites --canonicalize --cse --form-kernels | FileCheck %s
// What shares a kernel. Each module is one rule.

// Bias and activation are the epilogue of a contraction; the mask that the gradient needs is stored beside the result.
// CHECK-LABEL: func.func @epilogue
// CHECK: %[[Y:.*]]:2 = kernel.launch @kernel_0(
// CHECK-NOT: kernel.launch
// CHECK: return %[[Y]]#1, %[[Y]]#0
// CHECK-LABEL: func.func private @kernel_0
// CHECK: nn.contract
// CHECK: nn.add
// CHECK: nn.compare
// CHECK: nn.select
func.func @epilogue(%x: tensor<?x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<?x4xi1>) {
  %h = nn.contract %x, %w contracting = [1] x [0] : tensor<?x8xf32>, tensor<8x4xf32>
  %n = nn.dim %x, 0 : tensor<?x8xf32>
  %bb = nn.broadcast %b [%n] dims = [1] : tensor<4xf32> -> tensor<?x4xf32>
  %s = nn.add %h, %bb : tensor<?x4xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %z = nn.broadcast %zero [%n] dims = [] : tensor<f32> -> tensor<?x4xf32>
  %c = nn.compare le %s, %z : tensor<?x4xf32>
  %y = nn.select %c, %z, %s : tensor<?x4xi1>, tensor<?x4xf32>, tensor<?x4xf32>
  return %y, %c : tensor<?x4xf32>, tensor<?x4xi1>
}

// -----

// Softmax is one pass over the rows.
// CHECK-LABEL: func.func @softmax
// CHECK-COUNT-1: kernel.launch
// CHECK-NOT: kernel.launch
// CHECK: return
func.func @softmax(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  %y = nn.softmax %x dim = 1 : tensor<?x10xf32>
  return %y : tensor<?x10xf32>
}

// -----

// So is layer_norm.
// CHECK-LABEL: func.func @layer_norm
// CHECK-COUNT-1: kernel.launch
// CHECK-NOT: kernel.launch
// CHECK: return
func.func @layer_norm(%x: tensor<?x10xf32>, %s: tensor<10xf32>, %b: tensor<10xf32>) -> tensor<?x10xf32> {
  %y = nn.layer_norm %x, %s, %b : tensor<?x10xf32>, tensor<10xf32>, tensor<10xf32>
  return %y : tensor<?x10xf32>
}

// -----

// A contraction reads its operands from memory: one activation, two contractions, three kernels.
// CHECK-LABEL: func.func @operands
// CHECK-COUNT-3: kernel.launch
// CHECK-NOT: kernel.launch
// CHECK: return
func.func @operands(%x: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %a = nn.tanh %x : tensor<8x8xf32>
  %y = nn.contract %a, %x contracting = [1] x [0] : tensor<8x8xf32>, tensor<8x8xf32>
  %z = nn.contract %x, %a contracting = [1] x [0] : tensor<8x8xf32>, tensor<8x8xf32>
  return %y, %z : tensor<8x8xf32>, tensor<8x8xf32>
}

// -----

// An optimizer's update is one loop; what it computes on single numbers is inside.
// CHECK-LABEL: func.func @update
// CHECK: %{{.*}}:2 = kernel.launch @kernel_0(
// CHECK-NOT: kernel.launch
// CHECK: return
// CHECK-LABEL: func.func private @kernel_0
// CHECK: nn.pow
func.func @update(%p: tensor<48xf32>, %m: tensor<48xf32>, %g: tensor<48xf32>, %lr: tensor<f32>, %t: tensor<f32>) -> (tensor<48xf32>, tensor<48xf32>) {
  %rate = nn.pow %lr, %t : tensor<f32>
  %r = nn.broadcast %rate dims = [] : tensor<f32> -> tensor<48xf32>
  %m1 = nn.add %m, %g : tensor<48xf32>
  %d = nn.mul %m1, %r : tensor<48xf32>
  %p1 = nn.sub %p, %d : tensor<48xf32>
  return %p1, %m1 : tensor<48xf32>, tensor<48xf32>
}

// -----

// A reduction to one number is one tile, so what others need element by element stays out of it: here the difference is cheap and
// computed twice.
// CHECK-LABEL: func.func @total
// CHECK: kernel.launch @kernel_{{[01]}}(%arg0, %arg1)
// CHECK: kernel.launch @kernel_{{[01]}}(%arg0, %arg1)
// CHECK-NOT: kernel.launch
// CHECK: return
func.func @total(%x: tensor<?xf32> {nn.dims = ["n"]}, %t: tensor<?xf32> {nn.dims = ["n"]}) -> (tensor<f32>, tensor<?xf32>) {
  %d = nn.sub %x, %t : tensor<?xf32>
  %s = nn.mul %d, %d : tensor<?xf32>
  %l = nn.reduce sum %s dims = [0] : tensor<?xf32>
  %g = nn.add %d, %d : tensor<?xf32>
  return %l, %g : tensor<f32>, tensor<?xf32>
}

// -----

// Pieces of a concat along the first dimension are written where they belong: the concat is no kernel.
// CHECK-LABEL: func.func @pieces
// CHECK: %[[A:.*]]:2 = kernel.launch
// CHECK-NOT: kernel.launch
// CHECK: nn.concat %[[A]]#0, %[[A]]#1
func.func @pieces(%x: tensor<8xf32>) -> tensor<16xf32> {
  %a = nn.tanh %x : tensor<8xf32>
  %b = nn.neg %x : tensor<8xf32>
  %c = nn.concat %a, %b dim = 0 : tensor<8xf32>, tensor<8xf32>
  return %c : tensor<16xf32>
}

// -----

// No cycle: the sum over all elements lies between the two elementwise ops.
// CHECK-LABEL: func.func @cycle
// CHECK-COUNT-3: kernel.launch
// CHECK-NOT: kernel.launch
// CHECK: return
func.func @cycle(%x: tensor<9000xf32>) -> tensor<9000xf32> {
  %e = nn.exp %x : tensor<9000xf32>
  %s = nn.reduce sum %e dims = [0] : tensor<9000xf32>
  %b = nn.broadcast %s dims = [] : tensor<f32> -> tensor<9000xf32>
  %y = nn.div %e, %b : tensor<9000xf32>
  return %y : tensor<9000xf32>
}

// -----

// A check has its own kernel, so that it can come first, although others reduce the same tensor.
// CHECK-LABEL: func.func @check
// CHECK: %[[OK:.*]] = kernel.launch {{.*}} -> tensor<i1>
// CHECK: nn.assert %[[OK]]
// CHECK: kernel.launch {{.*}} -> tensor<i32>
func.func @check(%x: tensor<8xi32>) -> tensor<i32> {
  %zero = nn.constant dense<0> : tensor<8xi32>
  %c = nn.compare ge %x, %zero : tensor<8xi32>
  %ok = nn.reduce and %c dims = [0] : tensor<8xi1>
  nn.assert %ok, "negative" : tensor<i1>
  %s = nn.reduce sum %x dims = [0] : tensor<8xi32>
  return %s : tensor<i32>
}

// -----

// A contraction reads i8 and bf16 as they are, if all its operands were; so does everyone else. Of one operand only, the cast is a
// kernel.
// CHECK-LABEL: func.func @narrow
// CHECK-COUNT-2: kernel.launch {{.*}}xi8>
// CHECK: kernel.launch @{{.*}}(%{{.*}}) : (tensor<8x4xbf16>) -> tensor<8x4xf32>
// CHECK: kernel.launch
// CHECK-NOT: kernel.launch
// CHECK: return
// CHECK-LABEL: func.func private
// CHECK-COUNT-2: nn.cast
// CHECK: nn.contract
func.func @narrow(%x: tensor<6x8xi8>, %w: tensor<8x4xi8>, %f: tensor<6x8xf32>, %b: tensor<8x4xbf16>) -> (tensor<6x4xi32>, tensor<6x8xi32>, tensor<6x4xf32>) {
  %xi = nn.cast %x : tensor<6x8xi8> -> tensor<6x8xi32>
  %wi = nn.cast %w : tensor<8x4xi8> -> tensor<8x4xi32>
  %y = nn.contract %xi, %wi contracting = [1] x [0] : tensor<6x8xi32>, tensor<8x4xi32>
  %a = nn.abs %xi : tensor<6x8xi32>
  %wide = nn.cast %b : tensor<8x4xbf16> -> tensor<8x4xf32>
  %z = nn.contract %f, %wide contracting = [1] x [0] : tensor<6x8xf32>, tensor<8x4xf32>
  return %y, %a, %z : tensor<6x4xi32>, tensor<6x8xi32>, tensor<6x4xf32>
}

// -----

// The kernel of a convolution backwards is turned round, and every other tap taken, where it is read; what a plain product reads is
// stored.
// CHECK-LABEL: func.func @turned_round
// CHECK-COUNT-3: kernel.launch
// CHECK-NOT: kernel.launch
// CHECK: return
// CHECK-LABEL: func.func private @kernel_0
// CHECK: nn.reverse
// CHECK-NEXT: nn.slice
// CHECK-NEXT: nn.contract
func.func @turned_round(%x: tensor<2x9x9x16xf32>, %w: tensor<3x3x8x16xf32>, %a: tensor<4x8xf32>, %b: tensor<8x32xf32>) -> (tensor<2x8x8x8xf32>, tensor<4x16xf32>) {
  %seen = nn.windows %x dims = [1, 2] sizes = [2, 2] : tensor<2x9x9x16xf32>
  %turned = nn.reverse %w dims = [0, 1] : tensor<3x3x8x16xf32>
  %taps = nn.slice %turned [0, 0, 0, 0] [2, 2, 8, 16] [2, 2, 1, 1] : tensor<3x3x8x16xf32>
  %y = nn.contract %seen, %taps contracting = [3, 4, 5] x [0, 1, 3] : tensor<2x8x8x2x2x16xf32>, tensor<2x2x8x16xf32>
  %every = nn.slice %b [0, 0] [8, 16] [1, 2] : tensor<8x32xf32>
  %z = nn.contract %a, %every contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x16xf32>
  return %y, %z : tensor<2x8x8x8xf32>, tensor<4x16xf32>
}
