"""How far predicted forces and energies are from the potential's. usage: errors.py DATA energy.npy force.npy"""
import sys

import numpy

data, energy, force = sys.argv[1], numpy.load(sys.argv[2]), numpy.load(sys.argv[3])


def rms(x):
    return float(numpy.sqrt(numpy.mean(numpy.square(x, dtype="f8"))))


true_energy, true_force = numpy.load(f"{data}/test_energy.npy"), numpy.load(f"{data}/test_force.npy")
spread = true_energy - true_energy.mean()
off = (energy - energy.mean()) - spread  # forces leave a constant of the energy open
print(f"forces: root mean square {rms(true_force):.3f}, error {rms(force - true_force):.3f} ({100 * rms(force - true_force) / rms(true_force):.1f} %)")
print(f"energies: root mean square {rms(spread):.3f}, error {rms(off):.3f} ({100 * rms(off) / rms(spread):.1f} %)")
