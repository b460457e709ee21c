// Parameters of two dtypes, optimizer slots, a state; entries without inputs, so that a call does nothing but load.
module @stateful {
  nn.parameter @w : tensor<3x4xf32> init(#nn.ones)
  nn.parameter @d : tensor<5xf64> init(#nn.uniform<-1.0, 1.0>)
  nn.state @s : tensor<2xi32> init(#nn.zeros)

  func.func @values() -> (tensor<3x4xf32>, tensor<5xf64>, tensor<2xi32>) {
    %w = nn.param @w : tensor<3x4xf32>
    %d = nn.param @d : tensor<5xf64>
    %s = nn.read @s : tensor<2xi32>
    return %w, %d, %s : tensor<3x4xf32>, tensor<5xf64>, tensor<2xi32>
  }
  func.func @loss() -> tensor<f32> {
    %w = nn.param @w : tensor<3x4xf32>
    %d = nn.param @d : tensor<5xf64>
    %e = nn.cast %d : tensor<5xf64> -> tensor<5xf32>
    %ww = nn.mul %w, %w : tensor<3x4xf32>
    %ee = nn.mul %e, %e : tensor<5xf32>
    %a = nn.reduce sum %ww dims = [0, 1] : tensor<3x4xf32>
    %b = nn.reduce sum %ee dims = [0] : tensor<5xf32>
    %l = nn.add %a, %b : tensor<f32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam
}
