"""precision_attention.py: nn.attention with --precision=bf16, compiled in several ways, and its gradients, against NumPy on operands that are rounded alike.

As in precision.py results agree within 3e-4 of their norm, because numbers that are rounded may be neighbours, and those of f32 are ten times as far. One
query at run time is multiplied as its keys lie, unrounded: it is no farther from f32 than rounding makes it, 1 %.
"""
import mlc
import numpy as np


def to_bf16(values):
    bits = np.asarray(values, "f4").view("u4")
    return ((bits + ((bits >> 16) & 1) + 0x7FFF) & 0xFFFF0000).view("f4").astype("f8")


def as_it_is(values):
    return np.asarray(values, "f8")


def expected(q, k, v, dy, causal, rounded):
    """y, and the gradients by q, k and v, of [batch, time, heads, features] in f64; heads share those of keys and values."""
    groups = q.shape[2] // k.shape[2]
    q, k, v, dy = (np.asarray(x, "f8").transpose(0, 2, 1, 3) for x in (q, np.repeat(k, groups, 2), np.repeat(v, groups, 2), dy))
    scale = 1 / np.sqrt(q.shape[3])
    scores = rounded(q) @ rounded(k).swapaxes(2, 3) * scale
    if causal:
        scores = np.where(np.tril(np.ones(scores.shape[2:], bool)), scores, -np.inf)
    p = np.exp(scores - scores.max(3, keepdims=True))
    p /= p.sum(3, keepdims=True)
    y, dv, dp = rounded(p) @ rounded(v), rounded(p).swapaxes(2, 3) @ rounded(dy), rounded(dy) @ rounded(v).swapaxes(2, 3)
    ds = p * (dp - (p * dp).sum(3, keepdims=True)) * scale
    gradients = [y, rounded(ds) @ rounded(k), rounded(ds).swapaxes(2, 3) @ rounded(q), dv]
    gradients = [x.transpose(0, 2, 1, 3) for x in gradients]
    return gradients[:2] + [x.reshape(*x.shape[:2], -1, groups, x.shape[3]).sum(3) for x in gradients[2:]]


def distance(found, wanted):
    return np.linalg.norm(np.asarray(found, "f8") - wanted) / np.linalg.norm(wanted)


def text(time, keys, heads, groups, features, causal):
    dims = [["", name if size == "?" else "", "", ""] for name, size in (("t", time), ("s", keys))]
    q, kv = (f"tensor<2x{size}x{count}x{features}xf32>" for size, count in ((time, heads), (keys, groups)))
    named = [f" {{nn.dims = {list(map(str, names))}}}".replace("'", '"') if "?" in kind else "" for names, kind in zip(dims, (q, kv))]
    private, public = (f"%q: {q}{a}, %k: {kv}{b}, %v: {kv}{b}" for a, b in (("", ""), named))
    return f"""module @attention {{
  func.func private @attend({private}) -> {q} {{
    %y = nn.attention %q, %k, %v layout = bthd{" causal" if causal else ""} : {q}, {kv}, {kv}
    return %y : {q}
  }}
  func.func @forward({public}) -> {q} {{
    %y = func.call @attend(%q, %k, %v) : ({q}, {kv}, {kv}) -> {q}
    return %y : {q}
  }}
  func.func @gradients({public}, %dy: {q}{named[0]}) -> ({q}, {q}, {kv}, {kv}) {{
    %y, %dq, %dk, %dv = nn.vjp @attend(%q, %k, %v) cotangents(%dy) wrt(0, 1, 2) : ({q}, {kv}, {kv}), ({q}) -> ({q}, {q}, {kv}, {kv})
    return %y, %dq, %dk, %dv : {q}, {q}, {kv}, {kv}
  }}
  func.func @of_computed({public}) -> {q} {{
    %a = nn.neg %q : {q}
    %b = nn.neg %k : {kv}
    %c = nn.neg %v : {kv}
    %y = func.call @attend(%a, %b, %c) : ({q}, {kv}, {kv}) -> {q}
    return %y : {q}
  }}
}}
"""


WAYS = [{}, {"bf16_dot": "pairs"}, {"bf16_dot": "matrices"}, {"bf16_dot": "none"}, {"mcpu": "x86-64", "bf16_dot": "pairs"}, {"mcpu": "x86-64-v3"}]
random = np.random.default_rng(5)
# Blocks and words that are full and that are not, keys that several heads share, and free numbers, which end anywhere in a block.
for time, keys, heads, groups, features, causal in ((64, 64, 3, 3, 64, True), (100, 100, 2, 2, 20, False), (33, 33, 4, 2, 33, True), ("?", "?", 4, 2, 32, False)):
    source = text(time, keys, heads, groups, features, causal)
    sizes = [(t, s) for t in (1, 17, 70) for s in (31, 100)] if time == "?" else [(time, keys)]
    for way in WAYS if time == "?" else WAYS[::2] if causal else WAYS[1::2]:
        made = mlc.compile(source, precision="bf16", threads=2, **way)
        for t, s in sizes:
            q, dy = (random.standard_normal((2, t, heads, features)).astype("f4") for _ in range(2))
            k, v = (random.standard_normal((2, s, groups, features)).astype("f4") for _ in range(2))
            wanted, exact = (expected(q, k, v, dy, causal, rounded) for rounded in (to_bf16, as_it_is))
            found = [made.forward(q, k, v), *made.gradients(q, k, v, dy)]
            for position, (ours, numpys, f32s) in enumerate(zip(found, [wanted[0], *wanted], [exact[0], *exact])):
                near = distance(ours, f32s) < 1e-2 if t == 1 else distance(ours, numpys) < min(3e-4, distance(f32s, numpys) / 2)
                assert near, (time, t, s, way, position, distance(ours, numpys), distance(f32s, numpys))
            if t > 1:
                y = expected(-q, -k, -v, dy, causal, to_bf16)[0]
                assert distance(made.of_computed(q, k, v), y) < 3e-4, (time, t, s, way)
print("attention: ok")
