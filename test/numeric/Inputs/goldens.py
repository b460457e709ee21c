"""goldens.py FOLDER FILE.mlir ...: what make_goldens.py wrote, compiled at -O0 and -O3: every entry holds of the values in its text."""
import json
import os
import re
import sys

import numpy as np
from compiled import Module, Report

DTYPES = {"f64": np.float64, "i32": np.int32}
VALUE = re.compile(r"%\w+: tensor<[^>]*> \{nn\.value = dense<(.*?)> : tensor<([^>]*)>\}")

folder, report = sys.argv[1], Report()
for path in sys.argv[2:]:
    text = open(path).read()
    name = re.sub(r"\W", "_", os.path.splitext(os.path.basename(path))[0])
    module = Module(folder, name, re.sub(r" \{nn\.value = dense<.*?> : tensor<[^>]*>\}", "", text))
    for entry, arguments in re.findall(r"^func\.func @(\w+)\((.*?)\) -> tensor<i1> \{", text, re.S | re.M):
        values = [np.array(json.loads(numbers), DTYPES[type.split("x")[-1]]).reshape([int(n) for n in type.split("x")[:-1]])
                  for numbers, type in VALUE.findall(arguments)]
        for level, (holds,) in module.call(entry, values):
            report.check(f"{entry} {level}", holds, True, 0)
report.end()
