"""counts.py FOLDER: numbers of ties, rows and classes beyond what the data's dtype counts; indices of i8; a scatter of many rows."""
import sys
import time

import numpy as np
from compiled import Module, Report

TEXT = """
  func.func private @best_f16(%x: tensor<70000xf16>) -> tensor<f16> {
    %y = nn.reduce max %x dims = [0] : tensor<70000xf16>
    return %y : tensor<f16> }
  func.func @ties_f16(%x: tensor<70000xf16>, %dy: tensor<f16>) -> tensor<70000xf32> {
    %y, %dx = nn.vjp @best_f16(%x) cotangents(%dy) wrt(0) : (tensor<70000xf16>), (tensor<f16>) -> (tensor<f16>, tensor<70000xf16>)
    %z = nn.cast %dx : tensor<70000xf16> -> tensor<70000xf32>
    return %z : tensor<70000xf32> }
  func.func private @best_bf16(%x: tensor<?xbf16>) -> tensor<bf16> {
    %y = nn.reduce min %x dims = [0] : tensor<?xbf16>
    return %y : tensor<bf16> }
  func.func @ties_bf16(%x: tensor<?xbf16>, %dy: tensor<bf16>) -> tensor<?xf32> {
    %y, %dx = nn.vjp @best_bf16(%x) cotangents(%dy) wrt(0) : (tensor<?xbf16>), (tensor<bf16>) -> (tensor<bf16>, tensor<?xbf16>)
    %z = nn.cast %dx : tensor<?xbf16> -> tensor<?xf32>
    return %z : tensor<?xf32> }
  func.func private @most(%x: tensor<1xf16>, %u: tensor<70000xf16>, %i: tensor<70000xi32>) -> tensor<1xf16> {
    %y = nn.scatter max %x, %i, %u axis = 0 : tensor<1xf16>, tensor<70000xi32>, tensor<70000xf16>
    return %y : tensor<1xf16> }
  func.func @ties_scatter(%x: tensor<1xf16>, %u: tensor<70000xf16>, %i: tensor<70000xi32>, %dy: tensor<1xf16>) -> tensor<70000xf32> {
    %y, %du = nn.vjp @most(%x, %u, %i) cotangents(%dy) wrt(1) : (tensor<1xf16>, tensor<70000xf16>, tensor<70000xi32>), (tensor<1xf16>) -> (tensor<1xf16>, tensor<70000xf16>)
    %z = nn.cast %du : tensor<70000xf16> -> tensor<70000xf32>
    return %z : tensor<70000xf32> }
  func.func @mean_f16(%x: tensor<?xf16> {nn.dims = ["n"]}, %t: tensor<?xf16> {nn.dims = ["n"]}) -> (tensor<f16>, tensor<f16>) {
    %a = nn.mse %x, %t : tensor<?xf16>
    %b = nn.mae %x, %t : tensor<?xf16>
    return %a, %b : tensor<f16>, tensor<f16> }
  func.func private @narrow(%x: tensor<?x300xf32> {nn.dims = ["n", ""]}, %l: tensor<?xi8> {nn.dims = ["n"]}) -> tensor<f32> {
    %y = nn.cross_entropy %x, %l : tensor<?x300xf32>, tensor<?xi8>
    return %y : tensor<f32> }
  func.func @labels_i8(%x: tensor<?x300xf32> {nn.dims = ["n", ""]}, %l: tensor<?xi8> {nn.dims = ["n"]}) -> (tensor<f32>, tensor<?x300xf32>) {
    %y, %dx = nn.grad @narrow(%x, %l) wrt(0) : (tensor<?x300xf32>, tensor<?xi8>) -> (tensor<f32>, tensor<?x300xf32>)
    return %y, %dx : tensor<f32>, tensor<?x300xf32> }
  func.func private @rows(%t: tensor<?x2xf32>, %i: tensor<3xi8>) -> tensor<3x2xf32> {
    %y = nn.embedding %t, %i : tensor<?x2xf32>, tensor<3xi8>
    return %y : tensor<3x2xf32> }
  func.func @ids_i8(%t: tensor<?x2xf32>, %i: tensor<3xi8>, %dy: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<?x2xf32>) {
    %y, %dt = nn.vjp @rows(%t, %i) cotangents(%dy) wrt(0) : (tensor<?x2xf32>, tensor<3xi8>), (tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<?x2xf32>)
    return %y, %dt : tensor<3x2xf32>, tensor<?x2xf32> }
  func.func @scatter(%x: tensor<?x4xf32>, %i: tensor<?xi32> {nn.dims = ["ids"]}, %u: tensor<?x4xf32> {nn.dims = ["ids", ""]}) -> tensor<?x4xf32> {
    %y = nn.scatter add %x, %i, %u axis = 0 : tensor<?x4xf32>, tensor<?xi32>, tensor<?x4xf32>
    return %y : tensor<?x4xf32> }
  func.func private @table(%t: tensor<?x4xbf16>, %i: tensor<?xi32>) -> tensor<?x4xbf16> {
    %y = nn.embedding %t, %i : tensor<?x4xbf16>, tensor<?xi32>
    return %y : tensor<?x4xbf16> }
  func.func @embedding_bf16(%t: tensor<?x4xbf16>, %i: tensor<?xi32> {nn.dims = ["ids"]}, %dy: tensor<?x4xbf16> {nn.dims = ["ids", ""]}) -> tensor<?x4xf32> {
    %y, %dt = nn.vjp @table(%t, %i) cotangents(%dy) wrt(0) : (tensor<?x4xbf16>, tensor<?xi32>), (tensor<?x4xbf16>) -> (tensor<?x4xbf16>, tensor<?x4xbf16>)
    %z = nn.cast %dt : tensor<?x4xbf16> -> tensor<?x4xf32>
    return %z : tensor<?x4xf32> }
  func.func @running(%x: tensor<?xf32>) -> tensor<?xf32> {
    %y = nn.cumsum %x dim = 0 : tensor<?xf32>
    return %y : tensor<?xf32> }
"""

folder, report, random = sys.argv[1], Report(), np.random.default_rng(3)
module = Module(folder, "counts", TEXT)
n = 70000
same = np.full(n, 0.5, "f2")
# 7 / 70000 in f16; its last place is 6e-8.
for level, (dx,) in module.call("ties_f16", [same, np.array(7, "f2")]):
    report.check(f"max over equal f16 {level}", dx, np.full(n, np.float16(1e-4)), 0)
for level, (dx,) in module.call("ties_bf16", [same.astype("f4"), np.array(7, "f4")]):
    report.check(f"min over equal bf16 {level}", dx, np.full(n, 1e-4), 2**-8)
inputs = [np.zeros(1, "f2"), same, np.zeros(n, "i4"), np.array([7], "f2")]
for level, (du,) in module.call("ties_scatter", inputs):
    report.check(f"scatter max of equal f16 {level}", du, np.full(n, np.float16(1e-4)), 0)
for level, (a, b) in module.call("mean_f16", [np.full(n, 3, "f2"), np.full(n, 1, "f2")], 2):
    report.check(f"mse of 70,000 f16 {level}", a, 4, 0)
    report.check(f"mae of 70,000 f16 {level}", b, 2, 0)

# 300 classes, of which i8 names 128: positions must not wrap.
x, labels = np.float32(random.standard_normal((4, 300))), np.array([0, 127, 44, -100], "i1")
e = np.exp(x.astype("f8"))
p = e / e.sum(1, keepdims=True)
slope = p - np.eye(300)[np.maximum(labels, 0)]
slope[3] = 0
loss = -np.log(p[range(3), labels[:3]]).mean()
for level, (y, dx) in module.call("labels_i8", [x, labels], 2):
    report.check(f"labels of i8 {level}", y, loss, 2e-6)
    report.check(f"their gradient {level}", 1 + dx.astype("f8"), 1 + slope / 3, 2e-6)
table, ids, dy = np.arange(600, dtype="f4").reshape(300, 2), np.array([127, 0, 127], "i1"), np.float32([[1, 2], [3, 4], [5, 6]])
expected = np.zeros((300, 2))
np.add.at(expected, ids.astype("i8"), dy)
for level, (y, dt) in module.call("ids_i8", [table, ids, dy], 2):
    report.check(f"ids of i8 {level}", y, table[ids.astype("i8")], 0)
    report.check(f"their gradient {level}", dt, expected, 0)

# 100,000 rows and ids: 10^10 comparisons took minutes; whole numbers, so that sums are exact.
rows = 100000
ids, updates = random.integers(0, rows, rows).astype("i4"), np.float32(random.integers(-3, 4, (rows, 4)))
base = np.float32(random.integers(-3, 4, (rows, 4)))
expected = base.astype("f8")
np.add.at(expected, ids, updates)
begin = time.monotonic()
for level, (y,) in module.call("scatter", [base, ids, updates]):
    report.check(f"scatter of many {level}", y, expected, 0)
for level, (y,) in module.call("embedding_bf16", [base, ids, updates]):
    report.check(f"gradient of a table of bf16 {level}", y, expected - base, 0)
for level, (y,) in module.call("running", [base.ravel()]):
    report.check(f"running sum {level}", y, np.cumsum(base.ravel().astype("f8")), 0)
report.check("seconds, under a minute on any machine", time.monotonic() - begin < 60, True, 0)
report.end()
