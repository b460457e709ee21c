"""Writes float vectors as safetensors, or calls affine.so on a constant input, without NumPy.

usage: weights.py write FILE NAME=V,V,... | weights.py call LIBRARY VALUE
"""
import ctypes
import json
import struct
import sys


def write(path, tensors):
    header, data = {}, b""
    for name, values in tensors:
        packed = struct.pack("<%df" % len(values), *values)
        header[name] = {"dtype": "F32", "shape": [len(values)], "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def call(path, value):
    library = ctypes.CDLL("./" + path)
    model = ctypes.c_void_p()
    assert library.affine_create(None, ctypes.byref(model)) == 0
    x, y = (ctypes.c_float * 3)(value, value, value), (ctypes.c_float * 3)()
    assert library.affine_apply(model, x, y) == 0
    print(list(y))


if sys.argv[1] == "write":
    pairs = [argument.split("=") for argument in sys.argv[3:]]
    write(sys.argv[2], [(name, [float(v) for v in values.split(",")]) for name, values in pairs])
else:
    call(sys.argv[2], float(sys.argv[3]))
