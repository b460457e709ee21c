"""Products of many shapes, compiled, against NumPy: usage products.py MLC FOLDER [MLC-OPTION...].

Every result must lie within the rounding bound of a sum of k products in any order, (k + 2) u |a| |b| with u of the dtype
(Higham, Accuracy and Stability of Numerical Algorithms, section 3.5), in one library that is called on two threads.
"""
import ctypes
import itertools
import subprocess
import sys

import numpy

ROWS = [1, 2, 3, 4, 5, 7, 12, 13, 29]
SHAPES = [(m, n, k) for m in ROWS for n, k in ((40, 33), (7, 70))] + [
    (m, 1, 50) for m in (1, 9)] + [(6, 16, 1), (1, 2100, 17), (2, 300, 9), (1, 9, 2100), (130, 530, 40), (50, 90, 2200), (600, 20, 64), (270, 100, 300), (20, 30, 4800), (300, 64, 700)]
# The last columns fill a quarter of a vector at most, or all columns half of one: of 16, 8 or 4 lanes.
TAILS = [(40, 67, 130), (64, 33, 90), (17, 18, 257), (31, 36, 2200), (130, 530, 1000), (64, 8, 90), (40, 3, 130), (35, 2, 2200)]
# A column or a few, which are taken as rows where those lie side by side.
COLUMNS = [(300, 1, 70), (35, 1, 2200), (17, 1, 3), (70, 2, 300), (64, 4, 130), (33, 5, 40)]
FREE_ROWS = [1, 2, 3, 4, 5, 6, 11, 12, 14, 25, 257, 300]


class Product:
    """form: which operands lie transposed; rows may be free, the right operand a parameter; plus bias and relu if asked."""

    def __init__(self, number, form, m, n, k, free=False, packed=False, bias=False, batch=0, dtype="f32"):
        self.name, self.form, self.sizes, self.free = f"p{number}", form, (m, n, k), free
        self.packed, self.bias, self.batch, self.dtype = packed, bias, batch, dtype
        self.numpy = numpy.float32 if dtype == "f32" else numpy.float64

    def shapes(self, m):
        _, n, k = self.sizes
        lead = (self.batch,) if self.batch else ()
        return lead + ((k, m) if self.form[0] == "t" else (m, k)), lead + ((n, k) if self.form[1] == "t" else (k, n))

    def text(self):
        def tensor(shape):
            return "tensor<" + "".join(f"{size}x" for size in shape) + self.dtype + ">"

        a, b = self.shapes("?" if self.free else self.sizes[0])
        m, n = ("?" if self.free else self.sizes[0]), self.sizes[1]
        y = ((self.batch,) if self.batch else ()) + (m, n)
        dims = f' {{nn.dims = [{", ".join(chr(34) + ("m" if s == "?" else "") + chr(34) for s in a)}]}}' if self.free else ""
        arguments, body, parameter = [f"%a: {tensor(a)}{dims}"], "", ""
        if self.packed:
            parameter = f"  nn.parameter @{self.name}_b : {tensor(b)} init(#nn.normal<0.0, 1.0>)\n"
            body += f"    %b = nn.param @{self.name}_b : {tensor(b)}\n"
        else:
            arguments.append(f"%b: {tensor(b)}")
        first = len(y) - 2
        left, right = first + (self.form[0] == "n"), first + (self.form[1] == "t")
        batch = "batch = [0] x [0] " if self.batch else ""
        body += f"    %c = nn.contract %a, %b {batch}contracting = [{left}] x [{right}] : {tensor(a)}, {tensor(b)}\n"
        result = "%c"
        if self.bias:
            arguments.append(f"%bias: {tensor((n,))}")
            size = f" [%m]" if self.free else ""
            body += f"    %m = nn.dim %a, {len(a) - 1 - (self.form[0] == 'n')} : {tensor(a)}\n" if self.free else ""
            body += f"    %rows = nn.broadcast %bias{size} dims = [{len(y) - 1}] : {tensor((n,))} -> {tensor(y)}\n"
            body += f"    %s = nn.add %c, %rows : {tensor(y)}\n    %r = nn.relu %s : {tensor(y)}\n"
            result = "%r"
        return (f"{parameter}  func.func @{self.name}({', '.join(arguments)}) -> {tensor(y)} {{\n{body}"
                f"    return {result} : {tensor(y)}\n  }}\n")

    def check(self, library, handle, random, m):
        """The largest error over its bound."""
        _, n, k = self.sizes
        a_shape, b_shape = self.shapes(m)
        a = random.standard_normal(a_shape).astype(self.numpy)
        b = random.standard_normal(b_shape).astype(self.numpy)
        bias = random.standard_normal(n).astype(self.numpy)
        y = numpy.full(a_shape[:-2] + (m, n), numpy.nan, self.numpy)
        if self.packed:
            b = library.parameter(handle, self.name + "_b", b)
        inputs = [a] + ([] if self.packed else [b]) + ([bias] if self.bias else [])
        library.call(self.name, handle, inputs, [m] if self.free else [], y)
        left = numpy.swapaxes(a, -1, -2) if self.form[0] == "t" else a
        right = numpy.swapaxes(b, -1, -2) if self.form[1] == "t" else b
        wide = numpy.float64 if self.dtype == "f32" else numpy.longdouble
        exact, scale = left.astype(wide) @ right.astype(wide), abs(left).astype(wide) @ abs(right).astype(wide)
        if self.bias:
            exact, scale = numpy.maximum(exact + bias, 0), scale + abs(bias)
        bound = (k + 2) * numpy.finfo(self.numpy).eps / 2 * scale
        return float((abs(y - exact) / numpy.maximum(bound, numpy.finfo(self.numpy).tiny)).max())


class Library:
    def __init__(self, path):
        self.library = ctypes.CDLL(path)

    def create(self):
        class Options(ctypes.Structure):
            _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_int32), ("spin", ctypes.c_int32),
                        ("seed", ctypes.c_uint64), ("rest", ctypes.c_size_t * 5)]
        options = Options(struct_size=ctypes.sizeof(Options), threads=2)
        handle = ctypes.c_void_p()
        assert self.library.products_create(ctypes.byref(options), ctypes.byref(handle)) == 0
        return handle

    def call(self, entry, handle, inputs, dims, result):
        pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in inputs]
        arguments = pointers + [ctypes.c_int64(dim) for dim in dims] + [result.ctypes.data_as(ctypes.c_void_p)]
        status = getattr(self.library, "products_" + entry)(handle, *arguments)
        assert status == 0, (entry, status)

    def parameter(self, handle, name, like):
        value = numpy.empty_like(like)
        self.call("read_" + name, handle, [], [], value)
        return value


def products():
    made = itertools.count()
    for form in ("nn", "nt", "tn", "tt"):
        for m, n, k in SHAPES:
            yield Product(next(made), form, m, n, k)
    for form in ("nn", "nt", "tn"):
        for n, k in ((48, 700), (33, 65)):
            yield Product(next(made), form, 0, n, k, free=True)
            yield Product(next(made), form, 0, n, k, free=True, bias=True)
            yield Product(next(made), form, 0, n, k, free=True, packed=True, bias=True)
    for form, m in itertools.product(("nn", "nt"), (1, 2, 4, 30)):
        yield Product(next(made), form, m, 50, 70, packed=True)
        yield Product(next(made), form, m, 50, 70, bias=True)
        yield Product(next(made), form, m, 20, 30, batch=3)
        yield Product(next(made), form, m, 20, 30, dtype="f64")
    for form, (m, n, k) in itertools.product(("nn", "nt", "tn"), TAILS + COLUMNS):
        yield Product(next(made), form, m, n, k)
        yield Product(next(made), form, m, n, k, packed=True, bias=True)
        yield Product(next(made), form, 0, n, k, free=True)
        yield Product(next(made), form, m, n, k, batch=2)
        yield Product(next(made), form, m, n, k, dtype="f64")


def main():
    mlc, folder, *options = sys.argv[1:]
    all_products = list(products())
    text = "module @products {\n" + "".join(product.text() for product in all_products)
    for product in all_products:
        if product.packed:
            shape = "x".join(map(str, product.shapes(0)[1])) + "x" + product.dtype
            text += (f"  func.func @read_{product.name}_b() -> tensor<{shape}> {{\n    %b = nn.param @{product.name}_b : tensor<{shape}>\n"
                     f"    return %b : tensor<{shape}>\n  }}\n")
    with open(f"{folder}/products.mlir", "w") as file:
        file.write(text + "}\n")
    subprocess.run([mlc, f"{folder}/products.mlir", "-o", f"{folder}/products.so", *options], check=True)
    library = Library(f"{folder}/products.so")
    handle, random = library.create(), numpy.random.default_rng(0)
    failures = 0
    for product in all_products:
        for m in FREE_ROWS if product.free else product.sizes[:1]:
            error = product.check(library, handle, random, m)
            if not error <= 1:
                failures += 1
                print(f"{product.form} {m}x{product.sizes[1]}x{product.sizes[2]} of {product.dtype}: {error:.3g} times the bound")
    print("every product agrees" if not failures else f"{failures} products differ")
    sys.exit(failures != 0)


main()
