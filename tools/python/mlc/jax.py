"""Entries as functions of JAX, under jit too, with the model's own derivative as a jax.custom_vjp.

    from mlc.jax import function
    f = function(model, "forward", vjp="backward")
    jax.grad(lambda x: f(x).sum())(x)
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy

from .bridge import Derivative
from .model import Model

_DTYPES = {"f32": "float32", "f64": "float64", "bf16": "bfloat16", "f16": "float16", "i1": "bool", "i8": "int8", "i32": "int32", "i64": "int64",
           "ui8": "uint8", "ui32": "uint32"}


def _run(derivative: Derivative, entry: dict[str, Any], arrays: list[Any]) -> list[Any]:
    """Calls an entry where JAX runs: at once, or when what it is traced into is executed."""
    shapes = derivative.model.result_shapes(entry["name"], *(tuple(array.shape) for array in arrays))
    wanted = [jax.ShapeDtypeStruct(shape, _DTYPES[result["dtype"]]) for shape, result in zip(shapes, entry["results"])]

    def call(*inputs: Any) -> list[Any]:
        bits = [numpy.asarray(value) for value in inputs]
        bits = [value.view(numpy.uint16) if value.dtype.name == "bfloat16" else value for value in bits]
        results = derivative.model.entries[entry["name"]](*(numpy.asarray(value, order="C") for value in bits))
        listed = results if isinstance(results, tuple) else (results,)
        return [numpy.asarray(value).view(kind.dtype) if kind.dtype.name == "bfloat16" else numpy.asarray(value) for value, kind in zip(listed, wanted)]

    return jax.pure_callback(call, wanted, *arrays)


def function(model: Model, entry: str, vjp: str | None = None) -> Callable[..., Any]:
    """An entry as a function of arrays. `vjp` names the entry that computes its derivative: its inputs are those of `entry`, then
    one cotangent per result; its results end with one cotangent per float input, as nn.vjp gives them."""
    derivative = Derivative(model, entry, vjp)

    def plain(*arrays: Any) -> Any:
        results = _run(derivative, derivative.entry, list(arrays))
        return results[0] if len(results) == 1 else tuple(results)

    call = jax.custom_vjp(plain)

    def forward(*arrays: Any) -> tuple[Any, Any]:
        return plain(*arrays), arrays

    def backward(arrays: Any, cotangents: Any) -> tuple[Any, ...]:
        listed = list(cotangents) if isinstance(cotangents, (tuple, list)) else [cotangents]
        zeros = [numpy.zeros(array.shape, jax.dtypes.float0) for array in arrays]
        return tuple(zero if value is None else value for value, zero in zip(derivative.run_vjp(_run, list(arrays), listed), zeros))

    call.defvjp(forward, backward)
    return call
