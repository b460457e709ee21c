"""The entries of the reference: every op and attribute of the nn dialect, read from what TableGen dumps of the ODS.

An entry is a dict of text: name ("nn.relu", "#nn.adam"), kind, family, summary, then FIELDS. `markdown` is the one form in
which pages, `mlc --doc` and editors show it.
"""
import json
import os
import re
import subprocess
import sys
import textwrap

# Files that hold ops and attributes, in the order of the pages. Each is one family, named for it.
SOURCES = ["NNOps.td", "ControlFlowOps.td"]
FIELDS = [("semantics", "Semantics"), ("shapes", "Shapes"), ("vjp", "Derivative"), ("source", "Source"), ("pytorch", "PyTorch")]
# What an attribute is for, by the class that it derives from.
KINDS = [("NN_InitializerAttr", "initialiser"), ("NN_NumericInitializerAttr", "initialiser"), ("NN_OptimizerAttr", "optimizer"),
         ("NN_OptimizerFunctionAttr", "optimizer"), ("NN_ScheduleAttr", "schedule"), ("NN_GroupAttr", "group")]
DTYPES = [("32-bit float", "f32"), ("64-bit float", "f64"), ("bfloat16", "bf16"), ("16-bit float", "f16"), ("1-bit signless", "i1"),
          (" 8-bit signless", "i8"), ("32-bit signless", "i32"), ("64-bit signless", "i64")]
GROUPS = {"f32 f64 bf16 f16": "float tensor", "i8 i32 i64": "integer tensor", "f32 f64 bf16 f16 i8 i32 i64": "float or integer tensor",
          "f32 f64 bf16 f16 i1 i8 i32 i64": "tensor"}
WORDS = {"I64Attr": "a whole number", "F64Attr": "a number", "DenseI64ArrayAttr": "a list of whole numbers", "DenseF64ArrayAttr": "a list of numbers", "StrAttr": "a string",
         "FlatSymbolRefAttr": "a name", "SymbolRefAttr": "a name", "FlatSymbolRefArrayAttr": "a list of names", "TypeAttr": "a type",
         "ElementsAttr": "the values"}


def read(root, tablegen, include):
    """All entries: ops, then attributes, in the order of the files and their lines."""
    found = []
    for source in SOURCES:
        command = [tablegen, "--dump-json", "-I", include, "-I", root, os.path.join(root, "dialects/NN", source)]
        records = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=root).stdout)
        for base, ours in [("Op", "NN_Op"), ("AttrDef", "NN_Attr")]:
            without = set(records["!instanceof"][base]) - set(records["!instanceof"].get(ours, [])) - set(records["!instanceof"]["EnumAttr"])
            if without:
                sys.exit(f"expects every op and attribute to be an {ours}, but these are not: " + ", ".join(sorted(without)))
        found += [entry(records, records[name]) for base in ("NN_Op", "NN_Attr") for name in records["!instanceof"].get(base, [])]
    return sorted(found, key=lambda e: e["place"])


def entry(records, record):
    file, line = record["!locs"][-1].rsplit(":", 1)
    file = os.path.basename(file)
    result = {"kind": kind(record), "name": "nn." + record["opName"] if "opName" in record else "#nn." + record["mnemonic"],
              "family": re.sub(r"(?<!^)(?=[A-Z])", "_", re.sub(r"Ops|NN|\.td", "", file)).lower(), "file": file,
              "place": (kind(record) != "op", file, int(line)), "summary": record["summary"], "example": tidy(record["example"]),
              "internal": bool(record["isInternal"]), "parts": parts(records, record)}
    for field, _ in FIELDS:
        result[field] = " ".join(record[field].split()) if field in record else None
    return result


def kind(record):
    classes = record["!superclasses"] + [record["!name"]]
    return "op" if "opName" in record else next((kind for base, kind in KINDS if base in classes), "attribute")


def tidy(example):
    return "\n".join(line.rstrip() for line in example.strip().split("\n"))


def parts(records, record):
    """What an entry is made of, as (title, [line]): operands and attributes of an op, numbers of an attribute."""
    if "opName" not in record:
        numbers = [(records[part["def"]] if isinstance(part, dict) else {}, name) for part, name in (record["parameters"] or {"args": []})["args"]]
        if any("ArrayRefParameter" in part.get("!superclasses", []) for part, _ in numbers):
            numbers = []  # names that the model's author chooses
        return [("Numbers", [number(*part) for part in numbers])] if numbers else []
    operands, attributes = [], []
    for part, name in record["arguments"]["args"]:
        constraint = records[part["def"]]
        if "TypeConstraint" in constraint["!superclasses"]:
            operands.append(operand(constraint, spelled(name)))
        else:
            attributes += attribute(records, record, constraint, spelled(name))
    return [(title, lines) for title, lines in [("Operands", operands), ("Attributes", attributes)] if lines]


def spelled(name):
    """The name of an operand or attribute as the text of a model has it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def number(constraint, name):
    """A number of an attribute, with its default."""
    return f"`{name}`" + (f", {constraint['summary']}" if constraint.get("summary") else "") + default(constraint)


def default(constraint):
    value = (constraint.get("defaultValue") or "").split("::")[-1]
    return f" ({value})" if value and not set("({") & set(value) else ""


def operand(constraint, name):
    dtypes = [short for long, short in DTYPES if long in constraint["summary"]]
    text = GROUPS.get(" ".join(dtypes), "/".join(dtypes) + " tensor") if dtypes and "ranked tensor" in constraint["summary"] else constraint["summary"]
    text = re.sub("^variadic of ", "", text)
    text += ", optional" if "Optional" in constraint["!superclasses"] else ", any number" if "Variadic" in constraint["!superclasses"] else ""
    return f"`{name}`: {text}"


def attribute(records, record, constraint, name):
    """A list of one line, or of none where the text of a model has no such word."""
    inner = constraint
    while isinstance(inner.get("baseAttr"), dict):
        inner = records[inner["baseAttr"]["def"]]
    if "UnitAttr" in constraint["!superclasses"] + [constraint["!name"]]:
        return [f"`{name}`: present or not"]
    cases = [records[case["def"]]["str"] for case in enumerants(records, inner)]
    isWritten = cases or f"`{name}`" in (record["assemblyFormat"] or "") or f" {name} = " in record["example"]
    text = ", ".join(cases) if cases else WORDS.get(inner["!name"], "an attribute")
    optional = ", optional" if constraint.get("isOptional") and not default(constraint) else ""
    return [f"`{name}`: {text}{default(constraint)}{optional}"] if isWritten else []


def enumerants(records, attribute):
    enum = attribute.get("enum") or attribute
    if isinstance(enum, dict) and "def" in enum:
        enum = records[enum["def"]]
    return enum.get("enumerants", [])


def markdown(entry):
    """An entry as text, within 120 columns."""
    lines = [escaped(sentence(entry["summary"])), "", "```mlir", entry["example"], "```", ""]
    items = [(title, entry[field]) for field, title in FIELDS if entry[field]]
    items += [(title, "; ".join(texts)) for title, texts in entry["parts"]]
    for title, text in items:
        lines += textwrap.wrap(f"- **{title}**: {escaped(text)}", 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def escaped(text):
    """Text that Markdown shows as it is; what stands between backticks stays."""
    pieces = text.split("`")
    pieces[::2] = [re.sub(r"([*<>])", r"\\\1", piece) for piece in pieces[::2]]
    return "`".join(pieces)


def sentence(text):
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")
