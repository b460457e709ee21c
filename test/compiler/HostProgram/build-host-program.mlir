// RUN: mlc-opt %s --plan-memory --build-host-program | FileCheck %s
// One launch between the input and the result, then a check that guards the update of a storage.

// CHECK: module @m attributes {kernel.checks = [{message = "other sizes", status = 1 : i64}, {message = "bad labels", status = 2 : i64}]}
module @m {
  nn.storage @step step : tensor<i64>
  func.func private @k1(%x: tensor<?xf32> {nn.sizes = affine_map<()[s0] -> (s0)>}, %n: index) -> tensor<i1>
    attributes {kernel.kernel, kernel.grid = affine_map<()[s0] -> (s0 ceildiv 64)>, kernel.work = affine_map<()[s0] -> (s0)>, kernel.cost = affine_map<()[s0] -> (s0, s0 * 4)>, kernel.scratch = affine_map<()[s0] -> (s0 * 64)>}
  func.func private @k2(%step: tensor<i64>) -> tensor<i64> attributes {kernel.kernel, kernel.grid = affine_map<() -> (1)>, kernel.scratch = affine_map<() -> (192)>, kernel.in_place = [array<i64: 0, 0>]}
  func.func @f(%x: tensor<?xf32> {nn.dims = ["n"]}, %step: tensor<i64> {nn.storage = @step}) -> (tensor<?xf32>, tensor<i64> {nn.storage = @step})
    attributes {nn.requirements = [#nn.requirement<at_most ()[s0] -> (3, s0), "other sizes">]} {
    %n = nn.dim %x, 0 : tensor<?xf32>
    %ok = kernel.launch @k1(%x) dims(%n) : (tensor<?xf32>) -> tensor<i1>
    nn.assert %ok, "bad labels" : tensor<i1>
    %s = kernel.launch @k2(%step) : (tensor<i64>) -> tensor<i64>
    return %x, %s : tensor<?xf32>, tensor<i64>
  }
}
// CHECK: module @mlc.host
// CHECK-DAG: llvm.func @mlc_rt_launch(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64)
// CHECK-DAG: llvm.func @k1(!llvm.ptr, i64, i64, !llvm.ptr)
// CHECK-LABEL: llvm.func @f.check_sizes(%arg0: !llvm.ptr) -> i32
// CHECK: llvm.icmp "sgt"
// CHECK-LABEL: llvm.func @f.run(%arg0: !llvm.ptr) -> i32
// CHECK: %[[K1:.*]] = llvm.mlir.addressof @k1
// CHECK: llvm.call @mlc_rt_launch(%arg0, %[[K1]],
// CHECK: %[[OK:.*]] = llvm.load {{.*}} -> i8
// CHECK: %[[FAILS:.*]] = llvm.icmp "eq" %[[OK]]
// CHECK: llvm.cond_br %[[FAILS]], ^[[LEAVE:.*]], ^[[GO:.*]]
// CHECK: ^[[LEAVE]]:
// CHECK-NEXT: llvm.return
// CHECK: ^[[GO]]:
// The result is the input: copied after the check.
// CHECK: "llvm.intr.memcpy"
// CHECK: llvm.mlir.addressof @k2
// CHECK-LABEL: llvm.func @f.arena_bytes(%arg0: !llvm.ptr) -> i64
// The launch that needs most scratch.
// CHECK-LABEL: llvm.func @f.scratch_bytes(%arg0: !llvm.ptr) -> i64
// CHECK-DAG: %[[KNOWN:.*]] = llvm.mlir.constant(192 : i64)
// CHECK-DAG: %[[FREE:.*]] = llvm.mul
// CHECK: %[[MOST:.*]] = llvm.intr.smax(%[[KNOWN]], %[[FREE]])
// CHECK: llvm.return %[[MOST]]
// CHECK-LABEL: llvm.func @f.result_shape(%arg0: !llvm.ptr, %arg1: i32, %arg2: !llvm.ptr)
// CHECK-LABEL: llvm.func @f.cost(%arg0: !llvm.ptr, %arg1: !llvm.ptr)
// CHECK: llvm.sitofp
