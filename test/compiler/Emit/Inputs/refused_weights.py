"""Files that are no state of affine.mlir: `mlc --weights` and `mlc-run --params` refuse each with one sentence.

usage: refused_weights.py affine.mlir affine.so"""
import json
import os
import struct
import subprocess
import sys

model, library = sys.argv[1:]
SCALE = '"scale": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}'
OFFSET = '"offset": {"dtype": "F32", "shape": [1], "data_offsets": [12, 16]}'
GOOD = (f"{{{SCALE}, {OFFSET}}}", 16)


def of(*entries, bytes=16):
    return "{" + ", ".join(entries) + "}", bytes


def tensor(name, dtype="F32", shape=(1,), begin=12, end=16, more=""):
    return f'"{name}": {{"dtype": "{dtype}", "shape": {json.dumps(list(shape))}, "data_offsets": [{begin}, {end}]{more}}}'


FILLS = "its tensors do not fill its data without gaps and overlaps; it is truncated or damaged"
JSON = "its header is not well-formed JSON"
CASES = [
    (of(SCALE, tensor("offset", begin=8, end=12), bytes=12), FILLS),  # overlap
    (of(SCALE, tensor("offset", begin=16, end=20), bytes=20), FILLS),  # gap
    (of(SCALE, OFFSET, bytes=15), FILLS),
    (of(SCALE, OFFSET, bytes=17), "it holds more bytes than its tensors need; it is damaged"),
    (of(SCALE, OFFSET, tensor("offset", shape=[0], begin=16)), "its header names a tensor twice"),
    (of(SCALE, tensor("offset", more=', "shape": [1]')), "its header has a tensor with a field given twice"),
    (of(SCALE, tensor("offset", more=', "stride": [1]')), "its header has a tensor with an unknown field"),
    (of(SCALE, '"offset": {"dtype": "F32"}'), "its header has a tensor without dtype, shape or data_offsets"),
    (of(SCALE, '"offset": 1'), JSON),
    (of(SCALE, OFFSET, '"__metadata__": {"a": 1}'), JSON),
    (of(SCALE, OFFSET, '"__metadata__": {"a": "1", "a": "2"}'), "its metadata have a key twice"),
    (of(SCALE, OFFSET, '"__metadata__": {"a": "1"}', '"__metadata__": {"b": "1"}'), "its header has __metadata__ twice"),
    (of(SCALE, tensor("offset", shape=[-1])), "its header has a size or offset that is not a whole number up to 2^53"),
    (of(SCALE, tensor("offset", shape=[1.0])), JSON),
    (("[1]", 0), JSON),
    (("", 0), JSON),
    (("[" * 1000000, 0), JSON),
    (("{} {}", 0), "its header has text after the JSON"),
    (('{"\\ud800": {}}', 0), "its header has half a surrogate pair"),
    (("{\"\udcff\": {}}", 0), "its header has a string that is not UTF-8"),
    (of(SCALE, bytes=12), "FILE has no tensor offset, which the model needs"),
    (of(SCALE, OFFSET, tensor("other", shape=[0], begin=16)), "FILE has a tensor other, which the model does not have"),
    (of(SCALE, tensor("offset", dtype="I32")), "FILE: tensor offset is I32 [1], but the model expects F32 [1]"),
    (of(SCALE, tensor("offset", shape=[])), "FILE: tensor offset is F32 [], but the model expects F32 [1]"),
    (of(SCALE, tensor("offset", end=20), bytes=20), "FILE: tensor offset has 8 bytes, but its shape needs 4"),
    (of(SCALE, OFFSET, '"__metadata__": {"step": "-1"}'), 'FILE: step is "-1", but must be a whole number'),
    (of(SCALE, OFFSET, '"__metadata__": {"seed": "1e3"}'), 'FILE: seed is "1e3", but must be a whole number'),
]


def written(header, bytes):
    text = header.encode(errors="surrogateescape")
    return struct.pack("<Q", len(text)) + text + b"\0" * bytes


def refusal(tool, command):
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    prefix = tool + ": error: "
    assert run.returncode == 1 and run.stderr.startswith(prefix), (command, run)
    return run.stderr[len(prefix):].rstrip("\n")


def expect(file, message):
    weights = refusal("mlc", ["mlc", model, "--weights=" + file, "-O0", "-o", "x.so"])
    params = refusal("mlc-run", ["mlc-run", "call", library, "apply", "--in", "x=x.npy", "--params", file])
    assert weights == params == message, (weights, params, message)
    assert not os.path.exists("x.so")


for contents, reason in CASES:
    open("bad.st", "wb").write(written(*contents))
    whole = reason.startswith("FILE")
    expect("bad.st", reason.replace("FILE", "bad.st") if whole else "bad.st is not a valid safetensors file: " + reason)
for length in (0, 7):
    open("bad.st", "wb").write(written(*GOOD)[:length])
    expect("bad.st", "bad.st is not a safetensors file: it is shorter than 8 bytes")
open("bad.st", "wb").write(written(*GOOD)[:40])
expect("bad.st", f"bad.st is not a safetensors file, or truncated: its header should have {len(GOOD[0])} bytes")
os.mkfifo("pipe")
for path in ("pipe", ".", "/dev/zero"):
    expect(path, path + " is not a regular file")
expect("none.st", "none.st could not be opened: No such file or directory")
os.symlink("/dev/zero", "100%s.st")
expect("100%s.st", "100%s.st is not a regular file")
print("same refusals")
