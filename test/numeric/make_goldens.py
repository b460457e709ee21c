#!/usr/bin/python3
"""Writes <op>.mlir beside this file: every composite op against PyTorch in double precision.

Run it with Debian's python3-torch (1.13); the tests themselves need no Python. Each function of a written file evaluates one
op on stored inputs and compares with the stored result: true if every element is equal, or both are NaN, or
|difference| <= tolerance * max(1, |expected|).
"""
import math
import os
import struct

import torch
import torch.nn.functional as F

torch.manual_seed(20)
HERE = os.path.dirname(os.path.abspath(__file__))
INF, NAN = math.inf, math.nan

PRELUDE = """
func.func private @close(%y: tensor<?xf64>, %expected: tensor<?xf64>) -> tensor<i1> {{
  %n = nn.dim %y, 0 : tensor<?xf64>
  %tolerance = nn.constant dense<{tolerance}> : tensor<f64>
  %one = nn.constant dense<1.0> : tensor<f64>
  %tolerances = nn.broadcast %tolerance [%n] dims = [] : tensor<f64> -> tensor<?xf64>
  %ones = nn.broadcast %one [%n] dims = [] : tensor<f64> -> tensor<?xf64>
  %difference = nn.sub %y, %expected : tensor<?xf64>
  %distance = nn.abs %difference : tensor<?xf64>
  %magnitude = nn.abs %expected : tensor<?xf64>
  %scale = nn.max %magnitude, %ones : tensor<?xf64>
  %bound = nn.mul %tolerances, %scale : tensor<?xf64>
  %near = nn.compare le %distance, %bound : tensor<?xf64>
  %equal = nn.compare eq %y, %expected : tensor<?xf64>
  %nan = nn.compare ne %y, %y : tensor<?xf64>
  %expectedNan = nn.compare ne %expected, %expected : tensor<?xf64>
  %bothNan = nn.and %nan, %expectedNan : tensor<?xi1>
  %a = nn.or %near, %equal : tensor<?xi1>
  %ok = nn.or %a, %bothNan : tensor<?xi1>
  %all = nn.reduce and %ok dims = [0] : tensor<?xi1>
  return %all : tensor<i1>
}}
"""

DTYPES = {torch.float64: "f64", torch.float32: "f32", torch.bfloat16: "bf16", torch.float16: "f16",
          torch.int64: "i64", torch.int32: "i32"}


def type_of(tensor, dtype=None):
    return "tensor<" + "".join(f"{size}x" for size in tensor.shape) + (dtype or DTYPES[tensor.dtype]) + ">"


def number(value, dtype):
    if dtype.startswith("i"):
        return str(value)
    if math.isfinite(value):
        return repr(float(value)) if "." in repr(float(value)) else repr(float(value)).replace("e", ".0e")
    if dtype == "f64":
        return "0x%016X" % struct.unpack("<Q", struct.pack("<d", value))[0]
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return "0x%08X" % bits if dtype == "f32" else "0x%04X" % (bits >> 16)


def dense(tensor):
    dtype = DTYPES[tensor.dtype]

    def text(x):
        return number(x, dtype) if not isinstance(x, list) else "[" + ", ".join(text(y) for y in x) + "]"

    return f"dense<{text(tensor.tolist())}> : {type_of(tensor)}"


def statement(text):
    """An op is the value of %result; a text that begins with a value defines it."""
    return text if text.startswith("%") else "%result = " + text


class File:
    """One test file; each case is one public function."""

    def __init__(self, op, reference, tolerance="1.0e-12", mode="", note=""):
        self.op, self.reference, self.tolerance, self.mode = op, reference, tolerance, mode
        self.note = note or "Both sides compute in double precision."
        self.cases = []

    def case(self, inputs, text, expected, comment="", dynamic=()):
        """inputs: {name: tensor}; text: the op, with {name} for the types; dynamic: inputs whose first dimension becomes `?`."""
        expected = expected.detach()
        types = {name: type_of(x) for name, x in inputs.items()}
        for name in dynamic:
            types[name] = types[name].replace("tensor<" + str(inputs[name].shape[0]), "tensor<?", 1)
        arguments = [f"%{name}: {types[name]} {{nn.value = {dense(x)}}}" for name, x in inputs.items()]
        arguments.append(f"%expected: {type_of(expected, 'f64')} {{nn.value = {dense(expected.double())}}}")
        result = type_of(expected)
        if dynamic and expected.dim() and expected.shape[0] == inputs[dynamic[0]].shape[0]:
            result = result.replace("tensor<" + str(expected.shape[0]), "tensor<?", 1)
        wide = result.replace(DTYPES[expected.dtype], "f64")
        lines = [f"// {comment}"] if comment else []
        lines.append(f"func.func @{self.op}_{len(self.cases)}({(',' + chr(10) + '    ').join(arguments)}) -> tensor<i1> {{")
        lines.append("  " + statement(text).format(**types))
        value = "%result"
        if expected.dtype != torch.float64:
            lines.append(f"  %wide = nn.cast %result : {result} -> {wide}")
            value = "%wide"
        lines.append(f"  %flatResult = nn.reshape {value} : {wide} -> tensor<?xf64>")
        lines.append(f"  %flatExpected = nn.reshape %expected : {type_of(expected, 'f64')} -> tensor<?xf64>")
        lines.append("  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>")
        lines.append("  return %ok : tensor<i1>\n}")
        self.cases.append("\n".join(lines))

    def gradient(self, inputs, text, reference, wrt, comment=""):
        """The vector-Jacobian products of reference(*inputs) by the inputs `wrt`, for a random cotangent."""
        leaves = {name: x.clone().requires_grad_() if name in wrt else x for name, x in inputs.items()}
        y = reference(*leaves.values())
        dy = randn(max(y.numel(), 1)).reshape(y.shape)
        expected = torch.autograd.grad(y, [leaves[name] for name in wrt], dy)
        types = {name: type_of(x) for name, x in inputs.items()}
        names, result, number = list(inputs), type_of(y), len(self.cases)
        lines = [f"// {comment}"] if comment else []
        lines.append(f"func.func private @f_{number}({', '.join(f'%{n}: {types[n]}' for n in names)}) -> {result} {{")
        lines.append("  " + statement(text).format(**types) + f"\n  return %result : {result}\n}}")
        arguments = [f"%{name}: {types[name]} {{nn.value = {dense(x)}}}" for name, x in inputs.items()]
        arguments.append(f"%cotangent: {result} {{nn.value = {dense(dy)}}}")
        arguments += [f"%expected_{name}: {types[name]} {{nn.value = {dense(x)}}}" for name, x in zip(wrt, expected)]
        lines.append(f"func.func @{self.op}_gradient_{number}({(',' + chr(10) + '    ').join(arguments)}) -> tensor<i1> {{")
        gradients = [f"%d_{name}" for name in wrt]
        lines.append(f"  %result, {', '.join(gradients)} = nn.vjp @f_{number}({', '.join('%' + n for n in names)}) cotangents(%cotangent) "
                     f"wrt({', '.join(str(names.index(name)) for name in wrt)}) : ({', '.join(types.values())}), ({result}) -> "
                     f"({', '.join([result] + [types[name] for name in wrt])})")
        for position, name in enumerate(wrt):
            lines.append(f"  %flat_{name} = nn.reshape %d_{name} : {types[name]} -> tensor<?xf64>")
            lines.append(f"  %want_{name} = nn.reshape %expected_{name} : {types[name]} -> tensor<?xf64>")
            lines.append(f"  %close_{name} = call @close(%flat_{name}, %want_{name}) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>")
            previous = f"%ok_{position - 1}" if position else f"%close_{name}"
            lines.append(f"  %ok_{position} = nn.and {previous}, %close_{name} : tensor<i1>")
        lines.append(f"  return %ok_{len(wrt) - 1} : tensor<i1>\n}}")
        self.cases.append("\n".join(lines))

    def write(self, suffix="", passes=""):
        with open(os.path.join(HERE, self.op + suffix + ".mlir"), "w") as out:
            out.write(f"// RUN: mlc-opt %s{passes} --evaluate{self.mode} -o %t | FileCheck %s\n")
            out.write(f"// Made by make_goldens.py from {self.reference}, PyTorch 1.13. {self.note}\n")
            out.write(f"// CHECK-COUNT-{len(self.cases)}: = dense<true> : tensor<i1>\n// CHECK-NOT: dense<false>\n")
            out.write(PRELUDE.format(tolerance=self.tolerance))
            out.write("\n" + "\n\n".join(self.cases) + "\n")


def randn(*shape, scale=1.0):
    # Few digits, so that the files stay readable.
    return (torch.randn(*shape, dtype=torch.float64) * scale * 1000).round() / 1000


EDGES = torch.tensor([0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, INF, -INF, NAN, 1e-300], dtype=torch.float64)


def activations():
    for op, text, reference, inputs in [
        ("relu", "nn.relu %x : {x}", F.relu, EDGES),
        ("silu", "nn.silu %x : {x}", F.silu, EDGES[torch.isfinite(EDGES)]),
        # Beyond 20 PyTorch's softplus is the identity, which is exact in double precision from 37 on only.
        ("softplus", "nn.softplus %x : {x}", lambda x: F.softplus(x, threshold=40.0), EDGES),
    ]:
        file = File(op, reference.__name__ if reference.__name__ != "<lambda>" else "softplus")
        file.case({"x": inputs}, text, reference(inputs))
        x = randn(3, 4)
        file.case({"x": x}, text, reference(x), "A free dimension.", dynamic=("x",))
        file.write()
    file = File("gelu", "gelu")
    finite = EDGES[torch.isfinite(EDGES)]
    file.case({"x": finite}, "nn.gelu %x : {x}", F.gelu(finite))
    file.case({"x": finite}, "nn.gelu %x approximate = tanh : {x}", F.gelu(finite, approximate="tanh"))
    file.write()
    file = File("clamp", "clamp")
    file.case({"x": EDGES}, "nn.clamp %x low = -1.0 high = 6.0 : {x}", EDGES.clamp(-1.0, 6.0))
    file.case({"x": EDGES}, "nn.clamp %x low = 0.5 : {x}", EDGES.clamp(min=0.5))
    i = torch.tensor([-5, 0, 7], dtype=torch.int32)
    file.case({"x": i}, "nn.clamp %x high = 3.0 : {x}", i.clamp(max=3))
    file.write()


def normalizations():
    rows = torch.tensor([[1.0, 2.0, 3.0, 4.0], [1000.0, 1001.0, 999.0, -1000.0], [-INF, 0.0, 0.0, -INF], [-INF] * 4,
                         [INF, 0.0, 1.0, 2.0], [NAN, 0.0, 1.0, 2.0]], dtype=torch.float64)
    x = randn(2, 3, 4, scale=3.0)
    for op, reference in [("softmax", F.softmax), ("log_softmax", F.log_softmax)]:
        file = File(op, reference.__name__)
        file.case({"x": rows}, f"nn.{op} %x dim = 1 : {{x}}", reference(rows, 1), "Large, infinite and NaN logits.", dynamic=("x",))
        file.case({"x": x}, f"nn.{op} %x dim = 1 : {{x}}", reference(x, 1), "A dimension in the middle.")
        file.write()
    file = File("logsumexp", "logsumexp")
    file.case({"x": rows}, "nn.logsumexp %x dims = [1] : {x}", torch.logsumexp(rows, 1), "Large, infinite and NaN logits.",
              dynamic=("x",))
    file.case({"x": x}, "nn.logsumexp %x dims = [0, 2] : {x}", torch.logsumexp(x, (0, 2)))
    file.write()
    file = File("layer_norm", "layer_norm")
    scale, bias = randn(4), randn(4)
    inputs = {"x": x, "s": scale, "b": bias}
    file.case(inputs, "nn.layer_norm %x, %s, %b : {x}, {s}, {b}", F.layer_norm(x, (4,), scale, bias))
    large = randn(3, 4) + 1.0e6
    file.case({"x": large, "s": scale, "b": bias}, "nn.layer_norm %x, %s, %b epsilon = 1.0e-3 : {x}, {s}, {b}",
              F.layer_norm(large, (4,), scale, bias, 1e-3), "A mean much larger than the deviation.", dynamic=("x",))
    file.tolerance = "1.0e-9"
    file.note = "The mean of numbers near 1e6 loses six of sixteen digits on both sides."
    file.write()


def narrow():
    """bf16 with more elements than a bf16 sum can count: only statistics in f32 give these."""
    note = "The tolerance is one step of bf16; in bf16 statistics the sum of 600 ones would stop at 256."
    x = torch.zeros(600, dtype=torch.bfloat16)
    x[::2] = 1.0
    file = File("narrow", "bf16 inputs computed in f32", tolerance="7.9e-3", mode="=round", note=note)
    file.case({"x": x}, "nn.logsumexp %x dims = [0] : {x}", torch.logsumexp(x.float(), 0).bfloat16())
    scale, bias = torch.ones(600, dtype=torch.bfloat16), torch.zeros(600, dtype=torch.bfloat16)
    file.case({"x": x, "s": scale, "b": bias}, "nn.layer_norm %x, %s, %b : {x}, {s}, {b}",
              F.layer_norm(x.float(), (600,)).bfloat16())
    target = torch.zeros(600, dtype=torch.bfloat16)
    file.case({"x": x, "t": target}, "nn.mse %x, %t reduction = sum : {x}", F.mse_loss(x.float(), target.float(), reduction="sum").bfloat16())
    labels = torch.tensor([3], dtype=torch.int32)
    file.case({"x": x.reshape(1, 600), "l": labels}, "nn.cross_entropy %x, %l : {x}, {l}",
              F.cross_entropy(x.float().reshape(1, 600), labels.long()).bfloat16())
    g = torch.tensor([0.1, -1.7, 2.3, 3.0], dtype=torch.bfloat16)
    file.case({"x": g}, "nn.gelu %x : {x}", F.gelu(g.float()).bfloat16())
    file.write()


def layers():
    file = File("matmul", "matmul")
    for a, b in [((4, 5), (5, 3)), ((5,), (5, 3)), ((4, 5), (5,)), ((5,), (5,)), ((2, 4, 5), (5, 3)), ((4, 5), (2, 5, 3)),
                 ((2, 1, 4, 5), (3, 5, 3)), ((3, 4, 5), (2, 3, 5, 2)), ((2, 1, 2, 5), (1, 3, 5, 2)), ((2, 3, 5), (2, 5, 2)),
                 ((1, 4, 5), (1, 5, 3)), ((3, 2, 5), (5,))]:
        x, y = randn(*a), randn(*b)
        file.case({"a": x, "b": y}, "nn.matmul %a, %b : {a}, {b}", x @ y)
    x, y = randn(4, 5), randn(5, 3)
    file.case({"a": x, "b": y}, "nn.matmul %a, %b : {a}, {b}", x @ y, "Free rows.", dynamic=("a",))
    x, y = randn(2, 4, 5), randn(1, 5, 3)
    file.case({"a": x, "b": y}, "nn.matmul %a, %b : {a}, {b}", x @ y, "A free batch dimension against one of size 1.", dynamic=("a",))
    file.write()
    file = File("linear", "linear")
    w, b = randn(5, 3), randn(3)
    for shape in [(4, 5), (5,), (2, 3, 5)]:
        x = randn(*shape)
        file.case({"x": x, "w": w, "b": b}, "nn.linear %x, %w, %b : {x}, {w}, {b}", F.linear(x, w.t(), b))
    x = randn(4, 5)
    file.case({"x": x, "w": w}, "nn.linear %x, %w : {x}, {w}", F.linear(x, w.t()), "No bias.", dynamic=("x",))
    file.write()
    file = File("embedding", "embedding")
    table, ids = randn(6, 2), torch.tensor([[0, 5, 3], [3, 3, 1]])
    file.case({"t": table, "i": ids}, "nn.embedding %t, %i : {t}, {i}", F.embedding(ids, table))
    file.case({"t": table, "i": ids.int()}, "nn.embedding %t, %i : {t}, {i}", F.embedding(ids, table), dynamic=("i",))
    file.write()


def losses():
    y, t = randn(3, 4, scale=2.0), randn(3, 4)
    probability = torch.rand(3, 4, dtype=torch.float64).mul(100).round() / 100
    for op, reference, target, option, keywords in [
        ("mse", F.mse_loss, t, "", {}), ("mae", F.l1_loss, t, "", {}),
        ("bce", F.binary_cross_entropy_with_logits, probability, "", {}), ("huber", F.huber_loss, t, " delta = 0.75", {"delta": 0.75}),
    ]:
        file = File(op, reference.__name__)
        for reduction in ["mean", "sum", "none"]:
            file.case({"y": y, "t": target}, f"nn.{op} %y, %t{option} reduction = {reduction} : {{y}}, {{t}}",
                      reference(y, target, reduction=reduction, **keywords), dynamic=("y", "t"))
        if op == "bce":
            extreme = torch.tensor([800.0, -800.0, 50.0, -50.0, 0.0], dtype=torch.float64)
            certain = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0], dtype=torch.float64)
            file.case({"y": extreme, "t": certain}, "nn.bce %y, %t reduction = none : {y}",
                      reference(extreme, certain, reduction="none"), "Logits whose probabilities round to 0 or 1.")
        file.write()
    file = File("cross_entropy", "cross_entropy")
    logits, labels = randn(5, 4, scale=3.0), torch.tensor([0, 3, 1, 2, 3])
    some = torch.tensor([0, -100, 1, -100, 3])
    other = torch.tensor([0, 2, 1, 2, 3], dtype=torch.int32)
    for reduction in ["mean", "sum", "none"]:
        for smoothing in [0.0, 0.1]:
            options = f"label_smoothing = {smoothing} reduction = {reduction}"
            keywords = {"reduction": reduction, "label_smoothing": smoothing}
            file.case({"y": logits, "l": labels}, "nn.cross_entropy %y, %l " + options + " : {y}, {l}",
                      F.cross_entropy(logits, labels, **keywords), dynamic=("y", "l"))
            file.case({"y": logits, "l": some}, "nn.cross_entropy %y, %l " + options + " : {y}, {l}",
                      F.cross_entropy(logits, some, **keywords), "Ignored rows.")
    file.case({"y": logits, "l": other}, "nn.cross_entropy %y, %l ignore_index = 2 : {y}, {l}",
              F.cross_entropy(logits, other.long(), ignore_index=2), "An ignored class.")
    nothing = torch.full((5,), -100)
    file.case({"y": logits, "l": nothing}, "nn.cross_entropy %y, %l : {y}, {l}", F.cross_entropy(logits, nothing), "Nothing counts: NaN.")
    file.case({"y": logits[0], "l": labels[0]}, "nn.cross_entropy %y, %l : {y}, {l}", F.cross_entropy(logits[0], labels[0]), "One row.")
    deep = randn(2, 3, 4)
    deep_labels = torch.tensor([[0, 1, 2], [3, -100, 0]])
    file.case({"y": deep, "l": deep_labels}, "nn.cross_entropy %y, %l : {y}, {l}",
              F.cross_entropy(deep.permute(0, 2, 1), deep_labels), "Rows in two dimensions; PyTorch has the classes second.")
    huge = torch.tensor([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype=torch.float64)
    file.case({"y": huge, "l": torch.tensor([1, 1])}, "nn.cross_entropy %y, %l : {y}, {l}",
              F.cross_entropy(huge, torch.tensor([1, 1])), "Logits whose exponentials overflow.")
    file.write()


def philox(seed, stream, step, count):
    """Philox4x32-10 of Salmon et al. 2011 with the counters and keys of nn.rng_bits."""
    low, words = 0xFFFFFFFF, []
    for block in range((count + 3) // 4):
        c = [block & low, block >> 32, step & low, step >> 32]
        k = [(seed ^ stream) & low, ((seed ^ stream) >> 32) & low]
        for _ in range(10):
            a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = [(b >> 32) ^ c[1] ^ k[0], b & low, (a >> 32) ^ c[3] ^ k[1], a & low]
            k = [(k[0] + 0x9E3779B9) & low, (k[1] + 0xBB67AE85) & low]
        words += c
    return words[:count]


def randomness():
    # The known answers of the paper's library (kat_vectors).
    assert philox(0, 0, 0, 4) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    seed, step = torch.tensor(0x123456789ABCDEF), torch.tensor(5)
    x = randn(3, 7)
    bits = torch.tensor(philox(seed.item(), 17, step.item(), x.numel())).reshape(x.shape)
    note = "Philox4x32-10 by the paper's formulas, checked with its known answers."
    file = File("rng_bits", "Salmon et al. 2011", note=note)
    signed = torch.where(bits >= 2**31, bits - 2**32, bits).int()
    file.case({"s": seed, "t": step}, "nn.rng_bits %s, %t stream = 17 : {s}, {t} -> tensor<3x7xi32>", signed)
    file.write()
    file = File("dropout", "Salmon et al. 2011", note=note)
    for rate in [0.3, 0.0, 1.0]:
        kept = (bits >> 8).double() * 2.0**-24 >= rate
        expected = torch.where(kept, x / (1 - rate) if rate < 1 else x, torch.zeros_like(x))
        file.case({"x": x, "s": seed, "t": step}, f"nn.dropout %x rate = {rate} seed %s step %t stream = 17 : {{x}}", expected)
    file.case({"x": x}, "nn.dropout %x rate = 0.3 : {x}", x, "Inference.")
    file.write()


def gradients():
    """One file per op: PyTorch's own derivatives, at kinks and ignored rows too."""
    kinks = torch.tensor([0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 6.0, 30.0, -30.0], dtype=torch.float64)
    x, square = randn(2, 3, 4, scale=2.0), randn(4, 4)
    scale, bias, target = randn(4), randn(4), randn(3, 4)
    labels = torch.tensor([0, -100, 1, -100, 3])
    logits = randn(5, 4, scale=3.0)
    cases = {}

    def add(op, inputs, text, reference, wrt="x", comment=""):
        cases.setdefault(op, []).append((inputs, text, reference, list(wrt), comment))

    for op, reference in [("relu", F.relu), ("silu", F.silu), ("gelu", F.gelu),
                          ("softplus", lambda x: F.softplus(x, threshold=40.0))]:
        add(op, {"x": kinks}, f"nn.{op} %x : {{x}}", reference)
    add("gelu", {"x": kinks}, "nn.gelu %x approximate = tanh : {x}", lambda x: F.gelu(x, approximate="tanh"))
    add("clamp", {"x": kinks}, "nn.clamp %x low = -1.0 high = 6.0 : {x}", lambda x: x.clamp(-1.0, 6.0), comment="1 at the bounds.")
    add("softmax", {"x": x}, "nn.softmax %x dim = 1 : {x}", lambda x: F.softmax(x, 1))
    add("log_softmax", {"x": x}, "nn.log_softmax %x dim = 1 : {x}", lambda x: F.log_softmax(x, 1))
    add("logsumexp", {"x": x}, "nn.logsumexp %x dims = [0, 2] : {x}", lambda x: torch.logsumexp(x, (0, 2)))
    add("layer_norm", {"x": x, "s": scale, "b": bias}, "nn.layer_norm %x, %s, %b : {x}, {s}, {b}",
        lambda x, s, b: F.layer_norm(x, (4,), s, b), "xsb")
    add("matmul", {"x": x, "y": square}, "nn.matmul %x, %y : {x}, {y}", lambda x, y: x @ y, "xy")
    add("matmul", {"x": randn(2, 1, 2, 4), "y": randn(3, 4, 2)}, "nn.matmul %x, %y : {x}, {y}", lambda x, y: x @ y, "xy",
        "Batch dimensions that one side repeats.")
    add("linear", {"x": x, "w": square, "b": bias}, "nn.linear %x, %w, %b : {x}, {w}, {b}",
        lambda x, w, b: F.linear(x, w.t(), b), "xwb")
    ids = torch.tensor([[0, 2, 2], [1, 2, 0]])
    add("embedding", {"t": square, "i": ids}, "nn.embedding %t, %i : {t}, {i}", lambda t, i: F.embedding(i, t), "t",
        "Rows that are read twice.")
    near = target + torch.tensor([[0.0, 0.5, -0.5, 2.0]] * 3, dtype=torch.float64)
    for op, reference, option in [("mse", F.mse_loss, ""), ("mae", F.l1_loss, ""), ("bce", F.binary_cross_entropy_with_logits, ""),
                                  ("huber", lambda x, t, reduction: F.huber_loss(x, t, reduction=reduction, delta=0.75), " delta = 0.75")]:
        for reduction in ["mean", "none"]:
            add(op, {"x": near, "t": target}, f"nn.{op} %x, %t{option} reduction = {reduction} : {{x}}, {{t}}",
                lambda x, t, reference=reference, reduction=reduction: reference(x, t, reduction=reduction), "x" if op == "bce" else "xt")
    for reduction in ["mean", "sum", "none"]:
        for smoothing in [0.0, 0.1]:
            add("cross_entropy", {"x": logits, "l": labels},
                f"nn.cross_entropy %x, %l label_smoothing = {smoothing} reduction = {reduction} : {{x}}, {{l}}",
                lambda x, l, r=reduction, s=smoothing: F.cross_entropy(x, l, reduction=r, label_smoothing=s), comment="Ignored rows.")
    huge = torch.tensor([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype=torch.float64)
    add("cross_entropy", {"x": huge, "l": torch.tensor([1, 1])}, "nn.cross_entropy %x, %l : {x}, {l}", lambda x, l: F.cross_entropy(x, l),
        comment="Logits whose exponentials overflow.")
    for op, entries in cases.items():
        file = File(op, "the derivatives of " + op)
        for entry in entries:
            file.gradient(*entry)
        file.write("-gradient", " --inline-calls --expand-derivatives")


def rms_norm(x, scale, epsilon=1e-5):
    return scale * x * torch.rsqrt((x * x).mean(-1, keepdim=True) + epsilon)


def values_and_gradients():
    """Ops whose numbers are drawn after all others, so that those stay as they are: both files of each."""
    kinks = torch.tensor([0.0, -0.0, 1.0, -1.0, 0.5, -3.25, -3.0, 6.0, 30.0, -30.0], dtype=torch.float64)
    finite = EDGES[torch.isfinite(EDGES)]

    def write(op, reference, entries, note=""):
        file, gradient = File(op, reference, note=note), File(op, "the derivatives of " + op)
        for inputs, text, function, wrt, dynamic in entries:
            file.case(inputs, text, function(*inputs.values()), dynamic=dynamic)
            gradient.gradient(inputs, text, function, list(wrt), "")
        file.write()
        gradient.write("-gradient", " --inline-calls --expand-derivatives")

    for op, reference in [("mish", F.mish), ("hard_swish", F.hardswish), ("selu", F.selu), ("elu", F.elu), ("leaky_relu", F.leaky_relu)]:
        text = f"nn.{op} %x : {{x}}"
        write(op, reference.__name__, [({"x": finite}, text, reference, "x", ()), ({"x": kinks}, text, reference, "x", ("x",))])
    x, scale = randn(2, 3, 4, scale=3.0), randn(4)
    large = randn(3, 4) + 1.0e6
    write("rms_norm", "the formula", [
        ({"x": x, "s": scale}, "nn.rms_norm %x, %s : {x}, {s}", rms_norm, "xs", ()),
        ({"x": large, "s": scale}, "nn.rms_norm %x, %s epsilon = 1.0e-3 : {x}, {s}", lambda x, s: rms_norm(x, s, 1e-3), "xs", ("x",))])
    y, t = torch.log_softmax(randn(3, 4, scale=2.0), 1), torch.softmax(randn(3, 4), 1)
    write("kl", "kl_div", [({"y": y, "t": t}, f"nn.kl %y, %t reduction = {reduction} : {{y}}, {{t}}",
                            lambda y, t, reduction=reduction: F.kl_div(y, t, reduction=reduction), "yt", ("y", "t")) for reduction in ["mean", "sum", "none"]])


def recurrent(kind, units, lengths, reverse):
    """What torch.nn.LSTM or GRU calls, packed where there are lengths; all results one after the other."""
    function = {"lstm": torch._VF.lstm, "gru": torch._VF.gru}[kind]

    def turned(x):
        """The steps in the other order, of each row as far as it goes."""
        n = lengths.tolist() if lengths is not None else [x.shape[0]] * x.shape[1]
        return torch.stack([torch.cat([x[:k, row].flip(0), x[k:, row]]) for row, k in enumerate(n)], 1) if reverse else x

    def run(x, w, u, b, c, *states):
        weights, x = [w.t(), u.t(), b, c], turned(x)
        states = [s.unsqueeze(0) for s in states or [x.new_zeros(x.shape[1], units)] * (2 if kind == "lstm" else 1)]
        hx = lambda states: tuple(states) if kind == "lstm" else states[0]
        if lengths is None:
            y, *last = function(x, hx(states), weights, True, 1, 0.0, False, False, False)
        else:
            rnn = torch.nn.utils.rnn
            p = rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
            states = [s.index_select(1, p.sorted_indices) for s in states]
            y, *last = function(p.data, p.batch_sizes, hx(states), weights, True, 1, 0.0, False, False)
            y = rnn.pad_packed_sequence(rnn.PackedSequence(y, p.batch_sizes, p.sorted_indices, p.unsorted_indices), total_length=x.shape[0])[0]
            last = [s.index_select(1, p.unsorted_indices) for s in last]
        return torch.cat([turned(y).flatten()] + [s.flatten() for s in last])
    return run


def recurrent_layers():
    for kind, gates in [("lstm", 4), ("gru", 3)]:
        file, gradient = File(kind, "torch.nn." + kind.upper()), File(kind, "the derivatives of torch.nn." + kind.upper())
        steps, batch, inputs, units = 4, 3, 2, 2
        x, w, u = randn(steps, batch, inputs), randn(inputs, gates * units), randn(units, gates * units)
        b, c, h, s = randn(gates * units), randn(gates * units), randn(batch, units), randn(batch, units)
        results = ["%h", "%s"] if kind == "lstm" else ["%h"]
        for options, lengths, reverse in [("", None, False), (" reverse", None, True), (" lengths = %n", [4, 1, 3], False), (" lengths = %n reverse", [4, 1, 3], True)]:
            for has_state in [False, True] if not options else [True]:
                data = {"x": x, "w": w, "u": u, "b": b, "c": c}
                names = "%h0, %s0" if kind == "lstm" else "%h0"
                if has_state:
                    data.update({"h0": h, "s0": s} if kind == "lstm" else {"h0": h})
                wrt = list(data)
                n = torch.tensor(lengths) if lengths else None
                function = recurrent(kind, units, n, reverse)
                if lengths:
                    data["n"] = n
                state = f" initial = {names}" if has_state else ""
                types = ", ".join("{" + name + "}" for name in data)
                sizes = [steps * batch * units] + [batch * units] * len(results)
                text = f"%y, {', '.join(results)} = nn.{kind} %x, %w, %u bias = %b hidden_bias = %c{state}{options} : {types}\n"
                for name, size, rest in zip(["%y"] + results, sizes, ["4x3x2", "3x2", "3x2"]):
                    text += f"  {name}f = nn.reshape {name} : tensor<{rest}xf64> -> tensor<{size}xf64>\n"
                text += f"  %result = nn.concat %yf, {', '.join(r + 'f' for r in results)} dim = 0 : {', '.join(f'tensor<{size}xf64>' for size in sizes)}"
                reference = lambda *values, function=function, count=len(wrt): function(*values[:count])
                file.case(data, text, reference(*data.values()))
                gradient.gradient(data, text, reference, wrt, "")
        file.write()
        gradient.write("-gradient", " --inline-calls --expand-derivatives")



def channel_norms():
    """Drawn after all others. The running statistics that a training batch_norm returns come after its result, all in one."""
    def write(op, entries):
        file, gradient = File(op, op, tolerance="1.0e-11"), File(op, "the derivatives of " + op, tolerance="1.0e-10")
        for inputs, text, function, wrt in entries:
            file.case(inputs, text, function(*inputs.values()), dynamic=("x",))
            gradient.gradient(inputs, text, function, list(wrt), "")
        file.write()
        gradient.write("-gradient", " --inline-calls --expand-derivatives")

    x, flat, scale, bias = randn(2, 4, 3, 2, scale=3.0), randn(5, 4), randn(4), randn(4)
    shifted = x + 1.0e3
    norm = {"x": x, "s": scale, "b": bias}
    write("group_norm", [(dict(norm, x=y), f"nn.group_norm %x, %s, %b groups = {groups} epsilon = {epsilon} : {{x}}, {{s}}",
                          lambda x, s, b, groups=groups, epsilon=epsilon: F.group_norm(x, groups, s, b, float(epsilon)), "xsb")
                         for y, groups, epsilon in [(x, 2, "1.0e-5"), (shifted, 1, "1.0e-3"), (flat, 2, "1.0e-5")]])
    write("instance_norm", [(dict(norm, x=y), "nn.instance_norm %x, %s, %b : {x}, {s}",
                             lambda x, s, b: F.instance_norm(x, weight=s, bias=b), "xsb") for y in (x, shifted)])
    mean, variance = randn(4), randn(4).abs() + 0.5

    def batch_norm(training, momentum):
        def function(x, s, b, m, v):
            if not training:  # PyTorch's has no derivative by the running statistics
                by_channel = lambda t: t.reshape([-1] + [1] * (x.dim() - 2))
                y = (x - by_channel(m)) / by_channel(v + 1e-5).sqrt() * by_channel(s) + by_channel(b)
                assert torch.allclose(y, F.batch_norm(x, m.detach(), v.detach(), s, b), 1e-13)
                return y
            dims, n = [d for d in range(x.dim()) if d != 1], x.numel() // x.shape[1]
            y = F.batch_norm(x, None, None, s, b, training=True)
            new = [(1 - momentum) * m + momentum * x.mean(dims), (1 - momentum) * v + momentum * x.var(dims, unbiased=False) * n / (n - 1)]
            kept = [m.detach().clone(), v.detach().clone()]
            F.batch_norm(x.detach(), *kept, s, b, training=True, momentum=momentum)  # the same statistics
            assert all(torch.allclose(a, b, 1e-13) for a, b in zip(new, kept))
            return torch.cat([y.flatten()] + new)
        return function

    entries = []
    for y in (x, flat):
        data = dict(norm, x=y, m=mean, v=variance)
        entries.append((data, "%result, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v : {x}, {s}, {m}", batch_norm(False, 0.1), "xsbmv"))
        text = "%y, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v momentum = 0.25 training : {x}, {s}, {m}\n"
        text += f"  %flat = nn.reshape %y : {{x}} -> tensor<{y.numel()}xf64>\n"
        text += f"  %result = nn.concat %flat, %newMean, %newVariance dim = 0 : tensor<{y.numel()}xf64>, tensor<4xf64>, tensor<4xf64>"
        entries.append((data, text, batch_norm(True, 0.25), "xsbmv"))
    write("batch_norm", entries)


def gated_units():
    """Drawn last, so that all other numbers stay as they are."""
    finite = EDGES[torch.isfinite(EDGES)]
    two = [{"a": finite, "b": finite.flip(0)}, {"a": randn(3, 4, scale=2.0), "b": randn(3, 4)}]
    one = {"x": randn(2, 6, 3, scale=2.0)}
    for op, forms in [("swiglu", [("", F.silu)]), ("geglu", [("", F.gelu), (" approximate = tanh", lambda x: F.gelu(x, approximate="tanh"))])]:
        file, gradient = File(op, op), File(op, "the derivatives of " + op)
        for text, activation in forms:
            uses = [(inputs, "%a, %b", lambda a, b, f=activation: f(a) * b) for inputs in two]
            uses += [(one, f"%x dim = {d}", lambda x, f=activation, d=d: f(x.chunk(2, d)[0]) * x.chunk(2, d)[1]) for d in (0, 1)]
            for inputs, operands, reference in uses:
                whole = f"nn.{op} {operands}{text} : {{{next(iter(inputs))}}}"
                file.case(inputs, whole, reference(*inputs.values()))
                gradient.gradient(inputs, whole, reference, list(inputs))
        file.write()
        gradient.write("-gradient", " --inline-calls --expand-derivatives")


def class_weights():
    """What cross_entropy makes of weights, one of which is 0; PyTorch has no derivative by them."""
    file, gradient = File("cross_entropy", "cross_entropy"), File("cross_entropy", "the derivatives of cross_entropy")
    logits, labels = randn(5, 4, scale=3.0), torch.tensor([0, -100, 1, 2, 3])
    weights = torch.tensor([0.5, 2.0, 0.0, 1.25], dtype=torch.float64)
    for reduction in ["mean", "sum", "none"]:
        for smoothing in [0.0, 0.1, 1.0]:
            text = f"nn.cross_entropy %x, %l label_smoothing = {smoothing} reduction = {reduction} weights = %w : {{x}}, {{l}}, {{w}}"
            reference = lambda x, l, w, r=reduction, s=smoothing: F.cross_entropy(x, l, w, reduction=r, label_smoothing=s)
            inputs = {"x": logits, "l": labels, "w": weights}
            file.case(inputs, text, reference(*inputs.values()), dynamic=("x", "l"))
            gradient.gradient(inputs, text, reference, ["x"])
    file.write("-weights")
    gradient.write("-weights-gradient", " --inline-calls --expand-derivatives")


def images():
    """Resampling and rearranging, against torch.nn.functional; roi_align against its definition, which torchvision is not here for."""
    def write(op, entries, reference=None):
        file, gradient = File(op, reference or op), File(op, "the derivatives of " + (reference or op))
        for inputs, text, function, *free in entries:
            file.case(inputs, text, function(*inputs.values()), dynamic=tuple(*free))
            gradient.gradient(inputs, text, function, [name for name in inputs if name != "i"])
        file.write()
        gradient.write("-gradient", " --inline-calls --expand-derivatives")

    def one(x, clauses, function, free="x"):
        return {"x": x}, f"nn.interpolate %x {clauses} : {{x}}", function, free

    def with_free_size(x, result, clauses, function):  # the last of two sizes
        shape = [f"{n}x" for n in x.shape]
        text = (f"%free = nn.reshape %x : {{x}} -> tensor<{shape[0]}?xf64>\n  %y = nn.interpolate %free {clauses} layout = hw : tensor<{shape[0]}?xf64>\n"
                f"  %result = nn.reshape %y : tensor<{result[0]}x{'?' if 'scale' in clauses else result[1]}xf64> -> tensor<{result[0]}x{result[1]}xf64>")
        return {"x": x}, text, lambda x: function(x[None, None])[0, 0]

    def resize(mode, size=None, scale=None, **options):
        return lambda x: F.interpolate(x, size=size, scale_factor=scale, mode=mode, **options)

    def asymmetric(size):  # linear, of the last dimension
        def function(x):
            n = x.shape[-1]
            place = torch.arange(size, dtype=torch.float64) * n / size
            first = place.floor().long()
            t = place - first
            return (1 - t) * x[..., first] + t * x[..., (first + 1).clamp(max=n - 1)]
        return function

    def behind(function):  # channels last
        return lambda x: function(x.movedim(-1, 1)).movedim(1, -1)

    row, plane, volume = randn(2, 2, 5), randn(2, 2, 4, 5), randn(1, 2, 2, 3, 2)
    write("interpolate", [
        one(row, "sizes = [8]", resize("nearest", 8)), one(row, "scale = [0.45]", resize("nearest", None, 0.45)),
        one(row, "sizes = [8] coordinates = half_pixel", resize("nearest-exact", 8)), one(plane, "scale = [2]", resize("nearest", None, 2)),
        one(row, "sizes = [8] mode = linear", resize("linear", 8)), one(row, "sizes = [3] mode = linear coordinates = align_corners", resize("linear", 3, align_corners=True)),
        one(row, "sizes = [1] mode = linear coordinates = align_corners", resize("linear", 1, align_corners=True)),
        one(row, "scale = [1.7] mode = linear", resize("linear", None, 1.7)), one(row, "sizes = [12] mode = linear coordinates = asymmetric", asymmetric(12)),
        one(plane[:, :, :1], "sizes = [40, 3] mode = linear", resize("bilinear", (40, 3))),
        one(plane, "sizes = [7, 2] mode = linear", resize("bilinear", (7, 2))), one(plane, "scale = [2, 1.5] mode = linear coordinates = align_corners", resize("bilinear", None, (2, 1.5), align_corners=True)),
        one(plane, "scale = [2] mode = cubic", resize("bicubic", None, 2)), one(plane, "sizes = [3, 9] mode = cubic coordinates = align_corners", resize("bicubic", (3, 9), align_corners=True)),
        one(volume, "sizes = [4, 2, 3] mode = linear", resize("trilinear", (4, 2, 3))), one(volume, "scale = [2] mode = nearest", resize("nearest", None, 2)),
        one(plane.movedim(1, -1), "sizes = [7, 2] mode = linear layout = nhwc", behind(resize("bilinear", (7, 2)))),
        one(plane.movedim(1, -1), "sizes = [7, 2] mode = cubic layout = nhwc", behind(resize("bicubic", (7, 2)))),
        with_free_size(plane[0, 0], (8, 12), "sizes = [8, 12] mode = linear", resize("bilinear", (8, 12))),
        with_free_size(plane[0, 0], (8, 10), "scale = [2] mode = linear", resize("bilinear", None, 2.0)),
        with_free_size(plane[0, 0], (5, 6), "scale = [1.25] mode = cubic", resize("bicubic", None, 1.25)),
        with_free_size(plane[0, 0], (2, 3), "sizes = [2, 3] mode = cubic coordinates = align_corners", resize("bicubic", (2, 3), align_corners=True)),
        with_free_size(plane[0, 0], (10, 12), "scale = [2.5] mode = nearest", resize("nearest", None, 2.5)),
        with_free_size(plane[0, 0], (3, 4), "sizes = [3, 4] coordinates = half_pixel", resize("nearest-exact", (3, 4)))])

    many = randn(2, 8, 2, 3)
    write("pixel_shuffle", [({"x": many}, "nn.pixel_shuffle %x factor = 2 : {x}", lambda x: F.pixel_shuffle(x, 2), "x"),
                            ({"x": many.movedim(1, -1)}, "nn.pixel_shuffle %x factor = 2 layout = nhwc : {x}", behind(lambda x: F.pixel_shuffle(x, 2)), "x"),
                            ({"x": many[..., 0]}, "nn.pixel_shuffle %x factor = 4 : {x}",  # of one dimension: that of an image of one row, the last of whose factors is 1
                             lambda x: x.reshape(2, 2, 4, 2).transpose(2, 3).reshape(2, 2, 8), "x")])
    wide = randn(2, 2, 4, 6)
    write("pixel_unshuffle", [({"x": wide}, "nn.pixel_unshuffle %x factor = 2 : {x}", lambda x: F.pixel_unshuffle(x, 2), "x"),
                              ({"x": wide.movedim(1, -1)}, "nn.pixel_unshuffle %x factor = 2 layout = nhwc : {x}", behind(lambda x: F.pixel_unshuffle(x, 2)), "x")])
    write("local_response_norm", [({"x": many}, f"nn.local_response_norm %x size = {size} alpha = {alpha} beta = {beta} k = {k} : {{x}}",
                                   lambda x, size=size, alpha=alpha, beta=beta, k=k: F.local_response_norm(x, size, alpha, beta, k), "x")
                                  for size, alpha, beta, k in [(5, 0.5, 0.75, 1.0), (4, 2.0, 0.5, 2.0), (1, 1.0, 1.0, 0.5), (17, 3.0, 0.75, 1.0)]])

    def sampled(mode, padding, aligned, layout="nchw"):
        torch_mode = {"linear": "bilinear", "cubic": "bicubic"}.get(mode, mode)
        def function(x, g):
            x = x.movedim(-1, 1) if layout[-1] == "c" else x
            y = F.grid_sample(x, g, torch_mode, padding, aligned)
            return y.movedim(1, -1) if layout[-1] == "c" else y
        text = f"nn.grid_sample %x, %g mode = {mode} padding = {padding}{' align_corners' if aligned else ''} layout = {layout} : {{x}}, {{g}}"
        spatial = len(layout) - 2
        x = (plane, volume)[spatial - 2]
        g = randn(x.shape[0], 3, *([2] * (spatial - 1)), spatial, scale=0.9)
        return {"x": x.movedim(1, -1) if layout[-1] == "c" else x, "g": g}, text, function, "xg"

    write("grid_sample", [sampled(mode, padding, aligned) for mode in ("nearest", "linear", "cubic") for padding in ("zeros", "border", "reflection") for aligned in (False, True)]
          + [sampled("linear", "zeros", False, "nhwc"), sampled("linear", "reflection", False, "ncdhw"), sampled("nearest", "border", True, "ndhwc")])

    def aligned_boxes(sizes, samples, scale, aligned):
        """The mean over points of each part of a box, as the paper has it and torchvision computes it."""
        def at(image, y, x):
            height, width = image.shape[1:]
            if not (-1 <= float(y) <= height and -1 <= float(x) <= width):
                return torch.zeros(image.shape[0], dtype=torch.float64)
            y, x = y.clamp(0, height - 1), x.clamp(0, width - 1)
            top, left = int(y), int(x)
            bottom, right, down, along = min(top + 1, height - 1), min(left + 1, width - 1), y - top, x - left
            return ((1 - down) * ((1 - along) * image[:, top, left] + along * image[:, top, right])
                    + down * ((1 - along) * image[:, bottom, left] + along * image[:, bottom, right]))
        def function(x, b, i):
            found = []
            for box, image in zip(b, i):
                left, top, right, bottom = box * scale - (0.5 if aligned else 0.0)
                height, width = bottom - top, right - left
                if not aligned:
                    height, width = height.clamp(min=1), width.clamp(min=1)
                parts = [torch.stack([at(x[image], top + height / sizes[0] * (row + (p + 0.5) / samples), left + width / sizes[1] * (column + (q + 0.5) / samples))
                                      for p in range(samples) for q in range(samples)]).mean(0) for row in range(sizes[0]) for column in range(sizes[1])]
                found.append(torch.stack(parts, 1).reshape(-1, *sizes))
            return torch.stack(found)
        return function

    boxes = torch.tensor([[0.37, 0.2, 3.1, 3.7], [2.2, 1.1, 2.6, 1.4], [-3.3, -2.1, 7.2, 9.4], [3.1, 2.2, 1.3, 0.7]], dtype=torch.float64)
    inputs = {"x": plane, "b": boxes, "i": torch.tensor([1, 0, 1, 0], dtype=torch.int32)}
    entries = [(inputs, f"nn.roi_align %x, %b, %i sizes = [{sizes[0]}, {sizes[1]}] samples = {samples} scale = {scale}{' aligned' if aligned else ''} : {{x}}, {{b}}, {{i}}",
                aligned_boxes(sizes, samples, scale, aligned), "bi") for sizes, samples, scale, aligned in [((2, 3), 2, 1.0, True), ((2, 3), 2, 1.0, False), ((1, 2), 3, 0.5, True), ((2, 2), 1, 2.0, False)]]
    last = aligned_boxes((2, 2), 2, 1.0, True)
    entries.append((dict(inputs, x=plane.movedim(1, -1)), "nn.roi_align %x, %b, %i sizes = [2] samples = 2 aligned layout = nhwc : {x}, {b}, {i}",
                    lambda x, b, i: last(x.movedim(-1, 1), b, i).movedim(1, -1), "bi"))
    write("roi_align", entries, "its definition, of roi_align")


activations()
normalizations()
narrow()
layers()
losses()
randomness()
gradients()
values_and_gradients()
recurrent_layers()
channel_norms()
gated_units()
class_weights()
images()
