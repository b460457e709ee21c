"""Ops with bodies: Python functions that are traced once."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from . import scope
from .session import BuildError, caller
from .shapes import full_like
from .values import Operand, Size, TensorType, Value, i1, make, scalar_constant


def _names(function: Callable[..., Any], count: int) -> list[str]:
    """What the arguments of a body are called in the text: as in Python, where it names so many."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    if len(parameters) == count and all(parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD) for parameter in parameters):
        return [parameter.name for parameter in parameters]
    return [f"a{number}" for number in range(count)]


def _body(function: Callable[..., Any], types: Sequence[TensorType]) -> tuple[int, list[Value]]:
    """Traces a body; returns its block and what it yields."""
    here = scope.current()
    block, arguments = here.session.block([str(kind) for kind in types], _names(function, len(types)))
    with scope.inside(scope.Place(here.module, here.session, block)):
        values = function(*(Value(handle, here.session, str(kind)) for handle, kind in zip(arguments, types)))
        results = list(values) if isinstance(values, (tuple, list)) else [] if values is None else [values]
        for result in results:
            if not isinstance(result, Value):
                file, line = caller()
                raise BuildError(f"{file}:{line}: error: a body returns values of the model, but got {type(result).__name__}: nn.constant makes one")
        make("nn.yield", (results,), {})
    return block, results


def _texts(values: Sequence[Value]) -> list[str]:
    return [value.type_text for value in values]


def _stacked(trips: int | None, values: Sequence[Value]) -> list[str]:
    return [str(TensorType(value.dtype, [trips, *value._tensor.dims])) for value in values]


def _one(results: tuple[Value, ...]) -> Any:
    return results[0] if len(results) == 1 else results


def _trips(trips: int | Size | Value | None) -> tuple[list[Any], dict[str, tuple[str, Any]]]:
    """The number of trips as an operand, or as an attribute."""
    if isinstance(trips, int):
        return [], {"count": ("i64", trips)}
    return ([trips] if trips is not None else []), {}


def scan(body: Callable[..., Any], carried: Value | Sequence[Value], stacks: Value | Sequence[Value] = (), *, trips: int | Size | None = None,
         limit: Value | None = None, reverse: bool = False) -> Any:
    """A loop that carries values, reads slices of stacks and stacks results.

    `body(*carried, *slices)` returns what is carried to the next trip, then what is stacked. The results are the carried values
    at the end, then the stacked ones. There are as many trips as slices, or `trips`; `limit` (rank 0, i64) ends the loop earlier.
    """
    inits = [carried] if isinstance(carried, Value) else list(carried)
    slices = [stacks] if isinstance(stacks, Value) else list(stacks)
    types = [value._tensor for value in inits] + [TensorType(value.dtype, value._tensor.dims[1:]) for value in slices]
    block, results = _body(body, types)
    operand, attributes = _trips(trips)
    known = [value._tensor.dims[0] for value in slices if isinstance(value._tensor.dims[0], int)]
    count = trips if isinstance(trips, int) else known[0] if known and trips is None else None
    attributes["reverse"] = ("unit", reverse)
    return _one(make("nn.scan", (inits, slices, operand, limit), attributes, segments=True, regions=[block], many=True,
                     result_types=_texts(results[:len(inits)]) + _stacked(count, results[len(inits):])))  # type: ignore[arg-type]


def while_loop(condition: Callable[..., Any], body: Callable[..., Any], carried: Value | Sequence[Value], *, max_trips: int | Size | None = None) -> Any:
    """A loop that runs while a condition on what it carries holds.

    `condition(*carried)` returns a rank-0 i1; `body(*carried)` what is carried on, then what is stacked, which needs max_trips, as
    derivatives do.
    """
    inits = [carried] if isinstance(carried, Value) else list(carried)
    types = [value._tensor for value in inits]
    first, _ = _body(condition, types)
    second, results = _body(body, types)
    operand, attributes = _trips(max_trips)
    count = max_trips if isinstance(max_trips, int) else None
    return _one(make("nn.while", (inits, operand), attributes, segments=True, regions=[first, second], many=True,
                     result_types=_texts(results[:len(inits)]) + _stacked(count, results[len(inits):])))


def if_(condition: Value, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    """What one of two bodies returns, chosen by a rank-0 i1; the other one does not run."""
    first, results = _body(then, [])
    second, _ = _body(otherwise, [])
    return _one(make("nn.if", (condition,), {}, regions=[first, second], many=True, result_types=_texts(results)))


def checkpoint(body: Callable[[], Any]) -> Any:
    """What the body returns; the derivative computes the body again rather than keep its values."""
    block, results = _body(body, [])
    return _one(make("nn.checkpoint", (), {}, regions=[block], many=True, result_types=_texts(results)))


def custom_vjp(forward: Callable[..., Any], backward: Callable[..., Any], *inputs: Value, saved: int = 0) -> Any:
    """A body with a derivative of the author's own.

    `forward(*inputs)` returns the results, and after them as many values as `saved` says; `backward(*cotangents, *saved)` the
    cotangents of the float inputs. Both use what they are given alone.
    """
    block, values = _body(forward, [value._tensor for value in inputs])
    results, kept = values[:len(values) - saved], values[len(values) - saved:]
    types = [value._tensor for value in results if value.dtype.is_float] + [value._tensor for value in kept]
    second, _ = _body(backward, types)
    return _one(make("nn.custom_vjp", (list(inputs),), {"saved": ("i64", saved)}, regions=[block, second], many=True, result_types=_texts(results)))
