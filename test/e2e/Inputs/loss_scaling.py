"""Training steps in f16 against those in f32; works in the current folder."""
import mlc
import numpy as np

WIDTH, HIDDEN, CLASSES, ROWS, RATE = 48, 96, 40, 21, 1e-3
TEXT = f"""module @NAME {{
  nn.parameter @up : tensor<{WIDTH}x{HIDDEN}xf32> init(#nn.he_uniform)
  nn.parameter @bias : tensor<{HIDDEN}xf32> init(#nn.normal<0.0, 0.1>)
  nn.parameter @down : tensor<{CLASSES}x{HIDDEN}xf32> init(#nn.he_uniform)
  func.func @loss(%x: tensor<?x{WIDTH}xf32> {{nn.dims = ["n", ""]}}, %target: tensor<?x{CLASSES}xf32> {{nn.dims = ["n", ""]}}) -> tensor<f32> {{
    %w = nn.param @up : tensor<{WIDTH}x{HIDDEN}xf32>
    %b = nn.param @bias : tensor<{HIDDEN}xf32>
    %v = nn.param @down : tensor<{CLASSES}x{HIDDEN}xf32>
    %h = nn.linear %x, %w, %b : tensor<?x{WIDTH}xf32>, tensor<{WIDTH}x{HIDDEN}xf32>, tensor<{HIDDEN}xf32>
    %r = nn.relu %h : tensor<?x{HIDDEN}xf32>
    %y = nn.contract %r, %v contracting = [1] x [1] : tensor<?x{HIDDEN}xf32>, tensor<{CLASSES}x{HIDDEN}xf32>
    %l = nn.mse %y, %target : tensor<?x{CLASSES}xf32>, tensor<?x{CLASSES}xf32>
    %s = nn.mul %l, SHARE : tensor<f32>
    return %s : tensor<f32>
  }}
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = {RATE}, epsilon = 1e-16> CLAUSE
}}
"""
COUNTS = ("loss_scale_good_steps", "skipped_steps")


def make(share, precision, clause="", **options):
    return mlc.compile(TEXT.replace("NAME", "scaled").replace("SHARE", str(share)).replace("CLAUSE", clause), precision=precision, threads=1, **options)


def counts(model):
    """The scale, the good steps since it changed, and the steps that were skipped."""
    model.save("counts.safetensors")
    return (model.hyperparameters["loss_scale"], *(int(model.metadata("counts.safetensors", name)) for name in COUNTS))


def edit(path, key, old, new):
    """Another count in a file, of as many digits."""
    data = open(path, "rb").read()
    before, after = (f'"{key}":"{number}"'.encode() for number in (old, new))
    assert data.count(before) == 1 and len(before) == len(after), (key, old)
    open(path, "wb").write(data.replace(before, after))


def state(model):
    return {name: np.array(value) for name, value in model.parameters.items()}


def equal(one, other):
    return all((value == other[name]).all() for name, value in one.items())


random = np.random.default_rng(3)
x, target = random.standard_normal((ROWS, WIDTH)).astype("f4"), random.standard_normal((ROWS, CLASSES)).astype("f4")

# A loss whose cotangents are near 2e-9: f16 holds none of them. Scaled, it follows the one of f32; of scale 1, nothing moves.
plain, scaled, alone = make(1e-6, "f32"), make(1e-6, "f16"), make(1e-6, "f16")
alone.hyperparameters["loss_scale"] = 1
before = state(alone)
for step in range(60):
    wanted, found, stuck = (float(model.fit(x, target)) for model in (plain, scaled, alone))
    assert abs(wanted - found) < 0.02 * wanted, (step, wanted, found)
assert equal(before, state(alone)) and counts(alone) == (1, 60, 0) and found < 0.1 * stuck, (found, stuck)
assert counts(scaled) == (65536, 60, 0), counts(scaled)
assert "loss_scale" in list(scaled.hyperparameters) and "loss_scale" not in list(plain.hyperparameters)

# An overflow skips steps and halves the scale until one is good, which is the first for Adam too.
for optimize in (3, 0):
    model = make(1, "f16", optimize=optimize)
    model.hyperparameters["loss_scale"] = 2.0**30
    before, skipped = state(model), 0
    while not counts(model)[1]:
        loss = float(model.fit(x, target))
        skipped += 1
        if counts(model)[2] == skipped:
            assert equal(before, state(model)) and counts(model) == (2.0**(30 - skipped), 0, skipped), counts(model)
    assert skipped > 2 and counts(model) == (2.0**(31 - skipped), 1, skipped - 1) and model.step() == skipped, (skipped, counts(model))
    other = make(1, "f16", optimize=optimize)
    other.hyperparameters["loss_scale"] = counts(model)[0]
    assert float(other.fit(x, target)) == loss and equal(state(other), state(model)) and not equal(before, state(model))
    moved = abs(state(model)["down"] - before["down"]).max()
    assert abs(moved - RATE) < 0.001 * RATE, moved
    assert float(other.fit(x, target)) == float(model.fit(x, target)) and equal(state(other), state(model))

# 2000 good steps double the scale; it stays finite, and above 0 where nothing helps.
model.hyperparameters["loss_scale"] = 1024
for step in range(1000 - counts(model)[1]):
    model.fit(x, target)
model.save("good.safetensors")
edit("good.safetensors", COUNTS[0], 1000, 1999)
model.load("good.safetensors")
assert counts(model)[:2] == (1024, 1999), counts(model)
model.fit(x, target)
assert counts(model)[:2] == (2048, 0), counts(model)
model.hyperparameters["loss_scale"] = 2.0**-126
model.fit(x * np.float32("nan"), target)
assert counts(model)[:2] == (2.0**-126, 0), counts(model)

# Files: half a run and the rest are the run, a step that is skipped among them; those of f32 fit, both ways.
model.reset()
assert counts(model)[1:] == (0, 0)
model.hyperparameters["loss_scale"] = 2.0**22
for step in range(12):
    if step == 5:
        model.save("half.safetensors")
    model.fit(x, target)
again = make(1, "f16", optimize=0)
again.load("half.safetensors")
assert counts(again)[2] > 0
for step in range(7):
    again.fit(x, target)
assert counts(again) == counts(model) and again.step() == 12 and equal(state(again), state(model)), (counts(again), counts(model), again.step())
plain = make(1, "f32")
plain.load("half.safetensors")
plain.save("plain.safetensors")
again.load("plain.safetensors")

# Parts of a call share the scale; the norm that is clipped is that of the gradients themselves. One that does not fit spoils the sum.
parts, plain = (make(1, precision, "clip_norm = 0.01 accumulate = 3") for precision in ("f16", "f32"))
x, target = x.reshape(3, -1, WIDTH), target.reshape(3, -1, CLASSES)
for step in range(20):
    found, wanted = float(parts.fit(x, target)), float(plain.fit(x, target))
    assert abs(found - wanted) < 0.01 * wanted, (step, found, wanted)
assert counts(parts) == (65536, 20, 0), counts(parts)
before = state(parts)
x[1] *= 1e6
parts.fit(x, target)
assert counts(parts) == (32768, 0, 1) and equal(before, state(parts))
print("loss scaling: ok")
