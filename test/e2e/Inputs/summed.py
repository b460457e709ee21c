"""What the tests of long sums share: dtypes as NumPy stores them, their roundings, and models of a library."""
import ctypes

import numpy as np

STORED = {"f32": np.float32, "f64": np.float64, "bf16": np.uint16, "f16": np.float16, "i32": np.int32}
EPSILON = {"f64": 2.0**-52}  # of the sums; else f32's, 2^-23
ROUNDING = {"bf16": 2.0**-8, "f16": 2.0**-11}


def to_dtype(values, dtype):
    if dtype != "bf16":
        return values.astype(STORED[dtype])
    return (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)


def wide(values, dtype):
    return (values.astype(np.uint32) << 16).view(np.float32) if dtype == "bf16" else values


def load(threads, library, module):
    class Options(ctypes.Structure):
        _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_int32), ("rest", ctypes.c_byte * 256)]

    model, options = ctypes.c_void_p(), Options(16, threads)
    assert getattr(library, f"{module}_create")(ctypes.byref(options), ctypes.byref(model)) == 0
    return model
