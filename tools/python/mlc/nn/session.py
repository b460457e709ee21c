"""The dialect, by its C interface (builder/Builder.cpp): what is made, which types it has, how it is printed."""
from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from typing import Any

from ..errors import Error

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class BuildError(Error):
    """An op that cannot be: the dialect's sentence, at the line of Python that asked for it."""


class _Request(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("attributes", ctypes.c_char_p), ("result_types", ctypes.c_char_p), ("value_name", ctypes.c_char_p),
                ("file", ctypes.c_char_p), ("line", ctypes.c_int), ("operand_count", ctypes.c_int), ("operands", ctypes.POINTER(ctypes.c_void_p)),
                ("region_count", ctypes.c_int), ("regions", ctypes.POINTER(ctypes.c_void_p))]


_library: Any = None


def library() -> Any:
    global _library
    if _library is None:
        found = ctypes.CDLL(os.path.join(_PACKAGE, "lib", "libmlc_builder.so"))
        pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        for name, result, arguments in (
            ("open", pointer, [text]), ("close", None, [pointer]), ("module", pointer, [pointer]),
            ("block", pointer, [pointer, number, ctypes.POINTER(text), ctypes.POINTER(text), text, number, ctypes.POINTER(pointer)]),
            ("op", number, [pointer, pointer, ctypes.POINTER(_Request), ctypes.POINTER(pointer)]), ("result", pointer, [pointer, number]),
            ("type", text, [pointer, pointer]), ("messages", text, [pointer]), ("print", text, [pointer, number])):
            function = getattr(found, "mlc_builder_" + name)
            function.restype, function.argtypes = result, arguments
        _library = found
    return _library


def caller() -> tuple[str, int]:
    """The file and line outside of this package that asked for something."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE + os.sep):
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else ("<python>", 1)


def _array(kind: Any, values: Sequence[Any]) -> Any:
    return (kind * max(len(values), 1))(*values)


class Session:
    """One module that is being built."""

    def __init__(self, name: str):
        self.handle = library().mlc_builder_open(name.encode())
        self.module = library().mlc_builder_module(self.handle)

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            library().mlc_builder_close(self.handle)

    def fail(self, place: tuple[str, int]) -> None:
        text = library().mlc_builder_messages(self.handle).decode(errors="replace")
        raise BuildError(f"{place[0]}:{place[1]}: error: {text}")

    def block(self, types: Sequence[str], names: Sequence[str]) -> tuple[int, list[int]]:
        """A body of its own, and its arguments."""
        place, arguments = caller(), _array(ctypes.c_void_p, [None] * len(types))
        block = library().mlc_builder_block(self.handle, len(types), _array(ctypes.c_char_p, [text.encode() for text in types]),
                                            _array(ctypes.c_char_p, [text.encode() for text in names]), place[0].encode(), place[1], arguments)
        if not block:
            self.fail(place)
        return block, list(arguments)[:len(types)]

    def op(self, block: int, name: str, operands: Sequence[int], attributes: str, result_types: str | None, regions: Sequence[int],
           value_name: str | None) -> list[int]:
        """Makes an operation at the end of a block; returns its results."""
        place = caller()
        request = _Request(name.encode(), attributes.encode(), result_types.encode() if result_types is not None else None,
                           value_name.encode() if value_name else None, place[0].encode(), place[1], len(operands),
                           _array(ctypes.c_void_p, operands), len(regions), _array(ctypes.c_void_p, regions))
        made = ctypes.c_void_p()
        count = library().mlc_builder_op(self.handle, block, ctypes.byref(request), ctypes.byref(made))
        if count < 0:
            self.fail(place)
        return [library().mlc_builder_result(made, number) for number in range(count)]

    def type(self, value: int) -> str:
        return library().mlc_builder_type(self.handle, value).decode()

    def print(self, locations: bool) -> str:
        return library().mlc_builder_print(self.handle, int(locations)).decode()
