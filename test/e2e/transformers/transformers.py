"""transformers.py FOLDER MODEL: a model as PyTorch has it (goldens.json): the loss within 1e-5, every gradient within 1e-3 of its norm, the losses of
20 steps of AdamW within 1e-4.

Gradients smaller than 1e-6 of all of them together are noise (a bias of keys changes nothing). Loss, gradients and steps are also the same, bit for bit,
on 1, 2 and 3 threads, and what is predicted for a row does not depend on the rows beside it.
"""
import json
import os
import sys

import mlc
import numpy as np

import made
import models

folder, name = sys.argv[1:]
with open(os.path.join(made.HERE, "goldens.json"), encoding="utf-8") as file:
    golden = json.load(file)[name]
library, values = os.path.join(folder, name + ".so"), models.inputs(name)
module = models.MODELS[name]()
mlc.compile(module, library)


def initial(model):
    for parameter, kind in module.parameters.items():
        model.parameters[parameter] = made.parameter(parameter, kind.dims)
    return model


def run(threads):
    """Loss and gradients, then the losses of the steps, then the parameters after them."""
    model = initial(mlc.load(library, threads=threads))
    results = [np.array(x) for x in model.gradients(*values)]
    losses = [np.array(model.fit(*values)) for _ in range(len(golden["losses"]))]
    return results, losses, list(dict(model.parameters).values())


def compare(loss, slopes, losses):
    worst = {"loss": abs(loss - golden["loss"]) / golden["loss"] / 1e-5}
    every = np.sqrt(sum(float((slope.astype("f8")**2).sum()) for slope in slopes))
    for parameter, slope in zip(module.parameters, slopes):
        worst[f"gradient of {parameter}"] = made.distance(parameter, slope, golden["gradients"][parameter], 1e-6 * every / 1e-3) / 1e-3
    worst["steps"] = max(abs(a - b) / b for a, b in zip(losses, golden["losses"])) / 1e-4
    for what, share in worst.items():
        if not share <= 1:
            print(f"{what}: {share:.2g} times the tolerance")
    slope = max(share for what, share in worst.items() if what.startswith("gradient")) * 1e-3
    print(f"{name}: loss off by {worst['loss'] * 1e-5:.1e}, {len(slopes)} gradients by {slope:.1e}, steps by {worst['steps'] * 1e-4:.1e}")
    return all(share <= 1 for share in worst.values())


def rows_alone():
    """The rows of a batch, each alone, and in the opposite order."""
    model, given = initial(mlc.load(library)), values[:-1]
    together = model.predict(*given)
    turned = model.predict(*(np.ascontiguousarray(x[::-1]) for x in given))[::-1]
    alone = [model.predict(*(x[row:row + 1] for x in given))[0] for row in range(len(together))]
    return sum(a.tobytes() != b.tobytes() or a.tobytes() != c.tobytes() for a, b, c in zip(together, turned, alone))


(first, losses, after), *others = (run(threads) for threads in (1, 2, 3))
fits = compare(float(first[0]), first[1:], [float(x) for x in losses])
bits = [x.tobytes() for x in first + losses + after]
same = all(bits == [x.tobytes() for group in other for x in group] for other in others)
differ = rows_alone()
print(f"threads: {'same bits' if same else 'bits differ'}; {differ} rows depend on their neighbours")
sys.exit(not (fits and same and not differ))
