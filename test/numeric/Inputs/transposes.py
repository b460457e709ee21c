"""transposes.py FOLDER [MLC-OPTION...]: transposes with a dimension of a few elements, and others, against NumPy, exactly."""
import sys

import numpy as np
from compiled import Module, Report

FREE = 37
DTYPES = {"f32": "f4", "f64": "f8", "i32": "i4"}
CASES = [("f32", "1500x3", (1, 0)), ("f32", "3x1500", (1, 0)), ("f32", "?x2", (1, 0)), ("f32", "5x?", (1, 0)), ("f32", "2x17x4x3", (0, 3, 1, 2)),
         ("f32", "2x3x17x9", (0, 2, 3, 1)), ("f64", "33x3", (1, 0)), ("f64", "2x40", (1, 0)), ("i32", "4x19x7", (1, 0, 2)), ("i32", "19x3x8", (2, 0, 1)),
         ("i32", "?x8", (1, 0)), ("f32", "3x16x5", (2, 1, 0)), ("f32", "16x3x5", (2, 1, 0)), ("f32", "3x5", (1, 0)), ("f32", "40x50", (1, 0)),
         ("f32", "6x2049", (1, 0)), ("f32", "2x3x40x2", (1, 3, 0, 2))]


def function(number, dtype, shape, permutation):
    sizes = shape.split("x")
    dims = ", ".join(f'"{"n" if size == "?" else ""}"' for size in sizes)
    x, y = (f"tensor<{'x'.join(each)}x{dtype}>" for each in (sizes, [sizes[dim] for dim in permutation]))
    return f"""
  func.func @f{number}(%x: {x} {{nn.dims = [{dims}]}}) -> ({y}, {y}) {{
    %y = nn.transpose %x permutation = {list(permutation)} : {x}
    %z = nn.neg %y : {y}
    return %y, %z : {y}, {y} }}"""


folder, *options = sys.argv[1:]
report, random = Report(), np.random.default_rng(11)
module = Module(folder, "transposes", "".join(function(number, *case) for number, case in enumerate(CASES)), *options)
for number, (dtype, shape, permutation) in enumerate(CASES):
    x = random.integers(-99, 99, [FREE if size == "?" else int(size) for size in shape.split("x")]).astype(DTYPES[dtype])
    for level, (y, z) in module.call(f"f{number}", [x], 2):
        report.check(f"{dtype} {shape} to {permutation} {level}", y, x.transpose(permutation), 0)
        report.check(f"{dtype} {shape} to {permutation}, negated {level}", z, -x.transpose(permutation), 0)
report.end()
