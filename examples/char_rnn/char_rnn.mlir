// A language model over 64 characters: LSTM of 256 units, trained by Adam on windows of 128 characters; afterwards it writes.
module @char_rnn {
  nn.parameter @table : tensor<64x64xf32>    init(#nn.normal<0.0, 0.5>)
  nn.parameter @w     : tensor<64x1024xf32>  init(#nn.glorot_uniform)
  nn.parameter @u     : tensor<256x1024xf32> init(#nn.glorot_uniform)
  nn.parameter @b     : tensor<1024xf32>     init(#nn.zeros)
  nn.parameter @out   : tensor<256x64xf32>   init(#nn.glorot_uniform)
  nn.parameter @shift : tensor<64xf32>       init(#nn.zeros)

  // The logits of what comes after every character of [time, batch], and the state after the last one.
  func.func private @read(%x: tensor<?x?xi32>, %h0: tensor<?x256xf32>, %c0: tensor<?x256xf32>)
      -> (tensor<?x?x64xf32>, tensor<?x256xf32>, tensor<?x256xf32>) {
    %table = nn.param @table : tensor<64x64xf32>
    %w = nn.param @w : tensor<64x1024xf32>
    %u = nn.param @u : tensor<256x1024xf32>
    %b = nn.param @b : tensor<1024xf32>
    %out = nn.param @out : tensor<256x64xf32>
    %shift = nn.param @shift : tensor<64xf32>
    %e = nn.embedding %table, %x : tensor<64x64xf32>, tensor<?x?xi32>
    %y, %h, %c = nn.lstm %e, %w, %u bias = %b initial = %h0, %c0 : tensor<?x?x64xf32>, tensor<64x1024xf32>, tensor<256x1024xf32>,
      tensor<1024xf32>, tensor<?x256xf32>, tensor<?x256xf32>
    %z = nn.linear %y, %out, %shift : tensor<?x?x256xf32>, tensor<256x64xf32>, tensor<64xf32>
    return %z, %h, %c : tensor<?x?x64xf32>, tensor<?x256xf32>, tensor<?x256xf32>
  }

  // The mean loss of a character, in nats, each predicted from those before it in its row of text.
  func.func @loss(%text: tensor<?x?xi32> {nn.dims = ["batch", "length"]}) -> tensor<f32> {
    %one = arith.constant 1 : index
    %rows = nn.dim %text, 0 : tensor<?x?xi32>
    %length = nn.dim %text, 1 : tensor<?x?xi32>
    %steps = arith.subi %length, %one : index
    %zero = nn.constant dense<0.0> : tensor<f32>
    %zeros = nn.broadcast %zero [%rows] dims = [] : tensor<f32> -> tensor<?x256xf32>
    %t = nn.transpose %text permutation = [1, 0] : tensor<?x?xi32>
    %x = nn.slice %t [0, 0] [%steps, %rows] [1, 1] : tensor<?x?xi32>
    %next = nn.slice %t [1, 0] [%steps, %rows] [1, 1] : tensor<?x?xi32>
    %z, %h, %c = call @read(%x, %zeros, %zeros) : (tensor<?x?xi32>, tensor<?x256xf32>, tensor<?x256xf32>)
      -> (tensor<?x?x64xf32>, tensor<?x256xf32>, tensor<?x256xf32>)
    %l = nn.cross_entropy %z, %next : tensor<?x?x64xf32>, tensor<?x?xi32>
    return %l : tensor<f32>
  }

  // Goes on from a character: each is the first whose share of the probability, with all before it, exceeds a number drawn from [0, 1).
  // What is likely is made likelier: the logits count half as much again.
  func.func @write(%first: tensor<1x1xi32>, %drawn: tensor<?xf32> {nn.dims = ["characters"]}) -> tensor<?x1x1xi32> {
    %sharpness = nn.constant dense<1.5> : tensor<1x64xf32>
    %one = arith.constant 1 : index
    %zero = nn.constant dense<0.0> : tensor<f32>
    %zeros = nn.broadcast %zero [%one] dims = [] : tensor<f32> -> tensor<?x256xf32>
    %last, %h1, %c1, %text = nn.scan (%id = %first, %h = %zeros, %c = %zeros) over (%limit = %drawn)
        : tensor<1x1xi32>, tensor<?x256xf32>, tensor<?x256xf32>, tensor<?xf32> {
      %x = nn.reshape %id [%one, %one] : tensor<1x1xi32> -> tensor<?x?xi32>
      %z, %hn, %cn = func.call @read(%x, %h, %c) : (tensor<?x?xi32>, tensor<?x256xf32>, tensor<?x256xf32>)
        -> (tensor<?x?x64xf32>, tensor<?x256xf32>, tensor<?x256xf32>)
      %row = nn.reshape %z : tensor<?x?x64xf32> -> tensor<1x64xf32>
      %sharper = nn.mul %row, %sharpness : tensor<1x64xf32>
      %p = nn.softmax %sharper : tensor<1x64xf32>
      %share = nn.cumsum %p dim = 1 : tensor<1x64xf32>
      %limits = nn.broadcast %limit dims = [] : tensor<f32> -> tensor<1x64xf32>
      %passed = nn.compare le %share, %limits : tensor<1x64xf32>
      %ones = nn.cast %passed : tensor<1x64xi1> -> tensor<1x64xi32>
      %count = nn.reduce sum %ones dims = [1] : tensor<1x64xi32>
      %known = nn.clamp %count high = 63.0 : tensor<1xi32>
      %next = nn.reshape %known : tensor<1xi32> -> tensor<1x1xi32>
      nn.yield %next, %hn, %cn, %next : tensor<1x1xi32>, tensor<?x256xf32>, tensor<?x256xf32>, tensor<1x1xi32>
    }
    return %text : tensor<?x1x1xi32>
  }

  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 4.0e-3> schedule(#nn.cosine_schedule<steps = 1365>) clip_norm = 1.0
}
