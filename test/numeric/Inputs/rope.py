"""rope.py FOLDER: nn.rope and its derivative against NumPy, one pair of features at a time: compiled in f32 at -O0 and -O3, and evaluated in f64.

A rotation is linear, so the derivative is the sum over results of dy times the rotation of a unit vector: no rule of ours. An error is
relative to the largest number of a result, or to 1: in f32 4e-7, two products of a rounded cosine and sine and their sum, at positions up
to a million too, where products of f32 are off by 0.06; in f64 1e-12, whose frequencies have 53 bits: 1e-9 at a million; in bf16, which
is rounded once, 2^-8.
"""
import sys

import numpy as np
from compiled import Module, Report
from evaluated import dense, evaluated

folder, report = sys.argv[1], Report()
KINDS = {"f32": "f4", "bf16": "f4", "f64": "f8", "i32": "i4", "i64": "i8"}


class Case:
    """One use of the op: its clauses, the sizes of the letters of its layout, those that are free, and what the clauses name."""

    def __init__(self, name, clauses="", layout="bhtd", free="", dtype="f32", far=False, d=8, **options):
        self.name, self.clauses, self.layout, self.free, self.dtype, self.far, self.options = name, clauses, layout, free, dtype, far, options
        self.sizes = {"b": 2, "x": 3, "h": 2, "t": 5, "d": d}
        random = np.random.default_rng(len(name))
        shape = [self.sizes[c] for c in layout]
        self.x, self.dy = (np.round(random.standard_normal(shape) * 8) / 8 for _ in range(2))
        self.extra = {n: np.array(options[n]) for n in ("positions", "offset") if n in options}

    def positions(self):
        """Of [b, t], whatever the layout."""
        o = self.options
        if "positions" in o:
            return np.broadcast_to(o["positions"], (self.sizes["b"], self.sizes["t"]))
        return np.broadcast_to(np.arange(self.sizes["t"]) + int(o.get("offset", o.get("at", 0))), (self.sizes["b"], self.sizes["t"]))

    def rotate(self, x, sign=1):
        """x with one more dimension in front."""
        o, count = self.options, self.options.get("rotary", self.sizes["d"])
        axes = [self.layout.index(c) + 1 for c in "btd" if c in self.layout]
        y = np.moveaxis(x, axes, range(-len(axes), 0)).copy()
        if "b" not in self.layout:
            y = y[..., None, :, :]
        for i in range(count // 2):
            frequency = o["frequencies"][i] if "frequencies" in o else o.get("theta", 1e4) ** (-2.0 * i / count)
            angle = (self.positions().astype(np.longdouble) * frequency / o.get("scaling", 1)).astype(np.longdouble) * sign
            cosine, sine = np.cos(angle).astype(float), np.sin(angle).astype(float)
            if "b" not in self.layout:
                cosine, sine = cosine[:1], sine[:1]
            first, second = (2 * i, 2 * i + 1) if "interleaved" in self.clauses else (i, i + count // 2)
            a, b = y[..., first].copy(), y[..., second].copy()
            y[..., first], y[..., second] = a * cosine - b * sine, b * cosine + a * sine
        if "b" not in self.layout:
            y = y[..., 0, :, :]
        return np.moveaxis(y, range(-len(axes), 0), axes)

    def expected(self):
        sign = -1 if "inverse" in self.clauses else 1
        units = np.eye(self.x.size).reshape((-1,) + self.x.shape)
        slope = (self.rotate(units, sign) * self.dy).reshape(self.x.size, -1).sum(1)
        return [self.rotate(self.x[None], sign)[0], slope.reshape(self.x.shape)]

    def type(self, shape, dtype, word):
        return "tensor<" + "".join(f"{'?' if c in self.free else n}x" for n, c in zip(shape, word)) + dtype + ">"

    def arguments(self, dtype):
        """Name, type, array and letters of each argument of the op."""
        found = [("x", self.type(self.x.shape, dtype, self.layout), self.x.astype(KINDS[dtype]), self.layout)]
        for n, value in self.extra.items():
            word = "bt"[2 - value.ndim:]
            found.append((n, self.type(value.shape, str(value.dtype).replace("int", "i"), word), value, word))
        return found

    def text(self, dtype, valued=False):
        given = self.arguments(dtype)
        cotangent = ("dy", given[0][1], self.dy.astype(KINDS[dtype]), self.layout)

        def attributes(type, array, word):
            named = ["nn.dims = [" + ", ".join(f'"{c}"' if c in self.free else '""' for c in word) + "]"] if "?" in type else []
            return " {" + ", ".join(named + ([f"nn.value = {dense(array, type)}"] if valued else [])) + "}" if named or valued else ""
        layout = "" if self.layout in ("bhtd", "td") else f'layout = "{self.layout}"'
        clauses = " ".join([layout, self.clauses] + [f"{n} = %{n}" for n in self.extra])
        types, result = ", ".join(type for _, type, _, _ in given), given[0][1]
        plain = ", ".join(f"%{n}: {type}" for n, type, _, _ in given)
        outer = ", ".join(f"%{n}: {type}{attributes(type, array, word)}" for n, type, array, word in given + [cotangent])
        return f"""
func.func private @f_{self.name}({plain}) -> {result} {{
  %y = nn.rope %x {clauses} : {types}
  return %y : {result}
}}
func.func @{self.name}({outer}) -> ({result}, {result}) {{
  %y, %dx = nn.vjp @f_{self.name}({", ".join("%" + n for n, _, _, _ in given)}) cotangents(%dy) wrt(0) : ({types}), ({result}) -> ({result}, {result})
  return %y, %dx : {result}, {result}
}}
"""

    def inputs(self, dtype):
        return [array for _, _, array, _ in self.arguments(dtype)] + [self.dy.astype(KINDS[dtype])]

    def check(self, where, actual, expected, tolerance):
        for name, got, want in zip(("y", "dx"), actual, expected):
            error = abs(np.asarray(got, "f8").reshape(want.shape) - want).max() / max(1, abs(want).max())
            report.check(f"{self.name} {where} {name}: error {error}", bool(error <= tolerance), True, 0)


far, each = np.arange(5, dtype=np.int64) * 7 + 999_983, np.array([[0, 1, 2, 3, 4], [-3, 9, 9, 1000, 2]], np.int32)
llama = dict(frequencies=[1.0, 0.5, 0.0625, 1e-4])
CASES = [
    Case("plain"), Case("free", free="bht"), Case("bthd", layout="bthd", free="bt"), Case("td", layout="td"), Case("dt", layout="dt"), Case("time_last", layout="bhdt", free="t"),
    Case("batches", layout="xtbhd"), Case("features_first", layout="dbht"), Case("inverse", "inverse"), Case("two", d=2), Case("wide", layout="bthd", d=64),
    Case("theta", "theta = 100", theta=100.0), Case("scaled", "theta = 5e5 scaling = 4", theta=5e5, scaling=4.0), Case("frequencies", "frequencies = [1, 0.5, 0.0625, 1e-4]", **llama),
    Case("offset", "offset = 7", at=7), Case("behind", "offset = -7", at=-7), Case("data", offset=np.int32(11)), Case("data_far", offset=np.int64(1_000_003), far=True, free="t"),
    Case("positions", positions=np.array([4, 4, 0, -1, 7], np.int32)), Case("positions_far", layout="bthd", positions=far, far=True), Case("positions_each", positions=each),
    Case("positions_bthd", layout="bthd", positions=each, free="bt"), Case("positions_interleaved", "interleaved", layout="bthd", positions=each.astype(np.int64)),
    Case("interleaved", "interleaved"), Case("interleaved_bthd", "interleaved inverse", layout="bthd", free="bt"), Case("interleaved_dt", "interleaved", layout="dt"),
    Case("interleaved_wide", "interleaved offset = 1000003", layout="bthd", d=64, at=1_000_003, far=True), Case("interleaved_time_last", "interleaved", layout="bhdt"),
    Case("part", "rotary = 4", rotary=4), Case("part_odd", "rotary = 6", d=7, rotary=6, free="bt"), Case("part_inverse", "rotary = 4 inverse", layout="bthd", d=16, rotary=4),
    Case("part_interleaved", "rotary = 2 interleaved", layout="bthd", rotary=2), Case("part_far", "rotary = 4 theta = 50 offset = 900001", rotary=4, theta=50.0, at=900_001, far=True),
    Case("narrow", layout="bthd", dtype="bf16"), Case("narrow_interleaved", "interleaved", layout="bthd", dtype="bf16"), Case("narrow_far", layout="bthd", dtype="bf16", positions=far, far=True),
]
found = evaluated(folder, "evaluated", "".join(case.text("f64", valued=True) for case in CASES))
module = Module(folder, "rope", "".join(case.text(case.dtype) for case in CASES))
for case in CASES:
    want = case.expected()
    case.check("evaluated", [found[case.name, i] for i in range(2)], want, 1e-9 if case.far else 1e-12)
    for level, results in module.call(case.name, case.inputs(case.dtype), 2):
        case.check(level, results, want, 4e-7 if case.dtype == "f32" else 2.0**-8)

# What is not rotated is not touched, whatever stands beside it; what is, is a matter of its pair alone.
beside = np.zeros((3, 6), np.float32)
beside[:, 4], beside[:, 5], beside[1, 0] = np.inf, np.nan, np.inf
module = Module(folder, "beside", """
func.func @half(%x: tensor<3x6xf32>) -> tensor<3x6xf32> {
  %y = nn.rope %x rotary = 4 : tensor<3x6xf32>
  return %y : tensor<3x6xf32>
}""")
for level, (y,) in module.call("half", [beside]):
    report.check(f"beside {level}", np.isfinite(y), [[True] * 4 + [False] * 2, [False, True, False, True, False, False], [True] * 4 + [False] * 2], 0)
report.end()
