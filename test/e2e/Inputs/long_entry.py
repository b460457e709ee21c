"""long_entry.py LIBRARY COUNT: runs the model `lookups` of large.py against NumPy, once with good indices and once with a bad one at the end."""
import subprocess
import sys

import numpy

library, count = sys.argv[1], int(sys.argv[2])
rng = numpy.random.default_rng(1)
# The last of each row's running sums grows like count^3 / 6: small integers keep every sum exact.
table = rng.integers(-1, 2, (3, 4)).astype(numpy.float32)
x = numpy.zeros((1, 4), numpy.float32)
indices = rng.integers(0, 3, count)
numpy.save("t.npy", table)
numpy.save("x.npy", x)


def call():
    for i, index in enumerate(indices):
        numpy.save(f"i{i}.npy", numpy.array([index]))
    names = ["t", "x"] + [f"i{i}" for i in range(count)]
    return subprocess.run(["mlc-run", "call", library, "f", "--in", *[f"{name}={name}.npy" for name in names], "--out", "0=y.npy"],
                          capture_output=True, text=True)


run = call()
expected = x.astype(numpy.float64)
for index in indices:
    expected = numpy.cumsum(expected, axis=1) + table[index]
print("right" if numpy.array_equal(numpy.load("y.npy"), expected) else f"got {numpy.load('y.npy')}, expected {expected}")
print(f"status {run.returncode}")
indices[count - 2] = 3
run = call()
print(run.stderr.strip().split("error: ")[-1])
print(f"status {run.returncode}")
