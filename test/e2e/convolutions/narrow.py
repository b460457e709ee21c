"""narrow.py FOLDER: convolutions with --precision, and of i8 in i32, against NumPy.

Floats: on operands that are rounded alike, within 1e-5 of the norm of each result (sums of up to 2000 products in f32, and a tenth of
the distance from what operands that are not rounded give). Integers exactly.
"""
import itertools
import sys

import mlc
import numpy as np

random = np.random.default_rng(7)
TOLERANCE = 1e-5


def case(x, w, strides=1, padding=0, dilation=1, groups=1):
    """x: [n, spatial..., c], w: [spatial..., i, o]."""
    rank = len(x) - 2
    each = lambda value: (value,) * rank if isinstance(value, int) else value
    return dict(x=x, w=w, strides=each(strides), padding=each(padding), dilation=each(dilation), groups=groups)


CASES = {
    "in_place": case((2, 9, 10, 8), (3, 3, 8, 24), padding=1),
    "edges": case((1, 14, 14, 32), (3, 3, 32, 32), padding=1),
    "edges_stride": case((2, 14, 14, 32), (3, 3, 32, 48), padding=1, strides=2),
    "edges_wide": case((1, 12, 24, 32), (5, 7, 32, 32), padding=(2, 3)),
    "odd": case((2, 9, 8, 5), (3, 3, 5, 7), padding=1),
    "six": case((1, 11, 10, 6), (3, 3, 6, 33), padding=1),
    "stem": case((1, 33, 34, 3), (7, 7, 3, 16), padding=3, strides=2),
    "one_channel": case((2, 12, 12, 1), (5, 5, 1, 6), padding=2),
    "dilated": case((1, 17, 18, 8), (3, 3, 8, 16), padding=2, dilation=2, strides=(1, 2)),
    "grouped": case((2, 11, 11, 16), (3, 3, 4, 24), padding=1, groups=4),
    "grouped_odd": case((1, 8, 9, 9), (3, 3, 3, 6), padding=1, groups=3, strides=2),
    "depthwise": case((1, 9, 10, 12), (3, 3, 1, 12), padding=1, groups=12),
    "one": case((2, 7, 9, 40), (1, 1, 40, 24)),
    "one_stride": case((2, 13, 12, 8), (1, 1, 8, 16), strides=2),
    "line": case((3, 37, 16), (3, 16, 16), padding=4, dilation=4),
    "line_odd": case((2, 40, 3), (9, 3, 8), padding=4, strides=3),
    "cube": case((1, 6, 7, 8, 4), (3, 3, 3, 4, 8), padding=1),
    "whole": case((3, 5, 5, 6), (5, 5, 6, 10)),
}


def to_bf16(values):
    bits = values.astype("f4").view("u4")
    return ((bits + ((bits >> 16) & 1) + 0x7FFF) & 0xFFFF0000).view("f4").astype("f8")


ROUND = {"bf16": to_bf16, "f16": lambda values: values.astype("f2").astype("f8")}


def positions(c):
    return tuple((n + 2 * p - d * (k - 1) - 1) // s + 1
                 for n, k, s, p, d in zip(c["x"][1:-1], c["w"], c["strides"], c["padding"], c["dilation"]))


def taps(c, around=0):
    """Every tap of the kernel with the part of the padded x that it sees."""
    for tap in itertools.product(*map(range, c["w"][:-2])):
        starts = [t * d for t, d in zip(tap, c["dilation"])]
        yield tap, (slice(None), *(slice(at, at + s * (n - 1) + 1, s) for at, s, n in zip(starts, c["strides"], positions(c))))


def padded(c, x, value=0):
    return np.pad(x, [(0, 0), *((p, p) for p in c["padding"]), (0, 0)], constant_values=value)


def grouped(c, channels):
    return channels.reshape(*channels.shape[:-1], c["groups"], -1)


def conv(c, x, w, value=0):
    z, y = padded(c, x, value), 0
    for tap, seen in taps(c):
        y = y + np.einsum("...gi,igo->...go", grouped(c, z[seen]), grouped(c, w[tap]))
    return y.reshape(*y.shape[:-2], -1)


def gradients(c, x, w, dy):
    z = padded(c, x)
    dz, dw, dy = np.zeros_like(z), np.zeros_like(w), grouped(c, dy)
    for tap, seen in taps(c):
        dz[seen] += np.einsum("...go,igo->...gi", dy, grouped(c, w[tap])).reshape(dz[seen].shape)
        rows = [part.reshape(-1, *part.shape[-2:]) for part in (grouped(c, z[seen]), dy)]
        dw[tap] = np.einsum("pgi,pgo->igo", *rows).reshape(dw[tap].shape)
    return dz[(slice(None), *(slice(p, size - p) for p, size in zip(c["padding"], z.shape[1:-1])), slice(None))], dw


def tensor(shape, dtype="f32"):
    return f"tensor<{'x'.join(map(str, shape))}x{dtype}>"


def options(c, padding=True):
    spatial = {3: "w", 4: "hw", 5: "dhw"}[len(c["x"])]
    text = f'layout = "n{spatial}c" kernel_layout = "{spatial}io"'
    for name in ("strides", "dilation") + (("padding",) if padding else ()):
        text += f" {name} = {list(c[name])}"
    return text + f" groups = {c['groups']}"


def floats(name):
    c = CASES[name]
    x, w, y = tensor(c["x"]), tensor(c["w"]), tensor((c["x"][0], *positions(c), c["w"][-1]))
    free = tensor(("?",) * (len(c["x"]) - 1) + c["x"][-1:])
    names = "[" + ", ".join(f'"size{dim}"' for dim in range(len(c["x"]) - 1)) + ', ""]'
    free_y = tensor(("?",) * (len(c["x"]) - 1) + c["w"][-1:])
    return f"""
  nn.parameter @w_{name} : {w} init(#nn.normal<0.0, 0.3>)
  func.func private @conv_{name}(%x: {x}, %w: {w}) -> {y} {{
    %y = nn.conv %x, %w {options(c)} : {x}, {w}
    return %y : {y}
  }}
  func.func @{name}(%x: {x}) -> {y} {{
    %w = nn.param @w_{name} : {w}
    %z = nn.mul %x, 2.0 : {x}
    %y = nn.conv %z, %w {options(c)} : {x}, {w}
    %r = nn.relu %y : {y}
    return %r : {y}
  }}
  func.func @{name}_free(%x: {free} {{nn.dims = {names}}}) -> {free_y} {{
    %w = nn.param @w_{name} : {w}
    %y = nn.conv %x, %w {options(c)} : {free}, {w}
    return %y : {free_y}
  }}
  func.func @{name}_slopes(%x: {x}, %w: {w}, %dy: {y}) -> ({y}, {x}, {w}) {{
    %y, %dx, %dw = nn.vjp @conv_{name}(%x, %w) cotangents(%dy) wrt(0, 1) : ({x}, {w}), ({y}) -> ({y}, {x}, {w})
    return %y, %dx, %dw : {y}, {x}, {w}
  }}"""


def distance(found, wanted):
    return np.linalg.norm(np.asarray(found, "f8") - wanted) / np.linalg.norm(wanted)


def check_floats(dtype, names, flags):
    model = mlc.compile("module @narrow {" + "".join(map(floats, names)) + "\n}\n", precision=dtype, threads=2, **flags)
    for name in names:
        c = CASES[name]
        x, dy = (random.standard_normal(shape).astype("f4") for shape in (c["x"], (c["x"][0], *positions(c), c["w"][-1])))
        w = np.array(model.parameters["w_" + name])
        rounded = ROUND[dtype] if name != "depthwise" else lambda values: values.astype("f8") # a reduction
        y, dx, dw = conv(c, rounded(x), rounded(w)), *gradients(c, rounded(x), rounded(w), rounded(dy))
        found = [model.entries[name](x), model.entries[name + "_free"](x), *model.entries[name + "_slopes"](x, w, dy)]
        for part, ours, numpys in zip(("known", "free", "y", "dx", "dw"), found, (np.maximum(2 * y, 0), y, y, dx, dw)):
            # Of one column, or of one tap in groups, products are of f32.
            is_left = part == "dx" and name in ("one_channel", "grouped_odd")
            if not distance(ours, numpys) <= (2**-8 if is_left else TOLERANCE):
                print(f"{dtype} {flags} {name} {part}: off by {distance(ours, numpys):.1e}")


def integers(name, zero):
    """y = clamp(round((conv(x - zero, w) + b) * scale) + 3), the zero point of x in the padding and in the bias."""
    c = CASES[name]
    shape = (c["x"][0], *positions(c), c["w"][-1])
    rank = len(c["x"])
    x, w, y = tensor(c["x"], "i8"), tensor(c["w"], "i8"), tensor(shape, "i8")
    z_shape = (c["x"][0], *(n + 2 * p for n, p in zip(c["x"][1:-1], c["padding"])), c["x"][-1])
    z, wide, kernel, sums, numbers = tensor(z_shape, "i8"), tensor(z_shape, "i32"), tensor(c["w"], "i32"), tensor(shape, "i32"), tensor(shape)
    bias, scale, low = tensor(shape[-1:], "i32"), tensor(shape[-1:]), [0, *c["padding"], 0]
    return f"""
  nn.state @i_{name} : {w} init(#nn.zeros)
  func.func @{name}(%x: {x}, %w: {w}, %b: {bias}, %s: {scale}) -> {y} {{
    %zero = nn.constant dense<{zero}> : tensor<i8>
    %padded = nn.pad %x, %zero low = {low} high = {low} : {x}, tensor<i8>
    %z = nn.cast %padded : {z} -> {wide}
    %k = nn.cast %w : {w} -> {kernel}
    %taps = nn.reduce sum %k dims = {list(range(rank - 1))} : {kernel}
    %shift = nn.mul %taps, {zero} : {bias}
    %rest = nn.sub %b, %shift : {bias}
    %sum = nn.conv %z, %k, %rest {options(c, padding=False)} : {wide}, {kernel}, {bias}
    %n = nn.cast %sum : {sums} -> {numbers}
    %all = nn.broadcast %s dims = [{rank - 1}] : {scale} -> {numbers}
    %scaled = nn.mul %n, %all : {numbers}
    %round = nn.round_even %scaled : {numbers}
    %moved = nn.add %round, 3.0 : {numbers}
    %y = nn.clamp %moved low = -128.0 high = 127.0 : {numbers}
    %r = nn.cast %y : {numbers} -> {y}
    return %r : {y}
  }}
  func.func @{name}_state(%x: {x}) -> {sums} {{
    %w = nn.read @i_{name} : {w}
    %z = nn.cast %x : {x} -> {tensor(c["x"], "i32")}
    %k = nn.cast %w : {w} -> {kernel}
    %sum = nn.conv %z, %k {options(c)} : {tensor(c["x"], "i32")}, {kernel}
    return %sum : {sums}
  }}"""


def check_integers(names, flags, folder):
    zeros = {name: int(random.integers(-128, 128)) for name in names}
    model = mlc.compile("module @narrow {" + "".join(integers(name, zeros[name]) for name in names) + "\n}\n", threads=2, **flags)
    weights = {"i_" + name: random.integers(-128, 128, CASES[name]["w"]).astype("i1") for name in names}
    np.savez(folder + "/weights.npz", **weights)
    model.load(folder + "/weights.npz")
    for name in names:
        c, w, zero = CASES[name], weights["i_" + name], zeros[name]
        x = random.integers(-128, 128, c["x"]).astype("i1")
        b, s = random.integers(-10000, 10000, c["w"][-1]).astype("i4"), random.uniform(1e-4, 1e-3, c["w"][-1]).astype("f4")
        wide = conv(c, x.astype("i8"), w.astype("i8"))
        sums = conv(c, x.astype("i8") - zero, w.astype("i8")) + b
        scaled = np.clip(np.round(sums.astype("f4") * s) + 3, -128, 127).astype("i1")
        for part, ours, numpys in (("requantised", model.entries[name](x, w, b, s), scaled), ("sums", model.entries[name + "_state"](x), wide)):
            if not (np.asarray(ours) == numpys).all():
                print(f"i8 {flags} {name} {part}: {(np.asarray(ours) != numpys).mean():.2f} are wrong")


ALL = list(CASES)
for dtype, flags in (("bf16", {}), ("bf16", {"bf16_dot": "pairs"}), ("bf16", {"bf16_dot": "none"}), ("bf16", {"mcpu": "x86-64-v3"}),
                     ("bf16", {"bf16_dot": "pairs", "mcpu": "x86-64-v3"}), ("bf16", {"optimize": 0}), ("f16", {})):
    check_floats(dtype, ALL, flags)
for flags in ({}, {"i8_dot": "quads"}, {"i8_dot": "pairs"}, {"i8_dot": "none"}, {"mcpu": "x86-64-v3"}, {"optimize": 0}):
    check_integers([name for name in ALL if name != "depthwise"], flags, sys.argv[1])
print("narrow convolutions: done")
