// A table that inference reads, a part of a state that one entry writes, and a constant of more than a page.
module @lexicon {
  nn.parameter @table : tensor<4096x64xf32> init(#nn.zeros)
  nn.state @count : tensor<2048xf32> init(#nn.zeros)

  func.func @lookup(%i: tensor<?xi32> {nn.dims = ["n"]}) -> tensor<?x64xf32> {
    %t = nn.param @table : tensor<4096x64xf32>
    %y = nn.embedding %t, %i : tensor<4096x64xf32>, tensor<?xi32>
    return %y : tensor<?x64xf32>
  }
  func.func @bump(%x: tensor<2048xf32>) -> tensor<2048xf32> attributes {nn.updates} {
    %c = nn.read @count : tensor<2048xf32>
    %n = nn.add %c, %x : tensor<2048xf32>
    nn.write @count, %n : tensor<2048xf32>
    return %n : tensor<2048xf32>
  }
  func.func @loss(%i: tensor<?xi32> {nn.dims = ["n"]}) -> tensor<f32> {
    %y = call @lookup(%i) : (tensor<?xi32>) -> tensor<?x64xf32>
    %s = nn.mul %y, %y : tensor<?x64xf32>
    %l = nn.reduce sum %s dims = [0, 1] : tensor<?x64xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.momentum<learning_rate = 1.0e-3>
}
