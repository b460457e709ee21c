// RUN: mlc-opt %s | FileCheck %s
// What the text writes shorter is written out at once, and what is written out is read back as it is.
// RUN: mlc-opt %s > %t && mlc-opt %t | diff %t -

// A number beside a tensor of static shape is a constant of that shape, after the operand's definition.
// CHECK-LABEL: func @static_shape(
// CHECK-SAME: %[[X:.*]]: tensor<2x5xf32>
// CHECK: %[[HALF:.*]] = nn.constant dense<5.000000e-01> : tensor<2x5xf32>
// CHECK: %[[Y:.*]] = nn.mul %[[X]], %[[HALF]] : tensor<2x5xf32>
// CHECK: %[[ONE:.*]] = nn.constant dense<1.000000e+00> : tensor<2x5xf32>
// CHECK: nn.sub %[[ONE]], %[[Y]] : tensor<2x5xf32>
func.func @static_shape(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %y = nn.mul %x, 0.5 : tensor<2x5xf32>
  %z = nn.sub 1, %y : tensor<2x5xf32>
  return %z : tensor<2x5xf32>
}

// Beside one of free sizes it is a rank-0 constant, copied.
// CHECK-LABEL: func @free_shape(
// CHECK-SAME: %[[X:.*]]: tensor<?x5xf32>
// CHECK: %[[C:.*]] = nn.constant dense<1.000000e-03> : tensor<f32>
// CHECK: %[[N:.*]] = nn.dim %[[X]], 0
// CHECK: %[[B:.*]] = nn.broadcast %[[C]]{{\[}}%[[N]]] dims = [] : tensor<f32> -> tensor<?x5xf32>
// CHECK: nn.add %[[X]], %[[B]] : tensor<?x5xf32>
func.func @free_shape(%x: tensor<?x5xf32>) -> tensor<?x5xf32> {
  %y = nn.add %x, 1e-3 : tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

// Every form of number, and every dtype.
// CHECK-LABEL: func @numbers
func.func @numbers(%x: tensor<f32>, %d: tensor<f64>, %h: tensor<bf16>, %i: tensor<i32>, %l: tensor<i64>, %b: tensor<i1>) {
  // CHECK-DAG: dense<-2.500000e+00> : tensor<f32>
  %0 = nn.add %x, -2.5 : tensor<f32>
  // CHECK-DAG: dense<3.000000e+10> : tensor<f32>
  %1 = nn.add %0, +3E+10 : tensor<f32>
  // CHECK-DAG: dense<-4.000000e+05> : tensor<f32>
  %2 = nn.add %1, -4e5 : tensor<f32>
  // CHECK-DAG: dense<0xFF800000> : tensor<f32>
  %3 = nn.max %2, -inf : tensor<f32>
  // CHECK-DAG: dense<0x7F800000> : tensor<f32>
  %4 = nn.min %3, inf : tensor<f32>
  // CHECK-DAG: dense<0x7FC00000> : tensor<f32>
  %5 = nn.add %4, nan : tensor<f32>
  // CHECK-DAG: dense<1.000000e+00> : tensor<f32>
  %6 = nn.add %5, 0x3FF0000000000000 : tensor<f32>
  // CHECK-DAG: dense<1.000000e-300> : tensor<f64>
  %7 = nn.mul %d, 1e-300 : tensor<f64>
  // CHECK-DAG: dense<2.000000e+00> : tensor<bf16>
  %8 = nn.pow %h, 2 : tensor<bf16>
  // CHECK-DAG: dense<-2147483648> : tensor<i32>
  %9 = nn.max %i, -2147483648 : tensor<i32>
  // CHECK-DAG: dense<1000> : tensor<i32>
  %10 = nn.add %9, 1e3 : tensor<i32>
  // CHECK-DAG: dense<9223372036854775807> : tensor<i64>
  %11 = nn.min %l, 9223372036854775807 : tensor<i64>
  // CHECK-DAG: dense<true> : tensor<i1>
  %12 = nn.xor %b, true : tensor<i1>
  return
}

// CHECK-LABEL: func @choices(
// CHECK-SAME: %[[C:.*]]: tensor<4xi1>, %[[X:.*]]: tensor<4xf32>
func.func @choices(%c: tensor<4xi1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // The type of a choice is that of the choices, of condition and choices, or of every operand.
  // CHECK: nn.select %[[C]], %[[X]], %[[X]] : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  %0 = nn.select %c, %x, %x : tensor<4xf32>
  // CHECK: nn.select %[[C]], %[[X]], %[[X]] : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  %1 = nn.select %c, %x, %x : tensor<4xi1>, tensor<4xf32>
  // CHECK: nn.select %[[C]], %[[X]], %{{.*}} : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  %2 = nn.select %c, %x, 0 : tensor<4xf32>
  // CHECK: nn.select %[[C]], %{{.*}}, %{{.*}} : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  %3 = nn.select %c, 1, 0 : tensor<4xf32>
  // CHECK: nn.compare gt %[[X]], %{{.*}} : tensor<4xf32>
  %4 = nn.compare gt %x, 0 : tensor<4xf32>
  // CHECK: nn.select %[[C]], %[[C]], %{{.*}} : tensor<4xi1>
  %5 = nn.select %c, %c, false : tensor<4xi1>
  return %3 : tensor<4xf32>
}

// An operand is copied along the leading dimensions that it lacks, whichever it is.
// CHECK-LABEL: func @leading(
// CHECK-SAME: %[[X:.*]]: tensor<?x5xf32>, %[[B:.*]]: tensor<5xf32>, %[[S:.*]]: tensor<f32>
// CHECK: nn.broadcast %[[B]][%{{.*}}] dims = [1] : tensor<5xf32> -> tensor<?x5xf32>
// CHECK: nn.add %[[X]], %{{.*}} : tensor<?x5xf32>
// CHECK: nn.broadcast %[[S]][%{{.*}}] dims = [] : tensor<f32> -> tensor<?x5xf32>
// CHECK: nn.div %{{.*}}, %{{.*}} : tensor<?x5xf32>
func.func @leading(%x: tensor<?x5xf32>, %b: tensor<5xf32>, %s: tensor<f32>) -> tensor<?x5xf32> {
  %y = nn.add %x, %b : tensor<?x5xf32>, tensor<5xf32>
  %z = nn.div %s, %y : tensor<f32>, tensor<?x5xf32>
  return %z : tensor<?x5xf32>
}

// Free sizes of the operand itself stay its own.
// CHECK-LABEL: func @own_sizes(
// CHECK-SAME: %[[X:.*]]: tensor<3x4x?xf32>, %[[B:.*]]: tensor<4x?xf32>
// CHECK: %[[N:.*]] = nn.dim %[[B]], 1
// CHECK: nn.broadcast %[[B]]{{\[}}%[[N]]] dims = [1, 2] : tensor<4x?xf32> -> tensor<3x4x?xf32>
func.func @own_sizes(%x: tensor<3x4x?xf32>, %b: tensor<4x?xf32>) -> tensor<3x4x?xf32> {
  %y = nn.add %x, %b : tensor<3x4x?xf32>, tensor<4x?xf32>
  return %y : tensor<3x4x?xf32>
}

// A mask is copied too, and a literal has the shape of what it stands beside.
// CHECK-LABEL: func @mask(
// CHECK: nn.broadcast %{{.*}}[%{{.*}}] dims = [1, 2] : tensor<8x8xi1> -> tensor<?x8x8xi1>
// CHECK: nn.select %{{.*}} : tensor<?x8x8xi1>, tensor<?x8x8xf32>, tensor<?x8x8xf32>
func.func @mask(%m: tensor<8x8xi1>, %x: tensor<?x8x8xf32>) -> tensor<?x8x8xf32> {
  %y = nn.select %m, %x, -inf : tensor<8x8xi1>, tensor<?x8x8xf32>
  return %y : tensor<?x8x8xf32>
}

// In the body of a loop, beside values of the loop and from above it; the later of the two decides where.
// CHECK-LABEL: func @bodies(
// CHECK-SAME: %[[B:.*]]: tensor<5xf32>
// CHECK: nn.scan (%[[H:[a-z0-9]*]] = %{{.*}})
// CHECK: nn.broadcast %[[B]] dims = [1] : tensor<5xf32> -> tensor<2x5xf32>
// CHECK: nn.add %[[H]], %{{.*}} : tensor<2x5xf32>
// CHECK: nn.mul %{{.*}}, %{{.*}} : tensor<2x5xf32>
// CHECK: nn.yield
func.func @bodies(%b: tensor<5xf32>, %start: tensor<2x5xf32>, %xs: tensor<7x5xf32>) -> tensor<2x5xf32> {
  %y = nn.scan (%h = %start) over (%x = %xs) : tensor<2x5xf32>, tensor<7x5xf32> {
    %0 = nn.add %h, %b : tensor<2x5xf32>, tensor<5xf32>
    %1 = nn.mul %start, %x : tensor<2x5xf32>, tensor<5xf32>
    %2 = nn.mul %0, 0.5 : tensor<2x5xf32>
    %3 = nn.add %1, %2 : tensor<2x5xf32>
    nn.yield %3 : tensor<2x5xf32>
  }
  return %y : tensor<2x5xf32>
}

// CHECK-LABEL: func @constants
func.func @constants() {
  // CHECK: nn.constant dense<1.000000e+00> : tensor<f32>
  %0 = nn.constant 1.0 : tensor<f32>
  // CHECK: nn.constant dense<0xFF800000> : tensor<4xf32>
  %1 = nn.constant -inf : tensor<4xf32>
  // CHECK: nn.constant dense<0x7E00> : tensor<2xf16>
  %2 = nn.constant nan : tensor<2xf16>
  // CHECK: nn.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 0x7F800000]]> : tensor<2x2xf32>
  %3 = nn.constant [[1, 2.0], [3e0, inf]] : tensor<2x2xf32>
  // CHECK: nn.constant dense<true> : tensor<i1>
  %4 = nn.constant true : tensor<i1>
  // CHECK: nn.constant dense<[1, -1]> : tensor<2xi8>
  %5 = nn.constant [1, -1] : tensor<2xi8>
  // CHECK: nn.constant dense<> : tensor<0xf32>
  %6 = nn.constant [] : tensor<0xf32>
  // CHECK: nn.constant dense<5.000000e-01> : tensor<f32>
  %7 = nn.constant dense<0.5> : tensor<f32>
  return
}

// What is left out.
// CHECK-LABEL: func @defaults(
func.func @defaults(%x: tensor<4x8xf32>, %v: tensor<f32>, %i: tensor<4xi32>, %w: tensor<8xf32>, %l: tensor<4xi64>) {
  // CHECK: nn.reduce sum %{{.*}} dims = [0, 1] : tensor<4x8xf32>
  %0 = nn.reduce sum %x : tensor<4x8xf32>
  // CHECK: nn.reduce sum %{{.*}} dims = [1] : tensor<4x8xf32>
  %1 = nn.reduce sum %x dim = 1 : tensor<4x8xf32>
  // CHECK: nn.argmax %{{.*}} dim = 1 : tensor<4x8xf32>
  %2 = nn.argmax %x : tensor<4x8xf32>
  // CHECK: nn.iota dim = 0 : tensor<4xi32>
  %3 = nn.iota : tensor<4xi32>
  // CHECK: nn.slice %{{.*}}[0, 0] [2, 8] [1, 1] : tensor<4x8xf32>
  %4 = nn.slice %x [0, 0] [2, 8] : tensor<4x8xf32>
  // CHECK: nn.pad %{{.*}}, %{{.*}} low = [0, 0] high = [1, 0] interior = [0, 0] : tensor<4x8xf32>, tensor<f32>
  %5 = nn.pad %x, %v high = [1, 0] : tensor<4x8xf32>, tensor<f32>
  // CHECK: nn.pad %{{.*}} low = [2, 0] high = [1, 0] interior = [0, 0]
  %6 = nn.pad %x, %v high = [1, 0] low = [2, 0] : tensor<4x8xf32>, tensor<f32>
  // CHECK: nn.one_hot %{{.*}} classes = 10 as f32 : tensor<4xi32>
  %7 = nn.one_hot %i classes = 10 : tensor<4xi32>
  // Numbers of attributes, clauses in any order.
  // CHECK: nn.leaky_relu %{{.*}} slope = 1.000000e-03
  %8 = nn.leaky_relu %x slope = 1e-3 : tensor<4x8xf32>
  // CHECK: nn.clamp %{{.*}} low = 0.000000e+00 high = 6.000000e+00
  %9 = nn.clamp %x high = 6 low = 0 : tensor<4x8xf32>
  // CHECK: nn.clamp %{{.*}} low = 0xFFF0000000000000
  %10 = nn.clamp %x low = -inf : tensor<4x8xf32>
  // CHECK: nn.layer_norm {{.*}} epsilon = 1.000000e-03
  %11 = nn.layer_norm %x, %w, %w epsilon = 1e-3 : tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>
  // CHECK: nn.dropout %{{.*}} rate = 1.000000e+00
  %12 = nn.dropout %x rate = 1 : tensor<4x8xf32>
  // CHECK: nn.huber {{.*}} delta = 2.000000e+00 reduction = sum
  %13 = nn.huber %x, %x reduction = sum delta = 2 : tensor<4x8xf32>
  // CHECK: nn.cross_entropy {{.*}} ignore_index = -1 label_smoothing = 1.000000e-01 reduction = sum
  %14 = nn.cross_entropy %x, %l reduction = sum label_smoothing = 0.1 ignore_index = -1 : tensor<4x8xf32>, tensor<4xi64>
  // CHECK: nn.cumsum {{.*}} exclusive reverse
  %15 = nn.cumsum %x dim = 1 reverse exclusive : tensor<4x8xf32>
  return
}
