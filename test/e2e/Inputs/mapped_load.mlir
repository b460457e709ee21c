// Parameters of which some leave a gap behind them where they lie in memory.
module @mapped_load {
  nn.parameter @w1 : tensor<1024x512xf32> init(#nn.he_uniform)
  nn.parameter @b1 : tensor<512xf32> init(#nn.zeros)
  nn.parameter @w2 : tensor<512x1023xf32> init(#nn.he_uniform)
  nn.parameter @b2 : tensor<1023xf32> init(#nn.zeros)
  func.func @loss(%x: tensor<3x1024xf32>, %t: tensor<3x1023xf32>) -> tensor<f32> {
    %w1 = nn.param @w1 : tensor<1024x512xf32>
    %b1 = nn.param @b1 : tensor<512xf32>
    %w2 = nn.param @w2 : tensor<512x1023xf32>
    %b2 = nn.param @b2 : tensor<1023xf32>
    %h = nn.linear %x, %w1, %b1 : tensor<3x1024xf32>, tensor<1024x512xf32>, tensor<512xf32>
    %a = nn.tanh %h : tensor<3x512xf32>
    %y = nn.linear %a, %w2, %b2 : tensor<3x512xf32>, tensor<512x1023xf32>, tensor<1023xf32>
    %l = nn.mse %y, %t : tensor<3x1023xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-3>
}
