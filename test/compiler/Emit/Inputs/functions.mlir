// One function of every kind that mlc writes out, their derivatives, and operations on bits.
module @functions {
  func.func @values(%x: tensor<?xf32> {nn.dims = ["n"]}, %i: tensor<?xi32> {nn.dims = ["n"]}) -> (tensor<?xf32>, tensor<?xi32>) {
    %tan = nn.tan %x : tensor<?xf32>
    %s0 = nn.add %tan, %tan : tensor<?xf32>
    %asin = nn.asin %x : tensor<?xf32>
    %s1 = nn.add %s0, %asin : tensor<?xf32>
    %acos = nn.acos %x : tensor<?xf32>
    %s2 = nn.add %s1, %acos : tensor<?xf32>
    %atan = nn.atan %x : tensor<?xf32>
    %s3 = nn.add %s2, %atan : tensor<?xf32>
    %sinh = nn.sinh %x : tensor<?xf32>
    %s4 = nn.add %s3, %sinh : tensor<?xf32>
    %cosh = nn.cosh %x : tensor<?xf32>
    %s5 = nn.add %s4, %cosh : tensor<?xf32>
    %asinh = nn.asinh %x : tensor<?xf32>
    %s6 = nn.add %s5, %asinh : tensor<?xf32>
    %acosh = nn.acosh %x : tensor<?xf32>
    %s7 = nn.add %s6, %acosh : tensor<?xf32>
    %atanh = nn.atanh %x : tensor<?xf32>
    %s8 = nn.add %s7, %atanh : tensor<?xf32>
    %erf_inv = nn.erf_inv %x : tensor<?xf32>
    %s9 = nn.add %s8, %erf_inv : tensor<?xf32>
    %lgamma = nn.lgamma %x : tensor<?xf32>
    %s10 = nn.add %s9, %lgamma : tensor<?xf32>
    %digamma = nn.digamma %x : tensor<?xf32>
    %s11 = nn.add %s10, %digamma : tensor<?xf32>
    %next = nn.nextafter %s11, %x : tensor<?xf32>
    %count = nn.popcount %i : tensor<?xi32>
    %zeros = nn.clz %count : tensor<?xi32>
    %others = nn.not %zeros : tensor<?xi32>
    %bits = nn.bitcast %x : tensor<?xf32> -> tensor<?xi32>
    %mixed = nn.xor %others, %bits : tensor<?xi32>
    return %next, %mixed : tensor<?xf32>, tensor<?xi32>
  }
}
