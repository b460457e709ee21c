"""Shapes as NumPy has them, on ops that never broadcast by themselves."""
from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from .session import BuildError, caller
from .values import DType, Shape, Size, TensorType, Value, full_like, i1, i32, i64, make, scalar_constant

_DYNAMIC = -(1 << 63)


def _refuse(text: str) -> BuildError:
    file, line = caller()
    return BuildError(f"{file}:{line}: error: {text}")


def _type(dtype: DType, shape: Shape) -> TensorType:
    return TensorType(dtype, [size if isinstance(size, int) else None for size in shape])


def _free(shape: Shape) -> list[Size]:
    return [size for size in shape if isinstance(size, Size)]


def transpose(x: Value, permutation: Sequence[int] | None = None) -> Value:
    """Dimensions in another order, by default the opposite one."""
    order = permutation if permutation is not None else range(x.rank)[::-1]
    return make("nn.transpose", (x,), {"permutation": ("ints", list(order))})


def reshape(x: Value, shape: Sequence[Any]) -> Value:
    """The same elements in row-major order; one size may be -1, which follows from the others."""
    sizes = _solve(x, list(shape))
    free = _free(sizes)
    # What is free alone follows from the count of elements.
    return make("nn.reshape", (x, free if len(free) > 1 else []), {}, result=_type(x.dtype, sizes))


def _solve(x: Value, shape: list[Any]) -> list[int | Size]:
    if -1 not in shape:
        return shape
    where, known, named = shape.index(-1), 1, []
    for size in shape:
        known *= size.scale if isinstance(size, Size) else size if size != -1 else 1
        named += size.keys if isinstance(size, Size) else []
    count, rest = _rest(x, named)
    if known == 0 or count % known:
        raise _refuse(f"{x.type_text} has no shape {tuple(shape)}: {count} is no multiple of {known}")
    shape[where] = rest * (count // known)
    return shape


def _rest(x: Value, named: list[tuple[int, int]]) -> tuple[int, int | Size]:
    """The product of the static sizes of x, and that of its free ones but for those that are named."""
    count, free = 1, []
    for size in x.shape:
        if isinstance(size, int):
            count *= size
        else:
            free.append(size)
    if len(named) == len(free):  # also by sizes of another value, which are the same by what was computed
        return count, 1
    rest = [size for size in free if size.keys[0] not in named]
    if len(free) - len(rest) != len(named):
        raise _refuse(f"-1 does not follow from sizes of other values in a shape of {x.type_text}: take those of its own shape")
    product = rest[0]
    for size in rest[1:]:
        product = product * size
    return count, product


def broadcast_to(x: Value, shape: Shape) -> Value:
    """Copies along new dimensions in front, and along those of size 1."""
    lacking = len(shape) - x.rank
    if lacking < 0:
        raise _refuse(f"{x.type_text} is not broadcast to fewer dimensions")
    kept = [axis for axis, size in enumerate(x.shape) if not (size == 1 and shape[lacking + axis] != 1)]
    if lacking == 0 and len(kept) == x.rank:
        return x
    sizes = [x.shape[axis] for axis in kept]
    for axis, size in zip(kept, sizes):
        if isinstance(size, int) and isinstance(shape[lacking + axis], int) and size != shape[lacking + axis]:
            raise _refuse(f"{x.type_text} is not broadcast to shape {tuple(shape)}: {size} is neither 1 nor {shape[lacking + axis]}")
    if len(kept) < x.rank:
        x = reshape(x, sizes)
    return make("nn.broadcast", (x, _free(shape)), {"dims": ("ints", [lacking + axis for axis in kept])}, result=_type(x.dtype, shape))


def broadcast_together(a: Value, b: Value) -> tuple[Value, Value]:
    """Both in one shape: aligned at their ends, where a missing size, or one of 1, is repeated."""
    if a.type is None or b.type is None or a.type.dims == b.type.dims:
        return a, b
    rank = builtins.max(a.rank, b.rank)
    left, right = ((1,) * (rank - value.rank) + value.shape for value in (a, b))
    shape = [other if size == 1 else size for size, other in zip(left, right)]
    return broadcast_to(a, shape), broadcast_to(b, shape)


def constant(value: Any, dtype: DType | None = None) -> Value:
    """A number or an array as a tensor: of f32 or i64 where no dtype is given for a number, else of the array's own."""
    if isinstance(value, (bool, int, float)):
        return scalar_constant(value, dtype or (i1 if isinstance(value, bool) else i64 if isinstance(value, int) else _f32()))
    import numpy
    from .values import DTYPES, float_text
    names = {"float32": "f32", "float64": "f64", "float16": "f16", "bool": "i1", "int8": "i8", "int32": "i32", "int64": "i64"}
    array = numpy.asarray(value)
    kind = dtype or DTYPES[names[array.dtype.name]]

    def text(item: Any) -> str:
        if isinstance(item, list):
            return "[" + ", ".join(map(text, item)) + "]"
        return ("true" if item else "false") if kind is i1 else float_text(item, kind) if kind.is_float else str(int(item))

    return make("nn.constant", (), {"value": ("text", f"dense<{text(array.tolist())}> : {TensorType(kind, array.shape)}")})


def _f32() -> DType:
    from .values import f32
    return f32


def full(shape: Shape, value: float, dtype: DType | None = None) -> Value:
    """A tensor of one value."""
    kind = dtype or _f32()
    if all(isinstance(size, int) for size in shape):
        return scalar_constant(value, kind, shape)  # type: ignore[arg-type]
    return broadcast_to(scalar_constant(value, kind), shape)


def iota(shape: Shape, dim: int = -1, dtype: DType = i32) -> Value:
    """The position along one dimension."""
    return make("nn.iota", (_free(shape),), {"dim": ("i64", dim % len(shape))}, result=_type(dtype, shape))


def size(count: int | Size, dtype: DType = i32) -> Value:
    """A size of a shape as a rank-0 tensor, to compute with."""
    return constant(count, dtype) if isinstance(count, int) else reduction("sum", full([count], 1, dtype))


def where(condition: Value, on_true: Any, on_false: Any) -> Value:
    """on_true where condition holds, else on_false; the three are broadcast to one shape, and a number takes the dtype of the
    other branch."""
    if not isinstance(on_true, Value) and not isinstance(on_false, Value):
        raise _refuse("nn.where needs a tensor in one of its branches: nn.constant makes one")
    if isinstance(on_true, Value) and isinstance(on_false, Value):
        on_true, on_false = broadcast_together(on_true, on_false)
    tensor = on_true if isinstance(on_true, Value) else on_false
    tensor, condition = broadcast_together(tensor, condition)
    branches = [broadcast_to(branch, tensor.shape) if isinstance(branch, Value) else full_like(tensor, branch) for branch in (on_true, on_false)]
    return make("nn.select", (condition, *branches), {})


def pad(x: Value, low: Sequence[int], high: Sequence[int], value: Any = 0.0, interior: Sequence[int] | None = None) -> Value:
    """x with low values before and high after, per dimension."""
    filling = value if isinstance(value, Value) else scalar_constant(value, x.dtype)
    attributes = {"low": ("ints", low), "high": ("ints", high), "interior": ("ints", interior or [0] * x.rank)}
    return make("nn.pad", (x, filling), attributes)


def _all(x: Value, dims: Sequence[int]) -> list[int]:
    return sorted(dim % x.rank for dim in dims) if dims else list(range(x.rank))


def reduction(kind: str, x: Value, dims: Sequence[int] = ()) -> Value:
    """sum, prod, max, min, and, or along dimensions, by default all."""
    return make("nn.reduce", (x,), {"kind": ("enum:reduction", kind), "dims": ("ints", _all(x, dims))})


def mean(x: Value, dims: Sequence[int] = ()) -> Value:
    """The sum along dimensions, by default all, divided by the number of elements there."""
    along = [x.shape[dim] for dim in _all(x, dims)]
    total = reduction("sum", x, dims)
    if not _free(along):
        count = 1
        for size in along:
            count *= size if isinstance(size, int) else 1
        return total / count
    return total / reduction("sum", full(along, 1.0, x.dtype))


def slice(x: Value, offsets: Sequence[int | Value], sizes: Shape, strides: Sequence[int] | None = None) -> Value:  # noqa: A001
    """A strided box; offsets may be rank-0 integer tensors, which are clamped so that the box stays inside."""
    moving = [offset for offset in offsets if isinstance(offset, Value)]
    attributes = {"staticOffsets": ("ints", [_DYNAMIC if isinstance(offset, Value) else offset for offset in offsets]),
                  "staticSizes": ("ints", [size if isinstance(size, int) else _DYNAMIC for size in sizes]),
                  "strides": ("ints", strides or [1] * x.rank)}
    return make("nn.slice", (x, moving, _free(sizes)), attributes, segments=True)


def update_slice(x: Value, update: Value, offsets: Sequence[int | Value]) -> Value:
    """x with the box of update's shape at the offsets replaced."""
    moving = [offset for offset in offsets if isinstance(offset, Value)]
    return make("nn.update_slice", (x, update, moving), {"staticOffsets": ("ints", [_DYNAMIC if isinstance(offset, Value) else offset for offset in offsets])})


def index(x: Value, item: Any) -> Value:
    """x[item] as NumPy has it: numbers, slices, None and ...; a rank-0 integer tensor is a number that data say, another integer
    tensor gathers along its dimension."""
    items = list(item) if isinstance(item, tuple) else [item]
    used = sum(1 for part in items if part is not None and part is not Ellipsis)
    if used > x.rank:
        raise _refuse(f"{x.type_text} has {x.rank} dimensions, but got {used} indices")
    place = next((i for i, part in enumerate(items) if part is Ellipsis), len(items))
    items[place:place + 1] = [builtins.slice(None)] * (x.rank - used)
    gathers = [part for part in items if isinstance(part, Value) and part.rank > 0]
    if gathers:
        others = [part for part in items if not (isinstance(part, Value) and part.rank > 0)]
        if len(gathers) > 1 or any(part != builtins.slice(None) for part in others):
            raise _refuse("an index that is a tensor stands alone, beside `:`")
        return make("nn.gather", (x, gathers[0]), {"axis": ("i64", items.index(gathers[0]))})
    return _box(x, items)


def _box(x: Value, items: list[Any]) -> Value:
    offsets: list[int | Value] = []
    sizes: list[int | Size] = []
    strides: list[int] = []
    shape: list[int | Size] = []
    for part in items:
        if part is None:
            shape.append(1)
            continue
        size = x.shape[len(offsets)]
        offset, extent, stride = _range(part, size)
        offsets.append(offset)
        sizes.append(extent)
        strides.append(stride)
        if isinstance(part, builtins.slice):
            shape.append(extent)
    whole = all(part is None or part == builtins.slice(None) for part in items)
    y = x if whole else slice(x, offsets, sizes, strides)
    return y if len(shape) == y.rank and None not in items else reshape(y, shape)


def _range(part: Any, size: int | Size) -> tuple[Any, int | Size, int]:
    """Offset, size and stride of one part of an index."""
    if isinstance(part, Value):
        return part, 1, 1
    if isinstance(part, int):
        if part < 0 and not isinstance(size, int):
            raise _refuse("an index from the end of a free dimension is not known before the model runs")
        return part + (size if part < 0 else 0), 1, 1  # type: ignore[operator]
    if not isinstance(part, builtins.slice):
        raise _refuse(f"an index is a number, a slice, None, ... or an integer tensor, but got {type(part).__name__}")
    if isinstance(size, int):
        start, stop, step = part.indices(size)
        if step < 1:
            raise _refuse("a slice runs forward: nn.reverse turns a dimension round")
        return start, builtins.max(0, -(-(stop - start) // step)), step
    if part == builtins.slice(None):
        return 0, size, 1
    if part.stop is None or part.stop < 0 or (part.start or 0) < 0:
        raise _refuse("a slice of a free dimension needs its end, counted from the beginning")
    return part.start or 0, -(-(part.stop - (part.start or 0)) // (part.step or 1)), part.step or 1
