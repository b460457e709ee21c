"""attention.py FOLDER: nn.attention and its derivatives against NumPy, one query at a time: compiled in f32 at -O0 and -O3, and evaluated in f64.

The reference is written for complex numbers, so that a derivative is the imaginary part of the result for an imaginary step of
1e-30: exact to rounding, without a rule. An error is relative to the largest number of a result, or to 1: in f32 5e-6, which is
some 40 roundings of sums of at most 20 products and an exponential; in f64 1e-12; in bf16, whose results are rounded once, 2^-8.
"""
import sys

import numpy as np
from compiled import Module, Report
from evaluated import dense, evaluated

INF = np.inf
folder, report = sys.argv[1], Report()


class Case:
    """One use of the op: its clauses, the sizes of the letters of its layout, and what the clauses name."""

    def __init__(self, name, clauses="", layout="bhtd", sizes=(), dynamic="", **operands):
        self.name, self.clauses, self.dynamic, self.operands = name, clauses, dynamic, operands
        words = [word.strip() for word in layout.split(",")]
        self.words = words * 3 if len(words) == 1 else words
        self.sizes = dict({"b": 2, "x": 2, "h": 4, "t": 3, "s": 5, "d": 4, "e": 3, "k": 4}, **dict(sizes))
        self.layout = "" if layout in ("bhtd", "td") else f'layout = "{layout}"'
        random = np.random.default_rng(len(name))
        letters = [self.words[0], self.words[1].replace("t", "s").replace("h", "k"), self.words[2].replace("t", "s").replace("h", "k").replace("d", "e")]
        self.letters = dict(zip("qkv", letters))
        self.values = {n: np.round(random.standard_normal([self.sizes[c] for c in word]) * 8) / 8 for n, word in self.letters.items()}
        for n, value in operands.items():
            if n in ("bias", "mask", "lengths", "offset"):
                self.values[n] = np.array(value(self, random) if callable(value) else value)
        if operands.get("poison"):  # beyond the lengths anything may be
            for n in "kv":
                at = np.moveaxis(self.values[n], [letters["qkv".index(n)].index(c) for c in "bs"], [0, 1])
                for row, length in enumerate(self.values["lengths"]):
                    at[row, max(length, 0):] = np.nan
        self.result = self.words[0].replace("d", "e")
        self.dy = np.round(random.standard_normal([self.sizes[c] for c in self.result]) * 8) / 8
        self.rows = self.words[0].replace("d", "")
        self.dl = np.round(random.standard_normal([self.sizes[c] for c in self.rows]) * 8) / 8
        self.lse = operands.get("lse", False)
        self.wrt = ["q", "k", "v"] + (["bias"] if "bias" in self.values else [])
        self.keep, self.dtype = None, operands.get("dtype", "f32")

    def scores_shape(self):
        batch = [self.sizes[c] for c in self.words[0] if c not in "htd"]
        return batch + ([self.sizes["h"]] if "h" in self.words[0] else []) + [self.sizes["t"], self.sizes["s"]]

    # ---- What it should be -----------------------------------------------------------------------

    def reference(self, values):
        """y and lse in q's order, of complex numbers; every array has one more dimension in front, of steps that are taken."""
        o = self.operands
        batch = [c for c in self.words[0] if c not in "htd"]

        def canonical(n, time, features, heads):
            x = values[n].transpose([0] + [1 + self.letters[n].index(c) for c in batch + [c for c in heads if c in self.letters[n]] + [time, features]])
            return x.reshape((len(x), -1, 1 if x.ndim == len(batch) + 3 else x.shape[-3]) + x.shape[-2:])
        q, k, v = canonical("q", "t", "d", "h"), canonical("k", "s", "d", "k"), canonical("v", "s", "e", "k")
        full, rows, keys = self.scores_shape(), q.shape[1:4], k.shape[3]

        def wide(n, default):
            x = values.get(n, np.array([default]))
            x = x.reshape((len(x),) + (1,) * (len(full) + 1 - x.ndim) + x.shape[1:])
            return np.broadcast_to(x, [len(x)] + full).reshape((len(x),) + rows + (keys,))
        bias, mask = wide("bias", 0.0), wide("mask", True)[0]
        lengths = values["lengths"][0].reshape(-1) if "lengths" in values else np.full(rows[0], keys)
        keep = np.ones(bias.shape[1:]) if self.keep is None else self.keep.reshape(bias.shape[1:])
        offset, window = int(values["offset"][0] if "offset" in values else o.get("at", 0)), o.get("window", 10**9)
        scale, steps = o.get("scale", 1 / np.sqrt(q.shape[4])), max(len(x) for x in (q, k, v, bias))
        y, lse = np.zeros((steps,) + rows + v.shape[4:], complex), np.full((steps,) + rows, -INF, complex)
        for b, h, i in np.ndindex(*rows):
            kv = h // (rows[1] // k.shape[2])
            seen = [j for j in range(keys) if mask[b, h, i, j] and j < lengths[b] and (not o.get("causal") or j <= i + offset) and j > i + offset - window
                    and bias[0, b, h, i, j].real > -INF]
            if not seen:
                continue
            s = (k[:, b, kv, seen] * q[:, b, h, i, None]).sum(-1) * scale
            s = o["cap"] * np.tanh(s / o["cap"]) if "cap" in o else s
            s = s + bias[:, b, h, i, seen]
            top = s.real.max()
            e = np.exp(s - top)
            lse[:, b, h, i] = top + np.log(e.sum(-1))
            y[:, b, h, i] = ((e / e.sum(-1, keepdims=True) * keep[b, h, i, seen])[..., None] * v[:, b, kv, seen]).sum(1)
        letters = batch + (["h"] if "h" in self.words[0] else []) + ["t"]
        lead = [steps] + [self.sizes[c] for c in letters]
        y = y.reshape(lead + [self.sizes["e"]]).transpose([0] + [1 + (letters + ["e"]).index(c) for c in self.result])
        return y, lse.reshape(lead).transpose([0] + [1 + letters.index(c) for c in self.rows])

    def expected(self):
        clean = {n: (np.nan_to_num(x) if n in "kv" else x)[None] for n, x in self.values.items()}
        y, lse = self.reference(clean)
        results = [y[0].real] + ([lse[0].real] if self.lse else [])
        for n in self.wrt:
            steps = np.eye(clean[n].size).reshape((-1,) + clean[n].shape[1:]) * 1e-30j
            y, lse = self.reference(dict(clean, **{n: np.where(clean[n] == -INF, clean[n], clean[n] + steps)}))
            slope = (y * self.dy).reshape(len(y), -1).sum(1)
            if self.lse:
                slope = slope + (np.where(lse.real == -INF, 0, lse) * self.dl).reshape(len(y), -1).sum(1)
            results.append(slope.imag.reshape(clean[n].shape[1:]) / 1e-30)
        return results

    # ---- What it is ------------------------------------------------------------------------------

    def type(self, shape, dtype, word=""):
        return "tensor<" + "".join(f"{'?' if c in self.dynamic else n}x" for n, c in zip(shape, word or " " * len(shape))) + dtype + ">"

    def arguments(self, dtype):
        """Name, type and array of each argument."""
        found = []
        for n, value in self.values.items():
            kind = {"mask": "i1", "lengths": "i32", "offset": str(value.dtype).replace("int", "i")}.get(n, dtype)
            word = self.letters.get(n, "b" if n == "lengths" else "")
            array = value.astype({"f32": "f4", "bf16": "f4", "f64": "f8", "i1": "?", "i32": "i4", "i64": "i8"}[kind])
            found.append((n, self.type(value.shape, kind, word), array, word))
        return found

    def text(self, dtype, valued=False):
        given = self.arguments(dtype)
        cotangents = [("dy", self.type(self.dy.shape, dtype, self.result), self.dy.astype(given[0][2].dtype), self.result)]
        if self.lse:
            cotangents.append(("dl", self.type(self.dl.shape, dtype, self.rows), self.dl.astype(given[0][2].dtype), self.rows))

        def attributes(type, array, word):
            named = ['nn.dims = [' + ", ".join(f'"{c}"' if c in self.dynamic else '""' for c in word) + "]"] if "?" in type else []
            return " {" + ", ".join(named + ([f"nn.value = {dense(array, type)}"] if valued else [])) + "}" if named or valued else ""
        types = {n: type for n, type, _, _ in given}
        clauses = [self.layout, self.clauses] + [f"{n} = %{n}" for n in ("bias", "mask", "lengths", "offset") if n in types] + ["lse"] * self.lse
        plain = ", ".join(f"%{n}: {type}" for n, type, _, _ in given)
        outer = ", ".join(f"%{n}: {type}{attributes(type, array, word)}" for n, type, array, word in given + cotangents)
        results = [cotangent[1] for cotangent in cotangents]
        gradients = [types[n] for n in self.wrt]
        key = "  %seed = nn.constant 7 : tensor<i64>  %step = nn.constant 3 : tensor<i64>\n" if "seed" in self.clauses else ""
        names = [f"%r{i}" for i in range(len(results))]
        order = [types[n] for n in ("q", "k", "v", "bias", "mask", "lengths", "offset") if n in types]
        operand_types = f"({', '.join(t for _, t, _, _ in given)})"
        return f"""
func.func private @f_{self.name}({plain}) -> ({", ".join(results)}) {{
{key}  {", ".join(names)} = nn.attention %q, %k, %v {" ".join(clause for clause in clauses if clause)} : {", ".join(order)}
  return {", ".join(names)} : {", ".join(results)}
}}
func.func @{self.name}({outer}) -> ({", ".join(results + gradients)}) {{
  {", ".join(names + ["%d" + n for n in self.wrt])} = nn.vjp @f_{self.name}({", ".join("%" + n for n in types)}) cotangents({", ".join("%" + c[0] for c in cotangents)}) wrt({", ".join(str(list(types).index(n)) for n in self.wrt)}) : {operand_types}, ({", ".join(results)}) -> ({", ".join(results + gradients)})
  return {", ".join(names + ["%d" + n for n in self.wrt])} : {", ".join(results + gradients)}
}}
"""

    def inputs(self, dtype):
        arrays = [array for _, _, array, _ in self.arguments(dtype)]
        return arrays + [self.dy.astype(arrays[0].dtype)] + ([self.dl.astype(arrays[0].dtype)] if self.lse else [])

    def check(self, where, actual, expected, tolerance):
        names = ["y"] + ["lse"] * self.lse + ["d" + n for n in self.wrt]
        for name, got, want in zip(names, actual, expected):
            got = np.asarray(got, "f8").reshape(want.shape)
            finite = want != -INF
            with np.errstate(all="ignore"):
                error = abs(np.where(finite, got - want, 0)).max(initial=0) / max(1, abs(np.where(finite, want, 0)).max(initial=0))
            report.check(f"{self.name} {where} {name}: error {error}", bool(error <= tolerance) and (got[~finite] == -INF).all(), True, 0)


def numbers(*shape):
    return lambda case, random: np.round(random.standard_normal(shape) * 8) / 8


def some(*shape):
    return lambda case, random: random.random(shape) < 0.6


def blind(case, random):
    """A mask by which a query sees nothing."""
    mask = random.random((2, 4, 3, 5)) < 0.5
    mask[1, 2, 0] = False
    return mask


def gone(case, random):
    """A bias of which a row is -inf."""
    bias = np.round(random.standard_normal((4, 3, 5)) * 8) / 8
    bias[2, 1], bias[0, 0, 1] = -INF, -INF
    return bias


all_of = dict(causal=True, at=2, window=3, cap=3.0, scale=0.75, bias=numbers(4, 1, 5), mask=some(2, 1, 3, 5), lengths=np.array([5, 2]), lse=True)
ALL = "causal offset = 2 window = 3 soft_cap = 3 scale = 0.75"
square, few, one = {"t": 5}, {"k": 2}, {"k": 1}
CASES = [
    Case("plain"), Case("plain_free", dynamic="bts", lse=True), Case("features_free", dynamic="de", sizes={"e": 4}), Case("heads_free", dynamic="hk"),
    Case("causal", "causal", sizes=square, causal=True, lse=True), Case("causal_free", "causal", sizes=square, dynamic="bts", causal=True),
    Case("causal_wide", "causal", causal=True), Case("causal_tall", "causal", sizes={"t": 5, "s": 3}, causal=True),
    Case("ahead", "causal offset = 2", causal=True, at=2), Case("behind", "causal offset = -2", causal=True, at=-2, lse=True),
    Case("cached", "causal", causal=True, offset=np.int32(1)), Case("cached_free", "causal", dynamic="ts", causal=True, offset=np.int64(-2), lse=True),
    Case("window", "causal window = 2", sizes=square, causal=True, window=2), Case("window_past", "causal window = 2", sizes={"t": 5, "s": 3}, causal=True, window=2),
    Case("window_open", "window = 2", sizes=square, window=2), Case("window_free", "causal window = 2", sizes={"t": 5, "s": 3}, dynamic="ts", causal=True, window=2),
    Case("window_cached", "causal window = 2", causal=True, window=2, offset=np.int64(4), lse=True),
    Case("scaled", "scale = 0.25", scale=0.25), Case("unscaled", "scale = 1", scale=1.0), Case("capped", "soft_cap = 0.5", cap=0.5),
    Case("bias", bias=numbers(2, 4, 3, 5)), Case("bias_row", bias=numbers(5)), Case("bias_heads", bias=numbers(4, 1, 5), lse=True), Case("bias_free", dynamic="b", bias=numbers(1, 4, 3, 5)),
    Case("bias_gone", bias=gone, lse=True), Case("mask", mask=some(3, 5)), Case("mask_blind", mask=blind, lse=True), Case("mask_batch", mask=some(2, 1, 1, 5)),
    Case("lengths", lengths=np.array([5, 2]), poison=True), Case("lengths_none", lengths=np.array([0, 3]), poison=True, lse=True),
    Case("lengths_time", layout="tbhd", lengths=np.array([-1, 9]), lse=True), Case("lengths_free", dynamic="bts", lengths=np.array([1, 4]), poison=True),
    Case("all", ALL, **all_of), Case("all_free", ALL, dynamic="bts", **all_of), Case("all_bthd", ALL, "bthd", **all_of),
    Case("bthd", "causal", "bthd", causal=True, lse=True), Case("mixed", "causal", "bthd, bhtd, bdth", causal=True), Case("tbhd", layout="tbhd", lse=True), Case("btd", layout="btd", bias=numbers(3, 5)),
    Case("xbthd", layout="xtbhd", bias=numbers(2, 1, 1, 3, 5)), Case("td", "causal", "td", causal=True), Case("dt", "", "dt, td, td", lse=True),
    Case("grouped", "causal", sizes=few, causal=True, lse=True), Case("grouped_bthd", "causal", "bthd", few, bias=numbers(4, 3, 5), causal=True, lse=True),
    Case("grouped_all", ALL, "bthd", few, "bts", **all_of), Case("shared", "causal", sizes=one, causal=True, lse=True), Case("shared_bthd", ALL, "bthd", one, **all_of),
    Case("shared_word", "causal", "bthd, btd, btd", one, causal=True, mask=blind, lse=True), Case("shared_free", "", sizes=one, dynamic="hb"),
    Case("dropped", "dropout = 0.25 seed %seed step %step stream = 17", rate=0.25), Case("dropped_bthd", "causal dropout = 0.25 seed %seed step %step stream = 17", "bthd", few, rate=0.25, causal=True, lse=True),
    Case("inference", "dropout = 0.25"), Case("narrow", ALL, "bthd", few, dtype="bf16", **dict(all_of, lse=False)),
]


def kept(cases):
    """What nn.dropout keeps, scaled, of ones in the shape of the scores."""
    text, dropped = "", [case for case in cases if "rate" in case.operands]
    for case in dropped:
        t = case.type(case.scores_shape(), "f32")
        text += f"""
func.func @{case.name}() -> {t} {{
  %seed = nn.constant 7 : tensor<i64>  %step = nn.constant 3 : tensor<i64>  %x = nn.constant 1 : {t}
  %y = nn.dropout %x rate = {case.operands['rate']} seed %seed step %step stream = 17 : {t}
  return %y : {t}
}}"""
    module = Module(folder, "kept", text)
    for case in dropped:
        case.keep = (next(iter(module.call(case.name, [])))[1][0] != 0) / (1 - case.operands["rate"])


kept(CASES)
found = evaluated(folder, "evaluated", "".join(case.text("f64", valued=True) for case in CASES))
module = Module(folder, "attention", "".join(case.text(case.dtype) for case in CASES))
for case in CASES:
    want = case.expected()
    shapes = [x.size for x in want]
    got = [found[case.name, i] if found[case.name, i].size == n else np.full(n, found[case.name, i][0]) for i, n in enumerate(shapes)]
    case.check("evaluated", got, want, 1e-12)
    for level, results in module.call(case.name, case.inputs(case.dtype), len(want)):
        case.check(level, results, want, 5e-6 if case.dtype == "f32" else 2.0**-8)
report.end()
