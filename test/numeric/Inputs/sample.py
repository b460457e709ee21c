"""sample.py FOLDER: nn.sample against NumPy in f64, and how often it draws each class.

The classes are equal, not near: of these rows none has u so near to where one class ends and the next begins that rounding would tell.
"""
import sys

import numpy as np
from compiled import Module, Report

folder, report = sys.argv[1], Report()
random = np.random.default_rng(7)


def kept(weight, logits, k, p):
    if 0 < k < logits.size:
        weight = np.where(logits >= np.sort(logits)[-k], weight, 0)
    if p < 1:
        order = np.argsort(-weight, kind="stable")
        fewest = max(1, 1 + np.searchsorted(np.cumsum(weight[order]), p * weight.sum()))
        weight = np.where(weight >= weight[order[min(fewest, weight.size) - 1]], weight, 0)
    return weight


def draw(logits, bits, temperature=1.0, top_k=0, top_p=1.0, repetition_penalty=1.0, previous=()):
    logits = logits.astype("f8")
    seen = np.isin(np.arange(logits.size), previous)
    with np.errstate(invalid="ignore"):
        logits = np.where(seen, np.where(logits > 0, logits / repetition_penalty, logits * repetition_penalty), logits)
        weight = np.exp((logits - logits.max()) / (temperature if temperature > 0 else 1))
    if not temperature > 0 or not np.isfinite(weight.sum()):
        return np.argmax(logits)
    weight = kept(weight, logits, top_k, top_p)
    return np.searchsorted(np.cumsum(weight), (bits + 2.0**31 + 0.5) / 2.0**32 * weight.sum(), side="right")


OPTIONS = {"temperature": "f32", "top_k": "i32", "top_p": "f32", "repetition_penalty": "f32"}


class Case:
    """One use of the op; options in `given` are operands."""

    def __init__(self, name, shape, dtype="f32", given=(), previous=None, free=False, logits=None, **options):
        self.name, self.shape, self.dtype, self.given, self.free, self.options = name, shape, dtype, given, free, options
        self.logits = np.float32(random.standard_normal(shape) * 3) if logits is None else np.float32(logits)
        if dtype == "bf16":
            self.logits = np.round(self.logits * 8) / 8
        self.bits = random.integers(-2**31, 2**31, shape[:-1]).astype("i4")
        self.previous = None if previous is None else random.integers(-1, shape[-1] + 1, shape[:-1] + (previous,)).astype("i4")

    def type(self, array, dtype):
        return "tensor<" + "".join(f"{'?' if self.free and axis == 0 and array.ndim else n}x" for axis, n in enumerate(array.shape)) + dtype + ">"

    def arguments(self):
        found = [("x", self.logits.astype("f8" if self.dtype == "f64" else "f4"), self.dtype), ("bits", self.bits, "i32")]
        if self.previous is not None:
            found.append(("previous", self.previous, "i32"))
        return found + [(n, np.array(self.options[n], OPTIONS[n][0] + "4"), OPTIONS[n]) for n in OPTIONS if n in self.given]

    def text(self):
        given = self.arguments()
        named = {n: " {nn.dims = [" + ", ".join(['"n"'] + ['""'] * (a.ndim - 1)) + "]}" if self.free and a.ndim else "" for n, a, _ in given}
        arguments = ", ".join(f"%{n}: {self.type(a, t)}{named[n]}" for n, a, t in given)
        clauses = " ".join(f"{n} = {'%' + n if n in self.given else value}" for n, value in self.options.items())
        clauses += " previous = %previous" if self.previous is not None else ""
        result = self.type(self.bits, "i32")
        return f"""
func.func @{self.name}({arguments}) -> {result} {{
  %y = nn.sample %x, %bits {clauses} : {", ".join(self.type(a, t) for _, a, t in given)}
  return %y : {result}
}}"""

    def expected(self):
        rows, previous = self.logits.reshape(-1, self.shape[-1]), () if self.previous is None else self.previous.reshape(self.bits.size, -1)
        return np.array([draw(row, self.bits.flat[i], **self.options, **({"previous": previous[i]} if len(previous) else {}))
                         for i, row in enumerate(rows)]).reshape(self.bits.shape)


every, wide = tuple(OPTIONS), (2, 3, 50257)
ties = [[1, 2, 2, 0], [0, -0.0, 0, -1], [-np.inf] * 4, [np.nan, 1, 2, 3], [1, np.inf, 0, np.inf], [-np.inf, 3, -np.inf, 3]]
CASES = [
    Case("plain", (64, 19)), Case("vector", (19,)), Case("one_class", (5, 1)), Case("wide", wide), Case("exact", (64, 300), "f64"), Case("narrow", (64, 40), "bf16"),
    Case("cold", (6, 19), temperature=0), Case("cool", (64, 19), temperature=0.3), Case("data_cold", (3, 19), given=every[:1], temperature=0.0),
    Case("data_below", (3, 19), given=every[:1], temperature=-1.0), Case("data_hot", (64, 19), given=every[:1], temperature=2.5, free=True),
    Case("k", (64, 19), top_k=3), Case("k_one", (64, 19), top_k=1), Case("k_all", (64, 19), top_k=19), Case("k_wide", wide, top_k=40),
    Case("k_data", (64, 19), given=("top_k",), top_k=5, free=True), Case("k_off", (64, 19), given=("top_k",), top_k=0), Case("k_more", (64, 19), given=("top_k",), top_k=100),
    Case("k_negative", (64, 19), given=("top_k",), top_k=-3), Case("k_ties", (6, 4), logits=ties, top_k=2), Case("k_first", (6, 4), logits=ties, top_k=1),
    Case("p", (64, 19), top_p=0.6), Case("p_none", (64, 19), top_p=0), Case("p_data", (64, 19), given=("top_p",), top_p=0.9), Case("p_off", (64, 19), given=("top_p",), top_p=1.5),
    Case("p_wide", wide, top_p=0.9), Case("p_ties", (6, 4), logits=ties, top_p=0.3), Case("p_exact", (64, 300), "f64", top_p=0.7, top_k=50),
    Case("all", (64, 19), temperature=0.8, top_k=7, top_p=0.7), Case("again", (64, 19), repetition_penalty=1.7, previous=6), Case("again_none", (4, 19), repetition_penalty=1.7, previous=0),
    Case("again_vector", (19,), repetition_penalty=3, previous=9, temperature=0),
    Case("all_data", (64, 19), "bf16", every, 5, True, temperature=0.9, top_k=9, top_p=0.8, repetition_penalty=1.3),
    Case("all_wide", wide, given=every, previous=50, free=True, temperature=0.7, top_k=1000, top_p=0.9, repetition_penalty=1.5),
]
# A row is drawn by its own number, wherever it stands; and by numbers that are made in the model each class as often as it weighs.
EXTRA = """
func.func @frequencies(%x: tensor<16xf32>, %seed: tensor<i64>, %step: tensor<i64>) -> tensor<20000xi32> {
  %bits = nn.rng_bits %seed, %step stream = 5 : tensor<i64>, tensor<i64> -> tensor<20000xi32>
  %rows = nn.broadcast %x dims = [1] : tensor<16xf32> -> tensor<20000x16xf32>
  %y = nn.sample %rows, %bits temperature = 0.5 : tensor<20000x16xf32>, tensor<20000xi32>
  return %y : tensor<20000xi32>
}"""
module = Module(folder, "sample", "".join(case.text() for case in CASES) + EXTRA)
for case in CASES:
    for level, (found,) in module.call(case.name, [array for _, array, _ in case.arguments()]):
        report.check(f"{case.name} {level}", found, case.expected(), 0)

case = next(case for case in CASES if case.name == "k_data")
for level, (alone,) in module.call("k_data", [case.logits[5:6], case.bits[5:6], np.int32(5)]):
    report.check(f"alone {level}", alone, case.expected()[5:6], 0)
x = np.float32(np.linspace(-1, 1, 16))
weight = np.exp(x.astype("f8") / 0.5)
for level, (found,) in module.call("frequencies", [x, np.int64(3), np.int64(11)]):
    wanted = weight / weight.sum() * found.size
    square = ((np.bincount(found, minlength=16) - wanted) ** 2 / wanted).sum()
    report.check(f"chi square of 15 degrees below 37.7, 1 in 1000: {square} {level}", square < 37.7, True, 0)
report.end()
