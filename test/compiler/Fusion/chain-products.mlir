// Chains of products: what lies between two is computed by the kernels that need it.
// RUN: mlc-opt %s --split-input-file --form-kernels=chain-products=true | FileCheck %s
// RUN: mlc-opt %s --split-input-file --form-kernels | FileCheck %s --check-prefix=APART

// One kernel, which stores the product in the order that is asked for. The mask of positions is part of it.
// CHECK-LABEL: func.func @forward
// CHECK-NEXT: kernel.launch @kernel_{{[0-9]+}}(%arg0, %arg1, %arg2) : (tensor<2x64x3x16xf32>, tensor<2x64x3x16xf32>, tensor<2x64x3x16xf32>) -> tensor<2x64x3x16xf32>
// CHECK-NEXT: return
// CHECK: func.func private
// CHECK-COUNT-2: nn.iota
// CHECK-COUNT-2: nn.contract
// CHECK: nn.transpose
// CHECK-NOT: func.func private
// APART-LABEL: func.func @forward
// APART-COUNT-5: kernel.launch
func.func @forward(%q: tensor<2x64x3x16xf32>, %k: tensor<2x64x3x16xf32>, %v: tensor<2x64x3x16xf32>) -> tensor<2x64x3x16xf32> {
  %s = nn.contract %q, %k batch = [0, 2] x [0, 2] contracting = [3] x [3] : tensor<2x64x3x16xf32>
  %i = nn.iota dim = 0 : tensor<64x64xi32>
  %j = nn.iota dim = 1 : tensor<64x64xi32>
  %c = nn.compare ge %i, %j : tensor<64x64xi32>
  %cb = nn.broadcast %c dims = [2, 3] : tensor<64x64xi1> -> tensor<2x3x64x64xi1>
  %n = nn.constant dense<0xFF800000> : tensor<2x3x64x64xf32>
  %m = nn.select %cb, %s, %n : tensor<2x3x64x64xi1>, tensor<2x3x64x64xf32>, tensor<2x3x64x64xf32>
  %max = nn.reduce max %m dims = [3] : tensor<2x3x64x64xf32>
  %maxb = nn.broadcast %max dims = [0, 1, 2] : tensor<2x3x64xf32> -> tensor<2x3x64x64xf32>
  %d = nn.sub %m, %maxb : tensor<2x3x64x64xf32>
  %e = nn.exp %d : tensor<2x3x64x64xf32>
  %o = nn.contract %e, %v batch = [0, 1] x [0, 2] contracting = [3] x [1] : tensor<2x3x64x64xf32>, tensor<2x64x3x16xf32>
  %t = nn.transpose %o permutation = [0, 2, 1, 3] : tensor<2x3x64x16xf32>
  return %t : tensor<2x64x3x16xf32>
}

// -----

// What runs after another kernel that needs the first product is a kernel of its own: it computes the cells again, of the numbers of
// rows that the first one gives it.
// CHECK-LABEL: func.func @backward
// CHECK: %[[first:.*]]:2 = kernel.launch @kernel_{{[0-9]+}}(%arg0, %arg1, %arg2) : {{.*}} -> (tensor<2x64xf32>, tensor<2x64x16xf32>)
// CHECK-NEXT: %[[sort:.*]] = kernel.launch @kernel_{{[0-9]+}}(%[[first]]#1)
// CHECK-NEXT: kernel.launch @kernel_{{[0-9]+}}(%arg0, %arg1, %[[first]]#0, %[[sort]])
// CHECK-NEXT: return
func.func @backward(%q: tensor<2x64x16xf32>, %k: tensor<2x64x16xf32>, %v: tensor<2x64x16xf32>) -> tensor<2x64x16xf32> {
  %s = nn.contract %q, %k batch = [0] x [0] contracting = [2] x [2] : tensor<2x64x16xf32>
  %max = nn.reduce max %s dims = [2] : tensor<2x64x64xf32>
  %maxb = nn.broadcast %max dims = [0, 1] : tensor<2x64xf32> -> tensor<2x64x64xf32>
  %d = nn.sub %s, %maxb : tensor<2x64x64xf32>
  %o = nn.contract %d, %v batch = [0] x [0] contracting = [2] x [1] : tensor<2x64x64xf32>, tensor<2x64x16xf32>
  %dy = nn.cumsum %o dim = 1 : tensor<2x64x16xf32>
  %dv = nn.contract %d, %dy batch = [0] x [0] contracting = [1] x [1] : tensor<2x64x64xf32>, tensor<2x64x16xf32>
  return %dv : tensor<2x64x16xf32>
}

// -----

// Somebody wants the cells themselves: they are stored, and nothing is a chain.
// CHECK-LABEL: func.func @wanted
// CHECK-COUNT-3: kernel.launch
func.func @wanted(%q: tensor<2x64x16xf32>, %k: tensor<2x64x16xf32>, %v: tensor<2x64x16xf32>) -> (tensor<2x64x16xf32>, tensor<2x64x64xf32>) {
  %s = nn.contract %q, %k batch = [0] x [0] contracting = [2] x [2] : tensor<2x64x16xf32>
  %max = nn.reduce max %s dims = [2] : tensor<2x64x64xf32>
  %maxb = nn.broadcast %max dims = [0, 1] : tensor<2x64xf32> -> tensor<2x64x64xf32>
  %d = nn.sub %s, %maxb : tensor<2x64x64xf32>
  %o = nn.contract %d, %v batch = [0] x [0] contracting = [2] x [1] : tensor<2x64x64xf32>, tensor<2x64x16xf32>
  return %o, %d : tensor<2x64x16xf32>, tensor<2x64x64xf32>
}

// -----

// A few rows, as when one token is generated.
// CHECK-LABEL: func.func @few_rows
// CHECK-NEXT: kernel.launch
// CHECK-NEXT: return
func.func @few_rows(%q: tensor<2x1x16xf32>, %k: tensor<2x64x16xf32>, %v: tensor<2x64x16xf32>) -> tensor<2x1x16xf32> {
  %s = nn.contract %q, %k batch = [0] x [0] contracting = [2] x [2] : tensor<2x1x16xf32>, tensor<2x64x16xf32>
  %max = nn.reduce max %s dims = [2] : tensor<2x1x64xf32>
  %maxb = nn.broadcast %max dims = [0, 1] : tensor<2x1xf32> -> tensor<2x1x64xf32>
  %d = nn.sub %s, %maxb : tensor<2x1x64xf32>
  %o = nn.contract %d, %v batch = [0] x [0] contracting = [2] x [1] : tensor<2x1x64xf32>, tensor<2x64x16xf32>
  return %o : tensor<2x1x16xf32>
}

// -----

// Heads that share keys are not the rows: the longest dimension that the keys do not have is.
// CHECK-LABEL: func.func @shared_heads
// CHECK-NEXT: kernel.launch
// CHECK-NEXT: return
func.func @shared_heads(%q: tensor<2x64x4x16xf32>, %k: tensor<2x64x16xf32>, %v: tensor<2x64x16xf32>) -> tensor<2x64x4x16xf32> {
  %s = nn.contract %q, %k batch = [0] x [0] contracting = [3] x [2] : tensor<2x64x4x16xf32>, tensor<2x64x16xf32>
  %max = nn.reduce max %s dims = [3] : tensor<2x64x4x64xf32>
  %maxb = nn.broadcast %max dims = [0, 1, 2] : tensor<2x64x4xf32> -> tensor<2x64x4x64xf32>
  %d = nn.sub %s, %maxb : tensor<2x64x4x64xf32>
  %o = nn.contract %d, %v batch = [0] x [0] contracting = [3] x [1] : tensor<2x64x4x64xf32>, tensor<2x64x16xf32>
  return %o : tensor<2x64x4x16xf32>
}

// -----

// Keys that are copied for every head lie nowhere: the product takes them from where they are copied.
// CHECK-LABEL: func.func @copied_keys
// CHECK-COUNT-3: kernel.launch
func.func @copied_keys(%q: tensor<2x64x16xf32>, %k: tensor<64x16xf32>, %v: tensor<2x64x16xf32>) -> tensor<2x64x16xf32> {
  %kb = nn.broadcast %k dims = [1, 2] : tensor<64x16xf32> -> tensor<2x64x16xf32>
  %s = nn.contract %q, %kb batch = [0] x [0] contracting = [2] x [2] : tensor<2x64x16xf32>
  %max = nn.reduce max %s dims = [2] : tensor<2x64x64xf32>
  %maxb = nn.broadcast %max dims = [0, 1] : tensor<2x64xf32> -> tensor<2x64x64xf32>
  %d = nn.sub %s, %maxb : tensor<2x64x64xf32>
  %o = nn.contract %d, %v batch = [0] x [0] contracting = [2] x [1] : tensor<2x64x64xf32>, tensor<2x64x16xf32>
  return %o : tensor<2x64x16xf32>
}
