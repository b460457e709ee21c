"""What ops and their derivatives are at their corners, one by one: formulas in 60 digits, limits, conventions, and PyTorch's function.

The rows of make_table.py, which says what they are for.
"""
import math

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
