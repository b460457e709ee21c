#!/usr/bin/env python3
"""Writes elementwise-values.mlir: the float elementwise ops on special values, compared with NumPy,
Python's math and mpmath."""
import math
import os
import struct
import mpmath
import numpy as np

np.seterr(all="ignore")
X = [-math.inf, -2.5, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 1.5, 2.5, 30.0, math.inf, math.nan]
Y = [2.0, 3.0, -0.5, 2.0, 1.0, 0.5, -1.0, 0.0, math.nan, 2.5, -7.0, 2.0, 1.0]


def each(function):
    def safe(v):
        try:
            return function(v)
        except (ValueError, OverflowError):
            return math.nan
    return lambda x: np.array([safe(v) for v in x])


def lgamma(x):
    return math.inf if math.isinf(x) or (x <= 0 and x == math.floor(x)) else math.lgamma(x)


def digamma(x):
    if x == 0 or not math.isfinite(x):
        return math.copysign(math.inf, -x) if x == 0 else x if x == math.inf else math.nan
    return float(mpmath.digamma(x))


UNARY = {
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p,
    "sqrt": np.sqrt, "rsqrt": lambda x: 1 / np.sqrt(x), "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "erf": each(math.erf),
    "erfc": each(math.erfc), "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "lgamma": each(lgamma), "digamma": each(digamma),
    "erf_inv": each(lambda x: math.copysign(math.inf, x) if abs(x) == 1 else float(mpmath.erfinv(x))),
    "logistic": lambda x: 1 / (1 + np.exp(-x)), "floor": np.floor, "ceil": np.ceil, "round_even": np.rint,
}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "rem": np.fmod, "pow": np.power,
    "max": np.maximum, "min": np.minimum, "atan2": np.arctan2, "nextafter": np.nextafter,
}


def dense(values):
    words = ["0x%016X" % struct.unpack("<Q", struct.pack("<d", v))[0] for v in values]
    return f"dense<[{', '.join(words)}]> : tensor<{len(words)}xf64>"


def main():
    n, t = len(X), f"tensor<{len(X)}xf64>"
    x, y = np.array(X), np.array(Y)
    cases = [(op, f(x)) for op, f in UNARY.items()] + [(op, f(x, y)) for op, f in BINARY.items()]
    lines = ["// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s",
             "// Made by make_elementwise_values.py. Infinities and NaN are exact; the rest to 1e-14, relative to the larger of it and 1.",
             f"// CHECK-COUNT-{len(cases)}: = dense<true> : tensor<i1>", "// CHECK-NOT: dense<false>", "",
             f"func.func private @agree(%y: {t}, %expected: {t}) -> tensor<i1> {{",
             f"  %tolerance = nn.constant dense<1.0e-14> : {t}", f"  %difference = nn.sub %y, %expected : {t}",
             f"  %distance = nn.abs %difference : {t}", f"  %magnitude = nn.abs %expected : {t}",
             f"  %one = nn.constant dense<1.0> : {t}", f"  %scale = nn.max %magnitude, %one : {t}",
             f"  %bound = nn.mul %tolerance, %scale : {t}", f"  %near = nn.compare le %distance, %bound : {t}",
             f"  %finite = nn.is_finite %expected : {t}", f"  %isNear = nn.and %near, %finite : tensor<{n}xi1>",
             f"  %equal = nn.compare eq %y, %expected : {t}", f"  %a = nn.compare ne %y, %y : {t}",
             f"  %b = nn.compare ne %expected, %expected : {t}", f"  %nan = nn.and %a, %b : tensor<{n}xi1>",
             f"  %c = nn.or %isNear, %equal : tensor<{n}xi1>", f"  %ok = nn.or %c, %nan : tensor<{n}xi1>",
             f"  %all = nn.reduce and %ok dims = [0] : tensor<{n}xi1>", "  return %all : tensor<i1>", "}"]
    for op, expected in cases:
        operands = "%x" if op in UNARY else "%x, %y"
        lines += ["", f"func.func @{op}() -> tensor<i1> {{", f"  %x = nn.constant {dense(X)}"]
        if op in BINARY:
            lines.append(f"  %y = nn.constant {dense(Y)}")
        lines += [f"  %z = nn.{op} {operands} : {t}", f"  %expected = nn.constant {dense(expected)}",
                  f"  %ok = call @agree(%z, %expected) : ({t}, {t}) -> tensor<i1>", "  return %ok : tensor<i1>", "}"]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "elementwise-values.mlir"), "w") as file:
        file.write("\n".join(lines) + "\n")


main()
