#!/usr/bin/env python3
"""Text as the arrays that char_rnn takes, and back.

usage: data.py TEXT-FILE OUTPUT-FOLDER     writes train.npy and test.npy, int32 [N, 129]: windows of the text, each tenth one for testing;
                                           first.npy, a line's end, and drawn.npy, 600 numbers from [0, 1), with which the model writes
       data.py --show FILE.npy             prints the text of an array
"""
import os
import re
import sys

import numpy as np

ALPHABET = "\n !'(),-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WINDOW = 128


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if sys.argv[1] == "--show":
        print("".join(ALPHABET[i] for i in np.load(sys.argv[2]).flatten()))
        return
    source, output = sys.argv[1:]
    with open(source) as file:
        text = re.sub(r"^\w+:\d+ ", "", file.read(), flags=re.M)  # `bible` begins a line with its verse
    ids = np.array([ALPHABET.index(c) for c in text if c in ALPHABET], np.int32)
    windows = np.array([ids[i:i + WINDOW + 1] for i in range(0, len(ids) - WINDOW, WINDOW)])
    is_test = np.arange(len(windows)) % 10 == 9
    os.makedirs(output, exist_ok=True)
    for name, array in (("train", windows[~is_test]), ("test", windows[is_test]), ("first", np.zeros((1, 1), np.int32)),
                        ("drawn", np.random.default_rng(1).random(600, np.float32))):
        np.save(os.path.join(output, f"{name}.npy"), array)


if __name__ == "__main__":
    main()
