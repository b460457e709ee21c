"""precision.py EXAMPLES: two layers with --precision, compiled in several ways, against NumPy on operands that are rounded alike; works in the current folder.

Where a sum is rounded to 16 bits, another order of adding may give its neighbour, one number of hundreds in the next sum: results agree within 3e-4 of their
norm, and differ from those of f32 by more than that.
"""
import subprocess
import sys

import mlc
import numpy as np

sys.path.insert(0, sys.argv[1] + "/gpt2")
import gpt2  # noqa: E402

WIDTH, HIDDEN, CLASSES, ROWS = 48, 96, 40, 21
PREDICT = f"""
    %w = nn.param @up : tensor<{WIDTH}x{HIDDEN}xf32>
    %b = nn.param @bias : tensor<{HIDDEN}xf32>
    %v = nn.param @down : tensor<{CLASSES}x{HIDDEN}xf32>
    %h = nn.linear %x, %w, %b : tensor<?x{WIDTH}xf32>, tensor<{WIDTH}x{HIDDEN}xf32>, tensor<{HIDDEN}xf32>
    %r = nn.relu %h : tensor<?x{HIDDEN}xf32>
    %y = nn.contract %r, %v contracting = [1] x [1] : tensor<?x{HIDDEN}xf32>, tensor<{CLASSES}x{HIDDEN}xf32>"""
X, GRADIENTS = f'%x: tensor<?x{WIDTH}xf32> {{nn.dims = ["n", ""]}}', f"tensor<{WIDTH}x{HIDDEN}xf32>, tensor<{CLASSES}x{HIDDEN}xf32>, tensor<?x{WIDTH}xf32>"
TEXT = f"""module @precision {{
  nn.parameter @up : tensor<{WIDTH}x{HIDDEN}xf32> init(#nn.he_uniform)
  nn.parameter @bias : tensor<{HIDDEN}xf32> init(#nn.normal<0.0, 0.1>)
  nn.parameter @down : tensor<{CLASSES}x{HIDDEN}xf32> init(#nn.he_uniform)
  func.func @predict({X}) -> tensor<?x{CLASSES}xf32> {{{PREDICT}
    return %y : tensor<?x{CLASSES}xf32>
  }}
  func.func @loss({X}, %target: tensor<?x{CLASSES}xf32> {{nn.dims = ["n", ""]}}) -> tensor<f32> {{{PREDICT}
    %l = nn.mse %y, %target : tensor<?x{CLASSES}xf32>, tensor<?x{CLASSES}xf32>
    return %l : tensor<f32>
  }}
  func.func @slopes({X}, %target: tensor<?x{CLASSES}xf32> {{nn.dims = ["n", ""]}}) -> (tensor<f32>, {GRADIENTS}) {{
    %l, %dw, %dv, %dx = nn.grad @loss(%x, %target) wrt(@up, @down, 0) : (tensor<?x{WIDTH}xf32>, tensor<?x{CLASSES}xf32>) -> (tensor<f32>, {GRADIENTS})
    return %l, %dw, %dv, %dx : tensor<f32>, {GRADIENTS}
  }}
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-3>
}}
"""


def to_bf16(values):
    bits = values.astype("f4").view("u4")
    return ((bits + ((bits >> 16) & 1) + 0x7FFF) & 0xFFFF0000).view("f4").astype("f8")


ROUND = {"bf16": to_bf16, "f16": lambda values: values.astype("f2").astype("f8")}


def expected(w, x, target, rounded):
    """The prediction, and the gradients of the mean square by up, down and x, in f64 on operands that are rounded."""
    xr, up, down = rounded(x), rounded(w["up"]), rounded(w["down"])
    h = xr @ up + w["bias"]
    r = rounded(np.maximum(h, 0))
    y = r @ down.T
    dy = rounded(2 * (y - target) / y.size)
    dh = rounded((dy @ down) * (h > 0))
    return y, xr.T @ dh, dy.T @ r, dh @ up.T


def distance(found, wanted):
    return np.linalg.norm(np.asarray(found, "f8") - wanted) / np.linalg.norm(wanted)


open("precision.mlir", "w").write(TEXT)
random = np.random.default_rng(3)
x, target = random.standard_normal((ROWS, WIDTH)).astype("f4"), random.standard_normal((ROWS, CLASSES)).astype("f4")
plain = mlc.compile(TEXT)
plain.save("precision.safetensors")
w = {name: np.array(value) for name, value in plain.parameters.items()}

for dtype, entries, options in (("bf16", ["predict", "slopes"], {}), ("bf16", ["predict", "slopes"], {"bf16_dot": "pairs"}),
                                ("bf16", ["predict", "slopes"], {"bf16_dot": "none"}), ("bf16", ["predict", "slopes"], {"mcpu": "x86-64"}),
                                ("bf16", ["predict", "slopes"], {"optimize": 0}), ("f16", ["predict", "slopes"], {}), ("f16", ["predict", "slopes"], {"optimize": 0})):
    wanted, exact = expected(w, x, target, ROUND[dtype]), expected(w, x, target, lambda values: values.astype("f8"))
    made = mlc.compile(TEXT, precision=dtype, entries=entries, threads=2, **options)
    made.load("precision.safetensors")
    embedded = mlc.compile(TEXT, precision=dtype, entries=["predict"], weights="precision.safetensors", threads=1, **options)
    found = [made.predict(x), *made.slopes(x, target)[1:]]
    for position, (ours, numpys, f32s) in enumerate(zip(found, wanted, exact)):
        assert distance(ours, numpys) < 3e-4, (dtype, options, position, distance(ours, numpys))
        assert distance(ours, numpys) < distance(f32s, numpys) / 2, (dtype, options, position, distance(f32s, numpys))
    assert (embedded.predict(x) == found[0]).all(), (dtype, options)  # packed by the compiler; on one thread
    for first, count in ((0, 1), (3, 2), (4, 17)):  # of whatever batch a row is in
        row = made.predict(x[first:first + count])
        assert distance(row, found[0][first:first + count]) < 3e-4
        # Tiles of words add in one order, whatever their height.
        assert options != {"bf16_dot": "pairs"} or (row == found[0][first:first + count]).all(), (first, count)

# A step's files are those of f32, both ways, and 20 steps stay near.
low = mlc.compile(TEXT, precision="bf16")
low.load("precision.safetensors")
losses = [(float(plain.fit(x, target)), float(low.fit(x, target))) for _ in range(20)]
assert all(abs(a - b) < 0.005 * a for a, b in losses) and losses[-1][1] < 0.8 * losses[0][1] and losses[-1][0] != losses[-1][1], losses
low.save("low.safetensors")
plain.load("low.safetensors")
assert all((np.array(plain.parameters[name]) == np.array(value)).all() for name, value in low.parameters.items())
assert abs(float(plain.fit(x, target)) - float(low.fit(x, target))) < 0.005 * losses[-1][0]

# Weights in few bits keep their products of f32; the others are rounded.
quantized = mlc.compile(TEXT, precision="bf16", entries=["predict"], weights="precision.safetensors", quantize_weights="int8")
assert distance(quantized.predict(x), expected(w, x, target, lambda values: values.astype("f8"))[0]) < 0.02

# A tiny GPT-2: 20 steps of AdamW, and a text from what was trained.
c = gpt2.CONFIGURATIONS["tiny"]
models = [mlc.compile(gpt2.gpt2(c), f"./{dtype}.so", precision=dtype) for dtype in ("f32", "bf16")]
text = random.integers(0, 256, (4, c.time + 1)).astype("i4")
curves = [[float(model.fit(text)) for _ in range(20)] for model in models]
assert curves[0] != curves[1] and max(abs(a - b) / a for a, b in zip(*curves)) < 0.005, curves
models[1].save("gpt2.safetensors")
for dtype in ("f32", "bf16"):
    subprocess.run(["mlc-run", "generate", f"./{dtype}.so", "--params", "gpt2.safetensors", "--prompt", "a", "--tokens", "8"], check=True, capture_output=True)
print("precision: ok")
