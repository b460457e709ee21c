"""Models as Python functions and layers. What is built prints as text of the dialect `nn`, and compiles:

    from mlc import nn

    m = nn.Module("model")
    dense = nn.Linear(5, name="dense")

    @m.function
    def predict(x: nn.f32["batch", 5]):
        return nn.relu(dense(x))

    @m.function
    def loss(x: nn.f32["batch", 5], target: nn.f32["batch", 5]):
        return nn.mse(predict(x), target)

    m.train_step("fit", loss, nn.optim.adam(learning_rate=1e-2))
    print(m)                     # the text
    model = mlc.compile(m)

Every op of the dialect is a function here, made from its definition (`help(nn.softmax)`); types are inferred by the dialect, and
what it refuses is an nn.BuildError at the line of Python. Initialisers are in nn.init, optimizers and schedules in nn.optim.
"""
from __future__ import annotations

from collections.abc import Sequence

from . import init, ops, optim
from .control import checkpoint, custom_vjp, if_, scan, while_loop
from .layers import GRU, LSTM, BatchNorm, Conv, ConvTranspose, Dropout, Embedding, KeyValueCache, Layer, LayerNorm, Linear, LowRank, RMSNorm, Sequential
from .generation import cached_attention, generation_entry, positions_from
from .module import Function, Module, State, grad, group, jvp, optimizer_function, parameter, state, vjp
from .ops import *  # noqa: F401,F403
from .session import BuildError
# What stands before the op of its name: the same with NumPy's habits.
from .positions import attention, rope  # type: ignore[assignment]
from .shapes import (broadcast_to, constant, full, iota, mean, pad, reduction, reshape, size, slice, transpose,  # type: ignore[assignment]
                     update_slice, where)
from .transformer import MultiHeadAttention, TransformerDecoderLayer, TransformerEncoderLayer
from .values import Attribute, DType, Size, TensorType, Value, bf16, f16, f32, f64, i1, i8, i32, i64


def softmax(x: Value, dim: int = -1, *, masked: bool = False) -> Value:  # type: ignore[no-redef]
    """Softmax along a dimension, by default the last: see nn.ops.softmax."""
    return ops.softmax(x, dim, masked=masked)


def log_softmax(x: Value, dim: int = -1) -> Value:  # type: ignore[no-redef]
    """The logarithm of the softmax along a dimension, by default the last: see nn.ops.log_softmax."""
    return ops.log_softmax(x, dim)


def logsumexp(x: Value, dims: int | Sequence[int] = -1, *, masked: bool = False) -> Value:  # type: ignore[no-redef]
    """The logarithm of the sum of exponentials, by default along the last dimension: see nn.ops.logsumexp."""
    return ops.logsumexp(x, [dims] if isinstance(dims, int) else dims, masked=masked)


def sample(logits: Value, bits: Value, *, temperature: float | Value = 1.0, top_k: int | Value = 0, top_p: float | Value = 1.0,  # type: ignore[no-redef]
           repetition_penalty: float | Value = 1.0, previous: Value | None = None) -> Value:
    """A class drawn by its logits: see nn.ops.sample. Every option may be a value, as an entry's argument is."""
    options: dict[str, Any] = {}
    for name, given, option in (("temperature", "given_temperature", temperature), ("top_k", "given_top_k", top_k), ("top_p", "given_top_p", top_p),
                                ("repetition_penalty", "given_penalty", repetition_penalty)):
        options[given if isinstance(option, Value) else name] = option
    return ops.sample(logits, bits, previous, **options)


def split(x: Value, pieces: int | Sequence[int], dim: int = -1) -> tuple[Value, ...]:  # type: ignore[no-redef]
    """So many equal pieces along a dimension, or pieces of these sizes, one of which may be -1, the rest: see nn.ops.split."""
    return ops.split(x, dim, parts=pieces) if isinstance(pieces, int) else ops.split(x, dim, sizes=pieces)


def stack(inputs: Sequence[Value], dim: int = 0) -> Value:  # type: ignore[no-redef]
    """Tensors side by side along a new dimension: see nn.ops.stack."""
    return ops.stack(inputs, dim=dim if dim >= 0 else inputs[0].rank + 1 + dim)


def squeeze(x: Value, dims: int | Sequence[int] = -1) -> Value:  # type: ignore[no-redef]
    """Without dimensions of size 1, by default the last: see nn.ops.squeeze."""
    return ops.squeeze(x, sorted(dim % x.rank for dim in ([dims] if isinstance(dims, int) else dims)))


def unsqueeze(x: Value, dims: int | Sequence[int] = -1) -> Value:  # type: ignore[no-redef]
    """With new dimensions of size 1, by default a last one; dims are those of the result: see nn.ops.unsqueeze."""
    every = [dims] if isinstance(dims, int) else list(dims)
    return ops.unsqueeze(x, sorted(dim % (x.rank + len(every)) for dim in every))


def sum(x: Value, dims: Sequence[int] = ()) -> Value:  # noqa: A001
    """The sum along dimensions, by default all."""
    return reduction("sum", x, dims)


def concat(inputs: Sequence[Value], dim: int = 0) -> Value:  # type: ignore[no-redef]
    """Tensors one after the other along a dimension: see nn.ops.concat."""
    return ops.concat(inputs, dim)
