"""packed.py: panels of a batch of matrices, of few rows and many: the maps of a convolution's kernel beside the convolution of plain sums,
within 1e-5 of the largest (seen: 1.9e-6), and matrices that are weights themselves against NumPy, within 1e-5 (sums of 40 products)."""
import sys

import mlc
import numpy as np

random = np.random.default_rng(0)


def convolution(size, images):
    x, w, y = f"tensor<{images}x18x{size}x{size}xf32>", "tensor<52x18x3x3xf32>", f"tensor<{images}x52x{size}x{size}xf32>"
    text = f"""module @tiles {{
  nn.parameter @w : {w} init(#nn.he_uniform)
  func.func @f(%x: {x}) -> {y} {{
    %w = nn.param @w : {w}
    %y = nn.conv %x, %w padding = 1 : {x}, {w}
    return %y : {y}
  }}
}}"""
    image = random.standard_normal((images, 18, size, size)).astype("f4")
    tiles, sums = (np.array(mlc.compile(text, winograd=use, seed=5).f(image)) for use in ("always", "never"))
    return abs(tiles - sums).max() / abs(sums).max()


def matrices(rows):
    x, w, y = f"tensor<3x{rows}x40xf32>", "tensor<3x40x50xf32>", f"tensor<3x{rows}x50xf32>"
    model = mlc.compile(f"""module @batch {{
  nn.parameter @w : {w} init(#nn.uniform<low = -1.0, high = 1.0>)
  func.func @f(%x: {x}) -> {y} {{
    %w = nn.param @w : {w}
    %y = nn.contract %x, %w batch = [0] x [0] contracting = [2] x [1] : {x}, {w}
    return %y : {y}
  }}
}}""")
    given = random.standard_normal((3, rows, 40)).astype("f4")
    return abs(np.array(model.f(given)) - given @ np.array(model.parameters["w"])).max() / 10


worst = max([convolution(size, images) for size in (4, 7, 20) for images in (1, 3)] + [matrices(rows) for rows in (1, 2, 4, 9, 40)])
print("packed batches: ok" if worst < 1e-5 else f"off by {worst:.1e}")
sys.exit(not worst < 1e-5)
