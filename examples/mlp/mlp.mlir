// A multilayer perceptron for 28x28 images of ten classes: 784-256-128-10, ReLU, Adam on the cross-entropy.
module @mlp {
  nn.parameter @w1 : tensor<784x256xf32> init(#nn.he_uniform)
  nn.parameter @b1 : tensor<256xf32>     init(#nn.zeros)
  nn.parameter @w2 : tensor<256x128xf32> init(#nn.he_uniform)
  nn.parameter @b2 : tensor<128xf32>     init(#nn.zeros)
  nn.parameter @w3 : tensor<128x10xf32>  init(#nn.glorot_uniform)
  nn.parameter @b3 : tensor<10xf32>      init(#nn.zeros)

  // Images, flattened, scaled to [0, 1]; the result is one logit per class.
  func.func @predict(%x: tensor<?x784xf32> {nn.dims = ["batch", ""]}) -> tensor<?x10xf32> {
    %w1 = nn.param @w1 : tensor<784x256xf32>
    %b1 = nn.param @b1 : tensor<256xf32>
    %w2 = nn.param @w2 : tensor<256x128xf32>
    %b2 = nn.param @b2 : tensor<128xf32>
    %w3 = nn.param @w3 : tensor<128x10xf32>
    %b3 = nn.param @b3 : tensor<10xf32>
    %h1 = nn.linear %x, %w1, %b1 : tensor<?x784xf32>, tensor<784x256xf32>, tensor<256xf32>
    %a1 = nn.relu %h1 : tensor<?x256xf32>
    %h2 = nn.linear %a1, %w2, %b2 : tensor<?x256xf32>, tensor<256x128xf32>, tensor<128xf32>
    %a2 = nn.relu %h2 : tensor<?x128xf32>
    %y = nn.linear %a2, %w3, %b3 : tensor<?x128xf32>, tensor<128x10xf32>, tensor<10xf32>
    return %y : tensor<?x10xf32>
  }

  func.func @loss(%x: tensor<?x784xf32> {nn.dims = ["batch", ""]}, %label: tensor<?xi32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %y = call @predict(%x) : (tensor<?x784xf32>) -> tensor<?x10xf32>
    %l = nn.cross_entropy %y, %label : tensor<?x10xf32>, tensor<?xi32>
    return %l : tensor<f32>
  }

  // The share of images whose largest logit is that of their label.
  func.func @accuracy(%x: tensor<?x784xf32> {nn.dims = ["batch", ""]}, %label: tensor<?xi32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %y = call @predict(%x) : (tensor<?x784xf32>) -> tensor<?x10xf32>
    %class = nn.argmax %y dim = 1 : tensor<?x10xf32>
    %wanted = nn.cast %label : tensor<?xi32> -> tensor<?xi64>
    %hit = nn.compare eq %class, %wanted : tensor<?xi64>
    %one = nn.cast %hit : tensor<?xi1> -> tensor<?xf32>
    %hits = nn.reduce sum %one dims = [0] : tensor<?xf32>
    %batch = nn.dim %label, 0 : tensor<?xi32>
    %unit = nn.constant dense<1.0> : tensor<f32>
    %ones = nn.broadcast %unit [%batch] dims = [] : tensor<f32> -> tensor<?xf32>
    %count = nn.reduce sum %ones dims = [0] : tensor<?xf32>
    %share = nn.div %hits, %count : tensor<f32>
    return %share : tensor<f32>
  }

  // 469 batches of 128 make an epoch: the learning rate falls to zero over ten of them.
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-3> schedule(#nn.cosine_schedule<steps = 4690>)
}
