#!/usr/bin/python3
"""corners.py MLC MLC_OPT FOLDER TABLE: every case of the table, compiled at -O0 and -O3 and by the reference evaluator.

Each case is an entry that returns the op's value, its derivatives for the cotangent u and where the table has it the second
derivative; make_table.py says what the lines of the table mean and how numbers are compared.
"""
import ctypes
import re
import subprocess
import sys

import numpy as np

DTYPES = {"f32": np.float32, "f64": np.float64, "bf16": np.uint16, "i64": np.int64, "i32": np.int32, "i1": np.uint8}
DIGITS = {"f32": 24, "f64": 53, "bf16": 8}
SMALLEST = {"f32": -149, "f64": -1074, "bf16": -133}


class Tensor:
    def __init__(self, text):
        self.type, *numbers = text.split()
        *shape, self.dtype = self.type[len("tensor<"):-1].split("x")
        self.shape = tuple(map(int, shape))
        self.compared = np.array([number != "-" for number in numbers])
        self.numbers = np.array([float(number) if number != "-" else 0.0 for number in numbers])
        self.numbers = doubles(self.array(), self.dtype)

    def array(self):
        if self.dtype != "bf16":
            return self.numbers.astype(DTYPES[self.dtype]).reshape(self.shape)
        bits = self.numbers.astype(np.float32).view(np.uint32)
        return (bits >> 16).astype(np.uint16).reshape(self.shape)

    def attribute(self):
        """The elements as hexadecimal text for nn.value."""
        if self.dtype[0] == "i":
            elements = [str(int(x)) if self.dtype != "i1" else str(bool(x)).lower() for x in self.numbers]
        else:
            patterns = {"f32": np.uint32, "f64": np.uint64, "bf16": np.uint16}[self.dtype]
            elements = ["0x%0*X" % (np.dtype(patterns).itemsize * 2, int(x)) for x in self.array().flatten().view(patterns)]
        def nested(elements, shape):
            if not shape:
                return elements[0]
            step = len(elements) // max(shape[0], 1)
            return "[" + ", ".join(nested(elements[i * step:(i + 1) * step], shape[1:]) for i in range(shape[0])) + "]"
        return f"dense<{nested(elements, self.shape)}> : {self.type}"


def doubles(array, dtype):
    if dtype == "bf16":
        array = (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(np.float64).flatten()


def rounded(numbers, dtype):
    """Printed digits as the number of the dtype that they stand for."""
    return numbers.astype(np.float32).astype(np.float64) if dtype in ("f32", "bf16") else numbers


class Case:
    def __init__(self, number, header, lines):
        self.name = f"case_{number}"
        self.op, self.text, bounds = (part.strip() for part in header.split("|"))
        self.flags = {word for word in bounds.split() if "=" not in word}
        self.bounds = {name: float(bound) for name, bound in (word.split("=") for word in bounds.split() if "=" in word)}
        self.tensors = dict(line.split(": ", 1) for line in lines)
        self.tensors = {name: Tensor(text) for name, text in self.tensors.items()}
        self.operands = [name for name in "abc" if name in self.tensors]
        self.results = list(self.bounds)
        y = self.tensors["y"]
        if "u" not in self.tensors:
            self.tensors["u"] = Tensor(f"{y.type} " + " ".join(["1"] * len(y.numbers)))

    def module_text(self, valued):
        """@case, of the operands and the cotangent; with their values where `valued`."""
        def signature(names):
            return ", ".join(f"%{n}: {self.tensors[n].type}" + (f" {{nn.value = {self.tensors[n].attribute()}}}" if valued else "") for n in names)

        def types(names):
            return ", ".join(self.tensors[n].type for n in names)

        def values(names):
            return ", ".join("%" + n for n in names)

        y, wrt = self.tensors["y"].type, [n for n in self.results if n not in ("y", "dda")]
        plain = ", ".join(f"%{n}: {self.tensors[n].type}" for n in self.operands)
        inputs = self.operands + ["u"]
        text = f"func.func private @f_{self.name}({plain}) -> {y} {{\n  {self.text if self.text[0] == '%' else '%y = ' + self.text}\n  return %y : {y}\n}}\n"
        vjp = (f"  %y, {values(wrt)} = nn.vjp @f_{self.name}({values(self.operands)}) cotangents(%u) "
               f"wrt({', '.join(str(self.operands.index(n[1:])) for n in wrt)}) : ({types(self.operands)}), ({y}) -> ({y}, {types(wrt)})\n")
        if not wrt:
            inputs, vjp = self.operands, f"  %y = func.call @f_{self.name}({values(self.operands)}) : ({types(self.operands)}) -> {y}\n"
        if "dda" in self.results:
            t = self.tensors["a"].type
            text += f"func.func private @d_{self.name}(%a: {t}, %u: {y}) -> {t} {{\n{vjp}  return %da : {t}\n}}\n"
            vjp = vjp + (f"  %first, %dda = nn.vjp @d_{self.name}(%a, %u) cotangents(%u) wrt(0) : ({t}, {y}), ({t}) -> ({t}, {t})\n")
        results = types(n for n in self.results)
        self.inputs = inputs
        return text + f"func.func @{self.name}({signature(inputs)}) -> ({results}) {{\n{vjp}  return {values(self.results)} : {results}\n}}\n"

    def check(self, results, where):
        """The numbers that differ, one line each."""
        failures = []
        for name, got in zip(self.results, results):
            tensor = self.tensors[name]
            wrong = ~self.agree(got, tensor, self.bounds[name], name) & tensor.compared
            for i in np.flatnonzero(wrong):
                at = ", ".join(f"{n} {self.tensors[n].numbers[i]:.9g}" for n in self.operands) if all(
                    len(self.tensors[n].numbers) == len(got) for n in self.operands) else f"element {i}"
                failures.append(f"{where}: {self.text} at {at}: {name} is {got[i]:.9g}, but expects {tensor.numbers[i]:.9g} within {self.bounds[name]:g} ulp")
        return failures

    def agree(self, got, tensor, bound, name):
        want = tensor.numbers
        if tensor.dtype[0] == "i":
            return got == want
        with np.errstate(all="ignore"):
            magnitude = np.maximum(abs(want), 1.0) if "one" in self.flags else abs(want)
            exponent = np.where(np.isfinite(want) & (magnitude > 0), np.frexp(magnitude)[1], -2000)
            ulp = np.ldexp(1.0, np.maximum(exponent - DIGITS[tensor.dtype], SMALLEST[tensor.dtype]))
            near = np.isfinite(want) & (abs(got - want) <= bound * ulp)
        same = (got == want) | (np.isnan(got) & np.isnan(want))
        if "signs" in self.flags and name == "y":
            same &= (want != 0) | (np.signbit(got) == np.signbit(want))
            near &= (want != 0)
        return same | near


def read(path):
    with open(path) as file:
        blocks = file.read().split("\n\n")[1:]
    return [Case(number, *(lambda lines: (lines[0], lines[1:]))(block.strip().split("\n"))) for number, block in enumerate(blocks)]


def compiled(mlc, folder, cases, level):
    model, library = f"{folder}/corners.mlir", f"{folder}/corners{level}.so"
    with open(model, "w") as file:
        file.write("module @corners {\n" + "".join(case.module_text(False) for case in cases) + "}\n")
    subprocess.run([mlc, model, level, "-o", library], check=True)
    loaded, handle = ctypes.CDLL(library), ctypes.c_void_p()
    assert loaded.corners_create(None, ctypes.byref(handle)) == 0
    for case in cases:
        inputs = [case.tensors[name].array() for name in case.inputs]
        results = [np.zeros_like(case.tensors[name].array()) for name in case.results]
        pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in inputs + results]
        assert getattr(loaded, "corners_" + case.name)(handle, *pointers) == 0, case.text
        yield case, [doubles(array, case.tensors[name].dtype) for name, array in zip(case.results, results)]


def evaluated(mlc_opt, folder, cases):
    model = f"{folder}/evaluated.mlir"
    with open(model, "w") as file:
        file.write("module @corners {\n" + "".join(case.module_text(True) for case in cases) + "}\n")
    command = [mlc_opt, model, "--inline-calls", "--expand-derivatives", "--evaluate=round=true", "-o", f"{folder}/evaluated.out"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    values = {}
    for name, number, numbers in re.findall(r"@(\w+)\[(\d+)\] = dense<(.*)> :", printed):
        words = re.findall(r"[^\[\], ]+", numbers)
        values[name, int(number)] = np.array([float({"true": 1, "false": 0}.get(word, word)) for word in words])
    for case in cases:
        yield case, [rounded(values[case.name, i], case.tensors[name].dtype) for i, name in enumerate(case.results)]


def main():
    mlc, mlc_opt, folder, table = sys.argv[1:]
    cases, failures = read(table), []
    for level in ("-O0", "-O3"):
        for case, results in compiled(mlc, folder, cases, level):
            failures += case.check(results, level)
    for case, results in evaluated(mlc_opt, folder, cases):
        failures += case.check(results, "evaluated")
    print("\n".join(failures) or f"{len(cases)} cases agree")
    sys.exit(bool(failures))


main()
