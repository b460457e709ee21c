"""Prints the metadata and the tensors of a safetensors file."""
import json
import sys

with open(sys.argv[1], "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
print(header.pop("__metadata__"))
for name, tensor in header.items():
    print(name, tensor["dtype"], tensor["shape"])
