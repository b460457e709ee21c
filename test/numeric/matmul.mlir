// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from matmul, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-14: = dense<true> : tensor<i1>
// CHECK-NOT: dense<false>

func.func private @close(%y: tensor<?xf64>, %expected: tensor<?xf64>) -> tensor<i1> {
  %n = nn.dim %y, 0 : tensor<?xf64>
  %tolerance = nn.constant dense<1.0e-12> : tensor<f64>
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

func.func @matmul_0(%a: tensor<4x5xf64> {nn.value = dense<[[0.572, 0.314, -1.184, 1.434, -0.001], [-0.097, 0.578, 0.897, 0.245, -0.642], [-0.348, 0.112, 0.878, -0.23, -0.703], [0.577, 0.136, 1.29, 1.216, 0.178]]> : tensor<4x5xf64>},
    %b: tensor<5x3xf64> {nn.value = dense<[[-0.225, -2.062, 0.51], [0.939, 1.22, 0.034], [1.307, -1.853, 0.116], [-0.909, 0.446, -0.34], [-0.885, 0.986, 1.119]]> : tensor<5x3xf64>},
    %expected: tensor<4x3xf64> {nn.value = dense<[[-2.683963, 2.036146, -0.323627], [2.0824110000000005, -1.2807090000000003, -0.727464], [2.162239, -1.5684559999999999, -0.7802809999999999], [0.42103499999999977, -2.6963799999999996, 0.23427599999999996]]> : tensor<4x3xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<4x5xf64>, tensor<5x3xf64>
  %flatResult = nn.reshape %result : tensor<4x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_1(%a: tensor<5xf64> {nn.value = dense<[0.514, 1.247, 1.173, -0.191, 0.449]> : tensor<5xf64>},
    %b: tensor<5x3xf64> {nn.value = dense<[[1.548, -1.242, -0.474], [1.726, -0.985, 0.457], [1.899, -0.364, 1.116], [0.016, 0.92, -2.878], [0.888, 0.257, -0.719]]> : tensor<5x3xf64>},
    %expected: tensor<3xf64> {nn.value = dense<[5.5711770000000005, -2.3539820000000002, 1.862178]> : tensor<3xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<5xf64>, tensor<5x3xf64>
  %flatResult = nn.reshape %result : tensor<3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_2(%a: tensor<4x5xf64> {nn.value = dense<[[0.416, 0.154, 0.536, -0.538, 1.038], [0.452, 2.144, -0.951, 2.104, 0.006], [1.196, 1.567, 1.779, -0.507, 0.031], [-1.259, -0.372, 1.308, 1.564, -0.945]]> : tensor<4x5xf64>},
    %b: tensor<5xf64> {nn.value = dense<[-0.393, 0.485, 0.613, -1.347, -0.549]> : tensor<5xf64>},
    %expected: tensor<4xf64> {nn.value = dense<[0.394594, -2.5581409999999996, 2.0464040000000003, -0.47173200000000026]> : tensor<4xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<4x5xf64>, tensor<5xf64>
  %flatResult = nn.reshape %result : tensor<4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_3(%a: tensor<5xf64> {nn.value = dense<[0.103, 0.203, -0.175, -0.335, 1.467]> : tensor<5xf64>},
    %b: tensor<5xf64> {nn.value = dense<[-0.774, -0.437, -0.922, 0.017, 1.955]> : tensor<5xf64>},
    %expected: tensor<f64> {nn.value = dense<2.8552070000000005> : tensor<f64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<5xf64>, tensor<5xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_4(%a: tensor<2x4x5xf64> {nn.value = dense<[[[-0.489, -0.473, 1.259, -0.843, -0.546], [-0.771, -0.08, -1.33, 0.272, -0.605], [0.531, -0.825, 0.709, 0.321, -1.006], [0.408, -1.844, -0.389, -0.137, -0.111]], [[-0.805, -0.352, -0.35, 0.679, 0.692], [-0.543, 0.809, -0.201, 0.31, 0.002], [1.487, -0.258, 1.064, -0.041, 1.134], [-0.729, -0.701, 0.465, 0.101, 0.338]]]> : tensor<2x4x5xf64>},
    %b: tensor<5x3xf64> {nn.value = dense<[[1.657, 0.737, 1.388], [-0.493, -0.051, 0.414], [-0.474, -1.495, 0.652], [-0.684, 1.56, -0.64], [0.815, 0.242, 0.129]]> : tensor<5x3xf64>},
    %expected: tensor<2x4x3xf64> {nn.value = dense<[[[-1.0422279999999997, -3.6656869999999997, 0.4154000000000001], [-1.28681, 1.7021130000000004, -2.222553], [-0.0889279999999999, -0.369225, 0.522532], [1.772777, 0.735713, -0.3773790000000001]], [[-0.8949050000000005, 1.1746210000000001, -1.8365600000000002], [-1.413724, 0.343129, -0.7479520000000001], [3.039071, -0.27113500000000007, 2.823398], [-0.8763839999999999, -0.9573410000000002, -1.019924]]]> : tensor<2x4x3xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<2x4x5xf64>, tensor<5x3xf64>
  %flatResult = nn.reshape %result : tensor<2x4x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_5(%a: tensor<4x5xf64> {nn.value = dense<[[-0.369, -2.007, 1.029, -1.718, 0.577], [0.119, 0.475, -2.404, -1.885, 0.894], [0.278, 0.123, 0.354, -0.028, -1.377], [1.182, 0.153, 1.41, 0.891, -0.987]]> : tensor<4x5xf64>},
    %b: tensor<2x5x3xf64> {nn.value = dense<[[[-0.191, 0.941, 0.758], [0.888, -1.083, -0.72], [1.397, -0.403, 1.992], [-0.92, 0.99, -0.381], [-0.852, -0.155, -0.009]], [[0.8, 0.388, -1.293], [0.251, -0.304, -0.786], [0.438, -0.182, 0.359], [0.486, -0.828, -0.317], [-1.375, 1.196, 1.634]]]> : tensor<2x5x3xf64>},
    %expected: tensor<2x4x3xf64> {nn.value = dense<[[[0.8147319999999998, -0.37859000000000004, 3.8644710000000004], [-1.9868049999999995, -1.438354, -4.330427], [1.749628, 0.17144199999999998, 0.850393], [1.901076, 1.4134079999999998, 3.2639279999999995]], [[-1.976578, 2.392274, 3.911454], [-2.9838869999999997, 2.9693039999999997, 0.668088], [2.2880920000000002, -1.617664, -2.570188], [3.391734, -1.7627159999999997, -3.0375989999999997]]]> : tensor<2x4x3xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<4x5xf64>, tensor<2x5x3xf64>
  %flatResult = nn.reshape %result : tensor<2x4x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_6(%a: tensor<2x1x4x5xf64> {nn.value = dense<[[[[0.152, -1.138, -0.508, 0.402, -0.174], [-0.231, -0.663, -2.347, -0.219, -0.194], [-0.945, -0.59, -0.862, -1.013, 0.357], [1.024, -1.556, -1.141, 0.97, -0.123]]], [[[0.374, 0.07, 0.017, 0.594, 1.389], [2.064, 1.03, -0.397, -0.064, 0.0], [0.721, -0.43, -0.703, -0.134, 0.457], [-0.092, 0.371, 0.667, 0.199, 0.545]]]]> : tensor<2x1x4x5xf64>},
    %b: tensor<3x5x3xf64> {nn.value = dense<[[[-0.887, -0.207, 0.975], [-2.147, 0.405, -0.962], [-0.172, -0.772, -1.327], [-1.82, -1.069, -0.92], [0.913, -0.166, -0.044]], [[1.613, 0.126, -0.866], [0.137, -0.838, 0.984], [0.531, 0.675, -0.747], [1.644, 0.458, -0.037], [0.371, 0.863, -0.879]], [[0.618, 1.116, 0.947], [-0.154, 0.624, -0.378], [0.767, 1.237, -1.15], [0.8, -0.74, 1.96], [-1.327, -0.33, 0.711]]]> : tensor<3x5x3xf64>},
    %expected: tensor<2x3x4x3xf64> {nn.value = dense<[[[[1.5053359999999993, -0.5010319999999999, 1.5548879999999998], [2.2535, 1.8575009999999998, 3.7370659999999996], [4.42281, 1.6457639999999998, 1.706331], [0.7509969999999991, -0.9778079999999999, 3.1223910000000004]], [[0.415856, 0.6638499999999998, -0.733876], [-2.141701, -1.325461, 1.479492], [-3.5957619999999997, -0.362363, 0.605402], [2.381716, 1.000888, -1.493334]], [[0.43204999999999993, -1.408936, 1.822514], [-1.7585669999999998, -3.3486670000000003, 2.1637329999999997], [-2.438443, -1.8572640000000005, -1.4122479999999997], [0.9365300000000001, -1.9167870000000002, 4.683793]]], [[[-0.2978750000000001, -0.9277519999999999, -0.332845], [-3.857414, 0.36480200000000007, 1.607239], [1.06572, 0.28670300000000004, 2.1526879999999995], [-0.694252, -0.6488260000000001, -1.538771]], [[2.1137339999999996, 1.470698, -1.510612], [3.154319, -0.900363, -0.47497700000000015], [0.6800210000000001, 0.30967999999999996, -0.9191100000000001], [0.7859590000000001, 0.689212, -0.539931]], [[-1.134612, -0.4158369999999999, 2.459987], [0.7612329999999999, 2.502415, 1.8963779999999997], [-0.741042, -0.384945, 1.7160639999999998], [-0.166416, 0.6268009999999999, -0.2168770000000001]]]]> : tensor<2x3x4x3xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<2x1x4x5xf64>, tensor<3x5x3xf64>
  %flatResult = nn.reshape %result : tensor<2x3x4x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_7(%a: tensor<3x4x5xf64> {nn.value = dense<[[[1.669, -1.444, 0.064, -0.244, 1.369], [0.462, 1.292, 0.424, 0.278, 1.007], [0.056, -0.221, 0.64, 2.296, 0.642], [0.859, 0.263, 0.328, 0.419, -0.957]], [[0.253, 0.143, 1.507, -0.624, -3.179], [-0.218, 0.589, -0.256, 1.261, -1.574], [-0.239, 1.573, -0.723, -0.439, -0.605], [-0.592, 0.917, -0.371, 0.283, -0.351]], [[-1.55, -0.588, 0.714, -0.329, 1.319], [-0.329, 0.833, 1.417, 0.716, 0.69], [0.55, 1.804, -0.069, -0.037, 0.459], [-0.607, 0.529, -1.703, 0.121, 0.297]]]> : tensor<3x4x5xf64>},
    %b: tensor<2x3x5x2xf64> {nn.value = dense<[[[[1.781, -0.378], [1.041, -1.328], [-0.346, 0.282], [-1.55, 0.234], [0.733, 0.698]], [[-0.412, 0.053], [0.328, 1.919], [0.312, 1.051], [-0.586, -0.55], [1.038, 1.221]], [[-0.96, -0.055], [0.407, 1.203], [-1.067, 0.496], [1.647, -0.309], [-1.473, 1.151]]], [[[1.019, 0.98], [-1.394, -0.247], [-0.139, -0.97], [0.175, -0.09], [0.789, 1.665]], [[-0.069, 0.342], [2.423, 1.622], [-0.435, 1.814], [-0.891, -0.561], [0.547, -1.317]], [[0.545, -1.438], [-2.852, 0.071], [-0.674, -0.059], [0.106, 1.11], [-1.168, 0.154]]]]> : tensor<2x3x5x2xf64>},
    %expected: tensor<2x3x4x2xf64> {nn.value = dense<[[[[2.828818, 2.203264], [2.3283209999999994, -1.0029060000000003], [-3.4399789999999997, 1.43818], [0.3392430000000001, -1.15141]], [[-2.521286, -1.6666760000000003], [-2.169622, -1.7657230000000004], [0.018099999999999894, 1.7487920000000003], [-0.1012479999999999, 0.754205]], [[-1.9979040000000001, 1.3518599999999998], [-0.694186, 2.295972], [-0.457195, 2.64548], [2.37693, 0.12954200000000005]]], [[[4.742192, 4.231553], [-0.5460330000000001, 1.3739909999999997], [1.184516, 0.3509570000000002], [-0.21864100000000009, -1.1724160000000001]], [[-1.509442, 7.588977], [-0.43098000000000025, 1.781955], [4.202589, 2.2012099999999997], [1.9799740000000006, 0.9154200000000001]], [[-1.2244760000000001, 1.9829619999999994], [-4.2401029999999995, 1.3496620000000001], [-5.338786, -0.629129], [-1.0257709999999998, 1.19095]]]]> : tensor<2x3x4x2xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<3x4x5xf64>, tensor<2x3x5x2xf64>
  %flatResult = nn.reshape %result : tensor<2x3x4x2xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x4x2xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_8(%a: tensor<2x1x2x5xf64> {nn.value = dense<[[[[1.514, 0.046, -1.177, 0.942, 0.428], [0.139, 0.087, -0.816, -0.862, -0.333]]], [[[1.945, 0.576, -1.02, 0.336, -0.109], [0.032, 0.465, 0.025, 0.857, -0.413]]]]> : tensor<2x1x2x5xf64>},
    %b: tensor<1x3x5x2xf64> {nn.value = dense<[[[[0.094, -1.377], [-1.997, 0.027], [-0.725, -0.247], [1.719, 1.024], [0.342, 0.997]], [[1.258, -1.356], [1.031, 0.834], [0.33, 0.114], [1.322, 1.284], [1.561, 0.46]], [[2.03, -0.6], [-0.676, 1.285], [0.661, 1.738], [1.624, -0.136], [-1.811, 1.206]]]]> : tensor<1x3x5x2xf64>},
    %expected: tensor<2x3x2x2xf64> {nn.value = dense<[[[[2.669453, -0.4014930000000001], [-1.1647370000000001, -1.202191]], [[3.47706, -0.7423900000000003], [-1.664098, -1.468938]], [[3.019027, -2.50686], [-1.1128429999999998, -1.674179]]], [[[0.3123640000000001, -2.1753820000000004], [0.3882150000000001, 0.4281230000000001]], [[2.9781090000000003, -1.8920320000000004], [1.016182, 1.2576759999999998]], [[3.6278169999999994, -2.3767500000000004], [1.9068559999999999, 0.0071450000000000125]]]]> : tensor<2x3x2x2xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<2x1x2x5xf64>, tensor<1x3x5x2xf64>
  %flatResult = nn.reshape %result : tensor<2x3x2x2xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x2x2xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_9(%a: tensor<2x3x5xf64> {nn.value = dense<[[[-0.15, 0.101, -1.01, 0.464, 0.243], [1.407, 1.102, -0.325, 0.041, 0.774], [0.808, -0.831, -1.486, 0.07, -0.833]], [[-1.498, 0.223, 1.49, 0.43, 1.223], [-0.659, -0.263, 0.633, -1.006, 0.121], [1.016, -1.032, -0.939, -0.817, -0.868]]]> : tensor<2x3x5xf64>},
    %b: tensor<2x5x2xf64> {nn.value = dense<[[[-0.753, 0.803], [-0.858, 1.406], [1.261, -1.179], [1.131, 1.061], [0.168, 0.64]], [[0.934, 0.246], [-1.78, -1.369], [0.139, -0.261], [0.963, 0.33], [-0.02, -0.385]]]> : tensor<2x5x2xf64>},
    %expected: tensor<2x3x2xf64> {nn.value = dense<[[[-0.6817099999999999, 1.86017], [-2.238409, 3.6012690000000003], [-1.830046, 0.7735820000000002]], [[-1.199332, -1.3916400000000002], [-1.030577, -0.34584499999999996], [1.8859720000000006, 1.9723929999999998]]]> : tensor<2x3x2xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<2x3x5xf64>, tensor<2x5x2xf64>
  %flatResult = nn.reshape %result : tensor<2x3x2xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x2xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_10(%a: tensor<1x4x5xf64> {nn.value = dense<[[[0.232, -0.939, -0.125, 0.688, 0.573], [-2.05, -1.124, -0.94, 0.499, -1.086], [-0.511, -1.243, -1.621, 1.37, 1.528], [-0.08, 0.184, -1.625, 0.485, 0.436]]]> : tensor<1x4x5xf64>},
    %b: tensor<1x5x3xf64> {nn.value = dense<[[[-0.638, 1.128, -0.963], [0.817, -1.748, -1.457], [-0.726, -1.751, 1.147], [0.316, 0.566, 0.239], [-0.681, 0.999, -0.359]]]> : tensor<1x5x3xf64>},
    %expected: tensor<1x4x3xf64> {nn.value = dense<[[[-0.997234, 3.0837779999999997, 0.9600569999999998], [1.9692819999999998, 0.49581200000000014, 3.0427730000000004], [-0.12031499999999995, 6.736619000000001, 0.2227349999999999], [1.2374619999999998, 3.1435769999999996, -2.095532]]]> : tensor<1x4x3xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<1x4x5xf64>, tensor<1x5x3xf64>
  %flatResult = nn.reshape %result : tensor<1x4x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<1x4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @matmul_11(%a: tensor<3x2x5xf64> {nn.value = dense<[[[-1.662, -0.577, 1.056, 1.016, -1.291], [0.778, -1.504, -0.183, 1.093, 0.565]], [[-0.633, 1.375, 2.392, -0.338, 1.634], [-1.224, -0.625, 0.483, 0.105, 1.083]], [[0.064, 0.355, -0.255, 0.159, -0.103], [0.016, 0.982, -0.756, 0.37, -0.228]]]> : tensor<3x2x5xf64>},
    %b: tensor<5xf64> {nn.value = dense<[0.364, -0.003, -0.955, -0.709, -0.055]> : tensor<5xf64>},
    %expected: tensor<3x2xf64> {nn.value = dense<[[-2.261056, -0.343543], [-2.369125, -1.0389359999999999], [0.15869, 0.475068]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<3x2x5xf64>, tensor<5xf64>
  %flatResult = nn.reshape %result : tensor<3x2xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x2xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Free rows.
func.func @matmul_12(%a: tensor<?x5xf64> {nn.value = dense<[[-0.987, -0.913, 0.611, -0.243, 2.234], [-0.411, 0.285, 0.495, 0.989, -0.831], [0.627, -0.526, 1.285, 0.385, 0.794], [0.188, 0.977, 1.591, 1.64, 1.058]]> : tensor<4x5xf64>},
    %b: tensor<5x3xf64> {nn.value = dense<[[-0.601, -0.62, 2.343], [1.481, -0.379, -1.132], [-0.558, 0.61, 1.009], [-0.33, -0.188, 1.028], [0.926, -0.684, -0.759]]> : tensor<5x3xf64>},
    %expected: tensor<4x3xf64> {nn.value = dense<[[1.04897, -0.1516949999999999, -2.607936], [-0.7029900000000001, 0.831227, 0.8612829999999999], [-1.264669, -0.02101200000000003, 3.154191999999999], [0.8846790000000001, -0.5483250000000001, 1.8227369999999996]]> : tensor<4x3xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<?x5xf64>, tensor<5x3xf64>
  %flatResult = nn.reshape %result : tensor<?x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// A free batch dimension against one of size 1.
func.func @matmul_13(%a: tensor<?x4x5xf64> {nn.value = dense<[[[2.724, 1.764, -0.249, 0.756, -0.382], [0.19, -1.183, 0.277, -0.921, -0.868], [-1.439, -0.697, 1.248, -0.737, 0.268], [-0.942, 0.449, 1.94, 0.837, 0.644]], [[-0.786, -0.959, -0.137, 1.256, -0.887], [-0.584, -0.485, 0.536, 0.006, -0.416], [-0.105, 0.442, -1.364, -2.888, -1.015], [0.092, -0.327, 1.293, 0.28, 0.712]]]> : tensor<2x4x5xf64>},
    %b: tensor<1x5x3xf64> {nn.value = dense<[[[-0.023, -1.345, -0.578], [-0.409, 0.112, -2.208], [1.249, 1.618, -0.586], [1.057, 0.151, 0.204], [-0.355, -0.641, -0.51]]]> : tensor<1x5x3xf64>},
    %expected: tensor<2x4x3xf64> {nn.value = dense<[[[-0.1604270000000001, -3.510076, -4.974425999999999], [0.16009300000000004, 0.4774570000000001, 2.5947180000000003], [1.0027730000000001, 3.5935800000000007, 1.3523620000000003], [2.917174, 4.169781, -1.741448]], [[1.8816729999999997, 1.486319, 3.3606560000000005], [1.035283, 1.8659700000000001, 1.3077199999999998], [-4.57429, -1.801696, -0.18744400000000006], [1.789784, 1.5175980000000004, -0.39485799999999976]]]> : tensor<2x4x3xf64>}) -> tensor<i1> {
  %result = nn.matmul %a, %b : tensor<?x4x5xf64>, tensor<1x5x3xf64>
  %flatResult = nn.reshape %result : tensor<?x4x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
