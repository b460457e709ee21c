"""Writes mlc/nn/ops.py, init.py and optim.py: a function for every op, initialiser, optimizer and schedule of the dialect.

    make_ops.py FOLDER NNOps.json ControlFlowOps.json

The JSON files are `llvm-tblgen --dump-json` of the dialect's ODS. Ops with bodies and those that name functions or parameters
are written by hand (mlc/nn/control.py, module.py); they are known by what makes them so, not by name.
"""
import json
import keyword
import os
import re
import sys
import textwrap

HEADER = '"""Made from the ODS by make_ops.py: do not edit."""\nfrom __future__ import annotations\n\nfrom collections.abc import Sequence\n\n'


class Records:
    """The definitions of one file."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.all = json.load(file)

    def of(self, kind):
        return [self.all[name] for name in self.all["!instanceof"].get(kind, [])]

    def get(self, reference):
        return self.all[reference["def"]]


def snake(name):
    """labelSmoothing -> label_smoothing; words of Python get a line behind."""
    text = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), name)
    return text + "_" if keyword.iskeyword(text) else text


def is_a(record, kind):
    return kind in record["!superclasses"] or record["!name"] == kind


def attribute_kind(records, record):
    """What an attribute is made from, and its type in Python."""
    if is_a(record, "EnumAttr"):
        words = [records.get(case)["str"] for case in records.get(record["enum"])["enumerants"]]
        return f"enum:{record['mnemonic']}", "str", words
    for kind, name, python in (("UnitAttr", "unit", "bool"), ("DenseI64ArrayAttr", "ints", "Sequence[int] | int"), ("DenseF64ArrayAttr", "floats", "Sequence[float]"),
                               ("I64Attr", "i64", "int"), ("I32Attr", "i32", "int"), ("F64Attr", "f64", "float"), ("StrAttr", "str", "str"), ("TypeAttrOf", "element", "DType")):
        if is_a(record, kind):
            return name, python, None
    return None


class Argument:

    def __init__(self, records, reference, name):
        record = records.get(reference)
        self.ods_name, self.name = name, snake(name)
        self.is_attribute = is_a(record, "Attr")
        self.variadic = is_a(record, "Variadic")
        self.optional = any(is_a(record, kind) for kind in ("Optional", "OptionalAttr", "DefaultValuedAttr", "DefaultValuedOptionalAttr", "UnitAttr"))
        self.kind, self.words, self.default = "operand", None, None
        if not self.is_attribute:
            index = is_a(records.get(record["baseType"]) if record.get("baseType") else record, "Index")
            self.type = "Sequence[Value]" if self.variadic else "Value" if index else "Operand"
            return
        while record.get("baseAttr"):
            self.default = record["defaultValue"] or self.default
            record = records.get(record["baseAttr"])
        found = attribute_kind(records, record)
        self.kind, self.type, self.words = found or (None, None, None)

    def parameter(self):
        if self.kind == "unit":
            return f"{self.name}: bool = False"
        return f"{self.name}: {self.type}{' | None = None' if self.optional else ''}"

    def notes(self):
        words = ", ".join(self.words or ())
        default = (self.default or "").split("::")[-1].strip("{}")
        parts = [f"one of {words}" if words else "", f"default {default}" if default else ""]
        return "; ".join(part for part in parts if part)


def is_handwritten(records, op):
    """Declarations, bodies, what names a symbol, what ends a body, and what only the compiler makes."""
    traits = [trait["def"] for trait in op["traits"]]
    names = [reference["def"] for reference, _ in op["arguments"]["args"]]
    symbols = any(is_a(records.all[name], kind) for name in names for kind in ("FlatSymbolRefAttr", "SymbolNameAttr"))
    return bool(op["regions"]["args"]) or "Terminator" in traits or symbols


def infers(records, op):
    results = [records.get(reference) for reference, _ in op["results"]["args"]]
    return "InferTypeOpAdaptor" in [trait["def"] for trait in op["traits"]] or all(is_a(result, "BuildableType") or result["!name"] == "Index" for result in results)


def document(op, arguments):
    lines = [op["summary"] + ".", ""]
    for field in ("semantics", "shapes", "vjp", "source"):
        text = " ".join(op[field].split())
        lines += textwrap.wrap(f"{field}: {text}", 140, subsequent_indent="    ")
    lines += [f"{argument.name}: {argument.notes()}" for argument in arguments if argument.is_attribute and argument.notes()]
    return "\n    ".join(line.replace("\\", "\\\\") for line in lines)


def write_op(records, op):
    """The function of an op, or None where an attribute of it has no form in Python."""
    arguments = [Argument(records, reference, name) for reference, name in op["arguments"]["args"]]
    if any(argument.kind is None for argument in arguments):
        return None
    name = snake(op["opName"])
    required = [argument for argument in arguments if not argument.optional]
    operands = [argument for argument in arguments if argument.optional and not argument.is_attribute]
    options = [argument for argument in arguments if argument.optional and argument.is_attribute]
    parameters = [argument.parameter() for argument in required + operands]
    result = [] if infers(records, op) else ["result: TensorType"]
    parameters += (["*"] if options or result else []) + [argument.parameter() for argument in options] + result
    segments = "AttrSizedOperandSegments" in [trait["def"] for trait in op["traits"]]
    results = op["results"]["args"]
    count, many = len(results), any(is_a(records.get(reference), "Variadic") for reference, _ in results)
    some = any(is_a(records.get(reference), "Optional") for reference, _ in results)
    answer = "Any" if some else "tuple[Value, ...]" if many else "Value" if count == 1 else "None" if count == 0 else "tuple[" + ", ".join(["Value"] * count) + "]"
    values = ", ".join(argument.name for argument in arguments if not argument.is_attribute)
    attributes = ", ".join(f'"{argument.ods_name}": ("{argument.kind}", {argument.name})' for argument in arguments if argument.is_attribute)
    return f'''def {name}({", ".join(parameters)}) -> {answer}:
    """{document(op, arguments)}
    """
    return make("nn.{op["opName"]}", ({values}{"," if values else ""}), {{{attributes}}}{", segments=True" if segments else ""}{", many=True" if many else ""}{", result=result" if result else ""})  # type: ignore[return-value]
'''


def attribute_function(records, attribute):
    """The function of an initialiser, an optimizer or a schedule."""
    parameters, names, optional = [], [], False
    for reference, name in attribute["parameters"]["args"] if attribute["parameters"] else []:
        record = records.get(reference) if isinstance(reference, dict) else None
        # Python wants defaults last: what is required behind one that has a default, the dialect misses.
        optional |= record is not None and (is_a(record, "DefaultValuedParameter") or is_a(record, "OptionalParameter"))
        python = "int" if reference == "int64_t" or (record and record.get("cppType") == "int64_t") else "Attribute" if record and "Attribute" in record.get("cppType", "") else "float"
        parameters.append(f"{snake(name)}: {python}{' | None = None' if optional else ''}")
        names.append(f"{name}={snake(name)}")
    lines = [attribute["summary"] + ".", ""]
    for field in ("semantics", "source"):
        lines += textwrap.wrap(f"{field}: {' '.join(attribute[field].split())}", 140, subsequent_indent="    ")
    text = "\n    ".join(line.replace("\\", "\\\\") for line in lines)
    return f'''def {snake(attribute["mnemonic"])}({", ".join(parameters)}) -> Attribute:
    """{text}
    """
    return attribute({", ".join([repr(attribute["mnemonic"]), *names])})
'''


def main():
    folder, *paths = sys.argv[1:]
    files = [Records(path) for path in paths]
    seen, functions = set(), []
    for records in files:
        for op in records.of("NN_Op"):
            if op["opName"] in seen or is_handwritten(records, op):
                continue
            seen.add(op["opName"])
            text = write_op(records, op)
            if text:
                functions.append((snake(op["opName"]), text))
    names = [name for name, _ in sorted(functions)]
    write(folder, "ops.py", "from typing import Any\n\nfrom .values import DType, Operand, TensorType, Value, make\n", sorted(functions), names)
    for file, kinds in (("init.py", ("NN_InitializerAttr", "NN_NumericInitializerAttr")), ("optim.py", ("NN_OptimizerAttr", "NN_ScheduleAttr"))):
        found = sorted((snake(record["mnemonic"]), attribute_function(files[0], record)) for kind in kinds for record in files[0].of(kind))
        write(folder, file, "from .values import Attribute, attribute\n", found, [name for name, _ in found])


def write(folder, file, imports, functions, names):
    text = HEADER + imports + f"\n__all__ = {names!r}\n\n\n" + "\n\n".join(text for _, text in functions)
    with open(os.path.join(folder, file), "w", encoding="utf-8") as output:
        output.write(text)


main()
