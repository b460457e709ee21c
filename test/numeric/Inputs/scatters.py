"""scatters.py FOLDER: nn.scatter against NumPy, equal indices combined in their order, and derivatives by definition."""
import sys

import numpy as np
from compiled import Module, Report

KINDS = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum, "set": None}
# dtype, shape of x, its axis, the number of indices (two dimensions of them in the last)
LAYOUTS = [("f32", "?x37", 0, "50"), ("f32", "?x37", 1, "5"), ("f64", "6x?x5", 1, "?"), ("bf16", "9x20", 0, "30"), ("f16", "?", 0, "40"),
           ("i8", "7x3", 0, "20"), ("i32", "4x?", 1, "90"), ("i64", "?x6", 0, "?"), ("f32", "3x8", 0, "2x3")]
FREE, COUNT = 11, 13
DTYPES = {"f32": "f4", "f64": "f8", "f16": "f2", "bf16": "f4", "i8": "i1", "i32": "i4", "i64": "i8"}
DIGITS = {"f32": 2.0**-23, "f64": 2.0**-48, "f16": 2.0**-10, "bf16": 2.0**-7}


def sizes(text, free):
    return [free if size == "?" else int(size) for size in text.split("x")]


def function(number, kind, dtype, shape, axis, count):
    dims = shape.split("x")
    picked = "x".join(dims[:axis] + [count] + dims[axis + 1:])
    name = lambda text, mark: ", ".join(f'"{mark if size == "?" else ""}"' for size in text)
    x, u, i = f"tensor<{shape}x{dtype}>", f"tensor<{picked}x{dtype}>", f"tensor<{count}xi32>"
    marks = ", ".join(f'"{"ids" if size == "?" and position == axis and count == "?" else "n" if size == "?" else ""}"'
                      for position, size in enumerate(picked.split("x")))
    return f"""
  func.func @{kind}{number}(%x: {x} {{nn.dims = [{name(dims, "n")}]}}, %i: {i} {{nn.dims = [{name(count.split("x"), "ids")}]}},
      %u: {u} {{nn.dims = [{marks}]}}) -> {x} {{
    %y = nn.scatter {kind} %x, %i, %u axis = {axis} : {x}, {i}, {u}
    return %y : {x} }}"""


def derivative(kind, x="?x3xf64", ids="?xi64", u="?x3xf64"):
    x, i, u = f"tensor<{x}>", f"tensor<{ids}>", f"tensor<{u}>"
    return f"""
  func.func private @{kind}(%x: {x}, %i: {i}, %u: {u}) -> {x} {{
    %y = nn.scatter {kind} %x, %i, %u axis = 0 : {x}, {i}, {u}
    return %y : {x} }}
  func.func @d{kind}(%x: {x} {{nn.dims = ["n", ""]}}, %i: {i} {{nn.dims = ["ids"]}}, %u: {u} {{nn.dims = ["ids", ""]}}, %dy: {x} {{nn.dims = ["n", ""]}}) -> ({x}, {u}) {{
    %y, %dx, %du = nn.vjp @{kind}(%x, %i, %u) cotangents(%dy) wrt(0, 2) : ({x}, {i}, {u}), ({x}) -> ({x}, {x}, {u})
    return %dx, %du : {x}, {u} }}"""


TEXT = "".join(function(number, kind, *layout) for number, layout in enumerate(LAYOUTS) for kind in KINDS)
TEXT += "".join(derivative(kind) for kind in ("mul", "max", "min"))
folder, report, random = sys.argv[1], Report(), np.random.default_rng(6)
module = Module(folder, "scatters", TEXT)


def narrow(values, dtype):
    """The nearest numbers of the dtype, as NumPy keeps them."""
    if dtype != "bf16":
        return values.astype(DTYPES[dtype])
    return (np.float32(values).view("u4") & 0xFFFF0000).view("f4")


def numbers(shape, dtype):
    if dtype[0] == "i":
        return narrow(random.integers(-5, 6, shape), dtype)
    values = random.uniform(0.5, 1.5, shape) * random.choice([-1, 1], shape)
    for special in (0.0, np.nan, np.inf):
        values[random.random(shape) < 0.02] = special
    return narrow(values, dtype)


for number, (dtype, shape, axis, count) in enumerate(LAYOUTS):
    dims, ids = sizes(shape, FREE), sizes(count, COUNT)
    x, u = numbers(dims, dtype), numbers(dims[:axis] + ids + dims[axis + 1:], dtype)
    i = random.integers(0, dims[axis], ids).astype("i4")
    flat = u.reshape(dims[:axis] + [i.size] + dims[axis + 1:])
    for kind, ufunc in KINDS.items():
        wide = x.astype("f8" if dtype[0] != "i" else x.dtype)
        rows = np.moveaxis(wide, axis, 0)
        with np.errstate(all="ignore"):
            for index, row in zip(i.ravel(), np.moveaxis(flat, axis, 0)):
                rows[index] = ufunc(rows[index], row.astype(wide.dtype)) if ufunc else row
        tolerance = DIGITS.get(dtype, 0) if kind in ("add", "mul") else 0
        if kind == "add" and tolerance:  # terms of about 1 cancel: to digits of 1
            wide, shift = wide + 100 * np.sign(wide), 100
        else:
            shift = 0
        for level, (y,) in module.call(f"{kind}{number}", [x, i, u]):
            y = y.astype("f8") if dtype[0] != "i" else y
            report.check(f"{kind} {dtype} {shape} {level}", y + shift * np.sign(y), wide, tolerance)

# No zero, one, two and three in the updates of a place; a place without updates; ties.
x, dy = random.uniform(0.5, 1.5, (5, 3)), random.standard_normal((5, 3))
i = np.array([0, 1, 0, 2, 3, 1, 0, 3, 3])
u = np.round(random.uniform(0.5, 1.5, (9, 3)), 1)
u[5, 1] = u[4, 0] = u[7, 0] = u[4, 2] = u[7, 2] = u[8, 2] = x[2, 0] = 0
x[0, 1] = u[0, 1] = u[2, 1] = 0.3


def meeting(place, but=None):
    return [k for k in range(9) if i[k] == place and k != but]


dx = np.array([dy[r] * u[meeting(r)].prod(0) for r in range(5)])
du = np.array([dy[i[k]] * x[i[k]] * u[meeting(i[k], k)].prod(0) for k in range(9)])
for level, (a, b) in module.call("dmul", [x, i, u, dy], 2):
    report.check(f"derivative of mul {level}", a, dx, 1e-15)
    report.check(f"by the updates {level}", b, du, 1e-15)
for kind, best in (("max", np.max), ("min", np.min)):
    y = np.array([best(np.vstack([x[r:r + 1], u[meeting(r)]]), 0) for r in range(5)])
    ties = np.array([(x[r] == y[r]) + (u[meeting(r)] == y[r]).sum(0) for r in range(5)])
    for level, (a, b) in module.call("d" + kind, [x, i, u, dy], 2):
        report.check(f"derivative of {kind} {level}", a, np.where(x == y, dy / ties, 0), 1e-15)
        report.check(f"by the updates {level}", b, np.where(u == y[i], dy[i] / ties[i], 0), 1e-15)
report.end()
