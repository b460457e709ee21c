// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @custom_vjp_c1(%x: tensor<2xf32>, %w: tensor<3xf32>) {
  %0 = nn.custom_vjp (%a = %x, %b = %w) : tensor<2xf32>, tensor<3xf32> {
    nn.yield %a : tensor<2xf32>
  } backward (%dy) {
    // expected-error @+1 {{expects the cotangents of the float operands of nn.custom_vjp of types ('tensor<2xf32>', 'tensor<3xf32>'), but got ('tensor<2xf32>')}}
    nn.yield %dy : tensor<2xf32>
  }
  return
}

// -----

func.func @custom_vjp_c2(%x: tensor<2xf32>, %w: tensor<2xf32>) {
  // expected-note @+1 {{required by region isolation constraints}}
  %0 = nn.custom_vjp (%a = %x) : tensor<2xf32> {
    // expected-error @+1 {{using value defined outside the region}}
    %1 = nn.mul %a, %w : tensor<2xf32>
    nn.yield %1 : tensor<2xf32>
  } backward (%dy) {
    nn.yield %dy : tensor<2xf32>
  }
  return
}

// -----

nn.parameter @w : tensor<2xf32> init(#nn.zeros)
func.func @parameter(%x: tensor<2xf32>) {
  // expected-note @+1 {{read the parameter above, and give it to this op}}
  %0 = nn.custom_vjp (%a = %x) : tensor<2xf32> {
    // expected-error @+1 {{expects no nn.param in nn.custom_vjp, whose derivative is by its operands}}
    %w = nn.param @w : tensor<2xf32>
    %1 = nn.mul %a, %w : tensor<2xf32>
    nn.yield %1 : tensor<2xf32>
  } backward (%dy) {
    nn.yield %dy : tensor<2xf32>
  }
  return
}

// -----

func.func @cotangents(%x: tensor<2xf32>) {
  %0 = nn.custom_vjp (%a = %x) : tensor<2xf32> {
    nn.yield %a : tensor<2xf32>
  // expected-error @+1 {{expects a cotangent for each of the 1 results that are floats, but got 2}}
  } backward (%dy, %dz) {
    nn.yield %dy : tensor<2xf32>
  }
  return
}

// -----

func.func @saved(%x: tensor<2xf32>) {
  %0 = nn.custom_vjp (%a = %x) : tensor<2xf32> {
    nn.yield %a : tensor<2xf32>
  // expected-error @+1 {{expects a first body that yields the 2 values that are saved, but it yields 1}}
  } backward (%dy) saved (%r, %s) {
    nn.yield %dy : tensor<2xf32>
  }
  return
}

// -----

func.func @dropout(%x: tensor<2xf32>) {
  %0 = nn.custom_vjp (%a = %x) : tensor<2xf32> {
    // expected-error @+1 {{not supported yet: nn.dropout in nn.custom_vjp}}
    %1 = nn.dropout %a rate = 0.5 : tensor<2xf32>
    nn.yield %1 : tensor<2xf32>
  } backward (%dy) {
    nn.yield %dy : tensor<2xf32>
  }
  return
}
