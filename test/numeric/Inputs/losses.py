"""losses.py FOLDER: losses and what is made of logarithms of sums, in f32, against NumPy in f64 on the same numbers.

The tolerance is relative: 2e-6 is 16 units in the last place of f32, for a handful of operations, two of which (exp, log) have units of
their own. Cross-entropy, its gradient and log_softmax keep their digits however certain a row is. Only what has parts of both signs is compared
after 1 or 2 was added. The losses must not depend on what all logits have in common.
"""
import sys

import numpy as np
from compiled import Module, Report

INF, NAN = np.inf, np.nan
T = 2e-6


def logits_cases():
    rows = [[0, -1, -2], [0, -10, -20], [20, 10, 0], [0, -20, -20], [0, -86, -80], [3, 3, 3], [5, 5, -7], [0, 1, 2], [-3, 0.25, 0.25], [0.5, 0.25, -0.125]]
    for offset in (0, 980, 1e3, 1e6, -1e6):
        for row in rows:
            shifted = np.float32(np.array(row, "f8") + offset)
            for label in range(3):
                yield shifted, label
    yield np.float32([3e38, 3e38, 3e38]), 1
    yield np.float32([1e30, 1e30, -1e30]), 0
    yield np.float32([1e30, 1e30 - 1e24, 0]), 0
    yield np.float32([-3e38, -3e38, -3e38]), 2
    yield np.float32([-INF, 4, 3]), 1


def softmax(row):
    e = np.exp(row - row.max())
    return e / e.sum()


def log_softmax(row):
    shifted = row - row.max()
    largest = shifted == 0
    rest = np.exp(shifted[~largest]).sum()
    return shifted - (np.log(largest.sum()) + np.log1p(rest / largest.sum()))


def check_rows(folder, report):
    text = """
  func.func private @ce(%x: tensor<1x3xf32>, %l: tensor<1xi32>) -> tensor<f32> {
    %y = nn.cross_entropy %x, %l : tensor<1x3xf32>, tensor<1xi32>
    return %y : tensor<f32> }
  func.func @cross_entropy(%x: tensor<1x3xf32>, %l: tensor<1xi32>) -> (tensor<f32>, tensor<1x3xf32>) {
    %y, %dx = nn.grad @ce(%x, %l) wrt(0) : (tensor<1x3xf32>, tensor<1xi32>) -> (tensor<f32>, tensor<1x3xf32>)
    return %y, %dx : tensor<f32>, tensor<1x3xf32> }
  func.func private @ces(%x: tensor<1x3xf32>, %l: tensor<1xi32>) -> tensor<f32> {
    %y = nn.cross_entropy %x, %l label_smoothing = 0.25 : tensor<1x3xf32>, tensor<1xi32>
    return %y : tensor<f32> }
  func.func @smoothed(%x: tensor<1x3xf32>, %l: tensor<1xi32>) -> (tensor<f32>, tensor<1x3xf32>) {
    %y, %dx = nn.grad @ces(%x, %l) wrt(0) : (tensor<1x3xf32>, tensor<1xi32>) -> (tensor<f32>, tensor<1x3xf32>)
    return %y, %dx : tensor<f32>, tensor<1x3xf32> }
  func.func private @lse(%x: tensor<1x3xf32>) -> tensor<f32> {
    %y = nn.logsumexp %x dims = [0, 1] : tensor<1x3xf32>
    return %y : tensor<f32> }
  func.func @logsumexp(%x: tensor<1x3xf32>) -> (tensor<f32>, tensor<1x3xf32>) {
    %y, %dx = nn.grad @lse(%x) wrt(0) : (tensor<1x3xf32>) -> (tensor<f32>, tensor<1x3xf32>)
    return %y, %dx : tensor<f32>, tensor<1x3xf32> }
  func.func @log_softmax(%x: tensor<1x3xf32>) -> (tensor<1x3xf32>) {
    %y = nn.log_softmax %x : tensor<1x3xf32>
    return %y : tensor<1x3xf32> }
"""
    module = Module(folder, "rows", text)
    cases = list(logits_cases())
    for row, label in cases:
        x = row.astype("f8")
        with np.errstate(all="ignore"):
            logs, p = log_softmax(x), softmax(x)
            onehot = np.eye(3)[label]
            # p - 1 without its cancellation: the others' shares.
            slope = np.where(onehot == 1, -sum(p[i] for i in range(3) if i != label), p)
            smooth = slope + 0.25 * onehot - 0.25 / 3
            smoothed = -0.75 * logs[label] - 0.25 * logs.mean()
            lse = x.max() - logs[x.argmax()]
        labels = np.array([label], "i4")
        for level, (loss, slopes) in module.call("cross_entropy", [row[None], labels], 2):
            report.check(f"cross_entropy {level} {row} {label}", loss, -logs[label], T)
            report.check(f"its gradient {level} {row} {label}", slopes[0], slope, T)
        for level, (loss, slopes) in module.call("smoothed", [row[None], labels], 2):
            report.check(f"smoothed {level} {row} {label}", 1 + loss.astype("f8"), 1 + smoothed, T)
            report.check(f"its gradient {level} {row} {label}", 2 + slopes[0].astype("f8"), 2 + smooth, T)
        if label == 0:
            for level, (value, slopes) in module.call("logsumexp", [row[None]], 2):
                cancels = x.max() < 0 and abs(lse) < 1
                report.check(f"logsumexp {level} {row}", cancels + value.astype("f8"), cancels + lse, T)
                report.check(f"its gradient {level} {row}", slopes[0], p, T)
            for level, (value,) in module.call("log_softmax", [row[None]]):
                report.check(f"log_softmax {level} {row}", value[0], np.where(logs < -3.5e38, -INF, logs), T)


def check_ignored(folder, report):
    text = """
  func.func private @ce(%x: tensor<4x3xf32>, %l: tensor<4xi64>) -> tensor<f32> {
    %y = nn.cross_entropy %x, %l label_smoothing = SMOOTH : tensor<4x3xf32>, tensor<4xi64>
    return %y : tensor<f32> }
  func.func @f(%x: tensor<4x3xf32>, %l: tensor<4xi64>) -> (tensor<f32>, tensor<4x3xf32>) {
    %y, %dx = nn.grad @ce(%x, %l) wrt(0) : (tensor<4x3xf32>, tensor<4xi64>) -> (tensor<f32>, tensor<4x3xf32>)
    return %y, %dx : tensor<f32>, tensor<4x3xf32> }
"""
    x = np.float32([[-INF] * 3, [1, 2, 3], [NAN, INF, 0], [INF, INF, -INF]])
    labels, p = np.array([-100, 2, -100, -100]), softmax(np.float64([1, 2, 3]))
    for smoothing in (0.0, 0.5):
        module = Module(folder, f"ignored{int(2 * smoothing)}", text.replace("SMOOTH", str(smoothing)))
        logs, target = np.log(p), (1 - smoothing) * np.eye(3)[2] + smoothing / 3
        for level, (loss, slopes) in module.call("f", [x, labels], 2):
            report.check(f"ignored rows {level}", loss, -(target * logs).sum(), T)
            expected = np.zeros((4, 3))
            expected[1] = p - target
            report.check(f"their gradient {level}", 2 + slopes.astype("f8"), 2 + expected, T)


def check_weights(folder, report):
    """Weights of classes, and their own derivative, beside ignored rows; the logits are equal but for what is ignored."""
    text = """
  func.func private @ce(%x: tensor<?x3xf32>, %l: tensor<?xi64>, %w: tensor<3xf32>) -> tensor<f32> {
    %y = nn.cross_entropy %x, %l label_smoothing = SMOOTH weights = %w : tensor<?x3xf32>, tensor<?xi64>, tensor<3xf32>
    return %y : tensor<f32> }
  func.func @f(%x: tensor<?x3xf32> {nn.dims = ["n", ""]}, %l: tensor<?xi64> {nn.dims = ["n"]}, %w: tensor<3xf32>) -> (tensor<f32>, tensor<?x3xf32>, tensor<3xf32>) {
    %y, %dx, %dw = nn.grad @ce(%x, %l, %w) wrt(0, 2) : (tensor<?x3xf32>, tensor<?xi64>, tensor<3xf32>) -> (tensor<f32>, tensor<?x3xf32>, tensor<3xf32>)
    return %y, %dx, %dw : tensor<f32>, tensor<?x3xf32>, tensor<3xf32> }
"""
    x, labels = np.float32([[1, 2, 3], [NAN, INF, 0], [0.5, -4, 1], [-2, 0, 0.25]]), np.array([2, -100, 0, 0])
    weights, counts = np.float32([0.25, 8, 1.5]), labels >= 0
    logs = np.array([log_softmax(row) if here else row * 0 for row, here in zip(x.astype("f8"), counts)])
    onehot = np.where(counts[:, None], np.eye(3)[labels.clip(0)], 0)
    for smoothing in (0.0, 0.5, 1.0):
        module = Module(folder, f"weights{int(2 * smoothing)}", text.replace("SMOOTH", str(smoothing)))
        target = counts[:, None] * ((1 - smoothing) * onehot + smoothing / 3)
        total = (onehot * weights).sum()
        loss = -(target * weights * np.where(target == 0, 0, logs)).sum() / total
        slope = ((target * weights).sum(1, keepdims=True) * np.exp(logs) - target * weights) / total
        by_weight = (-(target * np.where(target == 0, 0, logs)).sum(0) - loss * onehot.sum(0)) / total
        for level, (value, dx, dw) in module.call("f", [x, labels, weights], 3):
            report.check(f"weights {smoothing} {level}", value, loss, T)
            report.check(f"their slopes {level}", 2 + dx.astype("f8"), 2 + np.where(counts[:, None], slope, 0), T)
            report.check(f"the slopes by them {level}", 2 + dw.astype("f8"), 2 + by_weight, T)


def check_bce(folder, report):
    text = """
  func.func private @b(%x: tensor<?xf32> {nn.dims = ["n"]}, %t: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<f32> {
    %y = nn.bce %x, %t reduction = sum : tensor<?xf32>
    return %y : tensor<f32> }
  func.func @f(%x: tensor<?xf32> {nn.dims = ["n"]}, %t: tensor<?xf32> {nn.dims = ["n"]}) -> (tensor<?xf32>, tensor<?xf32>) {
    %y = nn.bce %x, %t reduction = none : tensor<?xf32>
    %l, %dx = nn.grad @b(%x, %t) wrt(0) : (tensor<?xf32>, tensor<?xf32>) -> (tensor<f32>, tensor<?xf32>)
    return %y, %dx : tensor<?xf32>, tensor<?xf32> }
"""
    pairs = [(x, t) for x in (0, -0.0, 1e-3, -1e-3, 1, -1, 20, -20, 80, -80, 1e6, -1e6, 1e30, -1e30, 3e38, -3e38) for t in (0, 1, 0.25)]
    pairs += [(INF, 1), (-INF, 0), (INF, 0), (-INF, 1), (NAN, 0), (NAN, 1)]
    x, t = np.float32([a for a, _ in pairs]), np.float32([b for _, b in pairs])
    a, b = x.astype("f8"), t.astype("f8")
    with np.errstate(all="ignore"):
        weight = np.where(a > 0, 1 - b, -b)
        small = np.exp(-abs(a))
        value = np.where(weight == 0, 0, weight * a) + np.log1p(small)
        slope = weight + np.where(a > 0, -1, 1) * small / (1 + small)
    for level, (y, dx) in Module(folder, "bce", text).call("f", [x, t], 2):
        for i in range(len(pairs)):
            report.check(f"bce {level} {pairs[i]}", y[i], value[i], T)
            report.check(f"its gradient {level} {pairs[i]}", dx[i], slope[i], T)


def check_distances(folder, report):
    text = "".join(f"""
  func.func private @l{op}(%x: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<f32> {{
    %y = nn.{op} %x, %t reduction = sum : tensor<4xf32>
    return %y : tensor<f32> }}
  func.func @{op}(%x: tensor<4xf32>, %t: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {{
    %y, %dx = nn.grad @l{op}(%x, %t) wrt(0) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
    return %y, %dx : tensor<f32>, tensor<4xf32> }}
""" for op in ("mse", "mae", "huber"))
    module = Module(folder, "distances", text)
    for offset, step in ((0, 1.0), (1e3, 1.0), (1e6, 1.0), (1e30, 1e24), (-1e6, 0.25)):
        x = np.float32(offset + step * np.array([0, 1, 2, -3]))
        t = np.float32(offset + step * np.array([0, 1, 3, 2]))
        d = x.astype("f8") - t
        exact = {"mse": ((d * d).sum(), 2 * d), "mae": (abs(d).sum(), np.sign(d)),
                 "huber": (np.where(abs(d) <= 1, d * d / 2, abs(d) - 0.5).sum(), np.clip(d, -1, 1))}
        for op, (value, slope) in exact.items():
            for level, (y, dx) in module.call(op, [x, t], 2):
                report.check(f"{op} {level} {offset}", y, value if value < 3.4e38 else INF, T)
                report.check(f"its gradient {level} {offset}", dx, slope, T)


folder, report = sys.argv[1], Report()
check_rows(folder, report)
check_ignored(folder, report)
check_weights(folder, report)
check_bce(folder, report)
check_distances(folder, report)
report.end()
