"""Sets one metadata key of a safetensors file: edit_metadata.py FILE KEY VALUE RESULT."""
import json
import sys

source, key, value, result = sys.argv[1:]
data = open(source, "rb").read()
end = 8 + int.from_bytes(data[:8], "little")
header = json.loads(data[8:end])
header["__metadata__"][key] = value
text = json.dumps(header).encode()
open(result, "wb").write(len(text).to_bytes(8, "little") + text + data[end:])
