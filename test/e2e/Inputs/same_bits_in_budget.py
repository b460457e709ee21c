"""Trains models within budgets, and compares losses and state with those of the default to the bit.

same_bits_in_budget.py model.mlir entry folder [option of mlc...] [--sizes=NAME=SIZE...]

Half of the default arena must be met, and so must the least that a refusal names."""
import json
import os
import re
import subprocess
import sys

import numpy as np

text, entry, folder, options = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
actual = dict(option.removeprefix("--sizes=").split("=") for option in options if option.startswith("--sizes="))
options = [option for option in options if not option.startswith("--sizes=")]
largest = dict(option.removeprefix("--max-dims=").split("=") for option in options if option.startswith("--max-dims="))


def compile_to(name, *more):
    library = os.path.join(folder, name + ".so")
    return library, subprocess.run(["mlc", text, *options, *more, "-o", library], capture_output=True, text=True)


def describe(library):
    dims = [part for name, size in largest.items() for part in ("--dim", f"{name}={size}")]
    info = json.loads(subprocess.run(["mlc-run", "info", library, "--json", *dims], check=True, capture_output=True, text=True).stdout)
    return next(e for e in info["entries"] if e["name"] == entry)


def make_inputs(description):
    rng, arguments = np.random.default_rng(1), []
    for tensor in description["inputs"]:
        is_ids = tensor["dtype"] == "i32"
        shape = [int(size or actual.get(name) or largest[name]) for size, name in zip(tensor["shape"], tensor["dims"])]
        data = rng.integers(0, 8, shape, dtype=np.int32) if is_ids else rng.standard_normal(shape, dtype=np.float32)
        path = os.path.join(folder, tensor["name"] + ".npy")
        np.save(path, data)
        arguments += ["--in", f"{tensor['name']}={path}"]
    return arguments


def train(library, inputs, threads):
    state, loss = library + ".safetensors", library + ".npy"
    command = ["mlc-run", "call", library, entry, *inputs, "--out", f"0={loss}", "--save", state, "--threads", str(threads), "--repeat", "3"]
    subprocess.run(command, check=True, capture_output=True)
    return open(loss, "rb").read() + open(state, "rb").read()


library, done = compile_to("default")
assert done.returncode == 0, done.stderr
description = describe(library)
inputs, default = make_inputs(description), description["arena_bytes"]
expected = train(library, inputs, 1)
_, refused = compile_to("refused", "--memory-budget=64")
least = int(re.search(r"expects a memory budget of at least (\d+) bytes for @\w+, but got 64\n", refused.stderr).group(1))
assert refused.returncode == 1, refused.returncode
budgets = {"half": default // 2, "least": least, "much": 2 * default}
for name, budget in budgets.items():
    library, done = compile_to(name, f"--memory-budget={budget}")
    assert done.returncode == 0, (name, budget, done.stderr)
    assert describe(library)["arena_bytes"] <= budget, (name, describe(library)["arena_bytes"], budget)
    for threads in (1, 2, 3):
        assert train(library, inputs, threads) == expected, f"{name}: other bits on {threads} threads"
assert compile_to("less", f"--memory-budget={least - 1}")[1].returncode == 1
print(f"arena of {default} bytes; met are half and {100 * least // default} %: same bits")
