"""Ops whose positions may be numbers or data: one option `offset` for what are an attribute and an operand of the op."""
from __future__ import annotations

from typing import Any, Literal, overload

from . import ops
from .values import Value


def _place(offset: int | Value) -> dict[str, Any]:
    return {"position": offset} if isinstance(offset, Value) else {"offset": offset}


@overload
def attention(q: Value, k: Value, v: Value, *, offset: int | Value = ..., lse: Literal[False] = ..., **options: Any) -> Value: ...
@overload
def attention(q: Value, k: Value, v: Value, *, offset: int | Value = ..., lse: Literal[True], **options: Any) -> tuple[Value, Value]: ...
def attention(q: Value, k: Value, v: Value, *, offset: int | Value = 0, lse: bool = False, **options: Any) -> Any:
    """Attention, and with `lse` the logarithms of the sums: see nn.ops.attention for the options. `offset` may be a value, as a cache has it."""
    return ops.attention(q, k, v, **_place(offset), lse=lse, **options)


def rope(x: Value, *, offset: int | Value = 0, **options: Any) -> Value:
    """Rotary position embedding: see nn.ops.rope for the options. `offset` may be a value, as a cache has it."""
    return ops.rope(x, **_place(offset), **options)
