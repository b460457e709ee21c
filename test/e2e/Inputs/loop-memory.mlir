module @memory {
  func.func private @loss(%w: tensor<4x4xf32>, %x: tensor<?x4xf32>) -> tensor<f32> {
    %zero = nn.constant dense<0.0> : tensor<4xf32>
    %last = nn.scan (%h = %zero) over (%s = %x) : tensor<4xf32>, tensor<?x4xf32> {
      %0 = nn.contract %w, %h contracting = [1] x [0] : tensor<4x4xf32>, tensor<4xf32>
      %1 = nn.add %0, %s : tensor<4xf32>
      %2 = nn.tanh %1 : tensor<4xf32>
      %3 = nn.contract %w, %2 contracting = [1] x [0] : tensor<4x4xf32>, tensor<4xf32>
      %4 = nn.sin %3 : tensor<4xf32>
      nn.yield %4 : tensor<4xf32>
    }
    %l = nn.reduce sum %last dims = [0] : tensor<4xf32>
    return %l : tensor<f32>
  }
  func.func @gradient(%w: tensor<4x4xf32>, %x: tensor<?x4xf32> {nn.dims = ["time", ""]}) -> (tensor<f32>, tensor<4x4xf32>) {
    %l, %dw = nn.grad @loss(%w, %x) wrt(0) : (tensor<4x4xf32>, tensor<?x4xf32>) -> (tensor<f32>, tensor<4x4xf32>)
    return %l, %dw : tensor<f32>, tensor<4x4xf32>
  }
}
