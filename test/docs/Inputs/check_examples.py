"""Parses every example of the reference and of the pages in docs/ with mlc-opt, and compiles and runs the complete ones.

    check_examples.py ROOT BUILD TABLEGEN INCLUDE

An example that is no module is wrapped: a function around ops, whose arguments are the values that the example does not define,
of the types that mlc-opt says it expects; what it names (@kernel, @loss) is declared by PRELUDE.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import entries

PRELUDE = {
    "kernel": "nn.parameter @kernel : tensor<5x5xf32> init(#nn.zeros)",
    "mean": "nn.state @mean : tensor<8xf32> init(#nn.zeros)",
    "bias": "nn.parameter @bias : tensor<8xf32> init(#nn.zeros)",
    "scale": "nn.parameter @scale : tensor<8xf32> init(#nn.zeros)",
    "w": "nn.parameter @w : tensor<784x64xf32> init(#nn.zeros)",
    "f": "func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> { return %x : tensor<4xf32> }",
    "loss": """func.func private @loss(%x: tensor<4xf32>) -> tensor<f32> {
  %0 = nn.reduce sum %x dims = [0] : tensor<4xf32>
  return %0 : tensor<f32>
}""",
}
WRAPPERS = {"initialiser": "nn.parameter @p : tensor<4x8xf32> init({})", "optimizer": "nn.train_step @s minimizes @loss with {}",
            "schedule": "nn.train_step @s minimizes @loss with #nn.sgd schedule({})",
            "group": "nn.train_step @s minimizes @loss with #nn.adamw groups = [{}]",
            "attribute": "func.func private @s() attributes {{nn.requirements = [{}]}}"}


def in_pages(root):
    """The models in the pages that are written by hand, as entries."""
    found = []
    for path in sorted(glob.glob(os.path.join(root, "docs/*.md"))):
        text = open(path).read()
        if "<!-- Generated" not in text:
            found += [{"name": path, "kind": "op", "example": example.strip()} for example in re.findall(r"^```mlir\n(.*?)^```", text, re.M | re.S)]
    return found


def is_complete(example):
    return example.startswith("module @")


def wrapped(entry, types):
    """A module around the example of an entry; `types` are those of the values that it takes from above."""
    text = entry["example"]
    if is_complete(text):
        return text
    if entry["kind"] != "op" and text.startswith("#"):
        text = WRAPPERS[entry["kind"]].format(text)
    prelude = [PRELUDE[name] for name in PRELUDE if f"@{name}" in text and not re.search(rf"nn\.(parameter|state) @{name}\b", text)]
    if "nn.param " in text or not re.match(r"nn\.(parameter|state|storage|train_step)|func", text):
        arguments = ", ".join(f"%{name}: {type}" for name, type in types.items())
        rest = "\n%zero = nn.constant dense<0.0> : tensor<4xf32>" if entry["name"] == "nn.yield" else ""
        if entry["name"] == "nn.yield":
            text = f"nn.checkpoint {{\n{text}\n}}"
        text = f"func.func @example({arguments}) {{{rest}\n{text}\nreturn\n}}"
    return "\n".join(["module {", *prelude, text, "}"])


def taken_from_above(text):
    """The values that an example uses and does not define, in the order of their first use."""
    defined = set()
    for line in text.split("\n"):
        left = re.match(r"\s*((?:%\w+(?:, )?)+) =", line)
        defined.update(re.findall(r"%(\w+)", left.group(1)) if left else [])
        defined.update(re.findall(r"[(,] ?%(\w+) =", line))  # (%h = %h0)
        defined.update(re.findall(r"%(\w+)", "".join(re.findall(r"(?:do|backward) \(([^)]*)\)", line))))
    return [name for name in dict.fromkeys(re.findall(r"%(\w+)", text)) if name not in defined]


USE = re.compile(r"<stdin>:(\d+) offset :\d+:\d+: error: use of value '%(\w+)' expects different type than prior uses: '(.*?)' vs 'index'")


def parse(mlc_opt, examples):
    """Parses all examples in one run of mlc-opt, again until it says of no argument which type it expects. Returns that run."""
    types = [{} if is_complete(e["example"]) else {name: "index" for name in taken_from_above(e["example"])} for e in examples]
    while True:
        texts = [wrapped(e, t) for e, t in zip(examples, types)]
        starts, line = {1: 0}, 0  # the line of the marker before every part, from which mlc-opt counts
        for i, text in enumerate(texts):
            line += text.count("\n") + 2
            starts[line] = i + 1
        run = subprocess.run([mlc_opt, "--split-input-file", "-o", os.devnull], input="\n// -----\n".join(texts), text=True, capture_output=True)
        uses = USE.findall(run.stderr)
        for line, name, type in uses:
            types[starts[int(line)]][name] = type
        if not uses:
            return run


def main(root, build, tablegen, include):
    tools = {name: os.path.join(build, "bin", name) for name in ("mlc", "mlc-opt", "mlc-run")}
    found = entries.read(root, tablegen, include) + in_pages(root)
    run = parse(tools["mlc-opt"], found)
    sys.stderr.write(run.stderr)
    failed = run.returncode != 0
    complete = [e for e in found if is_complete(e["example"])]
    with tempfile.TemporaryDirectory() as folder:
        for e in complete:
            model, library = os.path.join(folder, "m.mlir"), os.path.join(folder, "m.so")
            with open(model, "w") as file:
                file.write(e["example"])
            subprocess.run([tools["mlc"], model, "-o", library], check=True)
            info = json.loads(subprocess.run([tools["mlc-run"], "info", library, "--json"], check=True, capture_output=True).stdout)
            for entry in info["entries"]:
                dims = {dim for tensor in entry["inputs"] for dim in tensor["dims"] if dim}
                command = [tools["mlc-run"], "bench", library, entry["name"], "--repeat", "2", *[word for dim in dims for word in ("--dim", dim + "=4")]]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"{len(found)} examples, {len(complete)} of them run")
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
