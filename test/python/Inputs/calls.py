"""Calls of compiled models from Python: calls.py EXAMPLES."""
import array
import inspect
import os
import re
import subprocess
import sys
import tempfile
import threading

import mlc
import numpy as np

examples = sys.argv[1]
simple = os.path.join(examples, "simple_model", "simple_model.mlir")
folder = tempfile.mkdtemp()
library = os.path.join(folder, "simple_model.so")
model = mlc.compile(simple, library)
x = np.random.default_rng(0).random((7, 5)).astype(np.float32)


def bits(value):
    return np.asarray(value).tobytes()


# Against the command, which calls through the same table from C.
np.save(folder + "/x.npy", x)
run = [mlc.compiler.program("mlc-run"), "call", library, "predict", "--in", f"x={folder}/x.npy", "--out", f"0={folder}/y.npy"]
subprocess.run(run, check=True, capture_output=True)
y = model.predict(x)
assert y.dtype == np.float32 and y.shape == (7, 5) and bits(y) == bits(np.load(folder + "/y.npy"))
assert bits(model.predict(x=x)) == bits(model.entries["predict"](x)) == bits(y)
loss = model.loss(x, x)
assert isinstance(loss, np.float32), type(loss)  # rank 0: a scalar, as NumPy's functions return it
assert model.predict(x[:0]).shape == (0, 5)
assert list(inspect.signature(model.predict).parameters) == ["x", "out"]
assert "x: f32 [batch, 5]" in model.predict.__doc__
print("results are those of C")

# The model is handed the arrays' own memory: it overwrites what `out` has, and refuses an output over an input.
out = np.zeros((7, 5), np.float32)
address = out.__array_interface__["data"][0]
assert model.predict(x, out=out) is out and bits(out) == bits(y) and out.__array_interface__["data"][0] == address
both = np.zeros((14, 5), np.float32)
model.predict(x, out=both[7:])
assert bits(both[7:]) == bits(y) and not both[:7].any()
several = mlc.compile("""module @several {
  func.func @both(%a: tensor<?xf32> {nn.dims = ["n"]}, %s: tensor<f32>) -> (tensor<?xf32>, tensor<f32>, tensor<?xi1>) {
    %b = nn.neg %a : tensor<?xf32>
    %r = nn.reduce sum %a dims = [0] : tensor<?xf32>
    %t = nn.mul %r, %s : tensor<f32>
    %c = nn.compare lt %a, %b : tensor<?xf32>
    return %b, %t, %c : tensor<?xf32>, tensor<f32>, tensor<?xi1>
  }
}""")
a = np.float32([1, -2, 4])
b, t, c = several.both(a, 2)
assert bits(b) == bits(-a) and t == 6 and c.dtype == bool and c.tolist() == [False, True, False]
given = (np.empty(3, np.float32), np.empty((), np.float32), np.empty(3, bool))
assert several.both(a, np.float32(0.5), out=given) is given and given[1] == 1.5
assert several.both(array.array("f", a), 1.0)[1] == 3  # whatever has a buffer


class OnlyDLPack:
    """An array that can do nothing else."""

    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **options):
        return self.values.__dlpack__()


assert several.both(OnlyDLPack(a), 2)[1] == 6
target = np.empty((7, 5), np.float32)
model.predict(OnlyDLPack(x), out=OnlyDLPack(target))
assert bits(target) == bits(y)
sums = "".join(f"    %s{i + 1} = nn.add %s{i}, %x{i} : tensor<2xi32>\n" for i in range(11))
inputs = ", ".join(f"%x{i}: tensor<2xi32>" for i in range(11))
many = mlc.compile(f"""module @many {{
  func.func @total(%class: tensor<2xi32>, {inputs}, %k: tensor<i8>) -> (tensor<2xi32>, tensor<i8>) {{
    %s0 = nn.neg %class : tensor<2xi32>
{sums}    %j = nn.neg %k : tensor<i8>
    return %s11, %j : tensor<2xi32>, tensor<i8>
  }}
}}""")
twos = [np.full(2, 2, np.int32) for _ in range(12)]
total, j = many.total(*twos, 5)
assert total.tolist() == [20, 20] and j == -5 and inspect.signature(many.total) and many.total(*twos[1:], x10=twos[0], k=np.int8(5))[1] == -5
narrow = mlc.compile("""module @narrow {
  nn.parameter @w : tensor<bf16> init(#nn.ones)
  func.func @twice(%x: tensor<3xbf16>) -> tensor<3xbf16> {
    %y = nn.add %x, %x : tensor<3xbf16>
    return %y : tensor<3xbf16>
  }
}""")
one = (np.float32([1, -2, 0.5]).view(np.uint32) >> 16).astype(np.uint16)  # bf16 is its bits in NumPy
assert ((narrow.twice(one).astype(np.uint32) << 16).view(np.float32) == [2, -4, 1]).all() and narrow.parameters["w"].shape == ()
narrow.parameters["w"] = np.uint16(0x4000)
assert narrow.parameters["w"] == 0x4000
print("nothing is copied")

refused = [
    (lambda: model.predict(x.astype(np.float64)), mlc.InvalidArgument, r"predict: x expects f32, but got float64: pass numpy.asarray\(x, numpy.float32\)"),
    (lambda: model.predict(x[:, :4]), mlc.InvalidArgument, r"predict: x expects shape \[batch, 5\], but got \[7, 4\]"),
    (lambda: model.predict(x[0]), mlc.InvalidArgument, r"expects shape \[batch, 5\], but got \[5\]"),
    (lambda: model.predict(x[::2]), mlc.InvalidArgument, r"x is not contiguous .*pass numpy.ascontiguousarray\(x\)"),
    (lambda: model.predict(OnlyDLPack(np.asfortranarray(x))), mlc.InvalidArgument, "not contiguous"),
    (lambda: model.predict(x.astype(">f4")), mlc.InvalidArgument, "expects f32"),
    (lambda: model.predict([[1.0] * 5]), mlc.InvalidArgument, r"but got list: pass numpy.asarray\(x, numpy.float32\)"),
    (lambda: model.predict(x, out=x), mlc.InvalidArgument, "overlap"),
    (lambda: model.predict(x, out=np.empty((6, 5), np.float32)), mlc.InvalidArgument, r"7.*6|6.*7"),
    (lambda: model.predict(x, out=np.broadcast_to(np.float32(0), (7, 5))), mlc.InvalidArgument, "read-only"),
    (lambda: model.predict(), TypeError, r"predict\(\) is missing its input x"),
    (lambda: model.predict(x, x), TypeError, r"predict\(\) takes 1 arrays, but got 2"),
    (lambda: model.predict(x, x=x), TypeError, "two values for x"),
    (lambda: model.predict(x, y=x), TypeError, "has no input 'y'"),
    (lambda: several.both(a, 2, out=(b, c)), TypeError, "has 3 results, but out has 2 arrays"),
    (lambda: several.both(a, "2"), mlc.InvalidArgument, "but got str"),
    (lambda: many.total(*twos, 300), (mlc.InvalidArgument, OverflowError), "300|does not hold|out of bounds|too large"),
    (lambda: model.loss(x, x[:3]), mlc.InvalidArgument, "target"),
    (lambda: model.nothing, AttributeError, "simple_model has no entry 'nothing'; it has predict, loss, fit"),
    (lambda: model.parameters["nothing"], mlc.NotFound, "it has kernel, bias"),
    (lambda: model.parameters.__setitem__("bias", np.zeros(4)), mlc.InvalidArgument, r"bias has shape \[5\], but got \[4\]"),
    (lambda: model.hyperparameters["lr"], mlc.NotFound, "it has learning_rate"),
    (lambda: model.hyperparameters.__setitem__("learning_rate", -1), mlc.InvalidArgument, "learning_rate"),
    (lambda: model.load(folder + "/nothing.safetensors"), mlc.FileError, "nothing.safetensors"),
    (lambda: model.load(simple), mlc.FileError, "simple_model.mlir"),
    (lambda: mlc.load(simple), mlc.FileError, "is not a shared library"),
    (lambda: mlc.load(folder + "/cut.so"), mlc.FileError, "is truncated or damaged"),
    (lambda: mlc.load(folder + "/nothing.so"), mlc.FileError, "could not be read"),
    (lambda: mlc.load(os.path.join(os.path.dirname(mlc.__file__), "_core.abi3.so")), mlc.FileError, "does not export mlc_model_v1"),
    (lambda: mlc.load(library, device="tpu"), mlc.NotSupported, "tpu"),
    (lambda: mlc.compile("module @m {\n  func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {\n    %y = nn.rellu %x : tensor<3xf32>\n    return %y : tensor<3xf32>\n  }\n}"),
     mlc.CompileError, r"^model.mlir:3:\d+: error: .*rellu"),
    (lambda: mlc.compile("nowhere.mlir"), mlc.FileError, "nowhere.mlir: there is no such file"),
    (lambda: mlc.compile(simple, bogus=1), mlc.UsageError, "bogus"),
    (lambda: mlc.compile(simple, folder + "/model.o"), mlc.UsageError, "ends in .so"),
    (lambda: mlc.compile(simple, memory_budget="1M"), mlc.NotSupported, "max-dims"),
    (lambda: mlc.compile(3), TypeError, "a model is a text, a path or an mlc.nn.Module, but got int"),
]
with open(library, "rb") as whole, open(folder + "/cut.so", "wb") as cut:
    cut.write(whole.read()[:20000])
for call, kind, text in refused:
    try:
        call()
    except Exception as error:
        assert isinstance(error, kind) and re.search(text, str(error)), (kind, text, type(error), str(error))
    else:
        raise AssertionError(f"not refused: {text}")
print("every refusal says what to do")

w = model.parameters["kernel"]
w[0, 0] = 9
assert model.parameters["kernel"][0, 0] != 9
model.parameters["kernel"] = w.astype(np.float64)
assert model.parameters["kernel"][0, 0] == 9 and list(model.parameters) == ["kernel", "bias"]
model.hyperparameters["learning_rate"] = 0.125
assert model.hyperparameters["learning_rate"] == 0.125 and len(model.hyperparameters) == 5 and model.step() == 0
model.fit(x, x)
assert model.step() == model.step("fit") == 1
model.save(folder + "/m.safetensors", {"note": "kept"})
other = mlc.load(library, seed=5, params=folder + "/m.safetensors")
assert other.metadata(folder + "/m.safetensors", "note") == "kept" and other.metadata(folder + "/m.safetensors", "no") is None
assert bits(other.predict(x)) == bits(model.predict(x)) and other.step() == 1 and other.hyperparameters["learning_rate"] == 0.125
other.reset()
assert bits(other.predict(x)) == bits(mlc.load(library, seed=5).predict(x)) != bits(model.predict(x))
import json
info = json.loads(subprocess.run([run[0], "info", "--json", library], check=True, capture_output=True, text=True).stdout)


def within(part, whole):
    """Whether whole says all that part says."""
    if isinstance(part, dict):
        return all(key in whole and within(value, whole[key]) for key, value in part.items())
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(within, part, whole))
    return part == whole


described = model.info
del described["hyperparameters"]  # whose form is Python's
assert within(described, info), (described, info)
assert model.workspace_bytes("fit", batch=64, threads=1) >= model.arena_bytes("fit", batch=64) > 0 and len(model.cost("fit", batch=64)) == 2
assert model.result_shapes("predict", (3, 5)) == [(3, 5)]
# What is not held any longer is gone at once, and an entry outlives its model.
import weakref
dropped = mlc.load(library, threads=2)
step, gone = dropped.fit, weakref.ref(dropped)
del dropped
assert gone() is None and np.isfinite(step(x, x)) and step(x, x, epochs=2, verbose=0).epoch == [0, 1]
print("parameters, hyperparameters and files are as they were")

# The interpreter's lock is given up around a call: another thread meets a handle that is busy, and handles of its own work.
big = mlc.compile("""module @big {
  func.func @product(%a: tensor<?x512xf32> {nn.dims = ["n", ""]}, %b: tensor<512x512xf32>) -> tensor<?x512xf32> {
    %c = nn.matmul %a, %b : tensor<?x512xf32>, tensor<512x512xf32>
    return %c : tensor<?x512xf32>
  }
}""", threads=1)
rows, square = np.ones((20000, 512), np.float32), np.ones((512, 512), np.float32)
wanted, turns, busy = big.product(rows, square), [0], []


def call_often():
    calls = 0
    while calls < 10:  # calls that were made: one that is refused takes no time
        try:
            big.product(rows, square)
            calls += 1
        except mlc.Busy:
            pass


thread = threading.Thread(target=call_often)
thread.start()
while thread.is_alive():
    turns[0] += 1
    try:
        big.product(rows[:1], square)
    except mlc.Busy as error:
        busy.append(str(error))
assert turns[0] > 3 and busy, turns
results = [None, None]


def work(handle, number):
    results[number] = handle.product(rows, square)


workers = [threading.Thread(target=work, args=(big.share(), number)) for number in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
assert all(bits(result) == bits(wanted) for result in results)
print("threads call at the same time")

# numpy comes with the first call. Time of the processor, which neighbours on the machine do not take, beside that of numpy itself.
def importing(module, check="pass"):
    code = f"import sys, time; begin = time.process_time(); import {module}; print(time.process_time() - begin); {check}"
    return min(float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout) for _ in range(5))


seconds, numpy_seconds = importing("mlc", "assert 'numpy' not in sys.modules"), importing("numpy")
assert seconds < numpy_seconds, (seconds, numpy_seconds)
print(f"import takes {seconds * 1e3:.0f} ms, numpy's {numpy_seconds * 1e3:.0f} ms")
