"""Arrays of samples, and batches of them."""
from __future__ import annotations

from collections.abc import Mapping

from .errors import InvalidArgument, UsageError
from .model import NUMPY_NAMES, tensor_text

TYPE_CHECKING = False
if TYPE_CHECKING:  # what annotations alone name costs no import
    from typing import Any
    import numpy


class Dataset:
    """One array for each input of an entry, whose first dimension is the sample.

    `data` are arrays in the order of the inputs (of the entry `like`, by name, where given), or one mapping of names;
    `named` further ones. Names that the entry does not have are refused, or ignored.
    """

    def __init__(self, entry: dict[str, Any], data: tuple[Any, ...], named: dict[str, Any], ignore_unknown: bool = False,
                 like: dict[str, Any] | None = None):
        self.inputs = entry["inputs"]
        arrays = _by_name(like or entry, data, named)
        names = [tensor["name"] for tensor in self.inputs]
        unknown = [name for name in arrays if name not in names]
        if unknown and not ignore_unknown:
            raise UsageError(f"{entry['name']} has no input '{unknown[0]}', and fit no such option; its inputs are {', '.join(names)}")
        missing = [name for name in names if name not in arrays]
        if missing:
            raise UsageError(f"{entry['name']} needs data for its input {missing[0]}")
        if not names:
            raise UsageError(f"{entry['name']} has no inputs to train on")
        self.arrays = [_checked(entry["name"], tensor, arrays[tensor["name"]]) for tensor in self.inputs]
        self.samples: int = len(self.arrays[0])
        for tensor, array in zip(self.inputs, self.arrays):
            if len(array) != self.samples:
                raise InvalidArgument(f"{tensor['name']} has {len(array)} samples, but {names[0]} has {self.samples}")
        if self.samples == 0:
            raise InvalidArgument(f"the data of {entry['name']} have no samples")
        own = _part_dims(self.inputs)
        self.parts: int = self.inputs[0]["shape"][0] if own else 1
        fixed = [tensor["shape"][own] for tensor in self.inputs if tensor["shape"][own] is not None]
        self.fixed_batch: int | None = fixed[0] * self.parts if fixed else None
        self.buffers: list[numpy.ndarray] = []
        self.entry_buffers: list[numpy.ndarray] = []  # the same memory, in parts where the entry takes it so

    def named(self) -> dict[str, Any]:
        return {tensor["name"]: array for tensor, array in zip(self.inputs, self.arrays)}

    def split(self, share: float) -> dict[str, Any]:
        """Keeps the first samples, and returns the others, by name."""
        kept = self.samples - int(self.samples * share)
        if kept == self.samples:
            raise InvalidArgument(f"a share of {share} of {self.samples} samples is none")
        rest = {tensor["name"]: array[kept:] for tensor, array in zip(self.inputs, self.arrays)}
        self.arrays, self.samples = [array[:kept] for array in self.arrays], kept
        return rest

    def batch(self, rows: numpy.ndarray) -> list[numpy.ndarray]:
        """The samples of these numbers, in memory that the next batch takes again."""
        import numpy
        shapes = [(len(rows), *array.shape[1:]) for array in self.arrays]
        if [buffer.shape for buffer in self.buffers] != shapes:
            self.buffers = [numpy.empty(shape, NUMPY_NAMES[tensor["dtype"]]) for shape, tensor in zip(shapes, self.inputs)]
            self.entry_buffers = [buffer.reshape(self.parts, -1, *shape[1:]) if self.parts > 1 else buffer
                                  for buffer, shape in zip(self.buffers, shapes)]
        for array, buffer in zip(self.arrays, self.buffers):
            if array.dtype == buffer.dtype:
                numpy.take(array, rows, axis=0, out=buffer, mode="clip")  # the numbers are in range: clip only spares a copy
            else:
                buffer[...] = array[rows]
        return self.entry_buffers


def _by_name(entry: dict[str, Any], data: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    if len(data) == 1 and isinstance(data[0], Mapping):
        return {**data[0], **named}
    names = [tensor["name"] for tensor in entry["inputs"]]
    if len(data) > len(names):
        raise UsageError(f"{entry['name']} has the inputs {', '.join(names)}, but got {len(data)} arrays")
    twice = [name for name in names[:len(data)] if name in named]
    if twice:
        raise UsageError(f"the data of input {twice[0]} are given twice")
    return {**dict(zip(names, data)), **named}


def _part_dims(inputs: list[dict[str, Any]]) -> int:
    """1 where the first dimension is the entry's own, of the parts over which it accumulates gradients, and samples are the second; else 0."""
    return int(inputs[0]["dims"][:1] == ["accumulate"] and inputs[0]["shape"][0] is not None)


def _checked(entry: str, tensor: dict[str, Any], value: Any) -> numpy.ndarray:
    """The array of an input: its shape but for the samples, and a dtype whose values the input can hold."""
    import numpy
    array = numpy.asarray(value)
    name, shape = tensor["name"], tensor["shape"][_part_dims([tensor]):]
    if not shape:
        raise UsageError(f"{name} of {entry} is a scalar, but data have samples as their first dimension")
    fits = array.ndim == len(shape) and all(size in (None, got) for size, got in zip(shape[1:], array.shape[1:]))
    if not fits:
        raise InvalidArgument(f"{tensor_text(tensor)} of {entry} is the shape of a batch, but the data have shape {list(array.shape)}")
    wanted = numpy.dtype(NUMPY_NAMES[tensor["dtype"]])
    if array.dtype == wanted:
        return array
    whole = array.dtype.kind in "iu" and wanted.kind in "iu" and tensor["dtype"] != "bf16"
    if whole and array.size and (array.min() < numpy.iinfo(wanted).min or array.max() > numpy.iinfo(wanted).max):
        raise InvalidArgument(f"{name} of {entry} is of {tensor['dtype']}, which does not hold all of its values: from {array.min()} to {array.max()}")
    if not whole and (tensor["dtype"] == "bf16" or array.dtype.kind not in "iuf" or wanted.kind != "f"):
        raise InvalidArgument(f"{name} of {entry} is of {tensor['dtype']}, but the data are of {array.dtype}: pass {name}.astype(numpy.{wanted})")
    return array
