"""compiled.py: entries of one module, compiled at -O0 and -O3 and called with NumPy arrays, for tests that compare with NumPy."""
import os
import subprocess

import numpy as np


class Module:
    """The model `text`, the body of a module, compiled for both levels; two threads at -O3."""

    def __init__(self, folder, name, text, *options):
        self.folder, self.libraries = folder, {}
        path = os.path.join(folder, name + ".mlir")
        with open(path, "w") as out:
            out.write(f"module @{name} {{\n{text}\n}}\n")
        for level, threads in (("-O0", 1), ("-O3", 2)):
            library = os.path.join(folder, name + level + ".so")
            subprocess.run(["mlc", path, "-o", library, level, *options], check=True)
            self.libraries[level] = library, str(threads)

    def call(self, entry, inputs, results=1):
        """Yields (level, results as arrays); bf16 as f32, both ways."""
        files = []
        for position, value in enumerate(inputs):
            files.append(f"{position}={self.folder}/in{position}.npy")
            np.save(f"{self.folder}/in{position}.npy", value)
        outs = [f"{position}={self.folder}/out{position}.npy" for position in range(results)]
        for level, (library, threads) in self.libraries.items():
            subprocess.run(["mlc-run", "call", library, entry, "--threads", threads] + (["--in", *files] if files else []) +
                           ["--out", *outs], check=True, stdout=subprocess.DEVNULL)
            yield level, [np.load(f"{self.folder}/out{position}.npy") for position in range(results)]


class Report:
    """Counts comparisons; prints what differs and, at the end, how many did."""

    def __init__(self):
        self.count = self.wrong = 0

    def check(self, what, actual, expected, tolerance):
        """|actual - expected| <= tolerance |expected| at every element (a number or an array); infinities and NaN are equal."""
        actual, expected = np.asarray(actual, "f8"), np.asarray(expected, "f8")
        with np.errstate(invalid="ignore"):
            near = abs(actual - expected) <= tolerance * abs(expected)
        ok = near | (actual == expected) | (np.isnan(actual) & np.isnan(expected))
        self.count += 1
        if actual.shape != expected.shape or not ok.all():
            self.wrong += 1
            print(f"{what}: expected {expected.ravel()[:8]}, got {actual.ravel()[:8]}")

    def end(self):
        print(f"{self.count} comparisons, {self.wrong} wrong")
