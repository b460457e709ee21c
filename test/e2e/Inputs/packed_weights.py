"""Products with embedded weights, packed by the compiler, against the same library that loads and packs them: equal bits, also after a
training step; and what a process has for itself once it has called it.

usage: packed_weights.py [OPTION...]: options of mlc, such as --weights-file; works in the current folder
"""
import ctypes
import json
import os
import resource
import struct
import subprocess
import sys

import numpy as np

WEIGHT_BYTES = 6 * 4 * 4096 * 1024
# Panels that are not whole, by rows and by columns, in pairs of bf16 and words of i8; a part of a flat storage; a large one.
MATRICES = [("a", "70x35", "f32", 0), ("b", "70x35", "f32", 1), ("c", "33x50", "bf16", 0), ("d", "50x33", "bf16", 1), ("e", "39x41", "i8", 0),
            ("f", "41x39", "i8", 1), ("g", "70x100", "f64", 0), *((f"large{i}", "4096x1024", "f32", i % 2) for i in range(6))]
NUMPY = {"f32": np.float32, "f64": np.float64, "i8": np.int8, "i32": np.int32}
FILE = {"f32": "F32", "f64": "F64", "bf16": "BF16", "i8": "I8"}


def text():
    lines = ["module @packed_weights {"]
    for name, shape, dtype, depth in MATRICES:
        kind, init = ("state", "zeros") if dtype == "i8" else ("parameter", "he_uniform")
        lines.append(f"nn.{kind} @{name} : tensor<{shape}x{dtype}> init(#nn.{init})")
    for name, shape, dtype, depth in MATRICES:
        sizes = shape.split("x")
        rows, columns = sizes[depth], sizes[1 - depth]
        wide = {"bf16": "f32", "i8": "i32"}.get(dtype, dtype)
        read = "nn.read" if dtype == "i8" else "nn.param"
        x, w, y = f"tensor<?x{rows}x{dtype}>", f"tensor<{shape}x{dtype}>", f"tensor<?x{columns}x{wide}>"
        lines += [f'func.func @use_{name}(%x: {x} {{nn.dims = ["n", ""]}}) -> {y} {{', f"  %w = {read} @{name} : {w}"]
        left, right = "%x", "%w"
        if wide != dtype:
            lines += [f"  %xw = nn.cast %x : {x} -> tensor<?x{rows}x{wide}>", f"  %ww = nn.cast %w : {w} -> tensor<{shape}x{wide}>"]
            left, right = "%xw", "%ww"
        lines += [f"  %y = nn.contract {left}, {right} contracting = [1] x [{depth}] : tensor<?x{rows}x{wide}>, tensor<{shape}x{wide}>",
                  f"  return %y : {y}", "}"]
    lines += ['func.func @loss(%x: tensor<?x70xf32> {nn.dims = ["n", ""]}) -> tensor<f32> {',
              "  %y = call @use_a(%x) : (tensor<?x70xf32>) -> tensor<?x35xf32>",
              "  %l = nn.reduce sum %y dims = [0, 1] : tensor<?x35xf32>", "  return %l : tensor<f32>", "}",
              "nn.train_step @fit minimizes @loss with #nn.sgd trains = [@a]", "}"]
    return "\n".join(lines) + "\n"


def write_weights(path):
    generator, header, data = np.random.default_rng(7), {}, b""
    for name, shape, dtype, depth in MATRICES:
        sizes = [int(size) for size in shape.split("x")]
        if dtype == "i8":
            piece = generator.integers(-128, 128, sizes, dtype=np.int8).tobytes()
        elif dtype == "bf16":
            piece = (generator.standard_normal(sizes, dtype=np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
        else:
            piece = generator.standard_normal(sizes).astype(NUMPY[dtype]).tobytes()
        header[name] = {"dtype": FILE[dtype], "shape": sizes, "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    encoded = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded + data)


class Library:
    def __init__(self, path):
        self.library, self.handle = ctypes.CDLL(path), ctypes.c_void_p()
        self.check(self.library.packed_weights_create(None, ctypes.byref(self.handle)))

    def check(self, status):
        self.library.packed_weights_last_error.restype = ctypes.c_char_p
        assert status == 0, self.library.packed_weights_last_error(self.handle)

    def load(self, path):
        self.check(self.library.packed_weights_load(self.handle, path.encode()))

    def fit(self):
        x, loss = np.ones((3, 70), np.float32), np.zeros(1, np.float32)
        self.check(self.library.packed_weights_fit(self.handle, x.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(3),
                                                   loss.ctypes.data_as(ctypes.c_void_p)))

    def products(self):
        results = []
        for name, shape, dtype, depth in MATRICES:
            sizes = [int(size) for size in shape.split("x")]
            x = np.random.default_rng(3).integers(-9, 9, (5, sizes[depth])).astype(NUMPY[dtype if dtype != "bf16" else "f32"])
            if dtype == "bf16":
                x = (x.view(np.uint32) >> 16).astype(np.uint16)
            y = np.zeros((5, sizes[1 - depth]), NUMPY[{"bf16": "f32", "i8": "i32"}.get(dtype, dtype)])
            function = getattr(self.library, "packed_weights_use_" + name)
            self.check(function(self.handle, x.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(5), y.ctypes.data_as(ctypes.c_void_p)))
            results.append(y.tobytes())
        return results


def private_bytes():
    """Pages that this process alone has, and has written."""
    with open("/proc/self/smaps_rollup") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Private_Dirty"))


def peak_bytes():
    """The most that a compiler has had of memory."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def main():
    with open("packed_weights.mlir", "w") as file:
        file.write(text())
    write_weights("weights.safetensors")
    target = [option for option in sys.argv[1:] if option.startswith("--mcpu")]
    subprocess.run(["mlc", "packed_weights.mlir", "-o", "plain.so", *target], check=True)
    base = peak_bytes()
    subprocess.run(["mlc", "packed_weights.mlir", "-o", "embedded.so", "--weights=weights.safetensors", *sys.argv[1:]], check=True)
    grown = peak_bytes() - base
    # Two copies of one matrix at a time. The address sanitizer keeps what is freed.
    assert "ASAN_OPTIONS" in os.environ or grown < WEIGHT_BYTES // 2, f"the compiler took {grown} bytes for the weights"
    embedded = Library("./embedded.so")
    before = private_bytes()
    first = embedded.products()
    grown = private_bytes() - before
    assert grown < WEIGHT_BYTES // 20, f"the first calls wrote {grown} bytes"
    plain = Library("./plain.so")
    plain.load("weights.safetensors")
    assert first == plain.products(), "created"
    for library in (embedded, plain):
        library.fit()
    assert embedded.products() == plain.products() != first, "trained"
    for library in (embedded, plain):
        library.load("weights.safetensors")
    assert embedded.products() == plain.products() == first, "loaded"
    print("packed by the compiler: the same bits")


main()
