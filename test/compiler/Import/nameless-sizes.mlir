// Where `nn.dims` is forgotten, the line to write stands in a note. Names that are left out on purpose are "".
// RUN: mlc %s --compile-to=import -o %t.mlir 2>&1 | FileCheck %s
module @m {
  // CHECK: nameless-sizes.mlir:[[@LINE+2]]:20: remark: the free sizes of %x have no names, and each is its own
  // CHECK: note: equal names are one size: write %x: tensor<?x5x?xf32> {nn.dims = ["batch", "", "size2"]}
  func.func @named(%x: tensor<?x5x?xf32>) -> tensor<?x5x?xf32> {
    return %x : tensor<?x5x?xf32>
  }
  // CHECK-NOT: remark
  func.func @on_purpose(%x: tensor<?x5xf32> {nn.dims = ["", ""]}, %y: tensor<5xf32>) -> tensor<?x5xf32> {
    return %x : tensor<?x5xf32>
  }
  func.func private @inner(%x: tensor<?x5xf32>) -> tensor<?x5xf32> {
    return %x : tensor<?x5xf32>
  }
}
