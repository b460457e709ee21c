// RUN: mlc-opt %s --outline-bodies | FileCheck %s

// CHECK: #[[MAP:.*]] = affine_map<()[s0] -> (s0)>
// The inner body first. Sizes become index arguments; constants and broadcasts are copied; tensors from above are captured once.
// CHECK-LABEL: func.func private @f_body(
// CHECK-SAME: %[[U:.*]]: tensor<?xf32> {nn.sizes = #[[MAP]]}, %[[X:.*]]: tensor<?xf32> {nn.sizes = #[[MAP]]}, %[[N:.*]]: index)
// CHECK-SAME: -> (tensor<?xf32> {nn.sizes = #[[MAP]]}) attributes {kernel.subprogram} {
// CHECK-NEXT: %[[ONE:.*]] = nn.constant
// CHECK-NEXT: %[[ONES:.*]] = nn.broadcast %[[ONE]]{{\[}}%[[N]]]
// CHECK-NEXT: nn.mul %[[U]], %[[X]]
// CHECK-NEXT: nn.add %{{.*}}, %[[ONES]]

// CHECK-LABEL: func.func private @f_body_0(
// CHECK: kernel.loop @f_body trips(%{{.*}}) reverse carried(%{{.*}}) over() captured(%{{.*}}) dims(%{{.*}}) : (tensor<?xf32>), (), (tensor<?xf32>), () -> (tensor<?xf32>)

// CHECK-LABEL: func.func @f(
// CHECK-SAME: %[[X:.*]]: tensor<?xf32>, %[[XS:.*]]: tensor<?x?xf32>)
// CHECK-DAG: %[[T:.*]] = nn.dim %[[XS]], 0
// CHECK-DAG: %[[N:.*]] = nn.dim %[[X]], 0
// CHECK: kernel.loop @f_body_0 trips(%{{.*}}) carried(%[[X]]) over(%[[XS]]) captured(%[[X]]) dims(%{{.*}}) : (tensor<?xf32>), (tensor<?x?xf32>), (tensor<?xf32>), () -> (tensor<?xf32>, tensor<?x?xf32>)
func.func @f(%x: tensor<?xf32>, %xs: tensor<?x?xf32>) -> (tensor<?xf32>, tensor<?x?xf32>) {
  %n = nn.dim %x, 0 : tensor<?xf32>
  %one = nn.constant dense<1.0> : tensor<f32>
  %ones = nn.broadcast %one [%n] dims = [] : tensor<f32> -> tensor<?xf32>
  %y, %all = nn.scan (%h = %x) over (%s = %xs) : tensor<?xf32>, tensor<?x?xf32> {
    %0 = nn.scan (%u = %h) trips = 3 reverse : tensor<?xf32> {
      %1 = nn.mul %u, %x : tensor<?xf32>
      %2 = nn.add %1, %ones : tensor<?xf32>
      nn.yield %2 : tensor<?xf32>
    }
    nn.yield %0, %s : tensor<?xf32>, tensor<?xf32>
  }
  return %y, %all : tensor<?xf32>, tensor<?x?xf32>
}
