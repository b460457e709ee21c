// 16-bit floats: widened, rounded and multiplied in pairs.
module @narrow {
  func.func @narrow(%x: tensor<?x40xbf16> {nn.dims = ["m", ""]}, %w: tensor<40x13xbf16>, %h: tensor<?xf16> {nn.dims = ["m"]}) -> (tensor<?x13xbf16>, tensor<?xf16>) {
    %y = nn.matmul %x, %w : tensor<?x40xbf16>, tensor<40x13xbf16>
    %g = nn.relu %h : tensor<?xf16>
    return %y, %g : tensor<?x13xbf16>, tensor<?xf16>
  }

  // Attention on rounded heads and probabilities: words of rows, of keys and of cells.
  func.func @heads(%q: tensor<2x40x33xf32>, %k: tensor<2x37x33xf32>, %v: tensor<2x37x24xf32>) -> tensor<2x40x24xf32> {
    %qn = nn.cast %q : tensor<2x40x33xf32> -> tensor<2x40x33xbf16>
    %kn = nn.cast %k : tensor<2x37x33xf32> -> tensor<2x37x33xbf16>
    %vn = nn.cast %v : tensor<2x37x24xf32> -> tensor<2x37x24xbf16>
    %qw = nn.cast %qn : tensor<2x40x33xbf16> -> tensor<2x40x33xf32>
    %kw = nn.cast %kn : tensor<2x37x33xbf16> -> tensor<2x37x33xf32>
    %vw = nn.cast %vn : tensor<2x37x24xbf16> -> tensor<2x37x24xf32>
    %s = nn.contract %qw, %kw batch = [0] x [0] contracting = [2] x [2] : tensor<2x40x33xf32>, tensor<2x37x33xf32>
    %p = nn.softmax %s dim = 2 : tensor<2x40x37xf32>
    %pn = nn.cast %p : tensor<2x40x37xf32> -> tensor<2x40x37xbf16>
    %pw = nn.cast %pn : tensor<2x40x37xbf16> -> tensor<2x40x37xf32>
    %y = nn.contract %pw, %vw batch = [0] x [0] contracting = [2] x [1] : tensor<2x40x37xf32>, tensor<2x37x24xf32>
    return %y : tensor<2x40x24xf32>
  }
}
