"""Writes the weights of lexicon: table[i, j] = i + j / 64, exact in f32, and count[k] = k.

usage: shared_table.py FILE [DTYPE [WHAT]]: DTYPE F32 (default), F64, BF16 or F16; WHAT huge: one number beyond f32
"""
import json
import struct
import sys

import numpy as np

dtype = sys.argv[2] if len(sys.argv) > 2 else "F32"
table = (np.arange(4096)[:, None] + np.arange(64)[None, :] / 64).astype(np.float64)
count = np.arange(2048).astype(np.float64)
if "huge" in sys.argv:
    table[7, 7] = 1e300


def encode(values):
    if dtype == "BF16":
        return (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
    return values.astype({"F64": np.float64, "F32": np.float32, "F16": np.float16}[dtype]).tobytes()


header, data = {}, b""
for name, values in (("table", table), ("count", count)):
    piece = encode(values)
    header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(piece)]}
    data += piece
text = json.dumps(header).encode()
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
