// Every narrow dtype through an entry, and dimensions without names.
module @types {
  func.func @h(%x: tensor<?xf16> {nn.dims = ["n"]}, %b: tensor<?xbf16> {nn.dims = ["n"]}, %i: tensor<?xi8> {nn.dims = ["n"]}, %c: tensor<?xi1> {nn.dims = ["n"]}, %d: tensor<?xf64> {nn.dims = ["n"]}) -> (tensor<?xf16>, tensor<?xbf16>, tensor<?xi8>, tensor<?xi1>, tensor<?xf64>) {
    %a = nn.add %x, %x : tensor<?xf16>
    %e = nn.add %b, %b : tensor<?xbf16>
    %f = nn.add %i, %i : tensor<?xi8>
    %g = nn.xor %c, %c : tensor<?xi1>
    %h = nn.add %d, %d : tensor<?xf64>
    return %a, %e, %f, %g, %h : tensor<?xf16>, tensor<?xbf16>, tensor<?xi8>, tensor<?xi1>, tensor<?xf64>
  }
  func.func @free(%x: tensor<?x?xf32>, %y: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>) {
    %a = nn.add %x, %x : tensor<?x?xf32>
    %b = nn.add %y, %y : tensor<?xf32>
    return %a, %b : tensor<?x?xf32>, tensor<?xf32>
  }
}
