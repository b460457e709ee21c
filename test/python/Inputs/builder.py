"""Models that are built in Python: builder.py ROOT."""
import glob
import math
import os
import re
import sys

import mlc
import numpy as np
from mlc import nn

root = sys.argv[1]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import simple_model

random = np.random.default_rng(0)
x = random.random((7, 5)).astype(np.float32)
built = mlc.compile(simple_model.m)
hand = mlc.compile(os.path.join(root, "examples", "simple_model", "simple_model.mlir"))
for name, of in (("dense.kernel", "kernel"), ("dense.bias", "bias")):
    built.parameters[name] = hand.parameters[of]
assert all(built.fit(x, x / 2) == hand.fit(x, x / 2) for _ in range(5)) and (built.predict(x) == hand.predict(x)).all()
print("the text of a module is that of the example")

# By reflection over the files that define the dialect: what is neither a function of nn nor known below is missing.
defined = set()
for path in glob.glob(os.path.join(root, "dialects", "NN", "*Ops.td")):
    text = open(path, encoding="utf-8").read()
    defined |= set(re.findall(r'^def NN_\w+Op\s*:\s*NN_\w+<"(\w+)"', text, re.M))
elsewhere = {"parameter": nn.Module.parameter, "train_step": nn.Module.train_step, "param": nn.parameter, "read": nn.State.read, "write": nn.State.write,
             "while": nn.while_loop, "if": nn.if_, "constant": nn.constant, "yield": None, "storage": None, "function": None,
             "transform_tiles": None, "join_tiles": None}  # convolutions are made of them
missing = {op for op in defined if not hasattr(nn, op) and not hasattr(nn, op + "_") and op not in elsewhere}
assert len(defined) > 100 and not missing, missing
for name in ("adam", "lion", "cosine_schedule", "linear_warmup"):
    assert callable(getattr(nn.optim, name))
assert nn.init.uniform(-1, 1e-05).text == "#nn.uniform<low = -1, high = 1.0e-05>", nn.init.uniform(-1, 1e-05).text
assert "semantics:" in nn.softmax.__doc__ or "semantics:" in nn.ops.softmax.__doc__
print("every op of the dialect has its function")


def run(function, *inputs, types=None, **options):
    """What a function of the builder computes, compiled."""
    module = nn.Module("model")
    kinds = {"float32": nn.f32, "int32": nn.i32, "int64": nn.i64, "bool": nn.i1}
    types = types or [kinds[value.dtype.name][tuple(value.shape)] for value in inputs]
    module.function(function, name="entry", arguments=types, **options)
    return mlc.compile(module, optimize=1).entry(*inputs)


def attended(x, offset):
    """Attention of x to itself, of query i to the keys up to i + offset."""
    weights = np.exp(x @ x.T / np.sqrt(x.shape[1])) * np.tri(len(x), k=offset)
    return weights / weights.sum(1, keepdims=True) @ x


def turned(x, offset, sign=1):
    """Pairs of halves, turned by the positions from offset on."""
    w, (a, b) = sign * (np.arange(len(x)) + offset)[:, None] * 1e4 ** -(np.arange(x.shape[1] // 2) * 2 / x.shape[1]), np.split(x, 2, 1)
    return np.concatenate([a * np.cos(w) - b * np.sin(w), b * np.cos(w) + a * np.sin(w)], 1)


a, b, v = random.random((4, 1, 3)).astype(np.float32), random.random((5, 1)).astype(np.float32), random.random(3).astype(np.float32)
n = nn.f32["n", 3]
many = random.random((6, 3)).astype(np.float32)
wide = random.random((6, 4)).astype(np.float32)
two, both = random.random((3, 4, 2, 3)).astype(np.float32), nn.f32["a", "b", 2, 3]
positions = np.array([2, 0], np.int32)
for function, wanted, inputs, types in (
    (lambda a, b: a * b + 2, a * b + 2, (a, b), None),
    (lambda a, b: 1 / (b - a) ** 2, 1 / (b - a) ** 2, (a, b), None),
    (lambda x, v: (x - v) * 0.5, (many - v) * 0.5, (many, v), [n, nn.f32[3]]),
    (lambda x: x.reshape(-1), many.reshape(-1), (many,), [n]),
    (lambda x: x.reshape(x.shape[0], 3, 1).transpose(2, 0, 1), many.reshape(6, 3, 1).transpose(2, 0, 1), (many,), [n]),
    (lambda x: x.T, many.T, (many,), [n]),
    (lambda x: x[:, 1], many[:, 1], (many,), [n]),
    (lambda x: x[1:4, ::2], many[1:4, ::2], (many,), [n]),
    (lambda x: x[..., None, -1], many[..., None, -1], (many,), [n]),
    (lambda x, i: x[:, i], many[:, positions], (many, positions), [n, nn.i32[2]]),
    (lambda x: x[2], a[2], (a,), None),
    (lambda x: x.mean(0), many.mean(0), (many,), [n]),
    (lambda x: x.mean(), many.mean(), (many,), [n]),
    (lambda x: nn.sum(x, [-1]), many.sum(-1), (many,), [n]),
    (lambda x: nn.where(x > 0.5, x, -math.inf), np.where(many > 0.5, many, -np.inf), (many,), [n]),
    (lambda x: nn.where(x <= x[:1].reshape(3), 1.0, x), np.where(many <= many[0], 1, many), (many,), [n]),
    (lambda x: nn.concat([x, x], -1), np.concatenate([many, many], -1), (many,), [n]),
    (lambda x: nn.pad(x, [0, 1], [0, 2], 7), np.pad(many, [(0, 0), (1, 2)], constant_values=7), (many,), [n]),
    (lambda x: x @ nn.constant(np.eye(3, dtype=np.float32) * 2), many * 2, (many,), [n]),
    (lambda x: x.reshape(x.shape[0], x.shape[1], 6) + 1, two.reshape(3, 4, 6) + 1, (two,), [both]),
    (lambda x: x.reshape(x.shape[0] * x.shape[1], -1), two.reshape(12, 6), (two,), [both]),
    (lambda x: x.reshape(2 * x.shape[0], x.shape[1], 3), two.reshape(6, 4, 3), (two,), [both]),
    (lambda x: nn.exp(x).reshape(x.shape[0], -1) + 1, np.exp(many) + 1, (many,), [n]),
    (lambda x: x.mean(0, -1), two.mean((0, 3)), (two,), [both]),
    (lambda x: nn.softmax(x), np.exp(many) / np.exp(many).sum(-1, keepdims=True), (many,), [n]),
    (lambda x: x * v - np.float64(1), many * v - 1, (many,), [n]),
    (lambda x: nn.iota(x.shape, 0).astype(nn.f32) + x, many + np.arange(6)[:, None], (many,), [n]),
    (lambda x: nn.max_with_position(x, -1)[1], many.argmax(-1), (many,), [n]),
    (lambda x: nn.select(x >= 0.5, x, 0), np.where(many >= 0.5, many, 0), (many,), [n]),
    (lambda x: nn.attention(x, x, x, causal=True), attended(many, 0), (many,), [n]),
    (lambda x, at: nn.attention(x, x, x, causal=True, offset=at, lse=True)[0], attended(many, 2), (many, np.array(2, np.int32)), [n, nn.i32[()]]),
    (lambda x: nn.rope(x, offset=5), turned(wide, 5), (wide,), [nn.f32["n", 4]]),
    (lambda x, at: nn.rope(x, offset=at, inverse=True), turned(wide, 2, -1), (wide, np.array(2, np.int32)), [nn.f32["n", 4], nn.i32[()]]),
    (lambda x: nn.sample(x, nn.iota([x.shape[0]]), temperature=0), many.argmax(-1), (many,), [n]),
    (lambda x, k: nn.sample(x, nn.iota([x.shape[0]]), top_k=k, previous=nn.iota([x.shape[0], 1], 0), repetition_penalty=1.5),
     (many / (1 + 0.5 * np.eye(6, 3))).argmax(-1), (many, np.array(1, np.int32)), [n, nn.i32[()]]),
    (lambda x: nn.size(x.shape[0]) * 2, np.int32(12), (many,), [n]),
    (lambda x: nn.split(x, 2, 1)[1], wide[:, 2:], (wide,), [nn.f32["n", 4]]),
    (lambda x: nn.split(x, [2, -1], 0)[1], wide[2:], (wide,), [nn.f32["n", 4]]),
    (lambda x: nn.stack([x, x * 2], -1), np.stack([many, many * 2], -1), (many,), [n]),
    (lambda x: nn.squeeze(nn.unsqueeze(x, [0, -1]), 0), many[..., None], (many,), [n]),
    (lambda x: nn.where((x > 0) & ~(x > 1) | (x < -1), x, 0.0), np.where((wide > 0) & ~(wide > 1) | (wide < -1), wide, 0), (wide,), [nn.f32["n", 4]]),
    (lambda x: nn.swiglu(x), wide[:, :2] / (1 + np.exp(-wide[:, :2])) * wide[:, 2:], (wide,), [nn.f32["n", 4]]),
    (lambda x, v: nn.geglu(x, v, approximate="tanh"), many * many / (1 + np.exp(-1.5957691 * (many + 0.044715 * many**3))), (many, many), [n, n]),
):
    got = run(function, *inputs, types=types)
    assert got.shape == wanted.shape and np.allclose(got, wanted, rtol=2e-6), (got, wanted)
print("shapes as NumPy has them")

start = np.zeros(3, np.float32)
last, sums = run(lambda h, xs: nn.scan(lambda h, x: (h + x, h + x), h, xs), start, many, types=[nn.f32[3], n])
assert np.allclose(sums, np.cumsum(many, 0)) and np.allclose(last, sums[-1])
assert run(lambda h: nn.scan(lambda h: h * 2 + 1, h, trips=5), start).tolist() == [31] * 3
assert run(lambda h: nn.while_loop(lambda h: h[0] < 20, lambda h: h + 3, h), start).tolist() == [21] * 3
assert run(lambda h: nn.while_loop(lambda h: h[0] < 20, lambda h: h + 3, h, max_trips=4), start).tolist() == [12] * 3
assert run(lambda h: nn.if_(h[0] > 1, lambda: h, lambda: h - 1), start).tolist() == [-1] * 3
assert run(lambda h: nn.checkpoint(lambda: nn.exp(h)), start).tolist() == [1] * 3
print("bodies run")

m = nn.Module("derivatives")


@m.function(private=True)
def energy(x: nn.f32[3]):
    w = nn.parameter("w", nn.f32[3], nn.init.constant(2.0))
    return (w * x * x).sum()


@m.function
def forces(x: nn.f32[3]):
    value, dx, dw = nn.grad(energy, x, wrt=[0, "w"])
    return {"energy": value, "force": -dx, "by_w": dw}


@m.function
def curvature(x: nn.f32[3], direction: nn.f32[3]):
    return nn.jvp(energy, x, tangents=[direction])[1]


@m.function
def rounded(x: nn.f32[3]):
    return nn.custom_vjp(lambda a: nn.round_even(a), lambda dy: dy, x)


@m.function
def back(x: nn.f32[3], dy: nn.f32[3]):
    return nn.vjp(rounded, x, cotangents=[dy])[1]


@m.function(updates=True)
def count():
    state = nn.state("calls", nn.i64[()])
    state.write(state.read() + 1)
    return state.read()


def loss(x: nn.f32[3]):
    return energy(x)


loss_entry = m.function(loss)


@m.function
def by_all(x: nn.f32[3]):
    return nn.grad(loss_entry, x, wrt=["*"])


assert loss_entry.parameters == ["w"], loss_entry.parameters
m.train_step("fit", loss_entry, nn.optim.sgd(learning_rate=0.5), clip_norm=1.0, trains=["w*"])
assert 'trains = ["w*"]' in str(m) and "wrt (@w)" in str(m), m
model = mlc.compile(m)
point = np.float32([1, 2, 3])
energy_value, force, by_w = model.forces(point)
assert energy_value == 28 and force.tolist() == [-4, -8, -12] and by_w.tolist() == [1, 4, 9]
assert [tensor["name"] for tensor in model.info["entries"][0]["results"]] == ["energy", "force", "by_w"]
assert model.curvature(point, np.float32([1, 0, 0])) == 4 and model.back(point, point).tolist() == [1, 2, 3]
assert [int(model.count()), int(model.count())] == [1, 2] and model.parameters["calls"] == 2
assert model.fit(point) == 28 and "w" in model.parameters
print("derivatives and states")

m = nn.Module("layers")
net = nn.Sequential(nn.Embedding(11, 8), nn.Dropout(0.1), nn.RMSNorm(), nn.LayerNorm(), nn.Linear(6, bias=False), nn.relu, name="net")
norm, memory, gate = nn.BatchNorm(name="norm"), nn.LSTM(4, name="memory"), nn.GRU(4, name="gate")


@m.function
def layers(ids: nn.i32["time", 3]):
    y = memory(net(ids))[0]
    return norm(gate(y)[0].reshape(-1, 12).reshape(-1, 12))


model = mlc.compile(m)
assert list(model.parameters) == ["net.layers.0.table", "net.layers.2.scale", "net.layers.3.scale", "net.layers.3.bias", "net.layers.4.kernel", "memory.w",
                                  "memory.u", "memory.bias", "gate.w", "gate.u", "gate.bias", "norm.scale", "norm.bias", "norm.mean",
                                  "norm.variance"], list(model.parameters)
assert model.layers(np.zeros((2, 3), np.int32)).shape == (2, 12)

m = nn.Module("decoder")
layer = nn.TransformerDecoderLayer(4, 24, activation=nn.gelu, norm_first=True, attention_options=dict(kv_heads=2, rope=True), name="layer")


@m.function
def at_once(y: nn.f32["batch", "time", 16], memory: nn.f32["batch", "source", 16], lengths: nn.i32["batch"]):
    return layer(y, memory, memory_lengths=lengths)


@m.function
def step_by_step(y: nn.f32["batch", 5, 16], memory: nn.f32["batch", "source", 16], lengths: nn.i32["batch"]):
    cross = layer.cross.keys_and_values(memory)

    def trip(keys, values, y, time):
        x = y[:, None]
        past = tuple(nn.update_slice(cache, new, [0, time, 0, 0]) for cache, new in zip((keys, values), layer.own(x, offset=time)))
        return *past, layer(x, cross, memory_lengths=lengths, past=past, offset=time).reshape(y.shape[0], 16)

    empty = nn.full((y.shape[0], 5, 2, 4), 0.0)
    return nn.scan(trip, (empty, empty), (y.transpose(1, 0, 2), nn.iota([5])))[2].transpose(1, 0, 2)


model, random = mlc.compile(m), np.random.default_rng(3)
y, memory = (random.standard_normal((2, time, 16), np.float32) for time in (5, 7))
inputs = (y, memory, np.array([7, 3], np.int32))
assert np.allclose(model.at_once(*inputs), model.step_by_step(*inputs), atol=1e-5)
assert model.parameters["layer.attention.key.kernel"].shape == (16, 8) and model.parameters["layer.cross.key.kernel"].shape == (16, 16)
print("layers")


def refuse(text, build, kind=nn.BuildError):
    try:
        build()
    except kind as error:
        assert re.search(text, str(error)), str(error)
    else:
        raise AssertionError(f"not refused: {text}")


def nameless(x):
    return x


def lost(x: "nn.f32[absent]"):
    return x


def wrong():
    module = nn.Module("wrong")
    module.function(lambda x: x, name="f", arguments=[nn.f32[3]])
    module.train_step("fit", module.functions["f"], nn.optim.adam())
    return module


here = re.escape(os.path.abspath(__file__))
types = [nn.f32[4, 5]]
refuse(rf"^{here}:\d+: error: .*linear.*5.*6", lambda: run(lambda x: nn.linear(x, nn.parameter("w", nn.f32[6, 2])), x, types=types))
refuse(rf"{here}:\d+: error: parameter w is a tensor<5x2xf32>, but got tensor<2x2xf32>", lambda: run(lambda x: nn.linear(x, nn.parameter("w", nn.f32[5, 2])) @ nn.parameter("w", nn.f32[2, 2]), x,
                                                                               types=types))
refuse("add takes values of the model, but got str", lambda: run(lambda x: nn.add(x, "1"), x, types=types))
refuse("is not broadcast to shape", lambda: run(lambda x: x + nn.constant(np.ones(4, np.float32)), x, types=types))
refuse("has 2 dimensions, but got 3 indices", lambda: run(lambda x: x[0, 0, 0], x, types=types))
refuse("has no shape", lambda: run(lambda x: x.reshape(3, -1), x, types=types))
refuse("a tensor has no value before the model runs", lambda: run(lambda x: x if x > 0 else x, x, types=types))
refuse("entry returns values of the model, but got int", lambda: run(lambda x: 3, x, types=types))
refuse("layer.attention: a width of 5 has no 4 equal heads: give head_size", lambda: run(lambda x: nn.TransformerEncoderLayer(4, 8, name="layer")(x[None]), x, types=types))
refuse("no parameter that is read is like 'b\\*'; there are w", lambda: nn.grad(loss_entry, x, wrt=["b*"]))
refuse("ops are made inside of a function", lambda: nn.constant(1.0))
refuse("argument x of nameless needs its type", lambda: nn.Module("m").function(nameless))
refuse(rf"^{here}:\d+:1: error: .*@f", lambda: mlc.compile(wrong()), mlc.CompileError)
refuse("the types of lost are not found, since name 'absent' is not defined: give them as arguments=", lambda: nn.Module("m").function(lost))
print("every refusal says what to do")
