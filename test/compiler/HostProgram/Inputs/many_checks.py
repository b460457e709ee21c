"""Prints a model of `count` checks, or calls the library so that each fails in turn."""
import subprocess
import sys

import numpy as np

COUNT = 30


def model():
    lines = [
        "module @m {",
        f"  func.func @f(%i: tensor<{COUNT}xi32>) -> tensor<1xf32> {{",
        "    %sum0 = nn.constant dense<0.0> : tensor<1xf32>",
    ]
    for k in range(COUNT):
        lines += [
            f"    %t{k} = nn.constant dense<1.0> : tensor<{k + 4}xf32>",
            f"    %i{k} = nn.slice %i [{k}] [1] [1] : tensor<{COUNT}xi32>",
            f"    %y{k} = nn.gather %t{k}, %i{k} axis = 0 : tensor<{k + 4}xf32>, tensor<1xi32>",
            f"    %sum{k + 1} = nn.add %sum{k}, %y{k} : tensor<1xf32>",
        ]
    return "\n".join(lines + [f"    return %sum{COUNT} : tensor<1xf32>", "  }", "}"])


def call(library, index):
    np.save("i.npy", index)
    return subprocess.run(["mlc-run", "call", library, "f", "--in", "i=i.npy"], capture_output=True, text=True)


if sys.argv[1:]:
    assert call(sys.argv[1], np.zeros(COUNT, "i4")).returncode == 0
    for k in range(COUNT):
        index = np.zeros(COUNT, "i4")
        index[k] = 4 + k
        result = call(sys.argv[1], index)
        expected = f"f: indices of nn.gather outside [0, {k + 4})"
        assert result.returncode == 1 and expected in result.stderr, (k, result)
    print("every check says its sentence")
else:
    print(model())
