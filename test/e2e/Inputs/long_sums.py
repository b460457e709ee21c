"""long_sums.py FOLDER FLAG...: long sums, compiled by `mlc FLAG...`, are as accurate as pairwise ones, in every layout.

The bound: 2 log2(n) units in the last place of the sum of magnitudes, n the numbers that are added; one of the dtype more where the result
is rounded to 16 bits. Exact sums come from longer floats (f64's from math.fsum). Rounding to the nearest of random numbers alone would hide a
chain of additions, so there are equal numbers too, whose roundings all go one way.
"""
import ctypes
import functools
import math
import subprocess
import sys

import numpy as np
from summed import EPSILON, ROUNDING, STORED, load, to_dtype, wide

FOLDER, FLAGS = sys.argv[1], sys.argv[2:]
LONG = 10_000_000
VERBOSE = False


def tensor(shape, dtype):
    return f"tensor<{'x'.join([*map(str, shape), dtype])}>"


@functools.lru_cache(maxsize=2)
def drawn(kind, shape, dtype):
    count, random = math.prod(shape), np.random.default_rng(7)
    if kind == "equal":
        values = np.full(count, 0.1)
    elif kind == "uniform":
        values = random.random(count, dtype=np.float32)
    else:  # mostly cancelled
        values = np.where(np.arange(count) % 2, 1e-3, 1.0) * (1 - 2 * (random.random(count) < 0.5))
    values = values.reshape(shape) * (0.05 if dtype == "f16" else 1)
    return to_dtype(values, dtype)


class Case:
    """One entry: `body` over %x, and %w if there is a `second` operand. Declared sizes are numbers, or names of free ones. `expected` gives for
    each result its exact value, the sum of magnitudes and the count of additions."""

    def __init__(self, name, declared, shape, results, body, expected, dtype="f32", kinds=("equal", "uniform", "cancelled"), second=None):
        self.name, self.results, self.body, self.expected, self.dtype, self.kinds = name, results, body, expected, dtype, kinds
        self.operands = [(declared, shape)] + ([second] if second else [])
        self.sizes = {}
        for declared, shape in self.operands:
            self.sizes |= {size: known for size, known in zip(declared, shape) if isinstance(size, str)}

    def type(self, declared):
        return tensor(["?" if isinstance(size, str) else size for size in declared], self.dtype)

    def entry(self):
        arguments = []
        for name, (declared, _) in zip(("x", "w"), self.operands):
            names = ", ".join(f'"{size}"' if isinstance(size, str) else '""' for size in declared)
            arguments.append(f"%{name}: {self.type(declared)} {{nn.dims = [{names}]}}")
        results = ", ".join(map(self.type, self.results))
        values = ", ".join(f"%y{i}" for i in range(len(self.results)))
        body = self.body.replace("X", self.type(self.operands[0][0]))
        return f"  func.func @{self.name}({', '.join(arguments)}) -> ({results}) {{\n    {body}\n    return {values} : {results}\n  }}\n"

    def call(self, library, model, operands):
        results = [np.empty([self.sizes.get(size, size) for size in shape], STORED[self.dtype]) for shape in self.results]
        pointer = lambda array: ctypes.c_void_p(array.ctypes.data)
        status = getattr(library, f"sums_{self.name}")(model, *map(pointer, operands), *map(ctypes.c_int64, self.sizes.values()),
                                                       *map(pointer, results))
        assert status == 0, (self.name, status)
        return results

    def check(self, library, models, kind):
        """The number of wrong results; those of all models, which differ in threads, are the same bits."""
        operands = [drawn(kind, shape, self.dtype) for _, shape in self.operands]
        results, *others = [self.call(library, model, operands) for model in models]
        wrong = sum(a.tobytes() != b.tobytes() for other in others for a, b in zip(results, other))
        wide_operands = [wide(operand, self.dtype) for operand in operands]
        for number, (result, (exact, scale, count)) in enumerate(zip(results, self.expected(*wide_operands))):
            error = np.abs(wide(result, self.dtype).astype(np.longdouble) - exact) - ROUNDING.get(self.dtype, 0) * np.abs(exact) * 1.001
            bound = EPSILON.get(self.dtype, 2.0**-23) * scale * np.maximum(2 * np.log2(np.maximum(count, 1)), 1)
            worst = float(np.max(error / np.maximum(bound, 1e-300), initial=0))
            if not worst <= 1 or VERBOSE:
                print(f"{self.name} {kind} result {number}: {worst:.2f} times the bound")
            wrong += not worst <= 1
        return wrong


def sums(*axes):
    def expected(x):
        axis = tuple(axes)
        count = math.prod(x.shape[a] for a in axis)
        if x.dtype == np.float64 and x.ndim == 1:
            return [(np.longdouble(math.fsum(x)), np.longdouble(math.fsum(abs(x))), count)]
        total = lambda v: np.sum(v, axis=axis, dtype=np.float64 if x.dtype != np.float64 else np.longdouble)
        return [(total(x), total(np.abs(x)), count)]
    return expected


CASES = []


def add_reduction(name, declared, shape, dims, dtype="f32", **options):
    result = [size for i, size in enumerate(declared) if i not in dims]
    CASES.append(Case(name, declared, shape, [result], f"%y0 = nn.reduce sum %x dims = {list(dims)} : X", sums(*dims), dtype, **options))


for text, n in (("free", "n"), ("known", LONG)):
    add_reduction(f"all_{text}", (n,), (LONG,), (0,))
for text, n in (("free", "n"), ("known", 1_000_003)):
    add_reduction(f"columns_{text}", (n, 5), (1_000_003, 5), (0,))
    add_reduction(f"rows_{text}", (3, n), (3, 1_000_003), (1,))
    add_reduction(f"middle_{text}", (2, n, 3), (2, 1_000_003, 3), (1,))
    add_reduction(f"matrix_{text}", (n, 3), (1_000_003, 3), (0, 1))
    add_reduction(f"outer_{text}", (n, 2, 3), (1_000_003, 2, 3), (0, 1))
    add_reduction(f"apart_{text}", (n, 3, 2), (1_000_003, 3, 2), (0, 2))
    for dtype in ("bf16", "f16", "f64"):
        add_reduction(f"columns_{text}_{dtype}", (n, 2), (1_000_003, 2), (0,), dtype)
        add_reduction(f"rows_{text}_{dtype}", (2, n), (2, 1_000_003), (1,), dtype)
for n in (33, 64, 100, 1000, 4096, 33_000):
    add_reduction(f"columns_{n}", (n, 40), (n, 40), (0,))
    add_reduction(f"rows_{n}", (5, n), (5, n), (1,))
    add_reduction(f"columns_of_{n}", ("n", 70), (n, 70), (0,))
    add_reduction(f"rows_of_{n}", (9, "n"), (9, n), (1,))
for text, n, m in (("free", "n", "m"), ("known", 1000, 1000), ("half", "n", 1000)):
    add_reduction(f"apart_rows_{text}", (n, 3, m), (1000, 3, 1000), (0, 2))
    add_reduction(f"channels_{text}", (n, 3, 33, 31), (1000, 3, 33, 31), (0, 2, 3))
add_reduction("images_known", (40, 7, 9, 20), (40, 7, 9, 20), (0, 1, 2))
add_reduction("images_free", ("n", "m", 9, 20), (300, 50, 9, 20), (0, 1, 2))


def moments(x):
    wide_x = x.astype(np.float64)
    return [(wide_x.sum(0), np.abs(wide_x).sum(0), len(x)), ((wide_x**2).sum(0), (wide_x**2).sum(0), len(x)), (x.max(0), 0 * x.max(0) + 1, 2)]


for text, n in (("free", "n"), ("known", 300_000)):
    for columns in ([5], []):
        t = tensor(columns, "f32")
        CASES.append(Case(f"moments_{text}_{len(columns)}", (n, *columns), (300_000, *columns), [columns] * 3,
                          "%s = nn.mul %x, %x : X\n    %y0 = nn.reduce sum %x dims = [0] : X\n    %y1 = nn.reduce sum %s dims = [0] : X\n"
                          "    %y2 = nn.reduce max %x dims = [0] : X", moments))


def running_sums(axis, is_reverse, is_exclusive):
    def expected(x):
        flip = (lambda v: np.flip(v, axis)) if is_reverse else (lambda v: v)

        def running(v):
            total = np.cumsum(flip(v), axis, np.float64 if v.dtype != np.float64 else np.longdouble)
            if is_exclusive:
                first = np.zeros_like(np.take(total, [0], axis))
                total = np.concatenate([first, np.delete(total, -1, axis)], axis)
            return flip(total)

        counts = np.arange(1, x.shape[axis] + 1).reshape([-1 if a == axis else 1 for a in range(x.ndim)])
        return [(running(x), running(np.abs(x)), flip(counts))]
    return expected


def add_running_sum(name, declared, shape, axis, attributes="", dtype="f32"):
    CASES.append(Case(name, declared, shape, [declared], f"%y0 = nn.cumsum %x dim = {axis} {attributes} : X",
                      running_sums(axis, "reverse" in attributes, "exclusive" in attributes), dtype, ("equal", "uniform")))


for text, n in (("free", "n"), ("known", 1_000_003)):
    add_running_sum(f"running_{text}", (n,), (1_000_003,), 0)
    add_running_sum(f"running_columns_{text}", (n, 3), (1_000_003, 3), 0, "reverse")
    add_running_sum(f"running_rows_{text}", (2, n), (2, 1_000_003), 1, "exclusive")
    for dtype in ("bf16", "f16", "f64"):
        add_running_sum(f"running_{text}_{dtype}", (n, 2), (1_000_003, 2), 0, "", dtype)
for n in (33, 64, 1000):
    add_running_sum(f"running_{n}", (n, 40), (n, 40), 0, "exclusive reverse")
    add_running_sum(f"running_of_{n}", ("n", 40), (n, 40), 0, "exclusive")
# Recomputed for every element beside ops that are not at the same positions.
CASES.append(Case("running_slice", (20_000, 3), (20_000, 3), [[2, 3]],
                  "%c = nn.cumsum %x dim = 0 : X\n    %y0 = nn.slice %c [19998, 0] [2, 3] [1, 1] : X",
                  lambda x: [(a[-2:], b[-2:], c[-2:]) for a, b, c in running_sums(0, False, False)(x)]))


# Products: a tile adds up to 3072 of them in a register, which may lose a quarter of as many units; nothing grows with the depth beyond
# that. Dot products, and a lone row times a matrix, have blocks as sums have.
TILE_UNITS = 3072 / 4 + 32


def add_product(name, left, right, sizes, dims, units=0):
    shape = lambda declared: tuple(sizes.get(size, size) for size in declared)
    (a,), (b,) = dims
    result = [size for i, size in enumerate(left) if i != a] + [size for i, size in enumerate(right) if i != b]
    t, u = tensor(["?" if size in sizes else size for size in left], "f32"), tensor(["?" if size in sizes else size for size in right], "f32")

    def expected(x, w):
        x, w = np.moveaxis(x.astype(np.float64), a, -1), np.moveaxis(w.astype(np.float64), b, 0)
        total, scale = np.tensordot(x, w, 1), np.tensordot(np.abs(x), np.abs(w), 1)
        return [(total, scale, max(x.shape[-1], 2.0 ** (units / 2)))]

    CASES.append(Case(name, left, shape(left), [result], f"%y0 = nn.contract %x, %w contracting = [{a}] x [{b}] : {t}, {u}", expected,
                      second=(right, shape(right))))


for text, n in (("free", "n"), ("known", 50_000)):
    sizes = {"n": 50_000}
    add_product(f"dot_{text}", (n,), (n,), sizes, ([0], [0]))
    add_product(f"matrix_vector_{text}", (3, n), (n, 1), sizes, ([1], [0]))
    add_product(f"vector_matrix_{text}", (1, n), (n, 20), sizes, ([1], [0]))
    add_product(f"few_rows_{text}", (3, n), (n, 20), sizes, ([1], [0]), TILE_UNITS)
    add_product(f"few_rows_transposed_{text}", (3, n), (20, n), sizes, ([1], [1]))
    add_product(f"transposed_{text}", (30, n), (17, n), sizes, ([1], [1]), TILE_UNITS)
    add_product(f"plain_{text}", (12, n), (n, 18), sizes, ([1], [0]), TILE_UNITS)
    add_product(f"gradient_{text}", (n, 20), (n, 33), sizes, ([0], [0]), TILE_UNITS)
    add_product(f"wide_gradient_{text}", (n, 40), (n, 10), sizes, ([0], [0]), TILE_UNITS)


def check_limits(library, model):
    """The number of wrong sums where numbers in the first, an inner and the last block are infinite, or become so."""
    wrong = 0
    for case in (case for case in CASES if case.name.startswith("columns_of")):
        shape = case.operands[0][1]
        for first, inner, last, total in ((np.inf, 1, 1, np.inf), (1, -np.inf, 1, -np.inf), (1, 1, np.inf, np.inf), (np.inf, 1, -np.inf, np.nan),
                                          (1, np.nan, np.inf, np.nan), (3e38, 3e38, 3e38, np.inf), (1, np.inf, np.inf, np.inf)):
            x = np.ones(shape, np.float32)
            x[0], x[shape[0] // 2], x[-1] = first, inner, last
            wrong += not np.array_equal(case.call(library, model, [x])[0], np.full(x.shape[1:], total, np.float32), equal_nan=True)
    return wrong


def main():
    with open(f"{FOLDER}/sums.mlir", "w", encoding="utf8") as file:
        file.write("module @sums {\n" + "".join(case.entry() for case in CASES) + "}\n")
    subprocess.run(["mlc", f"{FOLDER}/sums.mlir", "-o", f"{FOLDER}/sums.so", *FLAGS], check=True)
    library = ctypes.CDLL(f"{FOLDER}/sums.so")
    models = [load(threads, library, "sums") for threads in (1, 2)]
    wrong = sum(case.check(library, models, kind) for case in CASES for kind in case.kinds)
    wrong += check_limits(library, models[0])
    print(f"{len(CASES)} entries, {wrong} wrong")


main()
