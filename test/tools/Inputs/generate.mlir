module @writers {
  // The next byte, with all that generate gives: the draw is of one class.
  func.func @generate(%tokens: tensor<1x?xi32> {nn.dims = ["", "time"]}, %position: tensor<i32>, %previous: tensor<4xi32>, %temperature: tensor<f32>, %top_k: tensor<i64>,
                      %top_p: tensor<f64>, %repetition_penalty: tensor<f32>, %seed: tensor<i64>) -> (tensor<f32> {nn.name = "sum"}, tensor<1xi32> {nn.name = "token"}) {
    %newest = nn.reverse %tokens dims = [1] : tensor<1x?xi32>
    %last = nn.slice %newest [0, 0] [1, 1] [1, 1] : tensor<1x?xi32>
    %next = nn.add %last, 1 : tensor<1x1xi32>
    %flat = nn.reshape %next : tensor<1x1xi32> -> tensor<1xi32>
    %p = nn.cast %top_p : tensor<f64> -> tensor<f32>
    %k = nn.cast %top_k : tensor<i64> -> tensor<f32>
    %s = nn.cast %seed : tensor<i64> -> tensor<f32>
    %a = nn.add %temperature, %p : tensor<f32>
    %b = nn.add %repetition_penalty, %k : tensor<f32>
    %c = nn.add %a, %b : tensor<f32>
    %d = nn.add %c, %s : tensor<f32>
    return %d, %flat : tensor<f32>, tensor<1xi32>
  }
  // What it was given: position, options and the last two tokens, as the byte '0' + their sum.
  func.func @told(%tokens: tensor<?xi64> {nn.dims = ["time"]}, %position: tensor<i64>, %previous: tensor<2xi64>, %temperature: tensor<f32>, %top_k: tensor<i64>, %seed: tensor<i32>)
      -> tensor<i64> {
    %t = nn.cast %temperature : tensor<f32> -> tensor<i64>
    %s = nn.cast %seed : tensor<i32> -> tensor<i64>
    %p = nn.reduce sum %previous dims = [0] : tensor<2xi64>
    %text = nn.reduce sum %tokens dims = [0] : tensor<?xi64>
    %fresh = nn.sub %text, %p : tensor<i64>
    %bounded = nn.max %fresh, -2 : tensor<i64>
    %few = nn.min %bounded, 0 : tensor<i64>
    %a = nn.add %position, %t : tensor<i64>
    %b = nn.add %top_k, %s : tensor<i64>
    %c = nn.add %a, %b : tensor<i64>
    %d = nn.add %c, %few : tensor<i64>
    %e = nn.add %d, 50 : tensor<i64>
    return %e : tensor<i64>
  }
  // Characters of one to four bytes, then bytes that are none; one token a call.
  func.func @spell(%tokens: tensor<1x1xi32>, %position: tensor<i32>) -> tensor<1xi32> {
    %bytes = nn.constant dense<[97, 195, 169, 226, 130, 172, 240, 159, 152, 128, 255, 98, 226, 130, 46, 10, 240, 159]> : tensor<18xi32>
    %at = nn.reshape %position : tensor<i32> -> tensor<1xi32>
    %next = nn.gather %bytes, %at axis = 0 : tensor<18xi32>, tensor<1xi32>
    return %next : tensor<1xi32>
  }
  // All of the text, each time: how long it is.
  func.func @whole(%tokens: tensor<?xi32> {nn.dims = ["time"]}) -> tensor<i32> {
    %n = nn.dim %tokens, 0 : tensor<?xi32>
    %one = nn.constant 1 : tensor<i32>
    %ones = nn.broadcast %one [%n] dims = [] : tensor<i32> -> tensor<?xi32>
    %count = nn.reduce sum %ones dims = [0] : tensor<?xi32>
    %byte = nn.add %count, 48 : tensor<i32>
    return %byte : tensor<i32>
  }
  // Any number of texts, each where it is: how many tokens it has, plus its seed.
  func.func @several(%tokens: tensor<?x?xi32> {nn.dims = ["batch", "time"]}, %position: tensor<?xi32> {nn.dims = ["batch"]}, %lengths: tensor<?xi32> {nn.dims = ["batch"]},
                     %seed: tensor<?xi32> {nn.dims = ["batch"]}) -> (tensor<?xi32> {nn.name = "token"}) {
    %n = nn.add %position, %lengths : tensor<?xi32>
    %m = nn.add %n, %seed : tensor<?xi32>
    %byte = nn.add %m, 48 : tensor<?xi32>
    return %byte : tensor<?xi32>
  }
  // Two texts of one length: the next byte of each.
  func.func @pair(%tokens: tensor<2x?xi32> {nn.dims = ["", "time"]}, %position: tensor<i32>) -> tensor<2xi32> {
    %newest = nn.reverse %tokens dims = [1] : tensor<2x?xi32>
    %last = nn.slice %newest [0, 0] [2, 1] [1, 1] : tensor<2x?xi32>
    %next = nn.add %last, 1 : tensor<2x1xi32>
    %flat = nn.squeeze %next dim = 1 : tensor<2x1xi32>
    return %flat : tensor<2xi32>
  }
  func.func @uneven(%tokens: tensor<2x?xi32> {nn.dims = ["", "time"]}, %position: tensor<3xi32>) -> tensor<2xi32> {
    %0 = nn.constant 65 : tensor<2xi32>
    return %0 : tensor<2xi32>
  }
  func.func @one_of_two(%tokens: tensor<2x?xi32> {nn.dims = ["", "time"]}) -> tensor<i32> {
    %0 = nn.constant 65 : tensor<i32>
    return %0 : tensor<i32>
  }
  func.func @logits(%tokens: tensor<?xi32> {nn.dims = ["time"]}) -> tensor<4xf32> {
    %0 = nn.constant 0 : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  func.func @far(%tokens: tensor<?xi32> {nn.dims = ["time"]}) -> tensor<i32> {
    %0 = nn.constant 300 : tensor<i32>
    return %0 : tensor<i32>
  }
  func.func @other(%tokens: tensor<?xi32> {nn.dims = ["time"]}, %mood: tensor<f32>) -> tensor<i32> {
    %0 = nn.constant 65 : tensor<i32>
    return %0 : tensor<i32>
  }
  func.func @typed(%tokens: tensor<?xi32> {nn.dims = ["time"]}, %temperature: tensor<i32>) -> tensor<i32> {
    %0 = nn.constant 65 : tensor<i32>
    return %0 : tensor<i32>
  }
  func.func @short(%tokens: tensor<1xi32>) -> tensor<i32> {
    %0 = nn.constant 65 : tensor<i32>
    return %0 : tensor<i32>
  }
  func.func @none(%x: tensor<f32>) -> tensor<i32> {
    %0 = nn.constant 65 : tensor<i32>
    return %0 : tensor<i32>
  }
}
