"""Writes the code blocks of a page to files, and its shell lines to paste.sh: paste.py PAGE.md FOLDER

A block's file is the last name in backticks with an ending before it, or main.rs, main.f90, main.go by its language."""
import os
import re
import sys

page, folder = open(sys.argv[1]).read(), sys.argv[2]
os.makedirs(folder, exist_ok=True)
standard = {"rust": "main.rs", "fortran": "main.f90", "go": "main.go"}
lines = ["set -ex"]
for before, language, block in re.findall(r"((?:[^\n]+\n)*)\n?```(\w+)\n(.*?)```", page, re.S):
    if language == "sh":
        lines.append(block)
        continue
    named = re.match(r"`([\w.]+)`:", before)
    with open(os.path.join(folder, standard.get(language) or named[1]), "w") as file:
        file.write(block)
with open(os.path.join(folder, "paste.sh"), "w") as file:
    file.write("\n".join(lines))
