// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @min_with_position
// CHECK: nn.min_with_position %{{.*}} dim = 1 : tensor<?x8xbf16>
// CHECK: nn.min_with_position %{{.*}} dims = [0, 1] : tensor<?x8xbf16>
func.func @min_with_position(%x: tensor<?x8xbf16>) -> (tensor<?xbf16>, tensor<?xi64>, tensor<bf16>, tensor<i64>) {
  %v, %i = nn.min_with_position %x dims = [1] : tensor<?x8xbf16>
  %w, %j = nn.min_with_position %x dims = [0, 1] : tensor<?x8xbf16>
  return %v, %i, %w, %j : tensor<?xbf16>, tensor<?xi64>, tensor<bf16>, tensor<i64>
}
