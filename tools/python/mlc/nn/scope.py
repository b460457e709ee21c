"""Where the model stands: the module, the function and the body that ops are added to."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .module import Module
    from .session import Session


class Place:

    def __init__(self, module: Module, session: Session, block: int):
        self.module, self.session, self.block = module, session, block
        self.parameters: dict[str, Any] = {}  # values of parameters that this body has asked for


_places: list[Place] = []


def current() -> Place:
    if not _places:
        from .session import BuildError, caller
        file, line = caller()
        raise BuildError(f"{file}:{line}: error: ops are made inside of a function of a module: decorate it with @module.function")
    return _places[-1]


@contextlib.contextmanager
def inside(place: Place) -> Iterator[Place]:
    _places.append(place)
    try:
        yield place
    finally:
        _places.pop()
