#!/usr/bin/python3
"""Writes OptimizerGoldens.inc: PyTorch's optimizers, schedules, clipping and fans in double precision (Debian's python3-torch 1.13).

Parameters start at 0.5, -1.25, 2; gradient i of step t (from 0) is ((7 i + 3 t) mod 11 - 5) / 4: OptimizersTest.cpp does the same.
"""
import os
import warnings

import torch

warnings.filterwarnings("ignore")
STEPS = 5
lines = ["// Made by make_optimizer_goldens.py from PyTorch 1.13 in double precision."]


def table(kind, name, rows):
    lines.append(f"static const {kind} {name}[] = {{")
    lines.extend("    " + row + "," for row in rows)
    lines.append("};")


def braces(values):
    return "{" + ", ".join(repr(float(value)) for value in values) + "}"


def train(make):
    p = torch.tensor([0.5, -1.25, 2.0], dtype=torch.float64, requires_grad=True)
    optimizer = make([p])
    for t in range(STEPS):
        p.grad = torch.tensor([((7 * i + 3 * t) % 11 - 5) / 4 for i in range(3)], dtype=torch.float64)
        optimizer.step()
    return braces(p.tolist())


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, arXiv:2302.06675, algorithm 2, which PyTorch has not."""

    def __init__(self, parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    def step(self):
        for group in self.param_groups:
            (beta1, beta2), lr, decay = group["betas"], group["lr"], group["weight_decay"]
            for p in group["params"]:
                with torch.no_grad():
                    m = self.state[p].get("m", torch.zeros_like(p))
                    c = beta1 * m + (1 - beta1) * p.grad
                    p -= lr * (torch.sign(c) + decay * p)
                    self.state[p]["m"] = beta2 * m + (1 - beta2) * p.grad


o = torch.optim
table("OptimizerGolden", "kOptimizers", [f'{{"{text}", {train(make)}}}' for text, make in [
    ("#nn.sgd", lambda p: o.SGD(p, lr=0.001)),
    ("#nn.sgd<learning_rate = 0.1, weight_decay = 0.01>", lambda p: o.SGD(p, lr=0.1, weight_decay=0.01)),
    ("#nn.momentum<learning_rate = 0.1, momentum = 0.8>", lambda p: o.SGD(p, lr=0.1, momentum=0.8)),
    ("#nn.momentum<learning_rate = 0.1, weight_decay = 0.01>", lambda p: o.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01)),
    ("#nn.nesterov<learning_rate = 0.1, weight_decay = 0.01>",
     lambda p: o.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)),
    ("#nn.adagrad", o.Adagrad),
    ("#nn.adagrad<learning_rate = 0.1, learning_rate_decay = 0.2, weight_decay = 0.01>",
     lambda p: o.Adagrad(p, lr=0.1, lr_decay=0.2, weight_decay=0.01)),
    ("#nn.rmsprop", o.RMSprop),
    ("#nn.rmsprop<learning_rate = 0.1, alpha = 0.9, momentum = 0.5, weight_decay = 0.01>",
     lambda p: o.RMSprop(p, lr=0.1, alpha=0.9, momentum=0.5, weight_decay=0.01)),
    ("#nn.rmsprop<centered = 1>", lambda p: o.RMSprop(p, centered=True)),
    ("#nn.rmsprop<momentum = 0.5, centered = 1>", lambda p: o.RMSprop(p, centered=True, momentum=0.5)),
    ("#nn.adam", o.Adam),
    ("#nn.adam<learning_rate = 0.1, beta1 = 0.8, beta2 = 0.9, epsilon = 1.0e-3, weight_decay = 0.01>",
     lambda p: o.Adam(p, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.01)),
    ("#nn.adamw", o.AdamW),
    ("#nn.adamw<learning_rate = 0.1, weight_decay = 0.1>", lambda p: o.AdamW(p, lr=0.1, weight_decay=0.1)),
    ("#nn.lion", Lion),
    ("#nn.lion<learning_rate = 0.1, beta1 = 0.5, beta2 = 0.75, weight_decay = 0.1>",
     lambda p: Lion(p, lr=0.1, betas=(0.5, 0.75), weight_decay=0.1)),
    ("#nn.optimizer_function<@heavy_ball, slots = [\\\"m\\\"], hyperparameters = {learning_rate = 0.1, momentum = 0.8}>",
     lambda p: o.SGD(p, lr=0.1, momentum=0.8)),
]])


def factors(make, steps):
    optimizer = o.SGD([torch.zeros(1)], lr=1.0)
    schedule = make(optimizer)
    values = []
    for step in range(max(steps) + 1):
        if step in steps:
            values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return braces(values)


s = o.lr_scheduler
steps = [0, 1, 3, 9, 10]
table("ScheduleGolden", "kSchedules", [f'{{"{text}", {factors(make, steps)}}}' for text, make in [
    ("#nn.constant_schedule", lambda p: s.LambdaLR(p, lambda step: 1.0)),
    ("#nn.step_schedule<every = 3, factor = 0.5>", lambda p: s.StepLR(p, 3, 0.5)),
    ("#nn.cosine_schedule<steps = 10, floor = 0.1>", lambda p: s.CosineAnnealingLR(p, 10, 0.1)),
    ("#nn.linear_warmup<steps = 4, start = 0.25>", lambda p: s.LinearLR(p, 0.25, 1.0, 4)),
    ("#nn.linear_warmup<steps = 4, start = 0.25, then = #nn.step_schedule<every = 3, factor = 0.5>>",
     lambda p: s.SequentialLR(p, [s.LinearLR(p, 0.25, 1.0, 4), s.StepLR(p, 3, 0.5)], [4])),
]])


def clipped(bound):
    a = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    a.grad, b.grad = torch.tensor([1.0, -2.0, 3.0]).double(), torch.tensor([0.5, 4.0]).double()
    torch.nn.utils.clip_grad_norm_([a, b], bound)
    return braces(a.grad.tolist() + b.grad.tolist())


table("ClipGolden", "kClips", [f"{{{bound}, {clipped(bound)}}}" for bound in [1.0, 5.0, 100.0]])

init = torch.nn.init
FANS = [((6, 4), (4, 6)), ((8, 3, 5, 5), (8, 3, 5, 5))]  # ours, and the same weight as PyTorch lays it out
rows = []
for ours, theirs in FANS:
    fan_in, fan_out = init._calculate_fan_in_and_fan_out(torch.empty(theirs))
    gain = init.calculate_gain("relu")
    for name, deviation, isUniform in [
        ("glorot_uniform", (2.0 / (fan_in + fan_out)) ** 0.5, 1), ("glorot_normal", (2.0 / (fan_in + fan_out)) ** 0.5, 0),
        ("he_uniform", gain / fan_in**0.5, 1), ("he_normal", gain / fan_in**0.5, 0), ("lecun_uniform", fan_in**-0.5, 1),
        ("lecun_normal", fan_in**-0.5, 0), ("lecun", fan_in**-0.5, 0),
    ]:
        rows.append(f'{{"#nn.{name}", {{{", ".join(map(str, ours))}}}, {isUniform}, {deviation * 3**0.5 if isUniform else deviation!r}}}')
table("FanGolden", "kFans", rows)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "OptimizerGoldens.inc"), "w") as out:
    out.write("\n".join(lines) + "\n")
