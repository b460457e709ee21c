// A convolutional network for 28x28 images of ten classes, after LeNet-5: two convolutions, each with a pool, then two dense layers.
module @cnn {
  nn.parameter @k1 : tensor<16x1x5x5xf32>  init(#nn.he_uniform)
  nn.parameter @c1 : tensor<16xf32>        init(#nn.zeros)
  nn.parameter @k2 : tensor<32x16x5x5xf32> init(#nn.he_uniform)
  nn.parameter @c2 : tensor<32xf32>        init(#nn.zeros)
  nn.parameter @w1 : tensor<800x128xf32>   init(#nn.he_uniform)
  nn.parameter @b1 : tensor<128xf32>       init(#nn.zeros)
  nn.parameter @w2 : tensor<128x10xf32>    init(#nn.glorot_uniform)
  nn.parameter @b2 : tensor<10xf32>        init(#nn.zeros)

  // Images, flattened, scaled to [0, 1]; the result is one logit per class.
  func.func @predict(%x: tensor<?x784xf32> {nn.dims = ["batch", ""]}) -> tensor<?x10xf32> {
    %k1 = nn.param @k1 : tensor<16x1x5x5xf32>
    %c1 = nn.param @c1 : tensor<16xf32>
    %k2 = nn.param @k2 : tensor<32x16x5x5xf32>
    %c2 = nn.param @c2 : tensor<32xf32>
    %w1 = nn.param @w1 : tensor<800x128xf32>
    %b1 = nn.param @b1 : tensor<128xf32>
    %w2 = nn.param @w2 : tensor<128x10xf32>
    %b2 = nn.param @b2 : tensor<10xf32>
    %image = nn.reshape %x : tensor<?x784xf32> -> tensor<?x1x28x28xf32>
    %h1 = nn.conv %image, %k1, %c1 padding = [2, 2] : tensor<?x1x28x28xf32>, tensor<16x1x5x5xf32>, tensor<16xf32>
    %a1 = nn.relu %h1 : tensor<?x16x28x28xf32>
    %p1 = nn.max_pool %a1 window = [2, 2] : tensor<?x16x28x28xf32>
    %h2 = nn.conv %p1, %k2, %c2 : tensor<?x16x14x14xf32>, tensor<32x16x5x5xf32>, tensor<32xf32>
    %a2 = nn.relu %h2 : tensor<?x32x10x10xf32>
    %p2 = nn.max_pool %a2 window = [2, 2] : tensor<?x32x10x10xf32>
    %flat = nn.reshape %p2 : tensor<?x32x5x5xf32> -> tensor<?x800xf32>
    %h3 = nn.linear %flat, %w1, %b1 : tensor<?x800xf32>, tensor<800x128xf32>, tensor<128xf32>
    %a3 = nn.relu %h3 : tensor<?x128xf32>
    %d3 = nn.dropout %a3 rate = 0.25 : tensor<?x128xf32>
    %y = nn.linear %d3, %w2, %b2 : tensor<?x128xf32>, tensor<128x10xf32>, tensor<10xf32>
    return %y : tensor<?x10xf32>
  }

  func.func @loss(%x: tensor<?x784xf32> {nn.dims = ["batch", ""]}, %label: tensor<?xi32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %y = call @predict(%x) : (tensor<?x784xf32>) -> tensor<?x10xf32>
    %l = nn.cross_entropy %y, %label : tensor<?x10xf32>, tensor<?xi32>
    return %l : tensor<f32>
  }

  // The sum of the probabilities that the images are of the classes in `label`.
  func.func private @belief(%x: tensor<?x784xf32> {nn.dims = ["batch", ""]}, %label: tensor<?xi32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %y = call @predict(%x) : (tensor<?x784xf32>) -> tensor<?x10xf32>
    %p = nn.softmax %y : tensor<?x10xf32>
    %wanted = nn.one_hot %label classes = 10 : tensor<?xi32>
    %is = nn.compare gt %wanted, 0.0 : tensor<?x10xf32>
    %chosen = nn.select %is, %p, 0.0 : tensor<?x10xf32>
    %sum = nn.reduce sum %chosen : tensor<?x10xf32>
    return %sum : tensor<f32>
  }

  // How much each pixel would change that: images do not see each other, so that the slope of the sum is that of each.
  func.func @slope(%x: tensor<?x784xf32> {nn.dims = ["batch", ""]}, %label: tensor<?xi32> {nn.dims = ["batch"]}) -> (tensor<f32>, tensor<?x784xf32>) {
    %p, %dx = nn.grad @belief(%x, %label) wrt(0) : (tensor<?x784xf32>, tensor<?xi32>) -> (tensor<f32>, tensor<?x784xf32>)
    return %p, %dx : tensor<f32>, tensor<?x784xf32>
  }

  // 1875 batches of 32 make an epoch: the learning rate falls to zero over five of them.
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-3> schedule(#nn.cosine_schedule<steps = 9375>)
}
