"""Whether info and the header agree: workspace.py info.json model.h"""
import json
import re
import sys

info = {entry["name"]: entry["arena_bytes"] for entry in json.load(open(sys.argv[1]))["entries"]}
header = dict(re.findall(r"#define gpt_(\w+)_ARENA_BYTES (\d+)", open(sys.argv[2]).read()))
assert info and info == {name: int(bytes) for name, bytes in header.items()}, (info, header)
