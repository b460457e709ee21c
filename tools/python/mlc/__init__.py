"""mlc: compile a model, and its training, into one native library; call and train it from Python.

    import mlc
    model = mlc.compile("model.mlir")              # or a text, or what mlc.nn builds
    y = model.predict(x)                           # entries are methods, on arrays
    model.fit(x=x, target=t, epochs=10)            # the training loop
    model.save("model.safetensors")

`mlc.load("model.so")` loads a library that is there. Models of many layers are written with `mlc.nn`.
"""
from __future__ import annotations

from . import _core
from .errors import (Busy, CompileError, Error, FileError, IndexOutOfRange, InvalidArgument, NotFinite, NotFound, NotSupported,
                     OutOfMemory, UsageError, BY_STATUS as _BY_STATUS)

_core.setup(_BY_STATUS)

from .model import Model, load  # noqa: E402
from .compiler import compile  # noqa: E402
from .training import Callback, EarlyStopping, History, fit  # noqa: E402

__version__ = "@PROJECT_VERSION@"
__all__ = [
    "compile", "load", "fit", "nn", "Model", "Callback", "EarlyStopping", "History", "Error", "CompileError", "UsageError", "NotSupported",
    "InvalidArgument", "IndexOutOfRange", "OutOfMemory", "Busy", "FileError", "NotFound", "NotFinite",
]


def __getattr__(name: str):
    if name == "nn":  # its table of ops is read when it is first wanted
        import importlib
        return importlib.import_module("mlc.nn")
    raise AttributeError(f"module 'mlc' has no attribute '{name}'")
