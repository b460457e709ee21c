// RUN: mlc-opt %s --outline-bodies --pack-parameters=vector-bytes=64 | FileCheck %s

nn.parameter @w : tensor<40x40xf32> init(#nn.zeros)
nn.storage @parameters parameter : tensor<1600xf32> {members = [{name = "w", offset = 0 : i64}]}

// What a loop multiplies by in every trip is packed once: weights in their storage, anything else before the outermost loop that repeats
// the product. Two products that read one matrix alike read one copy.

// CHECK-LABEL: func.func private @weight_body(
// CHECK-SAME: %[[P:[^:]*]]: tensor<2x40x32xf32>)
// CHECK: kernel.unpack %[[P]] depth = [0]
// CHECK-LABEL: func.func @weight(
// CHECK-SAME: %[[STORED:[^:]*]]: tensor<2x40x32xf32> {nn.storage = @packed})
// CHECK: kernel.loop {{.*}} captured(%{{.*}}, %[[STORED]])
func.func @weight(%x: tensor<8x40xf32>, %p: tensor<1600xf32> {nn.storage = @parameters}) -> tensor<8x40xf32> {
  %w = nn.reshape %p : tensor<1600xf32> -> tensor<40x40xf32>
  %y = nn.scan (%h = %x) trips = 3 : tensor<8x40xf32> {
    %0 = nn.contract %h, %w contracting = [1] x [0] : tensor<8x40xf32>, tensor<40x40xf32>
    nn.yield %0 : tensor<8x40xf32>
  }
  return %y : tensor<8x40xf32>
}

// CHECK-LABEL: func.func private @value_body(
// CHECK: kernel.unpack %[[Q:.*]] depth = [1]
// CHECK: kernel.unpack %[[Q]] depth = [1]
// CHECK-LABEL: func.func private @value_body_0(
// CHECK: kernel.loop @value_body
// CHECK-LABEL: func.func @value(
// CHECK: %[[M:.*]] = nn.tanh
// CHECK: nn.pad %[[M]]
// CHECK: %[[PANELS:.*]] = nn.transpose {{.*}} permutation = [0, 2, 1] : tensor<2x32x40xf32>
// CHECK-NOT: nn.transpose
// CHECK: kernel.loop @value_body_0 {{.*}} captured(%{{.*}}, %[[PANELS]])
func.func @value(%x: tensor<8x40xf32>, %m: tensor<40x40xf32>) -> tensor<8x40xf32> {
  %w = nn.tanh %m : tensor<40x40xf32>
  %y = nn.scan (%g = %x) trips = 3 : tensor<8x40xf32> {
    %0 = nn.scan (%h = %g) trips = 3 : tensor<8x40xf32> {
      %1 = nn.contract %h, %w contracting = [1] x [1] : tensor<8x40xf32>, tensor<40x40xf32>
      %2 = nn.contract %1, %w contracting = [1] x [1] : tensor<8x40xf32>, tensor<40x40xf32>
      nn.yield %2 : tensor<8x40xf32>
    }
    nn.yield %0 : tensor<8x40xf32>
  }
  return %y : tensor<8x40xf32>
}

// A product that runs once packs on the way, and so does one of a matrix that each trip makes.
// CHECK-LABEL: func.func private @once_body
// CHECK-NOT: kernel.unpack
// CHECK-LABEL: func.func @once(
// CHECK-NOT: kernel.unpack
func.func @once(%x: tensor<8x40xf32>, %m: tensor<40x40xf32>) -> tensor<8x40xf32> {
  %y, %last = nn.scan (%h = %x, %u = %m) trips = 3 : tensor<8x40xf32>, tensor<40x40xf32> {
    %0 = nn.contract %h, %u contracting = [1] x [0] : tensor<8x40xf32>, tensor<40x40xf32>
    %1 = nn.sin %u : tensor<40x40xf32>
    nn.yield %0, %1 : tensor<8x40xf32>, tensor<40x40xf32>
  }
  %z = nn.contract %y, %m contracting = [1] x [0] : tensor<8x40xf32>, tensor<40x40xf32>
  return %z : tensor<8x40xf32>
}

// With many rows each product packs on the way too: panels that are kept would take memory and save little.
// CHECK-LABEL: func.func @many_rows(
// CHECK-NOT: nn.transpose
// CHECK: return
func.func @many_rows(%x: tensor<256x40xf32>, %m: tensor<40x40xf32>) -> tensor<256x40xf32> {
  %y = nn.scan (%h = %x) trips = 3 : tensor<256x40xf32> {
    %0 = nn.contract %h, %m contracting = [1] x [1] : tensor<256x40xf32>, tensor<40x40xf32>
    nn.yield %0 : tensor<256x40xf32>
  }
  return %y : tensor<256x40xf32>
}
