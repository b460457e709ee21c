"""Compiles every mistake of a table with mlc: mistakes.py mlc mistakes.txt FOLDER.

An entry of the table is a line `== what was done wrong`, expectations, and the lines of a model. `error:` and `note:` are what is said,
or parts of it (what to do may follow a `;` in the error); `line:` is the line of the model where (from 1). `parser` marks those that MLIR's own parser and dialects
find. A model without `module` is the body of @predict of the model below. `options:` replaces the command line, `status:` the status.
"""
import pathlib
import re
import subprocess
import sys

BODY = """module @m {
  nn.parameter @w : tensor<5x5xf32> init(#nn.glorot_uniform)
  nn.parameter @b : tensor<5xf32> init(#nn.zeros)
  func.func @predict(%x: tensor<?x5xf32> {nn.dims = ["batch", ""]}) -> tensor<?x5xf32> {
    %w = nn.param @w : tensor<5x5xf32>
    %b = nn.param @b : tensor<5xf32>
"""
KEYS = ("error", "note", "line", "status", "options")


class Mistake:
    def __init__(self, text):
        title, *rest = text.strip("\n").split("\n")
        self.title, self.parser = title.strip(), False
        self.said, self.line, self.status, self.options = [], None, 1, None
        while rest and (rest[0] == "parser" or rest[0].split(":")[0] in KEYS):
            key, _, value = rest.pop(0).partition(": ")
            if key == "parser":
                self.parser = True
            elif key in ("error", "note"):
                self.said.append((key, value))
            else:
                setattr(self, key, int(value) if key in ("line", "status") else value)
        self.model = "\n".join(rest) + "\n"
        if "module" not in self.model and self.model.strip():
            self.model = BODY + self.model + "  }\n}\n"
            self.line = self.line and self.line + BODY.count("\n")


def problems(mistake, mlc, folder):
    model = folder / "model.mlir"
    model.write_text(mistake.model)
    options = mistake.options.split() if mistake.options else [str(model), "--compile-to=import", "-o", str(folder / "out.mlir")]
    run = subprocess.run([mlc, *options], capture_output=True, text=True, cwd=folder, timeout=60)
    if run.returncode != mistake.status:
        yield f"expects status {mistake.status}, but got {run.returncode}"
    if mistake.options:
        for _, part in mistake.said:
            if part not in run.stdout + run.stderr:
                yield f"does not say: {part}"
        return
    said = re.findall(r"^(.*):(\d+):\d+: (error|note): (.*)$", run.stderr, re.M)
    errors = [entry for entry in said if entry[2] == "error"]
    if len(errors) != 1:
        yield f"expects one error, but got {len(errors)}"
    elif errors[0][0] != str(model) or int(errors[0][1]) != mistake.line:
        yield f"expects the error at line {mistake.line}, but got {errors[0][0]}:{errors[0][1]}"
    for kind, part in mistake.said:
        if not any(entry[2] == kind and part in entry[3] for entry in said):
            yield f"does not say as {kind}: {part}"
    kinds = {kind for kind, _ in mistake.said}
    if "error" not in kinds or ("note" not in kinds and not any("; " in part for _, part in mistake.said)):
        yield "the table does not say what was expected and what to do"


def main(mlc, table, folder):
    text = pathlib.Path(table).read_text()
    mistakes = [Mistake(part) for part in re.split(r"^== ", text, flags=re.M)[1:]]
    wrong = 0
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for mistake in mistakes:
        found = list(problems(mistake, mlc, folder))
        wrong += bool(found)
        for problem in found:
            print(f"{mistake.title}: {problem}")
        if found:
            out = subprocess.run([mlc, str(folder / "model.mlir"), "--compile-to=import", "-o", str(folder / "out.mlir")], capture_output=True, text=True)
            print(out.stderr)
    print(f"{len(mistakes)} mistakes, {sum(m.parser for m in mistakes)} of them found by MLIR's parser, {wrong} explained wrongly")


if __name__ == "__main__":
    main(*sys.argv[1:])
