"""model.py: prints a model of all pairs of nn.scan, nn.while, nn.if and nn.checkpoint, one in the other, and of each around nn.custom_vjp,
in double precision. In the innermost body h becomes tanh(w h + x). @gradients returns, pair by pair, the loss and its derivatives by w, h, x and xs; @curvatures
the slope along v, a direction of h, and its derivatives by w and h."""

KINDS = ("scan", "while", "if", "checkpoint")
PAIRS = [(outer, inner) for outer in KINDS for inner in KINDS + ("custom",)]
BOUND = 4  # of trips of every nn.while
COUNTS = (0, 1, BOUND - 1, BOUND, BOUND + 1)  # slices of xs, and trips that every nn.while wants

VECTOR, SCALAR, COUNT, STACK, MATRIX = "tensor<3xf64>", "tensor<f64>", "tensor<i64>", "tensor<?x3xf64>", "tensor<3x3xf64>"


class Writer:
    """The text of one function. Every method takes and returns names of values; `body` writes what is innermost."""

    def __init__(self):
        self.lines, self.names = [], 0

    def name(self):
        self.names += 1
        return f"%v{self.names}"

    def op(self, text):
        name = self.name()
        self.lines.append(f"{name} = {text}")
        return name

    def cell(self, h, x):
        product = self.op(f"nn.contract %w, {h} contracting = [1] x [0] : {MATRIX}, {VECTOR}")
        return self.op(f"nn.tanh {self.op(f'nn.add {product}, {x} : {VECTOR}')} : {VECTOR}")

    def scan(self, h, x, body):
        result, carried, slice = self.name(), self.name(), self.name()
        self.lines.append(f"{result} = nn.scan ({carried} = {h}) over ({slice} = %xs) : {VECTOR}, {STACK} {{")
        self.lines.append(f"nn.yield {body(carried, slice)} : {VECTOR}\n}}")
        return result

    def while_(self, h, x, body):
        result, carried, trip, one = self.name(), self.name(), self.name(), self.name()
        zero = self.op(f"nn.constant dense<0> : {COUNT}")
        self.lines.append(f"{result}:2 = nn.while ({carried} = {h}, {trip} = {zero}) max_trips = {BOUND} : {VECTOR}, {COUNT} {{")
        test = self.op(f"nn.compare lt {trip}, %n : {COUNT}")
        self.lines.append(f"nn.yield {test} : tensor<i1>\n}} do ({carried}, {trip}) {{\n{one} = nn.constant dense<1> : {COUNT}")
        next = self.op(f"nn.add {trip}, {one} : {COUNT}")
        self.lines.append(f"nn.yield {body(carried, x)}, {next} : {VECTOR}, {COUNT}\n}}")
        return f"{result}#0"

    def if_(self, h, x, body):
        result = self.name()
        total = self.op(f"nn.reduce sum {h} dims = [0] : {VECTOR}")
        test = self.op(f"nn.compare gt {total}, {self.op(f'nn.constant dense<0.0> : {SCALAR}')} : {SCALAR}")
        self.lines.append(f"{result} = nn.if {test} {{")
        self.lines.append(f"nn.yield {body(h, x)} : {VECTOR}\n}} else {{")
        other = self.op(f"nn.mul {self.op(f'nn.sin {h} : {VECTOR}')}, {x} : {VECTOR}")
        self.lines.append(f"nn.yield {other} : {VECTOR}\n}}")
        return result

    def checkpoint(self, h, x, body):
        result = self.name()
        self.lines.append(f"{result} = nn.checkpoint {{")
        self.lines.append(f"nn.yield {body(h, x)} : {VECTOR}\n}}")
        return result

    def custom(self, h, x, body):
        """Its derivative is that of the cell, which `body` would write."""
        result = self.name()
        self.lines.append(f"{result} = nn.custom_vjp (%m = %w, %p = {h}, %q = {x}) : {MATRIX}, {VECTOR}, {VECTOR} {{")
        product = self.op(f"nn.contract %m, %p contracting = [1] x [0] : {MATRIX}, {VECTOR}")
        y = self.op(f"nn.tanh {self.op(f'nn.add {product}, %q : {VECTOR}')} : {VECTOR}")
        self.lines.append(f"nn.yield {y}, {y}, %m, %p : {VECTOR}, {VECTOR}, {MATRIX}, {VECTOR}\n}} backward (%dy) saved (%y, %m, %p) {{")
        slope = self.op(f"nn.sub {self.op(f'nn.constant dense<1.0> : {VECTOR}')}, {self.op(f'nn.mul %y, %y : {VECTOR}')} : {VECTOR}")
        dx = self.op(f"nn.mul %dy, {slope} : {VECTOR}")
        dw = self.op(f"nn.contract {dx}, %p contracting = [] x [] : {VECTOR}, {VECTOR}")
        dh = self.op(f"nn.contract %m, {dx} contracting = [0] x [0] : {MATRIX}, {VECTOR}")
        self.lines.append(f"nn.yield {dw}, {dh}, {dx} : {MATRIX}, {VECTOR}, {VECTOR}\n}}")
        return result

    def apply(self, kind, h, x, body):
        return getattr(self, kind + "_" * (kind in ("while", "if")))(h, x, body)


ARGUMENTS = f"%w: {MATRIX}, %h: {VECTOR}, %x: {VECTOR}, %xs: {STACK} {{nn.dims = [\"time\", \"\"]}}, %n: {COUNT}"
TYPES = f"{MATRIX}, {VECTOR}, {VECTOR}, {STACK}, {COUNT}"


def function(head, writer, result, types):
    body = "\n".join(writer.lines)
    return f"func.func {head} {{\n{body}\nreturn {result} : {types}\n}}\n"


def loss(outer, inner):
    """The sum of y * y + y."""
    writer = Writer()
    y = writer.apply(outer, "%h", "%x", lambda h, x: writer.apply(inner, h, x, writer.cell))
    sum = writer.op(f"nn.add {writer.op(f'nn.mul {y}, {y} : {VECTOR}')}, {y} : {VECTOR}")
    return function(f"private @{outer}_{inner}({ARGUMENTS}) -> {SCALAR}", writer, writer.op(f"nn.reduce sum {sum} dims = [0] : {VECTOR}"), SCALAR)


def slope(outer, inner):
    writer = Writer()
    writer.lines.append(f"%l, %dh = nn.grad @{outer}_{inner}(%w, %h, %x, %xs, %n) wrt(1) : ({TYPES}) -> ({SCALAR}, {VECTOR})")
    product = writer.op(f"nn.mul %dh, %v : {VECTOR}")
    return function(f"private @slope_{outer}_{inner}({ARGUMENTS}, %v: {VECTOR}) -> {SCALAR}", writer,
                    writer.op(f"nn.reduce sum {product} dims = [0] : {VECTOR}"), SCALAR)


def entry(name, arguments, request, types):
    """Returns what `request` gives for every pair."""
    writer, results = Writer(), []
    for pair in PAIRS:
        result = writer.name()
        writer.lines.append(f"{result}:{len(types)} = {request('_'.join(pair))} -> ({', '.join(types)})")
        results += [f"{result}#{number}" for number in range(len(types))]
    types = ", ".join(types * len(PAIRS))
    return function(f"@{name}({arguments}) -> ({types})", writer, ", ".join(results), types)


def text():
    gradient = lambda pair: f"nn.grad @{pair}(%w, %h, %x, %xs, %n) wrt(0, 1, 2, 3) : ({TYPES})"
    curvature = lambda pair: f"nn.grad @slope_{pair}(%w, %h, %x, %xs, %n, %v) wrt(0, 1) : ({TYPES}, {VECTOR})"
    functions = [loss(*pair) + slope(*pair) for pair in PAIRS]
    functions.append(entry("gradients", ARGUMENTS, gradient, [SCALAR, MATRIX, VECTOR, VECTOR, STACK]))
    functions.append(entry("curvatures", f"{ARGUMENTS}, %v: {VECTOR}", curvature, [SCALAR, MATRIX, VECTOR]))
    return "module @control_flow {\n" + "\n".join(functions) + "}\n"


def inputs(count):
    """w, h, x, xs, n, v."""
    import numpy as np
    random = np.random.default_rng(count)
    normal = random.standard_normal
    return 0.8 * normal((3, 3)), normal(3), normal(3), normal((count, 3)), np.array(count), normal(3)


if __name__ == "__main__":
    print(text())
