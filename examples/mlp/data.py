#!/usr/bin/env python3
"""Converts Fashion-MNIST (Debian's dataset-fashion-mnist) to the arrays that the mlp takes.

usage: data.py OUTPUT-FOLDER [DATASET-FOLDER]
Writes train_x.npy, test_x.npy (float32 [N, 784], scaled to [0, 1]) and train_label.npy, test_label.npy (int32 [N]).
"""
import gzip
import os
import sys

import numpy as np


def read_idx(path):
    """An IDX file: big-endian magic (dtype, rank), sizes, then unsigned bytes (http://yann.lecun.com/exdb/mnist)."""
    with gzip.open(path) as file:
        data = file.read()
    rank = data[3]
    shape = np.frombuffer(data, ">i4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    output = sys.argv[1]
    source = sys.argv[2] if len(sys.argv) == 3 else "/usr/share/datasets/fashion-mnist"
    os.makedirs(output, exist_ok=True)
    for ours, theirs in (("train", "train"), ("test", "t10k")):
        images = read_idx(os.path.join(source, f"{theirs}-images-idx3-ubyte.gz"))
        labels = read_idx(os.path.join(source, f"{theirs}-labels-idx1-ubyte.gz"))
        np.save(os.path.join(output, f"{ours}_x.npy"), images.reshape(len(images), -1).astype(np.float32) / 255)
        np.save(os.path.join(output, f"{ours}_label.npy"), labels.astype(np.int32))


if __name__ == "__main__":
    main()
