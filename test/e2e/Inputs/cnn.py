"""cnn.py FOLDER: what examples/cnn left there: losses that fall, attributions that add up, pictures that can be read."""
import re
import struct
import sys
import zlib

folder = sys.argv[1]
losses = [float(line.split()[1]) for line in open(f"{folder}/loss.txt")]
assert losses[-1] < 0.25 * losses[0], losses

probability, total, difference = re.search(r"probability of ([\d.]+)\n.* add up to ([-\d.]+); .* = ([-\d.]+)$", open(f"{folder}/explained.txt").read(), re.M).groups()
assert float(probability) > 0.5 and abs(float(total) - float(difference)) < 0.02, (probability, total, difference)

pictures = 0
for name in ("image", "saliency", "integrated"):
    data, place, pixels = open(f"{folder}/pictures/{name}.png", "rb").read(), 8, b""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    while place < len(data):
        size, kind = struct.unpack(">I4s", data[place:place + 8])
        content = data[place + 8:place + 8 + size]
        assert zlib.crc32(kind + content) == struct.unpack(">I", data[place + 8 + size:place + 12 + size])[0]
        if kind == b"IHDR":
            assert struct.unpack(">IIBBBBB", content) == (224, 224, 8, 2, 0, 0, 0)
        pixels += content if kind == b"IDAT" else b""
        place += 12 + size
    assert kind == b"IEND" and len(zlib.decompress(pixels)) == 224 * (1 + 3 * 224)
    pictures += 1
print(f"learned, and {pictures} pictures")
