"""What goes wrong, as exceptions. Every one of them is an `mlc.Error`, and most are also Python's own of that kind."""
from __future__ import annotations


class Error(Exception):
    """Whatever the compiler or a compiled model refuses, in its words."""


class CompileError(Error):
    """The model is wrong: `FILE:LINE:COL: error: ...`, one or more, as `mlc` printed them."""


class UsageError(Error, ValueError):
    """An option or a combination of options that there is not."""


class NotSupported(Error, NotImplementedError):
    """A model or a device that is planned for and missing; the text names it."""


class InvalidArgument(Error, ValueError):
    """An array of another dtype, shape or layout than the entry takes, or sizes that do not agree."""


class IndexOutOfRange(Error, IndexError):
    """A label or an index outside of its table; nothing was changed."""


class OutOfMemory(Error, MemoryError):
    """An allocation failed, or sizes are beyond what can be addressed."""


class Busy(Error, RuntimeError):
    """Another thread is inside a call on this model: `Model.share` makes a handle for each thread."""


class FileError(Error, OSError):
    """A file could not be read or written, or is not what it should be."""


class NotFound(Error, LookupError):
    """No entry, parameter or hyperparameter of that name."""


class NotFinite(Error, ArithmeticError):
    """The loss, or in a library made with find_nan a value, became infinite or NaN."""


# By mlc_status.
BY_STATUS = {
    1: InvalidArgument,
    2: IndexOutOfRange,
    3: OutOfMemory,
    4: OutOfMemory,
    5: Busy,
    6: FileError,
    7: FileError,
    8: NotSupported,
    9: NotSupported,
    10: NotFound,
    11: NotFinite,
}
