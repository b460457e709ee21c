module @simple_model {
  nn.parameter @dense.kernel : tensor<5x5xf32> init(#nn.glorot_uniform)
  nn.parameter @dense.bias : tensor<5xf32> init(#nn.zeros)
  func.func @predict(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}) -> tensor<?x5xf32> {
    %dense_kernel = nn.param @dense.kernel : tensor<5x5xf32>
    %dense_bias = nn.param @dense.bias : tensor<5xf32>
    %0 = nn.linear %x, %dense_kernel, %dense_bias : tensor<?x5xf32>, tensor<5x5xf32>, tensor<5xf32>
    %1 = nn.relu %0 : tensor<?x5xf32>
    return %1 : tensor<?x5xf32>
  }
  func.func @loss(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}, %target: tensor<?x5xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
    %0 = call @predict(%x) : (tensor<?x5xf32>) -> tensor<?x5xf32>
    %1 = nn.mse %0, %target : tensor<?x5xf32>
    return %1 : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.000000e-02>
}

