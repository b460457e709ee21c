// What the mlp does not have: rows with odd tails, functions, integers, indices, running sums, transposed products.
module @whole {
  nn.parameter @table : tensor<11x9xf32> init(#nn.normal<0.0, 1.0>)
  nn.parameter @scale : tensor<9xf32> init(#nn.normal<1.0, 0.1>)
  nn.parameter @shift : tensor<9xf32> init(#nn.normal<0.0, 0.1>)

  func.func private @loss(%id: tensor<?xi32> {nn.dims = ["n"]}, %label: tensor<?xi64> {nn.dims = ["n"]}) -> tensor<f32> {
    %table = nn.param @table : tensor<11x9xf32>
    %scale = nn.param @scale : tensor<9xf32>
    %shift = nn.param @shift : tensor<9xf32>
    %x = nn.embedding %table, %id : tensor<11x9xf32>, tensor<?xi32>
    %y = nn.layer_norm %x, %scale, %shift : tensor<?x9xf32>, tensor<9xf32>, tensor<9xf32>
    %g = nn.gelu %y : tensor<?x9xf32>
    %w = nn.transpose %table permutation = [1, 0] : tensor<11x9xf32>
    %z = nn.matmul %g, %w : tensor<?x9xf32>, tensor<9x11xf32>
    %l = nn.cross_entropy %z, %label : tensor<?x11xf32>, tensor<?xi64>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-2>

  func.func @rows(%x: tensor<?x?xf32> {nn.dims = ["m", "n"]}) -> (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>) {
    %s = nn.softmax %x dim = 1 : tensor<?x?xf32>
    %m = nn.reduce max %x dims = [1] : tensor<?x?xf32>
    %c = nn.reduce sum %x dims = [0] : tensor<?x?xf32>
    %r = nn.cumsum %x dim = 1 : tensor<?x?xf32>
    return %s, %m, %c, %r : tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>
  }
  func.func @functions(%x: tensor<?xf32> {nn.dims = ["m"]}, %d: tensor<?xf64> {nn.dims = ["m"]}) -> (tensor<?xf32>, tensor<?xf64>) {
    %a = nn.exp %x : tensor<?xf32>
    %b = nn.log %a : tensor<?xf32>
    %c = nn.tanh %b : tensor<?xf32>
    %e = nn.sin %c : tensor<?xf32>
    %f = nn.exp %d : tensor<?xf64>
    %g = nn.erf %f : tensor<?xf64>
    return %e, %g : tensor<?xf32>, tensor<?xf64>
  }
  func.func @whole(%x: tensor<?x40xi8> {nn.dims = ["m", ""]}, %w: tensor<40x13xi8>) -> tensor<?x13xi32> {
    %a = nn.cast %x : tensor<?x40xi8> -> tensor<?x40xi32>
    %b = nn.cast %w : tensor<40x13xi8> -> tensor<40x13xi32>
    %y = nn.contract %a, %b contracting = [1] x [0] : tensor<?x40xi32>, tensor<40x13xi32>
    return %y : tensor<?x13xi32>
  }
  func.func @products(%x: tensor<?x70xf32> {nn.dims = ["m", ""]}, %w: tensor<70x33xf32>, %v: tensor<33x70xf32>, %d: tensor<?x70xf64> {nn.dims = ["m", ""]},
                      %u: tensor<70x7xf64>) -> (tensor<?x33xf32>, tensor<?x33xf32>, tensor<?x7xf64>) {
    %a = nn.matmul %x, %w : tensor<?x70xf32>, tensor<70x33xf32>
    %b = nn.contract %x, %v contracting = [1] x [1] : tensor<?x70xf32>, tensor<33x70xf32>
    %c = nn.matmul %d, %u : tensor<?x70xf64>, tensor<70x7xf64>
    return %a, %b, %c : tensor<?x33xf32>, tensor<?x33xf32>, tensor<?x7xf64>
  }
  func.func private @attend(%q: tensor<2x?x2x20xf32>, %k: tensor<2x?x2x20xf32>) -> tensor<2x?x2x20xf32> {
    %y = nn.attention %q, %k, %q layout = bthd causal : tensor<2x?x2x20xf32>
    return %y : tensor<2x?x2x20xf32>
  }
  func.func @attention(%q: tensor<2x?x2x20xf32> {nn.dims = ["", "m", "", ""]}, %k: tensor<2x?x2x20xf32> {nn.dims = ["", "m", "", ""]}) -> (tensor<2x?x2x20xf32>, tensor<2x?x2x20xf32>, tensor<2x?x2x20xf32>) {
    %y, %dq, %dk = nn.vjp @attend(%q, %k) cotangents(%q) wrt(0, 1) : (tensor<2x?x2x20xf32>, tensor<2x?x2x20xf32>), (tensor<2x?x2x20xf32>) -> (tensor<2x?x2x20xf32>, tensor<2x?x2x20xf32>, tensor<2x?x2x20xf32>)
    return %y, %dq, %dk : tensor<2x?x2x20xf32>, tensor<2x?x2x20xf32>, tensor<2x?x2x20xf32>
  }
  func.func @few_bits(%x: tensor<?x64xf32> {nn.dims = ["m", ""]}, %q: tensor<8x13xi32>, %s: tensor<2x13xf32>) -> tensor<?x13xf32> {
    %words = nn.mul %q, -1640531527 : tensor<8x13xi32>
    %w = nn.dequantize %words, %s bits = 4 group = 32 : tensor<8x13xi32>, tensor<2x13xf32>
    %y = nn.matmul %x, %w : tensor<?x64xf32>, tensor<64x13xf32>
    return %y : tensor<?x13xf32>
  }
  func.func @few_queries(%q: tensor<2x3x2x20xf32>, %one: tensor<2x?x2x20xf32> {nn.dims = ["", "m", "", ""]}, %k: tensor<2x40x2x20xf32>) -> (tensor<2x3x2x20xf32>, tensor<2x?x2x20xf32>) {
    %y = nn.attention %q, %k, %k layout = bthd causal offset = 9 : tensor<2x3x2x20xf32>, tensor<2x40x2x20xf32>, tensor<2x40x2x20xf32>
    %z = nn.attention %one, %k, %k layout = bthd causal offset = 9 : tensor<2x?x2x20xf32>, tensor<2x40x2x20xf32>, tensor<2x40x2x20xf32>
    return %y, %z : tensor<2x3x2x20xf32>, tensor<2x?x2x20xf32>
  }
}
