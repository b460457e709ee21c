"""Tensor types, values, and how an op is made of them."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Union

from . import scope
from .session import BuildError, caller

Dim = Union[int, str, None]


class DType:
    """The type of an element. `nn.f32["batch", 5]` is the type of a tensor: a text names a free dimension, None leaves one
    without a name."""

    def __init__(self, name: str):
        self.name = name

    def __getitem__(self, dims: Dim | tuple[Dim, ...]) -> TensorType:
        return TensorType(self, dims if isinstance(dims, tuple) else (dims,))

    def __repr__(self) -> str:
        return self.name

    @property
    def is_float(self) -> bool:
        return "f" in self.name


f32, f64, bf16, f16 = DType("f32"), DType("f64"), DType("bf16"), DType("f16")
i1, i8, i32, i64 = DType("i1"), DType("i8"), DType("i32"), DType("i64")
DTYPES = {dtype.name: dtype for dtype in (f32, f64, bf16, f16, i1, i8, i32, i64)}


class TensorType:
    """A dtype and dimensions: numbers, names of free dimensions, or None."""

    def __init__(self, dtype: DType, dims: Sequence[Dim]):
        self.dtype, self.dims = dtype, tuple(dims)

    @classmethod
    def scalar(cls, dtype: DType) -> TensorType:
        return cls(dtype, ())

    @classmethod
    def parse(cls, text: str) -> TensorType:
        *dims, dtype = text[len("tensor<"):-1].split("x")
        return cls(DTYPES[dtype], [None if dim == "?" else int(dim) for dim in dims])

    def __str__(self) -> str:
        return "tensor<" + "".join(f"{dim if isinstance(dim, int) else '?'}x" for dim in self.dims) + f"{self.dtype}>"

    def __repr__(self) -> str:
        return f"{self.dtype}[{', '.join(map(repr, self.dims))}]"

    @property
    def attributes(self) -> str:
        """Of an argument of this type: the names of its dimensions."""
        if not any(isinstance(dim, str) for dim in self.dims):
            return "{}"
        return "{nn.dims = [" + ", ".join(f'"{dim}"' if isinstance(dim, str) else '""' for dim in self.dims) + "]}"


class Size:
    """A product of sizes of free dimensions and a number; it becomes operations where one is needed."""

    def __init__(self, factors: Sequence[tuple[Value, int]], scale: int = 1):
        self.factors, self.scale = tuple(factors), scale  # a value and the number of its dimension, each

    @property
    def keys(self) -> list[tuple[int, int]]:
        return [(value.handle, axis) for value, axis in self.factors]

    def build(self) -> Value:
        sizes = [make("nn.dim", (value,), {"dim": ("i64", axis)}) for value, axis in self.factors]
        if self.scale != 1:
            sizes.append(_op("arith.constant", (), f"{{value = {self.scale} : index}}", "-> index"))
        product = sizes[0]
        for size in sizes[1:]:
            product = _op("arith.muli", (product, size), "{}", "-> index")
        return product

    def __mul__(self, other: int | Size) -> Size:
        if isinstance(other, Size):
            return Size(self.factors + other.factors, self.scale * other.scale)
        return Size(self.factors, self.scale * other)

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return " * ".join(["?"] * len(self.factors) + ([str(self.scale)] if self.scale != 1 else []))


Operand = Union["Value", int, float]
Shape = Sequence[Union[int, Size]]


class Value:
    """A tensor of the model that is being built. Arithmetic broadcasts as NumPy's; numbers take the tensor's dtype."""

    __array_ufunc__ = None  # NumPy's arrays leave arithmetic with values to them

    def __init__(self, handle: int, session: Any, type_text: str | None = None):
        self.handle, self.session = handle, session
        self.type_text = type_text or session.type(handle)
        self.type = TensorType.parse(self.type_text) if self.type_text != "index" else None

    def __repr__(self) -> str:
        return f"<nn.Value of {self.type_text}>"

    @property
    def _tensor(self) -> TensorType:
        if self.type is None:
            raise BuildError("a size is not a tensor")
        return self.type

    @property
    def dtype(self) -> DType:
        return self._tensor.dtype

    @property
    def rank(self) -> int:
        return len(self._tensor.dims)

    @property
    def shape(self) -> tuple[int | Size, ...]:
        """Sizes: numbers, and of a free dimension an nn.Size, which shapes take."""
        return tuple(self._size(axis) for axis in range(self.rank))

    def _size(self, axis: int) -> int | Size:
        dim = self._tensor.dims[axis]
        if isinstance(dim, int):
            return dim
        return Size([(self, axis)])

    def __bool__(self) -> bool:
        raise BuildError("a tensor has no value before the model runs: nn.select or nn.if_ chooses by one")

    def __add__(self, other: Operand) -> Value:
        return binary("nn.add", self, other)

    def __radd__(self, other: Operand) -> Value:
        return binary("nn.add", other, self)

    def __sub__(self, other: Operand) -> Value:
        return binary("nn.sub", self, other)

    def __rsub__(self, other: Operand) -> Value:
        return binary("nn.sub", other, self)

    def __mul__(self, other: Operand) -> Value:
        return binary("nn.mul", self, other)

    def __rmul__(self, other: Operand) -> Value:
        return binary("nn.mul", other, self)

    def __truediv__(self, other: Operand) -> Value:
        return binary("nn.div", self, other)

    def __rtruediv__(self, other: Operand) -> Value:
        return binary("nn.div", other, self)

    def __pow__(self, other: Operand) -> Value:
        return binary("nn.pow", self, other)

    def __neg__(self) -> Value:
        return make("nn.neg", (self,), {})

    def __matmul__(self, other: Value) -> Value:
        return make("nn.matmul", (self, other), {})

    def _compare(self, predicate: str, other: Operand) -> Value:
        return binary("nn.compare", self, other, {"predicate": ("enum:predicate", predicate)})

    def __lt__(self, other: Operand) -> Value:
        return self._compare("lt", other)

    def __le__(self, other: Operand) -> Value:
        return self._compare("le", other)

    def __gt__(self, other: Operand) -> Value:
        return self._compare("gt", other)

    def __ge__(self, other: Operand) -> Value:
        return self._compare("ge", other)

    def __and__(self, other: Operand) -> Value:
        return binary("nn.and", self, other)

    def __or__(self, other: Operand) -> Value:
        return binary("nn.or", self, other)

    def __invert__(self) -> Value:
        return make("nn.not", (self,), {})

    def equal(self, other: Operand) -> Value:
        """Elementwise; `==` compares the objects, as Python's collections need it."""
        return self._compare("eq", other)

    def __getitem__(self, index: Any) -> Value:
        from .shapes import index as take
        return take(self, index)

    def reshape(self, *shape: Any) -> Value:
        from .shapes import reshape
        return reshape(self, shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape)

    def transpose(self, *permutation: int) -> Value:
        from .shapes import transpose
        return transpose(self, permutation or None)

    @property
    def T(self) -> Value:
        return self.transpose()

    def astype(self, dtype: DType) -> Value:
        return make("nn.cast", (self,), {"element": ("element", dtype)})

    def sum(self, *dims: int) -> Value:
        from .shapes import reduction
        return reduction("sum", self, dims)

    def mean(self, *dims: int) -> Value:
        from .shapes import mean
        return mean(self, dims)


class Attribute:
    """An initialiser, an optimizer, a schedule or a group, as the model's text has it."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text


def number(value: Any) -> str:
    if isinstance(value, Attribute):
        return value.text
    if isinstance(value, bool) or isinstance(value, int):
        return str(int(value))
    text = repr(float(value))
    return text if "." in text or "e" not in text else text.replace("e", ".0e")


def attribute(name: str, **values: Any) -> Attribute:
    given = [f"{key} = {number(value)}" for key, value in values.items() if value is not None]
    return Attribute(f"#nn.{name}" + (f"<{', '.join(given)}>" if given else ""))


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\0A") + '"'


def attribute_text(kind: str, value: Any) -> str:
    """An attribute's value as MLIR reads it; the kinds are those of make_ops.py."""
    if kind.startswith("enum:"):
        return f"#nn<{kind[5:]} {value}>"
    if kind == "ints":
        return "array<i64" + (": " + ", ".join(str(int(item)) for item in value) if len(value) else "") + ">"
    if kind == "floats":
        return "array<f64: " + ", ".join(number(float(item)) for item in value) + ">"
    if kind in ("i64", "i32"):
        return f"{int(value)} : {kind}"
    if kind == "f64":
        return f"{float_text(value, f64)} : f64"
    return {"unit": lambda: "unit", "str": lambda: quoted(value), "element": lambda: str(value), "text": lambda: value}[kind]()


def float_text(value: float, dtype: DType) -> str:
    value = float(value)
    if math.isfinite(value):
        return number(value)
    bits = {"f64": ("0x7FF0000000000000", "0xFFF0000000000000", "0x7FF8000000000000"), "f32": ("0x7F800000", "0xFF800000", "0x7FC00000"),
            "f16": ("0x7C00", "0xFC00", "0x7E00"), "bf16": ("0x7F80", "0xFF80", "0x7FC0")}[dtype.name]
    return bits[2 if math.isnan(value) else 0 if value > 0 else 1]


def dictionary(attributes: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name} = {value}" for name, value in attributes.items()) + "}"


def _op(name: str, operands: Sequence[Value], attributes: str, result_types: str | None) -> Value:
    block = scope.current().block
    session = scope.current().session
    return Value(session.op(block, name, [value.handle for value in operands], attributes, result_types, [], None)[0], session)


# Attributes that number dimensions of the first operand, where -1 is the last.
_DIMENSIONS = ("dim", "dims", "axis", "permutation")


def _normalised(name: str, kind: str, value: Any, operands: Sequence[Any]) -> Any:
    first = operands[0] if operands else None
    if isinstance(first, (list, tuple)):
        first = first[0] if first else None
    if name not in _DIMENSIONS or not isinstance(first, Value):
        return [value] if kind == "ints" and isinstance(value, int) else value
    if kind == "i64":
        return value + first.rank if value < 0 else value
    values = [value] if isinstance(value, int) else list(value)
    return [item + first.rank if item < 0 else item for item in values]


def make(name: str, operands: Sequence[Any], attributes: dict[str, tuple[str, Any]], segments: bool = False, result: TensorType | None = None,
         regions: Sequence[int] = (), result_types: Sequence[str] | None = None, many: bool = False, value_name: str | None = None) -> Any:
    """Makes an op where the model stands. An operand is a value, a number, None where it is left out, or a sequence of values.
    Returns its result, a tuple of them where there are several or `many`, or None."""
    here = scope.current()
    texts = {key: attribute_text(kind, _normalised(key, kind, value, operands)) for key, (kind, value) in attributes.items()
             if value is not None and value is not False}
    groups = [list(operand) if isinstance(operand, (list, tuple)) else [] if operand is None else [operand] for operand in operands]
    if segments:
        texts["operandSegmentSizes"] = "array<i32: " + ", ".join(str(len(group)) for group in groups) + ">"
    values = _values(name, [operand for group in groups for operand in group])
    types = [str(result)] if result is not None else result_types
    results = here.session.op(here.block, name, [value.handle for value in values], dictionary(texts),
                              None if types is None else f"-> ({', '.join(types)})", regions, value_name)
    made = tuple(Value(handle, here.session) for handle in results)
    return made if many or len(made) > 1 else made[0] if made else None


def _values(name: str, operands: Sequence[Any]) -> list[Value]:
    """Operands as values of this model; numbers become constants like the last value, which nn.select has after its condition."""
    like = next((operand for operand in reversed(operands) if isinstance(operand, Value) and operand.type is not None), None)
    found = []
    for operand in operands:
        if isinstance(operand, Size):
            operand = operand.build()
        elif isinstance(operand, (int, float)) and like is not None:
            operand = full_like(like, operand)
        elif hasattr(operand, "__array__"):
            operand = _array(operand, like)
        if not isinstance(operand, Value):
            file, line = caller()
            raise BuildError(f"{file}:{line}: error: {name} takes values of the model, but got {type(operand).__name__}: nn.constant makes one")
        if operand.session is not scope.current().session:
            file, line = caller()
            raise BuildError(f"{file}:{line}: error: {name} got a value of another model")
        found.append(operand)
    return found


def _array(array: Any, like: Any) -> Value:
    """An array of numbers as a constant, of the dtype of the value beside it."""
    from .shapes import constant
    return constant(array, like.dtype if isinstance(like, Value) else None)


def scalar_constant(value: float, dtype: DType, shape: Sequence[int] = ()) -> Value:
    type = TensorType(dtype, shape)
    if dtype is i1:
        text = "true" if value else "false"
    elif dtype.is_float:
        text = float_text(value, dtype)
    else:
        if value != int(value):
            raise BuildError(f"{value} is no number of {dtype}")
        text = str(int(value))
    return make("nn.constant", (), {"value": ("text", f"dense<{text}> : {type}")})


def full_like(like: Value, value: float) -> Value:
    from .shapes import broadcast_to
    dims = like._tensor.dims
    if all(isinstance(dim, int) for dim in dims):
        return scalar_constant(value, like.dtype, dims)  # type: ignore[arg-type]
    return broadcast_to(scalar_constant(value, like.dtype), like.shape)


def binary(name: str, lhs: Operand, rhs: Operand, attributes: dict[str, tuple[str, Any]] | None = None) -> Value:
    """An elementwise op of two operands, which are broadcast to one shape."""
    from .shapes import broadcast_together
    lhs, rhs = (_array(side, other) if hasattr(side, "__array__") else side for side, other in ((lhs, rhs), (rhs, lhs)))
    if isinstance(lhs, Value) and isinstance(rhs, Value):
        lhs, rhs = broadcast_together(lhs, rhs)
    return make(name, (lhs, rhs), attributes or {})
