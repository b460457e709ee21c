// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @while_c1(%h: tensor<i1>) {
  // expected-error @+1 {{expects at least 0 trips, but got -1}}
  %0 = nn.while (%a = %h) max_trips = -1 : tensor<i1> {
    nn.yield %a : tensor<i1>
  } do (%a) {
    nn.yield %a : tensor<i1>
  }
  return
}

// -----

func.func @while_c2(%h: tensor<i1>) {
  // expected-error @+2 {{expects to carry every value that its body yields}}
  // expected-note @+1 {{say how many there are at most: `max_trips = 10` or `max_trips = %n`}}
  %0, %1 = nn.while (%a = %h) : tensor<i1> {
    nn.yield %a : tensor<i1>
  } do (%a) {
    nn.yield %a, %a : tensor<i1>, tensor<i1>
  }
  return
}

// -----

func.func @while_c3(%h: tensor<2xf32>) {
  %0 = nn.while (%a = %h) : tensor<2xf32> {
    // expected-error @+1 {{expects 'tensor<i1>' as the condition, but got 'tensor<2xf32>'}}
    nn.yield %a : tensor<2xf32>
  } do (%a) {
    nn.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @while_c4(%h: tensor<i1>, %x: tensor<2xi1>) {
  // expected-note @+1 {{the first trip gets it with this type}}
  %0 = nn.while (%a = %h) : tensor<i1> {
    nn.yield %a : tensor<i1>
  } do (%a) {
    // expected-error @+1 {{expects 'tensor<i1>' as value 0, which nn.while carries, but got 'tensor<2xi1>'}}
    nn.yield %x : tensor<2xi1>
  }
  return
}

// -----

nn.state @s : tensor<2xf32> init(#nn.zeros)
func.func @while_c5(%h: tensor<i1>) {
  %0 = nn.while (%a = %h) : tensor<i1> {
    // expected-error @+1 {{not supported yet: nn.read in a body}}
    %s = nn.read @s : tensor<2xf32>
    nn.yield %a : tensor<i1>
  } do (%a) {
    nn.yield %a : tensor<i1>
  }
  return
}

// -----

func.func @names(%h: tensor<i1>) {
  %0 = nn.while (%a = %h) : tensor<i1> {
    nn.yield %a : tensor<i1>
  // expected-error @+1 {{expects as many names as values are carried, which are 1, but got 2}}
  } do (%a, %b) {
    nn.yield %a : tensor<i1>
  }
  return
}
