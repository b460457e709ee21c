"""tails.py FOLDER FLAG...: elementwise ops, sums of rows and running sums of integers (which are exact) whose rows have every length up to a
few vectors, free and known at compile time, compiled by `mlc FLAG...`. Every buffer ends at the end of a page, and the next cannot be read."""
import ctypes
import mmap
import os
import subprocess
import sys

import numpy as np

FOLDER, FLAGS = sys.argv[1], sys.argv[2:]
DTYPES = {"f32": "f4", "f64": "f8", "i8": "i1", "i32": "i4", "i64": "i8", "bf16": "u2", "f16": "f2"}
ROWS, KNOWN, MOST = 3, (1, 2, 3, 5, 7, 13, 15, 17, 31, 63), 70
libc = ctypes.CDLL(None, use_errno=True)


class Guarded:
    """An array that ends where memory ends."""

    def __init__(self, dtype, shape):
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        pages = max(-(-size // mmap.PAGESIZE), 1) * mmap.PAGESIZE
        self.memory = mmap.mmap(-1, pages + mmap.PAGESIZE)
        base = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        assert libc.mprotect(ctypes.c_void_p(base + pages), mmap.PAGESIZE, 0) == 0
        self.bytes = np.frombuffer(self.memory, "u1", pages)
        self.bytes[:] = 0xAB
        self.before = pages - size
        self.array = np.frombuffer(self.memory, dtype, int(np.prod(shape)), self.before).reshape(shape)
        self.pointer = ctypes.c_void_p(base + self.before)

    def check(self, what):
        assert (self.bytes[:self.before] == 0xAB).all(), (what, "written in front of the buffer")


def entry(name, dtype, columns):
    """The rows doubled, added up, and summed as they go."""
    shape, names = f"{ROWS}x{columns}x{dtype}", '{nn.dims = ["", "n"]}' if columns == "?" else ""
    x = f"tensor<{shape}>"
    sums = f"tensor<{ROWS}x{dtype}>"
    return f"""func.func @{name}(%x: {x} {names}) -> ({x}, {sums}, {x}) {{
  %y = nn.add %x, %x : {x}
  %s = nn.reduce sum %x dims = [1] : {x}
  %c = nn.cumsum %x dim = 1 : {x}
  return %y, %s, %c : {x}, {sums}, {x}
}}
"""


def build():
    text = "module @tails {\n"
    for dtype in DTYPES:
        text += entry(f"{dtype}_free", dtype, "?") + "".join(entry(f"{dtype}_{n}", dtype, n) for n in KNOWN)
    source, library = os.path.join(FOLDER, "tails.mlir"), os.path.join(FOLDER, "tails.so")
    with open(source, "w") as file:
        file.write(text + "}\n")
    subprocess.run(["mlc", source, "-o", library, *FLAGS], check=True)
    return ctypes.CDLL(library)


def numbers(dtype, array):
    """bf16 is the upper half of an f32."""
    return (array.astype("u4") << 16).view("f4") if dtype == "bf16" else array


def check(library, model, dtype, n, is_free):
    x, y, s, c = (Guarded(DTYPES[dtype], shape) for shape in ((ROWS, n), (ROWS, n), (ROWS,), (ROWS, n)))
    values = np.random.default_rng(n).integers(-1, 2, (ROWS, n)) # every sum is exact in every dtype
    x.array[:] = values.astype("f4").view("u4") >> 16 if dtype == "bf16" else values
    function = library[f"tails_{dtype}_{'free' if is_free else n}"]
    sizes = [ctypes.c_int64(n)] if is_free else []
    status = function(model, x.pointer, *sizes, y.pointer, s.pointer, c.pointer)
    what = dtype, n, "free" if is_free else "known"
    assert status == 0, (*what, status)
    for name, got, expected in ("sum", y, values * 2), ("row sums", s, values.sum(1)), ("running sums", c, values.cumsum(1)):
        actual = numbers(dtype, got.array)
        assert (actual == expected).all(), (*what, name, actual, expected)
        got.check((*what, name))


library, model = build(), ctypes.c_void_p()
assert library.tails_create(None, ctypes.byref(model)) == 0
for dtype in DTYPES:
    for n in range(1, MOST):
        check(library, model, dtype, n, is_free=True)
    for n in KNOWN:
        check(library, model, dtype, n, is_free=False)
print("every tail is right")
