#!/usr/bin/python3
"""Writes goldens.json: the losses of 50 steps of examples/mlp under every optimizer, by PyTorch (Debian's python3-torch 1.13).

The data and the initial parameters are data.py's. The losses in double precision are computed too: a drift between the two
precisions near the test's tolerance would make the test one of luck, so it is refused.
"""
import json
import os

import torch
import torch.nn.functional as F

import data


def train(name, dtype):
    x, label = (torch.from_numpy(array) for array in data.samples())
    x, label = x.to(dtype), label.long()
    p = {name: torch.from_numpy(value).to(dtype).requires_grad_() for name, value in data.parameters().items()}
    _, kind, arguments = data.OPTIMIZERS[name]
    optimizer = getattr(torch.optim, kind)(p.values(), **arguments)
    losses = []
    for step in range(data.STEPS):
        rows = slice((step % data.BATCHES) * data.BATCH, (step % data.BATCHES + 1) * data.BATCH)
        h = F.relu(x[rows] @ p["w1"] + p["b1"])
        h = F.relu(h @ p["w2"] + p["b2"])
        loss = F.cross_entropy(h @ p["w3"] + p["b3"], label[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


goldens = {}
for name in data.OPTIMIZERS:
    losses, exact = train(name, torch.float32), train(name, torch.float64)
    drift = max(abs(a - b) / abs(b) for a, b in zip(losses, exact))
    print(f"{name:9} first {losses[0]:.6f} last {losses[-1]:.6f} drift of f32 {drift:.1e}")
    assert drift < 2e-5, "choose a gentler learning rate"
    goldens[name] = [float(f"{loss:.9g}") for loss in losses]
with open(os.path.join(data.HERE, "goldens.json"), "w") as out:
    out.write("{\n" + ",\n".join(f'"{name}": {json.dumps(losses)}' for name, losses in goldens.items()) + "\n}\n")
