// The classic mistake: ten outputs trained against five numbers.
module @wide {
  nn.parameter @kernel : tensor<5x10xf32> init(#nn.glorot_uniform)
  nn.parameter @bias   : tensor<10xf32>   init(#nn.zeros)
  func.func @predict(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}) -> tensor<?x10xf32> {
    %w = nn.param @kernel : tensor<5x10xf32>
    %b = nn.param @bias : tensor<10xf32>
    %y = nn.linear %x, %w, %b : tensor<?x5xf32>, tensor<5x10xf32>, tensor<10xf32>
    return %y : tensor<?x10xf32>
  }
  func.func @loss(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}, %target: tensor<?x5xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
    %y = call @predict(%x) : (tensor<?x5xf32>) -> tensor<?x10xf32>
    %l = nn.mse %y, %target : tensor<?x10xf32>, tensor<?x5xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam
}
