"""optimizers.py FOLDER: long runs of optimizers with constant gradients, and clipping of huge and tiny ones, against NumPy in f64.

The gradient of the loss by @w is the row of data, the same in every step.
"""
import json
import struct
import subprocess
import sys

import numpy as np
from compiled import Report


def load(path):
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(size)), file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        raw = data[slice(*entry["data_offsets"])]
        if entry["dtype"] == "BF16":
            value = (np.frombuffer(raw, "<u2").astype("u4") << 16).view("f4")
        else:
            value = np.frombuffer(raw, {"F32": "<f4", "F64": "<f8", "F16": "<f2"}[entry["dtype"]])
        tensors[name] = entry["dtype"], value.astype("f8")
    return tensors


def train(folder, name, gradient, steps, optimizer, dtype="f32", clause="", start="#nn.ones"):
    """The tensors after `steps` steps, by level."""
    n, path = len(gradient), f"{folder}/{name}.mlir"
    with open(path, "w") as out:
        out.write(f"""module @{name} {{
  nn.parameter @w : tensor<{n}x{dtype}> init({start})
  func.func @loss(%x: tensor<?x{n}xf32> {{nn.dims = ["batch", ""]}}) -> tensor<f32> {{
    %p = nn.param @w : tensor<{n}x{dtype}>
    %w = nn.cast %p : tensor<{n}x{dtype}> -> tensor<{n}xf32>
    %b = nn.dim %x, 0 : tensor<?x{n}xf32>
    %r = nn.broadcast %w [%b] dims = [1] : tensor<{n}xf32> -> tensor<?x{n}xf32>
    %y = nn.mul %r, %x : tensor<?x{n}xf32>
    %l = nn.reduce sum %y dims = [0, 1] : tensor<?x{n}xf32>
    return %l : tensor<f32>
  }}
  nn.train_step @fit minimizes @loss with {optimizer} {clause}
}}""")
    np.save(f"{folder}/x.npy", np.float32([gradient]))
    for level in ("-O0", "-O3"):
        library, saved = f"{folder}/{name}{level}.so", f"{folder}/{name}{level}.safetensors"
        subprocess.run(["mlc", path, "-o", library, level], check=True)
        subprocess.run(["mlc-run", "fit", library, "--data", f"x={folder}/x.npy", "--epochs", str(steps), "--batch-size", "1",
                        "--save", saved], check=True, stdout=subprocess.DEVNULL)
        yield level, load(saved)


folder, report = sys.argv[1], Report()
f = lambda x: float(np.float32(x))

# Centred RMSprop: v - a^2 itself falls below zero after 1,203 steps.
gradient, steps = np.array([1.0, -3.0, 1e-3, 300.0]), 2000
alpha, rate, epsilon = f(0.99), f(1e-2), f(1e-8)
w, a, v = np.ones(4), np.zeros(4), np.zeros(4)
for _ in range(steps):
    v = alpha * (v + (1 - alpha) * (gradient - a)**2)
    a = alpha * a + (1 - alpha) * gradient
    w = w - rate * gradient / (np.sqrt(v) + epsilon)
for level, tensors in train(folder, "centered", gradient, steps, "#nn.rmsprop<centered = 1>"):
    # 2,000 f32 roundings of a and v: 1e-3 of the largest steps, which are the last.
    report.check(f"centred rmsprop {level}", tensors["w"][1], w, 1e-2)

# Moments of 16-bit parameters are f32: in bf16, v stops at 256 times (1 - beta2) of the square.
gradient, steps = np.array([1.0, 0.5, -0.25]), 3000
for dtype in ("bf16", "f16"):
    beta1, beta2 = f(0.9), f(0.999)
    m, v = gradient * (1 - beta1**steps), gradient**2 * (1 - beta2**steps)
    for level, tensors in train(folder, f"adam_{dtype}", gradient, steps, "#nn.adam<learning_rate = 1.0e-3>", dtype):
        for name, expected in (("m", m), ("v", v)):
            report.check(f"{name} of {dtype} {level}", tensors[name + "/w"][1], expected, 2e-5)
            report.check("its dtype is F32", tensors[name + "/w"][0] == "F32", True, 0)

# A small decay of AdamW: 1 - 1e-7 is 1 - 1.2e-7 in f32. Without a gradient, decay is all there is.
steps, decay = 2000, f(1e-4) * f(1e-3)
for level, tensors in train(folder, "decay", np.zeros(1), steps, "#nn.adamw<learning_rate = 1.0e-4, weight_decay = 1.0e-3>", start="#nn.constant<1.5>"):
    lost = 1.5 - tensors["w"][1][0]
    # A step is 1.26 units in the last place of 1.5, taken as 1 or 2 of them at random at best; 1 - decay takes 1.26 as 2.
    report.check(f"decay of adamw {level}", 1 + lost, 1 + 1.5 * (1 - (1 - decay)**steps), 1e-4)

# Squares of 1e30 overflow f32, those of 1e-30 vanish.
for size in (1e30, 3e38, 1.0, 1e-20, 1e-30):
    gradient, bound = np.array([3.0, -4.0]) * size / 5, min(size, 1.0) / 2
    expected = -gradient * bound / (np.sqrt((gradient**2).sum()) + 1e-6) if bound < size + 1e-6 else -gradient
    expected = -gradient * min(1.0, bound / (np.hypot(*gradient) + 1e-6))
    name = "clip" + f"{size:.0e}".replace("+", "").replace("-", "m")
    for level, tensors in train(folder, name, gradient, 1, "#nn.sgd<learning_rate = 1.0>", clause=f"clip_norm = {bound:.17e}", start="#nn.zeros"):
        report.check(f"gradient of norm {size} {level}", tensors["w"][1], np.float32(expected), 1e-6)

# The cosine near its end, where 1 + cos cancels: the sum of lr over all steps, and the last ones alone.
steps = 100
factors = np.sin(np.pi / 2 * (steps - np.arange(steps)) / steps)**2
for name, count in (("all", steps), ("start", steps - 2)):
    for level, tensors in train(folder, "cosine_" + name, np.array([-1.0]), count, "#nn.sgd<learning_rate = 1.0>",
                                clause=f"schedule(#nn.cosine_schedule<steps = {steps}>)", start="#nn.zeros"):
        report.check(f"cosine {name} {level}", tensors["w"][1], [factors[:count].sum()], 2e-6)
for level, tensors in train(folder, "cosine_end", np.array([-1.0]), 1000, "#nn.sgd<learning_rate = 1.0>",
                            clause="schedule(#nn.linear_warmup<steps = 999, then = #nn.cosine_schedule<steps = 1000000>>)", start="#nn.zeros"):
    report.check(f"warm-up and a step {level}", tensors["w"][1], [(np.arange(999) / 999).sum() + 1], 2e-5)
report.end()
