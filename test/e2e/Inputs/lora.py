"""lora.py EXAMPLES FOLDER: adapters of a tiny GPT-2 train alone, from weights that stay as they are."""
import dataclasses
import subprocess
import sys

import numpy as np

sys.path.insert(0, sys.argv[1] + "/gpt2")
import gpt2  # noqa: E402
import mlc  # noqa: E402

folder, c = sys.argv[2], gpt2.CONFIGURATIONS["tiny"]
text = np.random.default_rng(1).integers(0, 256, (8, c.time + 1)).astype(np.int32)
base = mlc.compile(gpt2.gpt2(c), seed=1)
tuned = mlc.compile(gpt2.gpt2(dataclasses.replace(c, rank=2)), seed=2)
base.save(f"{folder}/base.safetensors")
tuned.save(f"{folder}/fresh.safetensors")
subprocess.run([sys.executable, sys.argv[1] + "/gpt2/data.py", "combine", f"{folder}/fresh.safetensors", f"{folder}/base.safetensors", f"{folder}/start.safetensors"], check=True)
tuned.load(f"{folder}/start.safetensors")
# B is zero: the same model, to the bit.
shown = np.ascontiguousarray(text[:, :-1])
assert (tuned.predict(shown) == base.predict(shown)).all()
losses = [float(tuned.fit(text)) for _ in range(30)]
assert losses[-1] < losses[0] - 0.02, losses
before = {name: base.parameters[name] for name in base.parameters}
after = {name: tuned.parameters[name] for name in tuned.parameters}
assert all((before[name] == after[name]).all() for name in before)
adapters = [name for name in after if name not in before]
assert len(adapters) == 2 * 4 * c.layers and all(abs(after[name]).max() > 0 for name in adapters), adapters
# The optimizer keeps moments of the adapters alone.
tuned.save(f"{folder}/tuned.safetensors")
with open(f"{folder}/tuned.safetensors", "rb") as file:
    assert b'"m/h.0.attn.c_attn.lora_a' in (header := file.read(100000)) and b'"m/h.0.attn.c_attn.weight' not in header
print("lora: ok")
