#!/usr/bin/python3
"""The data, the initial parameters and the model text of the parity test, as formulas; needs NumPy only.

data.py FOLDER writes x.npy, label.npy, parameters.safetensors and <optimizer>.mlir for every optimizer; own.mlir
has one that the model's author wrote, which is momentum.
data.py --compare LOSS_LOG OPTIMIZER fails if the losses of a log differ from goldens.json by more than 1e-4 relative.
"""
import json
import os
import re
import struct
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH, BATCHES, STEPS = 128, 10, 50
SHAPES = {"w1": (784, 256), "b1": (256,), "w2": (256, 128), "b2": (128,), "w3": (128, 10), "b3": (10,)}
# The optimizer's attribute, and PyTorch's class and arguments.
OPTIMIZERS = {
    "sgd": ("#nn.sgd<learning_rate = 0.05, weight_decay = 0.001>", "SGD", dict(lr=0.05, weight_decay=0.001)),
    "momentum": ("#nn.momentum<learning_rate = 0.01, momentum = 0.9>", "SGD", dict(lr=0.01, momentum=0.9)),
    "nesterov": ("#nn.nesterov<learning_rate = 0.01, momentum = 0.9>", "SGD", dict(lr=0.01, momentum=0.9, nesterov=True)),
    "adagrad": ("#nn.adagrad<learning_rate = 0.001, learning_rate_decay = 0.01>", "Adagrad", dict(lr=0.001, lr_decay=0.01)),
    "rmsprop": ("#nn.rmsprop<learning_rate = 0.0001, momentum = 0.5, centered = 1>", "RMSprop", dict(lr=0.0001, momentum=0.5, centered=True)),
    "adam": ("#nn.adam<learning_rate = 0.0005, weight_decay = 0.001>", "Adam", dict(lr=0.0005, weight_decay=0.001)),
    "adamw": ("#nn.adamw<learning_rate = 0.0005, weight_decay = 0.1>", "AdamW", dict(lr=0.0005, weight_decay=0.1)),
}
# What a model's author writes to get the optimizer momentum.
HEAVY_BALL = """
  func.func private @heavy_ball(%p: tensor<?xf32>, %g: tensor<?xf32>, %m: tensor<?xf32>, %rate: tensor<f32>, %share: tensor<f32>,
                                %step: tensor<i64>) -> (tensor<?xf32>, tensor<?xf32>) {
    %n = nn.dim %p, 0 : tensor<?xf32>
    %rates = nn.broadcast %rate [%n] dims = [] : tensor<f32> -> tensor<?xf32>
    %shares = nn.broadcast %share [%n] dims = [] : tensor<f32> -> tensor<?xf32>
    %kept = nn.mul %m, %shares : tensor<?xf32>
    %new = nn.add %kept, %g : tensor<?xf32>
    %change = nn.mul %new, %rates : tensor<?xf32>
    %p2 = nn.sub %p, %change : tensor<?xf32>
    return %p2, %new : tensor<?xf32>, tensor<?xf32>
  }
  nn.train_step @fit minimizes @loss
    with #nn.optimizer_function<@heavy_ball, slots = ["m"], hyperparameters = {learning_rate = 0.01, share = 0.9}>
"""


def uniform(stream, shape):
    """Numbers in [0, 1), 24 bits each: the top bits of splitmix64(stream * 2^32 + element)."""
    with np.errstate(over="ignore"):
        z = np.arange(np.prod(shape), dtype=np.uint64) + np.uint64(stream << 32)
        z = (z + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)).reshape(shape)


def samples():
    """Centred noise with a weak pattern of the label's class: 1280 samples, ten batches, used five times."""
    count = BATCH * BATCHES
    label = (uniform(1, (count,)) * 10).astype(np.int32)
    pattern = uniform(2, (10, 784))
    return np.float32(0.8) * uniform(3, (count, 784)) + np.float32(0.2) * pattern[label] - np.float32(0.5), label


def parameters():
    """Weights in He's range, biases in +-0.05."""
    result = {}
    for stream, (name, shape) in enumerate(SHAPES.items(), start=10):
        bound = np.float32(np.sqrt(6.0 / shape[0])) if len(shape) == 2 else np.float32(0.05)
        result[name] = (np.float32(2) * uniform(stream, shape) - np.float32(1)) * bound
    return result


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(value.tobytes() for value in tensors.values()))


def write(folder):
    os.makedirs(folder, exist_ok=True)
    x, label = samples()
    np.save(os.path.join(folder, "x.npy"), x)
    np.save(os.path.join(folder, "label.npy"), label)
    write_safetensors(os.path.join(folder, "parameters.safetensors"), parameters())
    with open(os.path.join(HERE, "..", "..", "..", "examples", "mlp", "mlp.mlir")) as model:
        text = model.read()
    for name, (attribute, _, _) in OPTIMIZERS.items():
        with open(os.path.join(folder, name + ".mlir"), "w") as out:
            out.write(re.sub(r"with #nn\.adam<.*", "with " + attribute, text))
    with open(os.path.join(folder, "own.mlir"), "w") as out:
        out.write(re.sub(r"  nn\.train_step .*\n", lambda _: HEAVY_BALL, text))


def compare(log, optimizer):
    """A loss log holds one line per step, the loss last."""
    with open(os.path.join(HERE, "goldens.json")) as goldens:
        expected = json.load(goldens)[optimizer]
    with open(log) as lines:
        numbers = [re.findall(r"[-+0-9.einfa]+", line) for line in lines if re.search(r"\d", line)]
    losses = [float(line[-1]) for line in numbers]
    if len(losses) != len(expected):
        sys.exit(f"{optimizer}: expects {len(expected)} losses, but got {len(losses)}")
    worst = max(abs(a - b) / abs(b) for a, b in zip(losses, expected))
    print(f"{optimizer}: largest relative difference from PyTorch {worst:.2e}")
    if not worst <= 1e-4:
        sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        compare(sys.argv[2], sys.argv[3])
    else:
        write(sys.argv[1])
