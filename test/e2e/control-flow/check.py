"""check.py MODEL FOLDER: the entries of a library of model.py's text on 1, 2 and 3 threads, whose bits must be equal, against JAX's values
(goldens.json) and, in first order, against the unrolled program in NumPy, differentiated by imaginary steps, which lose no digits. All is in
double precision: sums of some dozens of terms of size 1, so 1e-12 of the largest element."""
import json
import pathlib
import subprocess
import sys

import numpy as np

from model import BOUND, COUNTS, PAIRS, inputs

library, folder = sys.argv[1:]
goldens = json.loads((pathlib.Path(__file__).parent / "goldens.json").read_text())


def call(entry, arrays, results, threads):
    names = []
    for position, array in enumerate(arrays):
        np.save(f"{folder}/in{position}.npy", array)
        names.append(f"{position}={folder}/in{position}.npy")
    outs = [f"{number}={folder}/out{number}.npy" for number in range(results)]
    subprocess.run(["mlc-run", "call", library, entry, "--in", *names, "--out", *outs, "--threads", str(threads)], check=True, stdout=subprocess.DEVNULL)
    return [np.load(f"{folder}/out{number}.npy") for number in range(results)]


def unrolled(kind, h, x, xs, n, body):
    if kind == "scan":
        for slice in xs:
            h = body(h, slice)
    elif kind == "while":
        for _ in range(min(n, BOUND)):
            h = body(h, x)
    elif kind in ("checkpoint", "custom") or h.sum().real > 0:
        h = body(h, x)
    else:
        h = np.sin(h) * x
    return h


def loss(pair, w, h, x, xs, n):
    outer, inner = pair
    cell = lambda h, x: np.tanh(w @ h + x)
    y = unrolled(outer, h, x, xs, n, lambda h, x: unrolled(inner, h, x, xs, n, cell))
    return (y * y + y).sum()


def gradients(pair, values, n):
    """The loss, and its derivatives by all of `values`, flat."""
    result = [loss(pair, *values, n)]
    for position, value in enumerate(values):
        for index in np.ndindex(value.shape):
            moved = list(values)
            moved[position] = value.astype(complex)
            moved[position][index] += 1e-30j
            result.append(loss(pair, *moved, n).imag / 1e-30)
    return np.array(result)


def compare(what, actual, expected):
    error = np.abs(actual - expected).max() / max(1, np.abs(expected).max())
    assert actual.shape == expected.shape and error < 1e-12, (what, error, actual, expected)


for count in COUNTS:
    *values, n, v = inputs(count)
    for entry, arrays, parts in (("gradients", [*values, n], 5), ("curvatures", [*values, n, v], 3)):
        results = call(entry, arrays, parts * len(PAIRS), 1)
        for threads in (2, 3):
            again = call(entry, arrays, parts * len(PAIRS), threads)
            assert all(a.tobytes() == b.tobytes() for a, b in zip(results, again)), (entry, count, threads)
        for number, pair in enumerate(PAIRS):
            flat = np.concatenate([result.ravel() for result in results[number * parts:(number + 1) * parts]])
            compare((entry, count, pair, "JAX"), flat, np.array(goldens[str(count)]["_".join(pair)][entry]))
            if entry == "gradients":
                compare((entry, count, pair, "unrolled"), flat, gradients(pair, values, int(n)))
print("done")
