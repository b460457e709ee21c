// 16-bit floats: widened, rounded and multiplied in pairs.
module @narrow {
  func.func @narrow(%x: tensor<?x40xbf16> {nn.dims = ["m", ""]}, %w: tensor<40x13xbf16>, %h: tensor<?xf16> {nn.dims = ["m"]}) -> (tensor<?x13xbf16>, tensor<?xf16>) {
    %y = nn.matmul %x, %w : tensor<?x40xbf16>, tensor<40x13xbf16>
    %g = nn.relu %h : tensor<?xf16>
    return %y, %g : tensor<?x13xbf16>, tensor<?xf16>
  }
}
