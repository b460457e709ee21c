"""What the bridges to other libraries share."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # what annotations alone name costs no import
    from typing import Any


from .errors import UsageError
from .model import Model


class Derivative:
    """An entry and the one that computes its vector-Jacobian product."""

    def __init__(self, model: Model, entry: str, vjp: str | None):
        self.model, self.entry = model, model._entry(entry)
        self.vjp = model._entry(vjp) if vjp is not None else None
        self.floats = ["f" in tensor["dtype"] for tensor in self.entry["inputs"]]
        if self.vjp is None:
            return
        cotangents = [tensor for tensor in self.entry["results"] if "f" in tensor["dtype"]]
        wanted = [tensor["dtype"] for tensor in self.entry["inputs"] + cotangents]
        if [tensor["dtype"] for tensor in self.vjp["inputs"]] != wanted or len(self.vjp["results"]) < sum(self.floats):
            raise UsageError(f"{vjp} is no derivative of {entry}: it takes the inputs of {entry} and then one cotangent per float result, and returns one "
                             "cotangent per float input last, as nn.vjp does")

    def run_vjp(self, run: Any, inputs: list[Any], cotangents: list[Any]) -> list[Any]:
        """One cotangent per input, None where that is no float."""
        if self.vjp is None:
            raise UsageError(f"{self.entry['name']} has no derivative here: pass vjp=, an entry that nn.vjp makes")
        given = [value for value, tensor in zip(cotangents, self.entry["results"]) if "f" in tensor["dtype"]]
        results = run(self, self.vjp, [*inputs, *given])
        last = iter(results[len(results) - sum(self.floats):])
        return [next(last) if is_float else None for is_float in self.floats]
