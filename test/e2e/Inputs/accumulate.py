"""Training steps that accumulate the gradients of four parts of a call against those that take the parts as one batch. The sums are in
another order: losses and parameters are equal within 2e-6 of their size after eight steps (seen: 3e-7). With any number of threads, the
same bits.

usage: accumulate.py FOLDER"""
import json
import os
import subprocess
import sys

import numpy

os.chdir(sys.argv[1])
PARTS, BATCH, STEPS = 4, 6, 8
TEXT = """
module @NAME {
  nn.parameter @table : tensor<5x3xf32> init(#nn.normal<mean = 0.0, deviation = 0.5>)
  nn.parameter @w : tensor<3x32xf32> init(#nn.glorot_uniform)
  nn.parameter @b : tensor<32xf32> init(#nn.zeros)
  nn.parameter @out : tensor<32x3xf32> init(#nn.glorot_uniform)
  func.func @loss(%x: tensor<?x3xf32> {nn.dims = ["batch", ""]}, %labels: tensor<?xi32> {nn.dims = ["batch"]}) -> tensor<f32> {
    %table = nn.param @table : tensor<5x3xf32>
    %w = nn.param @w : tensor<3x32xf32>
    %b = nn.param @b : tensor<32xf32>
    %out = nn.param @out : tensor<32x3xf32>
    %e = nn.embedding %table, %labels : tensor<5x3xf32>, tensor<?xi32>
    %s = nn.add %x, %e : tensor<?x3xf32>
    %h = nn.linear %s, %w, %b : tensor<?x3xf32>, tensor<3x32xf32>, tensor<32xf32>
    %g = nn.gelu %h : tensor<?x32xf32>
    %y = nn.matmul %g, %out : tensor<?x32xf32>, tensor<32x3xf32>
    %tied = nn.transpose %table permutation = [1, 0] : tensor<5x3xf32>
    %z = nn.matmul %y, %tied : tensor<?x3xf32>, tensor<3x5xf32>
    %l = nn.cross_entropy %z, %labels : tensor<?x5xf32>, tensor<?xi32>
    return %l : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adamw<learning_rate = 1.0e-2, weight_decay = 1.0e-2> clip_norm = 0.5 ACCUMULATE
}
"""


def compile(name, clause):
    open(name + ".mlir", "w").write(TEXT.replace("NAME", name).replace("ACCUMULATE", clause))
    subprocess.run(["mlc", name + ".mlir", "-o", name + ".so"], check=True)


def read(path):
    """The f32 tensors of a .safetensors."""
    data = open(path, "rb").read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    return {name: numpy.frombuffer(data[start + entry["data_offsets"][0]:start + entry["data_offsets"][1]], "f4")
            for name, entry in header.items() if name != "__metadata__" and entry["dtype"] == "F32"}


def train(name, x, labels, threads):
    """The losses, and the parameters at the end."""
    losses = []
    for step in range(STEPS):
        numpy.save("x.npy", x[step])
        numpy.save("labels.npy", labels[step])
        before = ["--params", f"{name}.safetensors"] if step else []
        subprocess.run(["mlc-run", "call", f"{name}.so", "fit", "--threads", str(threads), "--in", "x=x.npy", "labels=labels.npy", "--out", "loss=loss.npy",
                        "--save", f"{name}.safetensors", *before], check=True, stdout=subprocess.DEVNULL)
        losses.append(numpy.load("loss.npy"))
    return numpy.array(losses), read(f"{name}.safetensors")


random = numpy.random.RandomState(0)
x = random.randn(STEPS, PARTS, BATCH, 3).astype("f4")
labels = random.randint(0, 5, (STEPS, PARTS, BATCH)).astype("i4")
compile("parts", f"accumulate = {PARTS}")
compile("whole", "")
losses, params = train("parts", x, labels, 1)
expected, whole = train("whole", x.reshape(STEPS, -1, 3), labels.reshape(STEPS, -1), 1)
assert abs(losses - expected).max() < 2e-6 * abs(expected).max(), (losses, expected)
for name, value in whole.items():
    assert abs(params[name] - value).max() <= 2e-6 * max(1, abs(value).max()), (name, abs(params[name] - value).max())
again, same = train("parts", x, labels, 2)
assert (again == losses).all() and all((same[name] == value).all() for name, value in params.items())
print("accumulate: ok")
