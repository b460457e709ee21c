"""State that is random in every way: names of parameters and states, dtypes, bits, hyperparameters. Each is refused at
compile time, or saved and loaded to the bit; and what is refused at compile time is refused at run time.

usage: random_state.py FOLDER NAMES NUMBERS"""
import ctypes
import json
import os
import random
import re
import struct
import subprocess
import sys

import numpy

folder, name_count, number_count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.chdir(folder)
random.seed(20261128)
BYTES = {"f32": 4, "f64": 8, "bf16": 2, "f16": 2, "i1": 1, "i8": 1, "i32": 4, "i64": 8}
FLOATS = ["f32", "f64", "bf16", "f16"]
LARGEST = float(numpy.finfo("f4").max)
BELOW_ONE = float(numpy.nextafter(numpy.float32(1), numpy.float32(0)))
# PyTorch's ranges; alpha above 1 makes a mean of squares negative.
RANGES = dict.fromkeys(["learning_rate", "learning_rate_decay", "epsilon", "weight_decay", "momentum"], (0, LARGEST))
RANGES.update(beta1=(0, BELOW_ONE), beta2=(0, BELOW_ONE), alpha=(0, 1))
OPTIMIZERS = {
    "sgd": ["learning_rate", "weight_decay"],
    "nesterov": ["learning_rate", "momentum", "weight_decay"],
    "adagrad": ["learning_rate", "learning_rate_decay", "epsilon", "weight_decay"],
    "rmsprop": ["learning_rate", "alpha", "epsilon", "weight_decay"],
    "adamw": ["learning_rate", "beta1", "beta2", "epsilon", "weight_decay"],
}


# Names: what people write, what means something elsewhere, and any bytes.
def random_name():
    kind = random.randrange(8)
    if kind == 0:
        return random.choice(["step", "seed", "model", "epoch", "batch", "learning_rate", "m", "v", "w", "dtype", "int", "I",
                              "EOF", "create", "m/w", "v/m/w", "w/m", "/", "__metadata__", "", " ", ".", "..", "\\", '"', "%s%n"]).encode()
    if kind == 1:
        return "".join(random.choices("abcxyzABC_019", k=random.randrange(1, 12))).encode()
    if kind == 2:
        return ".".join(random.choices(["layer", "0", "11", "weight", "bias", "h", "attn"], k=random.randrange(1, 6))).encode()
    if kind == 3:
        return "".join(chr(random.choice([random.randrange(1, 128), random.randrange(0x80, 0x800), random.randrange(0xe000, 0x10000),
                                          random.randrange(0x10000, 0x110000)])) for _ in range(random.randrange(1, 9))).encode()
    if kind == 4:
        return bytes(random.randrange(256) for _ in range(random.randrange(1, 9)))
    if kind == 5:
        return bytes(random.choice(b"ab/") for _ in range(random.randrange(1, 5)))
    if kind == 6:
        return bytes(random.choice(b"abc") for _ in range(random.choice([100, 255, 505, 510, 511, 512, 513, 1000, 4000])))
    return ("é" * random.randrange(1, 300)).encode()


def symbol(name):
    return '@"' + "".join(chr(c) if chr(c).isalnum() and c < 128 else f"\\{c:02X}" for c in name) + '"'


def model_text(entries, optimizer):
    """One declaration a line, in order; a loss that reads every parameter."""
    lines = ["module @m {"]
    for name, dtype, trained in entries:
        kind = "parameter" if trained else "state"
        lines.append(f"nn.{kind} {symbol(name)} : tensor<3x{dtype}> init(#nn.zeros)")
    lines.append("func.func @loss(%x: tensor<3xf32>) -> tensor<f32> {")
    sums = "%x"
    for i, (name, dtype, trained) in enumerate(entries):
        if trained:
            lines += [f"%p{i} = nn.param {symbol(name)} : tensor<3x{dtype}>",
                      f"%c{i} = nn.cast %p{i} : tensor<3x{dtype}> -> tensor<3xf32>",
                      f"%s{i} = nn.add {sums}, %c{i} : tensor<3xf32>"]
            sums = f"%s{i}"
    lines += [f"%l = nn.mse {sums}, %x : tensor<3xf32>, tensor<3xf32>", "return %l : tensor<f32>", "}",
              f"nn.train_step @fit minimizes @loss with #nn.{optimizer}", "}"]
    return "\n".join(lines) + "\n"


def compile_accepted(entries, optimizer, library):
    """Compiles what is left once everything that is refused, line by line, is taken out."""
    refused = 0
    while True:
        open("m.mlir", "w").write(model_text(entries, optimizer))
        run = subprocess.run(["mlc", "m.mlir", "-O0", "-o", library], capture_output=True)
        if run.returncode == 0:
            return entries, refused
        assert run.returncode == 1, run
        lines = {int(n) - 2 for n in re.findall(rb"^m.mlir:(\d+):\d+: error: ", run.stderr, re.M)}
        wrong = {n for n in lines if 0 <= n < len(entries)}
        assert wrong and wrong == lines, run.stderr
        refused += len(wrong)
        entries = [entry for n, entry in enumerate(entries) if n not in wrong]


class Handle:
    def __init__(self, path, library=None):
        self.library = library or ctypes.CDLL(os.path.abspath(path))
        self.model = ctypes.c_void_p()
        assert self.library.m_create(None, ctypes.byref(self.model)) == 0
        self.library.m_last_error.restype = ctypes.c_char_p

    def call(self, function, *arguments):
        return getattr(self.library, "m_" + function)(self.model, *arguments)

    def check(self, function, *arguments):
        assert self.call(function, *arguments) == 0, self.library.m_last_error(self.model)

    def hyperparameter(self, name):
        value = ctypes.c_double()
        self.check("get_hyperparameter", name.encode(), ctypes.byref(value))
        return value.value


def random_bits(dtype, size):
    return bytes(random.choices([0, 1], k=size)) if dtype in ("i1", "BOOL") else random.randbytes(size)


def split(path):
    contents = open(path, "rb").read()
    end = 8 + int.from_bytes(contents[:8], "little")
    return contents[:end], json.loads(contents[8:end]), contents[end:]


def check_names(index):
    names = list(dict.fromkeys(random_name() for _ in range(name_count // 4)))
    entries = []
    for name in names:
        trained = random.random() < 0.7
        entries.append((name, random.choice(FLOATS if trained else list(BYTES)), trained))
    entries, refused = compile_accepted(entries, random.choice(list(OPTIMIZERS)), f"names{index}.so")
    first = Handle(f"names{index}.so")
    second = Handle(None, first.library)
    x = (ctypes.c_float * 3)(1, 2, 3)
    first.check("fit", x, ctypes.byref(ctypes.c_float()))
    written = {}
    for name, dtype, trained in entries:
        written[name] = random_bits(dtype, 3 * BYTES[dtype])
        first.check("set_parameter", name, written[name], ctypes.c_size_t(len(written[name])))
    first.check("save", b"first.st")
    second.check("load", b"first.st")
    for name, dtype, trained in entries:
        read = ctypes.create_string_buffer(3 * BYTES[dtype])
        second.check("get_parameter", name, read, ctypes.c_size_t(len(read)))
        assert read.raw == written[name], name
    # Slots as well: every tensor of the file gets random bits, and comes back.
    header, tensors, data = split("first.st")
    tensors.pop("__metadata__")
    assert len(tensors) >= len(entries)
    data = bytearray(data)
    for tensor in tensors.values():
        begin, end = tensor["data_offsets"]
        data[begin:end] = random_bits(tensor["dtype"], end - begin)
    open("random.st", "wb").write(header + data)
    second.check("load", b"random.st")
    second.check("save", b"second.st")
    assert open("second.st", "rb").read() == header + data
    return len(entries), refused


# Numbers: everywhere in the doubles, and close to where a range or f32 ends.
def random_number():
    kind = random.randrange(5)
    if kind == 0:
        return struct.unpack("<d", random.randbytes(8))[0]
    if kind == 1:
        return random.choice([-1, 1]) * random.random() * 10.0 ** random.randrange(-50, 50)
    edge = random.choice([0.0, 1.0, -1.0, BELOW_ONE, LARGEST, LARGEST + 2.0 ** 103, -LARGEST, 2.0 ** -149, 2.0 ** -150, 2.0 ** -126])
    return edge + random.choice([0, 1, -1]) * random.choice([2.0 ** -53, 2.0 ** -26, 2.0 ** -25, 2.0 ** -24, 2.0 ** 102]) if kind == 2 else \
        edge if kind == 3 else float(numpy.nextafter(edge, random.choice([-numpy.inf, numpy.inf])))


def kept(name, value):
    """The f32 that it is kept as; None where that is outside of the range."""
    with numpy.errstate(over="ignore"):
        rounded = float(numpy.float32(value))
    least, most = RANGES[name]
    return rounded if least <= rounded <= most else None


def check_numbers():
    trials = []
    for _ in range(number_count):
        optimizer = random.choice(list(OPTIMIZERS))
        trials.append((optimizer, random.choice(OPTIMIZERS[optimizer]), random_number()))
    # At compile time, each with a line of its own. A hexadecimal literal is the bits of the double.
    lines = ["module @m {", "nn.parameter @w : tensor<3xf32> init(#nn.zeros)", "func.func private @loss(%x: tensor<3xf32>) -> tensor<f32> {",
             "%w = nn.param @w : tensor<3xf32>", "%l = nn.mse %w, %x : tensor<3xf32>, tensor<3xf32>", "return %l : tensor<f32>", "}"]
    verdicts = []
    for number, (optimizer, name, value) in enumerate(trials):
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        step = f"nn.train_step @fit minimizes @loss with #nn.{optimizer}<{name} = 0x{bits:016X}>"
        verdicts.append("\n".join(lines + [step, "}"]))
    open("numbers.mlir", "w").write("\n// -----\n".join(verdicts))
    run = subprocess.run(["mlc-opt", "numbers.mlir", "--split-input-file", "-o", "/dev/null"], capture_output=True, text=True)
    height = len(lines) + 3
    refused = {int(n) // height for n in re.findall(r"^within split at numbers.mlir:(\d+) offset :\d+:\d+: error: ", run.stderr, re.M)}
    expected = {number for number, (_, name, value) in enumerate(trials) if kept(name, value) is None}
    assert refused == expected, ([trials[i] for i in sorted(refused ^ expected)[:5]], run.stderr[:2000])
    # At run time, the same verdicts, and what is taken is saved and loaded to the bit.
    handles = {}
    for optimizer in OPTIMIZERS:
        compile_accepted([(b"w", "f32", True)], optimizer, optimizer + ".so")
        handles[optimizer] = Handle(optimizer + ".so")
        handles[optimizer] = handles[optimizer], Handle(None, handles[optimizer].library)
    for number, (optimizer, name, value) in enumerate(trials):
        first, second = handles[optimizer]
        before = first.hyperparameter(name)
        status = first.call("set_hyperparameter", name.encode(), ctypes.c_double(value))
        assert (status != 0) == (number in refused), (optimizer, name, value, status)
        wanted = before if status else kept(name, value)
        assert struct.pack("<d", first.hyperparameter(name)) == struct.pack("<d", wanted), (name, value)
        if status:
            continue
        first.check("save", b"number.st")
        second.check("load", b"number.st")
        assert struct.pack("<d", second.hyperparameter(name)) == struct.pack("<d", wanted), (name, value)
    return len(trials) - len(refused), len(refused)


if name_count:
    names = [check_names(index) for index in range(4)]
    print("%d names kept, %d refused" % tuple(map(sum, zip(*names))))
print("%d numbers kept, %d refused" % check_numbers())
