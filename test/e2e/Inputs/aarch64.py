"""aarch64.py MLC ROOT FOLDER CC CPU [MLC-OPTION...]: models compiled for AArch64, called under qemu-user that has the features of CPU, against
the same models compiled for this machine.

Both round every operation, but sums are cut into vectors of other widths, so the tolerance is relative to the largest number of a result:
2e-5 for f32 (some 100 units in the last place, for products of 784 and three steps of training), 2^-7, a unit in the last place, for bf16.
Parameters may differ by as much as they can move in the steps, the learning rates: Adam divides a gradient that is rounding by its size. On AArch64 the bits are the same for 1, 2 and 3 threads.
"""
import os
import subprocess
import sys

import numpy

mlc, root, folder, cc, cpu, *options = sys.argv[1:]
SYSROOT = "/usr/aarch64-linux-gnu"
CALLS, SIZES = 3, (1, 37)


def program(name, command):
    path = os.path.join(folder, name)
    source = os.path.join(root, "test/e2e/Inputs/foreign_call.c")
    subprocess.run([*command, "-O1", "-I", os.path.join(root, "runtime/include"), source, "-o", path], check=True)
    return path


def numbers(command, library, threads, size):
    out = os.path.join(folder, "numbers.bin")
    run = subprocess.run([*command, library, str(threads), str(CALLS), str(size), out], check=True, capture_output=True, text=True)
    return numpy.split(numpy.fromfile(out, "f8"), [int(run.stdout)])


def library(source, name, *more):
    path = os.path.join(folder, name)
    subprocess.run([mlc, source, "-o", path, *more], check=True)
    return path


libraries = os.path.join(SYSROOT, "lib")
foreign = program("call.aarch64", [cc, "--target=aarch64-linux-gnu", "-mno-outline-atomics", "-isystem", os.path.join(SYSROOT, "include"), "-fuse-ld=lld",
                                   "-nostdlib", "-pie", *(os.path.join(libraries, part) for part in ("Scrt1.o", "crti.o", "crtn.o")), "-L" + libraries, "-lc"])
emulated = ["qemu-aarch64", "-L", SYSROOT, "-cpu", cpu, foreign]
own = [program("call", [cc])]


def compare(what, actual, expected, tolerance):
    bad = ~(abs(actual - expected) <= tolerance * numpy.maximum(abs(expected), 1)) & ~(numpy.isnan(actual) & numpy.isnan(expected))
    assert actual.shape == expected.shape and not bad.any(), (*what, numpy.flatnonzero(bad), actual[bad], expected[bad])


for source, tolerance, rate in (("examples/mlp/mlp.mlir", 2e-5, 1e-3), ("test/e2e/Inputs/aarch64.mlir", 2e-5, 1e-2),
                                ("test/e2e/Inputs/aarch64-images.mlir", 2e-5, 0), ("test/e2e/Inputs/aarch64-narrow.mlir", 2**-7, 0)):
    path = os.path.join(root, source)
    here = library(path, "here.so")
    for level in ("-O3", "-O0"):
        there = library(path, "there.so", "--mtriple=aarch64-linux-gnu", level, *options)
        for size in SIZES:
            what = source, level, size
            expected, actual = numbers(own, here, 1, size), numbers(emulated, there, 1, size)
            compare(what, actual[0], expected[0], tolerance)
            compare((*what, "parameters"), actual[1], expected[1], CALLS * rate)
            for threads in (2, 3) if size > 1 else ():
                again = numbers(emulated, there, threads, size)
                assert all(a.tobytes() == b.tobytes() for a, b in zip(again, actual)), (*what, threads)
print("equal")
