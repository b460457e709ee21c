"""Data for the toy model (test/unit/runtime/ToyModel.c): x[n, 4] and target[n] on a line."""
import sys

import numpy

folder, samples = sys.argv[1], int(sys.argv[2])
x = numpy.random.RandomState(0).randn(samples, 4).astype("f4")
target = (x @ numpy.array([1, -2, 3, 0.5]) + 0.25).astype("f4")
numpy.save(f"{folder}/x.npy", x)
numpy.save(f"{folder}/target.npy", target)
numpy.savez(f"{folder}/both.npz", x=x, target=target)
numpy.savez_compressed(f"{folder}/packed.npz", x=x)
