// Two entries: a named dimension; and inputs whose names mean something else in C.
module @wave {
  func.func @curve(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}) -> tensor<?x5xf32> {
    %0 = nn.tanh %x : tensor<?x5xf32>
    %1 = nn.exp %0 : tensor<?x5xf32>
    return %1 : tensor<?x5xf32>
  }
  func.func @both(%model: tensor<3xf32>, %int32_t: tensor<3xf64>) -> (tensor<3xf32>, tensor<3xf64>) {
    %0 = nn.neg %model : tensor<3xf32>
    %1 = nn.sqrt %int32_t : tensor<3xf64>
    return %0, %1 : tensor<3xf32>, tensor<3xf64>
  }
}
