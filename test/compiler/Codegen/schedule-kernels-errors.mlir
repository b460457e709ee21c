// RUN: not mlc-opt %s --schedule-kernels --split-input-file 2>&1 | FileCheck %s
// RUN: not mlc-opt %s --schedule-kernels=target=tpu --split-input-file 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: unknown target 'tpu': expects cpu or gpu

// CHECK: error: not supported yet: a size or offset that is not computed from the kernel's index arguments
func.func private @unknown_size(%x: tensor<?xf32>) -> tensor<?xf32> attributes {kernel.kernel} {
  %y = nn.neg %x : tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

func.func private @composite(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.kernel} {
  // CHECK: error: not supported yet: code for nn.relu
  %y = nn.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
