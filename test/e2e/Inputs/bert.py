"""bert.py EXAMPLES FOLDER: the example bert, small. What it computes against NumPy, with a file in Hugging Face's names and layouts; both trainings."""
import math
import os
import random
import sys

import mlc
import numpy as np

examples, folder = sys.argv[1:]
sys.path[:0] = [os.path.join(examples, "bert"), os.path.join(os.path.dirname(__file__), "..", "parity")]
import bert
import books
import data

# Sizes of the base configuration that are known: the parameters of BertModel.
sizes = {name: math.prod(kind.dims) for name, kind in bert.bert().parameters.items()}
assert sum(size for name, size in sizes.items() if name.startswith("bert.")) == 109482240
assert len([name for name in sizes if name.startswith("bert.encoder.layer.11.")]) == 16
print("the base configuration has the parameters of BertModel")

model = mlc.compile(bert.bert(layers=2, width=16, heads=2, hidden=24, vocabulary=30, positions=9, classes=3))
names = [name for name in model.parameters if not name.startswith("classifier")]
made = np.random.default_rng(1)
p = {name: made.standard_normal(model.parameters[name].shape).astype("f4") * np.float32(0.4) for name in names}
old = {name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): value for name, value in p.items()}
data.write_safetensors(os.path.join(folder, "hf.safetensors"), dict(old, **{"cls.seq_relationship.bias": np.zeros(2, "f4")}))
assert bert.load(model, os.path.join(folder, "hf.safetensors")) == ["classifier.bias", "classifier.weight"]


def dense(x, name):
    return x @ p[name + ".weight"].T.astype("f8") + p[name + ".bias"]


def norm(x, name):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12) * p[name + ".weight"] + p[name + ".bias"]


def hidden(ids, kinds):
    """Of one text without padding."""
    of = "bert.embeddings."
    x = norm(p[of + "word_embeddings.weight"][ids] + p[of + "token_type_embeddings.weight"][kinds] + p[of + "position_embeddings.weight"][:len(ids)], of + "LayerNorm")
    for i in range(2):
        of = f"bert.encoder.layer.{i}."
        q, k, v = (dense(x, of + f"attention.self.{part}").reshape(len(ids), 2, 8).swapaxes(0, 1) for part in ("query", "key", "value"))
        weights = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(8))
        mixed = (weights / weights.sum(-1, keepdims=True) @ v).swapaxes(0, 1).reshape(len(ids), 16)
        x = norm(x + dense(mixed, of + "attention.output.dense"), of + "attention.output.LayerNorm")
        h = dense(x, of + "intermediate.dense")
        h = h * (1 + np.vectorize(math.erf)(h / np.sqrt(2))) / 2
        x = norm(x + dense(h, of + "output.dense"), of + "output.LayerNorm")
    return x


ids, kinds, lengths = made.integers(0, 30, (3, 7), np.int32), made.integers(0, 2, (3, 7), np.int32), np.array([7, 2, 5], np.int32)
got, pooled = model.predict(ids, kinds, lengths)
for row, length in enumerate(lengths):
    want = hidden(ids[row, :length], kinds[row, :length])
    assert np.allclose(got[row, :length], want, atol=1e-5) and np.allclose(pooled[row], np.tanh(dense(want[0], "bert.pooler.dense")), atol=1e-5)
print("hidden states are NumPy's")

# Two languages of a few words: which one it is, and every word after which another follows.
books.VOCABULARY, books.TIME = 24, 12
random.seed(1)
chapters = [(part, [f"{'ab'[part]}{(start + step) % 8}" for step in range(33)]) for part in (0, 1) for start in range(8) for _ in range(12)]
random.shuffle(chapters)
numbers = {f"{letter}{i}": 4 + 8 * part + i for part, letter in enumerate("ab") for i in range(8)}
ids, lengths, parts = books.passages(chapters, numbers)
masked = books.masked(ids, lengths, seed=1)
at = np.take_along_axis(ids, masked["places"], 1)
known = masked["labels"] >= 0
assert (masked["places"][known] > 0).all() and (at == masked["labels"])[known].all() and known.sum() == 2 * len(ids)
assert (masked["ids"] != ids).sum() <= known.sum()
model = mlc.compile(bert.bert(layers=1, width=32, heads=2, hidden=64, vocabulary=24, positions=12, dropout=0.0, learning_rate=3e-3, pretrain_steps=600,
                              finetune_rate=1e-3, finetune_steps=100))
log = model.pretrain(**masked, epochs=30, batch_size=32, verbose=0).history["loss"]
assert log[-1] < 0.5 * log[0], log
model.finetune(ids=ids, kinds=np.zeros_like(ids), lengths=lengths, label=parts, epochs=2, batch_size=32, verbose=0)
assert (model.classify(ids, np.zeros_like(ids), lengths).argmax(1) == parts).mean() > 0.95
print("it learns words, then classes")
