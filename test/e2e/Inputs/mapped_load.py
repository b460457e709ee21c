"""A load maps what a save wrote: it reads next to nothing, its pages are the handle's own, and the file can be replaced. A file
whose tensors lie elsewhere is read, to the same values."""
import ctypes
import json
import os
import struct
import sys

import numpy as np

SHAPES = {"w1": (1024, 512), "b1": (512,), "w2": (512, 1023), "b2": (1023,)}
library = ctypes.CDLL("./mapped_load.so")
library.mapped_load_last_error.restype = ctypes.c_char_p
random = np.random.default_rng(3)
x, target = random.standard_normal((3, 1024), np.float32), random.standard_normal((3, 1023), np.float32)


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_int32), ("spin", ctypes.c_int32), ("seed", ctypes.c_uint64),
                ("rest", ctypes.c_size_t * 5)]


class Handle:
    def __init__(self, seed):
        self.handle = ctypes.c_void_p()
        options = Options(struct_size=ctypes.sizeof(Options), threads=1, seed=seed)
        assert library.mapped_load_create(ctypes.byref(options), ctypes.byref(self.handle)) == 0

    def call(self, name, *arguments):
        status = getattr(library, "mapped_load_" + name)(self.handle, *arguments)
        assert status == 0, library.mapped_load_last_error(self.handle)

    def fit(self):
        loss = ctypes.c_float()
        self.call("fit", x.ctypes.data_as(ctypes.c_void_p), target.ctypes.data_as(ctypes.c_void_p), ctypes.byref(loss))
        return loss.value

    def parameters(self):
        values = {name: np.empty(shape, np.float32) for name, shape in SHAPES.items()}
        for name, value in values.items():
            self.call("get_parameter", name.encode(), value.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(value.nbytes))
        return values


def bytes_read(action):
    def count():
        return int(open("/proc/self/io").read().split()[1])
    before = count()
    action()
    return count() - before


def same(a, b):
    return all(np.array_equal(a[name], b[name]) for name in SHAPES)


def header_of(path):
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + length]), data[8 + length:]


def rewrite(source, path, order, spaces):
    """The same tensors in another order and place."""
    header, data = header_of(source)
    begin, pieces, result = 0, [], {"__metadata__": header["__metadata__"]}
    for name in order([key for key in header if key != "__metadata__"]):
        first, last = header[name]["data_offsets"]
        pieces.append(data[first:last])
        result[name] = header[name] | {"data_offsets": [begin, begin + last - first]}
        begin += last - first
    text = json.dumps(result).encode() + b" " * spaces
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + b"".join(pieces))


trained = Handle(1)
for _ in range(3):
    trained.fit()
trained.call("save", b"saved.safetensors")
at_save = trained.parameters()
saved = open("saved.safetensors", "rb").read()
header, _ = header_of("saved.safetensors")
loaded = Handle(2)
read = bytes_read(lambda: loaded.call("load", b"saved.safetensors"))
assert read < 100_000 < len(saved) / 100, f"the load read {read} of {len(saved)} bytes"
assert same(loaded.parameters(), at_save), "the load has other values than were saved"
assert [loaded.fit() for _ in range(3)] == [trained.fit() for _ in range(3)], "training goes on otherwise"
assert same(loaded.parameters(), trained.parameters()) and not same(loaded.parameters(), at_save)
assert open("saved.safetensors", "rb").read() == saved, "training has changed the file"

reader = Handle(3)
reader.call("load", b"saved.safetensors")
loaded.call("save", b"saved.safetensors")  # renamed over the file that `reader` has mapped
assert same(reader.parameters(), at_save), "a save has changed what another handle loaded"
reader.call("load", b"saved.safetensors")
assert same(reader.parameters(), loaded.parameters())

for number, (order, spaces) in enumerate(((sorted, 0), (reversed, 1), (list, 64))):
    path = f"moved{number}.safetensors"
    rewrite("saved.safetensors", path, order, spaces)
    other = Handle(4)
    other.call("load", path.encode())
    assert same(other.parameters(), loaded.parameters()), path
    assert other.fit() == reader.fit(), path
    reader.call("load", b"saved.safetensors")
print("mapped: the same values")
