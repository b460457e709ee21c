// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from layer_norm, PyTorch 1.13. The mean of numbers near 1e6 loses six of sixteen digits on both sides.
// CHECK-COUNT-2: = dense<true> : tensor<i1>
// CHECK-NOT: dense<false>

func.func private @close(%y: tensor<?xf64>, %expected: tensor<?xf64>) -> tensor<i1> {
  %n = nn.dim %y, 0 : tensor<?xf64>
  %tolerance = nn.constant dense<1.0e-9> : tensor<f64>
  %one = nn.constant dense<1.0> : tensor<f64>
  %tolerances = nn.broadcast %tolerance [%n] dims = [] : tensor<f64> -> tensor<?xf64>
  %ones = nn.broadcast %one [%n] dims = [] : tensor<f64> -> tensor<?xf64>
  %difference = nn.sub %y, %expected : tensor<?xf64>
  %distance = nn.abs %difference : tensor<?xf64>
  %magnitude = nn.abs %expected : tensor<?xf64>
  %scale = nn.max %magnitude, %ones : tensor<?xf64>
  %bound = nn.mul %tolerances, %scale : tensor<?xf64>
  %near = nn.compare le %distance, %bound : tensor<?xf64>
  %equal = nn.compare eq %y, %expected : tensor<?xf64>
  %nan = nn.compare ne %y, %y : tensor<?xf64>
  %expectedNan = nn.compare ne %expected, %expected : tensor<?xf64>
  %bothNan = nn.and %nan, %expectedNan : tensor<?xi1>
  %a = nn.or %near, %equal : tensor<?xi1>
  %ok = nn.or %a, %bothNan : tensor<?xi1>
  %all = nn.reduce and %ok dims = [0] : tensor<?xi1>
  return %all : tensor<i1>
}

func.func @layer_norm_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-1.027, -4.814, 6.58, 6.81], [-1.222, -1.098, 1.888, 3.492], [1.104, -4.889, 1.404, -4.267]], [[-0.208, -3.158, 5.464, 5.08], [3.772, 5.403, -1.595, 0.529], [7.387, 5.18, 1.826, -1.655]]]> : tensor<2x3x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[0.81, -0.064, -1.516, 0.397]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[-0.692, -0.703, 0.595, -0.384]> : tensor<4xf64>},
    %expected: tensor<2x3x4xf64> {nn.value = dense<[[[-1.164924965466944, -0.6170756587989994, -0.8303024657042282, 0.007542315115996606], [-1.4938177812098903, -0.6436001120311545, -0.2531482191906898, 0.15534721645987207], [0.0736537719002105, -0.632421216088211, -0.9934245237153998, -0.737421907149701]], [[-1.138460189688192, -0.6157571882532209, -0.9361977742317193, -0.024981213958748912], [-0.17427246492013648, -0.7821467867439598, 2.6066881600269176, -0.6019003012105536], [0.302015218820568, -0.740293401671848, 1.196394063483052, -0.9450367287662134]]]> : tensor<2x3x4xf64>}) -> tensor<i1> {
  %result = nn.layer_norm %x, %s, %b : tensor<2x3x4xf64>, tensor<4xf64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<2x3x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// A mean much larger than the deviation.
func.func @layer_norm_1(%x: tensor<?x4xf64> {nn.value = dense<[[999998.242, 1000000.547, 1000000.658, 1000001.366], [999998.988, 1000000.954, 999999.871, 1000000.313], [1000000.296, 999998.439, 1000000.471, 999997.862]]> : tensor<3x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[0.81, -0.064, -1.516, 0.397]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[-0.692, -0.703, 0.595, -0.384]> : tensor<4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[-2.0434050275693245, -0.7217150174206447, 0.008538557946189579, 0.008685088265467997], [-1.8729920679660794, -0.785492764379028, 0.9349724666794792, -0.22785128508035926], [0.040990523990443714, -0.6563976006298564, -1.0101796852333373, -0.8745291238910645]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.layer_norm %x, %s, %b epsilon = 1.0e-3 : tensor<?x4xf64>, tensor<4xf64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
