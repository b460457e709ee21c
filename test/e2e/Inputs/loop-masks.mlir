// Random streams are keyed by the numbers of the trips.
module @masks {
  // Another mask in every trip, of loops in loops, and the same one when it is computed again.
  nn.parameter @w : tensor<256xf32> init(#nn.ones)
  func.func @masked() -> tensor<f32> {
    %w = nn.param @w : tensor<256xf32>
    %zero = nn.constant dense<0.0> : tensor<256xf32>
    %y = nn.scan (%outer = %zero) trips = 2 : tensor<256xf32> {
      %0 = nn.scan (%inner = %outer) trips = 3 : tensor<256xf32> {
        %1 = nn.dropout %w rate = 0.5 : tensor<256xf32>
        %2 = nn.add %inner, %1 : tensor<256xf32>
        nn.yield %2 : tensor<256xf32>
      }
      nn.yield %0 : tensor<256xf32>
    }
    %l = nn.reduce sum %y dims = [0] : tensor<256xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @masked with #nn.sgd<learning_rate = 0.125>
}
