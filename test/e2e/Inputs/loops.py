"""loops.py MODEL FOLDER: every entry of loops.mlir against NumPy in double precision, at 0, 1, 2 and 7 trips and on 1, 2 and 3
threads, whose bits must be equal. Tolerance: f32 sums of some dozens of terms of size 1, so 1e-5 of the largest element."""
import subprocess
import sys

import numpy as np

model, folder = sys.argv[1:]
random = np.random.default_rng(5)


def call(entry, arrays, results, *options):
    names = []
    for position, array in enumerate(arrays):
        np.save(f"{folder}/in{position}.npy", array)
        names.append(f"{position}={folder}/in{position}.npy")
    outs = [f"{number}={folder}/out{number}.npy" for number in range(results)]
    subprocess.run(["mlc-run", "call", model, entry, "--in", *names, "--out", *outs, *options], check=True, stdout=subprocess.DEVNULL)
    return [np.load(f"{folder}/out{number}.npy") for number in range(results)]


def check(entry, arrays, expected, *options):
    arrays = [array.astype("f4") if array.dtype == "f8" else array for array in arrays]
    results = call(entry, arrays, len(expected), "--threads", "1", *options)
    for threads in ("2", "3"):
        again = call(entry, arrays, len(expected), "--threads", threads, *options)
        assert all(a.tobytes() == b.tobytes() for a, b in zip(results, again)), (entry, threads)
    for number, (result, wanted) in enumerate(zip(results, expected)):
        assert result.shape == np.shape(wanted), (entry, number, result.shape, np.shape(wanted))
        scale = max(1.0, np.abs(wanted).max(initial=0))
        error = np.abs(result - wanted).max(initial=0) / scale
        assert error < 1e-5, (entry, number, error, result, wanted)


def exact(*shape):
    """Numbers that f32 holds."""
    return random.standard_normal(shape).astype("f4").astype("f8")


def read_parameters(path):
    """The tensors of a safetensors file of f32."""
    import json
    data = open(path, "rb").read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    tensor = lambda v: np.frombuffer(data[8 + size:][slice(*v["data_offsets"])], "f4").reshape(v["shape"]).astype("f8")
    return {name: tensor(value) for name, value in header.items() if name != "__metadata__" and value["dtype"] == "F32"}


def forward(p, x, h):
    states = [h]
    for xt in x:
        states.append(np.tanh(xt @ p["wx"] + p["b"] + states[-1] @ p["wh"]))
    return states


def gradient(p, x, h0):
    """loss, then its derivatives by wx, wh, b, x, h0: backpropagation through time by hand."""
    states = forward(p, x, h0)
    loss = sum((s * s).sum() for s in states[1:]) + states[-1].sum()
    dwx, dwh, db, dx = np.zeros((3, 4)), np.zeros((4, 4)), np.zeros(4), np.zeros_like(x)
    dh = np.ones_like(h0)
    for t in reversed(range(len(x))):
        dh = dh + 2 * states[t + 1]
        da = dh * (1 - states[t + 1] ** 2)
        dwx, dwh, db = dwx + x[t].T @ da, dwh + states[t].T @ da, db + da.sum(0)
        dx[t] = da @ p["wx"].T
        dh = da @ p["wh"].T
    return loss, dwx, dwh, db, dx, dh


# Seed 3's parameters, as a training step left them, so that biases are not what they were.
parameters = f"{folder}/p.safetensors"
x, h0 = exact(4, 2, 3), exact(2, 4)
call("fit", [x.astype("f4"), h0.astype("f4")], 1, "--seed", "3", "--save", f"{folder}/p0.safetensors")
subprocess.run(["mlc-run", "call", model, "rnn", "--seed", "3", "--in", f"0={folder}/in0.npy", f"1={folder}/in1.npy", "--save", parameters],
               check=True, stdout=subprocess.DEVNULL)
p, after = read_parameters(parameters), read_parameters(f"{folder}/p0.safetensors")
steps = dict(zip(("wx", "wh", "b"), gradient(p, x, h0)[1:4]))
for name, step in steps.items():
    wanted = p[name] - 0.125 * step
    assert np.abs(after[name] - wanted).max() < 1e-5 * max(1, np.abs(wanted).max()), name

for trips in (0, 1, 2, 7):
    x, h0, v = exact(trips, 2, 3), exact(2, 4), exact(2, 4)
    states = forward(p, x, h0)
    check("rnn", [x, h0], [states[-1], np.array(states[1:]).reshape(trips, 2, 4)], "--params", parameters)
    check("gradient", [x, h0], gradient(p, x, h0), "--params", parameters)

    # Central differences of the gradient, in double precision: right to 1e-9.
    slope = lambda p, h: (gradient(p, x, h)[5] * v).sum()
    step, dwh, dh = 1e-5, np.zeros((4, 4)), np.zeros((2, 4))
    for i in np.ndindex(4, 4):
        sides = []
        for sign in (1, -1):
            moved = dict(p, wh=p["wh"].copy())
            moved["wh"][i] += sign * step
            sides.append(slope(moved, h0))
        dwh[i] = (sides[0] - sides[1]) / (2 * step)
    for i in np.ndindex(2, 4):
        d = np.zeros((2, 4))
        d[i] = step
        dh[i] = (slope(p, h0 + d) - slope(p, h0 - d)) / (2 * step)
    check("curvature", [x, h0, v], [slope(p, h0), dwh, dh], "--params", parameters)

    y = exact(trips, 5)
    a = np.cumsum(y[::-1], 0)[::-1]
    b = np.cumsum(a[::-1], 0)[::-1]
    first = lambda stack: stack[0] if trips else np.zeros(5)
    check("sums", [y], [first(a), first(b), np.concatenate([a[1:], np.zeros((1, 5))])[:trips], b])

    m, u = exact(trips, 3, 3) / 2, exact(3)

    def nested(m, u):
        for _ in m:
            for mt in m:
                u = mt @ u
        return u
    check("nested", [m, u], [nested(m, u)])
    dm, du = np.zeros_like(m), np.zeros(3)
    for i in np.ndindex(*m.shape):
        d = np.zeros_like(m)
        d[i] = 1e-6
        dm[i] = (nested(m + d, u) - nested(m - d, u)).sum() / 2e-6
    for i in range(3):
        du[i] = nested(m, np.eye(3)[i]).sum()
    check("nested_gradient", [m, u], [nested(m, u).sum(), dm, du])

    table, index = exact(4, 2), random.integers(0, 4, (trips, 3))
    check("rows", [table, index], [table[index].sum(0) if trips else np.zeros((3, 2))])

for n in (0, 1, 33):
    z = exact(n) / 2 + 1
    a, b, powers = np.ones(n), z, []
    for _ in range(6):
        a, b = b, a * z
        powers.append(b)
    check("powers", [z], [a, b, np.array(powers)])

# A position that is out of range in the last trip.
np.save(f"{folder}/in1.npy", np.array([[0, 1, 2], [3, 4, 0]]))
np.save(f"{folder}/in0.npy", np.ones((4, 2), "f4"))
refused = subprocess.run(["mlc-run", "call", model, "rows", "--in", f"0={folder}/in0.npy", f"1={folder}/in1.npy"], capture_output=True, text=True)
assert refused.returncode == 1 and "nn.gather" in refused.stderr, refused
print("done")
