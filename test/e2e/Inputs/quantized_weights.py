"""quantized_weights.py: an embedding, a layer and a head that shares its table, with weights of int8 and int4 made when the library is,
against NumPy on matrices that are rounded the same way; works in the current folder."""
import subprocess

import mlc
import numpy as np

WIDTH, HIDDEN, WORDS = 64, 96, 1000
TEXT = f"""module @quantized {{
  nn.parameter @table : tensor<{WORDS}x{WIDTH}xf32> init(#nn.normal<0.0, 0.5>)
  nn.parameter @up : tensor<{WIDTH}x{HIDDEN}xf32> init(#nn.he_uniform)
  nn.parameter @bias : tensor<{HIDDEN}xf32> init(#nn.normal<0.0, 0.1>)
  nn.parameter @down : tensor<{HIDDEN}x{WIDTH}xf32> init(#nn.he_uniform)
  func.func @predict(%i: tensor<?xi32> {{nn.dims = ["n"]}}) -> tensor<?x{WORDS}xf32> {{
    %t = nn.param @table : tensor<{WORDS}x{WIDTH}xf32>
    %u = nn.param @up : tensor<{WIDTH}x{HIDDEN}xf32>
    %b = nn.param @bias : tensor<{HIDDEN}xf32>
    %d = nn.param @down : tensor<{HIDDEN}x{WIDTH}xf32>
    %e = nn.embedding %t, %i : tensor<{WORDS}x{WIDTH}xf32>, tensor<?xi32>
    %h = nn.linear %e, %u, %b : tensor<?x{WIDTH}xf32>, tensor<{WIDTH}x{HIDDEN}xf32>, tensor<{HIDDEN}xf32>
    %r = nn.relu %h : tensor<?x{HIDDEN}xf32>
    %y = nn.linear %r, %d : tensor<?x{HIDDEN}xf32>, tensor<{HIDDEN}x{WIDTH}xf32>
    %z = nn.contract %y, %t contracting = [1] x [1] : tensor<?x{WIDTH}xf32>, tensor<{WORDS}x{WIDTH}xf32>
    return %z : tensor<?x{WORDS}xf32>
  }}
  func.func @loss(%i: tensor<?xi32> {{nn.dims = ["n"]}}, %l: tensor<?xi32> {{nn.dims = ["n"]}}) -> tensor<f32> {{
    %z = call @predict(%i) : (tensor<?xi32>) -> tensor<?x{WORDS}xf32>
    %l2 = nn.cross_entropy %z, %l : tensor<?x{WORDS}xf32>, tensor<?xi32>
    return %l2 : tensor<f32>
  }}
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0.1>
}}
"""


def rounded(w, bits, group):
    """Along dimension 0."""
    w, result = w.astype("f8"), np.empty(w.shape)
    for low in range(0, len(w), group):
        part = w[low:low + group]
        if bits == 8:
            scale = abs(part).max(0) / 127
            result[low:low + group] = np.round(part / scale) * scale
        else:
            least, scale = part.min(0), (part.max(0) - part.min(0)) / 15
            result[low:low + group] = np.round((part - least) / scale) * scale + least
    return result


open("quantized.mlir", "w").write(TEXT)
subprocess.run(["mlc", "quantized.mlir", "-o", "plain.so"], check=True)
plain = mlc.load("./plain.so")
plain.save("quantized.safetensors")
w = {name: np.array(value) for name, value in plain.parameters.items()}
for form, bits, group in (("int8", 8, 128), ("int8:group=16", 8, 16), ("int4", 4, 128), ("int4:group=32", 4, 32)):
    library = f"./quantized-{form.replace(':', '-')}.so"
    run = subprocess.run(["mlc", "quantized.mlir", "--weights=quantized.safetensors", f"--quantize-weights={form}", "--entries=predict,loss",
                          "-o", library], check=True, capture_output=True, text=True)
    print(run.stderr.strip())
    table = rounded(w["table"].T, bits, group).T
    for count in (1, 3, 20):
        ids = np.arange(count, dtype="i4") * 37 % WORDS
        y = np.maximum(table[ids] @ rounded(w["up"], bits, group) + w["bias"], 0) @ rounded(w["down"], bits, group) @ table.T
        got = mlc.load(library, threads=2).predict(ids)
        # f32 against f64; a number half way between two may be rounded to the other one, which is one of hundreds in a sum.
        assert np.max(abs(got - y)) < (2e-5 if bits == 8 else 2e-4) * np.max(abs(y)), (form, count, np.max(abs(got - y)), np.max(abs(y)))
        error = np.linalg.norm(got - plain.predict(ids)) / np.linalg.norm(y)
        assert error < (0.02 if bits == 8 else 0.25), (form, error)
print("quantized: ok")
