"""The training loop. It is that of `mlc-run fit`: the same order of the data, the same numbers, the same checkpoints."""
from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence

from . import _core
from .data import Dataset
from .errors import Error, FileError, InvalidArgument, NotFinite, NotFound, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:  # what annotations alone name costs no import
    from typing import Any
    from .model import Model


class Callback:
    """What happens beside the training; override what is wanted. `self.model` is the model that is trained, and
    `self.stop_training = True` ends the training after this step. `logs` hold the loss, and val_... at the end of an epoch."""

    model: Model
    stop_training = False

    def on_train_begin(self, logs: dict[str, float]) -> None:
        ...

    def on_train_end(self, logs: dict[str, float]) -> None:
        ...

    def on_epoch_begin(self, epoch: int, logs: dict[str, float]) -> None:
        ...

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        ...

    def on_train_batch_begin(self, batch: int, logs: dict[str, float]) -> None:
        ...

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        ...


class EarlyStopping(Callback):
    """Ends the training when `monitor` has not become better by more than min_delta for `patience` epochs; mode is "min", or
    "max" for what is to grow. Then the best parameters are restored where that is asked for."""

    def __init__(self, monitor: str = "val_loss", patience: int = 0, min_delta: float = 0.0, mode: str = "min",
                 restore_best_weights: bool = False):
        if mode not in ("min", "max"):
            raise UsageError(f"mode is 'min' or 'max', but got '{mode}'")
        self.monitor, self.patience, self.min_delta, self.restore = monitor, patience, min_delta, restore_best_weights
        self.sign = -1.0 if mode == "max" else 1.0
        self.best, self.waited = math.inf, 0
        self.kept: dict[str, Any] = {}

    def on_train_begin(self, logs: dict[str, float]) -> None:
        self.best, self.waited, self.kept, self.stop_training = math.inf, 0, {}, False

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        if self.monitor not in logs:
            raise UsageError(f"EarlyStopping monitors '{self.monitor}', but the logs have {', '.join(logs)}")
        value = self.sign * logs[self.monitor]
        if value < self.best - self.min_delta:
            self.best, self.waited = value, 0
            if self.restore:
                self.kept = dict(self.model.parameters)
        else:
            self.waited += 1
            self.stop_training = self.waited > self.patience

    def on_train_end(self, logs: dict[str, float]) -> None:
        self.model.parameters.update(self.kept)


class History:
    """The logs of every epoch: `history["loss"]` is a list of one number per epoch, `epoch` their numbers."""

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def add(self, epoch: int, logs: dict[str, float]) -> None:
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        return f"<mlc.History of {len(self.epoch)} epochs: " + ", ".join(f"{name} {values[-1]:.5g}" for name, values in self.history.items()) + ">"


def fit(model: Model, *data: Any, entry: str | None = None, epochs: int | None = None, batch_size: int = 32, steps: int | None = None,
        shuffle: bool = True, seed: int | None = None, validation_data: Any = None, validation_split: float = 0.0,
        validate: str | Sequence[str] | None = None, callbacks: Iterable[Callback] = (), verbose: int = 1,
        save: str | os.PathLike[str] | None = None, save_every: int | None = None, resume: str | os.PathLike[str] | None = None,
        loss_log: str | os.PathLike[str] | None = None, **named: Any) -> History:
    """Trains a model over data, whose first dimension is the sample.

    The data are those of the training entry's inputs, in order or by name, or one mapping of names. A training entry that is
    called with `epochs` or another keyword of these does the same: `model.fit(x=x, target=t, epochs=10)`.

    epochs            how often all samples are seen (default 1); with `steps`, training ends after as many in any case
    batch_size        samples of a step, where the model leaves it free; the last batch of an epoch may be smaller. An entry that
                      accumulates the gradients of n parts takes a multiple of n
    shuffle, seed     the order is a pure function of seed (default: the model's) and epoch, the one of `mlc-run fit`
    validation_data   data of the entries that `validate` names, or validation_split, the share of samples at the end
    validate          inference entries whose first result is averaged at the end of every epoch: val_<entry> of the logs
                      (default: `loss`, if there are validation data and the model has that entry)
    callbacks         mlc.Callback objects
    verbose           0: silent; 1: a line per epoch, and a bar on a terminal
    save, save_every  a checkpoint at the end, and every so many steps; resume continues from one, at its epoch and batch
    loss_log          a file of lines `step loss`

    Batches are copied together, and converted to the entry's dtype where no value is changed by more than rounding.
    """
    return _Fit(model, data, named, entry, epochs, batch_size, steps, shuffle, seed, validation_data, validation_split, validate,
                callbacks, verbose, save, save_every, resume, loss_log).run()


def _training_entry(model: Model, name: str | None) -> dict[str, Any]:
    training = [entry for entry in model._description["entries"] if entry["kind"] == "training"]
    if name is not None:
        entry = model._entry(name)
        if entry["kind"] != "training":
            raise UsageError(f"{name} is not a training entry; {model.name} has {', '.join(e['name'] for e in training) or 'none'}")
        return entry
    if len(training) != 1:
        names = ", ".join(entry["name"] for entry in training)
        raise UsageError(f"{model.name} has several training entries; name one of them: entry={names}" if training else
                         f"{model.name} has no training entry; add an nn.train_step to the model")
    return training[0]


class _Fit:

    def __init__(self, model: Model, data: Any, named: dict[str, Any], entry: str | None, epochs: int | None, batch_size: int,
                 steps: int | None, shuffle: bool, seed: int | None, validation_data: Any, validation_split: float, validate: Any,
                 callbacks: Iterable[Callback], verbose: int, save: Any, save_every: int | None, resume: Any, loss_log: Any):
        self.model, self.entry = model, _training_entry(model, entry)
        if batch_size < 1 or (epochs is not None and epochs < 1) or (steps is not None and steps < 1) or (save_every is not None and save_every < 1):
            raise UsageError("epochs, batch_size, steps and save_every are at least 1")
        if save_every is not None and save is None:
            raise UsageError("save_every needs save, the file of the checkpoint")
        self.data = Dataset(self.entry, data, named)
        validation_data = self._split(validation_data, validation_split)
        names = [validate] if isinstance(validate, str) else list(validate or ())
        if validation_data is not None and not names:
            if "loss" not in model.entries:
                raise UsageError(f"validation data need validate=, one of the entries {', '.join(model.entries)}")
            names = ["loss"]
        self.validations = [self._validation(name, validation_data) for name in names]
        self.batch_size = self.data.fixed_batch or batch_size
        if self.batch_size % self.data.parts:
            raise UsageError(f"{self.entry['name']} accumulates the gradients of {self.data.parts} parts, so batch_size is a multiple of that, but got "
                             f"{self.batch_size}")
        # A fixed batch cannot hold the rest of the data; a free one can, as far as its parts share it evenly.
        rest = self.data.samples % self.batch_size
        self.batches = self.data.samples // self.batch_size + (not self.data.fixed_batch and rest >= self.data.parts)
        if self.batches == 0:
            raise InvalidArgument(f"{self.entry['name']} needs {self.batch_size} samples per step, but the data have {self.data.samples}")
        self.epochs = epochs if epochs is not None else 1 if steps is None else steps // self.batches + 1
        self.steps, self.shuffle, self.seed = steps, shuffle, model.seed if seed is None else seed
        self.callbacks, self.verbose = list(callbacks), verbose
        self.path, self.save_every, self.resumed, self.log_path = save, save_every, resume, loss_log
        self.epoch = self.batch = 0
        self.saved_step = -1
        self.history = History()
        self.logs: dict[str, float] = {}
        self.interrupted = False

    def _split(self, validation_data: Any, share: float) -> Any:
        if not share:
            return validation_data
        if validation_data is not None or not 0 < share < 1:
            raise UsageError("validation_split is between 0 and 1, and excludes validation_data")
        return self.data.split(share)

    def _validation(self, name: str, validation_data: Any) -> tuple[str, Dataset]:
        entry = self.model._entry(name)
        if entry["kind"] == "training":
            raise UsageError(f"validate: {name} is a training entry, which would train on the validation data")
        if not entry["results"]:
            raise UsageError(f"validate: {name} has no result to average")
        data = self.data.named() if validation_data is None else validation_data
        given = tuple(data) if isinstance(data, (tuple, list)) else (data,)
        return name, Dataset(entry, given, {}, ignore_unknown=True, like=self.entry)

    # What a run needs before its first step.

    def _prepare(self) -> None:
        if self.path is not None:
            _check_can_write(self.path)
        if self.resumed is not None:
            self._resume()
        self.step = self.model.step(self.entry["name"])
        self.log = _LossLog(self.log_path, self.step if self.resumed is not None else 0)
        for callback in self.callbacks:
            callback.model, callback.stop_training = self.model, False

    def _number(self, key: str) -> int:
        text = self.model.metadata(self.resumed, key)
        if text is None:
            raise FileError(f"{self.resumed} is not a checkpoint of fit, since its metadata lack {key}; Model.load loads the parameters alone")
        if not text.isascii() or not text.isdigit():
            raise FileError(f"{self.resumed}: {key} is '{text}', but should be a whole number")
        return int(text)

    def _resume(self) -> None:
        """The order of the data must be that of the run that is continued."""
        self.model.load(self.resumed)
        trained = self.model.metadata(self.resumed, "entry")
        if trained not in (None, self.entry["name"]):
            raise InvalidArgument(f"{self.resumed} was trained with {trained}, but got {self.entry['name']}")
        self.seed = self._number("data_seed")
        for key, now in (("batch_size", self.batch_size), ("samples", self.data.samples), ("shuffle", int(self.shuffle))):
            if self._number(key) != now:
                raise InvalidArgument(f"{self.resumed} was trained with {key} = {self._number(key)}, but got {now}")
        self.epoch, self.batch = self._number("epoch"), self._number("batch")
        if self.batch >= self.batches:
            raise FileError(f"{self.resumed}: batch {self.batch} is beyond the {self.batches} batches of an epoch")

    # The loop.

    def run(self) -> History:
        self._prepare()
        from .progress import Progress
        progress = Progress(self.epochs, self.batches, self.verbose)
        restore = _catch_interrupt(self)
        try:
            self._tell("on_train_begin")
            while not self._finished():
                self._train_epoch(progress)
            progress.finish()
            self._tell("on_train_end")
            self._save()
        finally:
            restore()
            self.log.close()
        if self.interrupted:
            raise KeyboardInterrupt(f"after step {self.step}" + (f"; fit(resume='{self.path}') continues" if self.path is not None else ""))
        return self.history

    def _finished(self) -> bool:
        done = self.epoch * self.batches + self.batch
        return (self.epoch >= self.epochs or (self.steps is not None and done >= self.steps) or self.interrupted or
                any(callback.stop_training for callback in self.callbacks))

    def _tell(self, event: str, *number: int) -> None:
        for callback in self.callbacks:
            getattr(callback, event)(*number, self.logs)

    def _train_epoch(self, progress: Any) -> None:
        import numpy
        epoch, order = self.epoch, numpy.arange(self.data.samples, dtype=numpy.int64)
        if self.shuffle:
            _core.data_order(self.seed, epoch, order)
        self.logs = {}
        self._tell("on_epoch_begin", epoch)
        total = seen = 0.0
        while self.epoch == epoch and not self._finished():
            self._tell("on_train_batch_begin", self.batch)
            loss, count = self._train_step(order, progress)
            total, seen = total + loss * count, seen + count
            progress.step(epoch, self.batch + 1, count, loss)
            self.logs = {"loss": loss}
            self._tell("on_train_batch_end", self.batch)
            self.batch += 1
            if self.batch == self.batches:
                self.epoch, self.batch = epoch + 1, 0
                self._end_epoch(epoch, total / seen, progress)
            if self.save_every is not None and (self.epoch * self.batches + self.batch) % self.save_every == 0:
                self._save()

    def _train_step(self, order: Any, progress: Any) -> tuple[float, int]:
        begin = self.batch * self.batch_size
        rows = order[begin:begin + self.batch_size]
        rows = rows[:len(rows) - len(rows) % self.data.parts]
        arrays = self.data.batch(rows)
        loss = self.model.entries[self.entry["name"]](*arrays)
        loss = float(loss[0] if isinstance(loss, tuple) else loss)
        self.step += 1
        self.log.write(self.step, loss)
        if not math.isfinite(loss):
            progress.finish()
            kept = self.path if self.saved_step >= 0 else self.resumed
            raise NotFinite(f"the loss is {loss} at step {self.step}" + (f"; the last checkpoint, {kept}, is kept" if kept is not None else ""))
        return loss, len(rows)

    def _end_epoch(self, epoch: int, loss: float, progress: Any) -> None:
        self.logs = {"loss": loss}
        for name, data in self.validations:
            self.logs[f"val_{name}"] = self._validate(name, data)
        self.history.add(epoch, self.logs)
        progress.end_epoch(epoch, {name: value for name, value in self.logs.items() if name != "loss"})
        self._tell("on_epoch_end", epoch)

    def _validate(self, name: str, data: Dataset) -> float:
        """The mean of the entry's first result, each batch weighted by its samples."""
        import numpy
        total = seen = 0.0
        size = data.fixed_batch or self.batch_size
        for begin in range(0, data.samples, size):
            count = min(size, data.samples - begin)
            if data.fixed_batch and count < size:
                break
            result = self.model.entries[name](*data.batch(numpy.arange(begin, begin + count)))
            result = numpy.asarray(result[0] if isinstance(result, tuple) else result)
            total, seen = total + float(numpy.mean(result, dtype=numpy.float64)) * count, seen + count
        return total / seen if seen else math.nan

    def _save(self) -> None:
        if self.path is None or self.saved_step == self.step:
            return
        self.log.flush()
        numbers = {"epoch": self.epoch, "batch": self.batch, "batch_size": self.batch_size, "samples": self.data.samples,
                   "shuffle": int(self.shuffle), "data_seed": self.seed, "entry": self.entry["name"]}
        self.model.save(self.path, {key: str(value) for key, value in numbers.items()})
        self.saved_step = self.step


class _LossLog:
    """Lines `step loss`; those beyond the step that a run continues from are cut off."""

    def __init__(self, path: Any, keep_up_to: int):
        self.file = None
        if path is None:
            return
        lines = []
        if keep_up_to and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                lines = [line for line in file if line.endswith("\n") and int(line.split()[0]) <= keep_up_to]
        self.file = open(path, "w", encoding="utf-8")
        self.file.writelines(lines)

    def write(self, step: int, loss: float) -> None:
        if self.file:
            self.file.write(f"{step} {loss:.9g}\n")

    def flush(self) -> None:
        if self.file:
            self.file.flush()

    def close(self) -> None:
        if self.file:
            self.file.close()


def _check_can_write(path: Any) -> None:
    """Fails before the training that could not be saved, rather than after it."""
    folder = os.path.dirname(os.path.abspath(os.fspath(path)))
    if os.path.isdir(path) or not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise FileError(f"{os.fspath(path)} could not be written: {'it is a folder' if os.path.isdir(path) else folder + ' cannot be written to'}")


def _catch_interrupt(run: _Fit) -> Any:
    """Ctrl-C ends the training after its step, so that the checkpoint is of a whole one. Returns what undoes this."""
    import signal
    import threading
    if threading.current_thread() is not threading.main_thread():
        return lambda: None

    def interrupt(*_: Any) -> None:
        run.interrupted = True

    before = signal.signal(signal.SIGINT, interrupt)
    return lambda: signal.signal(signal.SIGINT, before)
