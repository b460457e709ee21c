"""texts.py KIND: prints a model text that is small or flat, and whose meaning is not; or that points elsewhere."""
import sys

VECTOR = "tensor<4xf32>"


def module(body, attributes=""):
    return f"module @m {attributes} {{\n{body}\n}}\n"


def model(attributes="", location=""):
    """An op of another dialect, at a location: its diagnostic shows what the location names."""
    other = f"%c = arith.constant 1.0 : f32 loc({location})" if location else ""
    return module(f"func.func @f(%x: {VECTOR}) -> {VECTOR} {{ {other} %y = nn.tanh %x : {VECTOR} return %y : {VECTOR} }}", attributes)


def aliases(begin, step, sigil="#", count=60):
    return "".join([f"{sigil}a0 = {begin}\n"] + [f"{sigil}a{i + 1} = {step.format(f'{sigil}a{i}')}\n" for i in range(count)])


def blob(alignment):
    return model() + "{-#\n  dialect_resources: { builtin: { k: \"0x" + alignment + "0000803F\" } }\n#-}\n"


KINDS = {
    "file": lambda: model(location='"secret":1:1'),
    "fused": lambda: model(location='fused["secret":1:1, "secret"]'),
    "callsite": lambda: model(location='callsite("secret":1:1 at "secret":2:2)'),
    "named": lambda: model(location='"secret"("secret":1:1)'),
    "alias": lambda: model(location="#l") + '#l = loc("secret":1:1)\n',
    "pipe": lambda: model(location='"pipe":1:1'),
    "zero": lambda: model(location='"/dev/zero":1:1'),
    "control": lambda: model(location='"a\\0A\\1B[2J":1:1'),
    "long-location": lambda: model(location='"' + "p" * 100000 + '":1:1'),
    "itself": lambda: model(location='"itself.mlir":1:1'),
    "alignment-0": lambda: blob("00000000"),
    "alignment-3": lambda: blob("03000000"),
    "alignment-2G": lambda: blob("00000080"),
    "alias-bomb": lambda: aliases("[1]", "[{0}, {0}]") + model(),
    "type-bomb": lambda: aliases("tuple<f32>", "tuple<{0}, {0}>", "!") + module("func.func @f(%x: !a60) { return }"),
    "deep-aliases": lambda: aliases("[1]", "[{0}]", count=100000) + model(),
    "number": lambda: model("attributes {nn.a = " + "9" * 200000 + " : i64}"),
    "shape": lambda: module("func.func @f(%x: tensor<" + "1x" * 100000 + "f32>) { return }"),
    "map": lambda: "#m = affine_map<(d0) -> (" + "d0 + " * 200000 + "d0)>\n" + model(),
    "arguments": lambda: module("func.func @f(" + ", ".join(f"%a{i}: {VECTOR}" for i in range(20000)) + f") -> {VECTOR} "
                                f"{{ return %a0 : {VECTOR} }}"),
    "errors": lambda: module("func.func @f() {\n" + "".join(f"%c{i} = arith.constant 1.0 : f32\n" for i in range(300)) + "return }"),
    "long-line": lambda: model().replace("nn.tanh", " " * 20000000 + "nn.tahn"),
    "string": lambda: model('attributes {m.a = "stablehlo.add", m.b = ["stablehlo.add"], stablehlo.c = 1}') + "// stablehlo.add\n",
    "stablehlo": lambda: model().replace("nn.tanh", "stablehlo.tanh"),
    "generic": lambda: module(f'func.func @f(%x: {VECTOR}) -> {VECTOR} {{ %y = "stablehlo.tanh"(%x) : ({VECTOR}) -> {VECTOR} return %y : {VECTOR} }}'),
}
sys.stdout.write(KINDS[sys.argv[1]]())
