"""branches.py MODEL FOLDER: every entry of branches.mlir against NumPy in double precision, for either branch and on 1, 2 and 3
threads, whose bits must be equal. Tolerance: f32 sums of some dozens of terms of size 1, so 1e-5 of the largest element; derivatives
of first order are by hand, those of second order central differences of these, right to 1e-8."""
import subprocess
import sys

import numpy as np

model, folder = sys.argv[1:]
random = np.random.default_rng(6)
parameters = f"{folder}/w.safetensors"


def call(entry, arrays, results, *options):
    names = []
    for position, array in enumerate(arrays):
        np.save(f"{folder}/in{position}.npy", array.astype("f4"))
        names.append(f"{position}={folder}/in{position}.npy")
    outs = [f"{number}={folder}/out{number}.npy" for number in range(results)]
    subprocess.run(["mlc-run", "call", model, entry, "--in", *names, "--out", *outs, *options], check=True, stdout=subprocess.DEVNULL)
    return [np.load(f"{folder}/out{number}.npy") for number in range(results)]


def check(entry, arrays, expected):
    results = call(entry, arrays, len(expected), "--threads", "1", "--params", parameters)
    for threads in ("2", "3"):
        again = call(entry, arrays, len(expected), "--threads", threads, "--params", parameters)
        assert all(a.tobytes() == b.tobytes() for a, b in zip(results, again)), (entry, threads)
    for number, (result, wanted) in enumerate(zip(results, expected)):
        assert result.shape == np.shape(wanted), (entry, number, result.shape, np.shape(wanted))
        error = np.abs(result - wanted).max(initial=0) / max(1.0, np.abs(wanted).max(initial=0))
        assert error < 1e-5, (entry, number, error, result, wanted)


def exact(*shape):
    """Numbers that f32 holds."""
    return random.standard_normal(shape).astype("f4").astype("f8")


call("f", [exact(2, 4), exact(4)], 1, "--seed", "3", "--save", parameters)
data = open(parameters, "rb").read()
w = np.frombuffer(data[-64:], "f4").reshape(4, 4).astype("f8")  # the only tensor


def f(x, b):
    return np.tanh(x @ w) if x.sum() > 0 else 3 * x + b


def gradient(x, b):
    y = f(x, b)
    if x.sum() > 0:
        da = 2 * y * (1 - y * y)
        return (y * y).sum(), x.T @ da, da @ w.T, np.zeros(4)
    return (y * y).sum(), np.zeros((4, 4)), 6 * y, 2 * y.sum(0)


def alternate(x):
    h, dx = 1.0, np.zeros(len(x))
    for i, s in enumerate(x):
        if s > 0:
            h, dx[i] = h + s, 1
        else:
            dx[:i], dx[i], h = dx[:i] * s, h, h * s
    return h, dx


for n in (1, 5):
    for sign in (1, -1):
        x, b, v = sign * np.abs(exact(n, 4)), exact(4), exact(n, 4)
        check("f", [x, b], [f(x, b)])
        check("gradient", [x, b], gradient(x, b))
        slope = lambda x, b: (gradient(x, b)[2] * v).sum()
        dx, db = np.zeros((n, 4)), np.zeros(4)
        for of, at in ((dx, 0), (db, 1)):
            for i in np.ndindex(*of.shape):
                d = np.zeros(of.shape)
                d[i] = 1e-5
                high, low = ((x + d, b), (x - d, b)) if at == 0 else ((x, b + d), (x, b - d))
                of[i] = (slope(*high) - slope(*low)) / 2e-5
        check("curvature", [x, b, v], [slope(x, b), dx, db])
for n in (0, 1, 2, 9):
    x = exact(n)
    check("alternate_gradient", [x], alternate(x))
print("done")
