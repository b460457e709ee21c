"""dequantize.py FOLDER [OPTION...]: matrices in few bits, by themselves, gathered from and multiplied, against NumPy in f64."""
import sys

import numpy as np
from compiled import Module, Report

# bits, group (0: all), zeros, transposed, depth, columns: groups that are pieces of the depth or have several, a last one that is shorter.
FORMS = [(8, 0, False, False, 64, 40), (8, 128, False, True, 640, 33), (8, 24, True, False, 72, 10), (4, 0, True, True, 96, 17),
         (4, 128, True, False, 768, 50), (4, 8, False, True, 1000, 16), (4, 40, True, False, 72, 2100), (8, 512, True, False, 1536, 24)]
ROWS = (1, 3, 4, 5, 40)
folder, options, report = sys.argv[1], sys.argv[2:], Report()
random = np.random.default_rng(5)


def entries(number, bits, group, zeros, transposed, depth, columns):
    groups = -(-depth // group) if group else 1
    scales, words = f"tensor<{groups}x{columns}xf32>", f"tensor<{depth * bits // 32}x{columns}xi32>"
    shape = f"{columns}x{depth}" if transposed else f"{depth}x{columns}"
    clauses = f"bits = {bits}" + (" zeros = %z" if zeros else "") + (f" group = {group}" if group else "") + (" transposed" if transposed else "")
    arguments, types = f"%q: {words}, %s: {scales}" + (f", %z: {scales}" if zeros else ""), f"{words}, {scales}" + (f", {scales}" if zeros else "")
    matrix = f"    %w = nn.dequantize %q, %s {clauses} : {types}\n"
    text = f"""  func.func @matrix{number}({arguments}) -> tensor<{shape}xf32> {{
{matrix}    return %w : tensor<{shape}xf32>
  }}
  func.func @rows{number}(%i: tensor<3xi32>, {arguments}) -> tensor<3x{shape.split("x")[1]}xf32> {{
{matrix}    %y = nn.gather %w, %i axis = 0 : tensor<{shape}xf32>, tensor<3xi32>
    return %y : tensor<3x{shape.split("x")[1]}xf32>
  }}
"""
    for rows in (*ROWS, "?"):
        dims = ' {nn.dims = ["rows", ""]}' if rows == "?" else ""
        name = "free" if rows == "?" else rows
        text += f"""  func.func @product{number}_{name}(%x: tensor<{rows}x{depth}xf32>{dims}, {arguments}) -> tensor<{rows}x{columns}xf32> {{
{matrix}    %y = nn.contract %x, %w contracting = [1] x [{int(transposed)}] : tensor<{rows}x{depth}xf32>, tensor<{shape}xf32>
    return %y : tensor<{rows}x{columns}xf32>
  }}
"""
    return text


module = Module(folder, "dequantize", "".join(entries(number, *form) for number, form in enumerate(FORMS)), *options)
for number, (bits, group, zeros, transposed, depth, columns) in enumerate(FORMS):
    groups, numbers = -(-depth // group) if group else 1, 32 // bits
    q = random.integers(0, 1 << bits, (depth, columns))
    words = sum(q[place::numbers].astype("u4") << np.uint32(place * bits) for place in range(numbers))
    scales, offsets = random.uniform(0.5, 1.5, (groups, columns)).astype("f4"), random.uniform(-3, 9, (groups, columns)).astype("f4")
    inputs = [words.view("i4"), scales] + ([offsets] if zeros else [])
    of = np.arange(depth) // (group or depth)
    zero = offsets.astype("f8")[of] if zeros else float(1 << (bits - 1))
    w = (q - zero) * scales.astype("f8")[of]
    # Two roundings of f32.
    for level, (y,) in module.call(f"matrix{number}", inputs):
        report.check(f"matrix{number} {level}", y, w.T if transposed else w, 3e-7)
    picked = np.array([2, 0, 1], "i4")
    for level, (y,) in module.call(f"rows{number}", [picked, *inputs]):
        report.check(f"rows{number} {level}", y, (w.T if transposed else w)[picked], 3e-7)
    # Sums of products, and of what is subtracted apart: 1e-6 of the magnitudes that are added.
    magnitudes = (q + abs(zero)) * scales.astype("f8")[of]
    for rows in (*ROWS, "free"):
        for count in ROWS if rows == "free" else (rows,):
            x = random.standard_normal((count, depth)).astype("f4")
            for level, (y,) in module.call(f"product{number}_{rows}", [x, *inputs]):
                error = np.max(abs(y - x.astype("f8") @ w) / (abs(x.astype("f8")) @ magnitudes))
                report.check(f"product{number}_{rows} {level}, {count} rows, error {error}", error < 1e-6, True, 0)
            # What is not finite reaches the results of its row; a row of zeros, or of tiny numbers, is one.
            x[-1] *= 1e-40
            x[0, -1] = np.inf
            for level, (y,) in module.call(f"product{number}_{rows}", [x, *inputs]):
                report.check(f"product{number}_{rows} {level}, {count} rows, infinity", bool(np.isfinite(y[0]).any()), False, 0)
                report.check(f"product{number}_{rows} {level}, {count} rows, tiny", count == 1 or bool((abs(y[-1]) < 1e-30).all()), True, 0)
report.end()
