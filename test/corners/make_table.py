#!/usr/bin/python3
"""Writes table.txt beside this file: every differentiable op at its corners, its value and its derivatives, made outside.

Smooth functions come from formulas in 60 digits (mpmath) at the exact inputs, limits at infinity and conventions are written
out by hand, and all of it is compared with PyTorch where PyTorch has the op: DIFFERS lists where this table is not PyTorch's,
and why. Needs Debian's python3-mpmath and python3-torch (1.13); the tests need the table and NumPy only.

A case of the table is a header `op dtype | text | tolerances`, then one line per tensor: operands a, b, ..., the cotangent u
(1 where absent), the value y, the derivatives da, db, ..., and the second derivative by a, dda. A tolerance is in units in the
last place of the expected number; NaN, infinities and the signs of infinities are exact. Zeros count as equal, except that
`signs` compares their signs in y; with `one` a tolerance counts from 1 where the number is smaller.
"""
import math
import os

import numpy as np
import torch
import torch.nn.functional as F
from mpmath import mp, mpf

mp.dps = 60
INF, NAN = math.inf, math.nan
np.seterr(all="ignore")
PI = mp.pi
DTYPES = {"f32": np.float32, "f64": np.float64, "bf16": np.float32}
DIGITS = {"f32": 9, "f64": 17, "bf16": 9}
LARGEST = {"f32": 3.4028234663852886e38, "f64": 1.7976931348623157e308, "bf16": 3.3895313892515355e38}
NORMAL = {"f32": 2.0**-126, "f64": 2.0**-1022, "bf16": 2.0**-126}
SMALLEST = {"f32": 2.0**-149, "f64": 2.0**-1074, "bf16": 2.0**-133}


def rounded(x, dtype):
    """The nearest number of the dtype, as a double."""
    x = float(x)
    if abs(x) > LARGEST["f64" if dtype == "f64" else "f32"]:
        return math.copysign(INF, x) if abs(x) > LARGEST["f32"] * (1 + 2.0**-25) else math.copysign(LARGEST["f32"], x)
    if dtype == "f64" or math.isnan(x) or math.isinf(x):
        return x
    if dtype == "f32":
        return float(np.float32(x))
    bits = int(np.float32(x).view(np.uint32))
    return float(np.uint32((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32))


def points(dtype, extra=()):
    positive = [SMALLEST[dtype], NORMAL[dtype], 1e-30, 1e-4, 0.5, 1.0, 1.5, 2.5, 5.0, 9.0, 10.0, 20.0, 100.0, 1e3, 1e6, 2e13, 1e30, 1e38, LARGEST[dtype]]
    positive += [1e-200, 30.0, 700.0, 1e150, 1e200, 1e300] if dtype == "f64" else []
    numbers = [rounded(x, dtype) for x in positive + list(extra)]
    return [0.0, -0.0] + [s * x for x in numbers for s in (1.0, -1.0)] + [INF, -INF, NAN]


def smooth(f, df, ddf=None, inf=(NAN, NAN, NAN), minus=(NAN, NAN, NAN), domain=lambda x: True, zero=None, outside=None):
    """Value and derivatives of f from its formulas; the limits at the infinities; NaN outside of the domain."""
    def at(x):
        if math.isnan(x):
            return NAN, NAN, NAN
        if math.isinf(x):
            return inf if x > 0 else minus
        if x == 0 and zero is not None:
            return zero(x)
        if not domain(x):
            return outside(mpf(x)) if outside else (NAN, NAN, NAN)
        exact = mpf(x)
        y = f(exact)
        if y == 0:
            y = math.copysign(0.0, x)
        return y, df(exact), ddf(exact) if ddf else None
    return at


def phi(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * PI)


def erfc(x):
    return mp.erfc(x) if abs(x) < 1e3 else mpf(2 if x < 0 else 0)


def cdf(x):
    return erfc(-x / mp.sqrt(2)) / 2


def sigmoid(x):
    return 1 / (1 + mp.exp(-x)) if x >= 0 else mp.exp(x) / (1 + mp.exp(x))


def sigmoid1(x):
    return mp.exp(-abs(x)) / (1 + mp.exp(-abs(x)))**2


def sigmoid2(x):
    return -sigmoid1(x) * (mp.expm1(x) / (mp.exp(x) + 1) if x <= 0 else -mp.expm1(-x) / (1 + mp.exp(-x)))


def tanh1(x):
    return 4 * mp.exp(-2 * abs(x)) / (1 + mp.exp(-2 * abs(x)))**2


A, B = mp.sqrt(8 / PI), mp.sqrt(8 / PI) * mpf("0.044715")


def gelu_tanh(x):
    return x * sigmoid(A * x + B * x**3)


def gelu_tanh1(x):
    u, u1 = A * x + B * x**3, A + 3 * B * x * x
    return sigmoid(u) + x * u1 * sigmoid1(u)


def gelu_tanh2(x):
    u, u1, u2 = A * x + B * x**3, A + 3 * B * x * x, 6 * B * x
    return 2 * u1 * sigmoid1(u) + x * u2 * sigmoid1(u) + x * u1 * u1 * sigmoid2(u)


def lgamma(x):
    return mp.loggamma(x) if x > 0 else mp.log(PI / abs(mp.sin(PI * x))) - mp.loggamma(1 - x)


def trigamma(x):
    return mp.polygamma(1, x) if abs(x) < 1e3 else 1 / x + 1 / (2 * x**2) + 1 / (6 * x**3) - 1 / (30 * x**5) + 1 / (42 * x**7)


def erf_inv(x):
    return mp.erfinv(x) if abs(x) > 1e-20 else x * mp.sqrt(PI) / 2


def mish_gate(x):
    e = mp.exp(-abs(x))
    n = 1 + 2 * e if x > 0 else e * e + 2 * e
    return n / (n + (2 * e * e if x > 0 else 2))


def mish1(x):
    e = mp.exp(-abs(x))
    n, rest = (1 + 2 * e, 2 * e * e) if x > 0 else (e * e + 2 * e, mpf(2))
    d = n + rest
    return n / d + x * (rest * (d + n) / d**2) * sigmoid(x)


def elu(alpha, scale=1):
    return smooth(lambda x: scale * (x if x > 0 else alpha * mp.expm1(x)), lambda x: scale * (mpf(1) if x > 0 else alpha * mp.exp(x)), None,
                  (INF, scale, 0), (-scale * alpha, 0, 0))


def hard_swish(x):
    inside = min(max(x + 3, 0.0), 6.0)
    return (NAN, NAN, None) if math.isnan(x) else (-0.0, 0.0, None) if x == -INF else (INF, 1.0, None) if x == INF else (
        mpf(x) * min(max(mpf(x) + 3, 0), 6) / 6 if x > -3 and x != 0 else math.copysign(0.0, x), (2 * mpf(x) + 3) / 6 if -3 <= x <= 3 else float(inside > 3), None)


def beyond_one(y, d, outside=(NAN, NAN, None)):
    """At 1 and -1: y and d; farther out, what `outside` says."""
    return lambda x: (y(x), d(x), None) if abs(x) == 1 else outside(x) if callable(outside) else outside


SELU_ALPHA, SELU_SCALE = mpf("1.6732632423543772848"), mpf("1.0507009873554804934")
C = 2 / mp.sqrt(PI)
# op: (rule, tolerances of y, da, dda, PyTorch's function, options)
UNARY = {
    "neg": ((lambda x: (-x, -1.0, None)), (0, 0), lambda x: -x),
    "abs": ((lambda x: (abs(x), x if math.isnan(x) else (x > 0) * 1.0 - (x < 0), None)), (0, 0), torch.abs),
    "exp": (smooth(mp.exp, mp.exp, mp.exp, (INF, INF, INF), (0, 0, 0)), (2, 2, 2), torch.exp),
    "expm1": (smooth(mp.expm1, mp.exp, mp.exp, (INF, INF, INF), (-1, 0, 0)), (2, 2, 2), torch.expm1),
    "log": (smooth(mp.log, lambda x: 1 / x, lambda x: -1 / x**2, (INF, 0, 0), (NAN, 0, 0), lambda x: x > 0,
                   lambda x: (-INF, math.copysign(INF, x), -INF), lambda x: (NAN, 1 / x, -1 / x**2)), (1, 1, 2), torch.log),
    "log1p": (smooth(mp.log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x)**2, (INF, 0, 0), (NAN, 0, 0), lambda x: x > -1,
                     None, lambda x: (-INF, INF, -INF) if x == -1 else (NAN, 1 / (1 + x), -1 / (1 + x)**2)), (2, 2, 3), torch.log1p),
    "sqrt": (smooth(mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), lambda x: -x**mpf("-1.5") / 4, (INF, 0, 0), (NAN, NAN, NAN), lambda x: x > 0,
                    lambda x: (x, math.copysign(INF, x), math.copysign(INF, -x))), (1, 1, 3), torch.sqrt),
    "rsqrt": (smooth(lambda x: 1 / mp.sqrt(x), lambda x: -x**mpf("-1.5") / 2, None, (0, 0, 0), domain=lambda x: x > 0,
                     zero=lambda x: (math.copysign(INF, x), -INF, None)), (2, 4, 6), torch.rsqrt),
    "sin": (smooth(mp.sin, mp.cos, lambda x: -mp.sin(x)), (3, 3, 3), torch.sin),
    "cos": (smooth(mp.cos, lambda x: -mp.sin(x), lambda x: -mp.cos(x)), (3, 3, 3), torch.cos),
    "tanh": (smooth(mp.tanh, tanh1, lambda x: -2 * mp.tanh(x) * tanh1(x), (1, 0, 0), (-1, 0, 0)), (3, 6, 10), torch.tanh),
    # Next to a pole the slope of the slope is large.
    "tan": (smooth(mp.tan, lambda x: 1 + mp.tan(x)**2), (5, 12), torch.tan),
    "asin": (smooth(mp.asin, lambda x: 1 / mp.sqrt((1 - x) * (1 + x)), domain=lambda x: abs(x) < 1, outside=beyond_one(mp.asin, lambda x: INF)), (3, 5), torch.asin),
    "acos": (smooth(mp.acos, lambda x: -1 / mp.sqrt((1 - x) * (1 + x)), domain=lambda x: abs(x) < 1, outside=beyond_one(mp.acos, lambda x: -INF)), (3, 5), torch.acos),
    "atan": (smooth(mp.atan, lambda x: 1 / (1 + x * x), None, (PI / 2, 0, 0), (-PI / 2, 0, 0)), (3, 4), torch.atan),
    "sinh": (smooth(mp.sinh, mp.cosh, mp.sinh, (INF, INF, INF), (-INF, INF, -INF)), (4, 4, 4), torch.sinh),
    "cosh": (smooth(mp.cosh, mp.sinh, mp.cosh, (INF, INF, INF), (INF, -INF, INF)), (4, 4, 4), torch.cosh),
    "asinh": (smooth(mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x), None, (INF, 0, 0), (-INF, 0, 0)), (5, 4), torch.asinh),
    "acosh": (smooth(mp.acosh, lambda x: 1 / mp.sqrt((x - 1) * (x + 1)), None, (INF, 0, 0), domain=lambda x: x > 1,
                     outside=lambda x: (0.0, INF, None) if x == 1 else (NAN, NAN, None), zero=lambda x: (NAN, NAN, None)), (5, 7), torch.acosh),
    "atanh": (smooth(mp.atanh, lambda x: 1 / ((1 - x) * (1 + x)), None, (NAN, 0, 0), (NAN, 0, 0), lambda x: abs(x) < 1,
                     outside=beyond_one(lambda x: INF * x, lambda x: INF, lambda x: (NAN, 1 / ((1 - x) * (1 + x)), None))), (5, 4), torch.atanh),
    # exp(y^2): y^2 units in the last place of y, twice.
    "erf_inv": (smooth(erf_inv, lambda x: mp.sqrt(PI) / 2 * mp.exp(erf_inv(x)**2), domain=lambda x: abs(x) < 1, outside=beyond_one(lambda x: INF * x, lambda x: INF)),
                (6, 60), torch.erfinv),
    "lgamma": (smooth(lgamma, mp.digamma, None, (INF, INF, 0), (INF, NAN, 0), lambda x: x > 0 or x != math.floor(x),
                      lambda x: (INF, -math.copysign(INF, x), None), lambda x: (INF, NAN, None)), (6, 6), torch.lgamma),
    "digamma": (smooth(mp.digamma, trigamma, None, (INF, 0, 0), domain=lambda x: x > 0 or x != math.floor(x),
                       zero=lambda x: (-math.copysign(INF, x), INF, None), outside=lambda x: (NAN, INF, None)), (6, 12), torch.digamma),
    # exp(-x^2) of a rounded square: 9^2 units in the last place at 9.
    "erf": (smooth(lambda x: mp.erf(x) if abs(x) < 1e3 else mp.sign(x), lambda x: C * mp.exp(-x * x), lambda x: -2 * x * C * mp.exp(-x * x), (1, 0, 0), (-1, 0, 0)), (2, 90, 90), torch.erf),
    "erfc": (smooth(erfc, lambda x: -C * mp.exp(-x * x), lambda x: 2 * x * C * mp.exp(-x * x), (0, 0, 0), (2, 0, 0)), (7, 90, 90), torch.erfc),
    # The second derivative is a difference at 0: absolute there.
    "logistic": (smooth(sigmoid, sigmoid1, sigmoid2, (1, 0, 0), (0, 0, 0)), (3, 6, None), torch.sigmoid),
    "stop_gradient": ((lambda x: (x, 0.0, None)), (0, 0), lambda x: x.detach() + 0.0 * 0),
    "relu": ((lambda x: (x if not x <= 0 else 0.0, 0.0 if x <= 0 else 1.0, None)), (0, 0), F.relu),
    "clamp low = -1.0 high = 2.5": ((lambda x: (x if math.isnan(x) else min(max(x, -1.0), 2.5), 1.0 if -1 <= x <= 2.5 else 0.0, None)),
                                    (0, 0), lambda x: x.clamp(-1.0, 2.5)),
    "clamp high = 0.0": ((lambda x: (x if math.isnan(x) else min(x, 0.0), 1.0 if x <= 0 else 0.0, None)), (0, 0), lambda x: x.clamp(max=0.0)),
    "clamp low = 1.0 high = 1.0": ((lambda x: (x if math.isnan(x) else 1.0, 1.0 if x == 1 else 0.0, None)), (0, 0), lambda x: x.clamp(1.0, 1.0)),
    "leaky_relu slope = 0.25": ((lambda x: (x if x > 0 else 0.25 * x, 1.0 if x > 0 else 0.25, None)), (1, 0), lambda x: F.leaky_relu(x, 0.25)),
    "elu alpha = 0.5": (elu(mpf("0.5")), (2, 2), lambda x: F.elu(x, 0.5)),
    "selu": (elu(SELU_ALPHA, SELU_SCALE), (4, 4), F.selu),
    "mish": (smooth(lambda x: x * mish_gate(x), mish1, None, (INF, 1, 0), (-0.0, 0, 0)), (5, 24), F.mish),
    "hard_swish": (hard_swish, (3, 3), F.hardswish),
    # x^2 / 2 units in the last place of Phi and phi, as of erf; a difference near its roots.
    "gelu": (smooth(lambda x: x * cdf(x), lambda x: cdf(x) + x * phi(x), None, (INF, 1, 0), (-0.0, 0, 0)), (150, 300), F.gelu),
    "gelu approximate = tanh": (smooth(gelu_tanh, gelu_tanh1, None, (INF, 1, 0), (-0.0, 0, 0)), (150, 300),
                                lambda x: F.gelu(x, approximate="tanh")),
    "silu": (smooth(lambda x: x * sigmoid(x), lambda x: sigmoid(x) + x * sigmoid1(x), None, (INF, 1, 0), (-0.0, 0, 0)), (4, 16), F.silu),
    "softplus": (smooth(lambda x: max(x, mpf(0)) + mp.log1p(mp.exp(-abs(x))), sigmoid, sigmoid1, (INF, 1, 0), (0, 0, 0)), (4, 4, 6),
                 lambda x: F.softplus(x, threshold=40.0)),
}
FAR = {"gelu": (1000, 1000), "gelu approximate = tanh": (1000, 1000),  # the same rule at -30, where f64 is not yet 0
       "lgamma": (64, 12)}  # the reflection cancels at -2.5
SIGNS = {"neg", "abs", "sqrt", "expm1", "log1p", "sin", "tan", "asin", "atan", "sinh", "asinh", "atanh", "erf_inv", "tanh", "leaky_relu slope = 0.25", "elu alpha = 0.5",
         "mish", "hard_swish", "erf", "stop_gradient", "silu", "gelu", "gelu approximate = tanh"}
EXTRA = {"log1p": [1.0 - 2.0**-20], "gelu": [4.6, 3.0], "gelu approximate = tanh": [4.6, 3.0, 50.0], "silu": [88.0],
         "mish": [40.0], "hard_swish": [3.0, 2.75, 3.25], "erf_inv": [1.0 - 2.0**-20, 0.9, 0.997], "asin": [1.0 - 2.0**-20, 0.75], "acos": [1.0 - 2.0**-20, 0.75],
         "atanh": [1.0 - 2.0**-20], "acosh": [1.0 + 2.0**-20, 1.25], "lgamma": [1.25, 2.0, 1.75, 3.0, 6.75, 7.0], "digamma": [1.25, 1.46875, 2.0, 6.75, 7.0]}


def power(x, y):
    """C's pow; by the base 0 at exponent 0 (x^0 is 1 everywhere), by the exponent 0 where x^y log(x) tends to 0; NaN of a negative base."""
    value = float(np.power(x, y)) if x == 0 or not (math.isfinite(x) and math.isfinite(y)) else None
    if value is None:
        whole = y == math.floor(y)
        value = mpf(abs(x))**mpf(y) * ((-1)**int(y % 2) if x < 0 else 1) if x > 0 or whole else NAN
    if math.isnan(x) or math.isnan(y):
        return value, 0.0 if y == 0 else 1.0 if y == 1 else NAN, 0.0 if x == 1 else NAN
    if y == 0:
        by_base = 0.0
    elif math.isfinite(x) and math.isfinite(y) and x != 0:
        whole = y == math.floor(y)
        by_base = mpf(y) * mpf(abs(x))**(mpf(y) - 1) * ((-1)**int((y - 1) % 2) if x < 0 else 1) if x > 0 or whole else NAN
    else:
        slope = float(np.power(x, y - 1))
        by_base = 0.0 if slope == 0 else y * slope
    if 0 < abs(y) < 1e-37 and (x < 0 or abs(x) < 1e-37):
        by_base = None  # PyTorch's and ours: y - 1 is -1
    if x < 0:
        by_exponent = NAN
    elif x == 0:
        by_exponent = 0.0 if y >= 0 else -INF * value
    elif math.isinf(x):
        by_exponent = 0.0 if y < 0 else INF
    elif math.isinf(y):
        by_exponent = 0.0 if x == 1 else value * float(mp.log(x)) if value != 0 else 0.0
    else:
        by_exponent = value * mp.log(x)
    return value, by_base, by_exponent


def angle(y, x):
    """atan2; 0 at the origin, where there is no derivative, and the limit 0 at infinities."""
    if math.isnan(x) or math.isnan(y):
        return NAN, NAN, NAN
    if x == 0 and y == 0 or math.isinf(x) or math.isinf(y):
        return math.atan2(y, x), 0.0, 0.0
    value = mp.atan2(mpf(y), mpf(x)) if y != 0 else math.atan2(y, x)
    square = mpf(x)**2 + mpf(y)**2
    return value, mpf(x) / square, -mpf(y) / square


def quotient(x, y):
    with np.errstate(all="ignore"):
        if not (math.isfinite(x) and math.isfinite(y)) or y == 0:
            q = np.float64(x) / np.float64(y)
            return q, np.float64(1.0) / np.float64(y), -(q / np.float64(y))
    return (mpf(x) / mpf(y) if x != 0 else float(np.float64(x) / y)), 1 / mpf(y), -mpf(x) / mpf(y)**2


def remainder(x, y):
    """C's fmod; by the divisor minus the whole quotient, exactly."""
    with np.errstate(all="ignore"):
        value = float(np.fmod(x, y))
    if math.isnan(value):
        return NAN, 1.0, NAN
    whole = 0 if math.isinf(y) else mp.floor(abs(mpf(x) / mpf(y)))
    return value, 1.0, -whole * (1 if (x < 0) == (y < 0) else -1)


def chosen(sign):
    def at(x, y):
        if math.isnan(x) or math.isnan(y):
            return NAN, 1.0, 1.0
        if x == y:
            return x, 0.5, 0.5
        return (x, 1.0, 0.0) if (x - y) * sign > 0 or (x, y) == (INF * sign, y) else (y, 0.0, 1.0)
    return at


def sums(sign):
    def at(x, y):
        with np.errstate(all="ignore"):
            return float(np.float64(x) + sign * np.float64(y)) if not (math.isfinite(x) and math.isfinite(y)) or x == y == 0 else mpf(x) + sign * mpf(y), 1.0, sign
    return at


def product(x, y):
    return x * y if not (math.isfinite(x) and math.isfinite(y)) or x * y == 0 and 0 in (x, y) else mpf(x) * mpf(y), y, x


def neighbour(dtype):
    """The next number of the dtype; the derivative is that of x, of which it is a step away."""
    def at(x, y):
        if math.isnan(x) or math.isnan(y):
            return NAN, 1.0, 0.0
        if dtype == "f64" or x == y:
            return (y if x == y else float(np.nextafter(x, y))), 1.0, 0.0
        if dtype == "f32":
            return float(np.nextafter(np.float32(x), np.float32(y))), 1.0, 0.0
        if x == 0:
            return math.copysign(SMALLEST["bf16"], y), 1.0, 0.0
        bits = int(np.float32(x).view(np.uint32)) + (0x10000 if (x < y) == (x > 0) else -0x10000)
        return float(np.uint32(bits).view(np.float32)), 1.0, 0.0
    return at


def pairs(dtype, op):
    big, small, sub = LARGEST[dtype], NORMAL[dtype], SMALLEST[dtype]
    if op == "rem":
        return [(5.0, 2.0), (-5.0, 2.0), (5.0, -2.0), (0.0, 2.0), (-0.0, 2.0), (1.0, INF), (INF, 2.0), (1.0, 0.0), (0.0, 0.0), (NAN, 1.0), (1.0, NAN),
                (6.0, 2.0), (sub, 1.0), (1.0, big), (big, big), (np.nextafter(np.float32(0.3), np.float32(0)), np.float32(0.1)), (1.0, np.float32(0.1)),
                (2.5, -0.5), (7.0, np.float32(0.7)), (100.0, np.float32(1 / 3))]
    values = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, INF, -INF, NAN, small, sub, big, -big]
    result = [(x, y) for x in values for y in values if op in ("pow", "atan2") or not (abs(x) in (0.5, 2.0) and abs(y) in (0.5, 2.0))]
    if op == "pow":
        result += [(0.0, 3.0), (0.0, -0.5), (1e-30, 2.0), (1e-15, 2.0), (3.0, -3.0), (-3.0, 3.0), (0.25, 60.0), (1e-4, 0.0), (10.0, 38.0)]
    if op == "atan2":
        result += [(1e-30, 0.0), (1e-25, 1e-25), (1e25, 1e25), (1e-30, 1e30), (1e30, 1e-30), (-1e-25, 1e-25), (1e20, -1.0), (3e38, -3e38)]
    return result


BINARY = {
    "add": (sums(1.0), (1, 0, 0), torch.add), "sub": (sums(-1.0), (1, 0, 0), torch.sub), "mul": (product, (1, 0, 0), torch.mul),
    "div": (quotient, (1, 1, 2), torch.div), "rem": (remainder, (0, 0, 0), torch.fmod), "pow": (power, (2, 4, 4), torch.pow),
    "max": (chosen(1), (0, 0, 0), torch.maximum), "min": (chosen(-1), (0, 0, 0), torch.minimum), "atan2": (angle, (2, 6, 6), torch.atan2),
    "nextafter": (neighbour, (0, 0, 0), None),  # PyTorch has no derivative of it
}
# Where the table is not PyTorch's (1.13): op -> when(operands), reason.
DIFFERS = {
    "expm1": (lambda x: x < -5, "y + 1 vanishes early"),
    "log1p": (lambda x: x > 1e300, "its log1p overflows"),
    "rsqrt": (lambda x: x <= 0, "the slope of 1/sqrt is negative at -0 too; NaN has NaN"),
    "abs": (math.isnan, "NaN has no sign"),
    "silu": (math.isinf, "the limits for inf * 0"),
    "gelu": (lambda x: x < -8 or x == INF, "1 + erf cancels, and the limits for inf * 0"),
    "gelu approximate = tanh": (lambda x: abs(x) > 4, "tanh' vanishes early, and inf * 0"),
    "tanh": (lambda x: abs(x) > 8, "1 - y * y vanishes early"),
    "logistic": (lambda x: x > 8, "y * (1 - y) vanishes early"),
    "softplus": (math.isnan, "NaN has NaN"),
    "asinh": (lambda x: abs(x) > 1e100, "squares overflow"),
    "acosh": (lambda x: x < 1 or x > 1e100, "squares overflow; outside of the domain the slope is NaN too"),
    "erf_inv": (lambda x: abs(x) > 0.99, "its erf_inv has fewer digits"),
    "digamma": (lambda x: x <= 0 and x == math.floor(x), "the sine of a multiple of pi is 0: trigamma is infinite at its poles"),
    "elu alpha = 0.5": (lambda x: math.isnan(x) or -1e-16 < x < 0, "exp(x) - 1 cancels; NaN has NaN"),
    "selu": (lambda x: math.isnan(x) or -1e-16 < x < 0, "exp(x) - 1 cancels; NaN has NaN"),
    "mish": (lambda x: abs(x) > 8, "tanh' vanishes early, and the limits for inf * 0"),
    "hard_swish": (lambda x: x == 3 or not abs(x) < 1e300, "the bounds are inside, as clamp's; the limits for inf * 0, no overflow; NaN has NaN"),
    "pow": (lambda x, y: math.isinf(x) or math.isinf(y) or (x, y) == (0, 0) or x < 0 or math.isnan(x * y) or not 1e-300 < abs(x) < 1e300,
            "the limits for inf * 0, and the ends of the range"),
    "atan2": (lambda y, x: True, "squares overflow and underflow; inf * 0"),
    "rem": (lambda x, y: True, "the rounded quotient may be the next whole number; NaN"),
    "div": (lambda x, y: abs(y) > 1e100 or abs(y) < 1e-100, "the derivative of a rounded quotient"),
}


UNEXPLAINED = []


def close(got, want):
    if math.isnan(want) or math.isinf(want):
        return got == want or (math.isnan(got) and math.isnan(want))
    return abs(got - want) <= 1e-9 * max(abs(want), 1e-280)


def compare(op, function, operands, results):
    """The table's doubles against PyTorch's; every difference must be one that DIFFERS names."""
    leaves = [torch.tensor(list(column), dtype=torch.float64, requires_grad=True) for column in zip(*operands)]
    y = function(*leaves)
    gradients = torch.autograd.grad(y.sum(), leaves, allow_unused=True) if y.requires_grad else [None] * len(leaves)
    columns = [y] + [torch.zeros_like(y) if g is None else g for g in gradients]
    when = DIFFERS.get(op, (lambda *x: False, ""))[0]
    for position, (operand, result) in enumerate(zip(operands, results)):
        for name, column, want in zip(("y", "da", "db"), columns, result):
            if want is not None and not close(float(column[position]), float(want)) and not when(*operand):
                UNEXPLAINED.append(f"{op}{operand}: {name} is {float(want)}, but PyTorch's is {float(column[position])}: say so in DIFFERS")


def text_of(x, dtype):
    """`-` is a number that is not compared."""
    return "-" if x is None else str(x) if dtype[0] == "i" else "%.*g" % (DIGITS[dtype], rounded(x, dtype))


class Table:
    def __init__(self):
        self.lines = []

    def case(self, op, dtype, text, tolerances, tensors, signs=False, relative_to_one=False):
        """tensors: name -> (shape, numbers[, element]); tolerances: name -> units in the last place."""
        bounds = " ".join(f"{name}={bound}" for name, bound in tolerances.items()) + (" signs" if signs else "") + (" one" if relative_to_one else "")
        self.lines.append(f"\n{op} {dtype} | {text} | {bounds}")
        for name, (shape, numbers, *element) in tensors.items():
            size = "x".join(str(n) for n in shape) + "x" if shape else ""
            element = element[0] if element else "i32" if all(isinstance(x, int) for x in numbers) else dtype
            self.lines.append(f"{name}: tensor<{size}{element}> " + " ".join(text_of(x, element) for x in numbers))

    def write(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "table.txt"), "w") as file:
            file.write("# Made by make_table.py, which says what the lines mean.\n" + "\n".join(self.lines) + "\n")


def unary(table, dtype):
    for op, (rule, bounds, function) in UNARY.items():
        x = points(dtype, EXTRA.get(op, ()))
        results = [rule(v) for v in x]
        if dtype == "f64":
            compare(op, function, [(v,) for v in x], [r[:2] for r in results])
        n = len(x)
        if op in ("silu", "mish"):  # what is left of a subnormal exponential, times x
            results = [tuple(None if v is not None and 0 < abs(v) < NORMAL[dtype] and p < -1 else v for v in r) for p, r in zip(x, results)]
        bounds = FAR.get(op, bounds) if dtype == "f64" else bounds
        tolerances = {"y": bounds[0], "da": bounds[1]}
        tensors = {"a": ((n,), x), "y": ((n,), [r[0] for r in results]), "da": ((n,), [r[1] for r in results])}
        if len(bounds) > 2 and bounds[2] and dtype != "bf16" and results[2][2] is not None:
            # Second derivatives where nothing over- or underflows on the way.
            tolerances["dda"] = bounds[2]
            tensors["dda"] = ((n,), [r[2] if second_order(op, v) else None for r, v in zip(results, x)])
        name, _, options = op.partition(" ")
        options = options and " " + options
        table.case("nn." + name, dtype, f"nn.{name} %a{options} : tensor<{n}x{dtype}>", tolerances, tensors, op in SIGNS)


def second_order(op, x):
    """Whether nothing over- or underflows on the way to the second derivative."""
    if op == "tanh" and 0 < abs(x) < 0.1:
        return False  # a difference of two numbers near 1/2: exact to a unit in the last place of 1 only
    return 1e-5 < abs(x) < 1e5 or (x == 0 and op not in ("log", "sqrt"))


def binary(table, dtype):
    for op, (rule, bounds, function) in BINARY.items():
        operands = [(rounded(x, dtype), rounded(y, dtype)) for x, y in pairs(dtype, op)]
        rule = rule(dtype) if op == "nextafter" else rule
        results = [rule(*pair) for pair in operands]
        if dtype == "f64" and function:
            compare(op, function, operands, results)
        n = len(operands)
        table.case("nn." + op, dtype, f"nn.{op} %a, %b : tensor<{n}x{dtype}>", dict(zip(("y", "da", "db"), bounds)),
                   {"a": ((n,), [p[0] for p in operands]), "b": ((n,), [p[1] for p in operands]), "y": ((n,), [r[0] for r in results]),
                    "da": ((n,), [r[1] for r in results]), "db": ((n,), [r[2] for r in results])}, op in ("add", "sub", "mul", "div", "rem", "nextafter"))


def steps(table):
    """Ops whose derivative is zero everywhere, and those on integers, which have none."""
    x = [0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 2.5, SMALLEST["f32"], -SMALLEST["f32"], 1e30, LARGEST["f32"], INF, -INF, NAN]
    none = [0.0] * len(x)
    t = f"tensor<{len(x)}xf32>"
    for op, f in (("floor", np.floor), ("ceil", np.ceil), ("round_even", np.rint), ("sign", np.sign)):
        table.case("nn." + op, "f32", f"nn.{op} %a : {t}", {"y": 0, "da": 0},
                   {"a": ((len(x),), x), "y": ((len(x),), list(f(np.array(x)))), "da": ((len(x),), none)}, op != "sign")
    table.case("nn.is_finite", "f32", f"nn.is_finite %a : {t}", {"y": 0},
               {"a": ((len(x),), x), "y": ((len(x),), [int(math.isfinite(v)) for v in x], "i1")})
    a, b = [0.0, -0.0, 1.0, NAN, NAN, INF, -INF], [-0.0, 0.0, 1.0, 1.0, NAN, INF, INF]
    for predicate, f in (("eq", np.equal), ("ne", np.not_equal), ("lt", np.less), ("le", np.less_equal), ("gt", np.greater), ("ge", np.greater_equal)):
        table.case("nn.compare", "f32", f"nn.compare {predicate} %a, %b : tensor<7xf32>", {"y": 0},
                   {"a": ((7,), a), "b": ((7,), b), "y": ((7,), [int(v) for v in f(np.array(a), np.array(b))], "i1")})
    low, high = -2**31, 2**31 - 1
    a, b = [0, 1, -1, low, high, low, high, 5], [0, -1, 31, 1, 32, -1, 30, 2]
    for op, f in (("and", lambda x, y: x & y), ("or", lambda x, y: x | y), ("xor", lambda x, y: x ^ y),
                  ("shl", lambda x, y: x << y if 0 <= y < 32 else 0), ("shr", lambda x, y: (x % 2**32) >> y if 0 <= y < 32 else 0)):
        y = [(f(p, q) + 2**31) % 2**32 - 2**31 for p, q in zip(a, b)]
        table.case("nn." + op, "i32", f"nn.{op} %a, %b : tensor<8xi32>", {"y": 0}, {"a": ((8,), a), "b": ((8,), b), "y": ((8,), y)})
    for op, f in (("not", lambda x: ~x), ("popcount", lambda x: bin(x % 2**32).count("1")), ("clz", lambda x: 32 - (x % 2**32).bit_length())):
        table.case("nn." + op, "i32", f"nn.{op} %a : tensor<8xi32>", {"y": 0}, {"a": ((8,), a), "y": ((8,), [f(v) for v in a])})
    table.case("nn.not", "i1", "nn.not %a : tensor<2xi1>", {"y": 0}, {"a": ((2,), [0, 1], "i1"), "y": ((2,), [1, 0], "i1")})
    patterns = [0.0, -0.0, 1.0, SMALLEST["f32"], -LARGEST["f32"], INF, -INF]
    words = [int(np.float32(v).view(np.int32)) for v in patterns]
    table.case("nn.bitcast", "f32", "nn.bitcast %a : tensor<7xf32> -> tensor<7xi32>", {"y": 0}, {"a": ((7,), patterns), "y": ((7,), words)})
    table.case("nn.bitcast", "i32", "nn.bitcast %a : tensor<7xi32> -> tensor<7xf32>", {"y": 0}, {"a": ((7,), words), "y": ((7,), patterns, "f32")}, True)
    words = [0, -2**63, 1, 0x3FF0000000000000, 0x7FF0000000000000]
    table.case("nn.bitcast", "f64", "nn.bitcast %a : tensor<5xf64> -> tensor<5xi64>", {"y": 0},
               {"a": ((5,), [0.0, -0.0, SMALLEST["f64"], 1.0, INF]), "y": ((5,), words, "i64")})
    big = LARGEST["f32"]
    table.case("nn.cast", "f32", "nn.cast %a : tensor<9xf32> -> tensor<9xi32>", {"y": 0},
               {"a": ((9,), [0.0, -0.5, 1.5, -1.5, 3e9, -3e9, INF, -INF, NAN]), "y": ((9,), [0, 0, 1, -1, high, low, high, low, 0])})
    table.case("nn.cast", "f32", "nn.cast %a : tensor<6xf32> -> tensor<6xf64>", {"y": 0, "da": 0},
               {"a": ((6,), [-0.0, big, SMALLEST["f32"], INF, -INF, NAN]), "y": ((6,), [-0.0, big, SMALLEST["f32"], INF, -INF, NAN], "f64"),
                "da": ((6,), [1.0] * 6)}, True)
    table.case("nn.select", "f32", "nn.select %a, %b, %c : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>", {"y": 0, "db": 0, "dc": 0},
               {"a": ((4,), [1, 0, 1, 0], "i1"), "b": ((4,), [1.0, NAN, INF, INF]), "c": ((4,), [NAN, 2.0, NAN, -0.0]),
                "y": ((4,), [1.0, 2.0, INF, -0.0]), "db": ((4,), [1.0, 0.0, 1.0, 0.0]), "dc": ((4,), [0.0, 1.0, 0.0, 1.0])}, True)


def moves(table):
    """Ops that place elements: infinities and NaN travel alone, cotangents too."""
    x, u = [1.0, INF, NAN, -INF, -0.0, 6.0], [1.0, 2.0, INF, NAN, 5.0, 6.0]
    def case(op, text, tolerances, **tensors):
        table.case(op, "f32", text, {name: 0 for name in tolerances}, tensors)
    def to(shape, numbers):
        return shape, list(numbers)
    case("nn.broadcast", "nn.broadcast %a dims = [1] : tensor<3xf32> -> tensor<2x3xf32>", ("y", "da"),
         a=to((3,), x[:3]), u=to((2, 3), [1.0, 2.0, INF, 4.0, 5.0, 6.0]), y=to((2, 3), x[:3] * 2), da=to((3,), [5.0, 7.0, INF]))
    case("nn.reshape", "nn.reshape %a : tensor<2x3xf32> -> tensor<6xf32>", ("y", "da"), a=to((2, 3), x), u=to((6,), u), y=to((6,), x), da=to((2, 3), u))
    case("nn.transpose", "nn.transpose %a permutation = [1, 0] : tensor<2x3xf32>", ("y", "da"), a=to((2, 3), x), u=to((3, 2), u),
         y=to((3, 2), [1.0, -INF, INF, -0.0, NAN, 6.0]), da=to((2, 3), [1.0, INF, 5.0, 2.0, NAN, 6.0]))
    case("nn.reverse", "nn.reverse %a dims = [0] : tensor<6xf32>", ("y", "da"), a=to((6,), x), u=to((6,), u), y=to((6,), x[::-1]), da=to((6,), u[::-1]))
    case("nn.concat", "nn.concat %a, %b dim = 0 : tensor<2xf32>, tensor<4xf32>", ("y", "da", "db"), a=to((2,), x[:2]), b=to((4,), x[2:]),
         u=to((6,), u), y=to((6,), x), da=to((2,), u[:2]), db=to((4,), u[2:]))
    case("nn.slice", "nn.slice %a [1] [2] [2] : tensor<6xf32>", ("y", "da"), a=to((6,), x), u=to((2,), [INF, NAN]), y=to((2,), [INF, -INF]),
         da=to((6,), [0.0, INF, 0.0, NAN, 0.0, 0.0]))
    case("nn.update_slice", "nn.update_slice %a, %b [1] : tensor<6xf32>, tensor<2xf32>", ("y", "da", "db"), a=to((6,), x), b=to((2,), [NAN, 8.0]),
         u=to((6,), u), y=to((6,), [1.0, NAN, 8.0, -INF, -0.0, 6.0]), da=to((6,), [1.0, 0.0, 0.0, NAN, 5.0, 6.0]), db=to((2,), [2.0, INF]))
    case("nn.pad", "nn.pad %a, %b low = [1] high = [1] interior = [1] : tensor<2xf32>, tensor<f32>", ("y", "da", "db"), a=to((2,), [INF, NAN]),
         b=to((), [3.0]), u=to((5,), [1.0, NAN, 2.0, INF, 4.0]), y=to((5,), [3.0, INF, 3.0, NAN, 3.0]), da=to((2,), [NAN, INF]), db=to((), [7.0]))
    rows = dict(a=to((3, 2), [1.0, INF, NAN, 2.0, 3.0, 4.0]), b=((3,), [2, 0, 2]))
    case("nn.gather", "nn.gather %a, %b axis = 0 : tensor<3x2xf32>, tensor<3xi32>", ("y", "da"), **rows, u=to((3, 2), [1.0, 2.0, INF, 4.0, 5.0, NAN]),
         y=to((3, 2), [3.0, 4.0, 1.0, INF, 3.0, 4.0]), da=to((3, 2), [INF, 4.0, 0.0, 0.0, 6.0, NAN]))
    case("nn.embedding", "nn.embedding %a, %b : tensor<3x2xf32>, tensor<3xi32>", ("y", "da"), **rows, u=to((3, 2), [1.0, 2.0, INF, 4.0, 5.0, NAN]),
         y=to((3, 2), [3.0, 4.0, 1.0, INF, 3.0, 4.0]), da=to((3, 2), [INF, 4.0, 0.0, 0.0, 6.0, NAN]))
    base = dict(a=to((3,), [1.0, NAN, 3.0]), b=((4,), [0, 0, 2, 1]), c=to((4,), [5.0, 7.0, INF, 2.0]), u=to((3,), [1.0, 2.0, INF]))
    form = "nn.scatter {} %a, %b, %c axis = 0 : tensor<3xf32>, tensor<4xi32>, tensor<4xf32>"
    case("nn.scatter", form.format("add"), ("y", "da", "dc"), **base, y=to((3,), [13.0, NAN, INF]), da=to((3,), [1.0, 2.0, INF]), dc=to((4,), [1.0, 1.0, INF, 2.0]))
    case("nn.scatter", form.format("set"), ("y", "da", "dc"), **base, y=to((3,), [7.0, 2.0, INF]), da=to((3,), [0.0] * 3), dc=to((4,), [0.0, 1.0, INF, 2.0]))
    # PyTorch's scatter_reduce: ties share, and a position that is NaN gives NaN to all that meet there.
    base.update(c=to((4,), [1.0, 1.0, INF, 2.0]), u=to((3,), [3.0, 2.0, 5.0]))
    case("nn.scatter", form.format("max"), ("y", "da", "dc"), **base, y=to((3,), [1.0, NAN, INF]), da=to((3,), [1.0, NAN, 0.0]), dc=to((4,), [1.0, 1.0, 5.0, NAN]))
    case("nn.dropout", "nn.dropout %a rate = 0.5 : tensor<6xf32>", ("y", "da"), a=to((6,), x), u=to((6,), u), y=to((6,), x), da=to((6,), u))


def rows(table):
    """Reductions and what is computed along rows: PyTorch's value and derivative of every row, at ties, zeros, infinities and NaN."""
    ROWS = [[1.0, 2.0, 2.0, 0.0], [0.0, -0.0, -1.0, -0.0], [INF, 1.0, INF, -INF], [-INF] * 4, [NAN, 1.0, 2.0, 2.0], [-INF, 1.0, 0.0, -INF],
            [2.0, 0.0, 3.0, 4.0], [0.0, 5.0, 0.0, 2.0], [3e38, 3e38, 3e38, -3e38], [1e-45, 1e-38, 1e38, 1.0], [7.0] * 4, [100.0, -100.0, 50.0, 0.0]]
    def case(op, text, tolerances, function, inputs, mathematics=None, text_flags=()):
        leaves = {name: torch.tensor(numbers, dtype=torch.float64, requires_grad=True) for name, numbers in inputs.items()}
        y = function(*leaves.values())
        u = (torch.arange(y.numel(), dtype=torch.float64) % 4 + 1).reshape(y.shape)
        gradients = torch.autograd.grad(y, list(leaves.values()), u) if mathematics is None else [mathematics(*leaves.values(), u)]
        tensors = {name: (tuple(x.shape), x.flatten().tolist()) for name, x in leaves.items()}
        tensors.update(u=(tuple(u.shape), u.flatten().tolist()), y=(tuple(y.shape), y.flatten().tolist()))
        tensors.update({"d" + name: (tuple(g.shape), g.flatten().tolist()) for name, g in zip(leaves, gradients)})
        names = [name for name in tensors if name == "y" or (name[0] == "d" and len(name) > 1)]
        table.case(op, "f32", text, dict(zip(names, tolerances)), tensors, relative_to_one=True)
    def others(x, u):  # PyTorch divides by x, which is NaN for infinities
        return torch.stack([x[:, [j for j in range(4) if j != i]].prod(1) * u for i in range(4)], 1)
    n = len(ROWS)
    t = f"tensor<{n}x4xf32>"
    plain = [row for row in ROWS if max(map(abs, row)) < 1e38 or row[0] != row[0] or INF in row or -INF in row]
    p = f"tensor<{len(plain)}x4xf32>"
    case("nn.reduce", f"nn.reduce sum %a dims = [1] : {p}", (2, 0), lambda x: x.sum(1), {"a": plain})
    case("nn.reduce", f"nn.reduce prod %a dims = [1] : {p}", (2, 2), lambda x: x.prod(1), {"a": plain}, others)
    case("nn.reduce", f"nn.reduce max %a dims = [1] : {t}", (0, 1), lambda x: x.amax(1), {"a": ROWS})
    case("nn.reduce", f"nn.reduce min %a dims = [1] : {t}", (0, 1), lambda x: x.amin(1), {"a": ROWS})
    case("nn.reduce", f"nn.reduce max %a dims = [0] : {t}", (0, 1), lambda x: x.amax(0), {"a": ROWS})
    case("nn.reduce", "nn.reduce max %a dims = [0, 1] : tensor<2x4xf32>", (0, 1), lambda x: x.amax((0, 1)), {"a": [ROWS[0], ROWS[4]]})
    case("nn.reduce", "nn.reduce min %a dims = [0, 1] : tensor<2x4xf32>", (0, 1), lambda x: x.amin((0, 1)), {"a": [ROWS[1], ROWS[5]]})
    case("nn.cumsum", f"nn.cumsum %a dim = 1 : {p}", (2, 0), lambda x: x.cumsum(1), {"a": plain})
    def running(x, u):  # likewise
        return torch.stack([sum(u[:, i] * x[:, [k for k in range(i + 1) if k != j]].prod(1) for i in range(j, 4)) for j in range(4)], 1)
    case("nn.cumprod", f"nn.cumprod %a dim = 1 : {p}", (2, 8), lambda x: x.cumprod(1), {"a": plain}, running)
    case("nn.sort", f"nn.sort %a dim = 1 : {t}", (0, 0), lambda x: torch.sort(x, dim=1, stable=True)[0], {"a": ROWS})
    case("nn.top_k", f"%y, %i = nn.top_k %a k = 2 dim = 1 : {t}", (0, 0), lambda x: torch.sort(x, dim=1, descending=True, stable=True)[0][:, :2], {"a": ROWS})
    case("nn.softmax", f"nn.softmax %a dim = 1 : {t}", (6, 30), lambda x: x.softmax(1), {"a": ROWS})
    case("nn.log_softmax", f"nn.log_softmax %a dim = 1 : tensor<{n - 1}x4xf32>", (6, 40), lambda x: x.log_softmax(1), {"a": [r for r in ROWS if abs(r[0]) != 3e38]})
    case("nn.logsumexp", f"nn.logsumexp %a dims = [1] : {t}", (4,), lambda x: x.logsumexp(1), {"a": ROWS})


def products(table):
    """Products and normalizations, where an infinity times 0 is PyTorch's NaN, and losses at their kinks."""
    def case(op, text, function, inputs, bound=4):
        leaves = {name: torch.tensor(numbers, dtype=torch.float64, requires_grad=True) for name, numbers in inputs.items()}
        y = function(*leaves.values())
        gradients = torch.autograd.grad(y.sum(), list(leaves.values()))
        tensors = {name: (tuple(x.shape), x.flatten().tolist()) for name, x in leaves.items()}
        tensors["y"] = (tuple(y.shape), y.flatten().tolist())
        tensors.update({"d" + name: (tuple(g.shape), g.flatten().tolist()) for name, g in zip(leaves, gradients)})
        table.case(op, "f32", text, {name: bound for name in ["y"] + ["d" + name for name in leaves]}, tensors, relative_to_one=True)
    a, b, c = [[1.0, INF], [0.0, 2.0], [-INF, NAN]], [[1.0, 2.0], [3.0, INF]], [1.0, -INF]
    m = "tensor<3x2xf32>, tensor<2x2xf32>"
    case("nn.matmul", f"nn.matmul %a, %b : {m}", torch.matmul, {"a": a, "b": b})
    case("nn.contract", f"nn.contract %a, %b contracting = [1] x [0] : {m}", torch.matmul, {"a": a, "b": b})
    case("nn.linear", f"nn.linear %a, %b, %c : {m}, tensor<2xf32>", lambda x, w, b: x @ w + b, {"a": a, "b": b, "c": c})
    x = [[1.0, 1.0, 1.0, 1.0], [0.0, -0.0, 0.0, 0.0], [1.0, INF, 2.0, 3.0], [NAN, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 5.0], [1e-20, -1e-20, 0.0, 0.0]]
    case("nn.layer_norm", "nn.layer_norm %a, %b, %c : tensor<6x4xf32>, tensor<4xf32>, tensor<4xf32>", lambda x, s, b: F.layer_norm(x, (4,), s, b),
         {"a": x, "b": [1.0, 2.0, 3.0, 4.0], "c": [0.0, 1.0, 0.0, 0.0]}, 4e3)
    case("nn.rms_norm", "nn.rms_norm %a, %b : tensor<6x4xf32>, tensor<4xf32>", lambda x, s: s * (x * torch.rsqrt((x * x).mean(1, keepdim=True) + 1e-5)),
         {"a": x, "b": [1.0, 2.0, 3.0, 4.0]}, 16)
    # Gates that are shut or open to the last bit; then a row that is NaN, in a batch whose other rows do not see it.
    def recurrent(function, gates, x):
        def run(x, w, u):
            state = torch.zeros(1, x.shape[1], u.shape[0], dtype=torch.float64)
            return function(x, (state, state) if gates == 4 else state, [w.t(), u.t()], False, 1, 0.0, False, False, False)[0]
        return run, {"a": x, "b": [[0.5, -0.25, 1.0, 2.0][:gates]], "c": [[-0.5, 1.0, 0.25, 0.75][:gates]]}
    for op, function, gates in [("lstm", torch._VF.lstm, 4), ("gru", torch._VF.gru, 3)]:
        results = "%y, %h, %s" if gates == 4 else "%y, %h"
        for x in [[[[0.0], [1.0], [30.0], [-1e30]], [[-0.0], [-1.0], [0.5], [1e30]]], [[[NAN], [1.0]], [[1.0], [0.5]]]]:
            types = f"tensor<2x{len(x[0])}x1xf32>, tensor<1x{gates}xf32>, tensor<1x{gates}xf32>"
            case("nn." + op, f"{results} = nn.{op} %a, %b, %c : {types}", *recurrent(function, gates, x), 8)
    y, t = [0.0, 1.0, -1.0, 3.0, -3.0, INF, NAN], [0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0]
    e = "tensor<7xf32>"
    none = {"reduction": "none"}
    case("nn.mse", f"nn.mse %a, %b reduction = none : {e}", lambda y, t: F.mse_loss(y, t, **none), {"a": y, "b": t})
    case("nn.mae", "nn.mae %a, %b reduction = none : tensor<6xf32>", lambda y, t: F.l1_loss(y, t, **none), {"a": y[:6], "b": t[:6]})
    case("nn.huber", f"nn.huber %a, %b delta = 1.0 reduction = none : {e}", lambda y, t: F.huber_loss(y, t, **none), {"a": y, "b": t})
    case("nn.bce", "nn.bce %a, %b reduction = none : tensor<5xf32>", lambda y, t: F.binary_cross_entropy_with_logits(y, t, **none),
         {"a": [0.0, 2.0, -2.0, 1e3, -1e3], "b": [0.0, 1.0, 1.0, 0.0, 1.0]})
    # 0 where the target is, whatever the prediction: PyTorch has NaN for 0 * inf, and for the slope of 0 log(0).
    y, t = [-1.0, 0.0, -INF, -2.0, -INF, NAN], [0.5, 1.0, 0.0, 0.0, 0.5, 0.5]
    table.case("nn.kl", "f32", "nn.kl %a, %b reduction = none : tensor<6xf32>", {"y": 4, "da": 0, "db": 4},
               {"a": ((6,), y), "b": ((6,), t), "y": ((6,), [0.5 * (math.log(0.5) + 1), 0.0, 0.0, 0.0, INF, NAN]), "da": ((6,), [-v for v in t]),
                "db": ((6,), [math.log(0.5) + 2, 1.0, 0.0, 0.0, INF, NAN])}, relative_to_one=True)
    logits = torch.tensor([[0.0, 0.0, 0.0], [100.0, -100.0, 0.0], [-INF, 1.0, 2.0]], dtype=torch.float64, requires_grad=True)
    y = F.cross_entropy(logits, torch.tensor([0, 1, 2]), **none)
    flat = lambda x: x.flatten().tolist()
    table.case("nn.cross_entropy", "f32", "nn.cross_entropy %a, %b reduction = none : tensor<3x3xf32>, tensor<3xi32>", {"y": 4, "da": 4},
               {"a": ((3, 3), flat(logits)), "b": ((3,), [0, 1, 2]), "y": ((3,), flat(y)),
                "da": ((3, 3), flat(torch.autograd.grad(y.sum(), logits)[0]))}, relative_to_one=True)


def indices(table):
    """Positions of extrema: the first among equals, NaN before all."""
    a = [[1.0, 3.0, 3.0, 0.0], [0.0, -0.0, 0.0, -0.0], [NAN, 1.0, NAN, INF], [1.0, INF, NAN, NAN], [-INF] * 4, [INF, -INF, INF, -INF]]
    for op, f in (("argmax", np.argmax), ("argmin", np.argmin)):
        table.case("nn." + op, "f32", f"nn.{op} %a dim = 1 : tensor<6x4xf32>", {"y": 0},
                   {"a": ((6, 4), [x for row in a for x in row]), "y": ((6,), [int(i) for i in f(np.array(a), 1)], "i64")})


if __name__ == "__main__":
    made = Table()
    for dtype in DTYPES:
        unary(made, dtype)
        binary(made, dtype)
    for family in (steps, moves, rows, products, indices):
        family(made)
    if UNEXPLAINED:
        raise SystemExit("\n".join(UNEXPLAINED))
    made.write()
