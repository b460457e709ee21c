module @schedule {
  nn.parameter @w : tensor<4xf32> init(#nn.ones)
  func.func @loss(%x: tensor<?x4xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
    %w = nn.param @w : tensor<4xf32>
    %y = nn.contract %x, %w contracting = [1] x [0] : tensor<?x4xf32>, tensor<4xf32>
    %s = nn.reduce sum %y dims = [0] : tensor<?xf32>
    return %s : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0.5>
    schedule(#nn.linear_warmup<steps = 10, then = #nn.cosine_schedule<steps = 100>>)
}
