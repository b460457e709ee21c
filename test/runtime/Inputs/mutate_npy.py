"""Feeds damaged .npy and .npz files to `mlc-run call`: status 0 or 1 with a sentence, never a signal.

usage: mutate_npy.py COUNT MODEL FILE..."""
import random
import subprocess
import sys
import tempfile

count, model, sources = int(sys.argv[1]), sys.argv[2], [open(f, "rb").read() for f in sys.argv[3:]]
random.seed(7)
refused = 0
for i in range(count):
    data = bytearray(sources[i % len(sources)])
    if i % 4 == 0:
        data = data[: random.randrange(len(data))]
    else:
        for _ in range(random.randint(1, 4)):
            # Headers and directories are where the danger is.
            at = random.choice([random.randrange(min(200, len(data))), random.randrange(max(0, len(data) - 300), len(data))])
            data[at] = random.randrange(256)
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        file.write(data)
        file.flush()
        run = subprocess.run(["mlc-run", "call", model, "predict", "--in", "x=" + file.name, "--threads", "1"],
                             capture_output=True, text=True, timeout=10)
    assert run.returncode in (0, 1), (i, run.returncode, run.stderr)
    assert run.returncode == 0 or run.stderr.startswith("mlc-run: error: "), run.stderr
    refused += run.returncode
print("refused some" if refused > count // 4 else "refused too few")
