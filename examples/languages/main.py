"""main.c in Python, by ctypes: nothing but Python itself. usage: main.py simple_model.so"""
import ctypes
import os
import struct
import sys

SAMPLES, BATCH, WIDTH, EPOCHS = 1000, 32, 5, 10
library = ctypes.CDLL(os.path.abspath(sys.argv[1]))
library.simple_model_last_error.restype = ctypes.c_char_p
floats = ctypes.POINTER(ctypes.c_float)
library.simple_model_last_error.argtypes = [ctypes.c_void_p]
library.simple_model_destroy.argtypes = [ctypes.c_void_p]
library.simple_model_fit.argtypes = [ctypes.c_void_p, floats, floats, ctypes.c_int64, floats]
library.simple_model_predict.argtypes = [ctypes.c_void_p, floats, ctypes.c_int64, floats]


def single(value):
    """Python counts in doubles: rounded to a float."""
    return struct.unpack("f", struct.pack("f", value))[0]


def make_data():
    state, inputs, targets = 1, [], []
    for _ in range(SAMPLES * WIDTH):
        state = (state * 1664525 + 1013904223) % 2**32
        inputs.append((state >> 8) / 8388608.0 - 1.0)
    for first in range(0, SAMPLES * WIDTH, WIDTH):
        row = inputs[first:first + WIDTH]
        targets += [max(0.0, single(0.5 * single(row[j] + row[(j + 1) % WIDTH]))) for j in range(WIDTH)]
    array = ctypes.c_float * (SAMPLES * WIDTH)
    return array(*inputs), array(*targets)


def check(status, model):
    if status:
        sys.exit(library.simple_model_last_error(model).decode())


def rows(array, first):
    return ctypes.cast(ctypes.byref(array, 4 * WIDTH * first), floats)


def print_bits(name, value):
    print(name, struct.pack(">f", value).hex())


inputs, targets = make_data()
model = ctypes.c_void_p()
check(library.simple_model_create(None, ctypes.byref(model)), None)
loss, output = ctypes.c_float(), (ctypes.c_float * (2 * WIDTH))()
for _ in range(EPOCHS):
    for first in range(0, SAMPLES, BATCH):
        count = min(BATCH, SAMPLES - first)
        check(library.simple_model_fit(model, rows(inputs, first), rows(targets, first), count, ctypes.byref(loss)), model)
    print_bits("loss", loss.value)
check(library.simple_model_predict(model, rows(inputs, 0), 2, output), model)
for y in output:
    print_bits("y", y)
library.simple_model_destroy(model)
