"""Clusters of 8 atoms near the energy's minima, with their energies and forces by Lennard-Jones. usage: data.py FOLDER"""
import os
import sys

import numpy

ATOMS, TRAIN, TEST = 8, 2000, 500


def lennard_jones(x):
    """Energies [n] and forces [n, atoms, 3] of positions [n, atoms, 3], in units of the potential."""
    d = x[:, :, None] - x[:, None]
    r2 = (d * d).sum(-1) + 1e6 * numpy.eye(ATOMS)
    s = r2**-3.0
    energy = 2.0 * (s * s - s).sum((1, 2))
    force = 24.0 * ((2.0 * s * s - s) / r2)[..., None] * d
    return energy, force.sum(2)


def minima(random, count):
    """Clusters at rest: downhill from random ones, in small steps."""
    x = random.normal(0.0, 0.9, (count, ATOMS, 3))
    for _ in range(4000):
        force = lennard_jones(x)[1]
        length = numpy.sqrt((force * force).sum(-1, keepdims=True))
        x += force * numpy.minimum(2e-3, 0.02 / numpy.maximum(length, 1e-9))
    spread = numpy.abs(x - x.mean(1, keepdims=True)).max((1, 2))
    return x[spread < 2.0]  # no atom has left


def clusters(random, rest, count):
    shaken = rest[random.integers(len(rest), size=count)]
    return shaken + random.uniform(0.0, 0.04, (count, 1, 1)) * random.normal(size=shaken.shape)


random = numpy.random.default_rng(1)
folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
rest = minima(random, 40)
for name, count in [("train", TRAIN), ("test", TEST)]:
    x = clusters(random, rest, count).astype("f4")
    energy, force = lennard_jones(x.astype("f8"))
    for key, values in [("x", x), ("energy", energy), ("force", force)]:
        numpy.save(os.path.join(folder, f"{name}_{key}.npy"), values.astype("f4"))
# Where the simulations begin: well shaken, but not the most.
order = numpy.argsort(numpy.square(force).sum((1, 2)))
x[order[8 * TEST // 10]].tofile(os.path.join(folder, "start.f32"))
