#!/usr/bin/python3
"""run.py MLC MLC_RUN FOLDER FILE...: compiles numeric tests (test/numeric) and calls every entry on the values stored in it.

An entry returns whether the op's result is the stored one; prints the entries for which it is not. Files that
make_goldens.py did not write are left out; a FILE that starts with - is an option of mlc.
"""
import os
import re
import struct
import subprocess
import sys

import numpy as np

DTYPES = {"f64": np.float64, "f32": np.float32, "bf16": np.float32, "f16": np.float32, "i64": np.int64, "i32": np.int32, "i8": np.int8,
          "i1": np.bool_}
VALUE = re.compile(r"%(\w+): tensor<[^>]*> \{nn\.value = dense<([^>]*)> : tensor<([^>]*)>\}")


def number(text, dtype):
    if not text.startswith("0x"):
        return {"true": True, "false": False}.get(text) if dtype == "i1" else (float(text) if dtype[0] in "fb" else int(text))
    bits = int(text, 16)
    if dtype == "f64":
        return struct.unpack("<d", struct.pack("<Q", bits))[0]
    return struct.unpack("<f", struct.pack("<I", bits << (16 if dtype == "bf16" else 0)))[0]


def array(text, type):
    *shape, dtype = type.split("x")
    shape = [int(size) for size in shape]
    values = [number(entry, dtype) for entry in re.findall(r"[^\[\], ]+", text)]
    return np.full(shape, values[0], DTYPES[dtype]) if len(values) == 1 else np.array(values, DTYPES[dtype]).reshape(shape)


def check(mlc, mlc_run, folder, path, options):
    name = os.path.basename(path).replace(".mlir", "").replace("-", "_")
    with open(path) as file:
        text = file.read()
    model, library = os.path.join(folder, name + ".mlir"), os.path.join(folder, name + ".so")
    with open(model, "w") as out:
        out.write(f"module @test_{name} {{\n" + re.sub(r" \{nn\.value = dense<[^>]*> : tensor<[^>]*>\}", "", text) + "\n}\n")
    if "make_goldens" not in text:
        return []
    subprocess.run([mlc, model, "-o", library] + options, check=True)
    failures = []
    for entry, arguments in re.findall(r"func\.func @(\w+)\((.*?)\) -> tensor<i1> \{", text, re.DOTALL):
        command = [mlc_run, "call", library, entry, "--out", "0=" + os.path.join(folder, "out.npy")]
        inputs = []
        for argument, values, type in VALUE.findall(arguments):
            inputs.append(f"{argument}={os.path.join(folder, argument)}.npy")
            np.save(os.path.join(folder, argument + ".npy"), array(values, type))
        if inputs:
            command += ["--in"] + inputs
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        if not np.load(os.path.join(folder, "out.npy")).all():
            failures.append(entry)
    return failures


if __name__ == "__main__":
    mlc, mlc_run, folder, *paths = sys.argv[1:]
    options = [path for path in paths if path.startswith("-")]
    os.makedirs(folder, exist_ok=True)
    failures = [entry for path in paths if path not in options for entry in check(mlc, mlc_run, folder, path, options)]
    print("\n".join(failures) or "every entry agrees")
    sys.exit(bool(failures))
