"""Arrays that every side can make, and what of an array is kept to compare: the formulas of ../parity/data.py, by names."""
import os
import sys
import zlib

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "parity"))
import data  # noqa: E402


def numbers(name, shape, scale=1.0):
    """In [-scale, scale)."""
    return np.float32(scale) * (np.float32(2) * data.uniform(zlib.crc32(name.encode()), shape) - np.float32(1))


def whole(name, shape, low, high):
    """In [low, high)."""
    return (low + data.uniform(zlib.crc32(name.encode()), shape) * (high - low)).astype(np.int32)


def parameter(name, shape):
    """An initial value by the name's last word."""
    kind = name.rsplit(".", 1)[-1]
    if kind == "kernel":
        return numbers(name, shape, np.sqrt(3.0 / shape[0]))
    return numbers(name, shape, 0.1) + np.float32(kind == "scale") if kind in ("scale", "bias") else numbers(name, shape, 0.5)


def summary(name, array):
    """The norm of an array and its products with two arrays of numbers of mean square 1. Of an error of norm e, whatever it looks like, the
    products show about e."""
    exact = np.asarray(array, "f8")
    weights = [numbers(f"{name}/{i}", exact.shape, np.sqrt(3.0)) for i in range(2)]
    return [float(f"{x:.7g}") for x in (np.sqrt((exact * exact).sum()), *((exact * w).sum() for w in weights))]


def distance(name, array, expected, least):
    """How far an array is from one that has this summary, relative to its norm, or to `least` where that is more."""
    return max(abs(a - b) for a, b in zip(summary(name, array), expected)) / max(expected[0], least)
