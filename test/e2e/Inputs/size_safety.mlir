// Sizes that only a call can tell to be wrong: see size_safety.py.
module @sizes {
  func.func @mse(%x: tensor<?xf32>, %t: tensor<?xf32>) -> tensor<f32> {
    %l = nn.mse %x, %t : tensor<?xf32>, tensor<?xf32>
    return %l : tensor<f32>
  }
  func.func @mae(%x: tensor<?xf32>, %t: tensor<?xf32>) -> tensor<f32> {
    %l = nn.mae %x, %t : tensor<?xf32>, tensor<?xf32>
    return %l : tensor<f32>
  }
  func.func @bce(%x: tensor<?xf32>, %t: tensor<?xf32>) -> tensor<f32> {
    %l = nn.bce %x, %t : tensor<?xf32>, tensor<?xf32>
    return %l : tensor<f32>
  }
  func.func @huber(%x: tensor<?xf32>, %t: tensor<?xf32>) -> tensor<f32> {
    %l = nn.huber %x, %t : tensor<?xf32>, tensor<?xf32>
    return %l : tensor<f32>
  }
  func.func @gradient(%x: tensor<?xf32>, %t: tensor<?xf32>) -> (tensor<f32>, tensor<?xf32>) {
    %l, %dx = nn.grad @mse(%x, %t) wrt(0) : (tensor<?xf32>, tensor<?xf32>) -> (tensor<f32>, tensor<?xf32>)
    return %l, %dx : tensor<f32>, tensor<?xf32>
  }
  func.func @matmul(%x: tensor<3x?xf32>, %t: tensor<?x2xf32>) -> tensor<3x2xf32> {
    %y = nn.matmul %x, %t : tensor<3x?xf32>, tensor<?x2xf32>
    return %y : tensor<3x2xf32>
  }
  func.func @join(%x: tensor<2x?xf32>, %t: tensor<3x?xf32>) -> tensor<5x?xf32> {
    %y = nn.concat %x, %t dim = 0 : tensor<2x?xf32>, tensor<3x?xf32>
    return %y : tensor<5x?xf32>
  }
  func.func @box(%x: tensor<?xf32>) -> tensor<4xf32> {
    %y = nn.slice %x [0] [4] [2] : tensor<?xf32>
    return %y : tensor<4xf32>
  }
  func.func @update(%x: tensor<?xf32>, %t: tensor<?xf32>) -> tensor<?xf32> {
    %y = nn.update_slice %x, %t [0] : tensor<?xf32>, tensor<?xf32>
    return %y : tensor<?xf32>
  }
  func.func @rows(%x: tensor<?xf32>) -> tensor<?x3xf32> {
    %y = nn.reshape %x : tensor<?xf32> -> tensor<?x3xf32>
    return %y : tensor<?x3xf32>
  }
  func.func @largest(%x: tensor<?xf32>) -> tensor<i64> {
    %y = nn.argmax %x dim = 0 : tensor<?xf32>
    return %y : tensor<i64>
  }
  // (n - 1) * m
  func.func @product(%x: tensor<?xf32> {nn.dims = ["n"]}, %t: tensor<?xf32> {nn.dims = ["m"]}) -> tensor<?xf32> {
    %one = arith.constant 1 : index
    %n = nn.dim %x, 0 : tensor<?xf32>
    %m = nn.dim %t, 0 : tensor<?xf32>
    %less = arith.subi %n, %one : index
    %size = arith.muli %less, %m : index
    %y = nn.iota [%size] dim = 0 : tensor<?xf32>
    return %y : tensor<?xf32>
  }
  // 10 + (n - 7) / 2, towards zero
  func.func @towards_zero(%x: tensor<?xf32>) -> tensor<?xf32> {
    %two = arith.constant 2 : index
    %seven = arith.constant 7 : index
    %ten = arith.constant 10 : index
    %n = nn.dim %x, 0 : tensor<?xf32>
    %less = arith.subi %n, %seven : index
    %half = arith.divsi %less, %two : index
    %size = arith.addi %ten, %half : index
    %y = nn.iota [%size] dim = 0 : tensor<?xf32>
    return %y : tensor<?xf32>
  }
  // 10 + (n - 7) / -2 + (n - 7) rem 3
  func.func @by_negative(%x: tensor<?xf32>) -> tensor<?xf32> {
    %two = arith.constant -2 : index
    %three = arith.constant 3 : index
    %seven = arith.constant 7 : index
    %ten = arith.constant 10 : index
    %n = nn.dim %x, 0 : tensor<?xf32>
    %less = arith.subi %n, %seven : index
    %half = arith.divsi %less, %two : index
    %rest = arith.remsi %less, %three : index
    %some = arith.addi %ten, %half : index
    %size = arith.addi %some, %rest : index
    %y = nn.iota [%size] dim = 0 : tensor<?xf32>
    return %y : tensor<?xf32>
  }
  func.func @part(%x: tensor<?xf32>) -> tensor<?xf32> {
    %all = arith.constant 20 : index
    %n = nn.dim %x, 0 : tensor<?xf32>
    %share = arith.divui %all, %n : index
    %y = nn.iota [%share] dim = 0 : tensor<?xf32>
    return %y : tensor<?xf32>
  }
  func.func @unsigned(%x: tensor<?xf32>) -> tensor<?xf32> {
    %two = arith.constant 2 : index
    %three = arith.constant 3 : index
    %n = nn.dim %x, 0 : tensor<?xf32>
    %less = arith.subi %n, %two : index
    %third = arith.divui %less, %three : index
    %y = nn.iota [%third] dim = 0 : tensor<?xf32>
    return %y : tensor<?xf32>
  }
  // n^4 elements
  func.func @power(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<?x?x?x?xf32> {
    %n = nn.dim %x, 0 : tensor<?xf32>
    %y = nn.broadcast %x [%n, %n, %n, %n] dims = [3] : tensor<?xf32> -> tensor<?x?x?x?xf32>
    return %y : tensor<?x?x?x?xf32>
  }
  func.func @power_sum(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<f32> {
    %n = nn.dim %x, 0 : tensor<?xf32>
    %y = nn.broadcast %x [%n, %n, %n, %n] dims = [3] : tensor<?xf32> -> tensor<?x?x?x?xf32>
    %z = nn.reduce sum %y dims = [0, 1, 2, 3] : tensor<?x?x?x?xf32>
    return %z : tensor<f32>
  }
  // n^4 as one size
  func.func @power_size(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<?xf32> {
    %n = nn.dim %x, 0 : tensor<?xf32>
    %n2 = arith.muli %n, %n : index
    %n4 = arith.muli %n2, %n2 : index
    %y = nn.iota [%n4] dim = 0 : tensor<?xf32>
    return %y : tensor<?xf32>
  }
  // n^6 cancels, but cannot be computed
  func.func @offset(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<1xf32> {
    %n = nn.dim %x, 0 : tensor<?xf32>
    %n2 = arith.muli %n, %n : index
    %n4 = arith.muli %n2, %n2 : index
    %n6 = arith.muli %n4, %n2 : index
    %y = nn.slice %x [%n6] [1] [1] : tensor<?xf32>
    return %y : tensor<1xf32>
  }
  func.func @outer(%x: tensor<?xf32>, %t: tensor<?xf32>) -> tensor<?x?xf32> {
    %y = nn.contract %x, %t contracting = [] x [] : tensor<?xf32>, tensor<?xf32>
    %z = nn.cumsum %y dim = 1 : tensor<?x?xf32>
    return %z : tensor<?x?xf32>
  }
  func.func @outer_sum(%x: tensor<?xf32>, %t: tensor<?xf32>) -> tensor<?xf32> {
    %y = nn.contract %x, %t contracting = [] x [] : tensor<?xf32>, tensor<?xf32>
    %z = nn.cumsum %y dim = 1 : tensor<?x?xf32>
    %s = nn.reduce max %z dims = [1] : tensor<?x?xf32>
    return %s : tensor<?xf32>
  }
}
