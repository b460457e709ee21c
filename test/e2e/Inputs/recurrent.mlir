module @recurrent {
  func.func private @lstm(%x: tensor<?x?x24xf32>, %w: tensor<24x160xf32>, %u: tensor<40x160xf32>, %b: tensor<160xf32>, %k: tensor<160xf32>, %h0: tensor<?x40xf32>, %c0: tensor<?x40xf32>, %n: tensor<?xi32>) -> (tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x40xf32>) {
    %y, %h, %c = nn.lstm %x, %w, %u bias = %b hidden_bias = %k initial = %h0, %c0 lengths = %n
      : tensor<?x?x24xf32>, tensor<24x160xf32>, tensor<40x160xf32>, tensor<160xf32>, tensor<160xf32>, tensor<?x40xf32>, tensor<?x40xf32>, tensor<?xi32>
    return %y, %h, %c : tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x40xf32>
  }
  func.func @lstm_gradient(%x: tensor<?x?x24xf32> {nn.dims = ["steps", "batch", ""]}, %w: tensor<24x160xf32>, %u: tensor<40x160xf32>, %b: tensor<160xf32>, %k: tensor<160xf32>, %h0: tensor<?x40xf32> {nn.dims = ["batch", ""]}, %c0: tensor<?x40xf32> {nn.dims = ["batch", ""]}, %n: tensor<?xi32> {nn.dims = ["batch"]}, %dy: tensor<?x?x40xf32> {nn.dims = ["steps", "batch", ""]}, %dh: tensor<?x40xf32> {nn.dims = ["batch", ""]}, %dc: tensor<?x40xf32> {nn.dims = ["batch", ""]})
      -> (tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x40xf32>, tensor<?x?x24xf32>, tensor<24x160xf32>, tensor<40x160xf32>, tensor<160xf32>, tensor<160xf32>, tensor<?x40xf32>, tensor<?x40xf32>) {
    %y, %h, %c, %g_x, %g_w, %g_u, %g_b, %g_k, %g_h0, %g_c0 = nn.vjp @lstm(%x, %w, %u, %b, %k, %h0, %c0, %n) cotangents(%dy, %dh, %dc) wrt(0, 1, 2, 3, 4, 5, 6)
      : (tensor<?x?x24xf32>, tensor<24x160xf32>, tensor<40x160xf32>, tensor<160xf32>, tensor<160xf32>, tensor<?x40xf32>, tensor<?x40xf32>, tensor<?xi32>), (tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x40xf32>)
      -> (tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x40xf32>, tensor<?x?x24xf32>, tensor<24x160xf32>, tensor<40x160xf32>, tensor<160xf32>, tensor<160xf32>, tensor<?x40xf32>, tensor<?x40xf32>)
    return %y, %h, %c, %g_x, %g_w, %g_u, %g_b, %g_k, %g_h0, %g_c0
      : tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x40xf32>, tensor<?x?x24xf32>, tensor<24x160xf32>, tensor<40x160xf32>, tensor<160xf32>, tensor<160xf32>, tensor<?x40xf32>, tensor<?x40xf32>
  }

  func.func private @gru(%x: tensor<?x?x24xf32>, %w: tensor<24x120xf32>, %u: tensor<40x120xf32>, %b: tensor<120xf32>, %k: tensor<120xf32>, %h0: tensor<?x40xf32>, %n: tensor<?xi32>) -> (tensor<?x?x40xf32>, tensor<?x40xf32>) {
    %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %k initial = %h0 lengths = %n reverse
      : tensor<?x?x24xf32>, tensor<24x120xf32>, tensor<40x120xf32>, tensor<120xf32>, tensor<120xf32>, tensor<?x40xf32>, tensor<?xi32>
    return %y, %h : tensor<?x?x40xf32>, tensor<?x40xf32>
  }
  func.func @gru_gradient(%x: tensor<?x?x24xf32> {nn.dims = ["steps", "batch", ""]}, %w: tensor<24x120xf32>, %u: tensor<40x120xf32>, %b: tensor<120xf32>, %k: tensor<120xf32>, %h0: tensor<?x40xf32> {nn.dims = ["batch", ""]}, %n: tensor<?xi32> {nn.dims = ["batch"]}, %dy: tensor<?x?x40xf32> {nn.dims = ["steps", "batch", ""]}, %dh: tensor<?x40xf32> {nn.dims = ["batch", ""]})
      -> (tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x?x24xf32>, tensor<24x120xf32>, tensor<40x120xf32>, tensor<120xf32>, tensor<120xf32>, tensor<?x40xf32>) {
    %y, %h, %g_x, %g_w, %g_u, %g_b, %g_k, %g_h0 = nn.vjp @gru(%x, %w, %u, %b, %k, %h0, %n) cotangents(%dy, %dh) wrt(0, 1, 2, 3, 4, 5)
      : (tensor<?x?x24xf32>, tensor<24x120xf32>, tensor<40x120xf32>, tensor<120xf32>, tensor<120xf32>, tensor<?x40xf32>, tensor<?xi32>), (tensor<?x?x40xf32>, tensor<?x40xf32>)
      -> (tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x?x24xf32>, tensor<24x120xf32>, tensor<40x120xf32>, tensor<120xf32>, tensor<120xf32>, tensor<?x40xf32>)
    return %y, %h, %g_x, %g_w, %g_u, %g_b, %g_k, %g_h0
      : tensor<?x?x40xf32>, tensor<?x40xf32>, tensor<?x?x24xf32>, tensor<24x120xf32>, tensor<40x120xf32>, tensor<120xf32>, tensor<120xf32>, tensor<?x40xf32>
  }
}
