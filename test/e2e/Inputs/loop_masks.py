"""loop_masks.py MODEL FOLDER: @masked sums w * mask / 0.5 over six trips, so its gradient is how often each element was kept, times 2."""
import subprocess
import sys

import numpy as np

model, folder = sys.argv[1:]
subprocess.run(["mlc-run", "call", model, "fit", "--seed", "3", "--out", f"0={folder}/loss.npy", "--save", f"{folder}/p.safetensors"],
               check=True, stdout=subprocess.DEVNULL)
data = open(f"{folder}/p.safetensors", "rb").read()
after = np.frombuffer(data[-1024:], "f4").astype("f8")  # the only tensor: 256 numbers
kept = (1 - after) / 0.125 / 2  # exact in f32
loss = np.load(f"{folder}/loss.npy")
assert loss == 2 * kept.sum(), (loss, kept)
assert set(kept) <= set(range(7)), kept
# Binomial(6, 1/2): the counts 1 to 5 have probability 62/64, where one mask for all trips of a loop would leave them no more than 1/2.
assert 0.9 < np.isin(kept, range(1, 6)).mean() < 1 and abs(kept.mean() - 3) < 0.4, kept
print("done")
