"""chains.py FOLDER: attention and its derivatives over more rows and keys than a block has, fused (-O3) against one kernel an op (-O0), which
attention.py compares with NumPy.

Both round every op; fused sums of products are in another order. An error is relative to the largest number of a result, or to 1: in f32
2e-5, some hundred roundings of sums of up to 300 products; in f64 4e-14.
"""
import sys

import numpy as np
from compiled import Module, Report

folder, report = sys.argv[1], Report()


class Case:
    """layout of q, k and v; sizes of batch, heads of q and k, queries, keys, features of q and v; free: the letters that run time tells."""

    def __init__(self, name, clauses, layout="bhtd", b=2, h=3, kh=None, t=64, s=None, d=16, e=None, free="", dtype="f32", **operands):
        self.name, self.clauses, self.layout, self.free, self.dtype, self.operands = name, clauses, layout, free, dtype, operands
        self.sizes = {"b": b, "h": h, "k": kh or h, "t": t, "s": s or t, "d": d, "e": e or d}

    def type(self, word):
        shape = ["?" if c in self.free else str(self.sizes[c]) for c in word]
        return f"tensor<{'x'.join(shape + [self.dtype])}>"

    def text(self):
        q, k = self.layout, self.layout.replace("t", "s").replace("h", "k")
        v, y, rows = k.replace("d", "e"), q.replace("d", "e"), q.replace("d", "")
        arguments = [("q", q), ("k", k), ("v", v)]
        self.words = dict(arguments, dy=y, dl=rows)
        types = {n: self.type(word) for n, word in self.words.items()}
        for n, shape in self.operands.items():
            types[n] = f"tensor<{shape}>"
        names = ["q", "k", "v", *self.operands]
        dims = {n: " {nn.dims = [" + ", ".join(f'"{c}"' if c in self.free else '""' for c in word) + "]}" if set(word) & set(self.free) else ""
                for n, word in self.words.items()}
        clauses = " ".join([f'layout = "{self.layout}"', self.clauses] + [f"{n} = %{n}" for n in self.operands])
        signature = ", ".join(f"%{n}: {types[n]}" for n in names)
        outer = ", ".join(f"%{n}: {types[n]}{dims.get(n, '')}" for n in names + ["dy", "dl"])
        wrt = [n for n in names if n in ("q", "k", "v", "bias")]
        results = f"{types['dy']}, {types['dl']}"
        all_results = ", ".join([results] + [types[n] for n in wrt])
        values = ", ".join(f"%r{i}" for i in range(2 + len(wrt)))
        self.results = 2 + len(wrt)
        listed = ", ".join(types[n] for n in names)
        return f"""
func.func private @f_{self.name}({signature}) -> ({results}) {{
  %seed = nn.constant 7 : tensor<i64>  %step = nn.constant 3 : tensor<i64>
  %y, %l = nn.attention %q, %k, %v {clauses} lse : {listed}
  return %y, %l : {results}
}}
func.func @{self.name}({outer}) -> ({all_results}) {{
  {values} = nn.vjp @f_{self.name}({", ".join("%" + n for n in names)}) cotangents(%dy, %dl) wrt({", ".join(str(names.index(n)) for n in wrt)}) : ({listed}), ({results}) -> ({all_results})
  return {values} : {all_results}
}}
func.func @{self.name}_y({", ".join(f"%{n}: {types[n]}{dims.get(n, '')}" for n in names)}) -> ({types['dy']}) {{
  %seed = nn.constant 7 : tensor<i64>  %step = nn.constant 3 : tensor<i64>
  %y = nn.attention %q, %k, %v {clauses} : {listed}
  return %y : {types['dy']}
}}
"""

    def inputs(self):
        random = np.random.default_rng(len(self.name))
        arrays = []
        for n in ("q", "k", "v", *self.operands, "dy", "dl"):
            shape = [self.sizes[c] for c in self.words[n]] if n in self.words else [int(w) for w in self.operands[n].split("x")[:-1]]
            if n == "mask":
                arrays.append(random.random(shape) < 0.7)
            elif n == "lengths":
                arrays.append(random.integers(1, self.sizes["s"], shape).astype("i4"))
            else:
                arrays.append(random.standard_normal(shape).astype({"f32": "f4", "f64": "f8"}[self.dtype]))
        return arrays

    def check(self, module):
        arrays = self.inputs()
        tolerance = 2e-5 if self.dtype == "f32" else 4e-14
        for entry, given, count in ((self.name, arrays, self.results), (self.name + "_y", arrays[:-2], 1)):
            found = {level: results for level, results in module.call(entry, given, count)}
            for number, (want, got) in enumerate(zip(found["-O0"], found["-O3"])):
                finite = np.isfinite(want)
                error = abs(np.where(finite, got, 0) - np.where(finite, want, 0)).max(initial=0) / max(1, abs(want[finite]).max(initial=0))
                report.check(f"{entry} result {number}: error {error}", bool(error <= tolerance) and (got[~finite] == want[~finite]).all(), True, 0)


DROPOUT = "dropout = 0.25 seed %seed step %step stream = 17"
CASES = [Case(f"causal_{t}_{s}", "causal", t=t, s=s) for t, s in [(16, 16), (64, 64), (65, 65), (128, 128), (37, 130), (197, 70), (257, 257)]]
CASES += [Case(f"full_{t}_{s}", "", "bthd", t=t, s=s, d=d, e=e) for t, s, d, e in [(16, 300, 8, 24), (33, 64, 20, 12), (130, 66, 40, 64), (100, 129, 7, 9)]]
CASES += [
    Case("free", "causal", "bthd", t=100, free="bts"), Case("free_short", "", t=5, s=9, free="bts"), Case("free_queries", "causal", t=70, s=64, free="t"),
    Case("free_keys", "causal offset = 3", t=64, s=90, free="s"), Case("free_whole", "causal", t=128, free="bts"), Case("heads_free", "", t=48, free="b", h=1),
    Case("window", "causal window = 20", t=150), Case("window_open", "window = 40 offset = -10", t=150, s=180), Case("capped", "soft_cap = 2 scale = 0.5", t=70),
    Case("grouped", "causal", "bthd", h=6, kh=2, t=72), Case("shared", "causal", "bthd", h=4, kh=1, t=66), Case("grouped_free", "causal", h=4, kh=2, t=72, free="bts"),
    Case("masked", "", t=80, mask="2x1x1x80xi1"), Case("lengths", "causal", "bthd", t=80, lengths="2xi32"), Case("biased", "causal", t=64, bias="3x64x64xf32"),
    Case("dropped", "causal " + DROPOUT, "bthd", t=72), Case("flat", "causal", "btd", t=90), Case("double", "causal", t=100, dtype="f64"),
    Case("double_free", "causal window = 50", "bthd", t=100, free="bts", dtype="f64"), Case("one_head", "causal", b=1, h=1, t=130), Case("tbhd", "", "tbhd", t=50),
    Case("transposed", "causal", "bhdt", t=80),
    # A few queries, as when tokens are generated, which read keys where they lie.
    Case("one", "causal offset = 40", t=1, s=150), Case("two", "causal offset = 70 window = 30", "bthd", t=2, s=150), Case("three_full", "", "bthd", t=3, s=64),
    Case("four", "causal offset = 9", "bhdt", t=4, s=70), Case("one_lengths", "", "bthd", t=1, s=130, lengths="2xi32"), Case("one_masked", "", t=1, s=80, mask="2x1x1x80xi1"),
    Case("one_grouped", "causal offset = 99", "bthd", h=6, kh=2, t=1, s=130), Case("one_free", "causal offset = 40", "bthd", t=1, s=150, free="t"),
    Case("one_all_free", "causal offset = 40", t=1, s=150, free="bts"), Case("one_double", "causal offset = 33", t=1, s=100, dtype="f64"),
    Case("one_of_many", "causal offset = 40", "bthd", b=5, h=9, t=1, s=70), Case("three_of_many", "", "bthd", b=4, h=7, t=3, s=50),
    Case("one_long", "causal offset = 1500", "bthd", b=1, t=1, s=1700), Case("two_dropped", DROPOUT, t=2, s=40),
    Case("two_lone", "causal offset = 9", "td", t=2, s=40), Case("one_lone", "", "td", t=1, s=20, free="t"), Case("one_lone_free", "causal offset = 30", "td", t=1, s=40, free="ts"),
    Case("four_wide", "causal offset = 30 soft_cap = 3", "bthd", t=4, s=66, d=20, e=12),
]
T = "tensor<2x40x2x16xf64>"
SECOND = f"""
func.func private @f(%q: {T}, %k: {T}, %v: {T}) -> {T} {{
  %y = nn.attention %q, %k, %v layout = bthd causal : {T}
  return %y : {T}
}}
func.func private @gradients(%q: {T}, %k: {T}, %v: {T}, %dy: {T}) -> ({T}, {T}, {T}) {{
  %y, %dq, %dk, %dv = nn.vjp @f(%q, %k, %v) cotangents(%dy) wrt(0, 1, 2) : ({T}, {T}, {T}), ({T}) -> ({T}, {T}, {T}, {T})
  return %dq, %dk, %dv : {T}, {T}, {T}
}}
func.func @second(%q: {T}, %k: {T}, %v: {T}, %dy: {T}, %a: {T}, %b: {T}, %c: {T}) -> ({", ".join([T] * 4)}) {{
  %r:7 = nn.vjp @gradients(%q, %k, %v, %dy) cotangents(%a, %b, %c) wrt(0, 1, 2, 3) : ({T}, {T}, {T}, {T}), ({T}, {T}, {T}) -> ({", ".join([T] * 7)})
  return %r#3, %r#4, %r#5, %r#6 : {", ".join([T] * 4)}
}}
"""
module = Module(folder, "chains", "".join(case.text() for case in CASES) + SECOND)
for case in CASES:
    case.check(module)
numbers = np.random.default_rng(1).standard_normal((7, 2, 40, 2, 16))
second = {level: results for level, results in module.call("second", list(numbers), 4)}
for want, got in zip(second["-O0"], second["-O3"]):
    report.check("second derivatives", bool(abs(got - want).max() <= 4e-14 * max(1, abs(want).max())), True, 0)
report.end()
