"""Calls every entry of size_safety.mlir with sizes that fit and that do not: what a size must be comes from arithmetic here."""
import ctypes
import sys

import numpy as np

OK, INVALID, MEMORY = 0, 1, 3
library = ctypes.CDLL(sys.argv[1])
library.sizes_last_error.restype = ctypes.c_char_p
model = ctypes.c_void_p()


def create():
    assert library.sizes_create(None, ctypes.byref(model)) == OK


def pages(count):
    """`count` floats at the very end of a buffer whose every other byte is NaN."""
    data = np.full(count + 4096, np.nan, np.float32)
    data[:count] = np.arange(count)
    return data


def status_of(entry, dims, results, inputs):
    function = getattr(library, "sizes_" + entry)
    arguments = [x.ctypes.data_as(ctypes.c_void_p) for x in inputs]
    arguments += [ctypes.c_int64(dim) for dim in dims]
    arguments += [x.ctypes.data_as(ctypes.c_void_p) for x in results]
    return function(model, *arguments)


def shape_of(entry, dims):
    shape = (ctypes.c_int64 * 8)(*[-77] * 8)
    numbers = [ctypes.c_int64(dim) for dim in dims]
    return getattr(library, f"sizes_{entry}_shape")(model, *numbers, 0, shape), list(shape)


def workspace_of(entry, dims):
    size = ctypes.c_size_t(0)
    array = (ctypes.c_int64 * len(dims))(*dims)
    return library.sizes_workspace_bytes(model, entry.encode(), array, 1, ctypes.byref(size)), size.value


def refused(entry, dims, expected, sentence):
    """Every function says the same, and nothing is read or written: the pointers are of one page."""
    x, results = pages(8), [pages(8), pages(8)]
    inputs = [x, x][: len(dims)]
    count = 2 if entry == "gradient" else 1
    got = status_of(entry, dims, results[:count], inputs)
    error = library.sizes_last_error(model).decode()
    assert got == expected and sentence in error, (entry, dims, got, error)
    assert workspace_of(entry, dims)[0] == expected, (entry, dims)
    assert shape_of(entry, dims)[0] == expected, (entry, dims, shape_of(entry, dims))


create()
big = 1 << 44

# Two sizes that are not the same, and two that are.
for entry in ["mse", "mae", "bce", "huber", "gradient", "matmul", "join"]:
    for dims in [(5, 4), (4, 5), (0, 1), (1 << 40, 4), (4, 1 << 40)]:
        refused(entry, dims, INVALID, "differ")
x, t, y = pages(5) / 8, pages(5) / 4, pages(1)
assert status_of("mse", (5, 5), [y], [x, t]) == OK
assert abs(y[0] - np.mean((x[:5] - t[:5]) ** 2)) < 1e-6  # f32

# Boxes, updates, counts, axes.
for n in range(7):
    refused("box", [n], INVALID, "box of nn.slice larger")
assert status_of("box", [7], [y4 := pages(4)], [pages(7)]) == OK and list(y4[:4]) == [0, 2, 4, 6]
refused("update", (3, 4), INVALID, "update of nn.update_slice larger")
assert status_of("update", (4, 3), [pages(4)], [pages(4), pages(3)]) == OK
for n in (1, 2, 4, 7):
    refused("rows", [n], INVALID, "element count of nn.reshape")
assert shape_of("rows", [6])[1][:2] == [2, 3] and shape_of("rows", [0])[1][:2] == [0, 3]
refused("largest", [0], INVALID, "no elements along dimension 0")

# Computed sizes.
refused("product", (0, 3), INVALID, "is negative")
assert shape_of("product", (0, 0))[1][0] == 0 and shape_of("product", (3, 4))[1][0] == 8
refused("product", (big, big), MEMORY, "")
for n in range(40):
    toward_zero = lambda a, b: int(a / b)
    assert shape_of("towards_zero", [n])[1][0] == 10 + toward_zero(n - 7, 2), n
    rest = (n - 7) - 3 * toward_zero(n - 7, 3)
    size = 10 + toward_zero(n - 7, -2) + rest
    if size < 0:
        refused("by_negative", [n], INVALID, "is negative")
    else:
        assert shape_of("by_negative", [n])[1][0] == size, n
assert shape_of("part", [5])[1][0] == 4 and shape_of("part", [21])[1][0] == 0
refused("part", [0], INVALID, "divisor of arith.divui not above 0")
refused("unsigned", [1], INVALID, "dividend of arith.divui below 0")
assert shape_of("unsigned", [2])[1][0] == 0 and shape_of("unsigned", [8])[1][0] == 2

# More elements than can be counted, more bytes than can be addressed.
for n in (1 << 11) + 1, 1 << 16, 1 << 20, 1 << 32, big:
    for entry in ("power", "power_sum", "power_size"):
        refused(entry, [n], MEMORY, "more than 2^44 elements")
assert shape_of("power", [1 << 11])[1][:4] == [1 << 11] * 4
refused("offset", [1 << 11], MEMORY, "beyond 64 bits")
refused("offset", [1400], INVALID, "beyond 2^62")
for a, b in [(1 << 31, 1 << 31), (1 << 32, 1 << 32), (1 << 30, 1 << 30), (1 << 40, 1 << 40), (1 << 44, 2)]:
    for entry in ("outer", "outer_sum"):
        refused(entry, (a, b), MEMORY, "more than 2^44 elements")
status, size = workspace_of("outer_sum", (1 << 32, 4))
assert status == OK and size >= 4 * 4 << 32, size  # one tensor of f32 at least
for n in -1, -(1 << 63), big + 1, (1 << 62), (1 << 63) - 1:
    refused("mse", (n, n), INVALID, "")
assert status_of("mse", (5, 5), [y], [x, t]) == OK
library.sizes_destroy(model)
print("every size is right or refused")
