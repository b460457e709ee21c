"""Layers: functions with parameters. A layer that is an attribute of another one, or in a list there, is named after it, so that
`self.head = Linear(10)` in a layer called net has the parameters net.head.kernel and net.head.bias. Parameters are declared at
the first call, when sizes are known; a layer that is called again uses them again."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import ops
from .module import Initializer, parameter, state
from .session import BuildError
from .shapes import broadcast_to, iota, update_slice
from .values import Attribute, DType, Size, TensorType, Value, f32, i32


class Layer:
    """Override __call__; parameters are asked for by self.parameter."""

    _name: str | None = None
    _parent: Layer | None = None

    def __init__(self, name: str | None = None):
        if name is not None:
            self._name = name

    def __setattr__(self, key: str, value: Any) -> None:
        object.__setattr__(self, key, value)
        if key.startswith("_"):
            return
        for suffix, item in enumerate(value) if isinstance(value, (list, tuple)) else [("", value)]:
            if isinstance(item, Layer) and item._parent is None and item is not self:
                item._parent = self
                item._name = item._name or (f"{key}.{suffix}" if suffix != "" else key)

    @property
    def name(self) -> str:
        """The path that the names of parameters begin with; empty at the top of a model."""
        above = self._parent.name if self._parent is not None else ""
        return ".".join(part for part in (above, self._name) if part)

    def _path(self, name: str) -> str:
        return f"{self.name}.{name}" if self.name else name

    def parameter(self, name: str, type: TensorType, init: Initializer = "zeros") -> Value:
        return parameter(self._path(name), type, init)

    def state(self, name: str, type: TensorType, init: Initializer = "zeros", *, transient: bool = False) -> Any:
        return state(self._path(name), type, init, transient=transient)

    def __call__(self, *values: Any, **options: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no __call__")


def _last(x: Value) -> int:
    return _size(x, x.rank - 1)


def _size(x: Value, dim: int) -> int:
    size = x._tensor.dims[dim] if 0 <= dim < x.rank else None
    if not isinstance(size, int):
        raise BuildError(f"a layer needs to know the size of dimension {dim}, but got {x.type_text}")
    return size


class Linear(Layer):
    """x kernel + bias, along the last dimension."""

    def __init__(self, units: int, *, bias: bool = True, init: Initializer = "glorot_uniform", bias_init: Initializer = "zeros", name: str | None = None):
        super().__init__(name)
        self.units, self.has_bias, self.init, self.bias_init = units, bias, init, bias_init

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        kernel = self.parameter("kernel", x.dtype[_last(x), self.units], self.init)
        bias = self.parameter("bias", x.dtype[self.units], self.bias_init) if self.has_bias else None
        return ops.linear(x, kernel, bias)


class LowRank(Layer):
    """A dense layer with a low-rank adapter beside it: layer(x) + scale x A B, where A is [in, rank], B is [rank, out] and zeros at first.

    The layer keeps its names, those of A and B are lora_a and lora_b: `m.train_step(..., trains=["*.lora_*"])` trains the adapters alone.
    Hu et al. 2021, arXiv:2106.09685, whose alpha is scale * rank.
    """

    def __init__(self, layer: Layer, rank: int, *, scale: float = 2.0, name: str | None = None):
        super().__init__(name)
        self._layer, self.rank, self.scale = layer, rank, scale
        layer._parent = self  # and without a name of its own: it is named as this one

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        y = self._layer(x)
        bound = _last(x)**-0.5
        a = self.parameter("lora_a", x.dtype[_last(x), self.rank], Attribute(f"#nn.uniform<{-bound!r}, {bound!r}>"))
        b = self.parameter("lora_b", x.dtype[self.rank, _last(y)])
        return y + ops.linear(ops.linear(x, a), b) * self.scale


class Embedding(Layer):
    """Rows of a table, at positions that data say."""

    def __init__(self, rows: int, units: int, *, init: Initializer = Attribute("#nn.normal<0.0, 1.0>"), dtype: DType = f32, name: str | None = None):
        super().__init__(name)
        self.rows, self.units, self.init, self.dtype = rows, units, init, dtype

    def table(self) -> Value:
        return self.parameter("table", self.dtype[self.rows, self.units], self.init)

    def __call__(self, ids: Value) -> Value:  # type: ignore[override]
        return ops.embedding(self.table(), ids)


class LayerNorm(Layer):
    """Normalisation over the last dimension, scaled and shifted."""

    def __init__(self, *, epsilon: float | None = None, name: str | None = None):
        super().__init__(name)
        self.epsilon = epsilon

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        scale, bias = self.parameter("scale", x.dtype[_last(x)], "ones"), self.parameter("bias", x.dtype[_last(x)])
        return ops.layer_norm(x, scale, bias, epsilon=self.epsilon)


class RMSNorm(Layer):
    """Division by the root of the mean square over the last dimension, scaled."""

    def __init__(self, *, epsilon: float | None = None, name: str | None = None):
        super().__init__(name)
        self.epsilon = epsilon

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        return ops.rms_norm(x, self.parameter("scale", x.dtype[_last(x)], "ones"), epsilon=self.epsilon)


class Dropout(Layer):
    """Random zeros in training."""

    def __init__(self, rate: float, *, name: str | None = None):
        super().__init__(name)
        self.rate = rate

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        return ops.dropout(x, self.rate)


class LSTM(Layer):
    """A recurrent layer over [time, batch, features]; returns its outputs, the last one and the last cell."""

    def __init__(self, units: int, *, init: Initializer = "glorot_uniform", reverse: bool = False, name: str | None = None):
        super().__init__(name)
        self.units, self.init, self.reverse = units, init, reverse

    def __call__(self, x: Value, **options: Any) -> tuple[Value, ...]:  # type: ignore[override]
        w = self.parameter("w", x.dtype[_last(x), 4 * self.units], self.init)
        u = self.parameter("u", x.dtype[self.units, 4 * self.units], self.init)
        return ops.lstm(x, w, u, bias=self.parameter("bias", x.dtype[4 * self.units]), reverse=self.reverse, **options)


class GRU(Layer):
    """A recurrent layer over [time, batch, features]; returns its outputs and the last one."""

    def __init__(self, units: int, *, init: Initializer = "glorot_uniform", reverse: bool = False, name: str | None = None):
        super().__init__(name)
        self.units, self.init, self.reverse = units, init, reverse

    def __call__(self, x: Value, **options: Any) -> tuple[Value, ...]:  # type: ignore[override]
        w = self.parameter("w", x.dtype[_last(x), 3 * self.units], self.init)
        u = self.parameter("u", x.dtype[self.units, 3 * self.units], self.init)
        return ops.gru(x, w, u, bias=self.parameter("bias", x.dtype[3 * self.units]), reverse=self.reverse, **options)


class BatchNorm(Layer):
    """Normalisation of each channel, which is dimension 1 or the c of `layout`, by the statistics of the batch in training and by the running
    ones elsewhere."""

    def __init__(self, *, momentum: float | None = None, epsilon: float | None = None, layout: str | None = None, name: str | None = None):
        super().__init__(name)
        self.momentum, self.epsilon, self.layout = momentum, epsilon, layout

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        channels = x.dtype[x._tensor.dims[self.layout.index("c") if self.layout else 1]]
        scale, bias = self.parameter("scale", channels, "ones"), self.parameter("bias", channels)
        mean, variance = self.state("mean", channels), self.state("variance", channels, "ones")
        y, new_mean, new_variance = ops.batch_norm(x, scale, bias, mean.read(), variance.read(), momentum=self.momentum, epsilon=self.epsilon,
                                                      layout=self.layout)
        mean.write(new_mean)
        variance.write(new_variance)
        return y


class Conv(Layer):
    """A convolution of [batch, channels, spatial...]; the kernel is [channels, channels of x / groups, window...]."""

    def __init__(self, channels: int, window: int | Sequence[int], *, strides: int | Sequence[int] | None = None, padding: int | Sequence[int] | None = None,
                 same: bool = False, dilation: int | Sequence[int] | None = None, groups: int = 1, bias: bool = True, init: Initializer = "he_uniform",
                 name: str | None = None):
        super().__init__(name)
        self.channels, self.window, self.groups, self.has_bias, self.init = channels, window, groups, bias, init
        self.options = {"strides": strides, "padding": padding, "same": same, "dilation": dilation, "groups": groups}

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        window = [self.window] * (x.rank - 2) if isinstance(self.window, int) else list(self.window)
        kernel = self.parameter("kernel", x.dtype[self.channels, _size(x, 1) // self.groups, *window], self.init)
        bias = self.parameter("bias", x.dtype[self.channels]) if self.has_bias else None
        return ops.conv(x, kernel, bias, **self.options)


class ConvTranspose(Layer):
    """A transposed convolution of [batch, channels, spatial...]; the kernel is [channels of x, channels / groups, window...]."""

    def __init__(self, channels: int, window: int | Sequence[int], *, strides: int | Sequence[int] | None = None, padding: int | Sequence[int] | None = None,
                 output_padding: int | Sequence[int] | None = None, dilation: int | Sequence[int] | None = None, groups: int = 1, bias: bool = True,
                 init: Initializer = "he_uniform", name: str | None = None):
        super().__init__(name)
        self.channels, self.window, self.groups, self.has_bias, self.init = channels, window, groups, bias, init
        self.options = {"strides": strides, "padding": padding, "output_padding": output_padding, "dilation": dilation, "groups": groups}

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        window = [self.window] * (x.rank - 2) if isinstance(self.window, int) else list(self.window)
        kernel = self.parameter("kernel", x.dtype[_size(x, 1), self.channels // self.groups, *window], self.init)
        bias = self.parameter("bias", x.dtype[self.channels]) if self.has_bias else None
        return ops.conv_transpose(x, kernel, bias, **self.options)


class KeyValueCache(Layer):
    """The keys and values of attention that were there in earlier calls, for a text of at most `length` tokens.

    Called with those of the times that are new [batch, time, heads, features] and the position of the first one, a rank-0 tensor, it
    puts them there, and returns all keys and values [batch, length, heads, features]:

        keys, values = cache(k, v, position)
        y = nn.attention(q, keys, values, layout="bthd", causal=True, offset=position)

    It writes in an entry with updates=True. A smaller position goes back in the text. Sequences of positions of their own, [batch],
    get a `mask` in place of causal and offset.
    """

    def __init__(self, batch: int, length: int, heads: int, features: int, *, dtype: DType = f32, name: str | None = None):
        super().__init__(name)
        self.batch, self.length, self.type = batch, length, dtype[batch, length, heads, features]

    def __call__(self, keys: Value, values: Value, position: Value) -> tuple[Value, Value]:  # type: ignore[override]
        return self._put("keys", keys, position), self._put("values", values, position)

    def _put(self, name: str, rows: Value, position: Value) -> Value:
        cache = self.state(name, self.type, transient=True)
        all_rows = cache.read()
        if position.rank == 0:
            all_rows = update_slice(all_rows, rows, [0, position, 0, 0])
        else:
            for number in range(self.batch):
                all_rows = update_slice(all_rows, rows[number:number + 1], [number, position[number].reshape(()), 0, 0])
        cache.write(all_rows)
        return all_rows

    def mask(self, positions: Value, time: int | Size) -> Value:
        """What new times see of a cache, i1 [batch, 1, time, length]: of the sequence whose first new time is at positions[b], all up to themselves."""
        shape = (self.batch, 1, time, self.length)
        return iota(shape, 3) <= broadcast_to(positions.reshape(self.batch, 1, 1, 1), shape).astype(i32) + iota(shape, 2)


class Sequential(Layer):
    """Layers and functions one after the other."""

    def __init__(self, *layers: Any, name: str | None = None):
        super().__init__(name)
        self.layers = list(layers)

    def __call__(self, x: Value) -> Value:  # type: ignore[override]
        for layer in self.layers:
            x = layer(x)
        return x


__all__ = ["Layer", "Linear", "LowRank", "Embedding", "LayerNorm", "RMSNorm", "Dropout", "LSTM", "GRU", "BatchNorm", "KeyValueCache", "Sequential"]
