"""Entries as functions of PyTorch: tensors in, tensors out, and derivatives where the model has them.

    from mlc.torch import function
    f = function(model, "forward", vjp="backward")
    y = f(x)                # y.backward() runs the model's own derivative
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from .bridge import Derivative
from .model import Model

_DTYPES = {"f32": torch.float32, "f64": torch.float64, "bf16": torch.bfloat16, "f16": torch.float16, "i1": torch.bool, "i8": torch.int8,
           "i32": torch.int32, "i64": torch.int64, "ui8": torch.uint8}


def _run(derivative: Derivative, entry: dict[str, Any], tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """Calls an entry on tensors; results are tensors, and no element is copied in between but to make an input contiguous."""
    inputs = [tensor.detach().contiguous() for tensor in tensors]
    shapes = derivative.model.result_shapes(entry["name"], *(tuple(tensor.shape) for tensor in inputs))
    results = [torch.empty(shape, dtype=_DTYPES[result["dtype"]]) for shape, result in zip(shapes, entry["results"])]
    derivative.model.entries[entry["name"]](*inputs, out=results)
    return results


def function(model: Model, entry: str, vjp: str | None = None) -> Callable[..., Any]:
    """An entry as a function of tensors. `vjp` names the entry that computes its derivative: its inputs are those of `entry`, then
    one cotangent per result; its results end with one cotangent per float input, as nn.vjp gives them."""
    derivative = Derivative(model, entry, vjp)

    class Entry(torch.autograd.Function):

        @staticmethod
        def forward(context: Any, *tensors: torch.Tensor) -> Any:
            context.save_for_backward(*tensors)
            results = _run(derivative, derivative.entry, list(tensors))
            return results[0] if len(results) == 1 else tuple(results)

        @staticmethod
        def backward(context: Any, *cotangents: torch.Tensor) -> Any:
            return tuple(derivative.run_vjp(_run, list(context.saved_tensors), list(cotangents)))

    def call(*tensors: torch.Tensor) -> Any:
        return Entry.apply(*tensors)

    call.__name__ = entry
    return call
