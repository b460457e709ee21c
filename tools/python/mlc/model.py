"""A compiled model: its entries, parameters, hyperparameters and files."""
from __future__ import annotations

import keyword
import os
import weakref
from collections.abc import Iterator, Mapping, MutableMapping

from . import _core
from .errors import FileError, InvalidArgument, NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:  # what annotations alone name costs no import
    from typing import Any, Callable
    import numpy
    from .training import History

# NumPy has no bf16: its bits.
NUMPY_NAMES = {
    "f32": "float32", "f64": "float64", "bf16": "uint16", "f16": "float16", "i1": "bool", "i8": "int8", "i32": "int32", "i64": "int64",
    "ui8": "uint8", "ui32": "uint32"
}


def load(path: str | os.PathLike[str], *, seed: int = 0, threads: int = 0, device: str | None = None, spin_microseconds: int = 0,
         params: str | os.PathLike[str] | None = None) -> Model:
    """Loads a library that `mlc` compiled. Parameters are initialised from the seed, or read from the file `params`.

    `threads` are those of a call, 0 for one per CPU; results do not depend on them.
    """
    text = os.fspath(path)
    check_library(text)
    # The loader searches its own folders for a name without a slash.
    handle = _core.open(text if "/" in text else "./" + text, threads, spin_microseconds, seed, device)
    model = Model(handle, seed)
    if params is not None:
        model.load(params)
    return model


def check_library(path: str) -> None:
    """The loader maps a file without looking at its length: a truncated one would end the process."""
    import struct
    try:
        with open(path, "rb") as file:
            header = file.read(64)
            size = os.fstat(file.fileno()).st_size
            if len(header) < 64 or header[:5] != b"\x7fELF\x02":
                raise FileError(f"{path} is not a shared library: mlc.compile makes one of a model")
            offset, = struct.unpack_from("<Q", header, 32)
            entry, count = struct.unpack_from("<HH", header, 54)
            file.seek(offset)
            segments = file.read(entry * count)
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{path} could not be read: {error.strerror}") from None
    whole = entry == 56 and len(segments) == entry * count
    for i in range(count if whole else 0):
        kind, _, begin, _, _, length = struct.unpack_from("<IIQQQQ", segments, i * entry)
        whole = whole and (kind == 0x6474e551 or begin + length <= size)  # but a stack, which has no bytes
    if not whole:
        raise FileError(f"{path} is truncated or damaged")


def tensor_text(tensor: dict[str, Any]) -> str:
    """`x: f32 [batch, 5]`"""
    sizes = [str(size) if size is not None else name or "?" for size, name in zip(tensor["shape"], tensor["dims"])]
    return f"{tensor['name']}: {tensor['dtype']} [{', '.join(sizes)}]"


def entry_documentation(entry: dict[str, Any]) -> str:
    """With the signature in the form that `inspect` and `help` understand."""
    names = [tensor["name"] for tensor in entry["inputs"]]
    plain = all(name.isidentifier() and not keyword.iskeyword(name) and name not in ("self", "out") for name in names)
    signature = ", ".join(["$self", *names, "*", "out=None"]) if plain else "$self, *inputs, out=None"
    lines = [f"{entry['name']}({signature})", "--", "", f"Runs the {entry['kind']} entry {entry['name']}.", ""]
    lines += [f"    in   {tensor_text(tensor)}" for tensor in entry["inputs"]]
    lines += [f"    out  {tensor_text(tensor)}" for tensor in entry["results"]]
    lines += ["", "Arrays are NumPy's or any with __dlpack__, contiguous, read in place. Results are new NumPy arrays (scalars where of",
              "rank 0), or `out`: an array, or a sequence of them where there are several results."]
    if entry["kind"] == "training":
        lines += ["With epochs= or another keyword of mlc.fit, trains over the data rather than on them as one batch."]
    return "\n".join(lines)


class Parameters(MutableMapping):
    """Parameters and states by name. Reading one gives a copy, as a NumPy array; assigning an array replaces the values."""

    def __init__(self, handle: Any, model: str, tensors: list[dict[str, Any]]):
        self._handle, self._model = handle, model  # not the Model: what holds each other lives until it is looked for
        self._tensors = {tensor["name"]: tensor for tensor in tensors}

    def _find(self, name: str) -> dict[str, Any]:
        if name not in self._tensors:
            raise NotFound(f"{self._model} has no parameter '{name}'; it has {', '.join(self._tensors) or 'none'}")
        return self._tensors[name]

    def __getitem__(self, name: str) -> numpy.ndarray:
        import numpy
        tensor = self._find(name)
        array = numpy.empty(tensor["shape"], NUMPY_NAMES[tensor["dtype"]])
        self._handle.get_parameter(name, array)
        return array

    def __setitem__(self, name: str, value: Any) -> None:
        import numpy
        tensor = self._find(name)
        array = numpy.asarray(value)
        wanted = numpy.dtype(NUMPY_NAMES[tensor["dtype"]])
        if list(array.shape) != tensor["shape"]:
            raise InvalidArgument(f"{name} has shape {tensor['shape']}, but got {list(array.shape)}")
        if array.dtype != wanted and not numpy.can_cast(array.dtype, wanted, "same_kind"):
            raise InvalidArgument(f"{name} is of {tensor['dtype']}, but got {array.dtype}: pass value.astype(numpy.{wanted})")
        if tensor["dtype"] == "bf16" and array.dtype != wanted:
            raise InvalidArgument(f"{name} is of bf16, but got {array.dtype}: pass its bits as uint16")
        self._handle.set_parameter(name, numpy.asarray(array, wanted, order="C"))

    def __delitem__(self, name: str) -> None:
        raise TypeError("a model's parameters cannot be deleted")

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{tensor_text(tensor)}{'' if tensor['trainable'] else ' (not trained)'}" for tensor in self._tensors.values()) + "}"


class Hyperparameters(MutableMapping):
    """Hyperparameters by name: `learning_rate`, or `fit/learning_rate` where the model has several training steps. What is
    assigned holds from the next step on, is saved with the model, and is checked against the range that it may be set in."""

    def __init__(self, handle: Any, model: str, names: list[str]):
        self._handle, self._model, self._names = handle, model, names

    def _find(self, name: str) -> str:
        if name not in self._names:
            raise NotFound(f"{self._model} has no hyperparameter '{name}'; it has {', '.join(self._names) or 'none'}")
        return name

    def __getitem__(self, name: str) -> float:
        return self._handle.get_hyperparameter(self._find(name))

    def __setitem__(self, name: str, value: float) -> None:
        self._handle.set_hyperparameter(self._find(name), value)

    def __delitem__(self, name: str) -> None:
        raise TypeError("a model's hyperparameters cannot be deleted")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return repr(dict(self))


class Model:
    """A compiled model with parameters, the optimizers' state and memory of its own. `mlc.compile` and `mlc.load` make it.

    Its entries are methods; an entry that is called like an attribute of this class is in `entries` alone. One thread at a
    time may be in a call: `share` makes another handle over the same parameters.
    """

    # A training entry called `fit` stands before the method: see mlc.fit.
    def __init__(self, handle: Any, seed: int = 0):
        self._handle = handle
        self._description = handle.describe()
        self.seed = seed
        self.name: str = self._description["name"]
        loop = _Loop(self)
        self.entries: dict[str, Callable[..., Any]] = {
            entry["name"]: handle.entry(i, entry_documentation(entry), loop.of(entry["name"]) if entry["kind"] == "training" else None)
            for i, entry in enumerate(self._description["entries"])
        }
        for name, function in self.entries.items():
            if name == "fit" or not hasattr(Model, name):
                self.__dict__.setdefault(name, function)
        self.parameters = Parameters(handle, self.name, self._description["parameters"])
        self.hyperparameters = Hyperparameters(handle, self.name, self._description["hyperparameters"])

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Any]:
            ...
    else:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            raise AttributeError(f"{self.name} has no entry '{name}'; it has {', '.join(self.entries) or 'none'}")

    def __repr__(self) -> str:
        count = sum(_elements(tensor) for tensor in self._description["parameters"] if tensor["trainable"])
        return f"<mlc.Model {self.name}: {', '.join(self.entries)}; {count:,} trained numbers>"

    @property
    def info(self) -> dict[str, Any]:
        """What the model is, as `mlc-run info --json` has it, and its hyperparameters."""
        found = self._description
        dims = [name for entry in found["entries"] for name in entry["dims"] if name]
        return {
            "name": found["name"],
            "compiler": found["compiler"],
            "targets": list(found["targets"]),
            "dims": list(dict.fromkeys(dims)),
            "entries": [self._entry_info(entry) for entry in found["entries"]],
            "parameters": [{key: tensor[key] for key in ("name", "dtype", "shape", "trainable")} for tensor in found["parameters"]],
            "hyperparameters": dict(self.hyperparameters),
        }

    def _entry_info(self, entry: dict[str, Any]) -> dict[str, Any]:

        def described(tensors: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [{key: tensor[key] for key in ("name", "dtype", "shape", "dims")} for tensor in tensors]

        arena = None if entry["dims"] else self.arena_bytes(entry["name"])
        return {"name": entry["name"], "kind": entry["kind"], "inputs": described(entry["inputs"]), "results": described(entry["results"]),
                "arena_bytes": arena}

    def _entry(self, name: str) -> dict[str, Any]:
        for entry in self._description["entries"]:
            if entry["name"] == name:
                return entry
        raise NotFound(f"{self.name} has no entry '{name}'; it has {', '.join(self.entries) or 'none'}")

    def _sizes(self, name: str, dims: Mapping[str, int]) -> list[int]:
        names = self._entry(name)["dims"]
        unknown = [dim for dim in dims if dim not in names]
        missing = [dim for dim in names if dim not in dims]
        if unknown or missing:
            raise InvalidArgument(f"{name} has the free dimensions {', '.join(names) or 'none'}; " +
                                  (f"it lacks '{unknown[0]}'" if unknown else f"a size of {missing[0] or 'each'} is needed"))
        return [dims[dim] for dim in names]

    def workspace_bytes(self, entry: str, *, threads: int = 0, **dims: int) -> int:
        """The memory that a call of an entry works in, at these sizes of its free dimensions."""
        return self._handle.workspace_bytes(entry, self._sizes(entry, dims), threads)

    def arena_bytes(self, entry: str, **dims: int) -> int:
        """The same without what each thread has of its own."""
        one, two = (self.workspace_bytes(entry, threads=threads, **dims) for threads in (1, 2))
        return one - (two - one)

    def cost(self, entry: str, **dims: int) -> tuple[float, float]:
        """Floating-point operations and bytes moved of one call."""
        return self._handle.cost(entry, self._sizes(entry, dims))

    def result_shapes(self, entry: str, *shapes: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The shapes of an entry's results for inputs of these shapes."""
        found = self._entry(entry)
        names, sizes = found["dims"], {}
        for tensor, shape in zip(found["inputs"], shapes):
            for name, free, size in zip(tensor["dims"], tensor["shape"], shape):
                if free is None:  # each `?` without a name is its own
                    place = next(i for i, other in enumerate(names) if other == name and (name or i not in sizes))
                    sizes[place] = size
        dims = [sizes.get(i, 0) for i in range(len(names))]
        return [tuple(self._handle.result_shape(entry, dims, i)) for i in range(len(found["results"]))]

    def step(self, entry: str | None = None) -> int:
        """The finished training steps, of one training entry or of all."""
        return self._handle.step(entry)

    def save(self, path: str | os.PathLike[str], metadata: Mapping[str, str] | None = None) -> None:
        """Writes parameters, states, the optimizers' state, steps, seed and hyperparameters to a safetensors file, whole or
        not at all."""
        pairs = tuple(text for pair in (metadata or {}).items() for text in pair)
        self._handle.save(os.fspath(path), pairs)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Reads what `save` wrote, or parameters alone; a load that fails changes nothing."""
        self._handle.load(os.fspath(path))

    def metadata(self, path: str | os.PathLike[str], key: str) -> str | None:
        """A text that was saved with a model; None where the file has no such key."""
        return self._handle.read_metadata(os.fspath(path), key)

    def reset(self, seed: int | None = None) -> None:
        """Initialises parameters anew; the optimizers' state and the steps begin at zero."""
        self.seed = self.seed if seed is None else seed
        self._handle.reset(self.seed)

    def share(self) -> Model:
        """Another handle over the same parameters, for inference from another thread. While there is more than one, nothing
        that changes parameters is done."""
        return Model(self._handle.share(), self.seed)

    def fit(self, *data: Any, **options: Any) -> History:
        """Trains over the data: see mlc.fit."""
        from .training import fit
        return fit(self, *data, **options)

    def summary(self) -> str:
        """Entries and parameters as a text."""
        found = self._description
        lines = [f"{self.name}, compiled by {found['compiler']} for {', '.join(found['targets'])}"]
        for entry in found["entries"]:
            inputs = ", ".join(tensor_text(tensor) for tensor in entry["inputs"])
            results = ", ".join(tensor_text(tensor) for tensor in entry["results"])
            lines.append(f"  {entry['name']}({inputs}) -> {results}   # {entry['kind']}")
        for tensor in found["parameters"]:
            lines.append(f"  {tensor_text(tensor)}   # {_elements(tensor):,} numbers{'' if tensor['trainable'] else ', not trained'}")
        return "\n".join(lines)


def _elements(tensor: dict[str, Any]) -> int:
    count = 1
    for size in tensor["shape"]:
        count *= size
    return count


class _Loop:
    """What a training entry does with keywords of mlc.fit. It holds no reference to the model, which holds it: the entry of a
    model that is gone trains by another one over the same handle."""

    def __init__(self, model: Model):
        self._model, self._handle, self._seed = weakref.ref(model), model._handle, model.seed

    def of(self, entry: str) -> Callable[..., Any]:

        def train(*data: Any, **options: Any) -> Any:
            from .training import fit
            return fit(self._model() or Model(self._handle, self._seed), *data, entry=entry, **options)

        return train
