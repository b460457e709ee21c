// State of every kind: two parameter groups with two moments each, an nn.state, a schedule, clipping, and dropout, which
// depends on the step and the seed.
module @everything {
  nn.parameter @w1 : tensor<8x16xf32> init(#nn.orthogonal<1.414>)
  nn.parameter @b1 : tensor<16xf32> init(#nn.truncated_normal<0.0, 0.02>)
  nn.parameter @w2 : tensor<16x1xf32> init(#nn.normal<0.0, 0.1>)
  nn.state @mean : tensor<8xf32> init(#nn.zeros)

  func.func private @forward(%x: tensor<?x8xf32>) -> tensor<?x1xf32> {
    %w1 = nn.param @w1 : tensor<8x16xf32>
    %b1 = nn.param @b1 : tensor<16xf32>
    %w2 = nn.param @w2 : tensor<16x1xf32>
    %h = nn.linear %x, %w1, %b1 : tensor<?x8xf32>, tensor<8x16xf32>, tensor<16xf32>
    %a = nn.gelu %h : tensor<?x16xf32>
    %d = nn.dropout %a rate = 0.25 : tensor<?x16xf32>
    %y = nn.matmul %d, %w2 : tensor<?x16xf32>, tensor<16x1xf32>
    return %y : tensor<?x1xf32>
  }
  func.func @predict(%x: tensor<?x8xf32> {nn.dims = ["batch", ""]}) -> tensor<?x1xf32> {
    %y = call @forward(%x) : (tensor<?x8xf32>) -> tensor<?x1xf32>
    return %y : tensor<?x1xf32>
  }
  func.func @loss(%x: tensor<?x8xf32> {nn.dims = ["batch", ""]},
                  %target: tensor<?x1xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
    %old = nn.read @mean : tensor<8xf32>
    %sum = nn.reduce sum %x dims = [0] : tensor<?x8xf32>
    %new = nn.add %old, %sum : tensor<8xf32>
    nn.write @mean, %new : tensor<8xf32>
    %y = call @forward(%x) : (tensor<?x8xf32>) -> tensor<?x1xf32>
    %l = nn.mse %y, %target : tensor<?x1xf32>, tensor<?x1xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adamw<learning_rate = 1.0e-2>
    schedule(#nn.linear_warmup<steps = 10, then = #nn.cosine_schedule<steps = 200>>)
    clip_norm = 1.0 groups = [#nn.group<[@b1], weight_decay = 0.0>]
}
