module @generation {
  nn.state @rows : tensor<1x256x64xf32> init(#nn.zeros) transient

  func.func @put(%new: tensor<1x?x64xf32> {nn.dims = ["", "time", ""]}, %position: tensor<i32>) attributes {nn.updates} {
    %old = nn.read @rows : tensor<1x256x64xf32>
    %all = nn.update_slice %old, %new [0, %position, 0] : tensor<1x256x64xf32>, tensor<1x?x64xf32>, tensor<i32>
    nn.write @rows, %all : tensor<1x256x64xf32>
    return
  }
}
