// One dense layer, trained with Adam on the mean squared error.
module @simple_model {
  nn.parameter @kernel : tensor<5x5xf32> init(#nn.glorot_uniform)
  nn.parameter @bias   : tensor<5xf32>   init(#nn.zeros)

  func.func @predict(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}) -> tensor<?x5xf32> {
    %w = nn.param @kernel : tensor<5x5xf32>
    %b = nn.param @bias : tensor<5xf32>
    %h = nn.linear %x, %w, %b : tensor<?x5xf32>, tensor<5x5xf32>, tensor<5xf32>
    %y = nn.relu %h : tensor<?x5xf32>
    return %y : tensor<?x5xf32>
  }
  func.func @loss(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}, %target: tensor<?x5xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
    %y = call @predict(%x) : (tensor<?x5xf32>) -> tensor<?x5xf32>
    %l = nn.mse %y, %target : tensor<?x5xf32>, tensor<?x5xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-2>
}
