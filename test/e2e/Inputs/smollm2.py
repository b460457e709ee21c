"""smollm2.py EXAMPLES FOLDER: a tiny file of GGUF, in every type that is read, against NumPy: logits, and texts that mlc-run writes with the caches."""
import json
import os
import struct
import subprocess
import sys
from types import SimpleNamespace

import numpy as np

sys.path.insert(0, sys.argv[1] + "/smollm2")
import convert  # noqa: E402
import smollm2  # noqa: E402
import mlc  # noqa: E402

folder, random = sys.argv[2], np.random.default_rng(1)
LAYERS, WIDTH, HIDDEN, HEADS, SHARED, WORDS, TIME = 2, 64, 96, 4, 2, 256, 48
F32, F16, Q4_0, Q4_1, Q8_0 = 0, 1, 2, 3, 8


def text(value):
    return struct.pack("<Q", len(value.encode())) + value.encode()


def value(x):
    if isinstance(x, str):
        return struct.pack("<I", 8) + text(x)
    if isinstance(x, list):
        return struct.pack("<IIQ", 9, 8 if isinstance(x[0], str) else 5, len(x)) + b"".join(text(item) if isinstance(item, str) else struct.pack("<i", item) for item in x)
    return struct.pack("<If", 6, x) if isinstance(x, float) else struct.pack("<II", 4, x)


def encode(x, kind):
    """The bytes of x in blocks of 32 numbers, and x as they say it."""
    if kind == F32:
        return x.tobytes(), x
    if kind == F16:
        return x.astype(np.float16).tobytes(), x.astype(np.float16)
    blocks = x.reshape(-1, 32)
    least = blocks.min(1, keepdims=True).astype(np.float16) if kind == Q4_1 else np.float16(0)
    most = 127 if kind == Q8_0 else 7 if kind == Q4_0 else 15
    scale = (abs(blocks - least).max(1, keepdims=True) / most).astype(np.float16)
    q = np.clip(np.rint((blocks - least) / scale), -most if kind != Q4_1 else 0, most)
    exact = (q * scale.astype(np.float32) + np.float32(least)).reshape(x.shape)
    bits = (q + 8 if kind == Q4_0 else q).astype(np.int8).view(np.uint8)
    packed = bits if kind == Q8_0 else bits[:, :16] | bits[:, 16:] << 4
    head = [scale.view(np.uint8)] + ([least.view(np.uint8)] if kind == Q4_1 else [])
    return np.concatenate(head + [packed], 1).tobytes(), exact


def write_gguf(path):
    shapes = {"token_embd": (WORDS, WIDTH), "output_norm": (WIDTH,)}
    for layer in range(LAYERS):
        keys = WIDTH * SHARED // HEADS
        shapes |= {f"blk.{layer}.{name}": shape for name, shape in {
            "attn_norm": (WIDTH,), "ffn_norm": (WIDTH,), "attn_q": (WIDTH, WIDTH), "attn_k": (keys, WIDTH), "attn_v": (keys, WIDTH), "attn_output": (WIDTH, WIDTH),
            "ffn_gate": (HIDDEN, WIDTH), "ffn_up": (HIDDEN, WIDTH), "ffn_down": (WIDTH, HIDDEN)}.items()}
    metadata = {"general.architecture": "llama", "llama.block_count": LAYERS, "llama.embedding_length": WIDTH, "llama.feed_forward_length": HIDDEN,
                "llama.attention.head_count": HEADS, "llama.attention.head_count_kv": SHARED, "llama.attention.layer_norm_rms_epsilon": 1e-5,
                "llama.rope.freq_base": 1e4, "llama.context_length": TIME, "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "smollm",
                "tokenizer.ggml.tokens": [chr(0x100 + i) for i in range(WORDS)], "tokenizer.ggml.token_type": [1] * WORDS, "tokenizer.ggml.merges": ["a b"]}
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(shapes), len(metadata)) + b"".join(text(key) + value(x) for key, x in metadata.items())
    data, exact, kinds = b"", {}, (Q4_0, Q4_1, Q8_0, F16)
    for number, (name, shape) in enumerate(shapes.items()):
        kind = F32 if len(shape) == 1 else kinds[number % 4]
        x = random.standard_normal(shape).astype(np.float32) * np.float32(1.0 if len(shape) == 1 else 0.3)
        written, exact[name] = encode(x, kind)
        head += text(name + ".weight") + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape[::-1]) + struct.pack("<IQ", kind, len(data))
        data += written + bytes(-len(written) % 32)
    with open(path, "wb") as file:
        file.write(head + bytes(-len(head) % 32) + data)
    return exact


exact = write_gguf(f"{folder}/tiny.gguf")
gguf = convert.Gguf(f"{folder}/tiny.gguf")
for name, x in exact.items():
    assert abs(gguf.tensor(name + ".weight") - x).max() < 1e-6, name
subprocess.run([sys.executable, sys.argv[1] + "/smollm2/convert.py", f"{folder}/tiny.gguf", folder], check=True)
with open(f"{folder}/config.json") as file:
    c = json.load(file)
with open(f"{folder}/tokenizer.json") as file:
    assert json.load(file)["model"]["merges"] == [["a", "b"]]
ids = random.integers(0, WORDS, (1, 20)).astype(np.int32)
w = convert.weights(gguf, c)
for texts in (1, 2):
    module = smollm2.build(SimpleNamespace(**c, length=TIME, texts=texts))
    model = mlc.compile(module, f"{folder}/texts{texts}.so")
    model.load(f"{folder}/model.safetensors")
    wanted = convert.forward(w, c, ids[0])
    # Sums of 64 and 96 products in f32, through two layers.
    np.testing.assert_allclose(model.predict(ids)[0], wanted, rtol=1e-4, atol=1e-4 * abs(wanted).max())


def likeliest(prompt, count):
    known = list(prompt.encode())
    for _ in range(count):
        known.append(int(convert.forward(w, c, known)[-1].argmax()))
    return known[len(prompt):]


prompts = ["It is 1984", "ab"]
command = [os.path.join(os.path.dirname(mlc.__file__), "bin", "mlc-run"), "generate"]
shown = "".join(f"--- {number + 1}\n{bytes(likeliest(prompt, 6)).decode(errors='ignore')}\n" for number, prompt in enumerate(prompts))
for texts in (1, 2):
    options = ["--params", f"{folder}/model.safetensors", "--tokens", "6", "--temperature", "0", "--prompt", prompts[0], "--prompt", prompts[1]]
    found = subprocess.run([*command, f"{folder}/texts{texts}.so", *options], check=True, capture_output=True).stdout.decode()
    assert found.replace("\ufffd", "") == shown, (found, shown)  # bytes that are no character
print("smollm2: ok")
