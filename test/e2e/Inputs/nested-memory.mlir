module @memory {
  // n * n slices, in n loops of n trips.
  func.func private @loss(%w: tensor<4x4xf32>, %x: tensor<?x?x4xf32>) -> tensor<f32> {
    %zero = nn.constant dense<0.0> : tensor<4xf32>
    %last = nn.scan (%h = %zero) over (%row = %x) : tensor<4xf32>, tensor<?x?x4xf32> {
      %0 = nn.scan (%k = %h) over (%s = %row) : tensor<4xf32>, tensor<?x4xf32> {
        %1 = nn.contract %w, %k contracting = [1] x [0] : tensor<4x4xf32>, tensor<4xf32>
        %2 = nn.add %1, %s : tensor<4xf32>
        %3 = nn.tanh %2 : tensor<4xf32>
        nn.yield %3 : tensor<4xf32>
      }
      nn.yield %0 : tensor<4xf32>
    }
    %l = nn.reduce sum %last dims = [0] : tensor<4xf32>
    return %l : tensor<f32>
  }
  func.func @gradient(%w: tensor<4x4xf32>, %x: tensor<?x?x4xf32> {nn.dims = ["n", "n", ""]}) -> (tensor<f32>, tensor<4x4xf32>) {
    %l, %dw = nn.grad @loss(%w, %x) wrt(0) : (tensor<4x4xf32>, tensor<?x?x4xf32>) -> (tensor<f32>, tensor<4x4xf32>)
    return %l, %dw : tensor<f32>, tensor<4x4xf32>
  }

  // The same with checkpoints around the inner loop and what it computes.
  func.func private @checkpointed(%w: tensor<4x4xf32>, %x: tensor<?x?x4xf32>) -> tensor<f32> {
    %zero = nn.constant dense<0.0> : tensor<4xf32>
    %last = nn.scan (%h = %zero) over (%row = %x) : tensor<4xf32>, tensor<?x?x4xf32> {
      %c = nn.checkpoint {
        %0 = nn.scan (%k = %h) over (%s = %row) : tensor<4xf32>, tensor<?x4xf32> {
          %1 = nn.checkpoint {
            %2 = nn.contract %w, %k contracting = [1] x [0] : tensor<4x4xf32>, tensor<4xf32>
            %3 = nn.add %2, %s : tensor<4xf32>
            %4 = nn.tanh %3 : tensor<4xf32>
            nn.yield %4 : tensor<4xf32>
          }
          nn.yield %1 : tensor<4xf32>
        }
        nn.yield %0 : tensor<4xf32>
      }
      nn.yield %c : tensor<4xf32>
    }
    %l = nn.reduce sum %last dims = [0] : tensor<4xf32>
    return %l : tensor<f32>
  }
  func.func @checkpointed_gradient(%w: tensor<4x4xf32>, %x: tensor<?x?x4xf32> {nn.dims = ["n", "n", ""]}) -> (tensor<f32>, tensor<4x4xf32>) {
    %l, %dw = nn.grad @checkpointed(%w, %x) wrt(0) : (tensor<4x4xf32>, tensor<?x?x4xf32>) -> (tensor<f32>, tensor<4x4xf32>)
    return %l, %dw : tensor<f32>, tensor<4x4xf32>
  }
}
