// One product that can be tuned, one of a single row that cannot.
module @tuned {
  func.func @product(%a: tensor<60x70xf32>, %b: tensor<70x80xf32>) -> tensor<60x80xf32> {
    %c = nn.contract %a, %b contracting = [1] x [0] : tensor<60x70xf32>, tensor<70x80xf32>
    return %c : tensor<60x80xf32>
  }
  func.func @row(%a: tensor<1x70xf32>, %b: tensor<70x80xf32>) -> tensor<1x80xf32> {
    %c = nn.contract %a, %b contracting = [1] x [0] : tensor<1x70xf32>, tensor<70x80xf32>
    return %c : tensor<1x80xf32>
  }
}
