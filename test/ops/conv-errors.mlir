// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @conv_c1(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_c1
  // expected-note @+2 {{n is the batch, c the channels, any other letter a spatial dimension}}
  // expected-error @+1 {{expects a layout such as "nchw", with n, c, a spatial dimension and no letter twice, but got "nhhc"}}
  %0 = nn.conv %x, %w layout = nhhc : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_c1_kernel(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_c1
  // expected-note @+2 {{o is the output channels, i the input channels}}
  // expected-error @+1 {{expects a kernel_layout of o, i and the spatial letters of the layout "nchw", but got "oixy"}}
  %0 = nn.conv %x, %w kernel_layout = oixy : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_c2(%x: tensor<3x8xf32>, %w: tensor<4x3x3xf32>) {
  // conv_c2
  // expected-note @+2 {{layout = "hw" says what the dimensions are}}
  // expected-error @+1 {{expects x of rank 3 to 5, by the layout "ncw", "nchw" or "ncdhw", but got 'tensor<3x8xf32>'}}
  %0 = nn.conv %x, %w : tensor<3x8xf32>, tensor<4x3x3xf32>
  return
}

// -----

func.func @conv_c3(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3xf32>) {
  // conv_c3
  // expected-error @+1 {{expects a kernel of 4 dimensions, by the kernel_layout "oihw", but got 'tensor<4x3x3xf32>'}}
  %0 = nn.conv %x, %w : tensor<1x3x8x8xf32>, tensor<4x3x3xf32>
  return
}

// -----

func.func @conv_c4(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf64>) {
  // conv_c4
  // expected-note @+2 {{convert one with nn.cast}}
  // expected-error @+1 {{expects operands of one dtype, but got 'tensor<1x3x8x8xf32>' and 'tensor<4x3x3x3xf64>'}}
  %0 = nn.conv %x, %w : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf64>
  return
}

// -----

func.func @conv_c5(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x?x3xf32>) {
  // conv_c5
  // expected-error @+1 {{expects a kernel of static spatial sizes that are not 0, but got 'tensor<4x3x?x3xf32>'}}
  %0 = nn.conv %x, %w : tensor<1x3x8x8xf32>, tensor<4x3x?x3xf32>
  return
}

// -----

func.func @conv_c6(%x: tensor<1x6x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_c6
  // expected-note @+2 {{the kernel has the input channels of one group}}
  // expected-error @+1 {{expects channels in 3 groups of equal size, but got 'tensor<1x6x8x8xf32>' and 'tensor<4x3x3x3xf32>'}}
  %0 = nn.conv %x, %w groups = 3 : tensor<1x6x8x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_c7(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_c7
  // expected-error @+1 {{expects strides for the 2 spatial dimensions of the layout "nchw", but got 3}}
  %0 = nn.conv %x, %w strides = [1, 2, 1] : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_c7_zero(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_c7
  // expected-error @+1 {{expects dilation of at least 1 and at most 2^30, but got 0}}
  %0 = nn.conv %x, %w dilation = 0 : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_c8(%x: tensor<1x3x4x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_c8
  // expected-note @+2 {{padding makes room for it}}
  // expected-error @+1 {{expects a window that fits, but it is 5 elements long in dimension 'h', where there are 4 of 'tensor<1x3x4x8xf32>' with padding 0 and 0}}
  %0 = nn.conv %x, %w dilation = 2 : tensor<1x3x4x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_c9(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<3xf32>) {
  // conv_c9
  // expected-error @+1 {{expects a bias of 'tensor<4xf32>', but got 'tensor<3xf32>'}}
  %0 = nn.conv %x, %w, %b : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @conv_c10(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_c10
  // expected-error @+1 {{expects padding or same, but got both}}
  %0 = nn.conv %x, %w padding = 1 same : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_c10_free(%x: tensor<1x3x?x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_c10
  // expected-note @+2 {{padding = [...] says it in numbers}}
  // expected-error @+1 {{expects static spatial sizes for `same` where strides are not 1, but got 'tensor<1x3x?x8xf32>'}}
  %0 = nn.conv %x, %w same strides = 2 : tensor<1x3x?x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_transpose_c1(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_transpose_c1
  // expected-note @+2 {{the kernel has the input channels of all groups}}
  // expected-error @+1 {{expects channels in 1 groups of equal size, but got 'tensor<1x3x8x8xf32>' and 'tensor<4x3x3x3xf32>'}}
  %0 = nn.conv_transpose %x, %w : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @conv_transpose_c2(%x: tensor<1x4x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // conv_transpose_c2
  // expected-error @+1 {{expects output_padding of at least 0 and less than the stride or the dilation, 2, but got 2}}
  %0 = nn.conv_transpose %x, %w strides = 2 output_padding = 2 : tensor<1x4x8x8xf32>, tensor<4x3x3x3xf32>
  return
}

// -----

func.func @clause(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-note @+2 {{did you mean 'strides'?}}
  // expected-error @+1 {{expects no clause but strides, padding, same, dilation, input_dilation, groups, layout or kernel_layout here, but got 'stride'}}
  %0 = nn.conv %x, %w stride = 2 : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>
  return
}
