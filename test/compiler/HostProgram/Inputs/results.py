"""Calls every entry of results.mlir, compiled, and compares with NumPy. Usage: results.py LIBRARY."""
import subprocess
import sys

import numpy as np


def call(entry, inputs, count, *options):
    command = ["mlc-run", "call", sys.argv[1], entry, *options]
    for name, value in inputs.items():
        np.save(name + ".npy", value)
        command += ["--in", f"{name}={name}.npy"]
    for i in range(count):
        command += ["--out", f"{i}=out{i}.npy"]
    subprocess.run(command, check=True, timeout=60)
    return [np.load(f"out{i}.npy") for i in range(count)]


random = np.random.default_rng(1)
for n in (0, 1, 5, 300):
    x = random.standard_normal((n, 3)).astype(np.float32)
    same, w, again, flat, table = call("alias", {"x": x}, 5)
    assert same.shape == x.shape and (same == x).all() and (again == x).all()
    assert (w == 1).all() and flat.shape == (12,) and (table == [[1, 2], [3, 4]]).all()

    y = x @ np.ones((3, 4), np.float32)
    first, second, total = call("twice", {"x": x}, 3)
    # The sum of up to 1200 numbers in another order.
    assert np.allclose(first, y, 1e-5, 1e-5) and (first == second).all() and np.allclose(total, y.sum(), 1e-3, 1e-3)

    for m in (0, 2):
        z = random.standard_normal((m, 3)).astype(np.float32)
        wanted = np.concatenate([np.tanh(x), z, np.tanh(x)])
        joined, total = call("join", {"x": x, "y": z}, 2)
        assert joined.shape == wanted.shape and np.allclose(joined, wanted, 1e-5, 1e-6)
        assert np.allclose(total, np.exp(wanted).sum(), 1e-4)

a, z = call("swap", {}, 2, "--save", "state.safetensors")
assert (a == 1).all() and (z == 0).all()
a, z = call("swap", {}, 2, "--params", "state.safetensors")
assert (a == 0).all() and (z == 1).all()
(count,) = call("tick", {}, 1, "--save", "state.safetensors")
assert (count == [1, 2]).all()
(count,) = call("tick", {}, 1, "--params", "state.safetensors")
assert (count == [2, 4]).all()
print("all entries agree")
