"""resnet18.py EXAMPLES FOLDER: the example resnet18, small: its size, its other images of the same things, and training that is resumed and loaded."""
import math
import os
import re
import subprocess
import sys

import numpy as np

examples, folder = sys.argv[1:]
sys.path.insert(0, os.path.join(examples, "resnet18"))
import fashion
import resnet18

sizes = [math.prod(kind.dims) for kind in resnet18.resnet18(size=32, channels=3).parameters.values()]
assert (len(sizes), sum(sizes)) == (62, 11173962), (len(sizes), sum(sizes))
print("the parameters of ResNet-18 for small images")

made = np.random.default_rng(1)
x = made.random((20, 784), np.float32)
y = fashion.augmented(x, 3)
assert y.dtype == np.float32 and (y == fashion.augmented(x, 3)).all() and (y != fashion.augmented(x, 4)).any(1).all()
for image, seen in zip(np.pad(x.reshape(-1, 28, 28), ((0, 0), (2, 2), (2, 2))), y.reshape(-1, 28, 28)):
    windows = [image[down:down + 28, right:right + 28] for down in range(5) for right in range(5)]
    assert sum((window == seen).all() or (window[:, ::-1] == seen).all() for window in windows) == 1
print("images are shifted and mirrored")

# Squares of ten sizes, in noise.
for part, count in ("train", 320), ("test", 100):
    kind, distance = made.integers(0, 10, count, np.int32), np.abs(np.arange(28) - 13.5)
    inside = (distance < 2 + kind[:, None])[:, :, None] & (distance < 2 + kind[:, None])[:, None, :]
    np.save(os.path.join(folder, f"{part}_x.npy"), inside.reshape(count, 784) + 0.1 * made.standard_normal((count, 784), np.float32))
    np.save(os.path.join(folder, f"{part}_label.npy"), kind)


def run(*options):
    command = [sys.executable, os.path.join(examples, "resnet18", "fashion.py"), folder, "--width", "4", "--epochs", "6", "--batch", "32", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


path = lambda name: os.path.join(folder, name + ".safetensors")
output = run("--save", path("whole"))
accuracy = float(re.search(r"^([\d.]+)% of 100 images are right", output, re.M)[1])
assert accuracy > 70, output
run("--steps", "23", "--save", path("part"))
run("--resume", path("part"), "--save", path("resumed"))
assert open(path("whole"), "rb").read() == open(path("resumed"), "rb").read()
assert run("--evaluate", path("whole")).splitlines() == output.splitlines()[-2:]
print("it learns sizes of squares; resumed to the same bits")
