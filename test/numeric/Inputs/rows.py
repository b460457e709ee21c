"""rows.py FOLDER: layer_norm and its gradient of rows with a large mean, in f32, against NumPy in f64 on the same numbers.

The inputs are numbers of f32, so that the mean is no excuse: relative to the largest element of a row, 1e-5 of it is 80 roundings.
"""
import sys

import numpy as np
from compiled import Module, Report

folder, report, random = sys.argv[1], Report(), np.random.default_rng(5)
TEXT = """
  func.func private @l(%x: tensor<?xNxf32>, %s: tensor<Nxf32>, %b: tensor<Nxf32>) -> tensor<?xNxf32> {
    %y = nn.layer_norm %x, %s, %b : tensor<?xNxf32>, tensor<Nxf32>, tensor<Nxf32>
    return %y : tensor<?xNxf32> }
  func.func @f(%x: tensor<?xNxf32> {nn.dims = ["n", ""]}, %s: tensor<Nxf32>, %b: tensor<Nxf32>, %dy: tensor<?xNxf32> {nn.dims = ["n", ""]}) ->
      (tensor<?xNxf32>, tensor<?xNxf32>) {
    %y, %dx = nn.vjp @l(%x, %s, %b) cotangents(%dy) wrt(0) : (tensor<?xNxf32>, tensor<Nxf32>, tensor<Nxf32>), (tensor<?xNxf32>) ->
      (tensor<?xNxf32>, tensor<?xNxf32>)
    return %y, %dx : tensor<?xNxf32>, tensor<?xNxf32> }
"""
for n in (5, 768):
    module = Module(folder, f"rows{n}", TEXT.replace("N", str(n)))
    scale, bias, dy = (np.float32(random.standard_normal(shape)) for shape in (n, n, (3, n)))
    for offset in (0.0, 1e3, 1e6, -1e6, 1e7):
        x = np.float32(random.standard_normal((3, n)) * 2 + offset)
        x[2] = x[2, 0]  # one number: no deviation, so that y is the bias
        wide = x.astype("f8")
        centered = wide - wide.mean(1, keepdims=True)
        inverse = 1 / np.sqrt((centered**2).mean(1, keepdims=True) + 1e-5)
        h, u = centered * inverse, dy.astype("f8") * scale
        y = h * scale + bias
        dx = inverse * (u - u.mean(1, keepdims=True) - h * (h * u).mean(1, keepdims=True))
        for level, (value, slope) in module.call("f", [x, scale, bias, dy], 2):
            for what, actual, expected in (("layer_norm", value, y), ("its gradient", slope, dx)):
                error = abs(actual - expected).max(1) / abs(expected).max(1)
                # In a row of one number, sums of equal numbers are rounded, and epsilon does not hide it at 1e7: 0.1 of the bias.
                report.check(f"{what} {n} {offset} {level} {error}", (error[:2] < 1e-5).all() and error[2] < 1e-3, True, 0)
report.end()
