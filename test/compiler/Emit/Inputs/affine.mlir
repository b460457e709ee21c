// y = scale x + offset; the offset is a tensor of one element.
module @affine {
  nn.parameter @scale : tensor<3xf32> init(#nn.zeros)
  nn.parameter @offset : tensor<1xf32> init(#nn.zeros)
  func.func @apply(%x: tensor<3xf32>) -> tensor<3xf32> {
    %scale = nn.param @scale : tensor<3xf32>
    %offset = nn.param @offset : tensor<1xf32>
    %one = nn.reshape %offset : tensor<1xf32> -> tensor<f32>
    %all = nn.broadcast %one dims = [] : tensor<f32> -> tensor<3xf32>
    %0 = nn.mul %x, %scale : tensor<3xf32>
    %1 = nn.add %0, %all : tensor<3xf32>
    return %1 : tensor<3xf32>
  }
}
