// A potential of clusters of 8 atoms: their energy by a network, the forces as its derivative, trained on forces.
module @forces {
  nn.parameter @w1 : tensor<16x32xf32> init(#nn.glorot_uniform)
  nn.parameter @b1 : tensor<32xf32>    init(#nn.zeros)
  nn.parameter @w2 : tensor<32x32xf32> init(#nn.glorot_uniform)
  nn.parameter @b2 : tensor<32xf32>    init(#nn.zeros)
  nn.parameter @w3 : tensor<32x1xf32>  init(#nn.glorot_uniform)

  // What every atom sees: for 16 distances, how many neighbours are about so far away. Turned or moved clusters look the same.
  func.func private @neighbours(%x: tensor<?x8x3xf32>) -> tensor<?x8x16xf32> {
    %n = nn.dim %x, 0 : tensor<?x8x3xf32>
    %from = nn.broadcast %x [%n] dims = [0, 1, 3] : tensor<?x8x3xf32> -> tensor<?x8x8x3xf32>
    %to = nn.broadcast %x [%n] dims = [0, 2, 3] : tensor<?x8x3xf32> -> tensor<?x8x8x3xf32>
    %d = nn.sub %to, %from : tensor<?x8x8x3xf32>
    %dd = nn.mul %d, %d : tensor<?x8x8x3xf32>
    %r2 = nn.reduce sum %dd dims = [3] : tensor<?x8x8x3xf32>
    // No atom is its own neighbour: it is put far away, where nothing is counted.
    %i = nn.iota dim = 0 : tensor<8x8xi32>
    %j = nn.iota dim = 1 : tensor<8x8xi32>
    %same = nn.compare eq %i, %j : tensor<8x8xi32>
    %far = nn.constant dense<100.0> : tensor<8x8xf32>
    %near = nn.constant dense<0.0> : tensor<8x8xf32>
    %away = nn.select %same, %far, %near : tensor<8x8xi1>, tensor<8x8xf32>, tensor<8x8xf32>
    %aways = nn.broadcast %away [%n] dims = [1, 2] : tensor<8x8xf32> -> tensor<?x8x8xf32>
    %moved = nn.add %r2, %aways : tensor<?x8x8xf32>
    %r = nn.sqrt %moved : tensor<?x8x8xf32>
    %rs = nn.broadcast %r [%n] dims = [0, 1, 2] : tensor<?x8x8xf32> -> tensor<?x8x8x16xf32>
    %c = nn.constant dense<[0.80, 0.95, 1.10, 1.25, 1.40, 1.55, 1.70, 1.85, 2.00, 2.15, 2.30, 2.45, 2.60, 2.75, 2.90, 3.05]> : tensor<16xf32>
    %cs = nn.broadcast %c [%n] dims = [3] : tensor<16xf32> -> tensor<?x8x8x16xf32>
    %off = nn.sub %rs, %cs : tensor<?x8x8x16xf32>
    %square = nn.mul %off, %off : tensor<?x8x8x16xf32>
    %sharpness = nn.constant dense<-22.0> : tensor<f32>
    %sharp = nn.broadcast %sharpness [%n] dims = [] : tensor<f32> -> tensor<?x8x8x16xf32>
    %exponent = nn.mul %square, %sharp : tensor<?x8x8x16xf32>
    %count = nn.exp %exponent : tensor<?x8x8x16xf32>
    %sum = nn.reduce sum %count dims = [2] : tensor<?x8x8x16xf32>
    return %sum : tensor<?x8x16xf32>
  }

  // The energy of each cluster: a sum over atoms.
  func.func private @energies(%x: tensor<?x8x3xf32>) -> tensor<?xf32> {
    %w1 = nn.param @w1 : tensor<16x32xf32>
    %b1 = nn.param @b1 : tensor<32xf32>
    %w2 = nn.param @w2 : tensor<32x32xf32>
    %b2 = nn.param @b2 : tensor<32xf32>
    %w3 = nn.param @w3 : tensor<32x1xf32>
    %seen = call @neighbours(%x) : (tensor<?x8x3xf32>) -> tensor<?x8x16xf32>
    %a1 = nn.linear %seen, %w1, %b1 : tensor<?x8x16xf32>, tensor<16x32xf32>, tensor<32xf32>
    %h1 = nn.tanh %a1 : tensor<?x8x32xf32>
    %a2 = nn.linear %h1, %w2, %b2 : tensor<?x8x32xf32>, tensor<32x32xf32>, tensor<32xf32>
    %h2 = nn.tanh %a2 : tensor<?x8x32xf32>
    %e = nn.linear %h2, %w3 : tensor<?x8x32xf32>, tensor<32x1xf32>
    %energy = nn.reduce sum %e dims = [1, 2] : tensor<?x8x1xf32>
    return %energy : tensor<?xf32>
  }

  func.func private @total(%x: tensor<?x8x3xf32>) -> tensor<f32> {
    %e = call @energies(%x) : (tensor<?x8x3xf32>) -> tensor<?xf32>
    %t = nn.reduce sum %e dims = [0] : tensor<?xf32>
    return %t : tensor<f32>
  }

  // Energies, but for a constant, and the forces on the atoms: minus the derivative by their positions.
  func.func @predict(%x: tensor<?x8x3xf32> {nn.dims = ["clusters", "", ""]})
      -> (tensor<?xf32> {nn.name = "energy"}, tensor<?x8x3xf32> {nn.name = "force"}) {
    %e = call @energies(%x) : (tensor<?x8x3xf32>) -> tensor<?xf32>
    %t, %dx = nn.grad @total(%x) wrt(0) : (tensor<?x8x3xf32>) -> (tensor<f32>, tensor<?x8x3xf32>)
    %f = nn.neg %dx : tensor<?x8x3xf32>
    return %e, %f : tensor<?xf32>, tensor<?x8x3xf32>
  }

  // The mean squared error of the forces: its own derivative is of second order.
  func.func @loss(%x: tensor<?x8x3xf32> {nn.dims = ["clusters", "", ""]}, %force: tensor<?x8x3xf32> {nn.dims = ["clusters", "", ""]})
      -> tensor<f32> {
    %e, %f = call @predict(%x) : (tensor<?x8x3xf32>) -> (tensor<?xf32>, tensor<?x8x3xf32>)
    %l = nn.mse %f, %force : tensor<?x8x3xf32>, tensor<?x8x3xf32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 3.0e-3> schedule(#nn.cosine_schedule<steps = 20000>)
}
