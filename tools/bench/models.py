"""The models that are measured, as text. Every family has one template."""

PRODUCTS = [("nn", m, n, k) for m, n, k in [
    (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048), (256, 768, 768), (256, 3072, 768), (256, 768, 3072),
    (197, 768, 768), (64, 64, 64), (100, 100, 100), (128, 10, 5), (1, 768, 3072)]] + [
    ("nt", 256, 768, 768), ("nt", 256, 768, 3072), ("nt", 256, 3072, 768), ("nt", 64, 64, 64),
    ("tn", 768, 768, 256), ("tn", 768, 3072, 256), ("tn", 3072, 768, 256)]


def product_name(form, m, n, k):
    return f"{form}_{m}x{n}x{k}"


def operand_shapes(form, m, n, k):
    return (f"{k}x{m}" if form[0] == "t" else f"{m}x{k}"), (f"{n}x{k}" if form[1] == "t" else f"{k}x{n}")


def product(form, m, n, k, packed=False):
    """One product; m may be "?"; packed: the right operand is a parameter."""
    a, b = operand_shapes(form, m, n, k)
    left = 0 if form[0] == "t" else 1
    right = 1 if form[1] == "t" else 0
    name = product_name(form, "m" if m == "?" else m, n, k)
    dims = ' {nn.dims = ["m", ""]}' if m == "?" else ""
    parameter, operand, read = "", f", %b: tensor<{b}xf32>", ""
    if packed:
        parameter = f"  nn.parameter @{name}_b : tensor<{b}xf32> init(#nn.he_uniform)\n"
        operand, read = "", f"    %b = nn.param @{name}_b : tensor<{b}xf32>\n"
    types = f"tensor<{a}xf32>, tensor<{b}xf32>"
    return (f"{parameter}  func.func @{name}(%a: tensor<{a}xf32>{dims}{operand}) -> tensor<{m}x{n}xf32> {{\n{read}"
            f"    %c = nn.contract %a, %b contracting = [{left}] x [{right}] : {types}\n"
            f"    return %c : tensor<{m}x{n}xf32>\n  }}\n")


def products(name, shapes, packed=False):
    return f"module @{name} {{\n" + "".join(product(*shape, packed) for shape in shapes) + "}\n"


LOW_PRECISION = [("nn", m, n, k) for m, n, k in [(512, 512, 512), (1024, 1024, 1024), (256, 768, 768), (256, 3072, 768)]]


def narrow_products(name, shapes, dtype, packed=False):
    """Products of bf16, or of i8 in i32; packed: the right operand is a parameter, of i8 a state."""
    text, wide = f"module @{name} {{\n", {"bf16": "bf16", "i8": "i32"}[dtype]
    declare, read = ("nn.parameter", "nn.param") if dtype == "bf16" else ("nn.state", "nn.read")
    for form, m, n, k in shapes:
        entry_name, (a, b) = product_name(form, m, n, k), operand_shapes(form, m, n, k)
        operand = "" if packed else f", %b: tensor<{b}x{dtype}>"
        if packed:
            text += f"  {declare} @{entry_name}_b : tensor<{b}x{dtype}> init(#nn.ones)\n"
        text += f"  func.func @{entry_name}(%a: tensor<{a}x{dtype}>{operand}) -> tensor<{m}x{n}x{wide}> {{\n"
        if packed:
            text += f"    %b = {read} @{entry_name}_b : tensor<{b}x{dtype}>\n"
        for value, shape in (("a", a), ("b", b)):
            text += f"    %{value}w = nn.cast %{value} : tensor<{shape}x{dtype}> -> tensor<{shape}x{wide}>\n"
        text += (f"    %c = nn.contract %aw, %bw contracting = [{int(form[0] == 'n')}] x [{int(form[1] == 't')}] : "
                 f"tensor<{a}x{wide}>, tensor<{b}x{wide}>\n    return %c : tensor<{m}x{n}x{wide}>\n  }}\n")
    return text + "}\n"


def entry(name, arguments, results, body):
    """arguments: types by name. The body defines %r0, %r1 ..."""
    signature = ", ".join(f"%{key}: tensor<{kind}>" for key, kind in arguments.items())
    types = ", ".join(f"tensor<{kind}>" for kind in results)
    values = ", ".join(f"%r{i}" for i in range(len(results)))
    return f"  func.func @{name}({signature}) -> ({types}) {{\n    {body}\n    return {values} : {types}\n  }}\n"


def forward_and_backward(name, arguments, result, expression, operands):
    """The entry of an op, and NAME_backward: its derivatives by every operand for a given cotangent."""
    listed = ", ".join("%" + key for key in operands)
    types = ", ".join(f"tensor<{arguments[key]}>" for key in operands)
    derivatives = ", ".join(f"%r{i}" for i in range(len(operands)))
    body = (f"%y, {derivatives} = nn.vjp @{name}({listed}) cotangents(%dy) wrt({', '.join(map(str, range(len(operands))))}) "
            f": ({types}), (tensor<{result}>) -> (tensor<{result}>, {types})")
    return (entry(name, arguments, [result], f"%r0 = {expression}") +
            entry(name + "_backward", arguments | {"dy": result}, [arguments[key] for key in operands], body))


SOFTMAX = [(256, 1024), (4096, 64), (4096, 197)]
CHAINS = {  # name: reads, body on 10 M elements
    "multiply_add_relu": (3, "%p = nn.mul %a, %b : {t}\n    %s = nn.add %p, %c : {t}\n    %r0 = nn.relu %s : {t}"),
    "exp_chain": (1, "%n = nn.neg %a : {t}\n    %e = nn.exp %n : {t}\n    %r0 = nn.add %e, %a : {t}"),
    "tanh_gate": (2, "%t = nn.tanh %a : {t}\n    %r0 = nn.mul %t, %b : {t}"),
}
CHAIN_ELEMENTS = 10_000_000


def rows():
    text = "module @rows {\n"
    for m, n in SOFTMAX:
        kind = f"{m}x{n}xf32"
        text += forward_and_backward(f"softmax_{m}x{n}", {"x": kind}, kind, f"nn.softmax %x dim = 1 : tensor<{kind}>", "x")
    kind, row = "256x768xf32", "768xf32"
    text += forward_and_backward("layer_norm", {"x": kind, "s": row, "b": row}, kind,
                                 f"nn.layer_norm %x, %s, %b : tensor<{kind}>, tensor<{row}>, tensor<{row}>", "xsb")
    kind = "256x3072xf32"
    for form, option in (("tanh", " approximate = tanh"), ("erf", "")):
        text += forward_and_backward(f"gelu_{form}", {"x": kind}, kind, f"nn.gelu %x{option} : tensor<{kind}>", "x")
    logits, labels = "256x50257xf32", "256xi32"
    text += entry("loss", {"x": logits, "label": labels}, ["f32"],
                  f"%r0 = nn.cross_entropy %x, %label : tensor<{logits}>, tensor<{labels}>")
    text += entry("cross_entropy", {"x": logits, "label": labels}, ["f32", logits],
                  f"%r0, %r1 = nn.grad @loss(%x, %label) wrt(0) : (tensor<{logits}>, tensor<{labels}>) -> (tensor<f32>, tensor<{logits}>)")
    kind = f"{CHAIN_ELEMENTS}xf32"
    for name, (reads, body) in CHAINS.items():
        text += entry(name, {key: kind for key in "abc"[:reads]}, [kind], body.format(t=f"tensor<{kind}>"))
    return text + "}\n"


def adamw():
    """A step whose gradient is an input: the loss is its product with the parameter."""
    kind = f"tensor<{CHAIN_ELEMENTS}xf32>"
    return f"""module @adamw {{
  nn.parameter @p : {kind} init(#nn.zeros)
  func.func @loss(%g: {kind}) -> tensor<f32> {{
    %p = nn.param @p : {kind}
    %w = nn.mul %p, %g : {kind}
    %l = nn.reduce sum %w dims = [0] : {kind}
    return %l : tensor<f32>
  }}
  nn.train_step @fit minimizes @loss with #nn.adamw
}}
"""


def perceptron(name, sizes):
    """Layers with ReLU between them; predict, and a training step of Adam on the cross-entropy."""
    count = len(sizes) - 1
    text = f"module @{name} {{\n"
    for i in range(count):
        text += f"  nn.parameter @w{i} : tensor<{sizes[i]}x{sizes[i + 1]}xf32> init(#nn.he_uniform)\n"
        text += f"  nn.parameter @b{i} : tensor<{sizes[i + 1]}xf32> init(#nn.zeros)\n"
    dims = '{nn.dims = ["batch", ""]}'
    text += f"  func.func @predict(%x0: tensor<?x{sizes[0]}xf32> {dims}) -> tensor<?x{sizes[-1]}xf32> {{\n"
    for i in range(count):
        w, b, y = f"tensor<{sizes[i]}x{sizes[i + 1]}xf32>", f"tensor<{sizes[i + 1]}xf32>", f"tensor<?x{sizes[i + 1]}xf32>"
        text += f"    %w{i} = nn.param @w{i} : {w}\n    %b{i} = nn.param @b{i} : {b}\n"
        out = f"%x{i + 1}" if i + 1 == count else f"%h{i}"
        text += f"    {out} = nn.linear %x{i}, %w{i}, %b{i} : tensor<?x{sizes[i]}xf32>, {w}, {b}\n"
        if i + 1 < count:
            text += f"    %x{i + 1} = nn.relu %h{i} : {y}\n"
    x, y = f"tensor<?x{sizes[0]}xf32>", f"tensor<?x{sizes[-1]}xf32>"
    return text + f"""    return %x{count} : {y}
  }}
  func.func @loss(%x: {x} {dims}, %label: tensor<?xi32> {{nn.dims = ["batch"]}}) -> tensor<f32> {{
    %y = call @predict(%x) : ({x}) -> {y}
    %l = nn.cross_entropy %y, %label : {y}, tensor<?xi32>
    return %l : tensor<f32>
  }}
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 1.0e-3>
}}
"""


def language_model(name, vocabulary, units, layers):
    """An LSTM over words: predict gives the logits of the last step; a training step of gradient descent on the cross-entropy."""
    def tensor(*sizes, dtype="f32"):
        return "tensor<" + "".join(f"{size}x" for size in sizes) + dtype + ">"

    dims = '{nn.dims = ["steps", "batch"]}'
    parameters = {"table": (vocabulary, units)}
    for i in range(layers):
        parameters |= {f"w{i}": (units, 4 * units), f"u{i}": (units, 4 * units), f"b{i}": (4 * units,)}
    parameters |= {"out": (units, vocabulary), "shift": (vocabulary,)}
    text = f"module @{name} {{\n"
    for key, sizes in parameters.items():
        text += f"  nn.parameter @{key} : {tensor(*sizes)} init({'#nn.zeros' if len(sizes) == 1 else '#nn.uniform<-0.05, 0.05>'})\n"
    words, h, gates = tensor("?", "?", dtype="i32"), tensor("?", "?", units), tensor(units, 4 * units)
    last, logits, rows, flat = tensor("?", units), tensor("?", vocabulary), tensor("?", units), tensor("?", dtype="i32")
    text += f"  func.func private @network(%x: {words}) -> ({h}, {last}) {{\n    %t = nn.param @table : {tensor(vocabulary, units)}\n"
    text += f"    %y0 = nn.embedding %t, %x : {tensor(vocabulary, units)}, {words}\n"
    for i in range(layers):
        for key in "wub":
            text += f"    %{key}{i} = nn.param @{key}{i} : {tensor(*parameters[f'{key}{i}'])}\n"
        text += (f"    %y{i + 1}, %h{i}, %c{i} = nn.lstm %y{i}, %w{i}, %u{i} bias = %b{i} : {h}, {gates}, {gates}, "
                 f"{tensor(4 * units)}\n")
    text += f"    return %y{layers}, %h{layers - 1} : {h}, {last}\n  }}\n"
    head = (f"    %w = nn.param @out : {tensor(units, vocabulary)}\n    %b = nn.param @shift : {tensor(vocabulary)}\n"
            f"    %z = nn.linear %r, %w, %b : {rows}, {tensor(units, vocabulary)}, {tensor(vocabulary)}\n")
    return text + f"""  func.func @predict(%x: {words} {dims}) -> {logits} {{
    %y, %r = call @network(%x) : ({words}) -> ({h}, {last})
{head}    return %z : {logits}
  }}
  func.func @loss(%x: {words} {dims}, %label: {words} {dims}) -> tensor<f32> {{
    %y, %last = call @network(%x) : ({words}) -> ({h}, {last})
    %r = nn.reshape %y : {h} -> {rows}
{head}    %l = nn.reshape %label : {words} -> {flat}
    %loss = nn.cross_entropy %z, %l : {logits}, {flat}
    return %loss : tensor<f32>
  }}
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 1.0e-2>
}}
"""


def attention(name, shapes, heads, features):
    """For each batch and length attention as it is and causal, and NAME_backward with the gradients; time before heads in memory."""
    text = f"module @{name} {{\n"
    for batch, time in shapes:
        t = f"tensor<{batch}x{time}x{heads}x{features}xf32>"
        for mode in ("causal", "full"):
            entry_name = f"{mode}_{batch}x{time}"
            text += (f"  func.func @{entry_name}(%q: {t}, %k: {t}, %v: {t}) -> {t} {{\n"
                     f"    %y = nn.attention %q, %k, %v layout = bthd{' causal' if mode == 'causal' else ''} : {t}\n    return %y : {t}\n  }}\n"
                     f"  func.func @{entry_name}_backward(%q: {t}, %k: {t}, %v: {t}, %dy: {t}) -> ({t}, {t}, {t}, {t}) {{\n"
                     f"    %y, %dq, %dk, %dv = nn.vjp @{entry_name}(%q, %k, %v) cotangents(%dy) wrt(0, 1, 2) : ({t}, {t}, {t}), ({t}) -> ({t}, {t}, {t}, {t})\n"
                     f"    return %y, %dq, %dk, %dv : {t}, {t}, {t}, {t}\n  }}\n")
    return text + "}\n"
