module @not_finite {
  nn.parameter @w : tensor<3xf32> init(#nn.ones)
  func.func @loss(%x: tensor<?x3xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
    %w = nn.param @w : tensor<3xf32>
    %n = nn.dim %x, 0 : tensor<?x3xf32>
    %b = nn.broadcast %w [%n] dims = [1] : tensor<3xf32> -> tensor<?x3xf32>
    %y = nn.mul %x, %b : tensor<?x3xf32>
    %l = nn.log %y : tensor<?x3xf32>
    %s = nn.reduce sum %l dims = [0, 1] : tensor<?x3xf32>
    return %s : tensor<f32>
  }
  // A mask of -inf is nobody's fault, nor what a softmax makes of it.
  func.func @masked(%x: tensor<2x3xf32>, %keep: tensor<2x3xi1>) -> tensor<2x3xf32> {
    %low = nn.constant dense<0xFF800000> : tensor<2x3xf32>
    %m = nn.select %keep, %x, %low : tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>
    %p = nn.softmax %m dim = 1 : tensor<2x3xf32>
    return %p : tensor<2x3xf32>
  }
  // The value is finite, its derivative is not.
  func.func @slope(%x: tensor<3xf32>) -> tensor<3xf32> {
    %y = nn.sqrt %x : tensor<3xf32>
    return %y : tensor<3xf32>
  }
  func.func @total(%x: tensor<3xf32>) -> tensor<f32> {
    %y = call @slope(%x) : (tensor<3xf32>) -> tensor<3xf32>
    %s = nn.reduce sum %y dims = [0] : tensor<3xf32>
    return %s : tensor<f32>
  }
  func.func @gradient(%x: tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>) {
    %v, %dx = nn.grad @total(%x) wrt(0) : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
    return %v, %dx : tensor<f32>, tensor<3xf32>
  }
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0.1>
}
