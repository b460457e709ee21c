// Products of square matrices, in the three forms that a dense layer and its gradients need.
module @gemm {
  func.func @nn512(%a: tensor<512x512xf32>, %b: tensor<512x512xf32>) -> tensor<512x512xf32> {
    %c = nn.contract %a, %b contracting = [1] x [0] : tensor<512x512xf32>
    return %c : tensor<512x512xf32>
  }
  func.func @nt512(%a: tensor<512x512xf32>, %b: tensor<512x512xf32>) -> tensor<512x512xf32> {
    %c = nn.contract %a, %b contracting = [1] x [1] : tensor<512x512xf32>
    return %c : tensor<512x512xf32>
  }
  func.func @tn512(%a: tensor<512x512xf32>, %b: tensor<512x512xf32>) -> tensor<512x512xf32> {
    %c = nn.contract %a, %b contracting = [0] x [0] : tensor<512x512xf32>
    return %c : tensor<512x512xf32>
  }
  func.func @nn256x768x768(%a: tensor<256x768xf32>, %b: tensor<768x768xf32>) -> tensor<256x768xf32> {
    %c = nn.contract %a, %b contracting = [1] x [0] : tensor<256x768xf32>, tensor<768x768xf32>
    return %c : tensor<256x768xf32>
  }
}
