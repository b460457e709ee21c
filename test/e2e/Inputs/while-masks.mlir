// As loop-masks.mlir, the inner loop one that data end.
module @masks {
  nn.parameter @w : tensor<256xf32> init(#nn.ones)
  func.func @masked() -> tensor<f32> {
    %w = nn.param @w : tensor<256xf32>
    %zero = nn.constant dense<0.0> : tensor<256xf32>
    %none = nn.constant dense<0> : tensor<i64>
    %three = nn.constant dense<3> : tensor<i64>
    %y = nn.scan (%outer = %zero) trips = 2 : tensor<256xf32> {
      %0, %n = nn.while (%inner = %outer, %i = %none) max_trips = 8 : tensor<256xf32>, tensor<i64> {
        %c = nn.compare lt %i, %three : tensor<i64>
        nn.yield %c : tensor<i1>
      } do (%inner, %i) {
        %one = nn.constant dense<1> : tensor<i64>
        %1 = nn.dropout %w rate = 0.5 : tensor<256xf32>
        %2 = nn.add %inner, %1 : tensor<256xf32>
        %3 = nn.add %i, %one : tensor<i64>
        nn.yield %2, %3 : tensor<256xf32>, tensor<i64>
      }
      nn.yield %0 : tensor<256xf32>
    }
    %l = nn.reduce sum %y dims = [0] : tensor<256xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @masked with #nn.sgd<learning_rate = 0.125>
}
