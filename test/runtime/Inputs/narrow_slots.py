"""narrow_slots.py IN OUT: the slots of a checkpoint, F32, as BF16, as files of bf16 parameters had them before slots were f32."""
import json
import struct
import sys

source, target = sys.argv[1:]
with open(source, "rb") as file:
    size, = struct.unpack("<Q", file.read(8))
    header, data = json.loads(file.read(size)), file.read()
out = b""
for name, entry in sorted((n, e) for n, e in header.items() if n != "__metadata__"):
    raw = data[slice(*entry["data_offsets"])]
    if "/" in name:
        entry["dtype"], raw = "BF16", b"".join(raw[i + 2:i + 4] for i in range(0, len(raw), 4))
    entry["data_offsets"] = [len(out), len(out) + len(raw)]
    out += raw
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(target, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + out)
