"""The training loop from Python against mlc-run's: fit.py EXAMPLES."""
import os
import re
import subprocess
import sys
import tempfile

import mlc
import numpy as np

simple = os.path.join(os.path.abspath(sys.argv[1]), "simple_model", "simple_model.mlir")
os.chdir(tempfile.mkdtemp())
mlc.compile(simple, "m.so")
random = np.random.default_rng(1)
x = random.random((103, 5)).astype(np.float32)
t = (x / 2 + 0.1).astype(np.float32)
np.save("x.npy", x)
np.save("t.npy", t)


def command(*options):
    subprocess.run([mlc.compiler.program("mlc-run"), "fit", "m.so", "--data", "x=x.npy", "target=t.npy", "--batch-size", "10", *options], check=True,
                   capture_output=True)


def same(a, b):
    return open(a, "rb").read() == open(b, "rb").read()


command("--epochs", "3", "--seed", "7", "--save", "c.safetensors", "--loss-log", "c.log")
model = mlc.load("m.so", seed=7)
history = model.fit(x=x, target=t, epochs=3, batch_size=10, save="p.safetensors", loss_log="p.log", verbose=0)
assert same("c.log", "p.log") and same("c.safetensors", "p.safetensors") and len(open("p.log").readlines()) == 33
again = mlc.load("m.so", seed=7)
mlc.fit(again, {"x": x.astype(np.float64), "target": t}, epochs=3, batch_size=10, loss_log="q.log", verbose=0)  # converted as batches are made
assert same("c.log", "q.log")
mlc.load("m.so", seed=7).fit(x, t, epochs=3, batch_size=10, shuffle=False, loss_log="n.log", verbose=0)
assert not same("c.log", "n.log")
print("same losses and parameters as mlc-run")

command("--epochs", "5", "--seed", "7", "--save", "c5.safetensors", "--loss-log", "c5.log")
model = mlc.load("m.so")
model.fit(x=x, target=t, epochs=5, batch_size=10, resume="c.safetensors", save="p5.safetensors", loss_log="p.log", verbose=0)
assert same("c5.log", "p.log") and same("c5.safetensors", "p5.safetensors")
mlc.load("m.so", seed=7).fit(x, t, steps=17, batch_size=10, save="s.safetensors", loss_log="s.log", verbose=0)  # in the middle of an epoch
command("--epochs", "5", "--resume", "s.safetensors", "--save", "r.safetensors", "--loss-log", "s.log")
assert same("c5.log", "s.log") and same("c5.safetensors", "r.safetensors")
print("each continues the other's checkpoint")


class Count(mlc.Callback):
    events = []

    def on_train_begin(self, logs):
        self.events.append("begin")

    def on_epoch_end(self, epoch, logs):
        self.events.append((epoch, sorted(logs)))
        self.stop_training = epoch == 2

    def on_train_batch_end(self, batch, logs):
        assert self.model.step() > 0 and np.isfinite(logs["loss"])
        self.events.append(batch)


model = mlc.load("m.so")
history = model.fit(x, t, epochs=9, batch_size=64, validation_data=(x[:20], t[:20]), callbacks=[Count()], verbose=0)
assert Count.events == ["begin", 0, 1, (0, ["loss", "val_loss"]), 0, 1, (1, ["loss", "val_loss"]), 0, 1, (2, ["loss", "val_loss"])], Count.events
assert history.epoch == [0, 1, 2] and history.history["val_loss"][-1] < history.history["val_loss"][0]
assert abs(history.history["val_loss"][-1] - model.loss(x[:20], t[:20])) < 1e-6
stop = mlc.EarlyStopping(patience=1, min_delta=10.0, restore_best_weights=True)  # nothing is so much better than the first epoch
model = mlc.load("m.so")
history = model.fit(x, t, epochs=9, validation_split=0.2, callbacks=[stop], verbose=0)
assert len(history.epoch) == 3 and abs(model.loss(x[83:], t[83:]) - stop.best) < 1e-6, history.history
print("validation, callbacks and history")

refused = [
    (lambda: model.fit(x, epochs=1), mlc.UsageError, "fit needs data for its input target"),
    (lambda: model.fit(x, t, epoch=1), mlc.UsageError, "fit has no input 'epoch', and fit no such option; its inputs are x, target"),
    (lambda: model.fit(x, t[:5], epochs=1), mlc.InvalidArgument, "target has 5 samples, but x has 103"),
    (lambda: model.fit(x[:, :3], t, epochs=1), mlc.InvalidArgument, r"x: f32 \[batch, 5\] of fit is the shape of a batch, but the data have shape \[103, 3\]"),
    (lambda: model.fit(x.astype(complex), t, epochs=1), mlc.InvalidArgument, "the data are of complex128"),
    (lambda: model.fit(x, t, epochs=0), mlc.UsageError, "at least 1"),
    (lambda: model.fit(x, t, epochs=1, save_every=3), mlc.UsageError, "save_every needs save"),
    (lambda: model.fit(x, t, epochs=1, save="nowhere/a.safetensors"), mlc.FileError, "could not be written"),
    (lambda: model.fit(x, t, epochs=1, validate="fit"), mlc.UsageError, "would train on the validation data"),
    (lambda: mlc.fit(model, x, t, entry="loss"), mlc.UsageError, "loss is not a training entry; simple_model has fit"),
    (lambda: model.fit(x, t, batch_size=11, epochs=3, resume="c.safetensors"), mlc.InvalidArgument, "trained with batch_size = 10, but got 11"),
    (lambda: model.fit(x, t, epochs=3, resume="plain.safetensors"), mlc.FileError, "is not a checkpoint of fit"),
    (lambda: model.fit(x * np.float32(1e30), t, epochs=1, verbose=0), mlc.NotFinite, "the loss is inf at step"),
]
model.save("plain.safetensors")
for call, kind, text in refused:
    try:
        call()
    except Exception as error:
        assert isinstance(error, kind) and re.search(text, str(error)), (kind, text, type(error), str(error))
    else:
        raise AssertionError(f"not refused: {text}")
print("every refusal says what to do")


class Interrupt(mlc.Callback):

    def on_train_batch_end(self, batch, logs):
        if batch == 4:
            os.kill(os.getpid(), 2)


model = mlc.load("m.so", seed=7)
try:
    model.fit(x, t, epochs=5, batch_size=10, save="i.safetensors", loss_log="i.log", callbacks=[Interrupt()], verbose=0)
except KeyboardInterrupt as error:
    assert "resume='i.safetensors'" in str(error) and model.step() == 5, error
else:
    raise AssertionError("not interrupted")
mlc.load("m.so").fit(x, t, epochs=5, batch_size=10, resume="i.safetensors", save="i.safetensors", loss_log="i.log", verbose=0)
assert same("c5.log", "i.log") and same("c5.safetensors", "i.safetensors")
print("Ctrl-C ends after the step")
