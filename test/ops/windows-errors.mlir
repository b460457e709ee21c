// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @windows_c1(%x: tensor<4x9xf32>) {
  // windows_c1
  // expected-error @+1 {{expects distinct, increasing dims in [0, 2), the dimensions of 'tensor<4x9xf32>', but got [1, 0]}}
  %0 = nn.windows %x dims = [1, 0] sizes = [3, 3] : tensor<4x9xf32>
  return
}

// -----

func.func @windows_c1_none(%x: tensor<4x9xf32>) {
  // windows_c1
  // expected-error @+1 {{expects one dimension at least}}
  %0 = nn.windows %x dims = [] sizes = [] : tensor<4x9xf32>
  return
}

// -----

func.func @windows_c2(%x: tensor<4x9xf32>) {
  // windows_c2
  // expected-error @+1 {{expects a size, stride and dilation from 1 to 2^30 for each of the 1 dims, but got sizes [3], strides [0] and dilations [1]}}
  %0 = nn.windows %x dims = [1] sizes = [3] strides = [0] : tensor<4x9xf32>
  return
}

// -----

func.func @windows_c3(%x: tensor<4x9xf32>) {
  // windows_c3
  // expected-note @+2 {{nn.pad makes room for it}}
  // expected-error @+1 {{expects a window that fits, but it is 10 elements long in dimension 1 of 'tensor<4x9xf32>'}}
  %0 = nn.windows %x dims = [1] sizes = [4] dilations = [3] : tensor<4x9xf32>
  return
}

// -----

func.func @twice(%x: tensor<4x9xf32>) {
  // expected-error @+1 {{expects dims once, but got it twice}}
  %0 = nn.windows %x dims = [1] dims = [1] sizes = [4] : tensor<4x9xf32>
  return
}

// -----

func.func @without(%x: tensor<4x9xf32>) {
  // expected-error @+1 {{expects dims and sizes, such as dims = [1] sizes = [3]}}
  %0 = nn.windows %x dims = [1] : tensor<4x9xf32>
  return
}
