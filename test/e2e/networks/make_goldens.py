#!/usr/bin/python3
"""Writes goldens.json by PyTorch and torchvision (Debian's python3-torch 1.13, python3-torchvision 0.14), in double precision: of every network of
models.py the gradients of all parameters, the running statistics and what is predicted after one step, the losses of all steps, and the parameters
after them. Of arrays made.summary is kept.

PYTHONPATH=build/python make_goldens.py: the names and shapes of the parameters are those of models.py. Where mlc computes in f32, PyTorch does too,
and must not take more than a fifth of the tolerances: else the test would be one of luck.
"""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.models.resnet import BasicBlock, Bottleneck

import models
from models import made


class LeNet(nn.Module):

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv2(F.avg_pool2d(torch.tanh(self.conv1(x)), 2))), 2)
        return self.fc3(torch.tanh(self.fc2(torch.tanh(self.fc1(x.flatten(1))))))


class Blocks(nn.Module):

    def __init__(self, channels, *blocks):
        super().__init__()
        self.blocks, self.fc = nn.Sequential(*blocks), nn.Linear(channels, 10)

    def forward(self, x):
        return self.fc(self.blocks(x).mean((2, 3)))


def shorter(before, after):
    return nn.Sequential(nn.Conv2d(before, after, 1, 2, bias=False), nn.BatchNorm2d(after))


def small_resnet18():
    net = torchvision.models.resnet18(num_classes=10)
    net.conv1, net.maxpool = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.Identity()
    return net


NETS = {
    "lenet": LeNet,
    "basic": lambda: Blocks(32, BasicBlock(16, 32, 2, shorter(16, 32)), BasicBlock(32, 32)),
    "bottleneck": lambda: Blocks(64, Bottleneck(32, 16, 2, shorter(32, 64)), Bottleneck(64, 16)),
    "inverted": lambda: Blocks(32, InvertedResidual(24, 32, 2, 6), InvertedResidual(32, 32, 1, 6)),
    "resnet18": small_resnet18,
    "resnet18_224": torchvision.models.resnet18,
}
WORDS = {"kernel": "weight", "scale": "weight", "bias": "bias", "mean": "running_mean", "variance": "running_var"}


def theirs(name):
    path, word = name.rsplit(".", 1)
    return f"{path}.{WORDS[word]}"


def turned(array):
    """A dense layer's matrix in the other's layout."""
    return array.T if array.ndim == 2 else array


def trained(name, network, module, dtype):
    """What the steps in a precision leave, as f64 arrays by name."""
    net = NETS[name.rsplit("_", 1)[0]]()
    kinds = module.parameters | {s: state.type for s, state in module.states.items()}
    first = {theirs(p): torch.from_numpy(np.ascontiguousarray(turned(network.initial(p, kind.dims)))) for p, kind in kinds.items()}
    missing, unexpected = net.load_state_dict(first, strict=False)
    assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
    net = net.to(dtype).train()
    images, labels = (torch.from_numpy(array) for array in network.data())
    images, labels = images.to(dtype), labels.long()
    optimizer = torch.optim.SGD(net.parameters(), lr=network.rate, momentum=models.MOMENTUM)
    known = lambda: {key: value.detach().double().numpy().copy() for key, value in net.state_dict().items()}
    found = {"losses": []}
    for step in range(network.steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        found["losses"].append(loss.item())
        if step == 0:
            slopes, after = {key: value.grad.double().numpy().copy() for key, value in net.named_parameters()}, known()
            found["gradients"] = {p: turned(slopes[theirs(p)]) for p in module.parameters}
            found["statistics"] = {s: after[theirs(s)] for s in module.states}
            with torch.no_grad():
                found["predicted"] = {"predicted": net.eval()(images).double().numpy()}
            net.train()
    end = known()
    found["end"] = {p: turned(end[theirs(p)]) for p in module.parameters}
    return found


def off(exact, single):
    """How far the farthest array of f32 is, relative to the norms of all."""
    return max((np.linalg.norm(single[key] - value) / np.linalg.norm(value) for key, value in exact.items()), default=0.0)


def goldens(name):
    network = models.CASES[name]
    module = network.module(name)
    arrays = trained(name, network, module, torch.float64)
    losses = arrays.pop("losses")
    print(f"{name}: {len(module.parameters)} parameters, loss {losses[0]:.6f}, after {network.steps} steps {losses[-1]:.6f}", flush=True)
    if network.dtype == "f32":
        single = trained(name, network, module, torch.float32)
        found = {"loss": abs(single["losses"][0] / losses[0] - 1), "losses": max(abs(a / b - 1) for a, b in zip(single["losses"], losses))}
        found |= {part: off(value, single[part]) for part, value in arrays.items()}
        print("  PyTorch's f32 is off: " + ", ".join(f"{part} {value:.1e}" for part, value in found.items()), flush=True)
        far = {part: value for part, value in found.items() if value > models.TOLERANCES["f32"][part] / 5}
        assert not far, far
    summaries = {part: {key: made.summary(key, value) for key, value in values.items()} for part, values in arrays.items()}
    return {"losses": [float(f"{x:.12g}") for x in losses], **summaries}


def lines(tree, depth):
    if depth == 0 or not isinstance(tree, dict):
        return json.dumps(tree)
    return "{\n" + ",\n".join(f'"{key}": {lines(value, depth - 1)}' for key, value in tree.items()) + "\n}"


if __name__ == "__main__":
    found = {name: goldens(name) for name in models.CASES}
    with open(os.path.join(models.HERE, "goldens.json"), "w", encoding="utf-8") as out:
        out.write(lines(found, 3) + "\n")
