#!/usr/bin/env python3
"""A model of the LLaMA family in GGUF, as what smollm2.py and mlc-run take.

usage: convert.py IN.gguf OUTPUT-FOLDER   writes model.safetensors (f32, with Hugging Face's names), tokenizer.json and config.json
       convert.py check IN.gguf LOGITS.npy ID...   compares logits [1, n, vocabulary] of these tokens with a forward pass in NumPy
"""
import json
import os
import struct
import sys

import numpy as np

# The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Numbers are little-endian.
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9


class Gguf:
    """The metadata, and the tensors as f32, of a file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:4] != b"GGUF":
            sys.exit(f"{path} is no GGUF file")
        self.at = 4
        version, tensors, entries = self.read("I"), self.read("Q"), self.read("Q")
        if version not in (2, 3):
            sys.exit(f"{path} has version {version} of GGUF, but 2 or 3 are read")
        self.metadata = {self.text(): self.value(self.read("I")) for _ in range(entries)}
        self.places = {}
        for _ in range(tensors):
            name = self.text()
            shape = [self.read("Q") for _ in range(self.read("I"))][::-1]  # innermost first in the file
            self.places[name] = shape, self.read("I"), self.read("Q")
        alignment = self.metadata.get("general.alignment", 32)
        self.begin = -(-self.at // alignment) * alignment

    def read(self, kind):
        value = struct.unpack_from("<" + kind, self.data, self.at)[0]
        self.at += struct.calcsize("<" + kind)
        return value

    def text(self):
        size = self.read("Q")
        self.at += size
        return self.data[self.at - size:self.at].decode()

    def value(self, kind):
        if kind == STRING:
            return self.text()
        if kind != ARRAY:
            return self.read(SCALARS[kind])
        kind, count = self.read("I"), self.read("Q")
        return [self.value(kind) for _ in range(count)]

    def tensor(self, name):
        shape, kind, offset = self.places[name]
        if kind not in DECODERS:
            sys.exit(f"{name} is of type {kind} of GGUF, but {', '.join(map(str, DECODERS))} are read: f32, f16, q4_0, q4_1, q8_0")
        numbers, size, decode = DECODERS[kind]
        count = int(np.prod(shape)) // numbers
        blocks = np.frombuffer(self.data, np.uint8, count * size, self.begin + offset).reshape(count, size)
        return decode(blocks).astype(np.float32).reshape(shape)


def halves(blocks, at):
    """A column of f16 numbers."""
    return np.ascontiguousarray(blocks[:, at:at + 2]).view(np.float16).astype(np.float32)


def nibbles(bytes):
    """The low halves of 16 bytes, then the high ones."""
    return np.concatenate([bytes & 15, bytes >> 4], 1).astype(np.float32)


# By type: how many numbers a block has, in how many bytes, and how they are read.
DECODERS = {
    0: (1, 4, lambda b: b.view(np.float32)),
    1: (1, 2, lambda b: b.view(np.float16)),
    2: (32, 18, lambda b: halves(b, 0) * (nibbles(b[:, 2:]) - 8)),
    3: (32, 20, lambda b: halves(b, 0) * nibbles(b[:, 4:]) + halves(b, 2)),
    8: (32, 34, lambda b: halves(b, 0) * np.ascontiguousarray(b[:, 2:]).view(np.int8)),
}
NAMES = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
         "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}


def configuration(gguf):
    key = "llama."
    if gguf.metadata["general.architecture"] != "llama":
        sys.exit(f"expects the architecture llama, but got {gguf.metadata['general.architecture']}")
    get = gguf.metadata.get
    return {"num_hidden_layers": get(key + "block_count"), "hidden_size": get(key + "embedding_length"), "intermediate_size": get(key + "feed_forward_length"),
            "num_attention_heads": get(key + "attention.head_count"), "num_key_value_heads": get(key + "attention.head_count_kv"),
            "rms_norm_eps": get(key + "attention.layer_norm_rms_epsilon"), "rope_theta": get(key + "rope.freq_base", 10000.0),
            "max_position_embeddings": get(key + "context_length"), "vocab_size": gguf.places["token_embd.weight"][0][0],
            "tie_word_embeddings": "output.weight" not in gguf.places}


def weights(gguf, c):
    """Names of Hugging Face, and arrays. Rows of queries and keys, which GGUF has in the order of interleaved pairs, are halves again."""
    found = {"model.embed_tokens.weight": gguf.tensor("token_embd.weight"), "model.norm.weight": gguf.tensor("output_norm.weight")}
    if not c["tie_word_embeddings"]:
        found["lm_head.weight"] = gguf.tensor("output.weight")
    for layer in range(c["num_hidden_layers"]):
        for name, theirs in NAMES.items():
            x = gguf.tensor(f"blk.{layer}.{name}.weight")
            if name in ("attn_q", "attn_k"):
                heads = c["num_attention_heads" if name == "attn_q" else "num_key_value_heads"]
                x = x.reshape(heads, -1, 2, x.shape[1]).swapaxes(1, 2).reshape(x.shape)
            found[f"model.layers.{layer}.{theirs}.weight"] = x
    return found


def write_safetensors(path, arrays):
    header, end = {}, 0
    for name, x in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(x.shape), "data_offsets": [end, end + x.nbytes]}
        end += x.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for x in arrays.values():
            file.write(np.ascontiguousarray(x).tobytes())


def tokenizer(gguf):
    """As Hugging Face's file of SmolLM2: each digit alone, then GPT-2's pattern. Control tokens are special."""
    get = gguf.metadata.get
    if (get("tokenizer.ggml.model"), get("tokenizer.ggml.pre")) != ("gpt2", "smollm"):
        sys.exit(f"expects the tokenizer smollm, but got {get('tokenizer.ggml.pre')}")
    tokens, kinds, control = get("tokenizer.ggml.tokens"), get("tokenizer.ggml.token_type"), 3
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    added = [{"id": i, "content": token, **flags} for i, (token, kind) in enumerate(zip(tokens, kinds)) if kind == control]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False,
             "byte_fallback": False, "vocab": {token: i for i, token in enumerate(tokens)}, "merges": [merge.split(" ") for merge in get("tokenizer.ggml.merges")]}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, level]},
            "post_processor": None, "decoder": level, "model": model}


def forward(w, c, ids):
    """Logits [n, vocabulary] in f64, as the paper of LLaMA has them (arXiv:2302.13971), with heads that share keys."""
    def norm(x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + c["rms_norm_eps"]) * w[name]

    def turned(x):
        half = x.shape[-1] // 2
        angle = np.arange(len(ids))[:, None] * c["rope_theta"]**(-np.arange(half) / half)
        a, b, cos, sin = x[..., :half], x[..., half:], np.cos(angle)[:, None], np.sin(angle)[:, None]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)

    w = {name: x.astype(np.float64) for name, x in w.items()}
    x, n, heads, shared = w["model.embed_tokens.weight"][ids], len(ids), c["num_attention_heads"], c["num_key_value_heads"]
    for layer in range(c["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        h = norm(x, at + "input_layernorm.weight")
        q, k, v = ((h @ w[f"{at}self_attn.{part}_proj.weight"].T).reshape(n, count, -1) for part, count in (("q", heads), ("k", shared), ("v", shared)))
        q, k, v = turned(q), np.repeat(turned(k), heads // shared, 1), np.repeat(v, heads // shared, 1)
        scores = np.einsum("thd,shd->hts", q, k) / np.sqrt(q.shape[-1]) + np.triu(np.full((n, n), -np.inf), 1)
        share = np.exp(scores - scores.max(-1, keepdims=True))
        y = np.einsum("hts,shd->thd", share / share.sum(-1, keepdims=True), v).reshape(n, -1)
        x = x + y @ w[at + "self_attn.o_proj.weight"].T
        h = norm(x, at + "post_attention_layernorm.weight")
        gate = h @ w[at + "mlp.gate_proj.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w[at + "mlp.up_proj.weight"].T)) @ w[at + "mlp.down_proj.weight"].T
    return norm(x, "model.norm.weight") @ w.get("lm_head.weight", w["model.embed_tokens.weight"]).T


def main():
    if len(sys.argv) > 4 and sys.argv[1] == "check":
        gguf, found = Gguf(sys.argv[2]), np.load(sys.argv[3])[0]
        c = configuration(gguf)
        wanted = forward(weights(gguf, c), c, [int(text) for text in sys.argv[4:]])
        print(f"largest difference {abs(found - wanted).max():.2e} of logits up to {abs(wanted).max():.1f}; likeliest tokens "
              f"{'equal' if (found.argmax(-1) == wanted.argmax(-1)).all() else 'differ'}")
    elif len(sys.argv) == 3:
        gguf, folder = Gguf(sys.argv[1]), sys.argv[2]
        c = configuration(gguf)
        os.makedirs(folder, exist_ok=True)
        write_safetensors(os.path.join(folder, "model.safetensors"), weights(gguf, c))
        for name, content in (("config.json", c), ("tokenizer.json", tokenizer(gguf))):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
