"""The compiler, which is a program beside this file."""
from __future__ import annotations

import os

from .errors import CompileError, Error, FileError, NotSupported, UsageError
from .model import Model, load

TYPE_CHECKING = False
if TYPE_CHECKING:  # what annotations alone name costs no import
    from typing import Any


def program(name: str) -> str:
    """The path of a program that the package brings, or of the one that the variable MLC_BIN's folder has."""
    folder = os.environ.get("MLC_BIN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin")
    return os.path.join(folder, name)


def compile(source: Any, output: str | os.PathLike[str] | None = None, *, seed: int = 0, threads: int = 0, optimize: int = 3,
            **options: Any) -> Model:
    """Compiles a model and loads it.

    `source` is the text of a module, the path of a file (.mlir, .onnx), or what mlc.nn.Module builds. The library goes to
    `output`, with its header beside it, or is gone with the model. Options are those of the command `mlc`, with `_` for `-`:
    mcpu="x86-64-v3", entries=["predict"], weights="w.safetensors", max_dims={"batch": 64}, memory_budget="64M".
    Raises CompileError with the compiler's sentences where the model is wrong.
    """
    import shutil
    import tempfile
    if output is not None and not os.fspath(output).endswith(".so"):
        raise UsageError(f"output is the library that is loaded and ends in .so, but got {os.fspath(output)}; the command mlc makes others")
    folder = tempfile.mkdtemp(prefix="mlc-")
    try:
        path = write_source(source, folder)
        library = os.path.abspath(os.fspath(output)) if output is not None else os.path.join(folder, "model.so")
        run_compiler([path, "-o", library, f"-O{optimize}", *arguments(options)], folder)
        return load(library, seed=seed, threads=threads)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # what is loaded stays mapped


def write_source(source: Any, folder: str) -> str:
    """The path of a file that holds the model."""
    if hasattr(source, "to_mlir"):
        source = source.to_mlir(locations=True)
    elif isinstance(source, os.PathLike) or (isinstance(source, str) and "\n" not in source and source.endswith((".mlir", ".onnx"))):
        path = os.fspath(source)
        if not os.path.exists(path):
            raise FileError(f"{path}: there is no such file")
        return path
    if not isinstance(source, str):
        raise TypeError(f"a model is a text, a path or an mlc.nn.Module, but got {type(source).__name__}")
    path = os.path.join(folder, "model.mlir")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    return path


def arguments(options: dict[str, Any]) -> list[str]:
    """Options as the command line has them."""
    result = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            result.append(option)
        elif isinstance(value, dict):
            result += [option, ",".join(f"{key}={size}" for key, size in value.items())]
        elif isinstance(value, (list, tuple)):
            result += [option, ",".join(map(str, value))]
        elif value is not None and value is not False:
            result += [option, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
    return result


def run_compiler(command: list[str], folder: str) -> None:
    """Runs mlc; raises what its exit status means, the folder of what was a text left out."""
    import subprocess
    import sys
    done = subprocess.run([program("mlc"), *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    text = (done.stdout + done.stderr).replace(folder + os.sep, "").strip()
    if done.returncode == 0:
        if text:
            print(text, file=sys.stderr)  # remarks and warnings
        return
    kinds = {1: CompileError, 2: UsageError, 3: NotSupported}
    if done.returncode not in kinds:
        raise Error(f"mlc ended with status {done.returncode}, which is a bug of the compiler\n{text}")
    raise kinds[done.returncode](text)
