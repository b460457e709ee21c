"""evaluated.py: entries of one module, evaluated on arrays that their text holds, for tests that compare with NumPy."""
import re
import subprocess

import numpy as np


def dense(array, type):
    element = type[len("tensor<"):-1].split("x")[-1]

    def text(x):
        if isinstance(x, list):
            return "[" + ", ".join(map(text, x)) + "]"
        if isinstance(x, bool):
            return str(x).lower()
        return str(x) if isinstance(x, int) else "0x%016X" % int(np.float64(x).view(np.uint64))
    return f"dense<{text(array.tolist())}> : tensor<" + "".join(f"{n}x" for n in array.shape) + element + ">"


def evaluated(folder, name, text):
    """The flat results of every entry of the model `text`, the body of a module, by (entry, number); one number where all are equal."""
    path = f"{folder}/{name}.mlir"
    with open(path, "w") as out:
        out.write(f"module @{name} {{\n{text}\n}}\n")
    printed = subprocess.run(["mlc-opt", path, "--inline-calls", "--expand-derivatives", "--evaluate", "-o", f"{folder}/{name}.out"], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    values = {}
    for entry, number, numbers in re.findall(r"@(\w+)\[(\d+)\] = dense<(.*)> :", printed):
        values[entry, int(number)] = np.array([float(word) for word in re.findall(r"[^\[\], ]+", numbers)])
    return values
