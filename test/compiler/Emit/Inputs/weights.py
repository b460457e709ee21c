"""Writes float vectors as safetensors, or calls affine.so on a constant input, without NumPy.

usage: weights.py write FILE NAME=V,V,... | call LIBRARY VALUE | train LIBRARY FILE | compare LIBRARY EMBEDDED FILE
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


def create(path):
    library, model = ctypes.CDLL("./" + path), ctypes.c_void_p()
    assert library.simple_model_create(None, ctypes.byref(model)) == 0
    return library, model


def parameters(library, model):
    kernel, bias = (ctypes.c_float * 25)(), (ctypes.c_float * 5)()
    assert library.simple_model_get_parameter(model, b"kernel", kernel, ctypes.c_size_t(100)) == 0
    assert library.simple_model_get_parameter(model, b"bias", bias, ctypes.c_size_t(20)) == 0
    return bytes(kernel), bytes(bias)


def train(path, file):
    library, model = create(path)
    x, loss = (ctypes.c_float * 10)(*range(10)), ctypes.c_float()
    for _ in range(3):
        assert library.simple_model_fit(model, x, x, ctypes.c_int64(2), ctypes.byref(loss)) == 0
    assert library.simple_model_set_hyperparameter(model, b"learning_rate", ctypes.c_double(0.5)) == 0
    assert library.simple_model_save(model, file.encode()) == 0


def compare(path, embedded, file):
    library, model = create(path)
    other, fresh = create(embedded)
    assert library.simple_model_load(model, file.encode()) == 0
    assert parameters(library, model) == parameters(other, fresh)
    rate = ctypes.c_double()
    assert other.simple_model_get_hyperparameter(fresh, b"learning_rate", ctypes.byref(rate)) == 0
    assert rate.value != 0.5
    assert other.simple_model_save(fresh, b"fresh.safetensors") == 0
    header = open("fresh.safetensors", "rb").read()
    assert b'"step":"0"' in header
    print("same parameters, step 0")


command, arguments = sys.argv[1], sys.argv[2:]
if command == "write":
    pairs = [argument.split("=") for argument in arguments[1:]]
    write(arguments[0], [(name, [float(v) for v in values.split(",")]) for name, values in pairs])
elif command == "call":
    call(arguments[0], float(arguments[1]))
else:
    {"train": train, "compare": compare}[command](*arguments)
