// How to use the ops on signals, images and volumes.
#include "test/unit/derivatives/DerivativeCheck.h"

namespace mlc::test {
namespace {

Argument any(const std::string &type, std::vector<int64_t> shape = {}) { return {type, shape}; }
Argument inside(const std::string &type, double low, double high, std::vector<int64_t> shape = {}) {
  return {type, shape, low, high, true};
}

const std::vector<Case> kImages = {
    {"nn.interpolate",
     "%y = nn.interpolate %a sizes = [5, 3] : tensor<1x2x3x4xf64>",
     {any("tensor<1x2x3x4xf64>")}},
    {"nn.interpolate", // more terms than are summed one by one
     "%y = nn.interpolate %a sizes = [40] mode = linear : tensor<1x2x2xf64>",
     {any("tensor<1x2x2xf64>")}},
    {"nn.interpolate",
     "%y = nn.interpolate %a scale = [1.5] mode = cubic layout = \"hwc\" : tensor<?x4x2xf64>",
     {any("tensor<?x4x2xf64>", {3, 4, 2})}},
    {"nn.interpolate",
     "%y = nn.interpolate %a sizes = [5] mode = linear coordinates = align_corners : "
     "tensor<2x1x?xf64>",
     {any("tensor<2x1x?xf64>", {2, 1, 3})}},
    {"nn.pixel_shuffle",
     "%y = nn.pixel_shuffle %a factor = 2 : tensor<?x4x2x3xf64>",
     {any("tensor<?x4x2x3xf64>", {2, 4, 2, 3})}},
    {"nn.pixel_unshuffle",
     "%y = nn.pixel_unshuffle %a factor = 2 : tensor<1x2x?x4xf64>",
     {any("tensor<1x2x?x4xf64>", {1, 2, 2, 4})}},
    {"nn.grid_sample",
     "%y = nn.grid_sample %a, %b : tensor<?x2x3x4xf64>, tensor<?x2x3x2xf64>",
     {any("tensor<?x2x3x4xf64>", {2, 2, 3, 4}),
      inside("tensor<?x2x3x2xf64>", -1.2, 1.2, {2, 2, 3, 2})}},
    {"nn.grid_sample",
     "%y = nn.grid_sample %a, %b mode = cubic padding = reflection align_corners layout = nhwc : "
     "tensor<1x3x4x2xf64>, tensor<1x2x3x2xf64>",
     {any("tensor<1x3x4x2xf64>"), inside("tensor<1x2x3x2xf64>", -1.2, 1.2)}},
    {"nn.roi_align",
     "%y = nn.roi_align %a, %b, %c sizes = [2] samples = 2 aligned : tensor<2x2x4x5xf64>, "
     "tensor<?x4xf64>, tensor<?xi32>",
     {any("tensor<2x2x4x5xf64>"), inside("tensor<?x4xf64>", 0.0, 5.0, {3, 4}),
      inside("tensor<?xi32>", 0, 1, {3})}},
    {"nn.local_response_norm",
     "%y = nn.local_response_norm %a size = 4 alpha = 0.5 : tensor<2x?x2xf64>",
     {any("tensor<2x?x2xf64>", {2, 5, 2})}},
    {"nn.windows",
     "%y = nn.windows %a dims = [1, 2] sizes = [3, 2] strides = [2, 1] dilations = [1, 2] : "
     "tensor<2x6x5x2xf64>",
     {any("tensor<2x6x5x2xf64>")}},
    {"nn.windows", // more elements than are added one by one
     "%y = nn.windows %a dims = [1] sizes = [65] strides = [2] : tensor<2x?x1xf64>",
     {any("tensor<2x?x1xf64>", {2, 70, 1})}},
    {"nn.windows", // side by side, and what none sees
     "%y = nn.windows %a dims = [0] sizes = [2] strides = [3] : tensor<?x2xf64>",
     {any("tensor<?x2xf64>", {9, 2})}},
    {"nn.transform_tiles", // windows overlap, and begin before x and end after it
     "%y = nn.transform_tiles %a matrices = [dense<[[1.0, -2.0, 0.5], [0.0, 1.0, 3.0]]> : "
     "tensor<2x3xf64>] strides = [2] low = [1] tiles = [4] : tensor<?x6x2xf64>",
     {any("tensor<?x6x2xf64>", {2, 6, 2})}},
    {"nn.transform_tiles", // of two dimensions; side by side, and apart
     "%y = nn.transform_tiles %a matrices = [dense<[[1.0, -1.0], [0.5, 2.0]]> : tensor<2x2xf64>, "
     "dense<[[1.0], [4.0]]> : tensor<2x1xf64>] strides = [2, 2] low = [0, -1] tiles = [2, 2] : "
     "tensor<1x4x5x2xf64>",
     {any("tensor<1x4x5x2xf64>")}},
    {"nn.join_tiles", // the first tile begins before the result, the last ends after it
     "%y = nn.join_tiles %a matrices = [dense<[[1.0, -2.0, 0.5], [0.0, 1.0, 3.0]]> : "
     "tensor<2x3xf64>] strides = [2] low = [1] sizes = [6] : tensor<3x?x4x2xf64>",
     {any("tensor<3x?x4x2xf64>", {3, 2, 4, 2})}},
    {"nn.join_tiles", // of two dimensions; apart, and fewer than the result is long
     "%y = nn.join_tiles %a matrices = [dense<[[1.0, 2.0]]> : tensor<1x2xf64>, dense<[[1.0, 3.0], "
     "[0.5, 0.0]]> : tensor<2x2xf64>] strides = [2, 2] low = [0, -1] sizes = [5, 6] : "
     "tensor<2x2x1x2x2x3xf64>",
     {any("tensor<2x2x1x2x2x3xf64>")}},
    {"nn.conv", // by tiles
     "%y = nn.conv %a, %b, %c padding = [1, 0, 0, 2] {nn.winograd = \"always\"} : "
     "tensor<2x2x5x4xf64>, tensor<3x2x3x2xf64>, tensor<3xf64>",
     {any("tensor<2x2x5x4xf64>"), any("tensor<3x2x3x2xf64>"), any("tensor<3xf64>")}},
    {"nn.conv", // by tiles of three dimensions, of which one has one tap
     "%y = nn.conv %a, %b padding = 1 layout = nwdhc kernel_layout = wdhio {nn.winograd = "
     "\"always\"} : tensor<1x3x4x2x2xf64>, tensor<3x3x1x2x2xf64>",
     {any("tensor<1x3x4x2x2xf64>"), any("tensor<3x3x1x2x2xf64>")}},
    {"nn.conv",
     "%y = nn.conv %a, %b, %c strides = 2 padding = [1, 0, 0, 2] : tensor<2x2x5x4xf64>, "
     "tensor<3x2x3x2xf64>, tensor<3xf64>",
     {any("tensor<2x2x5x4xf64>"), any("tensor<3x2x3x2xf64>"), any("tensor<3xf64>")}},
    {"nn.conv",
     "%y = nn.conv %a, %b groups = 2 dilation = 2 padding = 1 layout = nwc kernel_layout = wio : "
     "tensor<?x?x4xf64>, tensor<3x2x4xf64>",
     {any("tensor<?x?x4xf64>", {2, 6, 4}), any("tensor<3x2x4xf64>")}},
    {"nn.conv", // depthwise, of several outputs; free sizes and strides
     "%y = nn.conv %a, %b groups = 2 strides = 2 padding = 1 : tensor<?x2x?xf64>, "
     "tensor<4x1x3xf64>",
     {any("tensor<?x2x?xf64>", {2, 2, 6}), any("tensor<4x1x3xf64>")}},
    {"nn.conv",
     "%y = nn.conv %a, %b input_dilation = 3 strides = 2 padding = 2 : tensor<1x2x4xf64>, "
     "tensor<2x2x3xf64>",
     {any("tensor<1x2x4xf64>"), any("tensor<2x2x3xf64>")}},
    {"nn.conv_transpose",
     "%y = nn.conv_transpose %a, %b, %c strides = 2 padding = 1 output_padding = 1 groups = 2 : "
     "tensor<1x4x3x2xf64>, tensor<4x1x3x3xf64>, tensor<2xf64>",
     {any("tensor<1x4x3x2xf64>"), any("tensor<4x1x3x3xf64>"), any("tensor<2xf64>")}},
    {"nn.max_pool",
     "%y = nn.max_pool %a window = [3, 2] strides = 2 padding = [1, 0] : tensor<2x2x5x4xf64>",
     {any("tensor<2x2x5x4xf64>")}},
    {"nn.max_pool",
     "%y = nn.max_pool %a window = 2 layout = nwc : tensor<?x?x3xf64>",
     {any("tensor<?x?x3xf64>", {2, 5, 3})}},
    {"nn.avg_pool",
     "%y = nn.avg_pool %a window = 3 strides = 2 padding = 1 exclude_padding : "
     "tensor<1x2x5x6xf64>",
     {any("tensor<1x2x5x6xf64>")}},
    {"nn.avg_pool",
     "%y = nn.avg_pool %a window = 3 strides = 2 padding = 1 ceil : tensor<1x2x6xf64>",
     {any("tensor<1x2x6xf64>")}},
    {"nn.lp_pool",
     "%y = nn.lp_pool %a window = 2 norm = 3 : tensor<1x2x4x4xf64>",
     {inside("tensor<1x2x4x4xf64>", 0.2, 1.5)}},
    {"nn.lp_pool",
     "%y = nn.lp_pool %a window = 2 : tensor<1x2x4xf64>",
     {inside("tensor<1x2x4xf64>", 0.2, 1.5)}},
    {"nn.adaptive_max_pool",
     "%y = nn.adaptive_max_pool %a sizes = [2, 3] : tensor<2x2x5x4xf64>",
     {any("tensor<2x2x5x4xf64>")}},
    {"nn.adaptive_max_pool",
     "%y = nn.adaptive_max_pool %a sizes = [1, 2] layout = nhwc : tensor<?x?x3x2xf64>",
     {any("tensor<?x?x3x2xf64>", {2, 5, 3, 2})}},
    {"nn.adaptive_avg_pool", // windows of several lengths, and of all elements
     "%y = nn.adaptive_avg_pool %a sizes = [3, 1] : tensor<?x2x5x4xf64>",
     {any("tensor<?x2x5x4xf64>", {2, 2, 5, 4})}},
    {"nn.adaptive_avg_pool", // a plain pool
     "%y = nn.adaptive_avg_pool %a sizes = [2, 3] : tensor<1x2x4x6xf64>",
     {any("tensor<1x2x4x6xf64>")}},
    {"nn.adaptive_avg_pool", // more elements than there were
     "%y = nn.adaptive_avg_pool %a sizes = [5, 4] layout = nhwc : tensor<1x3x2x2xf64>",
     {any("tensor<1x3x2x2xf64>")}},
    {"nn.adaptive_avg_pool",
     "%y = nn.adaptive_avg_pool %a sizes = 1 : tensor<?x2x?x?xf64>",
     {any("tensor<?x2x?x?xf64>", {2, 2, 3, 4})}},
};
} // namespace

std::vector<Case> imageRecipes() { return kImages; }

} // namespace mlc::test
