// Elementwise chains of 10 M elements: limited by memory when they are one loop.
module @chain {
  // 3 streams in, 1 out.
  func.func @multiply_add_relu(%a: tensor<10000000xf32>, %b: tensor<10000000xf32>, %c: tensor<10000000xf32>) -> tensor<10000000xf32> {
    %p = nn.mul %a, %b : tensor<10000000xf32>
    %s = nn.add %p, %c : tensor<10000000xf32>
    %r = nn.relu %s : tensor<10000000xf32>
    return %r : tensor<10000000xf32>
  }
  // 1 stream in, 1 out.
  func.func @exp_chain(%a: tensor<10000000xf32>) -> tensor<10000000xf32> {
    %n = nn.neg %a : tensor<10000000xf32>
    %e = nn.exp %n : tensor<10000000xf32>
    %s = nn.add %e, %a : tensor<10000000xf32>
    return %s : tensor<10000000xf32>
  }
  // 2 streams in, 1 out.
  func.func @tanh_gate(%a: tensor<10000000xf32>, %b: tensor<10000000xf32>) -> tensor<10000000xf32> {
    %t = nn.tanh %a : tensor<10000000xf32>
    %s = nn.mul %t, %b : tensor<10000000xf32>
    return %s : tensor<10000000xf32>
  }
}
