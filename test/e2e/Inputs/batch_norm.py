"""batch_norm.py FOLDER: three training steps of a batch_norm of [N, C, 2] with running statistics, against NumPy in f64."""
import subprocess
import sys

import numpy as np
from compiled import Report

C, RATE, MOMENTUM, EPSILON = 3, 0.1, 0.25, 1e-5
X, S = f"tensor<?x{C}x2xf32>", f"tensor<{C}xf32>"
MODEL = f"""module @norm {{
  nn.parameter @scale : {S} init(#nn.ones)
  nn.parameter @bias : {S} init(#nn.zeros)
  nn.state @mean : {S} init(#nn.zeros)
  nn.state @variance : {S} init(#nn.ones)
  func.func private @forward(%x: {X}) -> {X} {{
    %scale = nn.param @scale : {S}
    %bias = nn.param @bias : {S}
    %mean = nn.read @mean : {S}
    %variance = nn.read @variance : {S}
    %y, %m, %v = nn.batch_norm %x, %scale, %bias, %mean, %variance momentum = {MOMENTUM} : {X}, {S}, {S}
    nn.write @mean, %m : {S}
    nn.write @variance, %v : {S}
    return %y : {X} }}
  func.func @predict(%x: {X} {{nn.dims = ["batch", "", ""]}}) -> {X} {{
    %y = call @forward(%x) : ({X}) -> {X}
    return %y : {X} }}
  func.func @loss(%x: {X} {{nn.dims = ["batch", "", ""]}}, %target: {X} {{nn.dims = ["batch", "", ""]}}) -> tensor<f32> {{
    %y = call @forward(%x) : ({X}) -> {X}
    %l = nn.mse %y, %target : {X}, {X}
    return %l : tensor<f32> }}
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = {RATE}>
}}"""


def normalize(x, m, v):
    return (x - m[:, None]) / np.sqrt(v + EPSILON)[:, None]


folder, report, random = sys.argv[1], Report(), np.random.default_rng(8)
with open(f"{folder}/norm.mlir", "w") as out:
    out.write(MODEL)
for level in ("-O0", "-O3"):
    library, state = f"{folder}/norm{level}.so", []
    subprocess.run(["mlc", f"{folder}/norm.mlir", "-o", library, level], check=True)

    def call(entry, *inputs, save=None):
        for name, value in zip(("x", "target"), inputs):
            np.save(f"{folder}/{name}.npy", np.float32(value))
        command = ["mlc-run", "call", library, entry, *state, "--in", *(f"{name}={folder}/{name}.npy" for name in ("x", "target")[:len(inputs)])]
        subprocess.run(command + ["--out", f"0={folder}/y.npy"] + (["--save", save] if save else []), check=True, stdout=subprocess.DEVNULL)
        return np.load(f"{folder}/y.npy").astype("f8")

    scale, bias, mean, variance = np.ones(C), np.zeros(C), np.zeros(C), np.ones(C)
    for step in range(3):
        x, target = random.normal(3, 2, (5 + step, C, 2)), random.standard_normal((5 + step, C, 2))
        n = x.shape[0] * 2
        m, v = x.mean((0, 2)), x.var((0, 2))
        h = normalize(x, m, v)
        y = h * scale[:, None] + bias[:, None]
        dy = 2 * (y - target) / y.size
        loss = call("fit", x, target, save=f"{folder}/{step}{level}.safetensors")
        report.check(f"loss of step {step} {level}", loss, ((y - target)**2).mean(), 1e-5)
        state = ["--params", f"{folder}/{step}{level}.safetensors"]
        scale, bias = scale - RATE * (dy * h).sum((0, 2)), bias - RATE * dy.sum((0, 2))
        mean, variance = (1 - MOMENTUM) * mean + MOMENTUM * m, (1 - MOMENTUM) * variance + MOMENTUM * v * n / (n - 1)
        y = normalize(x, mean, variance) * scale[:, None] + bias[:, None]
        report.check(f"inference after step {step} {level}", call("predict", x) + 10, y + 10, 1e-5)
        report.check(f"the loss in inference {level}", call("loss", x, target), ((y - target)**2).mean(), 1e-5)
        report.check(f"which leaves it as it was {level}", call("predict", x) + 10, y + 10, 1e-5)
report.end()
