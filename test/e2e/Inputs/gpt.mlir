module @gpt {
  nn.parameter @tokens : tensor<96x64xf32> init(#nn.normal<deviation = 0.02>)
  nn.parameter @places : tensor<64x64xf32> init(#nn.normal<deviation = 0.02>)
  nn.parameter @s1 : tensor<64xf32> init(#nn.ones)  nn.parameter @b1 : tensor<64xf32> init(#nn.zeros)
  nn.parameter @s2 : tensor<64xf32> init(#nn.ones)  nn.parameter @b2 : tensor<64xf32> init(#nn.zeros)
  nn.parameter @s3 : tensor<64xf32> init(#nn.ones)  nn.parameter @b3 : tensor<64xf32> init(#nn.zeros)
  nn.parameter @wq : tensor<64x4x16xf32> init(#nn.normal<deviation = 0.02>)
  nn.parameter @wk : tensor<64x4x16xf32> init(#nn.normal<deviation = 0.02>)
  nn.parameter @wv : tensor<64x4x16xf32> init(#nn.normal<deviation = 0.02>)
  nn.parameter @wo : tensor<4x16x64xf32> init(#nn.normal<deviation = 0.02>)
  nn.parameter @up : tensor<64x256xf32> init(#nn.normal<deviation = 0.02>)
  nn.parameter @down : tensor<256x64xf32> init(#nn.normal<deviation = 0.02>)
  func.func @loss(%ids: tensor<?x64xi32> {nn.dims = ["batch", ""]}, %labels: tensor<?x64xi32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
    %tokens = nn.param @tokens : tensor<96x64xf32>  %places = nn.param @places : tensor<64x64xf32>
    %s1 = nn.param @s1 : tensor<64xf32>  %s2 = nn.param @s2 : tensor<64xf32>  %s3 = nn.param @s3 : tensor<64xf32>
    %b1 = nn.param @b1 : tensor<64xf32>  %b2 = nn.param @b2 : tensor<64xf32>  %b3 = nn.param @b3 : tensor<64xf32>
    %wq = nn.param @wq : tensor<64x4x16xf32>  %wk = nn.param @wk : tensor<64x4x16xf32>  %wv = nn.param @wv : tensor<64x4x16xf32>
    %wo = nn.param @wo : tensor<4x16x64xf32>  %up = nn.param @up : tensor<64x256xf32>  %down = nn.param @down : tensor<256x64xf32>
    %words = nn.embedding %tokens, %ids : tensor<96x64xf32>, tensor<?x64xi32>
    %x0 = nn.add %words, %places : tensor<?x64x64xf32>, tensor<64x64xf32>
    %n1 = nn.layer_norm %x0, %s1, %b1 : tensor<?x64x64xf32>, tensor<64xf32>, tensor<64xf32>
    %q = nn.contract %n1, %wq contracting = [2] x [0] : tensor<?x64x64xf32>, tensor<64x4x16xf32>
    %k = nn.contract %n1, %wk contracting = [2] x [0] : tensor<?x64x64xf32>, tensor<64x4x16xf32>
    %v = nn.contract %n1, %wv contracting = [2] x [0] : tensor<?x64x64xf32>, tensor<64x4x16xf32>
    %scores = nn.contract %q, %k batch = [0, 2] x [0, 2] contracting = [3] x [3] : tensor<?x64x4x16xf32>
    %scaled = nn.mul %scores, 0.25 : tensor<?x4x64x64xf32>
    %row = nn.iota dim = 0 : tensor<64x64xi32>  %column = nn.iota dim = 1 : tensor<64x64xi32>
    %seen = nn.compare ge %row, %column : tensor<64x64xi32>
    %masked = nn.select %seen, %scaled, -inf : tensor<64x64xi1>, tensor<?x4x64x64xf32>
    %weights = nn.softmax %masked : tensor<?x4x64x64xf32>
    %mixed = nn.contract %weights, %v batch = [0, 1] x [0, 2] contracting = [3] x [1] : tensor<?x4x64x64xf32>, tensor<?x64x4x16xf32>
    %attended = nn.contract %mixed, %wo contracting = [1, 3] x [0, 1] : tensor<?x4x64x16xf32>, tensor<4x16x64xf32>
    %x1 = nn.add %x0, %attended : tensor<?x64x64xf32>
    %n2 = nn.layer_norm %x1, %s2, %b2 : tensor<?x64x64xf32>, tensor<64xf32>, tensor<64xf32>
    %wide = nn.matmul %n2, %up : tensor<?x64x64xf32>, tensor<64x256xf32>
    %active = nn.gelu %wide : tensor<?x64x256xf32>
    %narrow = nn.matmul %active, %down : tensor<?x64x256xf32>, tensor<256x64xf32>
    %x2 = nn.add %x1, %narrow : tensor<?x64x64xf32>
    %n3 = nn.layer_norm %x2, %s3, %b3 : tensor<?x64x64xf32>, tensor<64xf32>, tensor<64xf32>
    %logits = nn.contract %n3, %tokens contracting = [2] x [1] : tensor<?x64x64xf32>, tensor<96x64xf32>
    %loss = nn.cross_entropy %logits, %labels : tensor<?x64x96xf32>, tensor<?x64xi32>
    return %loss : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adamw<1e-3> groups = [#nn.group<[@s1, @b1, @s2, @b2, @s3, @b3], weight_decay = 0>]
    clip_norm = 1 schedule = #nn.linear_warmup<100, then = #nn.cosine_schedule<5000>>
}
