module @classes {
  nn.parameter @w : tensor<4x3xf32> init(#nn.glorot_uniform)
  func.func @scores(%x: tensor<?x4xf32> {nn.dims = ["batch", ""]}) -> tensor<?x3xf32> {
    %w = nn.param @w : tensor<4x3xf32>
    %y = nn.matmul %x, %w : tensor<?x4xf32>, tensor<4x3xf32>
    return %y : tensor<?x3xf32>
  }
  func.func @loss(%x: tensor<?x4xf32> {nn.dims = ["batch", ""]}, %label: tensor<?xi32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %y = call @scores(%x) : (tensor<?x4xf32>) -> tensor<?x3xf32>
    %l = nn.cross_entropy %y, %label : tensor<?x3xf32>, tensor<?xi32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0.5>
}
