// RUN: mlc-opt %s --sink-widenings="bf16-dot=vdpbf16ps i8-dot=vpdpbusd" --canonicalize | FileCheck %s
// RUN: mlc-opt %s --sink-widenings="i8-dot=vpdpbusd" --canonicalize | FileCheck %s --check-prefix=INTEGERS

// Views of narrow numbers are narrow, and so is the padding.
// CHECK-LABEL: func.func @integers
// INTEGERS-LABEL: func.func @integers
func.func @integers(%x: tensor<1x4x8x8xi8>, %w: tensor<3x3x4x6xi8>) -> tensor<1x8x8x6xi32> {
  %zero = nn.constant dense<-7> : tensor<i32>
  %a = nn.cast %x : tensor<1x4x8x8xi8> -> tensor<1x4x8x8xi32>
  %b = nn.cast %w : tensor<3x3x4x6xi8> -> tensor<3x3x4x6xi32>
  // CHECK: %[[Z:.*]] = nn.constant dense<-7> : tensor<i8>
  // CHECK: %[[P:.*]] = nn.pad %{{.*}}, %[[Z]] {{.*}} : tensor<1x4x8x8xi8>, tensor<i8>
  // CHECK: %[[T:.*]] = nn.transpose %[[P]]
  // CHECK: %[[S:.*]] = nn.windows %[[T]] {{.*}} : tensor<1x10x10x4xi8>
  // CHECK: %[[A:.*]] = nn.cast %[[S]]
  // CHECK: nn.contract %[[A]]
  // INTEGERS: nn.windows {{.*}} : tensor<1x10x10x4xi8>
  %p = nn.pad %a, %zero low = [0, 0, 1, 1] high = [0, 0, 1, 1] : tensor<1x4x8x8xi32>, tensor<i32>
  %t = nn.transpose %p permutation = [0, 2, 3, 1] : tensor<1x4x10x10xi32>
  %s = nn.windows %t dims = [1, 2] sizes = [3, 3] strides = [1, 1] : tensor<1x10x10x4xi32>
  %y = nn.contract %s, %b contracting = [3, 4, 5] x [0, 1, 2] : tensor<1x8x8x3x3x4xi32>, tensor<3x3x4x6xi32>
  return %y : tensor<1x8x8x6xi32>
}

// Both operands of a product become narrow, where an instruction multiplies them.
// CHECK-LABEL: func.func @floats
// INTEGERS-LABEL: func.func @floats
func.func @floats(%x: tensor<1x9x9x4xbf16>, %w: tensor<3x3x4x6xbf16>) -> tensor<1x7x7x6xf32> {
  %a = nn.cast %x : tensor<1x9x9x4xbf16> -> tensor<1x9x9x4xf32>
  %b = nn.cast %w : tensor<3x3x4x6xbf16> -> tensor<3x3x4x6xf32>
  // CHECK: nn.windows {{.*}} : tensor<1x9x9x4xbf16>
  // CHECK: %[[R:.*]] = nn.reverse {{.*}} : tensor<3x3x4x6xbf16>
  // CHECK: nn.cast %[[R]]
  // INTEGERS: nn.windows {{.*}} : tensor<1x9x9x4xf32>
  %s = nn.windows %a dims = [1, 2] sizes = [3, 3] strides = [1, 1] : tensor<1x9x9x4xf32>
  %r = nn.reverse %b dims = [0, 1] : tensor<3x3x4x6xf32>
  %y = nn.contract %s, %r contracting = [3, 4, 5] x [0, 1, 2] : tensor<1x7x7x3x3x4xf32>, tensor<3x3x4x6xf32>
  return %y : tensor<1x7x7x6xf32>
}

// Not in the gradient by a kernel of three channels, where few numbers lie side by side that are no neighbours along the depth.
// CHECK-LABEL: func.func @by_kernel
// CHECK: nn.windows {{.*}} : tensor<1x9x9x3xf32>
func.func @by_kernel(%x: tensor<1x9x9x3xbf16>, %dy: tensor<1x7x7x6xbf16>) -> tensor<3x3x3x6xf32> {
  %a = nn.cast %x : tensor<1x9x9x3xbf16> -> tensor<1x9x9x3xf32>
  %b = nn.cast %dy : tensor<1x7x7x6xbf16> -> tensor<1x7x7x6xf32>
  %s = nn.windows %a dims = [1, 2] sizes = [3, 3] strides = [1, 1] : tensor<1x9x9x3xf32>
  %y = nn.contract %s, %b contracting = [0, 1, 2] x [0, 1, 2] : tensor<1x7x7x3x3x3xf32>, tensor<1x7x7x6xf32>
  return %y : tensor<3x3x3x6xf32>
}

// Not of one operand alone, of f16, which no instruction takes, or where the padding is no number of the narrow dtype.
// CHECK-LABEL: func.func @left_alone
// CHECK-NOT: nn.windows {{.*}}i8>
// CHECK-NOT: nn.windows {{.*}}f16>
// CHECK: return
func.func @left_alone(%x: tensor<1x9x9x4xi8>, %w: tensor<3x3x4x6xi32>, %v: tensor<3x3x4x6xi8>, %h: tensor<1x9x9x4xf16>, %k: tensor<3x3x4x6xf16>)
    -> (tensor<1x7x7x6xi32>, tensor<1x9x9x6xi32>, tensor<1x7x7x6xf32>) {
  %a = nn.cast %x : tensor<1x9x9x4xi8> -> tensor<1x9x9x4xi32>
  %s = nn.windows %a dims = [1, 2] sizes = [3, 3] strides = [1, 1] : tensor<1x9x9x4xi32>
  %y = nn.contract %s, %w contracting = [3, 4, 5] x [0, 1, 2] : tensor<1x7x7x3x3x4xi32>, tensor<3x3x4x6xi32>
  %many = nn.constant dense<128> : tensor<i32>
  %b = nn.cast %v : tensor<3x3x4x6xi8> -> tensor<3x3x4x6xi32>
  %p = nn.pad %a, %many low = [0, 1, 1, 0] high = [0, 1, 1, 0] : tensor<1x9x9x4xi32>, tensor<i32>
  %t = nn.windows %p dims = [1, 2] sizes = [3, 3] strides = [1, 1] : tensor<1x11x11x4xi32>
  %z = nn.contract %t, %b contracting = [3, 4, 5] x [0, 1, 2] : tensor<1x9x9x3x3x4xi32>, tensor<3x3x4x6xi32>
  %c = nn.cast %h : tensor<1x9x9x4xf16> -> tensor<1x9x9x4xf32>
  %d = nn.cast %k : tensor<3x3x4x6xf16> -> tensor<3x3x4x6xf32>
  %u = nn.windows %c dims = [1, 2] sizes = [3, 3] strides = [1, 1] : tensor<1x9x9x4xf32>
  %f = nn.contract %u, %d contracting = [3, 4, 5] x [0, 1, 2] : tensor<1x7x7x3x3x4xf32>, tensor<3x3x4x6xf32>
  return %y, %z, %f : tensor<1x7x7x6xi32>, tensor<1x9x9x6xi32>, tensor<1x7x7x6xf32>
}
