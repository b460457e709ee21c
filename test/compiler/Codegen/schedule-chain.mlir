// RUN: mlc %s -o %t.so --mcpu=x86-64-v4 --l2=1048576 --explain-kernels 2>&1 | FileCheck %s
// RUN: mlc %s -o %t.mlir --mcpu=x86-64-v4 --l2=1048576 --compile-to=schedule && FileCheck %s --check-prefix=LOOPS < %t.mlir
// RUN: mlc %s -o %t.so --mcpu=znver4 --l2=1048576 --precision=bf16 --entries=full,gradients --explain-kernels 2>&1 | FileCheck %s --check-prefix=NARROW
// What a kernel of a chain of products keeps, and what it leaves out.

module @chains {
  // Short rows of keys that a mask cuts are in blocks of 32. Loops: the rows are packed, blocks are looked at, and made if a row sees
  // one; then come the passes over the blocks that are seen, and their products.
  // CHECK: causal launches 1 kernel
  // CHECK: chain of 2 products: blocks of 32 rows and 32 keys that a row sees, 1 values of each cell kept in between
  // LOOPS-LABEL: func.func private @kernel_0
  // LOOPS: vector.reduction <or>
  // LOOPS: scf.if
  // LOOPS: math.exp
  func.func @causal(%q: tensor<2x256x4x64xf32>, %k: tensor<2x256x4x64xf32>, %v: tensor<2x256x4x64xf32>) -> tensor<2x256x4x64xf32> {
    %y = nn.attention %q, %k, %v layout = bthd causal : tensor<2x256x4x64xf32>
    return %y : tensor<2x256x4x64xf32>
  }
  // Narrow operands are multiplied in words, all of them; what the kernel reads is rounded on the way.
  // NARROW: full launches 1 kernel
  // NARROW: chain of 2 products: {{.*}}, pairs of bf16 by vdpbf16ps
  // NARROW: gradients launches 1 kernel
  // NARROW: chain of 6 products: {{.*}}, 2 values of each cell kept in between, pairs of bf16 by vdpbf16ps
  // CHECK: full launches 1 kernel
  // CHECK: chain of 2 products: blocks of 64 rows and 64 keys, 1 values of each cell kept in between
  func.func @full(%q: tensor<2x256x4x64xf32>, %k: tensor<2x256x4x64xf32>, %v: tensor<2x256x4x64xf32>) -> tensor<2x256x4x64xf32> {
    %y = nn.attention %q, %k, %v layout = bthd : tensor<2x256x4x64xf32>
    return %y : tensor<2x256x4x64xf32>
  }
  // A few rows, as when a token is generated, read keys where they lie.
  // CHECK: token launches 1 kernel
  // CHECK: chain of 2 products: 1 rows of several batch positions, 16 keys of each at a time that a row sees, read where they lie
  func.func @token(%q: tensor<2x1x4x64xf32>, %k: tensor<2x256x4x64xf32>, %v: tensor<2x256x4x64xf32>) -> tensor<2x1x4x64xf32> {
    %y = nn.attention %q, %k, %v layout = bthd causal offset = 99 : tensor<2x1x4x64xf32>, tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>
    return %y : tensor<2x1x4x64xf32>
  }
  // Any condition is a mask, not only one on positions.
  // CHECK: masked launches 1 kernel
  // CHECK: chain of 2 products: {{.*}} that a row sees
  func.func @masked(%q: tensor<2x4x256x64xf32>, %k: tensor<2x4x256x64xf32>, %v: tensor<2x4x256x64xf32>, %m: tensor<2x1x256x256xi1>) -> tensor<2x4x256x64xf32> {
    %y = nn.attention %q, %k, %v mask = %m : tensor<2x4x256x64xf32>, tensor<2x1x256x256xi1>
    return %y : tensor<2x4x256x64xf32>
  }
  // A choice between scores leaves none out.
  // CHECK: chosen launches 1 kernel
  // CHECK: chain of 2 products: blocks of 64 rows and 64 keys, 1 values
  func.func @chosen(%q: tensor<2x4x256x64xf32>, %k: tensor<2x4x256x64xf32>, %v: tensor<2x4x256x64xf32>, %m: tensor<256x256xi1>) -> tensor<2x4x256x64xf32> {
    %s = nn.contract %q, %k batch = [0, 1] x [0, 1] contracting = [3] x [3] : tensor<2x4x256x64xf32>
    %c = nn.select %m, %s, -9.0 : tensor<256x256xi1>, tensor<2x4x256x256xf32>
    %p = nn.softmax %c : tensor<2x4x256x256xf32>
    %y = nn.contract %p, %v batch = [0, 1] x [0, 1] contracting = [3] x [2] : tensor<2x4x256x256xf32>, tensor<2x4x256x64xf32>
    return %y : tensor<2x4x256x64xf32>
  }
  // Forward and backward are one kernel here: nothing comes between them. Of each cell p and its derivative are kept.
  // CHECK: gradients launches 1 kernel
  // CHECK: chain of 6 products: blocks of 64 rows and 64 keys, 2 values of each cell kept in between
  func.func @gradients(%q: tensor<2x256x4x64xf32>, %k: tensor<2x256x4x64xf32>, %v: tensor<2x256x4x64xf32>, %dy: tensor<2x256x4x64xf32>) -> (tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>) {
    %y, %dq, %dk, %dv = nn.vjp @full(%q, %k, %v) cotangents(%dy) wrt(0, 1, 2) : (tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>), (tensor<2x256x4x64xf32>) -> (tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>)
    return %y, %dq, %dk, %dv : tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>, tensor<2x256x4x64xf32>
  }
}
