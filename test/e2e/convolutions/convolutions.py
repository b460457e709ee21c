"""convolutions.py FOLDER: every form of convolution and pool, its gradients, and for convolutions the derivatives of those, as PyTorch has them in
f64 (goldens.json), within 2e-6 of the norm of each: sums of at most 4000 products in f32; compiled at -O3.

A result is also the same, bit for bit, on 1, 2 and 3 threads; and each entry compiled with free batch and spatial sizes gives what PyTorch
has too; but those of adaptive pools stay known where there are several windows. Convolutions are computed by tiles of minimal filtering, too,
wherever they can be: twice as far, since their maps round, and so do those of derivatives.
"""
import json
import os
import sys

import mlc
import numpy as np
from mlc import nn

import cases
import made

TOLERANCE, OF_TILES = 2e-6, 4e-6
with open(os.path.join(cases.HERE, "goldens.json"), encoding="utf-8") as file:
    GOLDENS = json.load(file)


def order(of, to):
    return [of.index(letter) for letter in to]


def given(name):
    """The operands, dy, and for convolutions the cotangents of the gradients, in the layouts of the case."""
    c, found = cases.CASES[name], cases.arrays(name)
    (x, w), (mine, kernel) = cases.layouts(c)
    parts = list(found)
    found["dy"] = made.numbers(name + ".dy", GOLDENS[name]["shape"])
    if c["w"]:
        found |= {f"d{part}.again": made.numbers(f"{name}.d{part}.again", found[part].shape) for part in parts}
    words = {"x": order(x, mine), "dy": order(x, mine), "dx.again": order(x, mine), "w": order(w, kernel), "dw.again": order(w, kernel)}
    return parts, {part: np.ascontiguousarray(array.transpose(words[part])) if part in words else array for part, array in found.items()}


def fixed(c, part):
    """The letters of dimensions that are never free: the channels, what is pooled to several windows, and the numbers of those."""
    windows, spatial = c["options"].get("sizes"), cases.layouts(c)[0][0][2:]
    if windows is None:
        return "c"
    windows = windows if isinstance(windows, tuple) else (windows,) * len(spatial)
    return "c" + "".join(letter for letter, size in zip(spatial, windows) if size != 1 or part == "dy")


def entry(m, name, free):
    c = cases.CASES[name]
    parts, values = given(name)
    mine, kernel = cases.layouts(c)[1]
    sizes = lambda part: tuple(size if letter in fixed(c, part) else f"{part[0]}_{letter}" for letter, size in zip(mine, values[part].shape))
    types = [nn.f32[sizes(part) if free and part in ("x", "dy") else values[part].shape] for part in values]
    options = dict(c["options"], layout=mine, **({"kernel_layout": kernel} if c["w"] else {}))

    @m.function(name="f_" + name, private=True, arguments=types[:len(parts)])
    def forward(*operands):
        return getattr(nn, c["op"])(*operands, **options)

    if not c["w"]:
        @m.function(name=name, arguments=types)
        def _(x, dy):
            return nn.vjp(forward, x, cotangents=[dy])
        return

    @m.function(name="g_" + name, private=True, arguments=types[:len(parts) + 1])
    def gradients(*operands):
        return nn.vjp(forward, *operands[:-1], cotangents=[operands[-1]], wrt=list(range(len(parts))))

    if free:
        @m.function(name=name, arguments=types[:len(parts) + 1])
        def _(*operands):
            return gradients(*operands)
        return

    @m.function(name=name, arguments=types)
    def _(*operands):
        own, again = operands[:len(parts) + 1], operands[len(parts) + 1:]
        zero = nn.constant(np.zeros(GOLDENS[name]["shape"] if not c["last"] else values["dy"].shape, "f4"))
        results = nn.vjp(gradients, *own, cotangents=[zero, *again], wrt=[0, 1, len(parts)])
        return results


def compared(name, results, worst, tolerance):
    c, expected = cases.CASES[name], GOLDENS[name]
    (x, w), (mine, kernel) = cases.layouts(c)
    words = {"y": (mine, x), "dx": (mine, x), "dw": (kernel, w), "second_x": (mine, x), "second_w": (kernel, w), "second_dy": (mine, x)}
    for part, got in zip((part for part in expected if part != "shape"), results):
        array = got.transpose(order(*words[part])) if part in words else got
        distance = made.distance(f"{name}.{part}", array, expected[part], 1e-3)
        worst.append(distance)
        if not distance <= tolerance:
            print(f"{name} {part}: off by {distance:.2e}")


def forms(kind):
    """Tiles are of convolutions whose positions are neighbours."""
    for name, c in cases.CASES.items():
        options = c["options"].keys()
        if kind == "known" or (kind == "free" and "ceil" not in options and "same_stride" not in name) or (kind == "tiles" and c["w"] and not options & {"groups", "dilation"}):
            yield name


farthest, count, differ = {}, 0, []
for kind, options in (("known", {}), ("free", {}), ("tiles", {"winograd": "always"})):
    free, worst = kind == "free", []
    m = nn.Module(kind)
    for name in forms(kind):
        entry(m, name, free)
    library = os.path.join(sys.argv[1], m.name + ".so")
    mlc.compile(m, library, **options)
    models = [mlc.load(library, threads=threads) for threads in ((1,) if free else (1, 2, 3))]
    for name in forms(kind):
        parts, values = given(name)
        taken = list(values.values())[:len(parts) + 1] if free else values.values()
        first, *others = ([np.array(x) for x in model.entries[name](*taken)] for model in models)
        differ += [name for other in others if any(a.tobytes() != b.tobytes() for a, b in zip(first, other))]
        compared(name, first, worst, OF_TILES if options else TOLERANCE)
    farthest[kind], count = max(worst), count + len(worst)
print(f"{len(cases.CASES)} forms, {count} arrays, the farthest from PyTorch by", ", ".join(f"{distance:.1e} ({kind})" for kind, distance in farthest.items())
      + f"; other bits on other threads: {differ or 'none'}")
sys.exit(not (max(farthest["known"], farthest["free"]) <= TOLERANCE and farthest["tiles"] <= OF_TILES) or bool(differ))
