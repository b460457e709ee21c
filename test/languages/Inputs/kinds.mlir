module @kinds {
  nn.state @seen : tensor<f32> init(#nn.zeros)
  // Every dtype of arguments, doubled.
  func.func @types(%a: tensor<2xf32>, %b: tensor<2xf64>, %c: tensor<2xi8>, %d: tensor<2xi32>, %e: tensor<2xi64>, %f: tensor<2xbf16>, %g: tensor<2xf16>, %h: tensor<2xi1>)
      -> (tensor<2xf32>, tensor<2xf64>, tensor<2xi8>, tensor<2xi32>, tensor<2xi64>, tensor<2xbf16>, tensor<2xf16>, tensor<2xi1>) {
    %0 = nn.add %a, %a : tensor<2xf32>
    %1 = nn.add %b, %b : tensor<2xf64>
    %2 = nn.add %c, %c : tensor<2xi8>
    %3 = nn.add %d, %d : tensor<2xi32>
    %4 = nn.add %e, %e : tensor<2xi64>
    %5 = nn.add %f, %f : tensor<2xbf16>
    %6 = nn.add %g, %g : tensor<2xf16>
    return %0, %1, %2, %3, %4, %5, %6, %h : tensor<2xf32>, tensor<2xf64>, tensor<2xi8>, tensor<2xi32>, tensor<2xi64>, tensor<2xbf16>, tensor<2xf16>, tensor<2xi1>
  }
  // Scalars, and names that are words elsewhere.
  func.func @match(%type: tensor<f32> {nn.name = "type"}, %status: tensor<f32> {nn.name = "status"}, %kind: tensor<f32> {nn.name = "c_float"})
      -> (tensor<f32> {nn.name = "self"}) {
    %0 = nn.add %type, %status : tensor<f32>
    %1 = nn.add %0, %kind : tensor<f32>
    return %1 : tensor<f32>
  }
  // A result of a size that the call computes: every other row.
  func.func @Rows(%x: tensor<?x3xf32> {nn.dims = ["n", ""]}) -> tensor<?x3xf32> {
    %n = nn.dim %x, 0 : tensor<?x3xf32>
    %one = arith.constant 1 : index
    %two = arith.constant 2 : index
    %more = arith.addi %n, %one : index
    %half = arith.divui %more, %two : index
    %y = nn.slice %x [0, 0] [%half, 3] [2, 1] : tensor<?x3xf32>
    return %y : tensor<?x3xf32>
  }
}
