"""Writes the weights of lexicon (see shared_table.py) as shards, .npz, and files that are refused, into a folder.

usage: shards.py FOLDER
"""
import json
import os
import struct
import sys

import numpy as np

folder = sys.argv[1]
table = (np.arange(4096)[:, None] + np.arange(64)[None, :] / 64).astype(np.float32)
count = np.arange(2048).astype(np.float32)


def path(name):
    return os.path.join(folder, name)


def shard(name, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for key, values in tensors.items():
        header[key] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), len(data) + values.nbytes]}
        data += values.tobytes()
    text = json.dumps(header).encode()
    with open(path(name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def index(name, weight_map, **more):
    with open(path(name), "w") as file:
        json.dump({"metadata": {"total_size": 1056768.0, "note": "of two"}, "weight_map": weight_map} | more, file, indent=2)


shard("a.safetensors", {"table": table})
shard("b.safetensors", {"count": count})
shard("both.safetensors", {"table": table, "count": count})
index("model.safetensors.index.json", {"table": "a.safetensors", "count": "b.safetensors"})
index("missing.json", {"table": "a.safetensors", "count": "a.safetensors"})
index("twice.json", {"table": "both.safetensors", "count": "b.safetensors"})
index("elsewhere.json", {"table": "../a.safetensors"})
index("gone.json", {"table": "gone.safetensors"})
index("part.json", {"table": "a.safetensors"})
open(path("empty.json"), "w").write("{}")
open(path("nothing.json"), "w").write('{"metadata": {}}')
open(path("cut.json"), "w").write('{"weight_map": {"table": "a.safetensors"')

np.savez(path("w.npz"), table=table.astype(np.float64), count=count)
with np.load(path("w.npz")) as whole:
    np.savez_compressed(path("packed.npz"), **whole)
np.savez(path("fortran.npz"), table=np.asfortranarray(table), count=count)
np.savez(path("dtype.npz"), table=table.astype(">f4"), count=count)
np.savez(path("few.npz"), table=table)
stored = open(path("w.npz"), "rb").read()
open(path("short.npz"), "wb").write(stored[: len(stored) // 2])
open(path("tiny.npz"), "wb").write(stored[:10])
at = stored.rfind(b"PK\1\2")
open(path("damaged.npz"), "wb").write(stored[: at + 24] + b"\xff" * 3 + stored[at + 27 :])
