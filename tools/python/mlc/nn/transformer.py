"""Layers of Transformers, over [batch, time, width] with free or known batch and time. Their parts and their order are those of
PyTorch's layers of these names; the kernels are [in, out], one for each of queries, keys and values."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import ops
from .layers import Dropout, Layer, LayerNorm, Linear, _last
from .module import Initializer
from .positions import attention, rope
from .session import BuildError
from .values import Value


def _project(layer: Layer, part: str, x: Value, units: int, init: Initializer, bias: bool = True) -> Value:
    """A dense layer whose number of units is known when it is called."""
    return Linear(units, bias=bias, init=init, name=layer._path(part))(x)


class MultiHeadAttention(Layer):
    """Attention between projections of x and of itself, or of a memory, and a projection of what it gives.

    `kv_heads`, where given, are fewer heads of keys and values, each for a group of queries; `head_size` is width / heads unless
    given; with `rope`, True or a dict of its options, queries and keys are rotated by their positions.
    """

    def __init__(self, heads: int, *, kv_heads: int | None = None, head_size: int | None = None, bias: bool = True, rope: bool | dict[str, Any] = False,
                 init: Initializer = "glorot_uniform", dropout: float = 0.0, name: str | None = None):
        super().__init__(name)
        self.heads, self.kv_heads, self.head_size = heads, kv_heads or heads, head_size
        self.bias, self.init, self.dropout = bias, init, dropout
        self.rope: dict[str, Any] | None = rope if isinstance(rope, dict) else {} if rope else None

    def keys_and_values(self, memory: Value, offset: int | Value = 0) -> tuple[Value, Value]:
        """What queries attend to: keys and values of a memory, [batch, time, kv_heads, head_size] each. A decoder that writes one
        word after the other keeps them."""
        size = self._size(_last(memory))
        return self._rotated(self._heads("key", memory, self.kv_heads, size), offset), self._heads("value", memory, self.kv_heads, size)

    def __call__(self, x: Value, memory: Value | tuple[Value, Value] | None = None, *, offset: int | Value = 0, **options: Any) -> Value:  # type: ignore[override]
        """`memory` may be keys and values that keys_and_values gave; options are those of nn.attention: causal, lengths, mask, bias, window."""
        size = self._size(_last(x))
        q = self._rotated(self._heads("query", x, self.heads, size), offset)
        keys, values = memory if isinstance(memory, tuple) else self.keys_and_values(x, offset) if memory is None else self.keys_and_values(memory)
        place = offset if options.get("causal") or "window" in options else 0
        y = attention(q, keys, values, layout="bthd", offset=place, dropout=self.dropout or None, **options)
        return _project(self, "out", y.reshape(*x.shape[:2], self.heads * size), _last(x), self.init, self.bias)

    def _rotated(self, x: Value, offset: int | Value) -> Value:
        return x if self.rope is None else rope(x, layout="bthd", offset=offset, **self.rope)

    def _size(self, width: int) -> int:
        if self.head_size is None and width % self.heads:
            raise BuildError(f"{self.name or 'attention'}: a width of {width} has no {self.heads} equal heads: give head_size, or another number of heads")
        return self.head_size or width // self.heads

    def _heads(self, part: str, x: Value, heads: int, size: int) -> Value:
        return _project(self, part, x, heads * size, self.init, self.bias).reshape(*x.shape[:2], heads, size)


class _TransformerLayer(Layer):
    """What an encoder's layer and a decoder's one share: residual branches with norms, and the two dense layers."""

    def __init__(self, heads: int, hidden: int, activation: Callable[[Value], Value], norm_first: bool, dropout: float, epsilon: float | None,
                 init: Initializer, attention_options: dict[str, Any], name: str | None):
        super().__init__(name)
        self.norm_first, self.activation, self.drop = norm_first, activation, Dropout(dropout) if dropout else None
        self.attention = MultiHeadAttention(heads, init=init, dropout=dropout, **attention_options)
        self.up, self.init = Linear(hidden, init=init), init
        self.norm1, self.norm2 = LayerNorm(epsilon=epsilon), LayerNorm(epsilon=epsilon)

    def _dropped(self, x: Value) -> Value:
        return self.drop(x) if self.drop else x

    def _branch(self, x: Value, norm: LayerNorm, branch: Callable[[Value], Value]) -> Value:
        if self.norm_first:
            return x + self._dropped(branch(norm(x)))
        return norm(x + self._dropped(branch(x)))

    def _dense(self, x: Value) -> Value:
        return _project(self, "down", self._dropped(self.activation(self.up(x))), _last(x), self.init)


class TransformerEncoderLayer(_TransformerLayer):
    """Self-attention and two dense layers, each with a residual connection and a norm: after it, or before with `norm_first`.

    With causal=True in the call it is a layer of a GPT. `attention_options` are those of its MultiHeadAttention: rope, kv_heads, bias.
    """

    def __init__(self, heads: int, hidden: int, *, activation: Callable[[Value], Value] = ops.relu, norm_first: bool = False, dropout: float = 0.0,
                 epsilon: float | None = None, init: Initializer = "glorot_uniform", attention_options: dict[str, Any] | None = None, name: str | None = None):
        super().__init__(heads, hidden, activation, norm_first, dropout, epsilon, init, attention_options or {}, name)

    def __call__(self, x: Value, **options: Any) -> Value:  # type: ignore[override]
        """Options are those of nn.attention: causal, lengths, mask, bias, window."""
        x = self._branch(x, self.norm1, lambda h: self.attention(h, **options))
        return self._branch(x, self.norm2, self._dense)


class TransformerDecoderLayer(_TransformerLayer):
    """Causal self-attention, attention to a memory, and two dense layers, as TransformerEncoderLayer has them."""

    def __init__(self, heads: int, hidden: int, *, activation: Callable[[Value], Value] = ops.relu, norm_first: bool = False, dropout: float = 0.0,
                 epsilon: float | None = None, init: Initializer = "glorot_uniform", attention_options: dict[str, Any] | None = None, name: str | None = None):
        super().__init__(heads, hidden, activation, norm_first, dropout, epsilon, init, attention_options or {}, name)
        self.cross, self.norm3 = MultiHeadAttention(heads, init=init, dropout=dropout), LayerNorm(epsilon=epsilon)

    def __call__(self, x: Value, memory: Value | tuple[Value, Value], *, memory_lengths: Value | None = None, past: tuple[Value, Value] | None = None,  # type: ignore[override]
                 offset: int | Value = 0, **options: Any) -> Value:
        """`past` are keys and values of this layer's own, which x attends to from position `offset` on: see `own`. Options are
        those of nn.attention for the self-attention."""
        options.setdefault("causal", True)
        x = self._branch(x, self.norm1, lambda h: self.attention(h, past, offset=offset, **options))
        x = self._branch(x, self.norm2, lambda h: self.cross(h, memory, lengths=memory_lengths))
        return self._branch(x, self.norm3, self._dense)

    def own(self, x: Value, offset: int | Value = 0) -> tuple[Value, Value]:
        """The keys and values of its self-attention for x, which is what the layer gets: to be kept as `past`."""
        return self.attention.keys_and_values(self.norm1(x) if self.norm_first else x, offset)


__all__ = ["MultiHeadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"]
