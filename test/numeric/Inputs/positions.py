"""positions.py FOLDER: argmax, argmin and the extrema with their positions against NumPy, exactly; the derivative of the extrema."""
import sys

import numpy as np
from compiled import Module, Report

CASES = [("f32", "?x37", [1]), ("f32", "?x37", [0]), ("f32", "?x37", [0, 1]), ("f32", "3x?x50", [1, 2]), ("f32", "3x?x50", [0, 2]), ("f32", "3x?x50", [0, 1]),
         ("f64", "4x3x2x5", [1, 3]), ("bf16", "2x9x16", [0, 1]), ("f16", "?x7", [0, 1]), ("i8", "5x?x3", [0, 2]), ("i32", "6x?", [0, 1]),
         ("i64", "2x?x3x3", [1, 2]), ("f32", "700x90", [0, 1]), ("f32", "1x1", [])]
FREE = 23
DTYPES = {"f32": "f4", "f64": "f8", "f16": "f2", "bf16": "f4", "i8": "i1", "i32": "i4", "i64": "i8"}


def types(dtype, shape, dims):
    kept = "".join(size + "x" for position, size in enumerate(shape.split("x")) if position not in dims)
    return f"tensor<{shape}x{dtype}>", f"tensor<{kept}{dtype}>", f"tensor<{kept}i64>"


def function(number, dtype, shape, dims):
    x, y, i = types(dtype, shape, dims)
    along = f"dim = {dims[0]}" if len(dims) == 1 else f"dims = {dims}"
    return f"""
  func.func private @value{number}(%x: {x}) -> {y} {{
    %v, %i = nn.max_with_position %x {along} : {x}
    return %v : {y} }}
  func.func @f{number}(%x: {x}) -> ({i}, {i}, {y}, {i}, {y}, {i}) {{
    %a = nn.argmax %x {along} : {x}
    %b = nn.argmin %x {along} : {x}
    %v, %c = nn.max_with_position %x {along} : {x}
    %w, %d = nn.min_with_position %x {along} : {x}
    return %a, %b, %v, %c, %w, %d : {i}, {i}, {y}, {i}, {y}, {i} }}""" + ("" if dtype != "f32" else f"""
  func.func @d{number}(%x: {x}, %dy: {y}) -> {x} {{
    %v, %dx = nn.vjp @value{number}(%x) cotangents(%dy) wrt(0) : ({x}), ({y}) -> ({y}, {x})
    return %dx : {x} }}""")


folder, report, random = sys.argv[1], Report(), np.random.default_rng(7)
module = Module(folder, "positions", "".join(function(number, *case) for number, case in enumerate(CASES)))
for number, (dtype, shape, dims) in enumerate(CASES):
    sizes = [FREE if size == "?" else int(size) for size in shape.split("x")]
    x = random.integers(-40, 40, sizes).astype(DTYPES[dtype])  # the extreme ones are several
    if x.dtype.kind == "f" and x.size > 1:
        for special in (np.inf, -np.inf) + ((np.nan,) if len(dims) == 1 else ()):
            x[random.random(sizes) < 0.02] = special
    kept = [dim for dim in range(x.ndim) if dim not in dims]
    rows = x.transpose(kept + dims).reshape([sizes[dim] for dim in kept] + [-1])
    best, least = rows.argmax(-1), rows.argmin(-1)
    value = lambda at: np.take_along_axis(rows, at[..., None], -1)[..., 0]
    expected = [best, least, value(best), best, value(least), least]
    for level, results in module.call(f"f{number}", [x], 6):
        for name, result, wanted in zip(("argmax", "argmin", "max", "its position", "min", "its position"), results, expected):
            report.check(f"{name} {dtype} {shape} along {dims} {level}", result, wanted, 0)
    if dtype == "f32":
        dy = np.float32(random.standard_normal(best.shape))
        drows = np.zeros_like(rows)
        np.put_along_axis(drows, best[..., None], dy[..., None], -1)
        order = np.argsort(kept + dims)
        dx = drows.reshape([sizes[dim] for dim in kept + dims]).transpose(order)
        for level, (result,) in module.call(f"d{number}", [x, dy]):
            report.check(f"derivative {shape} along {dims} {level}", result, dx, 0)
report.end()
