"""A vocabulary whose scores are larger than a chunk: the loss and the gradients of features and table against NumPy in f64, within 1e-5 of
the largest (seen: 1.1e-6); scores and their derivatives are never there as a whole; the bits do not depend on threads.

usage: chunked_head.py FOLDER"""
import os
import re
import subprocess
import sys

import numpy

os.chdir(sys.argv[1])
ROWS, WORDS, WIDTH = 512, 66000, 16
TEXT = f"""
module @head {{
  func.func private @loss(%x: tensor<{ROWS}x{WIDTH}xf32>, %table: tensor<{WORDS}x{WIDTH}xf32>, %labels: tensor<{ROWS}xi32>) -> tensor<f32> {{
    %t = nn.transpose %table permutation = [1, 0] : tensor<{WORDS}x{WIDTH}xf32>
    %s = nn.matmul %x, %t : tensor<{ROWS}x{WIDTH}xf32>, tensor<{WIDTH}x{WORDS}xf32>
    %l = nn.cross_entropy %s, %labels ignore_index = -1 label_smoothing = 0.1 : tensor<{ROWS}x{WORDS}xf32>, tensor<{ROWS}xi32>
    return %l : tensor<f32>
  }}
  func.func @gradients(%x: tensor<{ROWS}x{WIDTH}xf32>, %table: tensor<{WORDS}x{WIDTH}xf32>, %labels: tensor<{ROWS}xi32>)
      -> (tensor<f32>, tensor<{ROWS}x{WIDTH}xf32>, tensor<{WORDS}x{WIDTH}xf32>) {{
    %l, %dx, %dt = nn.grad @loss(%x, %table, %labels) wrt(0, 1)
        : (tensor<{ROWS}x{WIDTH}xf32>, tensor<{WORDS}x{WIDTH}xf32>, tensor<{ROWS}xi32>) -> (tensor<f32>, tensor<{ROWS}x{WIDTH}xf32>, tensor<{WORDS}x{WIDTH}xf32>)
    return %l, %dx, %dt : tensor<f32>, tensor<{ROWS}x{WIDTH}xf32>, tensor<{WORDS}x{WIDTH}xf32>
  }}
}}
"""


def run(threads):
    subprocess.run(["mlc-run", "call", "head.so", "gradients", "--threads", str(threads), "--in", "x=x.npy", "table=table.npy", "labels=labels.npy",
                    "--out", "result0=l.npy", "result1=dx.npy", "result2=dt.npy"], check=True, stdout=subprocess.DEVNULL)
    return [numpy.load(name) for name in ("l.npy", "dx.npy", "dt.npy")]


random = numpy.random.RandomState(0)
x, table = random.randn(ROWS, WIDTH).astype("f4"), random.randn(WORDS, WIDTH).astype("f4")
labels = random.randint(0, WORDS, ROWS).astype("i4")
labels[::7] = -1
for name, array in (("x", x), ("table", table), ("labels", labels)):
    numpy.save(name + ".npy", array)
open("head.mlir", "w").write(TEXT)
explained = subprocess.run(["mlc", "head.mlir", "-o", "head.so", "--explain-memory"], check=True, capture_output=True, text=True).stderr
arena = int(re.search(r"remark: gradients: arena of (\d+) bytes", explained)[1])
assert arena < 6 * ROWS * WORDS, arena  # whole, scores and their derivatives take 8

wide, words = x.astype("f8"), table.astype("f8")
scores = wide @ words.T
scores -= scores.max(1, keepdims=True)
log = scores - numpy.log(numpy.exp(scores).sum(1, keepdims=True))
kept = labels >= 0
target = numpy.full((ROWS, WORDS), 0.1 / WORDS)
target[kept, labels[kept]] += 0.9
loss = -(target * log)[kept].sum() / kept.sum()
slope = (numpy.exp(log) - target) * kept[:, None] / kept.sum()
found = run(1)
for name, value, expected in zip(("loss", "dx", "dt"), found, (loss, slope @ words, slope.T @ wide)):
    error = abs(value - expected).max() / abs(expected).max()
    assert error < 1e-5, (name, error)
assert all((a == b).all() for a, b in zip(found, run(2)))
print("chunked head: ok")
