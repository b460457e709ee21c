"""casts.py FOLDER: casts to f32, bf16 and f16 round once, to nearest even: at run time, folded, and in the evaluator.

Expected values are exact: a number is compared with the midpoints of the dtype as a fraction, so no rounding takes part.
"""
import math
import re
import struct
import subprocess
import sys
from fractions import Fraction

import numpy as np
from compiled import Module, Report

# Bits of the significand, least exponent of a unit in the last place, largest finite number.
FORMATS = {"f32": (24, -149, Fraction(2**128 - 2**104)), "bf16": (8, -133, Fraction(2**128 - 2**120)), "f16": (11, -24, Fraction(65504))}
RANGES = {"i8": 8, "i32": 32, "i64": 64}


def rounded(x, dtype):
    """The Fraction x as the nearest number of dtype, ties to even; as a float, which holds it."""
    bits, least, largest = FORMATS[dtype]
    if x == 0:
        return 0.0
    size = abs(x)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent -= size < Fraction(2)**exponent
    unit = Fraction(2)**max(exponent - bits + 1, least)
    result = round(size / unit) * unit  # Python rounds halves to even
    return math.copysign(float(result) if result <= largest else math.inf, x)


def midpoints(dtype, random):
    """Numbers halfway between neighbours of dtype, at every scale: where rounding twice goes wrong."""
    bits, least, largest = FORMATS[dtype]
    top = {"f32": 104, "bf16": 120, "f16": 5}[dtype]
    exponents = sorted({*range(least, least + 4), *range(-4, 4), *range(8, 60, 3), top - 1, top, -bits + 1, -bits} & set(range(least, top + 1)))
    for exponent in exponents:
        for significand in {2**(bits - 1), 2**bits - 1, 2**bits - 2, *random.integers(2**(bits - 1), 2**bits, 2).tolist(), 0, 1}:
            yield (significand + Fraction(1, 2)) * Fraction(2)**exponent


def doubles(dtype, random):
    values = {0.0, 1 + 2**-8 + 2**-40, 65519.99999999999, 65520.0, 3.4e38, 3.3961775292304e38, 5e-324, 1e-46, 1e300}
    for middle in midpoints(dtype, random):
        if middle < 2**1000:
            values |= {float(middle), math.nextafter(float(middle), 0), math.nextafter(float(middle), math.inf),
                       float(middle) * (1 + 2**-30), float(middle) * (1 - 2**-30)}
    return [s * v for v in sorted(values) for s in (1, -1)]


def integers(dtype, width, random):
    values = {0, 1, 2**(width - 1) - 1, 2**53 + 1, 2**62 + 2**38 + 1, 16777217, 2147483583, 65519, 65520, 65521}
    for middle in midpoints(dtype, random):
        values |= {int(middle) + d for d in (-1, 0, 1)} | {int(middle) + d for d in (2**-1 // 1, 3)}
    values = {int(v) for v in values if 0 <= v < 2**(width - 1)}
    return sorted(values | {-v for v in values} | {-2**(width - 1)})


def text_of(values, source):
    if source != "f64":
        return ", ".join(map(str, values))
    return ", ".join("0x%016X" % struct.unpack("<Q", struct.pack("<d", v))[0] for v in values)


def main():
    folder, report, random = sys.argv[1], Report(), np.random.default_rng(1)
    text, evaluated, cases, chunk = "", "", {}, 64
    for source in ("f64", "i64", "i32", "i8"):
        for target in FORMATS:
            values = doubles(target, random) if source == "f64" else integers(target, RANGES[source], random)
            name = f"{source}_{target}"
            cases[name] = source, target, values
            text += f"""
  func.func @{name}(%x: tensor<?x{source}>) -> tensor<?xf32> {{
    %y = nn.cast %x : tensor<?x{source}> -> tensor<?x{target}>
    %z = nn.cast %y : tensor<?x{target}> -> tensor<?xf32>
    return %z : tensor<?xf32> }}"""
            for start in range(0, len(values), chunk):  # the folder folds up to 64 elements
                part = values[start:start + chunk]
                type = f"tensor<{len(part)}x"
                body = f"""
    %y = nn.cast %x : {type}{source}> -> {type}{target}>
    %z = nn.cast %y : {type}{target}> -> {type}f32>
    return %z : {type}f32> }}"""
                text += f"""
  func.func @folded_{name}_{start}() -> {type}f32> {{
    %x = nn.constant dense<[{text_of(part, source)}]> : {type}{source}>{body}"""
                evaluated += f"""
func.func @{name}_{start}(%x: {type}{source}> {{nn.value = dense<[{text_of(part, source)}]> : {type}{source}>}}) -> {type}f32> {{{body}"""
    module = Module(folder, "casts", text.replace("-> tensor<?xf32>\n    return %z : tensor<?xf32>", "-> tensor<?xf32>\n    return %z : tensor<?xf32>"))
    path = folder + "/evaluated.mlir"
    with open(path, "w") as out:
        out.write(evaluated)
    lines = subprocess.run(["mlc-opt", path, "--evaluate=round", "-o", "/dev/null"], check=True, capture_output=True, text=True)
    exact = dict(re.findall(r"@(\w+).*?dense<\[(.*?)\]>", lines.stdout + lines.stderr))
    for name, (source, target, values) in cases.items():
        expected = np.array([rounded(Fraction(v), target) if v else float(v) for v in values])
        inputs = np.array(values, {"f64": "f8", "i64": "i8", "i32": "i4", "i8": "i1"}[source])
        for level, (actual,) in module.call(name, [inputs]):
            report.check(f"{name} {level}", actual, expected, 0)
            wrong = (actual != expected).nonzero()[0]
            if len(wrong):
                print("  at", [values[i] for i in wrong[:4]])
        for start in range(0, len(values), chunk):
            part = expected[start:start + chunk]
            for level, (actual,) in module.call(f"folded_{name}_{start}", []):
                report.check(f"folded {name} {start} {level}", actual, part, 0)
            found = exact.get(f"{name}_{start}", "")
            report.check(f"evaluated {name} {start}", np.array([float(x) for x in found.split(",") if x.strip()], "f4"), part, 0)
    report.end()


main()
