"""pieces.py FOLDER: nn.split, nn.stack, nn.squeeze, nn.unsqueeze and the halves of nn.swiglu against NumPy; exact but for the activation."""
import subprocess
import sys

import numpy as np
from compiled import Module, Report

folder, report = sys.argv[1], Report()
x, y = np.random.default_rng(3).standard_normal((2, 6, 12)).astype("f4")
free = '{nn.dims = ["n", "m"]}'
module = Module(folder, "pieces", f"""
func.func @parts(%x: tensor<6x12xf32>) -> (tensor<6x4xf32>, tensor<6x4xf32>, tensor<6x4xf32>) {{
  %0:3 = nn.split %x parts = 3 : tensor<6x12xf32>
  return %0#0, %0#1, %0#2 : tensor<6x4xf32>, tensor<6x4xf32>, tensor<6x4xf32>
}}
func.func @free_parts(%x: tensor<?x?xf32> {free}) -> (tensor<?x?xf32>, tensor<?x?xf32>) {{
  %0:2 = nn.split %x parts = 2 dim = 0 : tensor<?x?xf32>
  return %0#0, %0#1 : tensor<?x?xf32>, tensor<?x?xf32>
}}
func.func @rest(%x: tensor<?x?xf32> {free}) -> (tensor<?x5xf32>, tensor<?x?xf32>, tensor<?x3xf32>) {{
  %0:3 = nn.split %x sizes = [5, -1, 3] : tensor<?x?xf32>
  return %0#0, %0#1, %0#2 : tensor<?x5xf32>, tensor<?x?xf32>, tensor<?x3xf32>
}}
func.func @all(%x: tensor<?x?xf32> {free}) -> (tensor<?x8xf32>, tensor<?x4xf32>) {{
  %0:2 = nn.split %x sizes = [8, 4] : tensor<?x?xf32>
  return %0#0, %0#1 : tensor<?x8xf32>, tensor<?x4xf32>
}}
func.func @stack(%x: tensor<?x?xf32> {free}, %y: tensor<6x?xf32> {{nn.dims = ["", "m"]}}) -> tensor<6x2x?xf32> {{
  %0 = nn.stack %x, %y dim = 1 : tensor<?x?xf32>, tensor<6x?xf32>
  return %0 : tensor<6x2x?xf32>
}}
func.func @squeeze(%x: tensor<?x?xf32> {free}) -> tensor<?x1xf32> {{
  %0 = nn.squeeze %x dim = 0 : tensor<?x?xf32>
  %1 = nn.unsqueeze %0 : tensor<?xf32>
  return %1 : tensor<?x1xf32>
}}
func.func @gated(%x: tensor<?x?xf32> {free}) -> tensor<?x?xf32> {{
  %0 = nn.swiglu %x : tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}}
func.func @heads(%x: tensor<?x12xf32> {{nn.dims = ["n", ""]}}) -> (tensor<?x2x2xf32>, tensor<?x4x1xf32>) {{
  %0:3 = nn.split %x parts = 3 : tensor<?x12xf32>
  %1 = nn.reshape %0#1 : tensor<?x4xf32> -> tensor<?x2x2xf32>
  %2 = nn.unsqueeze %0#2 : tensor<?x4xf32>
  return %1, %2 : tensor<?x2x2xf32>, tensor<?x4x1xf32>
}}
func.func @rows(%x: tensor<?x3x2x2xf32> {{nn.dims = ["n", "", "", ""]}}) -> (tensor<?x2x2xf32>, tensor<?x4xf32>) {{
  %0:3 = nn.split %x parts = 3 dim = 1 : tensor<?x3x2x2xf32>
  %1 = nn.squeeze %0#1 dim = 1 : tensor<?x1x2x2xf32>
  %2 = nn.reshape %0#2 : tensor<?x1x2x2xf32> -> tensor<?x4xf32>
  return %1, %2 : tensor<?x2x2xf32>, tensor<?x4xf32>
}}""")
halves = x[:, :6] / (1 + np.exp(-x[:, :6].astype("f8"))) * x[:, 6:]
for entry, inputs, wanted, tolerance in (
    ("parts", [x], np.split(x, 3, 1), 0),
    ("free_parts", [x], np.split(x, 2), 0),
    ("rest", [x], np.split(x, [5, 9], 1), 0),
    ("rest", [x[:, :8]], np.split(x[:, :8], [5, 5], 1), 0),
    ("all", [x], np.split(x, [8], 1), 0),
    ("stack", [x, y], [np.stack([x, y], 1)], 0),
    ("squeeze", [x[2:3]], [x[2][:, None]], 0),
    ("gated", [x], [halves], 1e-6),
    ("heads", [x], [x[:, 4:8].reshape(6, 2, 2), x[:, 8:, None]], 0),
    ("rows", [x.reshape(6, 3, 2, 2)], [x[:, 4:8].reshape(6, 2, 2), x[:, 8:]], 0),
):
    for level, results in module.call(entry, inputs, len(wanted)):
        for number, (got, want) in enumerate(zip(results, wanted)):
            report.check(f"{entry} {level} {number}", got, want, tolerance)

# What does not fit is refused before anything is computed, by a message that says the sizes.
for entry, wrong in (("free_parts", x[:5]), ("rest", x[:, :7]), ("all", x[:, :11]), ("squeeze", x[:2]), ("gated", x[:, :5])):
    np.save(f"{folder}/wrong.npy", wrong)
    for library, _ in module.libraries.values():
        command = ["mlc-run", "call", library, entry, "--in", f"0={folder}/wrong.npy"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        report.check(f"{entry} refuses: {done.stdout}", [done.returncode, "MLC_SHAPE_MISMATCH" in done.stdout or "nn." in done.stdout], [1, True], 0)
report.end()
