"""Section shapes: sizes that networks have now and then and that no kernel is made for, each against its limit: a few channels or columns, matrices
times a vector, colours, the largest elements. What takes many times its limit here was forgotten, not hard."""
import math

from report import Row

# Batch, channels, spatial sizes, outputs, kernel, stride, padding, groups; "t": transposed.
CONVOLUTIONS = [("to 2 channels", 1, 64, (128, 128), 2, (3, 3), 1, 1, 1, ""), ("to 1 channel", 1, 64, (128, 128), 1, (1, 1), 1, 0, 1, ""),
                ("of 1 channel", 64, 1, (28, 28), 32, (5, 5), 1, 0, 1, ""), ("of 1 channel, 1-D", 8, 1, (16000,), 32, (80,), 4, 0, 1, ""),
                ("of 1 channel, 3-D", 1, 1, (32, 64, 64), 16, (3, 3, 3), 1, 1, 1, ""), ("2 outputs a channel", 1, 64, (56, 56), 128, (3, 3), 1, 1, 64, ""),
                ("8 channels a group", 1, 256, (28, 28), 256, (3, 3), 1, 1, 32, ""), ("of one element, transposed", 16, 100, (1, 1), 256, (4, 4), 1, 0, 1, "t"),
                ("with stride 2, transposed", 1, 128, (16, 16), 64, (4, 4), 2, 1, 1, "t"), ("patches", 1, 3, (224, 224), 768, (16, 16), 16, 0, 1, "")]
COLUMNS = [("tn", 4096, 1024, 1), ("nn", 4096, 1024, 1), ("tn", 1024, 256, 2), ("tn", 512, 4096, 5)]
MOVES = [("transpose of pixels to colours", [512, 512, 3], [3, 512, 512], "nn.transpose %x permutation = [2, 0, 1] : {x}"),
         ("transpose of colours to pixels", [3, 512, 512], [512, 512, 3], "nn.transpose %x permutation = [1, 2, 0] : {x}"),
         ("rows backwards", [4096, 768], [4096, 768], "nn.reverse %x dims = [1] : {x}"),
         ("every other element", [4096, 1536], [4096, 768], "nn.slice %x [0, 0] [4096, 768] [1, 2] : {x}"),
         ("pixel shuffle", [4, 64, 64, 64], [4, 16, 128, 128], "nn.pixel_shuffle %x factor = 2 : {x}"),
         ("average pool 3x3, channels first", [16, 64, 56, 56], [16, 64, 56, 56], "nn.avg_pool %x window = [3, 3] strides = [1, 1] padding = [1, 1] : {x}"),
         ("sort of 4096", [512, 4096], [512, 4096], "nn.sort %x dim = 1 : {x}"), ("largest 8 of 4096", [512, 4096], [512, 8], "nn.top_k %x k = 8 dim = 1 : {x}")]


def tensor(sizes):
    return "tensor<" + "".join(f"{size}x" for size in sizes) + "f32>"


def with_gradients(forward, types, result, wrt):
    """Functions @f, and @d0, @d1 ... with the gradients by operands of these numbers. `forward`: the text that makes %y of %a0, %a1 ..."""
    names = [f"%a{number}" for number in range(len(types))]
    signature = ", ".join(f"{name}: {of}" for name, of in zip(names, types))
    text = f"  func.func @f({signature}) -> {result} {{\n    {forward}\n    return %y : {result}\n  }}\n"
    for number in wrt:
        text += (f"  func.func @d{number}({signature}, %dy: {result}) -> {types[number]} {{\n"
                 f"    %y, %g = nn.vjp @f({', '.join(names)}) cotangents(%dy) wrt({number}) : ({', '.join(types)}), ({result}) -> ({result}, {types[number]})\n"
                 f"    return %g : {types[number]}\n  }}\n")
    return text


def convolutions(native, quick):
    for number, (name, n, c, sizes, o, kernel, stride, padding, groups, form) in enumerate(CONVOLUTIONS):
        outs = [(s - 1) * stride - 2 * padding + k if form else (s + 2 * padding - k) // stride + 1 for s, k in zip(sizes, kernel)]
        letters = "dhw"[3 - len(sizes):] if len(sizes) > 1 else "w"
        x, w, y = [n, *sizes, c], [*kernel, c // groups, o], [n, *outs, o]
        forward = (f"%y = nn.conv{'_transpose' if form else ''} %a0, %a1 strides = {[stride] * len(sizes)} padding = {[padding] * len(sizes)} groups = {groups} "
                   f"layout = n{letters}c kernel_layout = {letters}io : {tensor(x)}, {tensor(w)}")
        model = native.compile_model(f"shapes{number}", f"module @shapes{number} {{\n" + with_gradients(forward, [tensor(x), tensor(w)], tensor(y), (0, 1)) + "}\n")
        data, result = [native.random(math.prod(x)), native.random(math.prod(w))], native.random(math.prod(y))
        peak, flops = native.peak()
        seconds = native.measure({"peak": peak, "forward": model.entry("f", *data, result)} |
                                 {f"by operand {i}": model.entry(f"d{i}", *data, result, native.random(math.prod((x, w)[i]))) for i in (0, 1)}, 5 if quick else 9)
        products = (math.prod(x) if form else math.prod(y)) * math.prod(kernel) * ((o if form else c) // groups)
        limit = seconds.pop("peak") / flops * 2 * products
        yield from (Row(f"convolution {name}, {kind}", each, limit, "FMA peak") for kind, each in seconds.items())
        model.destroy()


def columns(native, quick):
    text = "module @columns {\n"
    for form, m, k, n in COLUMNS:
        a, b, y = tensor([k, m] if form == "tn" else [m, k]), tensor([k, n]), tensor([m, n])
        text += (f"  func.func @{form}_{m}x{n}x{k}(%a: {a}, %b: {b}) -> {y} {{\n    %y = nn.contract %a, %b contracting = [{int(form == 'nn')}] x [0] : {a}, {b}\n"
                 f"    return %y : {y}\n  }}\n")
    model = native.compile_model("columns", text + "}\n")
    for form, m, k, n in COLUMNS:
        loop, passes = native.stream(1, 0, m * k)
        entry = model.entry(f"{form}_{m}x{n}x{k}", native.random(m * k), native.random(k * n), native.random(m * n))
        seconds = native.measure({"loop": loop, "mlc": entry}, 5 if quick else 9)
        yield Row(f"product {form.upper()} {m}x{n}x{k}", seconds["mlc"], seconds["loop"] / passes, "reading the matrix")


def moves(native, quick):
    for number, (name, x, y, op) in enumerate(MOVES):
        results = "%y, %i" if "top_k" in op else "%y"
        forward = f"{results} = {op.replace('%x', '%a0').format(x=tensor(x))}"
        model = native.compile_model(f"moves{number}", f"module @moves{number} {{\n" + with_gradients(forward, [tensor(x)], tensor(y), (0,)) + "}\n")
        data, result = native.random(math.prod(x)), native.random(math.prod(y))
        loop, passes = native.stream(1, 1, max(math.prod(x), math.prod(y)))
        seconds = native.measure({"loop": loop, "forward": model.entry("f", data, result),
                                  "by x": model.entry("d0", data, result, native.random(math.prod(x)))}, 5 if quick else 9)
        limit = seconds.pop("loop") / passes
        yield from (Row(f"{name}, {kind}", each, limit, "1 in 1 out") for kind, each in seconds.items())
        model.destroy()


def shapes(native, quick):
    return [*convolutions(native, quick), *columns(native, quick), *moves(native, quick)]
