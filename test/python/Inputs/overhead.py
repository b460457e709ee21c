"""What a call costs beside the model: overhead.py MODEL. The least of many runs, which neighbours on the machine do not lengthen, in
proportion to a call of NumPy."""
import json
import subprocess
import sys
import tempfile
import timeit

import mlc
import numpy as np

library = tempfile.mkdtemp() + "/m.so"
model = mlc.compile(sys.argv[1], library, threads=1)
command = [mlc.compiler.program("mlc-run"), "bench", library, "predict", "--dim", "batch=1", "--threads", "1", "--json"]
c = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["min_s"]
x, y = np.ones((1, 5), np.float32), np.empty((1, 5), np.float32)


def least(call):
    return min(timeit.repeat(call, number=500, repeat=400)) / 500


given, made = least(lambda: model.predict(x, out=y)) - c, least(lambda: model.predict(x)) - c
# Machines differ: NumPy's own sum of two such arrays is the measure.
numpy_given, numpy_made = least(lambda: np.add(x, x, out=y)), least(lambda: np.add(x, x))
assert given < 4 * numpy_given and made < 8 * numpy_made, (c, given, made, numpy_given, numpy_made)
print(f"C {c * 1e9:.0f} ns, Python {given * 1e9:.0f} ns more with results given, {made * 1e9:.0f} ns more without")
