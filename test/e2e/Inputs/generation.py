"""generation.py EXAMPLES FOLDER: a tiny GPT-2 with caches against the one without: prompts of any length, token by token, back, and rows at positions of their own;
several texts by mlc-run generate."""
import dataclasses
import json
import os
import struct
import subprocess
import sys

import numpy as np

sys.path.insert(0, sys.argv[1] + "/gpt2")
import gpt2  # noqa: E402
import mlc  # noqa: E402
from mlc import nn  # noqa: E402

c = gpt2.CONFIGURATIONS["tiny"]
m, net = nn.Module("tiny"), gpt2.Gpt2(c)
logits = m.function(lambda tokens: net.logits(net(tokens)), name="logits", arguments=[nn.i32["batch", "time"]])
cached = m.function(lambda tokens, position: net.logits(net(tokens, position)), name="cached", arguments=[nn.i32[1, "time"], nn.i32[()]], updates=True)

# Two sequences, each at its own position.
table = nn.KeyValueCache(2, 16, 2, 4, name="rows")


def rows(q, k, v, positions):
    keys, values = table(k, v, positions)
    return nn.attention(q, keys, values, layout="bthd", mask=table.mask(positions, q.shape[1]))


kind = nn.f32[2, "time", 2, 4]
m.function(rows, name="rows", arguments=[kind, kind, kind, nn.i32[2]], updates=True)
m.function(lambda q, k, v: nn.attention(q, k, v, layout="bthd", causal=True), name="plain", arguments=[nn.f32[1, "time", 2, 4]] * 3)
worst = 0.0


def compare(found, wanted):
    global worst
    worst = max(worst, float(abs(found - wanted).max()))


for options in ({"optimize": 0}, {"optimize": 3}, {"optimize": 3, "poison_arena": True}):
    for threads in (1, 3):
        model = mlc.compile(m, threads=threads, **options)
        text = np.random.default_rng(1).integers(0, 256, (1, c.time)).astype(np.int32)
        wanted = model.logits(text)
        for pieces in ([c.time], [1] * c.time, [7, 1, 1, 5, 18], [20, 1, 11]):
            at = 0
            for size in pieces:
                compare(model.cached(text[:, at:at + size], np.int32(at)), wanted[:, at:at + size])
                at += size
        other = text.copy()
        other[0, 9:] = 7
        compare(model.cached(other[:, 9:12], np.int32(9)), model.logits(other[:, :12])[:, 9:])  # back, and on with another text
        try:
            model.cached(text[:, :2], np.int32(c.time - 1))
            sys.exit("a text beyond the cache was taken")
        except mlc.IndexOutOfRange as error:
            assert "ids of nn.embedding outside [0, 32)" in str(error), error
        q, k, v = np.random.default_rng(2).standard_normal((3, 2, 9, 2, 4)).astype(np.float32)
        plain = [model.plain(q[b:b + 1], k[b:b + 1], v[b:b + 1])[0] for b in range(2)]
        lengths = np.array([3, 5], np.int32)  # what stands behind a prompt in its row is not seen later
        model.rows(*(np.ascontiguousarray(array[:, :5]) for array in (q, k, v)), np.zeros(2, np.int32))
        for step in range(4):
            each = [array[[0, 1], lengths + step][:, None] for array in (q, k, v)]
            y = model.rows(*each, lengths + np.int32(step))
            for b in range(2):
                compare(y[b, 0], plain[b][lengths[b] + step])
assert worst < 1e-5, worst

# A file with the names of Hugging Face's, with masks and a head: what is left of it is loaded.
folder = sys.argv[2]
model.save(f"{folder}/own.safetensors")
with open(f"{folder}/own.safetensors", "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
header.pop("__metadata__")
theirs = {"transformer." + name: tensor for name, tensor in header.items()}
for number, name in enumerate(("transformer.h.0.attn.bias", "transformer.h.1.attn.masked_bias", "lm_head.weight")):
    theirs[name] = {"dtype": "F32", "shape": [1], "data_offsets": [len(data) + 4 * number, len(data) + 4 * number + 4]}
text = json.dumps(theirs).encode()
with open(f"{folder}/theirs.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data + bytes(12))
subprocess.run([sys.executable, sys.argv[1] + "/gpt2/data.py", "weights", f"{folder}/theirs.safetensors", f"{folder}/converted.safetensors"], check=True)
some = np.arange(20, dtype=np.int32)[None]
wanted = model.logits(some)
model.reset(seed=5)
assert abs(model.logits(some) - wanted).max() > 1e-3
model.load(f"{folder}/converted.safetensors")
assert (model.logits(some) == wanted).all()

# Texts of different lengths together, and one after the other in one process, are what each is alone.
prompts = ["ab", "the longest of them", "c"]


def write(library, *options):
    command = [f"{os.path.dirname(mlc.__file__)}/bin/mlc-run", "generate", library, "--params", f"{folder}/own.safetensors", "--tokens", "12", *options]
    return subprocess.run(command, check=True, capture_output=True).stdout


for texts in (1, 3):
    with open(f"{folder}/texts{texts}.mlir", "w") as file:
        file.write(str(gpt2.gpt2(dataclasses.replace(c, texts=texts))))
    mlc.compile(f"{folder}/texts{texts}.mlir", f"{folder}/texts{texts}.so", entries=["generate"])
alone = [write(f"{folder}/texts1.so", "--prompt", prompt, "--temperature", "0") for prompt in prompts]
assert len(set(alone)) == 3, alone
together = b"".join(b"--- %d\n" % (number + 1) + text for number, text in enumerate(alone))
several = [option for prompt in prompts for option in ("--prompt", prompt)]
for texts in (1, 3):
    found = write(f"{folder}/texts{texts}.so", "--temperature", "0", *several)
    assert found == together, (texts, found, together)
# What a text draws depends on its place and its length, not on the others.
drawn = write(f"{folder}/texts3.so", *several, "--seed", "3", "--repetition-penalty", "1.1")
assert drawn.startswith(b"--- 1\n" + write(f"{folder}/texts3.so", *several[:2], "--seed", "3", "--repetition-penalty", "1.1") + b"--- 2\n"), drawn
print("generation: ok")
