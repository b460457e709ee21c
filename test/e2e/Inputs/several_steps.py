"""Modules with several training steps against the same steps in modules of their own: losses and parameters to the bit, saved, loaded and
resumed in any order.

usage: several_steps.py FOLDER"""
import ctypes
import json
import os
import subprocess
import sys

os.chdir(sys.argv[1])

# A generator and a discriminator, each trained against the other.
GAN = """
nn.parameter @generator.w : tensor<3x4xf32> init(#nn.glorot_uniform)
nn.parameter @generator.b : tensor<4xf32> init(#nn.zeros)
nn.parameter @judge.w : tensor<4x1xf32> init(#nn.glorot_uniform)
nn.parameter @judge.b : tensor<1xf32> init(#nn.zeros)
func.func private @generate(%z: tensor<?x3xf32>) -> tensor<?x4xf32> {
  %w = nn.param @generator.w : tensor<3x4xf32>
  %b = nn.param @generator.b : tensor<4xf32>
  %h = nn.linear %z, %w, %b : tensor<?x3xf32>, tensor<3x4xf32>, tensor<4xf32>
  %y = nn.tanh %h : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
func.func private @judge(%x: tensor<?x4xf32>) -> tensor<?x1xf32> {
  %w = nn.param @judge.w : tensor<4x1xf32>
  %b = nn.param @judge.b : tensor<1xf32>
  %d = nn.dropout %x rate = 0.25 : tensor<?x4xf32>
  %y = nn.linear %d, %w, %b : tensor<?x4xf32>, tensor<4x1xf32>, tensor<1xf32>
  return %y : tensor<?x1xf32>
}
func.func @judge_loss(%z: tensor<?x3xf32> {nn.dims = ["batch", ""]}, %x: tensor<?x4xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
  %fake = call @generate(%z) : (tensor<?x3xf32>) -> tensor<?x4xf32>
  %a = call @judge(%fake) : (tensor<?x4xf32>) -> tensor<?x1xf32>
  %b = call @judge(%x) : (tensor<?x4xf32>) -> tensor<?x1xf32>
  %l = nn.mse %a, %b : tensor<?x1xf32>, tensor<?x1xf32>
  return %l : tensor<f32>
}
func.func @generator_loss(%z: tensor<?x3xf32> {nn.dims = ["batch", ""]}, %x: tensor<?x4xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
  %fake = call @generate(%z) : (tensor<?x3xf32>) -> tensor<?x4xf32>
  %a = call @judge(%fake) : (tensor<?x4xf32>) -> tensor<?x1xf32>
  %b = call @judge(%x) : (tensor<?x4xf32>) -> tensor<?x1xf32>
  %d = nn.sub %a, %b : tensor<?x1xf32>
  %l = nn.mae %d, %b : tensor<?x1xf32>, tensor<?x1xf32>
  return %l : tensor<f32>
}
"""
GAN_STEPS = {
    "fit_judge": "minimizes @judge_loss with #nn.adam<learning_rate = 3.0e-2> trains = [@judge.w, @judge.b]",
    "fit_generator": "minimizes @generator_loss with #nn.adamw<learning_rate = 1.0e-2> trains = [@generator.w, @generator.b] "
                     "groups = [#nn.group<[@generator.b], weight_decay = 0.0>]",
}
# Pretraining, then training of the same parameters and one more by other optimizers; a head that pretraining does not know.
SHARED = """
nn.parameter @body : tensor<3x4xf32> init(#nn.glorot_uniform)
nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
nn.parameter @head : tensor<4x4xbf16> init(#nn.glorot_uniform)
nn.parameter @constant : tensor<4xf32> init(#nn.ones)
func.func private @features(%z: tensor<?x3xf32>) -> tensor<?x4xf32> {
  %w = nn.param @body : tensor<3x4xf32>
  %b = nn.param @bias : tensor<4xf32>
  %h = nn.linear %z, %w, %b : tensor<?x3xf32>, tensor<3x4xf32>, tensor<4xf32>
  %d = nn.dropout %h rate = 0.25 : tensor<?x4xf32>
  %y = nn.gelu %d : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
func.func @pretrain_loss(%z: tensor<?x3xf32> {nn.dims = ["batch", ""]}, %x: tensor<?x4xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
  %y = call @features(%z) : (tensor<?x3xf32>) -> tensor<?x4xf32>
  %l = nn.mse %y, %x : tensor<?x4xf32>, tensor<?x4xf32>
  return %l : tensor<f32>
}
func.func @loss(%z: tensor<?x3xf32> {nn.dims = ["batch", ""]}, %x: tensor<?x4xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
  %y = call @features(%z) : (tensor<?x3xf32>) -> tensor<?x4xf32>
  %h = nn.param @head : tensor<4x4xbf16>
  %w = nn.cast %h : tensor<4x4xbf16> -> tensor<4x4xf32>
  %o = nn.matmul %y, %w : tensor<?x4xf32>, tensor<4x4xf32>
  %l = nn.mse %o, %x : tensor<?x4xf32>, tensor<?x4xf32>
  return %l : tensor<f32>
}
func.func @predict() -> tensor<4xf32> {
  %c = nn.param @constant : tensor<4xf32>
  return %c : tensor<4xf32>
}
"""
SHARED_STEPS = {
    "pretrain": "minimizes @pretrain_loss with #nn.momentum<learning_rate = 0.1> schedule(#nn.cosine_schedule<steps = 20>)",
    "finetune": "minimizes @loss with #nn.adam<learning_rate = 1.0e-2> groups = [#nn.group<[@bias], learning_rate = 0.1>]",
    "polish": "minimizes @loss with #nn.sgd<learning_rate = 1.0e-3>",
}


class Library:
    def __init__(self, name, text, *options):
        open(name + ".mlir", "w").write(f"module @{name} {{{text}}}\n")
        subprocess.run(["mlc", name + ".mlir", "-o", name + ".so", *options], check=True)
        self.name, self.functions = name, ctypes.CDLL(os.path.abspath(name + ".so"))
        getattr(self.functions, name + "_last_error").restype = ctypes.c_char_p

    def function(self, name):
        return getattr(self.functions, f"{self.name}_{name}")

    def create(self):
        return Handle(self)


Z = (ctypes.c_float * 15)(*[0.25 * ((7 * i) % 11) - 1 for i in range(15)])
X = (ctypes.c_float * 20)(*[0.125 * ((5 * i) % 13) - 0.5 for i in range(20)])


class Handle:
    def __init__(self, library):
        self.library, self.model = library, ctypes.c_void_p()
        assert library.function("create")(None, ctypes.byref(self.model)) == 0

    def call(self, function, *arguments):
        return self.library.function(function)(self.model, *arguments)

    def check(self, function, *arguments):
        assert self.call(function, *arguments) == 0, self.error()

    def error(self):
        return self.library.function("last_error")(self.model).decode()

    def step(self, name):
        loss = ctypes.c_float()
        self.check(name, Z, X, ctypes.c_int64(5), ctypes.byref(loss))
        return loss.value

    def get(self, name, size):
        data = ctypes.create_string_buffer(size)
        self.check("get_parameter", name.encode(), data, ctypes.c_size_t(size))
        return data.raw

    def set(self, name, data):
        self.check("set_parameter", name.encode(), data, ctypes.c_size_t(len(data)))


def header(path):
    contents = open(path, "rb").read()
    return json.loads(contents[8:8 + int.from_bytes(contents[:8], "little")])


def compare(name, text, steps, sizes, order):
    """Runs `order` on one handle, and each step on a handle of its module of one step, to and from which the parameters are copied."""
    lines = [f"nn.train_step @{step} {clauses}\n" for step, clauses in steps.items()]
    whole = Library(name, text + "".join(lines))
    apart = {step: Library(f"{name}_{step}", text + line).create() for step, line in zip(steps, lines)}
    handle, other = whole.create(), None
    for position, step in enumerate(order):
        for parameter, size in sizes.items():
            apart[step].set(parameter, handle.get(parameter, size))
        assert handle.step(step) == apart[step].step(step), (name, position, step)
        for parameter, size in sizes.items():
            assert handle.get(parameter, size) == apart[step].get(parameter, size), (name, position, step, parameter)
        if other:
            other.step(step)
        if position == len(order) // 2:  # from here on a second handle goes on from a file
            handle.check("save", b"middle.st")
            other = whole.create()
            other.check("load", b"middle.st")
    handle.check("save", b"first.st")
    other.check("save", b"second.st")
    assert open("first.st", "rb").read() == open("second.st", "rb").read(), name
    found = header("first.st")
    for step in steps:
        assert found["__metadata__"][step + "/step"] == str(order.count(step)), found
        # What belongs to a step is what its module of its own saves, with the step's name before it.
        apart[step].check("save", b"own.st")
        own = header("own.st")
        assert own.pop("__metadata__").keys() - {"model", "step", "seed"} == \
            {key.split("/")[1] for key in found["__metadata__"] if key.startswith(step + "/")} - {"step"}
        assert {f"{step}/{key}" for key in own if key not in sizes} == {key for key in found if key.startswith(step + "/")}
    return whole, handle


order = ["fit_judge", "fit_generator"] * 5 + ["fit_judge"] * 3 + ["fit_generator"] * 2
compare("gan", GAN, GAN_STEPS, {"generator.w": 48, "generator.b": 16, "judge.w": 16, "judge.b": 4}, order)
order = ["pretrain"] * 4 + ["finetune"] * 4 + ["pretrain", "finetune", "polish"] * 3
whole, handle = compare("shared", SHARED, SHARED_STEPS, {"body": 48, "bias": 16, "head": 32, "constant": 16}, order)

# No step trains it: no slot.
assert not [key for key in header("first.st") if key.endswith("/constant")]
# Hyperparameters are each step's own.
value = ctypes.c_double()
handle.check("set_hyperparameter", b"polish/learning_rate", ctypes.c_double(0.5))
handle.check("get_hyperparameter", b"finetune/learning_rate", ctypes.byref(value))
assert abs(value.value - 0.01) < 1e-8
assert handle.call("get_hyperparameter", b"learning_rate", ctypes.byref(value)) == 10

# Libraries with fewer entries read and write the same names.
lines = [f"nn.train_step @{step} {clauses}\n" for step, clauses in SHARED_STEPS.items()]
some = Library("some", SHARED + "".join(lines), "--entries=finetune,pretrain_loss").create()
some.check("load", b"first.st")
continued = whole.create()
continued.check("load", b"first.st")
assert some.step("finetune") == continued.step("finetune")
assert some.get("body", 48) == continued.get("body", 48)
some.check("save", b"some.st")
assert set(header("some.st")["__metadata__"]) >= {"finetune/step", "finetune/learning_rate"}
assert not [key for key in [*header("some.st"), *header("some.st")["__metadata__"]] if key.startswith("pretrain/") or key == "constant"]
inference = Library("inference", SHARED + "".join(lines), "--entries=predict").create()
inference.check("load", b"first.st")
assert inference.get("constant", 16) == handle.get("constant", 16)
assert inference.call("get_parameter", b"body", None, ctypes.c_size_t(48)) == 10
# What is in no text is a mistake all the same.
contents = open("first.st", "rb").read().replace(b'"head"', b'"hexd"', 1)
open("wrong.st", "wb").write(contents)
assert inference.call("load", b"wrong.st") == 7 and "hexd" in inference.error(), inference.error()
# A file with all of one step's state and none of another's: that step starts anew.
full = whole.create()
assert full.call("load", b"some.st") == 7 and "constant" in full.error()
print("several steps: ok")
