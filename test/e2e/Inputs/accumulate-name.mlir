module @f {
  nn.parameter @w : tensor<3xf32> init(#nn.ones)
  func.func @loss(%x: tensor<?x3xf32> {nn.dims = ["accumulate", ""]}) -> tensor<f32> {
    %w = nn.param @w : tensor<3xf32>
    %s = nn.reduce sum %x dims = [0] : tensor<?x3xf32>
    %p = nn.mul %s, %w : tensor<3xf32>
    %l = nn.reduce sum %p dims = [0] : tensor<3xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 1.0e-3>
}
