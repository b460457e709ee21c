"""Fails where a file of the compiler names a structured op of the nn dialect without being how that op is computed.

Passes talk to interfaces. A file may name the class of an op that it says how to compute (its EmissionEntry, or the
SegmentEntry of its segment) and what KEPT lists; an entry of KEPT that is not needed fails too.
"""

import pathlib
import re
import sys

KEPT = {
    ("Autodiff/ScanDerivative.cpp", "ScanOp"): "a loop backwards is a scan, whatever the loop is",
    ("Autodiff/AccumulateGradients.cpp", "ScanOp"): "the parts of a step are the trips of a scan",
    ("GraphTransforms/ChunkRows.cpp", "ScanOp"): "chunks are the trips of a scan",
    ("GraphTransforms/OpRows.cpp", "IotaOp"): "positions along rows are not those of a chunk",
    ("GraphTransforms/OpRows.cpp", "BroadcastOp"): "copies along rows are rows",
    ("GraphTransforms/NarrowViews.cpp", "PadOp"): "a view, but for what surrounds it",
    ("GraphTransforms/NarrowViews.cpp", "WindowsOp"): "what makes a product a convolution",
    ("GraphTransforms/ResolveDims.cpp", "DimOp"): "the pass about nn.dim",
    ("GraphTransforms/InsertIndexChecks.cpp", "AssertOp"): "the pass that makes the checks",
    ("GraphTransforms/QuantizeWeights.cpp", "DequantizeOp"): "the pass that makes it",
    ("GraphTransforms/FindNan.cpp", "AssertOp"): "the pass that makes the checks of --find-nan",
    ("MemoryPlanning/Buffers.cpp", "AssertOp"): "a check is told where its condition is",
    ("HostProgram/BuildHostProgram.cpp", "AssertOp"): "a check is what the host does itself",
    ("MemoryPlanning/Buffers.cpp", "ConstantOp"): "numbers the tables of constants",
    ("Codegen/CPU/WindowShape.cpp", "WindowsOp"): "what windows see",
    ("Codegen/CPU/WindowShape.cpp", "PadOp"): "the padding that windows see",
    ("Codegen/CPU/WindowShape.cpp", "BroadcastOp"): "the dimensions along which windows do not move",
    ("Autodiff/ExpandTrainSteps.cpp", "ConstantOp"): "makes numbers: of groups, in gaps of storages",
}


def structured_ops(dialect):
    """The segment of every op that is not elementwise, composite or of a model's frame, by the name of its class."""
    text = "\n".join(path.read_text() for path in sorted(dialect.glob("*.td")))
    entries = {}  # by kind and name: the class that it derives from, and its segment
    for kind, name, body in re.findall(r"^(class|def) NN_(\w+)(.*?)(?=^class |^def |\Z)", text, re.M | re.S):
        base, segment = re.search(r":\s*NN_(\w+)<", body), re.search(r'\blet segment = "(\w+)"', body)
        entries[kind, name] = base and base.group(1), segment and segment.group(1)

    def chain(kind, name):
        while (kind, name) in entries:
            yield name, entries[kind, name][1]
            kind, name = "class", entries[kind, name][0]

    bodies = set(re.findall(r"^def NN_(\w+Op)\b", (dialect / "ControlFlowOps.td").read_text(), re.M)) - {"YieldOp"}
    ops = {name: list(chain(kind, name)) for kind, name in entries if kind == "def"}
    return {
        name: next((segment for _, segment in links if segment), None)
        for name, links in ops.items()
        if name in bodies or "KernelOp" in [link for link, _ in links]
    }


def main(root):
    ops = structured_ops(root / "dialects/NN")
    assert {"ReshapeOp", "ContractOp", "CumSumOp", "RngBitsOp", "WhileOp"} <= ops.keys() and "AddOp" not in ops
    compiler, used, failed = root / "compiler", set(), False
    for path in sorted(compiler.rglob("*")):
        if path.suffix not in (".cpp", ".h", ".td"):
            continue
        text = re.sub(r"//.*", "", path.read_text())
        computed = set(re.findall(r"\bEmissionEntry<nn::(\w+)>", text))
        segments = set(re.findall(r'\bSegmentEntry \w+\([^;]*?"(\w+)"', text))
        name = str(path.relative_to(compiler))
        for op in sorted(set(re.findall(r"\bnn::(\w+Op)\b", text)) & ops.keys()):
            if op in computed or ops[op] in segments:
                continue
            if (name, op) in KEPT:
                used.add((name, op))
                continue
            print(f"compiler/{name} names nn::{op}: ask an interface of dialects/NN/NNInterfaces.td")
            failed = True
    for name, op in sorted(KEPT.keys() - used):
        print(f"compiler/{name} does not name nn::{op}: take it off the list")
        failed = True
    return failed


sys.exit(main(pathlib.Path(sys.argv[1])))
