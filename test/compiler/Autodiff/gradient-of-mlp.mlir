// RUN: mlc-opt %{examples}/mlp/mlp.mlir --to-simplify --symbol-dce | FileCheck %s

// The gradient holds what it must and no more: three products forward, three for the weights, two for the activations (none for the
// images); a sum per bias; each rectifier's comparison once; one concatenation, one update.
// CHECK-LABEL: func.func @fit(
// CHECK-COUNT-3: nn.contract
// CHECK: nn.gather
// CHECK-NOT: nn.gather
// CHECK-COUNT-5: nn.contract
// CHECK-NOT: nn.contract
// CHECK: nn.concat
// CHECK-NOT: nn.concat
// CHECK: return

// RUN: mlc-opt %{examples}/mlp/mlp.mlir --to-simplify --symbol-dce -o %t.mlir
// RUN: sed -n '/func.func @fit/,/return/p' %t.mlir | grep -c 'nn.compare *le' | FileCheck %s --check-prefix=RECTIFIERS
// RECTIFIERS: {{^}}2{{$}}
