// Branches and checkpoints, alone, in each other and in loops.
module @branches {
  nn.parameter @w : tensor<4x4xf32> init(#nn.normal<0.0, 0.5>)

  // tanh(w x) where the sum of x is positive, else 3 x + b.
  func.func @f(%x: tensor<?x4xf32> {nn.dims = ["n", ""]}, %b: tensor<4xf32>) -> tensor<?x4xf32> {
    %n = nn.dim %x, 0 : tensor<?x4xf32>
    %sum = nn.reduce sum %x dims = [0, 1] : tensor<?x4xf32>
    %zero = nn.constant dense<0.0> : tensor<f32>
    %c = nn.compare gt %sum, %zero : tensor<f32>
    %y = nn.if %c {
      %w = nn.param @w : tensor<4x4xf32>
      %0 = nn.checkpoint {
        %1 = nn.matmul %x, %w : tensor<?x4xf32>, tensor<4x4xf32>
        %2 = nn.tanh %1 : tensor<?x4xf32>
        nn.yield %2 : tensor<?x4xf32>
      }
      nn.yield %0 : tensor<?x4xf32>
    } else {
      %three = nn.constant dense<3.0> : tensor<f32>
      %threes = nn.broadcast %three [%n] dims = [] : tensor<f32> -> tensor<?x4xf32>
      %0 = nn.mul %x, %threes : tensor<?x4xf32>
      %1 = nn.broadcast %b [%n] dims = [1] : tensor<4xf32> -> tensor<?x4xf32>
      %2 = nn.add %0, %1 : tensor<?x4xf32>
      nn.yield %2 : tensor<?x4xf32>
    }
    return %y : tensor<?x4xf32>
  }
  func.func private @loss(%x: tensor<?x4xf32>, %b: tensor<4xf32>) -> tensor<f32> {
    %y = call @f(%x, %b) : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %0 = nn.mul %y, %y : tensor<?x4xf32>
    %1 = nn.reduce sum %0 dims = [0, 1] : tensor<?x4xf32>
    return %1 : tensor<f32>
  }
  func.func @gradient(%x: tensor<?x4xf32> {nn.dims = ["n", ""]}, %b: tensor<4xf32>) -> (tensor<f32>, tensor<4x4xf32>, tensor<?x4xf32>, tensor<4xf32>) {
    %l, %dw, %dx, %db = nn.grad @loss(%x, %b) wrt(@w, 0, 1) : (tensor<?x4xf32>, tensor<4xf32>)
        -> (tensor<f32>, tensor<4x4xf32>, tensor<?x4xf32>, tensor<4xf32>)
    return %l, %dw, %dx, %db : tensor<f32>, tensor<4x4xf32>, tensor<?x4xf32>, tensor<4xf32>
  }
  func.func private @slope(%x: tensor<?x4xf32>, %b: tensor<4xf32>, %v: tensor<?x4xf32>) -> tensor<f32> {
    %l, %dx = nn.grad @loss(%x, %b) wrt(0) : (tensor<?x4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<?x4xf32>)
    %0 = nn.mul %dx, %v : tensor<?x4xf32>
    %1 = nn.reduce sum %0 dims = [0, 1] : tensor<?x4xf32>
    return %1 : tensor<f32>
  }
  func.func @curvature(%x: tensor<?x4xf32> {nn.dims = ["n", ""]}, %b: tensor<4xf32>, %v: tensor<?x4xf32> {nn.dims = ["n", ""]})
      -> (tensor<f32>, tensor<?x4xf32>, tensor<4xf32>) {
    %s, %dx, %db = nn.grad @slope(%x, %b, %v) wrt(0, 1) : (tensor<?x4xf32>, tensor<4xf32>, tensor<?x4xf32>)
        -> (tensor<f32>, tensor<?x4xf32>, tensor<4xf32>)
    return %s, %dx, %db : tensor<f32>, tensor<?x4xf32>, tensor<4xf32>
  }
  // In every trip the sum, or the product, of the carried value and the slice, as the slice's sign says.
  func.func private @alternate(%x: tensor<?xf32>) -> tensor<f32> {
    %zero = nn.constant dense<0.0> : tensor<f32>
    %one = nn.constant dense<1.0> : tensor<f32>
    %y = nn.scan (%h = %one) over (%s = %x) : tensor<f32>, tensor<?xf32> {
      %c = nn.compare gt %s, %zero : tensor<f32>
      %next = nn.if %c {
        %0 = nn.add %h, %s : tensor<f32>
        nn.yield %0 : tensor<f32>
      } else {
        %0 = nn.mul %h, %s : tensor<f32>
        nn.yield %0 : tensor<f32>
      }
      nn.yield %next : tensor<f32>
    }
    return %y : tensor<f32>
  }
  func.func @alternate_gradient(%x: tensor<?xf32> {nn.dims = ["n"]}) -> (tensor<f32>, tensor<?xf32>) {
    %y, %dx = nn.grad @alternate(%x) wrt(0) : (tensor<?xf32>) -> (tensor<f32>, tensor<?xf32>)
    return %y, %dx : tensor<f32>, tensor<?xf32>
  }
}
