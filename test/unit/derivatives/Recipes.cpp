// How to use the ops that need more than operands: shapes, attributes, the domain of the operands.
#include "test/unit/derivatives/DerivativeCheck.h"

namespace mlc::test {
namespace {

Argument any(const std::string &type, std::vector<int64_t> shape = {}) { return {type, shape}; }
Argument positive(const std::string &type) { return {type, {}, 0.3, 1.5, true}; }
Argument inside(const std::string &type, double low, double high, std::vector<int64_t> shape = {}) {
  return {type, shape, low, high, true};
}

const std::vector<Case> kElementwise = {
    {"nn.log", "%y = nn.log %a : tensor<6xf64>", {positive("tensor<6xf64>")}},
    {"nn.log1p", "%y = nn.log1p %a : tensor<6xf64>", {inside("tensor<6xf64>", -0.7, 2.0)}},
    {"nn.sqrt", "%y = nn.sqrt %a : tensor<6xf64>", {positive("tensor<6xf64>")}},
    {"nn.rsqrt", "%y = nn.rsqrt %a : tensor<6xf64>", {positive("tensor<6xf64>")}},
    {"nn.tan", "%y = nn.tan %a : tensor<6xf64>", {inside("tensor<6xf64>", -1.2, 1.2)}},
    {"nn.asin", "%y = nn.asin %a : tensor<6xf64>", {inside("tensor<6xf64>", -0.9, 0.9)}},
    {"nn.acos", "%y = nn.acos %a : tensor<6xf64>", {inside("tensor<6xf64>", -0.9, 0.9)}},
    {"nn.acosh", "%y = nn.acosh %a : tensor<6xf64>", {inside("tensor<6xf64>", 1.2, 3.0)}},
    {"nn.atanh", "%y = nn.atanh %a : tensor<6xf64>", {inside("tensor<6xf64>", -0.9, 0.9)}},
    {"nn.erf_inv", "%y = nn.erf_inv %a : tensor<6xf64>", {inside("tensor<6xf64>", -0.9, 0.9)}},
    {"nn.lgamma", "%y = nn.lgamma %a : tensor<6xf64>", {inside("tensor<6xf64>", 0.3, 9.0)}},
    {"nn.lgamma", "%y = nn.lgamma %a : tensor<6xf64>", {inside("tensor<6xf64>", -0.9, -0.2)}},
    {"nn.digamma", "%y = nn.digamma %a : tensor<6xf64>", {inside("tensor<6xf64>", 0.3, 9.0)}},
    {"nn.digamma", "%y = nn.digamma %a : tensor<6xf64>", {inside("tensor<6xf64>", -0.8, -0.2)}},
    {"nn.bitcast", "%y = nn.bitcast %a : tensor<6xf64> -> tensor<6xi64>", {any("tensor<6xf64>")}},
    {"nn.leaky_relu", "%y = nn.leaky_relu %a slope = 0.2 : tensor<6xf64>", {any("tensor<6xf64>")}},
    {"nn.elu", "%y = nn.elu %a alpha = 0.7 : tensor<6xf64>", {any("tensor<6xf64>")}},
    {"nn.pow",
     "%y = nn.pow %a, %b : tensor<6xf64>",
     {positive("tensor<6xf64>"), any("tensor<6xf64>")}},
    {"nn.cast", "%y = nn.cast %a : tensor<6xf64> -> tensor<6xf32>", {any("tensor<6xf64>")}},
    {"nn.cast", "%y = nn.cast %a : tensor<6xf64> -> tensor<6xi32>", {any("tensor<6xf64>")}},
    {"nn.compare",
     "%y = nn.compare lt %a, %b : tensor<6xf64>",
     {any("tensor<6xf64>"), any("tensor<6xf64>")}},
    {"nn.select",
     "%y = nn.select %a, %b, %c : tensor<6xi1>, tensor<6xf64>, tensor<6xf64>",
     {inside("tensor<6xi1>", 0, 1), any("tensor<6xf64>"), any("tensor<6xf64>")}},
    {"nn.clamp", "%y = nn.clamp %a low = -0.5 high = 0.75 : tensor<8xf64>", {any("tensor<8xf64>")}},
    {"nn.clamp", "%y = nn.clamp %a low = 0.1 : tensor<?xf64>", {any("tensor<?xf64>", {5})}},
    {"nn.gelu", "%y = nn.gelu %a : tensor<6xf64>", {any("tensor<6xf64>")}},
    {"nn.gelu", "%y = nn.gelu %a approximate = tanh : tensor<?xf64>", {any("tensor<?xf64>", {6})}},
    {"nn.swiglu",
     "%y = nn.swiglu %a, %b : tensor<6xf64>",
     {any("tensor<6xf64>"), any("tensor<6xf64>")}},
    {"nn.swiglu", "%y = nn.swiglu %a : tensor<?x6xf64>", {any("tensor<?x6xf64>", {2, 6})}},
    {"nn.swiglu", "%y = nn.swiglu %a dim = 0 : tensor<?x3xf64>", {any("tensor<?x3xf64>", {4, 3})}},
    {"nn.geglu",
     "%y = nn.geglu %a, %b : tensor<?x3xf64>",
     {any("tensor<?x3xf64>", {2, 3}), any("tensor<?x3xf64>", {2, 3})}},
    {"nn.geglu",
     "%y = nn.geglu %a dim = 0 approximate = tanh : tensor<4x3xf64>",
     {any("tensor<4x3xf64>")}},
    {"nn.dropout", "%y = nn.dropout %a rate = 0.25 : tensor<6xf64>", {any("tensor<6xf64>")}},
    {"nn.dropout",
     "%y = nn.dropout %a rate = 0.25 seed %b step %c stream = 7 : tensor<2x6xf64>",
     {any("tensor<2x6xf64>"), inside("tensor<i64>", 0, 1000), inside("tensor<i64>", 0, 1000)}},
};

const std::vector<Case> kShapes = {
    {"nn.broadcast",
     "%y = nn.broadcast %a dims = [1] : tensor<3xf64> -> tensor<2x3x2xf64>",
     {any("tensor<3xf64>")}},
    {"nn.broadcast",
     "%n = nn.dim %b, 0 : tensor<?xi32>\n%y = nn.broadcast %a [%n] dims = [1] : tensor<3xf64> -> "
     "tensor<?x3xf64>",
     {any("tensor<3xf64>"), any("tensor<?xi32>", {2})}},
    {"nn.reshape",
     "%y = nn.reshape %a : tensor<2x3xf64> -> tensor<6xf64>",
     {any("tensor<2x3xf64>")}},
    {"nn.reshape",
     "%y = nn.reshape %a : tensor<?x3x2xf64> -> tensor<?x6xf64>",
     {any("tensor<?x3x2xf64>", {2, 3, 2})}},
    {"nn.transpose",
     "%y = nn.transpose %a permutation = [2, 0, 1] : tensor<2x3x2xf64>",
     {any("tensor<2x3x2xf64>")}},
    {"nn.reverse", "%y = nn.reverse %a dims = [0, 1] : tensor<2x3xf64>", {any("tensor<2x3xf64>")}},
    {"nn.concat",
     "%y = nn.concat %a, %b, %c dim = 1 : tensor<2x1xf64>, tensor<2x3xf64>, tensor<2x2xf64>",
     {any("tensor<2x1xf64>"), any("tensor<2x3xf64>"), any("tensor<2x2xf64>")}},
    {"nn.concat",
     "%y = nn.concat %a, %b dim = 0 : tensor<?x2xf64>, tensor<3x2xf64>",
     {any("tensor<?x2xf64>", {2, 2}), any("tensor<3x2xf64>")}},
    {"nn.slice",
     "%y = nn.slice %a [1, 0] [2, 2] [1, 2] : tensor<4x5xf64>",
     {any("tensor<4x5xf64>")}},
    {"nn.slice",
     "%n = nn.dim %a, 0 : tensor<?x5xf64>\n%o = arith.constant 1 : index\n%y = nn.slice %a [0, %o] "
     "[%n, 3] [1, 1] : tensor<?x5xf64>",
     {any("tensor<?x5xf64>", {2, 5})}},
    {"nn.slice",
     "%o = arith.constant 9 : index\n%y = nn.slice %a [%o] [3] [2] : tensor<?xf64>",
     {any("tensor<?xf64>", {8})}},
    {"nn.update_slice",
     "%y = nn.update_slice %a, %b [1, 2] : tensor<4x5xf64>, tensor<2x2xf64>",
     {any("tensor<4x5xf64>"), any("tensor<2x2xf64>")}},
    {"nn.update_slice",
     "%o = arith.constant 9 : index\n%y = nn.update_slice %a, %b [%o] : tensor<?xf64>, "
     "tensor<2xf64>",
     {any("tensor<?xf64>", {5}), any("tensor<2xf64>")}},
    {"nn.slice",
     "%o = nn.constant dense<1> : tensor<i32>\n%y = nn.slice %a [0, %o] [2, 2] [1, 2] : "
     "tensor<2x5xf64>, tensor<i32>",
     {any("tensor<2x5xf64>")}},
    {"nn.update_slice",
     "%o = nn.constant dense<-1> : tensor<i64>\n%y = nn.update_slice %a, %b [%o, 1] : "
     "tensor<3x4xf64>, tensor<2x2xf64>, tensor<i64>",
     {any("tensor<3x4xf64>"), any("tensor<2x2xf64>")}},
    {"nn.split", "%y:3 = nn.split %a parts = 3 : tensor<2x6xf64>", {any("tensor<2x6xf64>")}},
    {"nn.split",
     "%y:2 = nn.split %a parts = 2 dim = 0 : tensor<?x?xf64>",
     {any("tensor<?x?xf64>", {4, 2})}},
    {"nn.split",
     "%y:3 = nn.split %a sizes = [2, -1, 1] dim = 0 : tensor<?x2xf64>",
     {any("tensor<?x2xf64>", {5, 2})}},
    {"nn.split",
     "%y:2 = nn.split %a sizes = [2, 3] : tensor<2x?xf64>",
     {any("tensor<2x?xf64>", {2, 5})}},
    {"nn.stack",
     "%y = nn.stack %a, %b dim = 1 : tensor<2x3xf64>",
     {any("tensor<2x3xf64>"), any("tensor<2x3xf64>")}},
    {"nn.stack",
     "%y = nn.stack %a, %b, %a dim = 2 : tensor<?x2xf64>, tensor<3x2xf64>, tensor<?x2xf64>",
     {any("tensor<?x2xf64>", {3, 2}), any("tensor<3x2xf64>")}},
    {"nn.squeeze",
     "%y = nn.squeeze %a dims = [1, 3] : tensor<?x1x2x?xf64>",
     {any("tensor<?x1x2x?xf64>", {3, 1, 2, 1})}},
    {"nn.unsqueeze",
     "%y = nn.unsqueeze %a dims = [0, 2] : tensor<?x?xf64>",
     {any("tensor<?x?xf64>", {3, 2})}},
    {"nn.pad",
     "%y = nn.pad %a, %b low = [1, 0] high = [0, 2] interior = [0, 1] : tensor<2x3xf64>, "
     "tensor<f64>",
     {any("tensor<2x3xf64>"), any("tensor<f64>")}},
    {"nn.pad",
     "%y = nn.pad %a, %b low = [2] high = [1] interior = [0] : tensor<?xf64>, tensor<f64>",
     {any("tensor<?xf64>", {3}), any("tensor<f64>")}},
};

const std::vector<Case> kReductions = {
    {"nn.reduce", "%y = nn.reduce sum %a dims = [1] : tensor<3x4xf64>", {any("tensor<3x4xf64>")}},
    {"nn.reduce",
     "%y = nn.reduce sum %a dims = [0, 2] : tensor<?x3x2xf64>",
     {any("tensor<?x3x2xf64>", {2, 3, 2})}},
    {"nn.reduce", "%y = nn.reduce prod %a dims = [1] : tensor<2x4xf64>", {any("tensor<2x4xf64>")}},
    {"nn.reduce",
     "%y = nn.reduce prod %a dims = [0, 1] : tensor<?x2xf64>",
     {any("tensor<?x2xf64>", {2, 2})}},
    // Zeros, and a row longer than the table of all pairs is made for.
    {"nn.reduce",
     "%y = nn.reduce prod %a dims = [0] : tensor<2xf64>",
     {inside("tensor<2xf64>", 0, 0)}},
    {"nn.reduce",
     "%y = nn.reduce prod %a dims = [0] : tensor<70xf64>",
     {inside("tensor<70xf64>", 0.9, 1.1)}},
    {"nn.reduce", "%y = nn.reduce max %a dims = [0] : tensor<3x4xf64>", {any("tensor<3x4xf64>")}},
    {"nn.reduce",
     "%y = nn.reduce min %a dims = [1] : tensor<?x4xf64>",
     {any("tensor<?x4xf64>", {3, 4})}},
    {"nn.cumsum", "%y = nn.cumsum %a dim = 1 : tensor<2x4xf64>", {any("tensor<2x4xf64>")}},
    {"nn.cumsum", "%y = nn.cumsum %a dim = 0 exclusive : tensor<4xf64>", {any("tensor<4xf64>")}},
    {"nn.cumsum", "%y = nn.cumsum %a dim = 0 reverse : tensor<?xf64>", {any("tensor<?xf64>", {4})}},
    {"nn.cumsum",
     "%y = nn.cumsum %a dim = 0 exclusive reverse : tensor<4xf64>",
     {any("tensor<4xf64>")}},
    {"nn.cumprod", "%y = nn.cumprod %a dim = 1 : tensor<2x4xf64>", {any("tensor<2x4xf64>")}},
    {"nn.cumprod", "%y = nn.cumprod %a dim = 0 exclusive : tensor<4xf64>", {any("tensor<4xf64>")}},
    {"nn.cumprod",
     "%y = nn.cumprod %a dim = 0 exclusive reverse : tensor<?x2xf64>",
     {any("tensor<?x2xf64>", {4, 2})}},
    // Zeros, and a row longer than the table of all pairs is made for.
    {"nn.cumprod", "%y = nn.cumprod %a dim = 0 : tensor<3xf64>", {inside("tensor<3xf64>", 0, 0)}},
    {"nn.cumprod",
     "%y = nn.cumprod %a dim = 0 : tensor<70xf64>",
     {inside("tensor<70xf64>", 0.9, 1.1)}},
    {"nn.sort",
     "%y:2 = nn.sort %a, %b dim = 1 : tensor<2x4xf64>, tensor<2x4xf64>",
     {any("tensor<2x4xf64>"), any("tensor<2x4xf64>")}},
    {"nn.sort",
     "%y = nn.sort %a dim = 0 descending : tensor<?x2xf64>",
     {any("tensor<?x2xf64>", {4, 2})}},
    {"nn.top_k", "%v, %i = nn.top_k %a k = 2 dim = 0 : tensor<4x2xf64>", {any("tensor<4x2xf64>")}},
    {"nn.max_with_position",
     "%v, %i = nn.max_with_position %a dims = [0, 2] : tensor<3x?x4xf64>",
     {any("tensor<3x?x4xf64>", {3, 2, 4})}},
    {"nn.min_with_position",
     "%v, %i = nn.min_with_position %a dim = 1 : tensor<3x4xf64>",
     {any("tensor<3x4xf64>")}},
    {"nn.softmax", "%y = nn.softmax %a dim = 1 : tensor<3x4xf64>", {any("tensor<3x4xf64>")}},
    {"nn.softmax",
     "%y = nn.softmax %a dim = 0 : tensor<?x2xf64>",
     {any("tensor<?x2xf64>", {3, 2})}},
    {"nn.softmax", "%y = nn.softmax %a masked dim = 1 : tensor<3x4xf64>", {any("tensor<3x4xf64>")}},
    {"nn.softmax", // a row of -inf alone
     R"(%seen = nn.constant dense<[[true, true, false], [false, false, false]]> : tensor<2x3xi1>
     %low = nn.constant dense<0xFFF0000000000000> : tensor<2x3xf64>
     %x = nn.select %seen, %a, %low : tensor<2x3xi1>, tensor<2x3xf64>, tensor<2x3xf64>
     %y = nn.softmax %x masked dim = 1 : tensor<2x3xf64>)",
     {any("tensor<2x3xf64>")}},
    {"nn.logsumexp",
     "%y = nn.logsumexp %a masked dims = [1] : tensor<3x4xf64>",
     {any("tensor<3x4xf64>")}},
    {"nn.log_softmax",
     "%y = nn.log_softmax %a dim = 1 : tensor<?x4xf64>",
     {any("tensor<?x4xf64>", {3, 4})}},
    {"nn.logsumexp", "%y = nn.logsumexp %a dims = [1] : tensor<3x4xf64>", {any("tensor<3x4xf64>")}},
    {"nn.logsumexp",
     "%y = nn.logsumexp %a dims = [0, 1] : tensor<?x4xf64>",
     {any("tensor<?x4xf64>", {2, 4})}},
    {"nn.layer_norm",
     "%y = nn.layer_norm %a, %b, %c epsilon = 1.0e-3 : tensor<2x4xf64>, tensor<4xf64>, "
     "tensor<4xf64>",
     {any("tensor<2x4xf64>"), any("tensor<4xf64>"), any("tensor<4xf64>")}},
    {"nn.layer_norm",
     "%y = nn.layer_norm %a, %b, %c : tensor<?x2x3xf64>, tensor<3xf64>, tensor<3xf64>",
     {any("tensor<?x2x3xf64>", {2, 2, 3}), any("tensor<3xf64>"), any("tensor<3xf64>")}},
    {"nn.group_norm",
     "%y = nn.group_norm %a, %b, %c groups = 2 epsilon = 1.0e-3 : tensor<?x4x3xf64>, tensor<4xf64>",
     {any("tensor<?x4x3xf64>", {2, 4, 3}), any("tensor<4xf64>"), any("tensor<4xf64>")}},
    {"nn.instance_norm",
     "%y = nn.instance_norm %a, %b, %c epsilon = 1.0e-3 : tensor<2x?x2x2xf64>, tensor<?xf64>",
     {any("tensor<2x?x2x2xf64>", {2, 3, 2, 2}), any("tensor<?xf64>", {3}),
      any("tensor<?xf64>", {3})}},
    {"nn.batch_norm",
     "%y:3 = nn.batch_norm %a, %b, %c, %d, %e epsilon = 1.0e-3 : tensor<?x3x2xf64>, tensor<3xf64>, "
     "tensor<3xf64>",
     {any("tensor<?x3x2xf64>", {2, 3, 2}), any("tensor<3xf64>"), any("tensor<3xf64>"),
      any("tensor<3xf64>"), inside("tensor<3xf64>", 0.3, 1.5)}},
    {"nn.batch_norm", // channels last
     "%y:3 = nn.batch_norm %a, %b, %c, %d, %e layout = nwc training : tensor<2x3x3xf64>, "
     "tensor<3xf64>, tensor<3xf64>",
     {any("tensor<2x3x3xf64>"), any("tensor<3xf64>"), any("tensor<3xf64>"), any("tensor<3xf64>"),
      inside("tensor<3xf64>", 0.3, 1.5)}},
    {"nn.batch_norm",
     "%y:3 = nn.batch_norm %a, %b, %c, %d, %e momentum = 0.25 training : tensor<4x3xf64>, "
     "tensor<3xf64>, tensor<3xf64>",
     {any("tensor<4x3xf64>"), any("tensor<3xf64>"), any("tensor<3xf64>"), any("tensor<3xf64>"),
      inside("tensor<3xf64>", 0.3, 1.5)}},
    {"nn.one_hot",
     "%y = nn.one_hot %a classes = 3 as f64 : tensor<4xi32>",
     {inside("tensor<4xi32>", -1, 3)}},
    {"nn.rms_norm",
     "%y = nn.rms_norm %a, %b epsilon = 1.0e-3 : tensor<?x4xf64>, tensor<4xf64>",
     {any("tensor<?x4xf64>", {2, 4}), any("tensor<4xf64>")}},
};

const std::vector<Case> kProducts = {
    {"nn.contract",
     "%y = nn.contract %a, %b contracting = [1] x [0] : tensor<2x3xf64>, tensor<3x4xf64>",
     {any("tensor<2x3xf64>"), any("tensor<3x4xf64>")}},
    {"nn.contract",
     "%y = nn.contract %a, %b batch = [1] x [0] contracting = [0, 3] x [2, 1] : "
     "tensor<2x3x2x2xf64>, tensor<3x2x2x2xf64>",
     {any("tensor<2x3x2x2xf64>"), any("tensor<3x2x2x2xf64>")}},
    {"nn.contract",
     "%y = nn.contract %a, %b contracting = [0] x [0] : tensor<?x2xf64>, tensor<?x3xf64>",
     {any("tensor<?x2xf64>", {4, 2}), any("tensor<?x3xf64>", {4, 3})}},
    {"nn.contract",
     "%y = nn.contract %a, %b contracting = [] x [] : tensor<2xf64>, tensor<3xf64>",
     {any("tensor<2xf64>"), any("tensor<3xf64>")}},
    {"nn.matmul",
     "%y = nn.matmul %a, %b : tensor<2x2x3xf64>, tensor<3x2xf64>",
     {any("tensor<2x2x3xf64>"), any("tensor<3x2xf64>")}},
    {"nn.matmul",
     "%y = nn.matmul %a, %b : tensor<3xf64>, tensor<3x2xf64>",
     {any("tensor<3xf64>"), any("tensor<3x2xf64>")}},
    {"nn.linear",
     "%y = nn.linear %a, %b, %c : tensor<?x3xf64>, tensor<3x2xf64>, tensor<2xf64>",
     {any("tensor<?x3xf64>", {2, 3}), any("tensor<3x2xf64>"), any("tensor<2xf64>")}},
    {"nn.linear",
     "%y = nn.linear %a, %b : tensor<2x2x3xf64>, tensor<3x2xf64>",
     {any("tensor<2x2x3xf64>"), any("tensor<3x2xf64>")}},
};

const std::vector<Case> kRecurrent = {
    {"nn.lstm",
     "%y:3 = nn.lstm %a, %b, %c bias = %d : tensor<3x2x2xf64>, tensor<2x4xf64>, tensor<1x4xf64>, "
     "tensor<4xf64>",
     {any("tensor<3x2x2xf64>"), any("tensor<2x4xf64>"), any("tensor<1x4xf64>"),
      any("tensor<4xf64>")}},
    {"nn.lstm", // the weights of many units: their cotangent is one product over all steps
     "%y:3 = nn.lstm %a, %b, %c initial = %d, %e lengths = %f reverse : tensor<?x?x1xf64>, "
     "tensor<1x20xf64>, tensor<5x20xf64>, tensor<?x5xf64>, tensor<?x5xf64>, tensor<?xi32>",
     {any("tensor<?x?x1xf64>", {3, 2, 1}), any("tensor<1x20xf64>"), any("tensor<5x20xf64>"),
      any("tensor<?x5xf64>", {2, 5}), any("tensor<?x5xf64>", {2, 5}),
      inside("tensor<?xi32>", 0, 4, {2})}},
    {"nn.gru",
     "%y:2 = nn.gru %a, %b, %c bias = %d hidden_bias = %e reverse : tensor<3x2x2xf64>, "
     "tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>",
     {any("tensor<3x2x2xf64>"), any("tensor<2x6xf64>"), any("tensor<2x6xf64>"),
      any("tensor<6xf64>"), any("tensor<6xf64>")}},
    {"nn.gru",
     "%y:2 = nn.gru %a, %b, %c initial = %d lengths = %e : tensor<?x1x1xf64>, tensor<1x27xf64>, "
     "tensor<9x27xf64>, tensor<1x9xf64>, tensor<1xi64>",
     {any("tensor<?x1x1xf64>", {2, 1, 1}), any("tensor<1x27xf64>"), any("tensor<9x27xf64>"),
      any("tensor<1x9xf64>"), inside("tensor<1xi64>", 0, 3)}},
};

const std::vector<Case> kAttention = {
    {"nn.attention",
     "%y:2 = nn.attention %a, %b, %c bias = %d lse : tensor<2x2x3xf64>, tensor<2x4x3xf64>, "
     "tensor<2x4x2xf64>, tensor<2x1x4xf64>",
     {any("tensor<2x2x3xf64>"), any("tensor<2x4x3xf64>"), any("tensor<2x4x2xf64>"),
      any("tensor<2x1x4xf64>")}},
    {"nn.attention", // of a query that sees nothing too
     "%y = nn.attention %a, %b, %c layout = \"bthd\" soft_cap = 2 causal window = 2 mask = %d "
     "lengths = %e : tensor<?x2x2x2xf64>, tensor<?x3x1x2xf64>, tensor<?x3x1x2xf64>, "
     "tensor<2x3xi1>, tensor<?xi32>",
     {any("tensor<?x2x2x2xf64>", {2, 2, 2, 2}), any("tensor<?x3x1x2xf64>", {2, 3, 1, 2}),
      any("tensor<?x3x1x2xf64>", {2, 3, 1, 2}), inside("tensor<2x3xi1>", 0, 1),
      inside("tensor<?xi32>", 0, 3, {2})}},
    {"nn.attention", // the last of four queries alone, as a cache has it; a first one that is blind
     "%y = nn.attention %a, %b, %b causal offset = -1 : tensor<4x?x2xf64>, tensor<2x?x2xf64>, "
     "tensor<2x?x2xf64>",
     {any("tensor<4x?x2xf64>", {4, 2, 2}), any("tensor<2x?x2xf64>", {2, 3, 2})}},
    {"nn.attention",
     "%y = nn.attention %a, %a, %a dropout = 0.25 seed %b step %c stream = 7 : tensor<3x2xf64>",
     {any("tensor<3x2xf64>"), inside("tensor<i64>", 0, 1000), inside("tensor<i64>", 0, 1000)}},
};

const std::vector<Case> kRotary = {
    {"nn.rope", "%y = nn.rope %a : tensor<3x4xf64>", {any("tensor<3x4xf64>")}},
    {"nn.rope",
     "%y = nn.rope %a layout = \"bthd\" offset = %b scaling = 2 inverse : tensor<?x3x2x4xf64>, "
     "tensor<i32>",
     {any("tensor<?x3x2x4xf64>", {2, 3, 2, 4}), inside("tensor<i32>", 0, 9)}},
    {"nn.rope",
     "%y = nn.rope %a interleaved frequencies = [1.0, 0.25] offset = -7 : tensor<2x?x4xf64>",
     {any("tensor<2x?x4xf64>", {2, 3, 4})}},
    {"nn.rope", // some features stay; the time is the last dimension
     "%y = nn.rope %a layout = \"bdt\" rotary = 4 theta = 100 positions = %b : tensor<2x6x3xf64>, "
     "tensor<2x3xi64>",
     {any("tensor<2x6x3xf64>"), inside("tensor<2x3xi64>", -9, 9)}},
};

const std::vector<Case> kSampling = {
    {"nn.sample",
     "%y = nn.sample %a, %b temperature = 0.7 top_k = 3 top_p = 0.9 repetition_penalty = 1.5 "
     "previous = %c : tensor<2x5xf64>, tensor<2xi32>, tensor<2x3xi32>",
     {any("tensor<2x5xf64>"), inside("tensor<2xi32>", -1e9, 1e9),
      inside("tensor<2x3xi32>", -1, 4)}},
};

// Positions repeat: six draws of three rows.
const std::vector<Case> kIndexing = {
    {"nn.gather",
     "%y = nn.gather %a, %b axis = 0 : tensor<3x2xf64>, tensor<6xi64>",
     {any("tensor<3x2xf64>"), inside("tensor<6xi64>", 0, 2)}},
    {"nn.gather",
     "%y = nn.gather %a, %b axis = 2 batch_dims = 1 : tensor<?x2x3xf64>, tensor<?x4xi32>",
     {any("tensor<?x2x3xf64>", {2, 2, 3}), inside("tensor<?x4xi32>", 0, 2, {2, 4})}},
    {"nn.scatter",
     "%y = nn.scatter add %a, %b, %c axis = 0 : tensor<3x2xf64>, tensor<6xi64>, tensor<6x2xf64>",
     {any("tensor<3x2xf64>"), inside("tensor<6xi64>", 0, 2), any("tensor<6x2xf64>")}},
    {"nn.scatter",
     "%y = nn.scatter set %a, %b, %c axis = 0 : tensor<4x2xf64>, tensor<6xi64>, tensor<6x2xf64>",
     {any("tensor<4x2xf64>"), inside("tensor<6xi64>", 0, 2), any("tensor<6x2xf64>")}},
    {"nn.scatter",
     "%y = nn.scatter max %a, %b, %c axis = 0 : tensor<4x2xf64>, tensor<6xi64>, tensor<6x2xf64>",
     {any("tensor<4x2xf64>"), inside("tensor<6xi64>", 0, 2), any("tensor<6x2xf64>")}},
    {"nn.scatter",
     "%y = nn.scatter min %a, %b, %c axis = 0 : tensor<4x2xf64>, tensor<6xi64>, tensor<6x2xf64>",
     {any("tensor<4x2xf64>"), inside("tensor<6xi64>", 0, 2), any("tensor<6x2xf64>")}},
    {"nn.scatter",
     "%y = nn.scatter mul %a, %b, %c axis = 0 : tensor<4x2xf64>, tensor<6xi64>, tensor<6x2xf64>",
     {any("tensor<4x2xf64>"), inside("tensor<6xi64>", 0, 2), any("tensor<6x2xf64>")}},
    {"nn.scatter", // several dimensions of positions in a batch, and none
     "%z = nn.scatter mul %a, %b, %c axis = 2 batch_dims = 1 : tensor<?x2x3xf64>, "
     "tensor<?x2x?xi32>, tensor<?x2x2x?xf64>\n%y = nn.scatter mul %z, %d, %e axis = 1 : "
     "tensor<?x2x3xf64>, tensor<i64>, tensor<?x3xf64>",
     {any("tensor<?x2x3xf64>", {2, 2, 3}), inside("tensor<?x2x?xi32>", 0, 2, {2, 2, 2}),
      any("tensor<?x2x2x?xf64>", {2, 2, 2, 2}), inside("tensor<i64>", 0, 1),
      any("tensor<?x3xf64>", {2, 3})}},
    {"nn.scatter",
     "%y = nn.scatter add %a, %b, %c axis = 1 batch_dims = 1 : tensor<?x3xf64>, tensor<?x4xi32>, "
     "tensor<?x4xf64>",
     {any("tensor<?x3xf64>", {2, 3}), inside("tensor<?x4xi32>", 0, 2, {2, 4}),
      any("tensor<?x4xf64>", {2, 4})}},
    {"nn.embedding",
     "%y = nn.embedding %a, %b : tensor<3x2xf64>, tensor<2x3xi32>",
     {any("tensor<3x2xf64>"), inside("tensor<2x3xi32>", 0, 2)}},
};

std::vector<Case> loss(const std::string &name, const std::string &attributes, double low,
                       double high) {
  return {
      {name,
       "%y = " + name + " %a, %b" + attributes + " : tensor<2x3xf64>",
       {inside("tensor<2x3xf64>", low, high), inside("tensor<2x3xf64>", 0.1, 0.9)}},
      {name,
       "%y = " + name + " %a, %b" + attributes + " reduction = sum : tensor<?x3xf64>",
       {inside("tensor<?x3xf64>", low, high, {2, 3}), inside("tensor<?x3xf64>", 0.1, 0.9, {2, 3})}},
      {name,
       "%y = " + name + " %a, %b" + attributes + " reduction = none : tensor<4xf64>",
       {inside("tensor<4xf64>", low, high), inside("tensor<4xf64>", 0.1, 0.9)}}};
}

const std::vector<Case> kCrossEntropy = {
    {"nn.cross_entropy",
     "%y = nn.cross_entropy %a, %b : tensor<3x4xf64>, tensor<3xi32>",
     {any("tensor<3x4xf64>"), inside("tensor<3xi32>", 0, 3)}},
    {"nn.cross_entropy",
     "%y = nn.cross_entropy %a, %b ignore_index = 1 label_smoothing = 0.1 : tensor<?x4xf64>, "
     "tensor<?xi64>",
     {any("tensor<?x4xf64>", {5, 4}), inside("tensor<?xi64>", 0, 2, {5})}},
    {"nn.cross_entropy",
     "%y = nn.cross_entropy %a, %b label_smoothing = 0.2 reduction = none : tensor<2x2x3xf64>, "
     "tensor<2x2xi32>",
     {any("tensor<2x2x3xf64>"), inside("tensor<2x2xi32>", 0, 2)}},
    {"nn.cross_entropy",
     "%y = nn.cross_entropy %a, %b ignore_index = 1 weights = %c : tensor<5x4xf64>, tensor<5xi64>, "
     "tensor<4xf64>",
     {any("tensor<5x4xf64>"), inside("tensor<5xi64>", 0, 3), positive("tensor<4xf64>")}},
    {"nn.cross_entropy",
     "%y = nn.cross_entropy %a, %b label_smoothing = 0.2 reduction = none weights = %c : "
     "tensor<?x2x3xf64>, tensor<?x2xi32>, tensor<3xf64>",
     {any("tensor<?x2x3xf64>", {2, 2, 3}), inside("tensor<?x2xi32>", 0, 2, {2, 2}),
      positive("tensor<3xf64>")}},
    {"nn.cross_entropy",
     "%y = nn.cross_entropy %a, %b label_smoothing = 0.2 weights = %c : tensor<4x3xf64>, "
     "tensor<4xi32>, tensor<3xf64>",
     {any("tensor<4x3xf64>"), inside("tensor<4xi32>", 0, 2), positive("tensor<3xf64>")}},
};

const std::vector<Case> kBodies = {
    {"nn.scan",
     R"(%y:2 = nn.scan (%h = %a) over (%x = %b) : tensor<3xf64>, tensor<4x3xf64> {
       %0 = nn.mul %h, %c : tensor<3xf64>
       %1 = nn.add %0, %x : tensor<3xf64>
       %2 = nn.tanh %1 : tensor<3xf64>
       nn.yield %2, %0 : tensor<3xf64>, tensor<3xf64>
     })",
     {any("tensor<3xf64>"), any("tensor<4x3xf64>"), any("tensor<3xf64>")}},
    {"nn.scan",
     R"(%y:3 = nn.scan (%h = %a, %k = %c) over (%x = %b, %i = %d) reverse : tensor<?xf64>, tensor<?xf64>, tensor<?x?xf64>, tensor<?xi32> {
       %0 = nn.mul %h, %x : tensor<?xf64>
       %1 = nn.sin %k : tensor<?xf64>
       nn.yield %1, %0, %1 : tensor<?xf64>, tensor<?xf64>, tensor<?xf64>
     })",
     {any("tensor<?xf64>", {2}), any("tensor<?x?xf64>", {3, 2}), any("tensor<?xf64>", {2}),
      any("tensor<?xi32>", {3})}},
    {"nn.scan", // no trips
     R"(%y:2 = nn.scan (%h = %a) over (%x = %b) : tensor<2xf64>, tensor<?x2xf64> {
       %0 = nn.mul %h, %x : tensor<2xf64>
       nn.yield %0, %0 : tensor<2xf64>, tensor<2xf64>
     })",
     {any("tensor<2xf64>"), any("tensor<?x2xf64>", {0, 2})}},
    {"nn.scan", // one trip, what does not vary, what no gradient may pass
     R"(%one = nn.constant dense<1> : tensor<i64>
     %y:3 = nn.scan (%h = %a, %n = %one) trips = 1 : tensor<2xf64>, tensor<i64> {
       %0 = nn.stop_gradient %h : tensor<2xf64>
       %1 = nn.mul %0, %h : tensor<2xf64>
       %2 = nn.add %n, %n : tensor<i64>
       nn.yield %1, %2, %b : tensor<2xf64>, tensor<i64>, tensor<2xf64>
     })",
     {any("tensor<2xf64>"), any("tensor<2xf64>")}},
    {"nn.scan", // what is stacked is read by the derivative: of composites too, and of those that
                // are nothing
     R"(%y:4 = nn.scan (%h = %a) over (%x = %b) : tensor<2xf64>, tensor<3x2xf64> {
       %0 = nn.mul %h, %x : tensor<2xf64>
       %1 = nn.silu %0 : tensor<2xf64>
       %2 = nn.dropout %a rate = 0.5 : tensor<2xf64>
       %3 = nn.softplus %1 : tensor<2xf64>
       %4 = nn.mul %3, %2 : tensor<2xf64>
       nn.yield %4, %1, %2, %3 : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>
     })",
     {any("tensor<2xf64>"), any("tensor<3x2xf64>")}},
    {"nn.scan", // the products of all trips are one product of what they stack
     R"(%y = nn.scan (%h = %a) over (%x = %b) : tensor<1x6xf64>, tensor<3x1x6xf64> {
       %0 = nn.contract %h, %c contracting = [1] x [0] : tensor<1x6xf64>, tensor<6x6xf64>
       %1 = nn.contract %x, %c contracting = [1] x [1] : tensor<1x6xf64>, tensor<6x6xf64>
       %2 = nn.add %0, %1 : tensor<1x6xf64>
       %3 = nn.tanh %2 : tensor<1x6xf64>
       nn.yield %3 : tensor<1x6xf64>
     })",
     {any("tensor<1x6xf64>"), any("tensor<3x1x6xf64>"), any("tensor<6x6xf64>")}},
    {"nn.scan", // a loop in a loop, 16-bit numbers
     R"(%y = nn.scan (%h = %a) trips = 2 : tensor<2xf64> {
       %n = nn.cast %b : tensor<2xbf16> -> tensor<2xf64>
       %0 = nn.scan (%g = %h) over (%x = %c) : tensor<2xf64>, tensor<3x2xf64> {
         %1 = nn.mul %g, %x : tensor<2xf64>
         %2 = nn.add %1, %n : tensor<2xf64>
         %3 = nn.exp %2 : tensor<2xf64>
         %4 = nn.logistic %3 : tensor<2xf64>
         nn.yield %4 : tensor<2xf64>
       }
       nn.yield %0 : tensor<2xf64>
     })",
     {any("tensor<2xf64>"), any("tensor<2xbf16>"), any("tensor<3x2xf64>")}},
    {"nn.if",
     R"(%y:2 = nn.if %a {
       %0 = nn.mul %b, %c : tensor<?xf64>
       %1 = nn.sin %0 : tensor<?xf64>
       nn.yield %1, %0 : tensor<?xf64>, tensor<?xf64>
     } else {
       %0 = nn.exp %b : tensor<?xf64>
       nn.yield %b, %0 : tensor<?xf64>, tensor<?xf64>
     })",
     {inside("tensor<i1>", 0, 1), any("tensor<?xf64>", {3}), any("tensor<?xf64>", {3})}},
    {"nn.if", // in a loop, by what it carries
     R"(%zero = nn.constant dense<0.0> : tensor<f64>
     %t = nn.scan (%h = %a) over (%x = %b) : tensor<f64>, tensor<5xf64> {
       %p = nn.compare gt %x, %zero : tensor<f64>
       %0 = nn.if %p {
         %1 = nn.mul %h, %x : tensor<f64>
         nn.yield %1 : tensor<f64>
       } else {
         %1 = nn.add %h, %x : tensor<f64>
         %2 = nn.sin %1 : tensor<f64>
         nn.yield %2 : tensor<f64>
       }
       nn.yield %0 : tensor<f64>
     }
     %p = nn.compare gt %a, %zero : tensor<f64>
     %y = nn.if %p {
       nn.yield %t : tensor<f64>
     } else {
       %1 = nn.mul %t, %t : tensor<f64>
       nn.yield %1 : tensor<f64>
     })",
     {any("tensor<f64>"), any("tensor<5xf64>")}},
    {"nn.scan", // fewer trips than slices, none, and more: the rest is zeros
     R"(%two = nn.constant dense<2> : tensor<i64>
     %none = nn.constant dense<-1> : tensor<i64>
     %many = nn.constant dense<9> : tensor<i64>
     %p:2 = nn.scan (%h = %a) over (%x = %b) limit = %two : tensor<2xf64>, tensor<4x2xf64> {
       %0 = nn.mul %h, %x : tensor<2xf64>
       nn.yield %0, %0 : tensor<2xf64>, tensor<2xf64>
     }
     %q:2 = nn.scan (%h = %p#0) over (%x = %p#1) limit = %many reverse : tensor<2xf64>, tensor<4x2xf64> {
       %0 = nn.sin %h : tensor<2xf64>
       %1 = nn.add %0, %x : tensor<2xf64>
       nn.yield %1, %0 : tensor<2xf64>, tensor<2xf64>
     }
     %y:2 = nn.scan (%h = %q#0) over (%x = %q#1) limit = %none : tensor<2xf64>, tensor<4x2xf64> {
       %0 = nn.mul %h, %x : tensor<2xf64>
       nn.yield %0, %0 : tensor<2xf64>, tensor<2xf64>
     })",
     {any("tensor<2xf64>"), any("tensor<4x2xf64>")}},
    {"nn.while", // as many trips as the data say, at most 5; stacked values
     R"(%one = nn.constant dense<1> : tensor<i64>
     %y:3 = nn.while (%n = %c, %h = %a) max_trips = 5 : tensor<i64>, tensor<?xf64> {
       %zero = nn.constant dense<0> : tensor<i64>
       %go = nn.compare gt %n, %zero : tensor<i64>
       nn.yield %go : tensor<i1>
     } do (%n, %h) {
       %0 = nn.mul %h, %b : tensor<?xf64>
       %1 = nn.sin %0 : tensor<?xf64>
       %2 = nn.sub %n, %one : tensor<i64>
       nn.yield %2, %1, %0 : tensor<i64>, tensor<?xf64>, tensor<?xf64>
     })",
     {any("tensor<?xf64>", {2}), any("tensor<?xf64>", {2}), inside("tensor<i64>", 0, 6)}},
    {"nn.scan", // a loop until what is carried is small, in a loop; a bound that is known when it
                // runs
     R"(%most = nn.dim %b, 0 : tensor<?x2xf64>
     %y = nn.scan (%h = %a) over (%x = %b) : tensor<2xf64>, tensor<?x2xf64> {
       %half = nn.constant dense<0.5> : tensor<2xf64>
       %few = nn.constant dense<0.3> : tensor<f64>
       %0 = nn.add %h, %x : tensor<2xf64>
       %1 = nn.while (%g = %0) max_trips = %most : tensor<2xf64> {
         %squares = nn.mul %g, %g : tensor<2xf64>
         %sum = nn.reduce sum %squares dims = [0] : tensor<2xf64>
         %go = nn.compare gt %sum, %few : tensor<f64>
         nn.yield %go : tensor<i1>
       } do (%g) {
         %2 = nn.sin %g : tensor<2xf64>
         %3 = nn.mul %2, %half : tensor<2xf64>
         nn.yield %3 : tensor<2xf64>
       }
       nn.yield %1 : tensor<2xf64>
     })",
     {any("tensor<2xf64>"), any("tensor<?x2xf64>", {3, 2})}},
    {"nn.checkpoint",
     R"(%y:2 = nn.checkpoint {
       %0 = nn.mul %a, %b : tensor<3xf64>
       %1 = nn.checkpoint {
         %2 = nn.sin %0 : tensor<3xf64>
         %3 = nn.mul %2, %a : tensor<3xf64>
         nn.yield %3 : tensor<3xf64>
       }
       nn.yield %1, %b : tensor<3xf64>, tensor<3xf64>
     })",
     {any("tensor<3xf64>"), any("tensor<3xf64>")}},
    {"nn.custom_vjp",
     R"(%y:2 = nn.custom_vjp (%p = %a, %q = %b) : tensor<?xf64>, tensor<?xf64> {
       %0 = nn.mul %p, %q : tensor<?xf64>
       %1 = nn.sin %q : tensor<?xf64>
       %2 = nn.cos %q : tensor<?xf64>
       nn.yield %0, %1, %p, %q, %2 : tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>
     } backward (%dy, %dz) saved (%p, %q, %slope) {
       %0 = nn.mul %dy, %q : tensor<?xf64>
       %1 = nn.mul %dy, %p : tensor<?xf64>
       %2 = nn.mul %dz, %slope : tensor<?xf64>
       %3 = nn.add %1, %2 : tensor<?xf64>
       nn.yield %0, %3 : tensor<?xf64>, tensor<?xf64>
     })",
     {any("tensor<?xf64>", {3}), any("tensor<?xf64>", {3})}},
    {"nn.scan", // a derivative of its own in a branch in a loop
     R"(%zero = nn.constant dense<0.0> : tensor<f64>
     %y = nn.scan (%h = %a) over (%x = %b) : tensor<f64>, tensor<4xf64> {
       %c = nn.compare gt %x, %zero : tensor<f64>
       %0 = nn.if %c {
         %1 = nn.custom_vjp (%p = %h, %q = %x) : tensor<f64>, tensor<f64> {
           %2 = nn.mul %p, %q : tensor<f64>
           %3 = nn.tanh %2 : tensor<f64>
           nn.yield %3, %3, %p, %q : tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>
         } backward (%dy) saved (%t, %p, %q) {
           %one = nn.constant dense<1.0> : tensor<f64>
           %2 = nn.mul %t, %t : tensor<f64>
           %3 = nn.sub %one, %2 : tensor<f64>
           %4 = nn.mul %dy, %3 : tensor<f64>
           %5 = nn.mul %4, %q : tensor<f64>
           %6 = nn.mul %4, %p : tensor<f64>
           nn.yield %5, %6 : tensor<f64>, tensor<f64>
         }
         nn.yield %1 : tensor<f64>
       } else {
         %1 = nn.add %h, %x : tensor<f64>
         nn.yield %1 : tensor<f64>
       }
       nn.yield %0 : tensor<f64>
     })",
     {any("tensor<f64>"), any("tensor<4xf64>")}},
};
} // namespace

std::vector<Case> recipesFor(const std::string &op) {
  std::vector<Case> found;
  for (const std::vector<Case> &family :
       {kElementwise, kShapes, kReductions, kProducts, kRecurrent, kAttention, kRotary,
        imageRecipes(), kSampling, kIndexing, kCrossEntropy, kBodies})
    for (const Case &recipe : family)
      if (recipe.op == op)
        found.push_back(recipe);
  if (op == "nn.mse" || op == "nn.mae" || op == "nn.bce" || op == "nn.kl")
    return loss(op, "", -1.5, 1.5);
  if (op == "nn.huber")
    return loss(op, " delta = 0.5", -1.5, 1.5);
  return found;
}

} // namespace mlc::test
