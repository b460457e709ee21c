module @m {
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    %0 = nn.tanh %x : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  func.func @other(%x: tensor<4xf32>) -> tensor<4xf32> {
    %0 = nn.exp %x : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
