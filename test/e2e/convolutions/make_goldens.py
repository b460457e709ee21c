#!/usr/bin/python3
"""Writes goldens.json by PyTorch (Debian's python3-torch 1.13), in double precision: of every convolution and pool the result, its gradients by all
operands, and for convolutions what those have for derivatives. Of arrays made.summary is kept, in PyTorch's order of dimensions."""
import json
import os

import torch
import torch.nn.functional as F

import cases
import made


def per_dim(value, rank, otherwise):
    return (otherwise,) * rank if value is None else (value,) * rank if isinstance(value, int) else tuple(value)


def pairs(options, rank, x, window, strides, dilation):
    """(low, high) of every spatial dimension."""
    if options.get("same"):
        found = []
        for size, k, s, d in zip(x.shape[2:], window, strides, dilation):
            total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
            found.append((total // 2, total - total // 2))
        return found
    padding = per_dim(options.get("padding"), rank, 0)
    return list(zip(padding[::2], padding[1::2])) if len(padding) == 2 * rank else [(p, p) for p in padding]


def convolved(c, x, w, b):
    o, rank = c["options"], x.dim() - 2
    strides, dilation = per_dim(o.get("strides"), rank, 1), per_dim(o.get("dilation"), rank, 1)
    if c["op"] == "conv_transpose":
        function = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
        return function(x, w, b, stride=strides, padding=per_dim(o.get("padding"), rank, 0), output_padding=per_dim(o.get("output_padding"), rank, 0),
                        groups=o.get("groups", 1), dilation=dilation)
    spread = per_dim(o.get("input_dilation"), rank, 1)
    if max(spread) > 1:
        sizes = [(n - 1) * s + 1 for n, s in zip(x.shape[2:], spread)]
        wide = torch.zeros(*x.shape[:2], *sizes, dtype=x.dtype)
        wide[(slice(None), slice(None), *(slice(None, None, s) for s in spread))] = x
        x = wide
    ends = pairs(o, rank, x, w.shape[2:], strides, dilation)
    x = F.pad(x, [p for pair in reversed(ends) for p in pair])
    return [F.conv1d, F.conv2d, F.conv3d][rank - 1](x, w, b, stride=strides, dilation=dilation, groups=o.get("groups", 1))


def pooled(c, x):
    o, rank = c["options"], x.dim() - 2
    if "sizes" in o:
        return getattr(F, f"{c['op']}{rank}d")(x, per_dim(o["sizes"], rank, 1))
    window = per_dim(o["window"], rank, 1)
    strides, padding = per_dim(o.get("strides"), rank, None), per_dim(o.get("padding"), rank, 0)
    strides = window if strides[0] is None else strides
    kind = {"max_pool": "max_pool", "avg_pool": "avg_pool", "lp_pool": "lp_pool"}[c["op"]]
    function = getattr(F, f"{kind}{rank}d")
    if kind == "max_pool":
        return function(x, window, strides, padding, per_dim(o.get("dilation"), rank, 1), ceil_mode=o.get("ceil", False))
    if kind == "avg_pool":
        return function(x, window, strides, padding, o.get("ceil", False), not o.get("exclude_padding", False))
    powers = x.abs()**o.get("norm", 2.0)
    total = getattr(F, f"avg_pool{rank}d")(powers, window, strides) * float(torch.tensor(window).prod())
    return total**(1 / o.get("norm", 2.0))


def goldens(name):
    c = cases.CASES[name]
    leaves = {part: torch.from_numpy(array).double().requires_grad_() for part, array in cases.arrays(name).items()}
    y = convolved(c, leaves["x"], leaves["w"], leaves.get("b")) if c["w"] else pooled(c, leaves["x"])
    dy = torch.from_numpy(made.numbers(name + ".dy", tuple(y.shape))).double().requires_grad_()
    slopes = torch.autograd.grad(y, list(leaves.values()), dy, create_graph=True)
    named = {"y": y, **{"d" + part: slope for part, slope in zip(leaves, slopes)}}
    if c["w"]:
        again = [torch.from_numpy(made.numbers(f"{name}.d{part}.again", tuple(slope.shape))).double() for part, slope in zip(leaves, slopes)]
        second = torch.autograd.grad(slopes, [leaves["x"], leaves["w"], dy], again)
        named |= {"second_" + part: value for part, value in zip(("x", "w", "dy"), second)}
    return {"shape": list(y.shape), **{part: made.summary(f"{name}.{part}", value.detach().numpy()) for part, value in named.items()}}


with open(os.path.join(cases.HERE, "goldens.json"), "w", encoding="utf-8") as file:
    file.write("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(goldens(name))}" for name in cases.CASES) + "\n}\n")
