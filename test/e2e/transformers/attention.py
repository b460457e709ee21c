"""attention.py FOLDER: every form of attention and its gradients, as PyTorch has them (goldens.json), within 1e-4 of the norm of each; compiled at -O3.

A result is also the same, bit for bit, on 1, 2 and 3 threads.
"""
import json
import os
import sys

import mlc
import numpy as np
from mlc import nn

import made
from attention_cases import CASES, arrays

DTYPES = {"float32": nn.f32, "bool": nn.i1, "int32": nn.i32}
with open(os.path.join(made.HERE, "goldens.json"), encoding="utf-8") as file:
    GOLDENS = json.load(file)["attention"]
m = nn.Module("attention")


def entry(name):
    """The entry of a case: y, its lse if it has one, and the gradients of what is float."""
    case, given = CASES[name], arrays(name)
    types = [DTYPES[value.dtype.name][value.shape] for value in given.values()]
    parts = [part for part in given if part not in ("dy", "dlse")]

    @m.function(name="f_" + name, private=True, arguments=types[:len(parts)])
    def forward(*values):
        q, k, v, *others = values
        return nn.attention(q, k, v, layout=case["layout"], lse=case["lse"], **dict(zip(parts[3:], others)), **case["options"])

    @m.function(name=name, arguments=types)
    def _(*values):
        return nn.vjp(forward, *values[:len(parts)], cotangents=values[len(parts):], wrt=[i for i, part in enumerate(parts) if given[part].dtype == np.float32])


for name in CASES:
    entry(name)
library = os.path.join(sys.argv[1], "attention.so")
mlc.compile(m, library)
models = [mlc.load(library, threads=threads) for threads in (1, 2, 3)]
worst, differ = 0.0, []
for name, expected in GOLDENS.items():
    first, *others = ([np.array(x) for x in model.entries[name](*arrays(name).values())] for model in models)
    differ += [name for other in others if any(a.tobytes() != b.tobytes() for a, b in zip(first, other))]
    assert len(first) == len(expected), name
    for (part, golden), got in zip(expected.items(), first):
        distance = made.distance(f"{name}.{part}", got, golden, 1e-3)
        worst = max(worst, distance)
        if not distance <= 1e-4:
            print(f"{name} {part}: off by {distance:.2e}")
print(f"{len(GOLDENS)} forms, the farthest from PyTorch by {worst:.1e}; other bits on other threads: {differ or 'none'}")
sys.exit(not worst <= 1e-4 or bool(differ))
