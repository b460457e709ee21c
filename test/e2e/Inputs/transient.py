"""transient.py MODEL FOLDER: a transient state is in no file; loading gives it its initial value; a library with weights in it too."""
import json
import struct
import sys

import mlc
import numpy as np

source, folder = sys.argv[1:]


def names(path):
    with open(path, "rb") as file:
        return sorted(key for key in json.loads(file.read(struct.unpack("<Q", file.read(8))[0])) if key != "__metadata__")


def check(model, wanted):
    """kept and cache after 1 is added to them."""
    found = model.put(np.float32(1))
    assert found[1].tolist() == [wanted[0]] * 2 and found[2].tolist() == [wanted[1]] * 3, (found, wanted)
    return found[0]


model = mlc.compile(source, folder + "/model.so", seed=3)
check(model, (1, 3))
w = check(model, (2, 4))
assert set(model.parameters) == {"w", "kept", "cache"}  # by name it is there as others are
model.save(folder + "/saved.safetensors")
assert names(folder + "/saved.safetensors") == ["kept", "w"], names(folder + "/saved.safetensors")
model.load(folder + "/saved.safetensors")
assert (check(model, (3, 3)) == w).all()
other = mlc.load(folder + "/model.so", params=folder + "/saved.safetensors")
assert (check(other, (3, 3)) == w).all()
full = mlc.compile(source, folder + "/full.so", weights=folder + "/saved.safetensors")
assert (check(full, (3, 3)) == w).all()
check(full, (4, 4))
full.reset()
check(full, (3, 3))

# A file that has it, from when it was not transient, is as good; what it holds of it does not count.
with open(source, encoding="utf-8") as file:
    saving = mlc.compile(file.read().replace(" transient\n", "\n"))
check(saving, (1, 3))
saving.save(folder + "/all.safetensors")
assert names(folder + "/all.safetensors") == ["cache", "kept", "w"]
model.load(folder + "/all.safetensors")
check(model, (2, 3))
print("transient: ok")
