// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @assert
// CHECK: nn.assert %{{.*}}, "labels outside [0, 10)" : tensor<i1>
func.func @assert(%ok: tensor<i1>) {
  nn.assert %ok, "labels outside [0, 10)" : tensor<i1>
  return
}
