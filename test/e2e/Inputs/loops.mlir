// Loops in all their forms: carried values, slices, stacks, captures, parameters, either direction, nested.
module @loops {
  nn.parameter @wx : tensor<3x4xf32> init(#nn.normal<0.0, 0.5>)
  nn.parameter @wh : tensor<4x4xf32> init(#nn.normal<0.0, 0.5>)
  nn.parameter @b : tensor<4xf32> init(#nn.normal<0.0, 0.5>)

  func.func @rnn(%x: tensor<?x2x3xf32> {nn.dims = ["time", "", ""]}, %h0: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<?x2x4xf32>) {
    %last, %all = nn.scan (%h = %h0) over (%xt = %x) : tensor<2x4xf32>, tensor<?x2x3xf32> {
      %wx = nn.param @wx : tensor<3x4xf32>
      %wh = nn.param @wh : tensor<4x4xf32>
      %b = nn.param @b : tensor<4xf32>
      %0 = nn.linear %xt, %wx, %b : tensor<2x3xf32>, tensor<3x4xf32>, tensor<4xf32>
      %1 = nn.matmul %h, %wh : tensor<2x4xf32>, tensor<4x4xf32>
      %2 = nn.add %0, %1 : tensor<2x4xf32>
      %next = nn.tanh %2 : tensor<2x4xf32>
      nn.yield %next, %next : tensor<2x4xf32>, tensor<2x4xf32>
    }
    return %last, %all : tensor<2x4xf32>, tensor<?x2x4xf32>
  }
  // The sum over all trips of the squares, and of the last state.
  func.func @loss(%x: tensor<?x2x3xf32> {nn.dims = ["time", "", ""]}, %h0: tensor<2x4xf32>) -> tensor<f32> {
    %last, %all = call @rnn(%x, %h0) : (tensor<?x2x3xf32>, tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<?x2x4xf32>)
    %squares = nn.mul %all, %all : tensor<?x2x4xf32>
    %0 = nn.reduce sum %squares dims = [0, 1, 2] : tensor<?x2x4xf32>
    %1 = nn.reduce sum %last dims = [0, 1] : tensor<2x4xf32>
    %2 = nn.add %0, %1 : tensor<f32>
    return %2 : tensor<f32>
  }
  func.func @gradient(%x: tensor<?x2x3xf32> {nn.dims = ["time", "", ""]}, %h0: tensor<2x4xf32>)
      -> (tensor<f32>, tensor<3x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<?x2x3xf32>, tensor<2x4xf32>) {
    %l, %dwx, %dwh, %db, %dx, %dh = nn.grad @loss(%x, %h0) wrt(@wx, @wh, @b, 0, 1) : (tensor<?x2x3xf32>, tensor<2x4xf32>)
        -> (tensor<f32>, tensor<3x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<?x2x3xf32>, tensor<2x4xf32>)
    return %l, %dwx, %dwh, %db, %dx, %dh : tensor<f32>, tensor<3x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<?x2x3xf32>, tensor<2x4xf32>
  }
  func.func private @slope(%x: tensor<?x2x3xf32>, %h0: tensor<2x4xf32>, %v: tensor<2x4xf32>) -> tensor<f32> {
    %l, %dh = nn.grad @loss(%x, %h0) wrt(1) : (tensor<?x2x3xf32>, tensor<2x4xf32>) -> (tensor<f32>, tensor<2x4xf32>)
    %0 = nn.mul %dh, %v : tensor<2x4xf32>
    %1 = nn.reduce sum %0 dims = [0, 1] : tensor<2x4xf32>
    return %1 : tensor<f32>
  }
  // The derivatives, by the parameters and the initial state, of the slope along v.
  func.func @curvature(%x: tensor<?x2x3xf32> {nn.dims = ["time", "", ""]}, %h0: tensor<2x4xf32>, %v: tensor<2x4xf32>)
      -> (tensor<f32>, tensor<4x4xf32>, tensor<2x4xf32>) {
    %s, %dwh, %dh = nn.grad @slope(%x, %h0, %v) wrt(@wh, 1) : (tensor<?x2x3xf32>, tensor<2x4xf32>, tensor<2x4xf32>)
        -> (tensor<f32>, tensor<4x4xf32>, tensor<2x4xf32>)
    return %s, %dwh, %dh : tensor<f32>, tensor<4x4xf32>, tensor<2x4xf32>
  }
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0.125>

  // Several carried values, from the last slice to the first: the sums from there on, and of these sums.
  func.func @sums(%x: tensor<?x5xf32> {nn.dims = ["time", ""]}) -> (tensor<5xf32>, tensor<5xf32>, tensor<?x5xf32>, tensor<?x5xf32>) {
    %zero = nn.constant dense<0.0> : tensor<5xf32>
    %a, %b, %as, %bs = nn.scan (%a = %zero, %b = %zero) over (%xt = %x) reverse : tensor<5xf32>, tensor<5xf32>, tensor<?x5xf32> {
      %0 = nn.add %a, %xt : tensor<5xf32>
      %1 = nn.add %b, %0 : tensor<5xf32>
      nn.yield %0, %1, %a, %1 : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>
    }
    return %a, %b, %as, %bs : tensor<5xf32>, tensor<5xf32>, tensor<?x5xf32>, tensor<?x5xf32>
  }
  // x to the powers 1, ..., 6, and the two carried values change places in every trip.
  func.func @powers(%x: tensor<?xf32> {nn.dims = ["n"]}) -> (tensor<?xf32>, tensor<?xf32>, tensor<6x?xf32>) {
    %n = nn.dim %x, 0 : tensor<?xf32>
    %one = nn.constant dense<1.0> : tensor<f32>
    %ones = nn.broadcast %one [%n] dims = [] : tensor<f32> -> tensor<?xf32>
    %p, %q, %all = nn.scan (%a = %ones, %b = %x) trips = 6 : tensor<?xf32>, tensor<?xf32> {
      %0 = nn.mul %a, %x : tensor<?xf32>
      nn.yield %b, %0, %0 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
    }
    return %p, %q, %all : tensor<?xf32>, tensor<?xf32>, tensor<6x?xf32>
  }
  // A loop in a loop: x is multiplied from the left by every matrix, as often as there are matrices.
  func.func @nested(%m: tensor<?x3x3xf32> {nn.dims = ["time", "", ""]}, %x: tensor<3xf32>) -> tensor<3xf32> {
    %n = nn.dim %m, 0 : tensor<?x3x3xf32>
    %y = nn.scan (%v = %x) trips = %n : tensor<3xf32> {
      %0 = nn.scan (%u = %v) over (%mt = %m) : tensor<3xf32>, tensor<?x3x3xf32> {
        %1 = nn.contract %mt, %u contracting = [1] x [0] : tensor<3x3xf32>, tensor<3xf32>
        nn.yield %1 : tensor<3xf32>
      }
      nn.yield %0 : tensor<3xf32>
    }
    return %y : tensor<3xf32>
  }
  func.func private @nested_sum(%m: tensor<?x3x3xf32>, %x: tensor<3xf32>) -> tensor<f32> {
    %y = call @nested(%m, %x) : (tensor<?x3x3xf32>, tensor<3xf32>) -> tensor<3xf32>
    %0 = nn.reduce sum %y dims = [0] : tensor<3xf32>
    return %0 : tensor<f32>
  }
  func.func @nested_gradient(%m: tensor<?x3x3xf32> {nn.dims = ["time", "", ""]}, %x: tensor<3xf32>)
      -> (tensor<f32>, tensor<?x3x3xf32>, tensor<3xf32>) {
    %l, %dm, %dx = nn.grad @nested_sum(%m, %x) wrt(0, 1) : (tensor<?x3x3xf32>, tensor<3xf32>) -> (tensor<f32>, tensor<?x3x3xf32>, tensor<3xf32>)
    return %l, %dm, %dx : tensor<f32>, tensor<?x3x3xf32>, tensor<3xf32>
  }
  // Rows of a table, by positions that are checked.
  func.func @rows(%table: tensor<4x2xf32>, %index: tensor<?x3xi64> {nn.dims = ["time", ""]}) -> tensor<3x2xf32> {
    %zero = nn.constant dense<0.0> : tensor<3x2xf32>
    %y = nn.scan (%sum = %zero) over (%i = %index) : tensor<3x2xf32>, tensor<?x3xi64> {
      %0 = nn.gather %table, %i axis = 0 : tensor<4x2xf32>, tensor<3xi64>
      %1 = nn.add %sum, %0 : tensor<3x2xf32>
      nn.yield %1 : tensor<3x2xf32>
    }
    return %y : tensor<3x2xf32>
  }
}
