#!/usr/bin/python3
"""Writes table.txt beside this file: every differentiable op at its corners, its value and its derivatives, made outside.

Smooth functions come from formulas in 60 digits (mpmath) at the exact inputs, limits at infinity and conventions are written
out by hand, and all of it is compared with PyTorch where PyTorch has the op: DIFFERS lists where this table is not PyTorch's,
and why. Needs Debian's python3-mpmath and python3-torch (1.13); the tests need the table and NumPy only.

A case of the table is a header `op dtype | text | tolerances`, then one line per tensor: operands a, b, ..., the cotangent u
(1 where absent), the value y, the derivatives da, db, ..., and the second derivative by a, dda. A tolerance is in units in the
last place of the expected number; NaN, infinities and the signs of infinities are exact. Zeros count as equal, except that
`signs` compares their signs in y; with `one` a tolerance counts from 1 where the number is smaller.
"""
import math
import os

import numpy as np
import torch
import torch.nn.functional as F

from formulas import BINARY, DIFFERS, DIGITS, DTYPES, EXTRA, FAR, INF, LARGEST, NAN, NORMAL, SIGNS, SMALLEST, UNARY, pairs, points, rounded

UNEXPLAINED = []


def close(got, want):
    if math.isnan(want) or math.isinf(want):
        return got == want or (math.isnan(got) and math.isnan(want))
    return abs(got - want) <= 1e-9 * max(abs(want), 1e-280)


def compare(op, function, operands, results):
    """The table's doubles against PyTorch's; every difference must be one that DIFFERS names."""
    leaves = [torch.tensor(list(column), dtype=torch.float64, requires_grad=True) for column in zip(*operands)]
    y = function(*leaves)
    gradients = torch.autograd.grad(y.sum(), leaves, allow_unused=True) if y.requires_grad else [None] * len(leaves)
    columns = [y] + [torch.zeros_like(y) if g is None else g for g in gradients]
    when = DIFFERS.get(op, (lambda *x: False, ""))[0]
    for position, (operand, result) in enumerate(zip(operands, results)):
        for name, column, want in zip(("y", "da", "db"), columns, result):
            if want is not None and not close(float(column[position]), float(want)) and not when(*operand):
                UNEXPLAINED.append(f"{op}{operand}: {name} is {float(want)}, but PyTorch's is {float(column[position])}: say so in DIFFERS")


def text_of(x, dtype):
    """`-` is a number that is not compared."""
    return "-" if x is None else str(x) if dtype[0] == "i" else "%.*g" % (DIGITS[dtype], rounded(x, dtype))


class Table:
    def __init__(self):
        self.lines = []

    def case(self, op, dtype, text, tolerances, tensors, signs=False, relative_to_one=False):
        """tensors: name -> (shape, numbers[, element]); tolerances: name -> units in the last place."""
        bounds = " ".join(f"{name}={bound}" for name, bound in tolerances.items()) + (" signs" if signs else "") + (" one" if relative_to_one else "")
        self.lines.append(f"\n{op} {dtype} | {text} | {bounds}")
        for name, (shape, numbers, *element) in tensors.items():
            size = "x".join(str(n) for n in shape) + "x" if shape else ""
            element = element[0] if element else "i32" if all(isinstance(x, int) for x in numbers) else dtype
            self.lines.append(f"{name}: tensor<{size}{element}> " + " ".join(text_of(x, element) for x in numbers))

    def write(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "table.txt"), "w") as file:
            file.write("# Made by make_table.py, which says what the lines mean.\n" + "\n".join(self.lines) + "\n")


def unary(table, dtype):
    for op, (rule, bounds, function) in UNARY.items():
        x = points(dtype, EXTRA.get(op, ()))
        results = [rule(v) for v in x]
        if dtype == "f64":
            compare(op, function, [(v,) for v in x], [r[:2] for r in results])
        n = len(x)
        if op in ("silu", "mish"):  # what is left of a subnormal exponential, times x
            results = [tuple(None if v is not None and 0 < abs(v) < NORMAL[dtype] and p < -1 else v for v in r) for p, r in zip(x, results)]
        bounds = FAR.get(op, bounds) if dtype == "f64" else bounds
        tolerances = {"y": bounds[0], "da": bounds[1]}
        tensors = {"a": ((n,), x), "y": ((n,), [r[0] for r in results]), "da": ((n,), [r[1] for r in results])}
        if len(bounds) > 2 and bounds[2] and dtype != "bf16" and results[2][2] is not None:
            # Second derivatives where nothing over- or underflows on the way.
            tolerances["dda"] = bounds[2]
            tensors["dda"] = ((n,), [r[2] if second_order(op, v) else None for r, v in zip(results, x)])
        name, _, options = op.partition(" ")
        options = options and " " + options
        table.case("nn." + name, dtype, f"nn.{name} %a{options} : tensor<{n}x{dtype}>", tolerances, tensors, op in SIGNS)


def second_order(op, x):
    """Whether nothing over- or underflows on the way to the second derivative."""
    if op == "tanh" and 0 < abs(x) < 0.1:
        return False  # a difference of two numbers near 1/2: exact to a unit in the last place of 1 only
    return 1e-5 < abs(x) < 1e5 or (x == 0 and op not in ("log", "sqrt"))


def binary(table, dtype):
    for op, (rule, bounds, function) in BINARY.items():
        operands = [(rounded(x, dtype), rounded(y, dtype)) for x, y in pairs(dtype, op)]
        rule = rule(dtype) if op == "nextafter" else rule
        results = [rule(*pair) for pair in operands]
        if dtype == "f64" and function:
            compare(op, function, operands, results)
        n = len(operands)
        table.case("nn." + op, dtype, f"nn.{op} %a, %b : tensor<{n}x{dtype}>", dict(zip(("y", "da", "db"), bounds)),
                   {"a": ((n,), [p[0] for p in operands]), "b": ((n,), [p[1] for p in operands]), "y": ((n,), [r[0] for r in results]),
                    "da": ((n,), [r[1] for r in results]), "db": ((n,), [r[2] for r in results])}, op in ("add", "sub", "mul", "div", "rem", "nextafter"))


def steps(table):
    """Ops whose derivative is zero everywhere, and those on integers, which have none."""
    x = [0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 2.5, SMALLEST["f32"], -SMALLEST["f32"], 1e30, LARGEST["f32"], INF, -INF, NAN]
    none = [0.0] * len(x)
    t = f"tensor<{len(x)}xf32>"
    for op, f in (("floor", np.floor), ("ceil", np.ceil), ("round_even", np.rint), ("sign", np.sign)):
        table.case("nn." + op, "f32", f"nn.{op} %a : {t}", {"y": 0, "da": 0},
                   {"a": ((len(x),), x), "y": ((len(x),), list(f(np.array(x)))), "da": ((len(x),), none)}, op != "sign")
    table.case("nn.is_finite", "f32", f"nn.is_finite %a : {t}", {"y": 0},
               {"a": ((len(x),), x), "y": ((len(x),), [int(math.isfinite(v)) for v in x], "i1")})
    a, b = [0.0, -0.0, 1.0, NAN, NAN, INF, -INF], [-0.0, 0.0, 1.0, 1.0, NAN, INF, INF]
    for predicate, f in (("eq", np.equal), ("ne", np.not_equal), ("lt", np.less), ("le", np.less_equal), ("gt", np.greater), ("ge", np.greater_equal)):
        table.case("nn.compare", "f32", f"nn.compare {predicate} %a, %b : tensor<7xf32>", {"y": 0},
                   {"a": ((7,), a), "b": ((7,), b), "y": ((7,), [int(v) for v in f(np.array(a), np.array(b))], "i1")})
    low, high = -2**31, 2**31 - 1
    a, b = [0, 1, -1, low, high, low, high, 5], [0, -1, 31, 1, 32, -1, 30, 2]
    for op, f in (("and", lambda x, y: x & y), ("or", lambda x, y: x | y), ("xor", lambda x, y: x ^ y),
                  ("shl", lambda x, y: x << y if 0 <= y < 32 else 0), ("shr", lambda x, y: (x % 2**32) >> y if 0 <= y < 32 else 0)):
        y = [(f(p, q) + 2**31) % 2**32 - 2**31 for p, q in zip(a, b)]
        table.case("nn." + op, "i32", f"nn.{op} %a, %b : tensor<8xi32>", {"y": 0}, {"a": ((8,), a), "b": ((8,), b), "y": ((8,), y)})
    for op, f in (("not", lambda x: ~x), ("popcount", lambda x: bin(x % 2**32).count("1")), ("clz", lambda x: 32 - (x % 2**32).bit_length())):
        table.case("nn." + op, "i32", f"nn.{op} %a : tensor<8xi32>", {"y": 0}, {"a": ((8,), a), "y": ((8,), [f(v) for v in a])})
    table.case("nn.not", "i1", "nn.not %a : tensor<2xi1>", {"y": 0}, {"a": ((2,), [0, 1], "i1"), "y": ((2,), [1, 0], "i1")})
    patterns = [0.0, -0.0, 1.0, SMALLEST["f32"], -LARGEST["f32"], INF, -INF]
    words = [int(np.float32(v).view(np.int32)) for v in patterns]
    table.case("nn.bitcast", "f32", "nn.bitcast %a : tensor<7xf32> -> tensor<7xi32>", {"y": 0}, {"a": ((7,), patterns), "y": ((7,), words)})
    table.case("nn.bitcast", "i32", "nn.bitcast %a : tensor<7xi32> -> tensor<7xf32>", {"y": 0}, {"a": ((7,), words), "y": ((7,), patterns, "f32")}, True)
    words = [0, -2**63, 1, 0x3FF0000000000000, 0x7FF0000000000000]
    table.case("nn.bitcast", "f64", "nn.bitcast %a : tensor<5xf64> -> tensor<5xi64>", {"y": 0},
               {"a": ((5,), [0.0, -0.0, SMALLEST["f64"], 1.0, INF]), "y": ((5,), words, "i64")})
    big = LARGEST["f32"]
    table.case("nn.cast", "f32", "nn.cast %a : tensor<9xf32> -> tensor<9xi32>", {"y": 0},
               {"a": ((9,), [0.0, -0.5, 1.5, -1.5, 3e9, -3e9, INF, -INF, NAN]), "y": ((9,), [0, 0, 1, -1, high, low, high, low, 0])})
    table.case("nn.cast", "f32", "nn.cast %a : tensor<6xf32> -> tensor<6xf64>", {"y": 0, "da": 0},
               {"a": ((6,), [-0.0, big, SMALLEST["f32"], INF, -INF, NAN]), "y": ((6,), [-0.0, big, SMALLEST["f32"], INF, -INF, NAN], "f64"),
                "da": ((6,), [1.0] * 6)}, True)
    table.case("nn.select", "f32", "nn.select %a, %b, %c : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>", {"y": 0, "db": 0, "dc": 0},
               {"a": ((4,), [1, 0, 1, 0], "i1"), "b": ((4,), [1.0, NAN, INF, INF]), "c": ((4,), [NAN, 2.0, NAN, -0.0]),
                "y": ((4,), [1.0, 2.0, INF, -0.0]), "db": ((4,), [1.0, 0.0, 1.0, 0.0]), "dc": ((4,), [0.0, 1.0, 0.0, 1.0])}, True)


def moves(table):
    """Ops that place elements: infinities and NaN travel alone, cotangents too."""
    x, u = [1.0, INF, NAN, -INF, -0.0, 6.0], [1.0, 2.0, INF, NAN, 5.0, 6.0]
    def case(op, text, tolerances, **tensors):
        table.case(op, "f32", text, {name: 0 for name in tolerances}, tensors)
    def to(shape, numbers):
        return shape, list(numbers)
    case("nn.broadcast", "nn.broadcast %a dims = [1] : tensor<3xf32> -> tensor<2x3xf32>", ("y", "da"),
         a=to((3,), x[:3]), u=to((2, 3), [1.0, 2.0, INF, 4.0, 5.0, 6.0]), y=to((2, 3), x[:3] * 2), da=to((3,), [5.0, 7.0, INF]))
    case("nn.reshape", "nn.reshape %a : tensor<2x3xf32> -> tensor<6xf32>", ("y", "da"), a=to((2, 3), x), u=to((6,), u), y=to((6,), x), da=to((2, 3), u))
    case("nn.transpose", "nn.transpose %a permutation = [1, 0] : tensor<2x3xf32>", ("y", "da"), a=to((2, 3), x), u=to((3, 2), u),
         y=to((3, 2), [1.0, -INF, INF, -0.0, NAN, 6.0]), da=to((2, 3), [1.0, INF, 5.0, 2.0, NAN, 6.0]))
    case("nn.reverse", "nn.reverse %a dims = [0] : tensor<6xf32>", ("y", "da"), a=to((6,), x), u=to((6,), u), y=to((6,), x[::-1]), da=to((6,), u[::-1]))
    case("nn.concat", "nn.concat %a, %b dim = 0 : tensor<2xf32>, tensor<4xf32>", ("y", "da", "db"), a=to((2,), x[:2]), b=to((4,), x[2:]),
         u=to((6,), u), y=to((6,), x), da=to((2,), u[:2]), db=to((4,), u[2:]))
    case("nn.split", "%y, %z = nn.split %a sizes = [2, -1] : tensor<6xf32>", ("y", "da"), a=to((6,), x), u=to((2,), [NAN, 2.0]), y=to((2,), x[:2]),
         da=to((6,), [NAN, 2.0, 0.0, 0.0, 0.0, 0.0]))
    case("nn.stack", "nn.stack %a, %b dim = 1 : tensor<3xf32>", ("y", "da", "db"), a=to((3,), x[:3]), b=to((3,), x[3:]), u=to((3, 2), u),
         y=to((3, 2), [1.0, -INF, INF, -0.0, NAN, 6.0]), da=to((3,), [1.0, INF, 5.0]), db=to((3,), [2.0, NAN, 6.0]))
    for op, type in (("squeeze", "tensor<6x1xf32>"), ("unsqueeze", "tensor<6xf32>")):
        a, y = ((6, 1), (6,)) if op == "squeeze" else ((6,), (6, 1))
        case(f"nn.{op}", f"nn.{op} %a dim = 1 : {type}", ("y", "da"), a=to(a, x), u=to(y, u), y=to(y, x), da=to(a, u))
    case("nn.slice", "nn.slice %a [1] [2] [2] : tensor<6xf32>", ("y", "da"), a=to((6,), x), u=to((2,), [INF, NAN]), y=to((2,), [INF, -INF]),
         da=to((6,), [0.0, INF, 0.0, NAN, 0.0, 0.0]))
    case("nn.update_slice", "nn.update_slice %a, %b [1] : tensor<6xf32>, tensor<2xf32>", ("y", "da", "db"), a=to((6,), x), b=to((2,), [NAN, 8.0]),
         u=to((6,), u), y=to((6,), [1.0, NAN, 8.0, -INF, -0.0, 6.0]), da=to((6,), [1.0, 0.0, 0.0, NAN, 5.0, 6.0]), db=to((2,), [2.0, INF]))
    case("nn.pad", "nn.pad %a, %b low = [1] high = [1] interior = [1] : tensor<2xf32>, tensor<f32>", ("y", "da", "db"), a=to((2,), [INF, NAN]),
         b=to((), [3.0]), u=to((5,), [1.0, NAN, 2.0, INF, 4.0]), y=to((5,), [3.0, INF, 3.0, NAN, 3.0]), da=to((2,), [NAN, INF]), db=to((), [7.0]))
    rows = dict(a=to((3, 2), [1.0, INF, NAN, 2.0, 3.0, 4.0]), b=((3,), [2, 0, 2]))
    case("nn.gather", "nn.gather %a, %b axis = 0 : tensor<3x2xf32>, tensor<3xi32>", ("y", "da"), **rows, u=to((3, 2), [1.0, 2.0, INF, 4.0, 5.0, NAN]),
         y=to((3, 2), [3.0, 4.0, 1.0, INF, 3.0, 4.0]), da=to((3, 2), [INF, 4.0, 0.0, 0.0, 6.0, NAN]))
    case("nn.embedding", "nn.embedding %a, %b : tensor<3x2xf32>, tensor<3xi32>", ("y", "da"), **rows, u=to((3, 2), [1.0, 2.0, INF, 4.0, 5.0, NAN]),
         y=to((3, 2), [3.0, 4.0, 1.0, INF, 3.0, 4.0]), da=to((3, 2), [INF, 4.0, 0.0, 0.0, 6.0, NAN]))
    base = dict(a=to((3,), [1.0, NAN, 3.0]), b=((4,), [0, 0, 2, 1]), c=to((4,), [5.0, 7.0, INF, 2.0]), u=to((3,), [1.0, 2.0, INF]))
    form = "nn.scatter {} %a, %b, %c axis = 0 : tensor<3xf32>, tensor<4xi32>, tensor<4xf32>"
    case("nn.scatter", form.format("add"), ("y", "da", "dc"), **base, y=to((3,), [13.0, NAN, INF]), da=to((3,), [1.0, 2.0, INF]), dc=to((4,), [1.0, 1.0, INF, 2.0]))
    case("nn.scatter", form.format("set"), ("y", "da", "dc"), **base, y=to((3,), [7.0, 2.0, INF]), da=to((3,), [0.0] * 3), dc=to((4,), [0.0, 1.0, INF, 2.0]))
    # PyTorch's scatter_reduce: ties share, and a position that is NaN gives NaN to all that meet there.
    base.update(c=to((4,), [1.0, 1.0, INF, 2.0]), u=to((3,), [3.0, 2.0, 5.0]))
    case("nn.scatter", form.format("max"), ("y", "da", "dc"), **base, y=to((3,), [1.0, NAN, INF]), da=to((3,), [1.0, NAN, 0.0]), dc=to((4,), [1.0, 1.0, 5.0, NAN]))
    base.update(c=to((4,), [1.0, 1.0, -INF, 2.0]))
    case("nn.scatter", form.format("min"), ("y", "da", "dc"), **base, y=to((3,), [1.0, NAN, -INF]), da=to((3,), [1.0, NAN, 0.0]), dc=to((4,), [1.0, 1.0, 5.0, NAN]))
    # PyTorch's prod divides the product by the element, which is NaN at 0; the product of the others is a number.
    base.update(c=to((4,), [0.0, 5.0, INF, 2.0]), u=to((3,), [3.0, 2.0, -1.0]))
    case("nn.scatter", form.format("mul"), ("y", "da", "dc"), **base, y=to((3,), [0.0, NAN, INF]), da=to((3,), [0.0, 4.0, -INF]),
         dc=to((4,), [15.0, 0.0, -3.0, NAN]))
    base.update(a=to((3,), [0.0, -0.0, 3.0]), c=to((4,), [0.0, 0.0, 4.0, INF]))
    case("nn.scatter", form.format("mul"), ("y", "da", "dc"), **base, y=to((3,), [0.0, NAN, 12.0]), da=to((3,), [0.0, INF, -4.0]),
         dc=to((4,), [0.0, 0.0, -3.0, 0.0]))
    case("nn.dropout", "nn.dropout %a rate = 0.5 : tensor<6xf32>", ("y", "da"), a=to((6,), x), u=to((6,), u), y=to((6,), x), da=to((6,), u))


def rows(table):
    """Reductions and what is computed along rows: PyTorch's value and derivative of every row, at ties, zeros, infinities and NaN."""
    ROWS = [[1.0, 2.0, 2.0, 0.0], [0.0, -0.0, -1.0, -0.0], [INF, 1.0, INF, -INF], [-INF] * 4, [NAN, 1.0, 2.0, 2.0], [-INF, 1.0, 0.0, -INF],
            [2.0, 0.0, 3.0, 4.0], [0.0, 5.0, 0.0, 2.0], [3e38, 3e38, 3e38, -3e38], [1e-45, 1e-38, 1e38, 1.0], [7.0] * 4, [100.0, -100.0, 50.0, 0.0]]
    def case(op, text, tolerances, function, inputs, mathematics=None, text_flags=()):
        leaves = {name: torch.tensor(numbers, dtype=torch.float64, requires_grad=True) for name, numbers in inputs.items()}
        y = function(*leaves.values())
        u = (torch.arange(y.numel(), dtype=torch.float64) % 4 + 1).reshape(y.shape)
        gradients = torch.autograd.grad(y, list(leaves.values()), u) if mathematics is None else [mathematics(*leaves.values(), u)]
        tensors = {name: (tuple(x.shape), x.flatten().tolist()) for name, x in leaves.items()}
        tensors.update(u=(tuple(u.shape), u.flatten().tolist()), y=(tuple(y.shape), y.flatten().tolist()))
        tensors.update({"d" + name: (tuple(g.shape), g.flatten().tolist()) for name, g in zip(leaves, gradients)})
        names = [name for name in tensors if name == "y" or (name[0] == "d" and len(name) > 1)]
        table.case(op, "f32", text, dict(zip(names, tolerances)), tensors, relative_to_one=True)
    def others(x, u):  # PyTorch divides by x, which is NaN for infinities
        return torch.stack([x[:, [j for j in range(4) if j != i]].prod(1) * u for i in range(4)], 1)
    n = len(ROWS)
    t = f"tensor<{n}x4xf32>"
    plain = [row for row in ROWS if max(map(abs, row)) < 1e38 or row[0] != row[0] or INF in row or -INF in row]
    p = f"tensor<{len(plain)}x4xf32>"
    case("nn.reduce", f"nn.reduce sum %a dims = [1] : {p}", (2, 0), lambda x: x.sum(1), {"a": plain})
    case("nn.reduce", f"nn.reduce prod %a dims = [1] : {p}", (2, 2), lambda x: x.prod(1), {"a": plain}, others)
    case("nn.reduce", f"nn.reduce max %a dims = [1] : {t}", (0, 1), lambda x: x.amax(1), {"a": ROWS})
    case("nn.reduce", f"nn.reduce min %a dims = [1] : {t}", (0, 1), lambda x: x.amin(1), {"a": ROWS})
    case("nn.reduce", f"nn.reduce max %a dims = [0] : {t}", (0, 1), lambda x: x.amax(0), {"a": ROWS})
    case("nn.reduce", "nn.reduce max %a dims = [0, 1] : tensor<2x4xf32>", (0, 1), lambda x: x.amax((0, 1)), {"a": [ROWS[0], ROWS[4]]})
    case("nn.reduce", "nn.reduce min %a dims = [0, 1] : tensor<2x4xf32>", (0, 1), lambda x: x.amin((0, 1)), {"a": [ROWS[1], ROWS[5]]})
    case("nn.cumsum", f"nn.cumsum %a dim = 1 : {p}", (2, 0), lambda x: x.cumsum(1), {"a": plain})
    def running(x, u):  # likewise
        return torch.stack([sum(u[:, i] * x[:, [k for k in range(i + 1) if k != j]].prod(1) for i in range(j, 4)) for j in range(4)], 1)
    case("nn.cumprod", f"nn.cumprod %a dim = 1 : {p}", (2, 8), lambda x: x.cumprod(1), {"a": plain}, running)
    case("nn.sort", f"nn.sort %a dim = 1 : {t}", (0, 0), lambda x: torch.sort(x, dim=1, stable=True)[0], {"a": ROWS})
    case("nn.top_k", f"%y, %i = nn.top_k %a k = 2 dim = 1 : {t}", (0, 0), lambda x: torch.sort(x, dim=1, descending=True, stable=True)[0][:, :2], {"a": ROWS})
    def at_extremum(argument):
        def function(x):
            rows = x.reshape(-1, 4 if x.dim() == 2 else 8)
            first = torch.from_numpy(argument(rows.detach().numpy(), 1))
            return rows.gather(1, first[:, None])[:, 0]
        return function
    for kind, argument in (("max", np.argmax), ("min", np.argmin)):
        case(f"nn.{kind}_with_position", f"%y, %i = nn.{kind}_with_position %a dim = 1 : {t}", (0, 0), at_extremum(argument), {"a": ROWS})
        case(f"nn.{kind}_with_position", f"%y, %i = nn.{kind}_with_position %a dims = [1, 2] : tensor<3x2x4xf32>", (0, 0), at_extremum(argument),
             {"a": [[ROWS[0], ROWS[1]], [ROWS[2], ROWS[4]], [ROWS[6], ROWS[7]]]})
    case("nn.softmax", f"nn.softmax %a dim = 1 : {t}", (6, 30), lambda x: x.softmax(1), {"a": ROWS})
    case("nn.log_softmax", f"nn.log_softmax %a dim = 1 : tensor<{n - 1}x4xf32>", (6, 40), lambda x: x.log_softmax(1), {"a": [r for r in ROWS if abs(r[0]) != 3e38]})
    case("nn.logsumexp", f"nn.logsumexp %a dims = [1] : {t}", (4,), lambda x: x.logsumexp(1), {"a": ROWS})
    def masked(function, empty):  # of rows of -inf alone
        def of(x):
            is_empty = (x == -INF).all(1, keepdim=True)
            y = function(x.masked_fill(is_empty, 0))
            return y.masked_fill(is_empty.reshape([-1] + [1] * (y.dim() - 1)), empty)
        return of
    case("nn.softmax", f"nn.softmax %a masked dim = 1 : {t}", (6, 30), masked(lambda x: x.softmax(1), 0), {"a": ROWS})
    case("nn.logsumexp", "nn.logsumexp %a masked dims = [1] : tensor<4x4xf32>", (4, 4), masked(lambda x: x.logsumexp(1), -INF),
         {"a": [ROWS[0], ROWS[3], ROWS[5], ROWS[6]]})


def products(table):
    """Products and normalizations, where an infinity times 0 is PyTorch's NaN, and losses at their kinks."""
    def case(op, text, function, inputs, bound=4):
        leaves = {name: torch.tensor(numbers, dtype=torch.float64, requires_grad=True) for name, numbers in inputs.items()}
        y = function(*leaves.values())
        gradients = torch.autograd.grad(y.sum(), list(leaves.values()))
        tensors = {name: (tuple(x.shape), x.flatten().tolist()) for name, x in leaves.items()}
        tensors["y"] = (tuple(y.shape), y.flatten().tolist())
        tensors.update({"d" + name: (tuple(g.shape), g.flatten().tolist()) for name, g in zip(leaves, gradients)})
        table.case(op, "f32", text, {name: bound for name in ["y"] + ["d" + name for name in leaves]}, tensors, relative_to_one=True)
    a, b, c = [[1.0, INF], [0.0, 2.0], [-INF, NAN]], [[1.0, 2.0], [3.0, INF]], [1.0, -INF]
    m = "tensor<3x2xf32>, tensor<2x2xf32>"
    case("nn.matmul", f"nn.matmul %a, %b : {m}", torch.matmul, {"a": a, "b": b})
    case("nn.contract", f"nn.contract %a, %b contracting = [1] x [0] : {m}", torch.matmul, {"a": a, "b": b})
    case("nn.linear", f"nn.linear %a, %b, %c : {m}, tensor<2xf32>", lambda x, w, b: x @ w + b, {"a": a, "b": b, "c": c})
    def attend(seen, scale):
        def function(q, k, v):  # a query that sees nothing gives 0
            is_blind = ~seen.any(-1, keepdim=True)
            s = (scale * q @ k.transpose(-1, -2)).masked_fill(~seen, -INF).masked_fill(is_blind, 0)
            return s.softmax(-1).masked_fill(is_blind, 0) @ v
        return function
    # A query that sees nothing, one that sees one key, ties, scores far apart; then a NaN, in a batch whose other query does not see it.
    case("nn.attention", "nn.attention %a, %b, %c causal offset = -1 scale = 1 : tensor<4x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>",
         attend(torch.ones(4, 3).tril(-1) > 0, 1.0), {"a": [[3e38, 3e38], [1.0, -1.0], [0.0, -0.0], [1e4, 0.0]], "b": [[1.0, 0.0], [0.0, 1.0], [-1.0, 2.0]],
                                                      "c": [[1.0, 2.0], [3.0, -4.0], [0.5, 1e30]]})
    keys, values = [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [2.0, -1.0]]
    case("nn.attention", "nn.attention %a, %b, %c : tensor<2x1x2xf32>, tensor<2x2x2xf32>, tensor<2x2x2xf32>", attend(torch.ones(1, 2) > 0, 0.5**0.5),
         {"a": [[[0.0, 0.0]], [[NAN, 1.0]]], "b": [keys, keys], "c": [values, values]})
    def turned(frequency):  # of one pair, at the positions 0, 1, 2; another feature stays
        w = torch.arange(3, dtype=torch.float64) * frequency
        return lambda x: torch.stack([x[:, 0] * w.cos() - x[:, 1] * w.sin(), x[:, 1] * w.cos() + x[:, 0] * w.sin(), x[:, 2]], 1)
    # An infinity and NaN spoil their pair and nothing else; 0 turned by 0 stays.
    pairs = [[0.0, -0.0, INF], [1.0, INF, NAN], [1e38, 1e-38, 1.0]]
    case("nn.rope", "nn.rope %a interleaved rotary = 2 : tensor<3x3xf32>", turned(1.0), {"a": pairs})
    case("nn.rope", "nn.rope %a rotary = 2 scaling = 4 inverse : tensor<3x3xf32>", turned(-0.25), {"a": pairs})
    gates, values = [0.0, -0.0, 1.0, -3.0, 1e38, -1e38, NAN, 2.0], [1.0, INF, 0.0, -2.0, 1e-38, 3.0, 2.0, NAN]
    for op, activation in (("swiglu", F.silu), ("geglu", F.gelu)):
        case(f"nn.{op}", f"nn.{op} %a, %b : tensor<8xf32>", lambda a, b, f=activation: f(a) * b, {"a": gates, "b": values}, 16)
        case(f"nn.{op}", f"nn.{op} %a : tensor<16xf32>", lambda x, f=activation: f(x[:8]) * x[8:], {"a": gates + values}, 16)
    x = [[1.0, 1.0, 1.0, 1.0], [0.0, -0.0, 0.0, 0.0], [1.0, INF, 2.0, 3.0], [NAN, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 5.0], [1e-20, -1e-20, 0.0, 0.0]]
    case("nn.layer_norm", "nn.layer_norm %a, %b, %c : tensor<6x4xf32>, tensor<4xf32>, tensor<4xf32>", lambda x, s, b: F.layer_norm(x, (4,), s, b),
         {"a": x, "b": [1.0, 2.0, 3.0, 4.0], "c": [0.0, 1.0, 0.0, 0.0]}, 4e3)
    case("nn.rms_norm", "nn.rms_norm %a, %b : tensor<6x4xf32>, tensor<4xf32>", lambda x, s: s * (x * torch.rsqrt((x * x).mean(1, keepdim=True) + 1e-5)),
         {"a": x, "b": [1.0, 2.0, 3.0, 4.0]}, 16)
    planes = [[[1.0, 1.0], [2.0, 5.0]], [[0.0, -0.0], [0.0, 0.0]], [[1.0, INF], [2.0, 3.0]], [[NAN, 1.0], [4.0, 1.0]], [[1e-20, -1e-20], [3.0, 4.0]]]
    channels, t = {"b": [1.0, 2.0], "c": [0.0, 1.0]}, "tensor<5x2x2xf32>, tensor<2xf32>"
    case("nn.group_norm", f"nn.group_norm %a, %b, %c groups = 1 : {t}", lambda x, s, b: F.group_norm(x, 1, s, b), {"a": planes, **channels}, 4e3)
    case("nn.instance_norm", f"nn.instance_norm %a, %b, %c : {t}", lambda x, s, b: F.instance_norm(x, weight=s, bias=b), {"a": planes, **channels}, 4e3)
    case("nn.local_response_norm", "nn.local_response_norm %a size = 3 alpha = 3 : tensor<4x4x1xf32>", lambda x: F.local_response_norm(x, 3, 3.0),
         {"a": [[[v] for v in row] for row in ([0.0, -0.0, 0.0, 1.0], [1.0, INF, 2.0, 3.0], [NAN, 1.0, 2.0, 3.0], [1e-20, -1e-20, 1e10, 1e-3])]}, 16)
    row = [[[1.0, 1.0, 0.0, -0.0, INF, 2.0, NAN, 1.0, -INF, -INF, 1e-20, -1e-20]]]
    case("nn.windows", "nn.windows %a dims = [2] sizes = [2] strides = [2] : tensor<1x1x12xf32>", lambda x: x.unfold(2, 2, 2), {"a": row})
    # What is weighed by 0 does not count.
    sums = lambda a, b: torch.stack([a, a - b])
    case("nn.transform_tiles", "nn.transform_tiles %a matrices = [dense<[[1.0, 0.0], [1.0, -1.0]]> : tensor<2x2xf64>] strides = [2] low = [0] tiles = [6] : tensor<1x12x1xf32>",
         lambda x: sums(x[:, 0::2], x[:, 1::2]), {"a": [[[v] for v in row[0][0]]]}, 8)
    case("nn.join_tiles", "nn.join_tiles %a matrices = [dense<[[1.0, 0.0], [1.0, -1.0]]> : tensor<2x2xf64>] strides = [2] low = [0] sizes = [12] : tensor<2x1x6x1xf32>",
         lambda x: sums(x[0], x[1]).permute(1, 2, 0, 3).reshape(1, 12, 1), {"a": [[[[v] for v in row[0][0][first::2]]] for first in (0, 1)]}, 8)
    case("nn.conv", "nn.conv %a, %b : tensor<1x1x12xf32>, tensor<1x1x2xf32>", F.conv1d, {"a": row, "b": [[[1.0, 2.0]]]}, 8)
    case("nn.conv_transpose", "nn.conv_transpose %a, %b strides = 2 : tensor<1x1x12xf32>, tensor<1x1x2xf32>", lambda x, w: F.conv_transpose1d(x, w, stride=2),
         {"a": row, "b": [[[1.0, 2.0]]]}, 8)
    case("nn.max_pool", "nn.max_pool %a window = 2 : tensor<1x1x12xf32>", lambda x: F.max_pool1d(x, 2), {"a": row})
    case("nn.avg_pool", "nn.avg_pool %a window = 2 : tensor<1x1x12xf32>", lambda x: F.avg_pool1d(x, 2), {"a": row})
    for sizes in (5, 1):
        case("nn.adaptive_max_pool", f"nn.adaptive_max_pool %a sizes = {sizes} : tensor<1x1x12xf32>", lambda x, n=sizes: F.adaptive_max_pool1d(x, n), {"a": row})
        case("nn.adaptive_avg_pool", f"nn.adaptive_avg_pool %a sizes = {sizes} : tensor<1x1x12xf32>", lambda x, n=sizes: F.adaptive_avg_pool1d(x, n), {"a": row})
    case("nn.lp_pool", "nn.lp_pool %a window = 2 : tensor<1x1x12xf32>", lambda x: x.unfold(2, 2, 2).pow(2).sum(3).sqrt(), {"a": [[row[0][0][:10] + [1e-15, -1e-15]]]}, 8)  # squares have the exponents of f32
    # What is weighed by 0 does not count, where PyTorch multiplies: at every other place here.
    between = lambda x: torch.stack([x[..., i // 2] if i % 2 == 0 else x[..., i // 2] * 0.5 + x[..., i // 2 + 1] * 0.5 for i in range(9)], -1)
    case("nn.interpolate", "nn.interpolate %a sizes = [9] mode = linear coordinates = align_corners : tensor<1x2x5xf32>", between,
         {"a": [[[1.0, INF, 2.0, 3.0, -0.0], [NAN, 1.0, 2.0, 1e38, 3e38]]]})
    case("nn.interpolate", "nn.interpolate %a scale = [0.5] : tensor<1x2x5xf32>", lambda x: F.interpolate(x, scale_factor=0.5), {"a": [[[1.0, INF, NAN, 3.0, -0.0], [NAN, 1.0, -INF, 1e38, 3e38]]]})
    case("nn.pixel_shuffle", "nn.pixel_shuffle %a factor = 2 : tensor<1x4x1x2xf32>", lambda x: F.pixel_shuffle(x, 2), {"a": [[[[1.0, INF]], [[NAN, -0.0]], [[-INF, 2.0]], [[3.0, 4.0]]]]})
    case("nn.pixel_unshuffle", "nn.pixel_unshuffle %a factor = 2 : tensor<1x1x2x4xf32>", lambda x: F.pixel_unshuffle(x, 2), {"a": [[[[1.0, INF, NAN, -0.0], [-INF, 2.0, 3.0, 4.0]]]]})
    # Far outside: zeros, whatever x holds; the element at the end, which does not move. In a box outside there is nothing either.
    far = [[[[-1e30, 0.0], [0.0, 0.0], [1e30, 0.0]]]]
    for clauses, mode, padding in (("mode = nearest", "nearest", "zeros"), ("", "bilinear", "zeros"), ("padding = border", "bilinear", "border")):
        case("nn.grid_sample", f"nn.grid_sample %a, %b {clauses} : tensor<1x1x1x3xf32>, tensor<1x1x3x2xf32>", lambda x, g, mode=mode, padding=padding: F.grid_sample(x, g, mode, padding, False),
             {"a": [[[[1.0, 3.0 if mode == "bilinear" else INF, 2.0]]]], "b": far})
    case("nn.roi_align", "%i = nn.constant dense<0> : tensor<1xi32> %y = nn.roi_align %a, %b, %i sizes = [1] samples = 1 : tensor<1x1x2x2xf32>, tensor<1x4xf32>, tensor<1xi32>",
         lambda x, b: (x[..., :1, :1] * 0 + b[:, :1, None, None] * 0).nan_to_num(), {"a": [[[[1.0, INF], [NAN, 2.0]]]], "b": [[100.0, 100.0, 120.0, 120.0]]})
    # Channels that are constant, infinite in one place, and NaN in one; then one with the given statistics.
    columns, five = [[1.0, 0.0, 1.0, NAN, 1e-20], [1.0, -0.0, INF, 1.0, -1e-20], [1.0, 0.0, 3.0, 2.0, 0.0]], [1.0, 2.0, 3.0, 4.0, 5.0]
    zeros, ones = "nn.constant dense<0.0> : tensor<5xf32>", "nn.constant dense<1.0> : tensor<5xf32>"
    for training, function in (("training", lambda x, s, b: F.batch_norm(x, None, None, s, b, training=True)),
                               ("", lambda x, s, b: F.batch_norm(x, torch.zeros(5).double(), torch.ones(5).double(), s, b))):
        text = f"%m = {zeros} %v = {ones} %y, %n, %w = nn.batch_norm %a, %b, %c, %m, %v {training} : tensor<3x5xf32>, tensor<5xf32>, tensor<5xf32>"
        case("nn.batch_norm", text, function, {"a": columns, "b": five, "c": five[::-1]}, 4e3)
    # Gates that are shut or open to the last bit; then a row that is NaN, in a batch whose other rows do not see it.
    def recurrent(function, gates, x):
        def run(x, w, u):
            state = torch.zeros(1, x.shape[1], u.shape[0], dtype=torch.float64)
            return function(x, (state, state) if gates == 4 else state, [w.t(), u.t()], False, 1, 0.0, False, False, False)[0]
        return run, {"a": x, "b": [[0.5, -0.25, 1.0, 2.0][:gates]], "c": [[-0.5, 1.0, 0.25, 0.75][:gates]]}
    for op, function, gates in [("lstm", torch._VF.lstm, 4), ("gru", torch._VF.gru, 3)]:
        results = "%y, %h, %s" if gates == 4 else "%y, %h"
        for x in [[[[0.0], [1.0], [30.0], [-1e30]], [[-0.0], [-1.0], [0.5], [1e30]]], [[[NAN], [1.0]], [[1.0], [0.5]]]]:
            types = f"tensor<2x{len(x[0])}x1xf32>, tensor<1x{gates}xf32>, tensor<1x{gates}xf32>"
            case("nn." + op, f"{results} = nn.{op} %a, %b, %c : {types}", *recurrent(function, gates, x), 8)
    y, t = [0.0, 1.0, -1.0, 3.0, -3.0, INF, NAN], [0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0]
    e = "tensor<7xf32>"
    none = {"reduction": "none"}
    case("nn.mse", f"nn.mse %a, %b reduction = none : {e}", lambda y, t: F.mse_loss(y, t, **none), {"a": y, "b": t})
    case("nn.mae", "nn.mae %a, %b reduction = none : tensor<6xf32>", lambda y, t: F.l1_loss(y, t, **none), {"a": y[:6], "b": t[:6]})
    case("nn.huber", f"nn.huber %a, %b delta = 1.0 reduction = none : {e}", lambda y, t: F.huber_loss(y, t, **none), {"a": y, "b": t})
    case("nn.bce", "nn.bce %a, %b reduction = none : tensor<5xf32>", lambda y, t: F.binary_cross_entropy_with_logits(y, t, **none),
         {"a": [0.0, 2.0, -2.0, 1e3, -1e3], "b": [0.0, 1.0, 1.0, 0.0, 1.0]})
    # 0 where the target is, whatever the prediction: PyTorch has NaN for 0 * inf, and for the slope of 0 log(0).
    y, t = [-1.0, 0.0, -INF, -2.0, -INF, NAN], [0.5, 1.0, 0.0, 0.0, 0.5, 0.5]
    table.case("nn.kl", "f32", "nn.kl %a, %b reduction = none : tensor<6xf32>", {"y": 4, "da": 0, "db": 4},
               {"a": ((6,), y), "b": ((6,), t), "y": ((6,), [0.5 * (math.log(0.5) + 1), 0.0, 0.0, 0.0, INF, NAN]), "da": ((6,), [-v for v in t]),
                "db": ((6,), [math.log(0.5) + 2, 1.0, 0.0, 0.0, INF, NAN])}, relative_to_one=True)
    logits = torch.tensor([[0.0, 0.0, 0.0], [100.0, -100.0, 0.0], [-INF, 1.0, 2.0]], dtype=torch.float64, requires_grad=True)
    y = F.cross_entropy(logits, torch.tensor([0, 1, 2]), **none)
    flat = lambda x: x.flatten().tolist()
    table.case("nn.cross_entropy", "f32", "nn.cross_entropy %a, %b reduction = none : tensor<3x3xf32>, tensor<3xi32>", {"y": 4, "da": 4},
               {"a": ((3, 3), flat(logits)), "b": ((3,), [0, 1, 2]), "y": ((3,), flat(y)),
                "da": ((3, 3), flat(torch.autograd.grad(y.sum(), logits)[0]))}, relative_to_one=True)
    # A class of weight 0 costs nothing.
    weights = torch.tensor([1.0, 0.0, 2.0], dtype=torch.float64)
    y = F.cross_entropy(logits, torch.tensor([0, 1, 2]), weights, **none)
    table.case("nn.cross_entropy", "f32", "nn.cross_entropy %a, %b reduction = none weights = %c : tensor<3x3xf32>, tensor<3xi32>, tensor<3xf32>", {"y": 4, "da": 4},
               {"a": ((3, 3), flat(logits)), "b": ((3,), [0, 1, 2]), "c": ((3,), flat(weights)), "y": ((3,), flat(y)),
                "da": ((3, 3), flat(torch.autograd.grad(y.sum(), logits)[0]))}, relative_to_one=True)


def indices(table):
    """Positions of extrema: the first among equals, NaN before all; ones at positions, and none for those outside."""
    table.case("nn.one_hot", "f32", "nn.one_hot %a classes = 3 as f32 : tensor<4xi32>", {"y": 0},
               {"a": ((4,), [2, 0, -1, 3]), "y": ((4, 3), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0] + [0.0] * 6)})
    a = [[1.0, 3.0, 3.0, 0.0], [0.0, -0.0, 0.0, -0.0], [NAN, 1.0, NAN, INF], [1.0, INF, NAN, NAN], [-INF] * 4, [INF, -INF, INF, -INF]]
    for op, f in (("argmax", np.argmax), ("argmin", np.argmin)):
        table.case("nn." + op, "f32", f"nn.{op} %a dim = 1 : tensor<6x4xf32>", {"y": 0},
                   {"a": ((6, 4), [x for row in a for x in row]), "y": ((6,), [int(i) for i in f(np.array(a), 1)], "i64")})
        table.case("nn." + op, "f32", f"nn.{op} %a dims = [0, 2] : tensor<2x3x4xf32>", {"y": 0},
                   {"a": ((2, 3, 4), [x for row in a for x in row]),
                    "y": ((3,), [int(f(np.array(a[i] + a[i + 3]))) for i in range(3)], "i64")})
    # The first and the last of equals; where the weights have no finite sum, the largest, NaN before all.
    table.case("nn.sample", "f32", "nn.sample %a, %b top_k = 2 : tensor<6x4xf32>, tensor<6xi32>", {"y": 0},
               {"a": ((6, 4), [x for row in a for x in row]), "b": ((6,), [-2**31, 2**31 - 1, 0, 0, 0, 0]), "y": ((6,), [1, 3, 0, 2, 0, 0])})


if __name__ == "__main__":
    made = Table()
    for dtype in DTYPES:
        unary(made, dtype)
        binary(made, dtype)
    for family in (steps, moves, rows, products, indices):
        family(made)
    if UNEXPLAINED:
        raise SystemExit("\n".join(UNEXPLAINED))
    made.write()
