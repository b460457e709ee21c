#!/usr/bin/env python3
"""Fits the f64 polynomials of the expand-math pass (needs mpmath) and prints them as C++.

Each is a Chebyshev fit in 60 digits, within a factor of two of minimax; printed with the largest error of
the fit in units of what it is added to. Coefficients run from the highest degree to the lowest.
"""
import mpmath as mp

mp.mp.dps = 60


def fit(name, function, low, high, degree, weight):
    """Prints the polynomial p of `degree` with p(t) ~ function(t) on [low, high]."""
    polynomial, _ = mp.chebyfit(function, [low, high], degree + 1, error=True)
    rounded = [mp.mpf(float(c)) for c in polynomial]
    points = [low + (high - low) * mp.mpf(i) / 400 for i in range(401)]
    worst = max(abs((mp.polyval(rounded, t) - function(t)) * weight(t)) for t in points if t != 0)
    print(f"// {name}: fit error 2^{mp.nstr(mp.log(worst, 2), 4)}")
    print(f"constexpr double k{name}[] = {{")
    for c in rounded:
        print(f"    {float(c)!r},")
    print("};\n")


def near_zero(function, taylor):
    """`function`, with its value at 0 given: quotients cannot be evaluated there."""
    return lambda t: taylor if t == 0 else function(t)


ln2half = mp.log(2) / 2
fit("ExpF64", near_zero(lambda r: (mp.expm1(r) - r) / r**2, mp.mpf(1) / 2), -ln2half, ln2half, 11,
    lambda r: r if r else 0)  # relative to expm1(r) ~ r, which expm1 needs

zmax = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2
fit("LogF64", near_zero(lambda z: (mp.log((1 + mp.sqrt(z)) / (1 - mp.sqrt(z))) - 2 * mp.sqrt(z)) / mp.sqrt(z) ** 3,
                        mp.mpf(2) / 3), mp.mpf(0), zmax * mp.mpf("1.01"), 6, lambda z: z / 2)
# pow: the same series with its first term taken out, for double-double arithmetic.
fit("LogTailF64", near_zero(lambda z: ((mp.log((1 + mp.sqrt(z)) / (1 - mp.sqrt(z))) - 2 * mp.sqrt(z)) / mp.sqrt(z) ** 3
                                       - mp.mpf(2) / 3) / z, mp.mpf(2) / 5), mp.mpf("1e-30"), zmax * mp.mpf("1.01"), 7,
    lambda z: z * z / 2)

quarter = (mp.pi / 4 * mp.mpf("1.01")) ** 2
fit("SinF64", near_zero(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, -mp.mpf(1) / 6), mp.mpf("1e-30"), quarter, 5,
    lambda z: z)
fit("CosF64", near_zero(lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, mp.mpf(1) / 24), mp.mpf("1e-30"), quarter, 5,
    lambda z: z * z)
fit("SinF32", near_zero(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, -mp.mpf(1) / 6), mp.mpf("1e-30"), quarter, 3,
    lambda z: z)
fit("CosF32", near_zero(lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, mp.mpf(1) / 24), mp.mpf("1e-30"), quarter, 3,
    lambda z: z * z)

eighth = (mp.sqrt(2) - 1) ** 2 * mp.mpf("1.01")
atan = near_zero(lambda z: (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, -mp.mpf(1) / 3)
fit("AtanF64", atan, mp.mpf("1e-30"), eighth, 11, lambda z: z)
fit("AtanF32", atan, mp.mpf("1e-30"), eighth, 5, lambda z: z)

fit("ErfSmallF64", near_zero(lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1, 2 / mp.sqrt(mp.pi) - 1), mp.mpf("1e-30"),
    mp.mpf(1), 13, lambda z: 1)
# erfc(x) = exp(-x^2) e(q), q = (x - 2) / (x + 2), on x in [1, 6] (after Shepherd and Laframboise 1981).
def erfcx(q):
    x = 2 * (1 + q) / (1 - q)
    return mp.exp(x * x) * mp.erfc(x)


fit("ErfLargeF64", erfcx, -mp.mpf(1) / 3, mp.mpf(1) / 2, 17, lambda q: mp.exp(-(2 * (1 + q) / (1 - q)) ** 2))

# Beyond 6 the same in powers of 1 / x^2.
fit("ErfcFarF64", lambda w: mp.exp(1 / w) * mp.erfc(1 / mp.sqrt(w)) / mp.sqrt(w), 1 / mp.mpf("27.5") ** 2, mp.mpf(1) / 36,
    10, lambda w: mp.sqrt(mp.pi))

asin = near_zero(lambda z: (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, mp.mpf(1) / 6)
fit("AsinF64", asin, mp.mpf("1e-30"), mp.mpf("0.2501"), 12, lambda z: z)
fit("AsinF32", asin, mp.mpf("1e-30"), mp.mpf("0.2501"), 5, lambda z: z)


# erf_inv(x) / x by w = -log(1 - x^2) near 0 and by its root farther out, both from a point inside (after Giles 2010).
def erfinv(w):
    x = mp.sqrt(-mp.expm1(-w))
    return mp.erfinv(x) / x if w > 0 else mp.sqrt(mp.pi) / 2


for name, low, high, centre, degree in (("F64", "0", "5", "2.5", 24), ("F32", "0", "5", "2.5", 9)):
    centre = mp.mpf(centre)
    fit("ErfInvNear" + name, lambda t: erfinv(t + centre), mp.mpf(low) - centre, mp.mpf(high) - centre, degree, lambda t: 1 / erfinv(t + centre))
for name, low, high, centre, degree in (("MiddleF64", "2.23", "3.8", "2.9", 23), ("FarF64", "3.8", "6.1", "5", 20), ("FarF32", "2.23", "4.01", "3", 10)):
    centre = mp.mpf(centre)
    fit("ErfInv" + name, lambda t: erfinv((t + centre)**2), mp.mpf(low) - centre, mp.mpf(high) - centre, degree, lambda t: 1 / erfinv((t + centre)**2))

half = mp.mpf("0.51")
fit("LgammaF64", near_zero(lambda u: mp.loggamma(2 + u) / u, 1 - mp.euler), -half, half, 21, lambda u: 1 / mp.mpf("0.4"))


def stirling(v):
    x = 1 / mp.sqrt(v)
    return (mp.loggamma(x) - (x - mp.mpf(1) / 2) * (mp.log(x) - 1) - (mp.log(2 * mp.pi) - 1) / 2) * x


fit("StirlingF64", near_zero(stirling, mp.mpf(1) / 12), mp.mpf("1e-20"), mp.mpf(1) / 49, 7, lambda v: mp.sqrt(v) / 6)
root = mp.findroot(mp.digamma, mp.mpf("1.4616"))
fit("DigammaF64", near_zero(lambda u: mp.digamma(root + u) / u, mp.polygamma(1, root)), -half, half, 24, lambda u: 1)


def digamma_far(v):
    x = 1 / mp.sqrt(v)
    return (mp.log(x) - 1 / (2 * x) - mp.digamma(x)) / v


fit("DigammaFarF64", near_zero(digamma_far, mp.mpf(1) / 12), mp.mpf("1e-15"), mp.mpf(1) / 49, 7, lambda v: v / 2)

mp.mp.prec = 1400
bits = int(mp.floor(2 / mp.pi * mp.mpf(2) ** (64 * 20)))
words = [(bits >> (64 * (19 - i))) & (2**64 - 1) for i in range(20)]
print("// 2/pi: 64 zero bits, then its first 1280 fraction bits.")
print("constexpr uint64_t kTwoOverPi[] = {\n    0x0,")
for word in words:
    print(f"    {word:#018x},")
print("};\n")
mp.mp.prec = 300


def split(value, parts, widths):
    """`value` as a sum of doubles of which all but the last have `widths` significant bits."""
    out = []
    for width in widths:
        exponent = int(mp.floor(mp.log(abs(value), 2))) + 1
        scale = mp.mpf(2) ** (width - exponent)
        head = mp.floor(value * scale) / scale if width < 53 else mp.mpf(float(value))
        out.append(float(head))
        value -= head
    return ", ".join(repr(v) for v in out)


print("pi/2 33+33+53:", split(mp.pi / 2, 3, [33, 33, 53]))
print("pi hi lo:", split(mp.pi, 2, [53, 53]), " pi/2:", split(mp.pi / 2, 2, [53, 53]), " pi/4:", split(mp.pi / 4, 2, [53, 53]))
print("ln2 32+53:", split(mp.log(2), 2, [32, 53]), " ln2 32+32+53", split(mp.log(2), 3, [32, 32, 53]))
print("2/pi:", float(2 / mp.pi), "log2e:", float(1 / mp.log(2)), "2/3 hi lo:", split(mp.mpf(2) / 3, 2, [53, 53]))
print("root of digamma:", split(root, 2, [53, 53]))
