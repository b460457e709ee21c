"""The example gpt2, small: gpt.py EXAMPLES FOLDER."""
import os
import re
import subprocess
import sys

import mlc
import numpy as np

examples, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
sys.path.insert(0, os.path.join(examples, "gpt2"))
import gpt2


def model_of(layers):
    return gpt2.gpt2(gpt2.Configuration(layers=layers, width=32, heads=2, time=8, vocabulary=64))


def kernels(layers):
    """The kernels of a model of so many layers."""
    path = os.path.join(folder, f"gpt{layers}.mlir")
    with open(path, "w", encoding="utf-8") as file:
        file.write(str(model_of(layers)))
    out = os.path.join(folder, f"fused{layers}.mlir")
    subprocess.run([mlc.compiler.program("mlc"), path, "--compile-to=fuse", "-o", out], check=True)
    return len(re.findall(r"kernel\.func|kernel\.kernel", open(out, encoding="utf-8").read()))


two, twelve = kernels(2), kernels(12)
assert twelve <= two + 10, (two, twelve)  # a norm of more gradients is added up in more steps
print("12 layers have hardly more kernels than 2")
model = mlc.compile(model_of(2), entries=["fit"])
model.hyperparameters["learning_rate"] = 0.3
history = model.fit(text=np.arange(64 * 9).reshape(64, 9) % 61, epochs=20, batch_size=16, verbose=0)
assert history.history["loss"][-1] < 0.7 * history.history["loss"][0], history.history
print("the loss falls")
