"""The forms of nn.attention that are compared with PyTorch's parts: every option, alone and together, at sizes beyond one tile.

What a case says: sizes (batch, heads, kv_heads, queries, keys, features, width of values), the layout, options of the op, and of bias, mask
and lengths the shapes or values.
"""
import numpy as np

from made import numbers

SIZES = dict(b=2, h=4, k=4, t=37, s=37, d=16, e=16)


def case(layout="bhtd", options=None, bias=None, mask=None, lengths=None, offset=None, lse=False, **sizes):
    return dict(layout=layout, options=options or {}, bias=bias, mask=mask, lengths=lengths, offset=offset, lse=lse, sizes=dict(SIZES, **sizes))


EVERYTHING = dict(causal=True, offset=5, window=20, soft_cap=3.0, scale=0.3)
CASES = {
    "plain": case(),
    "wide": case(t=70, s=133, d=64, e=48),
    "short": case(t=5, s=9, d=8, e=8),
    "one_query": case(t=1, s=50),
    "causal": case(options=dict(causal=True)),
    "causal_bthd": case("bthd", dict(causal=True), t=64, s=64, d=32, e=32),
    "causal_offset": case(options=dict(causal=True, offset=13), t=24, s=37),
    "causal_behind": case(options=dict(causal=True, offset=-3)),
    "cached": case("bthd", dict(causal=True), offset=20, t=17, s=37),
    "window": case(options=dict(causal=True, window=7)),
    "window_both_ways": case(options=dict(window=11)),
    "scale": case(options=dict(scale=0.05)),
    "soft_cap": case("bthd", dict(soft_cap=1.5)),
    "bias": case(bias=(2, 4, 37, 37)),
    "bias_of_heads": case("bthd", dict(causal=True), bias=(4, 37, 37)),
    "bias_of_keys": case(bias=(2, 1, 1, 37)),
    "mask": case(mask=(37, 37)),
    "mask_of_batch": case("bthd", mask=(2, 1, 1, 37)),
    "lengths": case(lengths=(30, 9)),
    "lengths_causal": case("bthd", dict(causal=True), lengths=(37, 21)),
    "grouped": case("bthd", dict(causal=True), k=2),
    "shared": case(k=1, bias=(4, 1, 37)),
    "values_narrow": case(e=5),
    "log_sums": case("bthd", lse=True),
    "features_first": case("bhdt", dict(causal=True)),
    "everything": case("bthd", EVERYTHING, bias=(2, 4, 37, 37), mask=(37, 37), lengths=(37, 26), k=2, lse=True),
}


def arrays(name):
    """The inputs of a case by their names, in the order of the entry; d... are cotangents."""
    c, made = CASES[name], {}
    s = c["sizes"]
    letters = dict(q="".join(c["layout"]), k=c["layout"].replace("t", "s").replace("h", "k"), v=c["layout"].replace("t", "s").replace("h", "k").replace("d", "e"))
    for part, word in letters.items():
        made[part] = numbers(f"{name}.{part}", [s[letter] for letter in word], 2.0)
    if c["bias"]:
        made["bias"] = numbers(f"{name}.bias", c["bias"], 2.0)
    if c["mask"]:
        made["mask"] = numbers(f"{name}.mask", c["mask"]) < 0.4
        made["mask"][..., 0] = True  # PyTorch has NaN where nothing is seen
    if c["lengths"]:
        made["lengths"] = np.array(c["lengths"], np.int32)
    if c["offset"] is not None:
        made["offset"] = np.array(c["offset"], np.int32)
    made["dy"] = numbers(f"{name}.dy", [s[letter] for letter in letters["q"].replace("d", "e")])
    if c["lse"]:
        made["dlse"] = numbers(f"{name}.dlse", [s[letter] for letter in letters["q"].replace("d", "")])
    return made
