"""networks.py FOLDER NETWORK: a convolutional network as PyTorch has it (goldens.json), in f32 and f64, by SGD with momentum: the loss, the gradients
of all parameters, the running statistics and what is predicted by them after one step; the losses of 20 steps and the parameters after them.

In f64 all is compared with as many digits as goldens.json has. In f32 a gradient may be off by 1e-3 of its norm, which is the bar: that of PyTorch
is by 6e-5. Over 20 steps rounding adds up: losses may drift by 2e-5, parameters by 1e-5 of their norm. make_goldens.py sees to it that PyTorch's f32
takes no more than a fifth of any tolerance; models.py says from which first values. The first moment of momentum is the gradient: it is read from
a checkpoint. A step leaves the same file on 1, 2 and 3 threads.
"""
import json
import os
import struct
import sys

import mlc
import numpy as np

import models
from models import made

DTYPES = {"F32": np.float32, "F64": np.float64}


class Training:
    """A library with the first values, on a batch that is always the same."""

    def __init__(self, network, library, threads):
        self.network, self.model = network, mlc.load(library, threads=threads)
        images, labels = network.data()
        self.batch = images.astype(DTYPES[network.dtype.upper()]), labels
        for name, value in self.model.parameters.items():
            self.model.parameters[name] = network.initial(name, value.shape).astype(value.dtype)

    def step(self):
        return float(self.model.fit(*self.batch))

    def saved(self, path):
        self.model.save(path)
        with open(path, "rb") as file:
            return file.read()


def moments(file):
    """Of a checkpoint's bytes, the tensors m/NAME."""
    size, = struct.unpack_from("<Q", file)
    header, data = json.loads(file[8:8 + size]), file[8 + size:]
    return {name[2:]: np.frombuffer(data[slice(*tensor["data_offsets"])], DTYPES[tensor["dtype"]]).reshape(tensor["shape"])
            for name, tensor in header.items() if name.startswith("m/")}


def compare(case, golden, found):
    """Prints how far all is, and what is too far."""
    losses, expected = found.pop("losses"), golden["losses"]
    far = {"loss": {"": abs(losses[0] / expected[0] - 1)}, "losses": {step: abs(a / b - 1) for step, (a, b) in enumerate(zip(losses, expected))}}
    for part, arrays in found.items():
        far[part] = {name: made.distance(name, arrays[name], expected, 0.0) for name, expected in golden[part].items()}
    tolerances = models.TOLERANCES[models.CASES[case].dtype]
    wrong = [f"{part} {name}: off by {off:.1e}, more than {tolerances[part]:.0e}" for part, offs in far.items() for name, off in offs.items()
             if not off <= tolerances[part]]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{case}: off by " + ", ".join(f"{part} {max(offs.values()):.1e}" for part, offs in far.items() if offs))
    return not wrong


def run(folder, case):
    network, path = models.CASES[case], os.path.join(folder, case)
    with open(os.path.join(models.HERE, "goldens.json"), encoding="utf-8") as file:
        golden = json.load(file)[case]
    module = network.module(case)
    mlc.compile(module, path + ".so")
    trainings = [Training(network, path + ".so", threads) for threads in (1, 2, 3)]
    losses = [training.step() for training in trainings][1:2]
    files = [training.saved(path + ".safetensors") for training in trainings]
    one = trainings[1]
    found = {"gradients": moments(files[1]), "statistics": {name: one.model.parameters[name] for name in module.states},
             "predicted": {"predicted": one.model.predict(one.batch[0])}}
    losses += [one.step() for _ in range(network.steps - 1)]
    found |= {"end": {name: one.model.parameters[name] for name in module.parameters}, "losses": losses}
    same = files[0] == files[1] == files[2]
    print(f"{len(module.parameters)} gradients; threads: {'same bits' if same else 'bits differ'}")
    return compare(case, golden, found) and same


folder, name = sys.argv[1:]
sys.exit(not all([run(folder, f"{name}_{dtype}") for dtype in ("f32", "f64")]))
