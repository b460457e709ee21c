// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @scan_c1(%h: tensor<2xf32>) {
  // expected-error @+2 {{expects a number of trips}}
  // expected-note @+1 {{write `trips = 10` or `trips = %n`}}
  %0 = nn.scan (%a = %h) : tensor<2xf32> {
    nn.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @negative(%h: tensor<2xf32>) {
  // expected-error @+1 {{expects at least 0 trips, but got -1}}
  %0 = nn.scan (%a = %h) trips = -1 : tensor<2xf32> {
    nn.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @scan_c2_rank(%h: tensor<2xf32>, %x: tensor<f32>) {
  // expected-error @+1 {{expects tensors, of rank 1 or more after `over`, but got 'tensor<f32>'}}
  %0 = nn.scan (%a = %h) over (%b = %x) : tensor<2xf32>, tensor<f32> {
    nn.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @scan_c2(%h: tensor<2xf32>, %x: tensor<3x2xf32>, %y: tensor<4x2xf32>) {
  // expected-error @+1 {{expects as many slices as trips, which are 3, but got 'tensor<4x2xf32>'}}
  %0 = nn.scan (%a = %h) over (%b = %x, %c = %y) : tensor<2xf32>, tensor<3x2xf32>, tensor<4x2xf32> {
    nn.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @scan_c3(%h: tensor<2xf32>, %x: tensor<3x4xf32>) {
  // expected-note @+1 {{the first trip gets it with this type}}
  %0 = nn.scan (%a = %h) over (%b = %x) : tensor<2xf32>, tensor<3x4xf32> {
    // expected-error @+1 {{expects 'tensor<2xf32>' as value 0, which nn.scan carries, but got 'tensor<4xf32>'}}
    nn.yield %b : tensor<4xf32>
  }
  return
}

// -----

func.func @scan_c3_count(%h: tensor<2xf32>) {
  %0 = nn.scan (%a = %h, %b = %h) trips = 2 : tensor<2xf32>, tensor<2xf32> {
    // expected-error @+1 {{expects a value for each of the 2 that nn.scan carries, but got 1}}
    nn.yield %b : tensor<2xf32>
  }
  return
}

// -----

nn.state @s : tensor<2xf32> init(#nn.zeros)
func.func @scan_c4(%h: tensor<2xf32>) {
  %0 = nn.scan (%a = %h) trips = 2 : tensor<2xf32> {
    // expected-error @+1 {{not supported yet: nn.read in a body}}
    %s = nn.read @s : tensor<2xf32>
    nn.yield %s : tensor<2xf32>
  }
  return
}

// -----

func.func @no_yield(%h: tensor<2xf32>) {
  // expected-error @+1 {{expects a body that ends with nn.yield}}
  %0 = nn.scan (%a = %h) trips = 2 : tensor<2xf32> {
    %b = nn.neg %a : tensor<2xf32>
  }
  return
}
