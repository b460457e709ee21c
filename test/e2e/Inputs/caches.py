"""Updates of a part of a state, in every order with reads of the old and the new value, against NumPy.

usage: caches.py LIBRARY THREADS"""
import ctypes
import os
import sys

import numpy as np

library = ctypes.CDLL(os.path.abspath(sys.argv[1]))
library.caches_last_error.restype = ctypes.c_char_p


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_int32), ("spin", ctypes.c_int32), ("seed", ctypes.c_uint64),
                ("device", ctypes.c_char_p), ("workspace", ctypes.c_void_p), ("workspace_bytes", ctypes.c_size_t),
                ("log", ctypes.c_void_p), ("log_context", ctypes.c_void_p)]


options = Options(struct_size=ctypes.sizeof(Options), threads=int(sys.argv[2]))
model = ctypes.c_void_p()
assert library.caches_create(ctypes.byref(options), ctypes.byref(model)) == 0
random = np.random.RandomState(0)


def call(entry, *arrays):
    return getattr(library, "caches_" + entry)(model, *[a.ctypes.data_as(ctypes.c_void_p) for a in arrays])


def check(entry, *arrays):
    assert call(entry, *arrays) == 0, (entry, library.caches_last_error(model))


def get(name, like):
    out = np.empty_like(like)
    assert library.caches_get_parameter(model, name, out.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(out.nbytes)) == 0
    return out


def put_state(name, value):
    assert library.caches_set_parameter(model, name, value.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(value.nbytes)) == 0


def integers(*shape):
    """Small whole numbers: sums of products are exact in f32."""
    return random.randint(-3, 4, shape).astype("f4")


def row():
    return integers(1, 768)


def at(value, dtype="i8"):
    return np.array(value, dtype)


def same(a, b, what):
    assert np.array_equal(a, b), what


rows = integers(1024, 768)
put_state(b"rows", rows)


def state(what):
    same(get(b"rows", rows), rows, what)


# Positions are clamped so that the row is inside.
for position in (0, 3, 1023, 1024, 10**12, -1, -10**12, 500):
    value, place = row(), min(max(position, 0), 1023)
    check("put", value, at(position))
    rows[place] = value
    state(("put", position))

    value, sums, one = row(), np.empty(768, "f4"), np.empty((1, 768), "f4")
    changed = rows.copy()
    changed[place] = value
    check("try", value, at(position), sums)
    same(sums, changed.sum(0), "try")
    state("try")

    check("put_and_read_old", value, at(position), sums, one)
    same(sums, rows.sum(0), "old sum")
    same(one[0], rows[3], "old row")
    rows[:] = changed
    state("put_and_read_old")

    value = row()
    check("put_then_read", value, at(position), sums, one)
    rows[place] = value
    same(sums, rows.sum(0), "new sum")
    same(one[0], rows[3], "new row")
    state("put_then_read")

    value, old = row(), rows.copy()
    check("put_between", value, at(position), sums)
    rows[place] = value
    same(sums, (old * rows.sum(0)).sum(0), "put_between")
    state("put_between")

    value, before, after = row(), np.empty_like(rows), np.empty_like(rows)
    old = rows.copy()
    check("put_and_return", value, at(position), before, after)
    rows[place] = value
    same(before, old, "returned old")
    same(after, rows, "returned new")
    state("put_and_return")

    gradient, loss, value = np.empty((1, 768), "f4"), np.empty((), "f4"), row()
    changed = rows.copy()
    changed[place] = value
    check("gradient", value, at(position), loss, gradient)
    pair = min(place, 1022)
    assert loss == (changed[pair:pair + 2].astype("f8")**2).sum(), "loss"
    same(gradient, 2 * value, "gradient")
    state("gradient")

    check("copy_row", at(position))
    to = min(place, 1022)
    rows[to:to + 2] = rows[3:5].copy()
    state(("copy_row", position))

for i, j in ((3, 3), (3, 7), (7, 3), (1023, 0), (1024, 4)):
    a, b, s, t, one = row(), row(), np.empty(768, "f4"), np.empty(768, "f4"), np.empty((1, 768), "f4")
    check("put_twice", a, b, at(i, "i4"), at(j), s, t)
    i = min(i, 1023)
    rows[i] = a
    same(s, rows.sum(0), "between")
    rows[j] = b
    same(t, rows.sum(0), "at the end")
    state("put_twice")

    a, b = row(), row()
    check("put_twice_late", a, b, at(i, "i4"), at(j), one, s)
    rows[i] = a
    between = rows.copy()
    rows[j] = b
    same(one[0], between[3], "row between")
    same(s, (between * rows.sum(0)).sum(0), "late")
    state("put_twice_late")

    check("swap_rows", at(i), at(j))
    rows[[i, j]] = rows[[j, i]]
    state("swap_rows")

heads, ids = random.randn(2, 16, 5).astype("f4"), np.arange(9).astype("i4")
put_state(b"heads", heads)
put_state(b"ids", ids)
for position in (0, 15, 16, -4, 7):
    x, new, before = np.log(integers(2, 1, 5) + 4), np.array([position, 5], "i4"), np.empty(9, "i4")
    check("put_heads", x.astype("f4"), at(position), new, before)
    same(before, ids, "ids before")
    heads[:, min(max(position, 0), 15)] = np.exp(x[:, 0])
    start = min(max(position + 2, 0), 7)
    ids[start:start + 2] = new
    # One rounding of log and a few units of exp.
    assert np.allclose(get(b"heads", heads), heads, rtol=1e-5, atol=0), "heads"
    same(get(b"ids", ids), ids, "ids")

value, found = row(), np.empty((1, 768), "f4")
assert call("put_checked", value, at(5), at([1024]), found) == 2
state("a failed check")
check("put_checked", value, at(5), at([5]), found)
rows[5] = value
same(found, value, "found")
state("put_checked")

value, loss, w = row(), np.empty((), "f4"), np.ones(768, "f4")
check("fit", value, at(9), loss)
rows[9] = value
assert loss == value.sum()
state("fit")
same(get(b"w", w), 1 - np.float32(0.5) * value[0], "w")
print("caches: ok")
