"""sorts.py FOLDER: argsort, sort with payloads, top_k and cumprod against NumPy, exactly where numbers are moved."""
import itertools
import sys

import numpy as np
from compiled import Module, Report

ORDERS = [("f32", "?x37", 1, ""), ("f32", "?x37", 1, "descending"), ("f32", "?x3x5", 0, ""), ("f32", "4x?x3", 1, "descending"), ("bf16", "9x64", 1, ""),
          ("f64", "1000", 0, "descending"), ("i8", "?x5", 0, ""), ("i32", "2x1", 1, "descending"), ("i64", "?", 0, ""), ("f16", "0x3", 1, ""),
          ("f32", "40001", 0, ""), ("bf16", "2x?", 1, "descending", 20000), ("i32", "?x2", 0, "descending", 16385)]
FREE = 23  # unless said otherwise: rows of more than 128 elements are sorted digit by digit
# The first so many: counted, found bit by bit, or of all digits.
FIRST = [("f32", "?x37", 1, "descending", 5), ("f32", "3x1000", 1, "", 7), ("f32", "3x1000", 1, "descending", 128), ("f32", "600x3", 0, "descending", 129),
         ("f64", "2x?", 1, "descending", 9, 300), ("f64", "2x?", 1, "", 9, 12), ("i64", "2x700", 1, "descending", 40), ("bf16", "2x300", 1, "", 300),
         ("i8", "2x400", 1, "descending", 100), ("f16", "2x400", 1, "", 1), ("i32", "4x300", 1, "", 0), ("f32", "2x50257", 1, "descending", 50)]
DTYPES = {"f32": "f4", "f64": "f8", "f16": "f2", "bf16": "f4", "i8": "i1", "i32": "i4", "i64": "i8"}


def function(number, dtype, shape, dim, order):
    x, p, i = (f"tensor<{shape}x{kind}>" for kind in (dtype, "i32", "i64"))
    dims = ", ".join(f'"{"n" if size == "?" else ""}"' for size in shape.split("x"))
    return f"""
  func.func @f{number}(%x: {x} {{nn.dims = [{dims}]}}, %p: {p} {{nn.dims = [{dims}]}}) -> ({x}, {p}, {i}) {{
    %i = nn.argsort %x dim = {dim} {order} : {x}
    %y:2 = nn.sort %x, %p dim = {dim} {order} : {x}, {p}
    return %y#0, %y#1, %i : {x}, {p}, {i} }}"""


def first(number, dtype, shape, dim, order, count):
    x, dims = f"tensor<{shape}x{dtype}>", ", ".join(f'"{"n" if size == "?" else ""}"' for size in shape.split("x"))
    i = "x".join(str(count) if at == dim else size for at, size in enumerate(shape.split("x")))
    return f"""
  func.func @first{number}(%x: {x} {{nn.dims = [{dims}]}}) -> tensor<{i}xi64> {{
    %i = nn.argsort %x dim = {dim} {order} first = {count} : {x}
    return %i : tensor<{i}xi64> }}"""


TEXT = "".join(function(number, *order[:4]) for number, order in enumerate(ORDERS)) + "".join(first(number, *each[:5]) for number, each in enumerate(FIRST)) + """
  func.func private @best(%x: tensor<?x6xf32>) -> tensor<?x2xf32> {
    %v, %i = nn.top_k %x k = 2 dim = 1 : tensor<?x6xf32>
    return %v : tensor<?x2xf32> }
  func.func @top(%x: tensor<?x6xf32>, %dy: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x2xi64>, tensor<?x6xf32>) {
    %v, %i = nn.top_k %x k = 2 dim = 1 : tensor<?x6xf32>
    %w, %dx = nn.vjp @best(%x) cotangents(%dy) wrt(0) : (tensor<?x6xf32>), (tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x6xf32>)
    return %v, %i, %dx : tensor<?x2xf32>, tensor<?x2xi64>, tensor<?x6xf32> }
  func.func private @ordered(%x: tensor<5x?xf32>, %p: tensor<5x?xf32>) -> (tensor<5x?xf32>, tensor<5x?xf32>) {
    %y:2 = nn.sort %x, %p dim = 0 : tensor<5x?xf32>, tensor<5x?xf32>
    return %y#0, %y#1 : tensor<5x?xf32>, tensor<5x?xf32> }
  func.func @permuted(%x: tensor<5x?xf32> {nn.dims = ["", "n"]}, %p: tensor<5x?xf32> {nn.dims = ["", "n"]}, %dy: tensor<5x?xf32> {nn.dims = ["", "n"]},
      %dq: tensor<5x?xf32> {nn.dims = ["", "n"]}) -> (tensor<5x?xf32>, tensor<5x?xf32>) {
    %y, %q, %dx, %dp = nn.vjp @ordered(%x, %p) cotangents(%dy, %dq) wrt(0, 1) : (tensor<5x?xf32>, tensor<5x?xf32>),
      (tensor<5x?xf32>, tensor<5x?xf32>) -> (tensor<5x?xf32>, tensor<5x?xf32>, tensor<5x?xf32>, tensor<5x?xf32>)
    return %dx, %dp : tensor<5x?xf32>, tensor<5x?xf32> }
  func.func private @running(%x: tensor<3x100xf64>) -> tensor<3x100xf64> {
    %y = nn.cumprod %x dim = 1 : tensor<3x100xf64>
    return %y : tensor<3x100xf64> }
  func.func @products(%x: tensor<3x100xf64>, %dy: tensor<3x100xf64>) -> (tensor<3x100xf64>, tensor<3x100xf64>, tensor<3x100xf64>) {
    %r = nn.cumprod %x dim = 0 exclusive reverse : tensor<3x100xf64>
    %y, %dx = nn.vjp @running(%x) cotangents(%dy) wrt(0) : (tensor<3x100xf64>), (tensor<3x100xf64>) -> (tensor<3x100xf64>, tensor<3x100xf64>)
    return %r, %y, %dx : tensor<3x100xf64>, tensor<3x100xf64>, tensor<3x100xf64> }
"""


def ordered(x, dim, descending):
    """Stable, NaN the largest: by (is NaN, number), which for a descending order are negated."""
    nan = np.isnan(x)
    number = np.where(nan, 0, x) if x.dtype.kind == "f" else ~x if descending else x  # of whole numbers -x may be none
    if x.dtype.kind == "f" and descending:
        number = -number
    return np.lexsort((number, ~nan if descending else nan), axis=dim)


folder, report, random = sys.argv[1], Report(), np.random.default_rng(5)
module = Module(folder, "sorts", TEXT)


def drawn(dtype, shape, free, is_wide):
    """Numbers of which many are equal, or of all sizes."""
    sizes = [(free or [FREE])[0] if size == "?" else int(size) for size in shape.split("x")]
    x = random.integers(-9, 9, sizes).astype(DTYPES[dtype])
    if is_wide and dtype in ("f32", "f64"):
        x = np.ldexp(random.standard_normal(sizes), random.integers(-60, 60, sizes)).astype(DTYPES[dtype])
    elif is_wide and dtype in ("i32", "i64"):
        x = random.integers(np.iinfo(DTYPES[dtype]).min, np.iinfo(DTYPES[dtype]).max, sizes, DTYPES[dtype], True)
    if x.dtype.kind == "f" and x.size:
        for special in (np.nan, np.inf, -np.inf, -0.0):
            x[random.random(sizes) < 0.05] = special
    return x


for is_wide, (number, (dtype, shape, dim, order, count, *free)) in itertools.product((False, True), enumerate(FIRST)):
    x = drawn(dtype, shape, free, is_wide)
    expected = np.take(ordered(x, dim, order == "descending"), range(count), dim)
    for level, (i,) in module.call(f"first{number}", [x], 1):
        report.check(f"first {count} of {dtype} {shape} along {dim} {order} {level}", i, expected, 0)
for is_wide, (number, (dtype, shape, dim, order, *free)) in itertools.product((False, True), enumerate(ORDERS)):
    x = drawn(dtype, shape, free, is_wide)
    sizes = x.shape
    payload = np.arange(x.size, dtype="i4").reshape(sizes)
    expected = ordered(x, dim, order == "descending")
    for level, (y, p, i) in module.call(f"f{number}", [x, payload], 3):
        what = f"{dtype} {shape} along {dim} {order} {level}"
        report.check("argsort " + what, i, expected, 0)
        report.check("sort " + what, y, np.take_along_axis(x, expected, dim), 0)
        report.check("payload " + what, p, np.take_along_axis(payload, expected, dim), 0)

x, dy = np.float32(random.integers(-3, 3, (11, 6))), np.float32(random.standard_normal((11, 2)))
best, dx = ordered(x, 1, True)[:, :2], np.zeros((11, 6))
np.put_along_axis(dx, best, dy, 1)
for level, (v, i, d) in module.call("top", [x, dy], 3):
    report.check(f"top_k {level}", v, np.take_along_axis(x, best, 1), 0)
    report.check(f"its positions {level}", i, best, 0)
    report.check(f"its derivative {level}", d, dx, 0)
x, p, dy, dq = (np.float32(random.standard_normal((5, 7))) for _ in range(4))
order, dx, dp = ordered(x, 0, False), np.zeros((5, 7)), np.zeros((5, 7))
np.put_along_axis(dx, order, dy, 0)
np.put_along_axis(dp, order, dq, 0)
for level, (a, b) in module.call("permuted", [x, p, dy, dq], 2):
    report.check(f"derivative of sort {level}", a, dx, 0)
    report.check(f"by the payload {level}", b, dp, 0)

# The derivative from its definition, with no zero, one and two in a row. Up to 100 factors and terms round, all below 1e-13.
x, dy = random.uniform(0.8, 1.25, (3, 100)) * random.choice([-1, 1], (3, 100)), random.standard_normal((3, 100))
x[1, 40] = x[2, 10] = x[2, 70] = 0
dx = np.zeros((3, 100))
for j in range(100):
    others = x.copy()
    others[:, j] = 1
    dx[:, j] = (dy * np.cumprod(others, 1))[:, j:].sum(1)
backwards = np.cumprod(np.concatenate([np.ones((1, 100)), x[:0:-1]]), 0)[::-1]
for level, (r, y, d) in module.call("products", [x, dy], 3):
    report.check(f"cumprod exclusive reverse {level}", r, backwards, 1e-15)
    report.check(f"cumprod {level}", y, np.cumprod(x, 1), 1e-13)
    report.check(f"its derivative {level}", d + np.sign(dx) * 1e3, dx + np.sign(dx) * 1e3, 1e-13)
report.end()
