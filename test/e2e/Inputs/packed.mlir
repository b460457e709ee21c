// Two weights that inference reads packed, one of them by its rows, with a last panel that is not whole.
module @packed {
  nn.parameter @w : tensor<40x70xf32> init(#nn.he_uniform)
  nn.parameter @v : tensor<35x70xf32> init(#nn.he_uniform)
  func.func @predict(%x: tensor<?x40xf32> {nn.dims = ["batch", ""]}) -> tensor<?x35xf32> {
    %w = nn.param @w : tensor<40x70xf32>
    %v = nn.param @v : tensor<35x70xf32>
    %h = nn.contract %x, %w contracting = [1] x [0] : tensor<?x40xf32>, tensor<40x70xf32>
    %y = nn.contract %h, %v contracting = [1] x [1] : tensor<?x70xf32>, tensor<35x70xf32>
    return %y : tensor<?x35xf32>
  }
  func.func @loss(%x: tensor<?x40xf32> {nn.dims = ["batch", ""]}, %target: tensor<?x35xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
    %y = call @predict(%x) : (tensor<?x40xf32>) -> tensor<?x35xf32>
    %l = nn.mse %y, %target : tensor<?x35xf32>, tensor<?x35xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 1.0e-2>
}
