#!/usr/bin/env python3
"""Shows which pixels the network sees: a saliency map and integrated gradients of a test image, as PNG files.

usage: explain.py CNN.mlir PARAMETERS.safetensors DATA-FOLDER [IMAGE-NUMBER] [OUTPUT-FOLDER]

Compiles the entry @slope with the trained parameters inside, calls it, and writes image.png, saliency.png (the slope of the
probability of the image's class by each pixel; Simonyan et al. 2013, arXiv:1312.6034) and integrated.png (the mean slope on the
way from a black image, times the pixel; Sundararajan et al. 2017, arXiv:1703.01365). Red raises the probability, blue lowers it.
Of integrated gradients it prints that they add up to the probability less that of black. Needs NumPy; mlc and mlc-run in PATH.
"""
import os
import struct
import subprocess
import sys
import zlib

import numpy as np

CLASSES = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
POINTS = 256  # of the way from black
SCALE = 8     # pixels of a picture per pixel of the image


def write_png(path, pixels):
    """RGB bytes [height, width, 3] as a PNG file: every row begins with the number of its filter, none."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)) + chunk(b"IEND", b""))


def enlarged(image):
    return np.repeat(np.repeat(image, SCALE, axis=0), SCALE, axis=1)


def grey(image):
    return enlarged(np.repeat(np.uint8(255 * image.clip(0, 1).reshape(28, 28, 1)), 3, axis=2))


def coloured(numbers):
    """Red above 0, blue below, white at 0; the largest is as dark as can be."""
    t = (numbers / max(np.abs(numbers).max(), 1e-30)).reshape(28, 28, 1)
    rest = 1 - np.abs(t)
    return enlarged(np.uint8(255 * np.concatenate([np.where(t > 0, 1, rest), rest, np.where(t < 0, 1, rest)], axis=2)))


class Network:
    """The entry @slope, with the trained parameters in the library."""

    def __init__(self, model, parameters, folder):
        self.folder, self.library = folder, os.path.join(folder, "slope.so")
        subprocess.run(["mlc", model, "--entries=slope", "--weights=" + parameters, "-o", self.library], check=True)

    def slope(self, x, label):
        """The sum of the probabilities that the images x [n, 784] are of a class, and its slope by each pixel."""
        path = lambda name: os.path.join(self.folder, name + ".npy")
        np.save(path("x"), np.float32(x))
        np.save(path("label"), np.full(len(x), label, np.int32))
        subprocess.run(["mlc-run", "call", self.library, "slope", "--in", f"x={path('x')}", f"label={path('label')}",
                        "--out", f"0={path('probability')}", f"1={path('slope')}"], check=True, stdout=subprocess.DEVNULL)
        return float(np.load(path("probability"))), np.load(path("slope"))


def main():
    if len(sys.argv) not in (4, 5, 6):
        sys.exit(__doc__)
    model, parameters, data = sys.argv[1:4]
    number = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    folder = sys.argv[5] if len(sys.argv) > 5 else "."
    os.makedirs(folder, exist_ok=True)
    image = np.load(os.path.join(data, "test_x.npy"))[number]
    label = int(np.load(os.path.join(data, "test_label.npy"))[number])

    network = Network(model, parameters, folder)
    probability, saliency = network.slope(image[None], label)
    print(f"image {number}: {CLASSES[label]} with a probability of {probability:.4f}")

    # The middles of equal steps: all of them are one batch.
    steps = (np.arange(POINTS, dtype=np.float32)[:, None] + 0.5) / POINTS
    attribution = network.slope(steps * image, label)[1].mean(axis=0, dtype=np.float64) * image
    black, _ = network.slope(np.zeros_like(image)[None], label)
    print(f"integrated gradients add up to {attribution.sum():.4f}; {probability:.4f} - {black:.4f} of black = {probability - black:.4f}")

    for name, pixels in (("image", grey(image)), ("saliency", coloured(saliency)), ("integrated", coloured(attribution))):
        write_png(os.path.join(folder, name + ".png"), pixels)


if __name__ == "__main__":
    main()
