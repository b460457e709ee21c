"""long_scatters.py FOLDER FLAG...: scattered sums, compiled by `mlc FLAG...`, are as accurate as pairwise ones, in every layout.

The bound is that of long_sums.py: 2 log2(n) units in the last place of the sum of magnitudes, n the numbers that are added to one element; one
rounding of the dtype more where the result has 16 bits. Exact sums are pairwise ones of longer floats.
"""
import ctypes
import math
import subprocess
import sys

import numpy as np
from summed import EPSILON, ROUNDING, STORED, load, to_dtype, wide

FOLDER, FLAGS = sys.argv[1], sys.argv[2:]


def pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


class Case:
    """Two entries: `name` scatters `updates` into rows of x along `axis`; `name`_grad is the derivative of the gather of these rows. x is
    `shape`; x and the ids have the first `batch` dimensions in common. All sizes but those of `fixed` dimensions are free if `is_free`."""

    def __init__(self, name, shape, count, axis=0, batch=0, dtype="f32", is_free=False, ids_kinds=("one", "turns", "random")):
        self.name, self.shape, self.axis, self.batch, self.dtype, self.ids_kinds = name, shape, axis, batch, dtype, ids_kinds
        count = count if isinstance(count, tuple) else (count,)
        self.ids_shape = shape[:batch] + count
        self.updates_shape = shape[:axis] + count + shape[axis + 1:]
        letter = iter("abcdefgh")
        x = [next(letter) if is_free and (d < batch or d == axis) else size for d, size in enumerate(shape)]
        n = [next(letter) if is_free else size for size in count]
        self.declared = {"x": x, "ids": x[:batch] + n, "updates": x[:axis] + n + x[axis + 1:]}
        self.sizes = {}
        for declared, known in zip(self.declared.values(), (self.shape, self.ids_shape, self.updates_shape)):
            self.sizes |= {size: k for size, k in zip(declared, known) if isinstance(size, str)}

    def type(self, name):
        sizes = ["?" if isinstance(size, str) else str(size) for size in self.declared[name]]
        return f"tensor<{'x'.join([*sizes, 'i32' if name == 'ids' else self.dtype])}>"

    def argument(self, name):
        names = ", ".join(f'"{size}"' if isinstance(size, str) else '""' for size in self.declared[name])
        return f"%{name}: {self.type(name)} {{nn.dims = [{names}]}}"

    def entries(self):
        x, ids, updates = (self.type(name) for name in ("x", "ids", "updates"))
        where = f"axis = {self.axis} batch_dims = {self.batch}"
        arguments = ", ".join(map(self.argument, ("x", "ids", "updates")))
        text = (f"  func.func @{self.name}({arguments}) -> {x} {{\n    %y = nn.scatter add %x, %ids, %updates {where} : {x}, {ids}, {updates}\n"
                f"    return %y : {x}\n  }}\n")
        if self.dtype == "i32":
            return text
        return text + (f"  func.func private @{self.name}_rows({arguments.split(', %updates')[0]}) -> {updates} {{\n"
                       f"    %y = nn.gather %x, %ids {where} : {x}, {ids}\n    return %y : {updates}\n  }}\n"
                       f"  func.func @{self.name}_grad({arguments}) -> {x} {{\n"
                       f"    %v, %g = nn.vjp @{self.name}_rows(%x, %ids) cotangents(%updates) wrt(0)\n"
                       f"      : ({x}, {ids}), ({updates}) -> ({updates}, {x})\n"
                       f"    return %g : {x}\n  }}\n")

    def call(self, library, model, suffix, x, ids, updates):
        result = np.full_like(x, 77)
        status = getattr(library, f"scatters_{self.name}{suffix}")(model, pointer(x), pointer(ids), pointer(updates),
                                                                   *map(ctypes.c_int64, self.sizes.values()), pointer(result))
        return status, result

    def drawn_ids(self, kind):
        count, rows, random = math.prod(self.ids_shape), self.shape[self.axis], np.random.default_rng(3)
        ids = {"one": lambda: np.full(count, rows // 2), "turns": lambda: np.arange(count) % min(3, rows),
               "random": lambda: random.integers(0, rows, count)}[kind]()
        return ids.astype(np.int32).reshape(self.ids_shape)

    def drawn(self, kind, shape):
        count, random = math.prod(shape), np.random.default_rng(5)
        if self.dtype == "i32":
            return random.integers(-2**31, 2**31, count).astype(np.int32).reshape(shape)
        if kind == "equal":
            values = np.full(count, 0.1)
        elif kind == "uniform":
            values = random.random(count, dtype=np.float32)
        else:  # mostly cancelled
            values = np.where(np.arange(count) % 2, 1e-3, 1.0) * (1 - 2 * (random.random(count) < 0.5))
        return to_dtype(values.reshape(shape) * (0.05 if self.dtype == "f16" else 1), self.dtype)

    def expected(self, x, ids, updates):
        """The exact result, its sums of magnitudes and counts, all of the shape of x."""
        total = np.longdouble if self.dtype == "f64" else np.float64
        if self.dtype == "i32":
            total = np.int64
        pairs = math.prod(self.shape[:self.batch])
        outer, inner = math.prod(self.shape[self.batch:self.axis]), math.prod(self.shape[self.axis + 1:])
        rows = self.shape[self.axis]
        x4 = wide(x, self.dtype).reshape(pairs, outer, rows, inner)
        u4 = wide(updates, self.dtype).reshape(pairs, outer, -1, inner)
        exact, scale, counts = x4.astype(total), np.abs(x4).astype(total), np.ones(x4.shape)
        for b, flat in enumerate(ids.reshape(pairs, -1)):
            order = np.argsort(flat, kind="stable")
            found, starts = np.unique(flat[order], return_index=True)
            for row, low, high in zip(found, starts, [*starts[1:], len(flat)]):
                numbers = np.moveaxis(u4[b][:, order[low:high]], 1, 2).astype(total, order="C")
                exact[b, :, row] += numbers.sum(-1)
                scale[b, :, row] += np.abs(numbers).sum(-1)
                counts[b, :, row] += high - low
        return [v.reshape(self.shape) for v in (exact, scale, counts)]

    def check(self, library, models, ids_kind, kind):
        """The number of wrong results; those of all models, which differ in threads, are the same bits."""
        x, ids, updates = self.drawn(kind, self.shape), self.drawn_ids(ids_kind), self.drawn(kind, self.updates_shape)
        wrong = 0
        for suffix in ("",) if self.dtype == "i32" else ("", "_grad"):
            (status, result), *others = [self.call(library, model, suffix, x, ids, updates) for model in models]
            assert status == 0, (self.name, suffix, status)
            wrong += sum(result.tobytes() != other.tobytes() for _, other in others)
            exact, scale, counts = self.expected(np.zeros_like(x) if suffix else x, ids, updates)
            if self.dtype == "i32":
                wrong += not np.array_equal(result, exact.astype(np.int32))
                continue
            error = np.abs(wide(result, self.dtype) - exact) - ROUNDING.get(self.dtype, 0) * np.abs(exact) * 1.001
            bound = EPSILON.get(self.dtype, 2.0**-23) * scale * np.maximum(2 * np.log2(counts), 1)
            worst = float(np.max(error / np.maximum(bound, 1e-300), initial=0))
            if not worst <= 1:
                print(f"{self.name}{suffix} {ids_kind} {kind}: {worst:.2f} times the bound")
            wrong += not worst <= 1
        return wrong

    def check_limits(self, library, model):
        """The number of wrong results where numbers are not finite, become so, or are zeros with signs, and of indices that are let through."""
        wrong = 0
        for first, second, total in ((np.inf, 1, np.inf), (1, -np.inf, -np.inf), (np.inf, -np.inf, np.nan), (np.nan, 1, np.nan), (-0.0, -0.0, -0.0),
                                     (-0.0, 0.0, 0.0), (1, -1, 0.0)):
            x, ids = np.full(self.shape, -0.0), self.drawn_ids("one")
            updates = np.full(self.updates_shape, -0.0)
            place = [slice(None)] * len(self.shape)
            place[self.axis] = self.shape[self.axis] // 2
            x[tuple(place)] = first
            place[self.axis] = self.ids_shape[-1] - 1
            updates[tuple(place)] = second
            expected = np.full(self.shape, -0.0)
            place[self.axis] = self.shape[self.axis] // 2
            expected[tuple(place)] = total
            _, result = self.call(library, model, "", to_dtype(x, self.dtype), ids, to_dtype(updates, self.dtype))
            result = wide(result, self.dtype)
            same = np.array_equal(result, expected, equal_nan=True)
            wrong += not (same and (math.isnan(total) or np.array_equal(np.signbit(result), np.signbit(expected))))
            if not same:
                print(f"{self.name}: {first} + {second} is {result[tuple(place)].ravel()[0]}")
        for outside in (-1, self.shape[self.axis], -2**31):
            ids = self.drawn_ids("one")
            ids.ravel()[-1] = outside
            status, result = self.call(library, model, "", to_dtype(np.zeros(self.shape), self.dtype), ids,
                                       to_dtype(np.zeros(self.updates_shape), self.dtype))
            wrong += status == 0 or not np.all(result == 77)
        return wrong


CASES, LIMITS = [], []
for text, is_free in (("free", True), ("known", False)):
    CASES.append(Case(f"numbers_{text}", (5,), 10_000_000, is_free=is_free, ids_kinds=("one", "turns")))
    CASES.append(Case(f"columns_{text}", (9, 1), 1_000_003, is_free=is_free))
    CASES.append(Case(f"seven_{text}", (20, 7), 100_000, is_free=is_free))
    CASES.append(Case(f"wide_{text}", (30, 64), 100_000, is_free=is_free, ids_kinds=("one", "turns")))
    CASES.append(Case(f"rest_{text}", (7, 100), (100, 333), is_free=is_free))
    CASES.append(Case(f"embedding_{text}", (5000, 768), (4, 1024), is_free=is_free, ids_kinds=("one", "random")))
    CASES.append(Case(f"middle_{text}", (3, 11, 5), 50_000, axis=1, is_free=is_free))
    CASES.append(Case(f"last_{text}", (3, 11), 50_000, axis=1, is_free=is_free))
    CASES.append(Case(f"batches_{text}", (3, 2, 11, 5), 50_000, axis=2, batch=1, is_free=is_free))
    CASES.append(Case(f"batches_last_{text}", (4, 60_000), 50_000, axis=1, batch=1, is_free=is_free, ids_kinds=("one", "turns")))
    CASES.append(Case(f"integers_{text}", (20, 7), 10_000, dtype="i32", is_free=is_free))
    for dtype in ("bf16", "f16", "f64"):
        CASES.append(Case(f"numbers_{text}_{dtype}", (5,), 1_000_003, dtype=dtype, is_free=is_free))
        CASES.append(Case(f"columns_{text}_{dtype}", (20, 33), 50_000, dtype=dtype, is_free=is_free))
        CASES.append(Case(f"rows_{text}_{dtype}", (70_000, 3), 50_000, dtype=dtype, is_free=is_free, ids_kinds=("one", "turns")))
    for dtype in ("f32", "f64", "bf16", "f16"):
        LIMITS.append(Case(f"limits_{text}_{dtype}", (6, 20), 40, dtype=dtype, is_free=is_free))
        LIMITS.append(Case(f"limits_sparse_{text}_{dtype}", (50, 3), 40, dtype=dtype, is_free=is_free))
        LIMITS.append(Case(f"limits_last_{text}_{dtype}", (2, 30), 29, axis=1, dtype=dtype, is_free=is_free))


def main():
    with open(f"{FOLDER}/scatters.mlir", "w", encoding="utf8") as file:
        file.write("module @scatters {\n" + "".join(case.entries() for case in CASES + LIMITS) + "}\n")
    subprocess.run(["mlc", f"{FOLDER}/scatters.mlir", "-o", f"{FOLDER}/scatters.so", *FLAGS], check=True)
    library = ctypes.CDLL(f"{FOLDER}/scatters.so")
    models = [load(threads, library, "scatters") for threads in (1, 2, 3)]
    wrong = sum(case.check(library, models, ids, kind) for case in CASES for ids in case.ids_kinds
                for kind in (("equal", "cancelled") if ids == "one" else ("equal",)))
    wrong += sum(case.check_limits(library, models[0]) for case in LIMITS)
    print(f"{len(CASES) + len(LIMITS)} entries, {wrong} wrong")


main()
