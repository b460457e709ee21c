"""The first Python program of a README, as a file: readme_program.py README FILE [--as-it-is]. Where scikit-learn is not there, data of the same
shape stand in for its digits."""
import os
import re
import sys

STAND_IN = '''import numpy
def load_digits(return_X_y):
    random = numpy.random.default_rng(0)
    label = random.integers(0, 10, 1797)
    return random.integers(0, 17, (10, 64))[label] * 0.5 + random.random((1797, 64)) * 8, label
'''
readme, path = sys.argv[1:3]
program = re.search(r"```python\n(.*?)```", open(readme, encoding="utf-8").read(), re.S)[1]
assert len([line for line in program.splitlines() if line.strip()]) <= 11  # ten that train, one that prints
open(path, "w", encoding="utf-8").write(program)
if sys.argv[3:] == ["--as-it-is"]:
    sys.exit()
try:
    import sklearn  # noqa: F401
except ImportError:
    folder = os.path.join(os.path.dirname(path), "sklearn")
    os.makedirs(folder)
    open(os.path.join(folder, "__init__.py"), "w").close()
    with open(os.path.join(folder, "datasets.py"), "w", encoding="utf-8") as file:
        file.write(STAND_IN)
