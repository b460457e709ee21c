"""Texts of models that train: memory_models.py mlp|scan|free_scan|lstm|gpt > model.mlir."""
import sys


def mlp(layers=12, width=64, batch=512):
    """Equal layers, so that what the backward pass keeps is most of the memory."""
    w, x = f"tensor<{width}x{width}xf32>", f"tensor<{batch}x{width}xf32>"
    b = f"tensor<{width}xf32>"
    text = "module @mlp {\n"
    for i in range(layers):
        text += f"  nn.parameter @w{i} : {w} init(#nn.he_uniform)\n  nn.parameter @b{i} : {b} init(#nn.zeros)\n"
    text += f"  func.func @loss(%h0: {x}, %target: {x}) -> tensor<f32> {{\n"
    for i in range(layers):
        text += f"    %w{i} = nn.param @w{i} : {w}\n    %b{i} = nn.param @b{i} : {b}\n"
        text += f"    %s{i} = nn.linear %h{i}, %w{i}, %b{i} : {x}, {w}, {b}\n    %h{i + 1} = nn.gelu %s{i} : {x}\n"
    text += f"    %l = nn.mse %h{layers}, %target : {x}, {x}\n    return %l : tensor<f32>\n  }}\n"
    return text + "  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-3>\n}\n"


def scan(steps=256, batch=16, width=32):
    """A recurrent cell over `steps` inputs, with a gate."""
    w, h = f"tensor<{width}x{width}xf32>", f"tensor<{batch}x{width}xf32>"
    xs = f"tensor<{steps}x{batch}x{width}xf32>"
    text = "module @scan {\n"
    for name in ("wx", "wh", "ux", "uh"):
        text += f"  nn.parameter @{name} : {w} init(#nn.glorot_uniform)\n"
    names = ' {nn.dims = ["steps", "", ""]}' if steps == "?" else ""
    text += f"  func.func @loss(%xs: {xs}{names}, %target: {h}) -> tensor<f32> {{\n"
    for name in ("wx", "wh", "ux", "uh"):
        text += f"    %{name} = nn.param @{name} : {w}\n"
    text += f"    %zero = nn.constant dense<0.0> : {h}\n"
    text += f"    %last = nn.scan (%h = %zero) over (%x = %xs) : {h}, {xs} {{\n"
    for out, x, u in (("a", "wx", "wh"), ("b", "ux", "uh")):
        text += f"      %{out}0 = nn.matmul %x, %{x} : {h}, {w}\n      %{out}1 = nn.matmul %h, %{u} : {h}, {w}\n"
        text += f"      %{out} = nn.add %{out}0, %{out}1 : {h}\n"
    text += f"      %c = nn.tanh %a : {h}\n      %g = nn.logistic %b : {h}\n      %d = nn.sub %c, %h : {h}\n"
    text += f"      %e = nn.mul %g, %d : {h}\n      %n = nn.add %h, %e : {h}\n      nn.yield %n : {h}\n    }}\n"
    text += f"    %l = nn.mse %last, %target : {h}, {h}\n    return %l : tensor<f32>\n  }}\n"
    return text + "  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-3>\n}\n"


def lstm(layers=2, units=64, vocabulary=1000, steps=32, batch=4):
    """A language model over words: most of it is a table and a head, the rest what the loops stack."""
    def tensor(*sizes, dtype="f32"):
        return "tensor<" + "".join(f"{size}x" for size in sizes) + dtype + ">"

    words, y, gates, bias = tensor(steps, batch, dtype="i32"), tensor(steps, batch, units), tensor(units, 4 * units), tensor(4 * units)
    rows, flat, logits = tensor(steps * batch, units), tensor(steps * batch, dtype="i32"), tensor(steps * batch, vocabulary)
    parameters = {"table": tensor(vocabulary, units), "out": tensor(units, vocabulary), "shift": tensor(vocabulary)}
    for i in range(layers):
        parameters |= {f"w{i}": gates, f"u{i}": gates, f"b{i}": bias}
    text = "module @lstm {\n"
    for name, kind in parameters.items():
        text += f"  nn.parameter @{name} : {kind} init(#nn.uniform<-0.05, 0.05>)\n"
    text += f"  func.func @loss(%x: {words}, %label: {words}) -> tensor<f32> {{\n"
    for name, kind in parameters.items():
        text += f"    %{name} = nn.param @{name} : {kind}\n"
    text += f"    %y0 = nn.embedding %table, %x : {parameters['table']}, {words}\n"
    for i in range(layers):
        text += f"    %y{i + 1}, %h{i}, %c{i} = nn.lstm %y{i}, %w{i}, %u{i} bias = %b{i} : {y}, {gates}, {gates}, {bias}\n"
    text += f"    %r = nn.reshape %y{layers} : {y} -> {rows}\n    %l = nn.reshape %label : {words} -> {flat}\n"
    text += f"    %z = nn.linear %r, %out, %shift : {rows}, {parameters['out']}, {parameters['shift']}\n"
    text += f"    %loss = nn.cross_entropy %z, %l : {logits}, {flat}\n    return %loss : tensor<f32>\n  }}\n"
    return text + "  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 1.0e-2>\n}\n"


class Gpt:
    """A decoder with causal attention, learned positions and a head tied to nothing."""

    def __init__(self, layers=4, width=64, heads=4, vocabulary=96, time=64, batch=4):
        self.layers, self.width, self.heads = layers, width, heads
        self.vocabulary, self.time, self.batch = vocabulary, time, batch
        self.parameters, self.lines, self.count = [], [], 0

    def tensor(self, *sizes, dtype="f32"):
        return "tensor<" + "".join(f"{size}x" for size in sizes) + dtype + ">"

    def op(self, text):
        self.count += 1
        self.lines.append(f"    %v{self.count} = {text}")
        return f"%v{self.count}"

    def parameter(self, name, law, *sizes):
        self.parameters.append(f"  nn.parameter @{name} : {self.tensor(*sizes)} init(#nn.{law})")
        return self.op(f"nn.param @{name} : {self.tensor(*sizes)}")

    def linear(self, name, x, columns, rows=None):
        rows = rows or self.width
        w = self.parameter(name + "_w", "normal<0.0, 0.02>", rows, columns)
        b = self.parameter(name + "_b", "zeros", columns)
        types = [self.tensor(self.batch * self.time, rows), self.tensor(rows, columns), self.tensor(columns)]
        return self.op(f"nn.linear {x}, {w}, {b} : " + ", ".join(types))

    def norm(self, name, x):
        scale, bias = self.parameter(name + "_s", "ones", self.width), self.parameter(name + "_b", "zeros", self.width)
        vector = self.tensor(self.width)
        return self.op(f"nn.layer_norm {x}, {scale}, {bias} : {self.tensor(self.batch * self.time, self.width)}, {vector}, {vector}")

    def add(self, a, b, *sizes):
        return self.op(f"nn.add {a}, {b} : {self.tensor(*sizes)}")

    def part(self, qkv, number):
        """[batch, heads, time, size] of one of queries, keys, values."""
        rows, size = self.batch * self.time, self.width // self.heads
        part = self.op(f"nn.slice {qkv} [0, {number * self.width}] [{rows}, {self.width}] [1, 1] : {self.tensor(rows, 3 * self.width)}")
        split = self.tensor(self.batch, self.time, self.heads, size)
        split_part = self.op(f"nn.reshape {part} : {self.tensor(rows, self.width)} -> {split}")
        return self.op(f"nn.transpose {split_part} permutation = [0, 2, 1, 3] : {split}")

    def attention(self, name, x):
        size, rows = self.width // self.heads, self.batch * self.time
        q, k, v = (self.part(x, i) for i in range(3))
        heads = self.tensor(self.batch, self.heads, self.time, size)
        square = self.tensor(self.batch, self.heads, self.time, self.time)
        scores = self.op(f"nn.contract {q}, {k} batch = [0, 1] x [0, 1] contracting = [3] x [3] : {heads}, {heads}")
        factor = self.op(f"nn.constant dense<{size ** -0.5}> : {square}")
        scaled = self.op(f"nn.mul {scores}, {factor} : {square}")
        row = self.op(f"nn.iota dim = 2 : {self.tensor(self.batch, self.heads, self.time, self.time, dtype='i32')}")
        column = self.op(f"nn.iota dim = 3 : {self.tensor(self.batch, self.heads, self.time, self.time, dtype='i32')}")
        seen = self.op(f"nn.compare ge {row}, {column} : {self.tensor(self.batch, self.heads, self.time, self.time, dtype='i32')}")
        hidden = self.op(f"nn.constant dense<-1.0e9> : {square}")
        masked = self.op(f"nn.select {seen}, {scaled}, {hidden} : {square.replace('f32', 'i1')}, {square}, {square}")
        weights = self.op(f"nn.softmax {masked} dim = 3 : {square}")
        mixed = self.op(f"nn.contract {weights}, {v} batch = [0, 1] x [0, 1] contracting = [3] x [2] : {square}, {heads}")
        joined = self.op(f"nn.transpose {mixed} permutation = [0, 2, 1, 3] : {heads}")
        flat = self.op(f"nn.reshape {joined} : {self.tensor(self.batch, self.time, self.heads, size)} -> {self.tensor(rows, self.width)}")
        return self.linear(name, flat, self.width)

    def text(self):
        rows, ids = self.batch * self.time, self.tensor(self.batch, self.time, dtype="i32")
        wide = self.tensor(rows, 4 * self.width)
        table = self.parameter("wte", "normal<0.0, 0.02>", self.vocabulary, self.width)
        positions = self.parameter("wpe", "normal<0.0, 0.02>", self.time, self.width)
        cube = self.tensor(self.batch, self.time, self.width)
        tokens = self.op(f"nn.embedding {table}, %ids : {self.tensor(self.vocabulary, self.width)}, {ids}")
        places = self.op(f"nn.broadcast {positions} dims = [1, 2] : {self.tensor(self.time, self.width)} -> {cube}")
        x = self.op(f"nn.reshape {self.add(tokens, places, self.batch, self.time, self.width)} : {cube} -> {self.tensor(rows, self.width)}")
        for i in range(self.layers):
            qkv = self.linear(f"h{i}_qkv", self.norm(f"h{i}_n1", x), 3 * self.width)
            x = self.add(x, self.attention(f"h{i}_proj", qkv), rows, self.width)
            up = self.op(f"nn.gelu {self.linear(f'h{i}_up', self.norm(f'h{i}_n2', x), 4 * self.width)} : {wide}")
            x = self.add(x, self.linear(f"h{i}_down", up, self.width, 4 * self.width), rows, self.width)
        logits = self.linear("head", self.norm("n", x), self.vocabulary)
        labels = self.op(f"nn.reshape %labels : {ids} -> {self.tensor(rows, dtype='i32')}")
        loss = self.op(f"nn.cross_entropy {logits}, {labels} : {self.tensor(rows, self.vocabulary)}, {self.tensor(rows, dtype='i32')}")
        body = "\n".join(self.parameters) + f"\n  func.func @loss(%ids: {ids}, %labels: {ids}) -> tensor<f32> {{\n" + "\n".join(self.lines)
        step = "  nn.train_step @fit minimizes @loss with #nn.adamw<learning_rate = 1.0e-3>\n"
        return f"module @gpt {{\n{body}\n    return {loss} : tensor<f32>\n  }}\n{step}}}\n"


if __name__ == "__main__":
    print({"mlp": mlp, "scan": scan, "free_scan": lambda: scan("?"), "lstm": lstm, "gpt": lambda: Gpt().text()}[sys.argv[1]](), end="")
