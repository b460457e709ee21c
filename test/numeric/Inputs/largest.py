"""largest.py FOLDER: log_softmax of numbers that kernels compute anew, a product each, which a multiply-add takes in unrounded, against NumPy."""
import sys

import numpy as np
from compiled import Module, Report

TEXT = """
  func.func @f(%w: tensor<8x4xi32>, %s: tensor<2x4xf32>) -> (tensor<4x64xf32>, tensor<4x64xf32>) {
    %d = nn.dequantize %w, %s bits = 4 group = 40 transposed : tensor<8x4xi32>, tensor<2x4xf32>
    %y = nn.log_softmax %d dim = 0 : tensor<4x64xf32>
    %c = nn.neg %d : tensor<4x64xf32>
    return %y, %c : tensor<4x64xf32>, tensor<4x64xf32> }
"""

folder, report, random = sys.argv[1], Report(), np.random.default_rng(1)
module = Module(folder, "largest", TEXT)
inputs = random.integers(-2**31, 2**31, (8, 4)).astype("i4"), random.standard_normal((2, 4)).astype("f4")
for level, (y, c) in module.call("f", inputs, 2):
    x = -c.astype("f8")
    exact = x - x.max(0) - np.log(np.exp(x - x.max(0)).sum(0))
    # Numbers up to 20 are rounded: 1e-5 beside sums that are 1 at least.
    report.check(f"log_softmax {level}", y.astype("f8") + 1e3, exact + 1e3, 1e-8)
report.end()
