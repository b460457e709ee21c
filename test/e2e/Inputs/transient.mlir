module @transient {
  nn.parameter @w : tensor<2xf32> init(#nn.normal<0.0, 1.0>)
  nn.state @kept : tensor<2xf32> init(#nn.zeros)
  nn.state @cache : tensor<3xf32> init(#nn.constant<2.0>) transient

  func.func @put(%x: tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<3xf32>) attributes {nn.updates} {
    %w = nn.param @w : tensor<2xf32>
    %kept = nn.read @kept : tensor<2xf32>
    %cache = nn.read @cache : tensor<3xf32>
    %0 = nn.add %kept, %x : tensor<2xf32>, tensor<f32>
    %1 = nn.add %cache, %x : tensor<3xf32>, tensor<f32>
    nn.write @kept, %0 : tensor<2xf32>
    nn.write @cache, %1 : tensor<3xf32>
    return %w, %0, %1 : tensor<2xf32>, tensor<2xf32>, tensor<3xf32>
  }
}
