#!/usr/bin/python3
"""Writes goldens.json by PyTorch (Debian's python3-torch 1.13): of every form of attention the result and its gradients; of every model the loss,
the gradients of all parameters, and the losses of 20 steps of AdamW. Of arrays made.summary is kept.

PYTHONPATH=build/python make_goldens.py: the parameters' names and shapes are those of models.py. Models are PyTorch's own layers where it has
them (torch.nn.TransformerEncoderLayer, TransformerDecoderLayer), else parts of torch.nn.functional. Everything is in double precision, the losses
in single precision too: where the two drift apart by more than 2e-5, the test would be one of luck.
"""
import json
import os

import torch
import torch.nn.functional as F
from torch.nn.utils.stateless import functional_call

import attention_cases
import made
import models


def seen_keys(c, x, q, k):
    """[batch, heads or 1, queries, keys], true where a query sees a key."""
    i, j = torch.arange(q)[:, None] + int(x.get("offset", c["options"].get("offset", 0))), torch.arange(k)
    seen = torch.ones(1, 1, q, k, dtype=torch.bool)
    if c["options"].get("causal"):
        seen = seen & (j <= i)
    if "window" in c["options"]:
        seen = seen & (j > i - c["options"]["window"])
    if "lengths" in x:
        seen = seen & (j < x["lengths"][:, None, None, None])
    return seen & x["mask"] if "mask" in x else seen


def attention(c, x):
    """Heads and time apart, one product of all pairs, softmax of what is seen."""
    letters = ["bhtd".index(letter) for letter in c["layout"]]
    canonical = lambda part: x[part].permute([letters.index(axis) for axis in range(4)])
    q, k, v = canonical("q"), canonical("k"), canonical("v")
    k, v = (part.repeat_interleave(q.shape[1] // part.shape[1], 1) for part in (k, v))
    s = q @ k.transpose(-1, -2) * c["options"].get("scale", q.shape[-1]**-0.5)
    if "soft_cap" in c["options"]:
        s = c["options"]["soft_cap"] * torch.tanh(s / c["options"]["soft_cap"])
    s, seen = s + x.get("bias", 0.0), seen_keys(c, x, q.shape[2], k.shape[2])
    p = torch.softmax(s.masked_fill(~seen, -1e9), -1) * seen  # a query that sees nothing gives 0
    results = [(p @ v).permute(letters)]
    if c["lse"]:
        assert seen.any(-1).all()
        results.append(torch.logsumexp(s.masked_fill(~seen, -float("inf")), -1).permute([axis - (axis > 3) for axis in letters if axis != 3]))
    return results


def attention_goldens(name):
    x = {part: torch.from_numpy(array) for part, array in attention_cases.arrays(name).items()}
    x = {part: value.double() if value.is_floating_point() else value for part, value in x.items()}
    leaves = {part: x[part].requires_grad_() for part in ("q", "k", "v", "bias") if part in x}
    results = attention(attention_cases.CASES[name], x)
    slopes = torch.autograd.grad(results, list(leaves.values()), [x["dy"]] + ([x["dlse"]] if "dlse" in x else []))
    named = dict(zip(["y", "lse"], results), **{"d" + part: slope for part, slope in zip(leaves, slopes)})
    return {part: made.summary(f"{name}.{part}", value.detach().numpy()) for part, value in named.items()}


def layer_state(p, name, kind):
    """The state of a PyTorch layer, of the parameters under a name."""
    state = {}
    for ours, theirs in [("attention", "self_attn")] + ([("cross", "multihead_attn")] if kind is torch.nn.TransformerDecoderLayer else []):
        for part in ("kernel", "bias"):
            joined = torch.cat([p[f"{name}.{ours}.{which}.{part}"] for which in ("query", "key", "value")], -1)
            state[f"{theirs}.in_proj_{'weight' if part == 'kernel' else part}"] = joined.T if part == "kernel" else joined
            out = p[f"{name}.{ours}.out.{part}"]
            state[f"{theirs}.out_proj.{'weight' if part == 'kernel' else part}"] = out.T if part == "kernel" else out
    for ours, theirs in (("up", "linear1"), ("down", "linear2")):
        state[theirs + ".weight"], state[theirs + ".bias"] = p[f"{name}.{ours}.kernel"].T, p[f"{name}.{ours}.bias"]
    for norm in ("norm1", "norm2", "norm3"):
        if f"{name}.{norm}.scale" in p:
            state[norm + ".weight"], state[norm + ".bias"] = p[f"{name}.{norm}.scale"], p[f"{name}.{norm}.bias"]
    return state


def layer(p, name, kind, x, *others, heads, activation=F.relu, norm_first=False, epsilon=1e-5, **masks):
    hidden = p[name + ".up.kernel"].shape[1]
    module = kind(x.shape[-1], heads, hidden, 0.0, activation, epsilon, True, norm_first).to(x.dtype)
    return functional_call(module, layer_state(p, name, kind), (x, *others), masks)


def norm(p, name, x, epsilon=1e-5):
    return F.layer_norm(x, x.shape[-1:], p[name + ".scale"], p[name + ".bias"], epsilon)


def hidden_keys(lengths, time):
    return torch.arange(time) >= lengths[:, None]


def future(time):
    return torch.ones(time, time, dtype=torch.bool).triu(1)


def seq2seq(p, words, lengths, said):
    encoder, decoder, padding = torch.nn.TransformerEncoderLayer, torch.nn.TransformerDecoderLayer, hidden_keys(lengths, words.shape[1])
    x = p["source.table"][words] + p["positions.table"][:words.shape[1]]
    for i in range(2):
        x = layer(p, f"encoder.{i}", encoder, x, heads=4, src_key_padding_mask=padding)
    memory, y = norm(p, "encoder.norm", x), p["target.table"][said] + p["positions.table"][:said.shape[1]]
    for i in range(2):
        y = layer(p, f"decoder.{i}", decoder, y, memory, heads=4, tgt_mask=future(said.shape[1]), memory_key_padding_mask=padding)
    return norm(p, "decoder.norm", y) @ p["head.kernel"] + p["head.bias"]


def bert(layers, heads):

    def logits(p, ids, kinds, lengths):
        x = norm(p, "norm", p["words.table"][ids] + p["positions.table"] + p["kinds.table"][kinds], 1e-12)
        for i in range(layers):
            x = layer(p, f"layer.{i}", torch.nn.TransformerEncoderLayer, x, heads=heads, activation=F.gelu, epsilon=1e-12,
                      src_key_padding_mask=hidden_keys(lengths, ids.shape[1]))
        x = norm(p, "head.norm", F.gelu(x @ p["head.dense.kernel"] + p["head.dense.bias"]), 1e-12)
        return x @ p["words.table"].T + p["head.bias"]

    return logits


def gpt2(p, ids):
    x = p["words.table"][ids] + p["positions.table"]
    for i in range(3):
        x = layer(p, f"layer.{i}", torch.nn.TransformerEncoderLayer, x, future(ids.shape[1]), heads=4, norm_first=True,
                  activation=lambda h: F.gelu(h, approximate="tanh"))
    return norm(p, "norm", x) @ p["words.table"].T


def rms_norm(x, scale):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6) * scale


def rotated(x):
    """[batch, time, heads, features]: the halves of the features turn by time / 10000^(2 i / features)."""
    half = x.shape[-1] // 2
    angle = torch.arange(x.shape[1], dtype=torch.float64)[:, None] * 10000.0**(-torch.arange(half, dtype=torch.float64) / half)
    cos, sin, a, b = angle.cos()[:, None].to(x.dtype), angle.sin()[:, None].to(x.dtype), x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


def llama(p, ids):
    x = p["words.table"][ids]
    for i in range(2):
        of, h = f"layer.{i}.", rms_norm(x, p[f"layer.{i}.norm1.scale"])
        q, k, v = ((h @ p[of + f"attention.{part}.kernel"]).unflatten(-1, (-1, 8)) for part in ("query", "key", "value"))
        q, k, v = rotated(q).transpose(1, 2), rotated(k).repeat_interleave(2, 2).transpose(1, 2), v.repeat_interleave(2, 2).transpose(1, 2)
        s = (q @ k.transpose(-1, -2) * 8**-0.5).masked_fill(future(ids.shape[1]), -float("inf"))
        x = x + (torch.softmax(s, -1) @ v).transpose(1, 2).flatten(2) @ p[of + "attention.out.kernel"]
        gate, up = (rms_norm(x, p[of + "norm2.scale"]) @ p[of + "up.kernel"]).chunk(2, -1)
        x = x + (F.silu(gate) * up) @ p[of + "down.kernel"]
    return rms_norm(x, p["norm.scale"]) @ p["head.kernel"]


LOGITS = {"seq2seq": seq2seq, "bert2": bert(2, 4), "bert12": bert(12, 2), "gpt2": gpt2, "llama": llama}
LABELS = {"seq2seq": dict(ignore_index=0, label_smoothing=0.1)}


def loss_of(name, p, inputs):
    *given, labels = inputs
    logits = LOGITS[name](p, *given)
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), **LABELS.get(name, {}))


def curve(name, values, inputs, dtype):
    p = {parameter: torch.tensor(value, dtype=dtype, requires_grad=True) for parameter, value in values.items()}
    optimizer, losses = torch.optim.AdamW(p.values(), lr=models.RATE, weight_decay=0.05), []
    for _ in range(20):
        optimizer.zero_grad()
        loss = loss_of(name, p, inputs)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def model_goldens(name):
    shapes = {parameter: kind.dims for parameter, kind in models.MODELS[name]().parameters.items()}
    values = {parameter: made.parameter(parameter, shape) for parameter, shape in shapes.items()}
    inputs = [torch.from_numpy(array).long() for array in models.inputs(name)]
    p = {parameter: torch.from_numpy(value).double().requires_grad_() for parameter, value in values.items()}
    loss = loss_of(name, p, inputs)
    slopes = torch.autograd.grad(loss, list(p.values()))
    losses, exact = (curve(name, values, inputs, dtype) for dtype in (torch.float32, torch.float64))
    drift = max(abs(a - b) / abs(b) for a, b in zip(losses, exact))
    print(f"{name:8} {len(p)} parameters, loss {loss.item():.6f}, after 20 steps {exact[-1]:.6f}, drift of f32 {drift:.1e}")
    assert drift < 2e-5, "choose a gentler learning rate"
    gradients = {parameter: made.summary(parameter, slope.numpy()) for parameter, slope in zip(p, slopes)}
    return {"loss": float(f"{loss.item():.9g}"), "losses": [float(f"{x:.9g}") for x in exact], "gradients": gradients}


if __name__ == "__main__":
    goldens = {"attention": {name: attention_goldens(name) for name in attention_cases.CASES}}
    goldens.update({name: model_goldens(name) for name in models.MODELS})
    with open(os.path.join(made.HERE, "goldens.json"), "w") as out:
        def lines(tree, depth):
            if depth == 0 or not isinstance(tree, dict):
                return json.dumps(tree)
            return "{\n" + ",\n".join(f'"{key}": {lines(value, depth - 1)}' for key, value in tree.items()) + "\n}"
        out.write(lines(goldens, 3) + "\n")
