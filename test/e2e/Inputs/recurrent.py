"""recurrent.py MODEL FOLDER: both entries of recurrent.mlir against NumPy in double precision, at several numbers of steps and rows and
on 1, 2 and 3 threads, whose bits must be equal. A derivative is compared with the central difference along a random direction, for each
operand. Tolerance: f32 sums of some dozens of terms of size 1, so 1e-5 of the largest number."""
import subprocess
import sys

import numpy as np

model, folder = sys.argv[1:]
random = np.random.default_rng(6)
UNITS, INPUTS = 40, 24


def call(entry, arrays, results, threads):
    for position, array in enumerate(arrays):
        np.save(f"{folder}/in{position}.npy", array.astype("f4") if array.dtype == "f8" else array)
    names = [f"{number}={folder}/in{number}.npy" for number in range(len(arrays))]
    outs = [f"{number}={folder}/out{number}.npy" for number in range(results)]
    subprocess.run(["mlc-run", "call", model, entry, "--in", *names, "--out", *outs, "--threads", threads], check=True, stdout=subprocess.DEVNULL)
    return [np.load(f"{folder}/out{number}.npy") for number in range(results)]


def logistic(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, w, u, b, k, h, c, n):
    y = []
    for t in range(len(x)):
        i, f, g, o = np.split(x[t] @ w + b + h @ u + k, 4, 1)
        runs = (t < n)[:, None]
        c = np.where(runs, logistic(f) * c + logistic(i) * np.tanh(g), c)
        h = np.where(runs, logistic(o) * np.tanh(c), h)
        y.append(np.where(runs, h, 0))
    return np.array(y).reshape(*x.shape[:2], UNITS), h, c


def gru(x, w, u, b, k, h, n):
    y = np.zeros((*x.shape[:2], UNITS))
    for t in reversed(range(len(x))):
        (a, c, p), (d, e, q) = np.split(x[t] @ w + b, 3, 1), np.split(h @ u + k, 3, 1)
        r, z = logistic(a + d), logistic(c + e)
        runs = (t < n)[:, None]
        h = np.where(runs, (1 - z) * np.tanh(p + r * q) + z * h, h)
        y[t] = np.where(runs, h, 0)
    return y, h


def exact(*shape):
    """Numbers that f32 holds."""
    return (random.standard_normal(shape) / 2).astype("f4").astype("f8")


def near(a, b, what):
    scale = max(1.0, np.abs(b).max(initial=0))
    assert np.shape(a) == np.shape(b) and np.abs(a - b).max(initial=0) < 1e-5 * scale, (what, a, b)


for kind, function, gates, states in (("lstm", lstm, 4, 2), ("gru", gru, 3, 1)):
    for steps, rows in ((0, 3), (1, 1), (6, 1), (5, 20), (7, 33)):
        operands = [exact(steps, rows, INPUTS), exact(INPUTS, gates * UNITS), exact(UNITS, gates * UNITS), exact(gates * UNITS), exact(gates * UNITS)]
        operands += [exact(rows, UNITS) for _ in range(states)]
        lengths = random.integers(0, steps + 2, rows, dtype="i4")
        wanted = function(*operands, lengths)
        cotangents = [exact(*result.shape) for result in wanted]
        arguments = operands + [lengths] + cotangents
        results = call(kind + "_gradient", arguments, len(wanted) + len(operands), "1")
        for threads in "23":
            again = call(kind + "_gradient", arguments, len(results), threads)
            assert all(a.tobytes() == b.tobytes() for a, b in zip(results, again)), (kind, threads)
        for number, (result, value) in enumerate(zip(results, wanted)):
            near(result, value, (kind, steps, rows, number))
        for number, gradient in enumerate(results[len(wanted):]):
            direction, step = exact(*operands[number].shape), 1e-5

            def at(distance):
                moved = [x + distance * direction if i == number else x for i, x in enumerate(operands)]
                return sum((y * d).sum() for y, d in zip(function(*moved, lengths), cotangents))
            slope, parts = (at(step) - at(-step)) / (2 * step), gradient * direction
            assert abs(parts.sum() - slope) < 1e-5 * max(1, np.abs(parts).sum()), (kind, steps, rows, "derivative", number, parts.sum(), slope)
print("done")
