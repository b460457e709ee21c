"""narrow_products.py FOLDER SEED FLAG...: products of bf16 and i8, compiled by `mlc FLAG...`, agree with NumPy.

Integers exactly; bf16 within the rounding of an f32 sum, 1e-5 of the sum of magnitudes (depth 2051 at most, 2^-24 each), and half a step
of bf16 where the result is one.
"""
import json
import struct
import subprocess
import sys

import numpy as np

SHAPES = [(1, 2, 1), (3, 5, 7), (4, 3, 2), (5, 17, 9), (6, 16, 8), (12, 33, 65), (1, 40, 130), (50, 100, 101), (130, 70, 2051), (60, 400, 1501), (300, 20, 1030), (33, 600, 1027)]
DTYPES = {"bf16": ("bf16", "bf16"), "bf16 in f32": ("bf16", "f32"), "i8": ("i8", "i32"), "i1": ("i1", "i32")}
random = np.random.default_rng(int(sys.argv[2]))


def to_bf16(values):
    bits = values.astype("f4").view("u4")
    return ((bits + ((bits >> 16) & 1) + 0x7FFF) & 0xFFFF0000).view("f4")


def draw(shape, dtype):
    if dtype == "i1":
        return random.random(shape) < 0.5
    if dtype == "i8":  # the extremes are where 16 bits would not suffice
        return np.full(shape, -128, "i1") if random.random() < 0.3 else random.integers(-128, 128, shape).astype("i1")
    return to_bf16(random.standard_normal(shape))


def tensor(shape, dtype):
    return f"tensor<{'x'.join(map(str, shape))}x{dtype}>"


class Case:
    """One entry: lhs an argument, rhs an argument, a parameter or a state; either may be transposed, rows may be free."""

    def __init__(self, number, kind, form, shape, place, is_free):
        self.name, self.kind, self.form, self.place, self.is_free = f"f{number}", kind, form, place, is_free
        self.m, self.n, self.k = shape
        self.narrow, self.wide = DTYPES[kind]
        self.rhs_dtype = "i8" if self.narrow == "i1" else self.narrow
        self.lhs, self.rhs = draw((self.m, self.k), self.narrow), draw((self.k, self.n), self.rhs_dtype)
        self.stored = {"lhs": self.lhs if form[0] == "n" else self.lhs.T, "rhs": self.rhs if form[1] == "n" else self.rhs.T}

    def declaration(self):
        if self.place == "argument":
            return ""
        return f"  nn.{self.place} @w_{self.name} : {tensor(self.stored['rhs'].shape, self.rhs_dtype)} init(#nn.zeros)\n"

    def entry(self):
        m = "?" if self.is_free else self.m
        shape = (m, self.k) if self.form[0] == "n" else (self.k, m)
        names = ["m" if size == "?" else "" for size in shape]
        lhs, rhs, result = tensor(shape, self.narrow), tensor(self.stored["rhs"].shape, self.rhs_dtype), tensor((m, self.n), self.wide)
        argument = f", %b: {rhs}" if self.place == "argument" else ""
        text = f"  func.func @{self.name}(%a: {lhs} {{nn.dims = {json.dumps(names)}}}{argument}) -> {result} {{\n"
        if self.place != "argument":
            text += f"    %b = nn.{'param' if self.place == 'parameter' else 'read'} @w_{self.name} : {rhs}\n"
        wide_lhs, wide_rhs = lhs.replace(self.narrow, self.wide), rhs.replace(self.rhs_dtype, self.wide)
        if self.narrow != self.wide:
            text += f"    %x = nn.cast %a : {lhs} -> {wide_lhs}\n    %y = nn.cast %b : {rhs} -> {wide_rhs}\n"
        x, y = ("%a", "%b") if self.narrow == self.wide else ("%x", "%y")
        dims = f"[{int(self.form[0] == 'n')}] x [{int(self.form[1] == 't')}]"
        return text + f"    %c = nn.contract {x}, {y} contracting = {dims} : {wide_lhs}, {wide_rhs}\n    return %c : {result}\n  }}\n"

    def check(self, folder):
        np.save(f"{folder}/a.npy", np.ascontiguousarray(self.stored["lhs"]))
        np.save(f"{folder}/b.npy", np.ascontiguousarray(self.stored["rhs"]))
        inputs = [f"0={folder}/a.npy"] + ([f"1={folder}/b.npy"] if self.place == "argument" else [])
        subprocess.run(["mlc-run", "call", f"{folder}/m.so", self.name, "--params", f"{folder}/p.safetensors", "--in", *inputs,
                        "--out", f"0={folder}/c.npy"], check=True, capture_output=True)
        actual = np.load(f"{folder}/c.npy")
        if self.wide == "i32":
            return np.array_equal(actual, self.lhs.astype("i4") @ self.rhs.astype("i4"))
        lhs, rhs = self.lhs.astype("f8"), self.rhs.astype("f8")
        tolerance = 1e-5 * (abs(lhs) @ abs(rhs)) + (abs(lhs @ rhs) * 2**-8 if self.wide == "bf16" else 0)
        return bool((abs(actual - lhs @ rhs) <= tolerance).all())


def write_weights(cases, path):
    header, data = {}, b""
    for case in cases:
        if case.place == "argument":
            continue
        array = np.ascontiguousarray(case.stored["rhs"])
        raw = array.tobytes() if case.rhs_dtype == "i8" else (array.view("u4") >> 16).astype("u2").tobytes()
        header["w_" + case.name] = {"dtype": "I8" if case.rhs_dtype == "i8" else "BF16", "shape": array.shape,
                                    "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def main():
    folder, flags = sys.argv[1], sys.argv[3:]
    cases = []
    for kind in DTYPES:
        for shape in SHAPES:
            form = random.choice(("nn", "nt", "tn", "tt"))
            place = random.choice(("argument", "state" if "i" in DTYPES[kind][0] else "parameter"))
            cases.append(Case(len(cases), kind, form, shape, place, random.random() < 0.5))
    with open(f"{folder}/m.mlir", "w") as file:
        file.write("module @m {\n" + "".join(c.declaration() for c in cases) + "".join(c.entry() for c in cases) + "}\n")
    write_weights(cases, f"{folder}/p.safetensors")
    subprocess.run(["mlc", f"{folder}/m.mlir", "-o", f"{folder}/m.so", *flags], check=True)
    wrong = [vars(c) for c in cases if not c.check(folder)]
    for case in wrong:
        print({key: case[key] for key in ("name", "kind", "form", "place", "is_free", "m", "n", "k")})
    print(len(cases), "products,", len(wrong), "wrong")


main()
