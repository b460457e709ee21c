"""tokenizers.py FOLDER OUT: `mlc-run tokenize` against the stored tokens, as text and as .npy; bytes; and what is refused."""
import json
import os
import subprocess
import sys

import numpy as np

folder, out = sys.argv[1:]


def tokenize(*arguments):
    return subprocess.run(["mlc-run", "tokenize", *arguments], capture_output=True, text=True)


def write(name, content):
    path = os.path.join(out, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


with open(os.path.join(folder, "goldens.json"), encoding="ascii") as file:
    goldens = json.load(file)
with open(os.path.join(folder, "gpt2.json"), encoding="utf-8") as file:
    plain = json.load(file)
digits = {"type": "Digits", "individual_digits": True}
paths = {name: os.path.join(folder, name + ".json") for name in ("gpt2", "llama3")}
paths["digits"] = write("digits.json", json.dumps({**plain, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [digits, plain["pre_tokenizer"]]}}).encode())
wrong = 0
for name, path in paths.items():
    for text, wanted in zip(goldens["texts"], goldens[name]):
        source = write("text.txt", text.encode())
        found = tokenize(source, "--tokenizer", path)
        if found.returncode or [int(word) for word in found.stdout.split()] != wanted:
            wrong += 1
            print(f"{name}: {text!r}: expected {wanted}, got {found.stdout}{found.stderr}")
    whole = write("text.txt", "".join(goldens["texts"]).encode())
    assert tokenize(whole, "--tokenizer", path, "--out", os.path.join(out, "ids.npy")).returncode == 0
    ids = np.load(os.path.join(out, "ids.npy"))
    assert ids.dtype == np.int32 and len(ids) > 300
print(f"{len(goldens['texts'])} texts, {wrong} wrong")

every = bytes(range(256))
assert tokenize(write("bytes.bin", every)).stdout.split() == [str(byte) for byte in every]
assert tokenize(write("long.txt", b"a" * 300000), "--tokenizer", os.path.join(folder, "gpt2.json")).returncode == 0  # one piece: no square of its length
print("bytes")


def refused(status, message, **changes):
    changed = write("changed.json", json.dumps({**plain, **changes}).encode())
    result = tokenize(whole, "--tokenizer", changed)
    assert result.returncode == status and message in result.stderr, (changes, result)


refused(3, 'the normalizer of', normalizer={"type": "NFC"})
refused(3, 'the model of', model={**plain["model"], "type": "Unigram"})
refused(3, 'byte_fallback of', model={**plain["model"], "byte_fallback": True})
refused(3, 'the pre_tokenizer of', pre_tokenizer={"type": "Metaspace"})
refused(3, 'the pre_tokenizer of', pre_tokenizer=None)
refused(3, 'the pattern of', pre_tokenizer={"type": "Split", "pattern": {"Regex": "\\d"}, "behavior": "Isolated", "invert": False})
refused(3, 'Digits of', pre_tokenizer={"type": "Digits", "individual_digits": False})
refused(3, 'Digits of', pre_tokenizer={"type": "Sequence", "pretokenizers": [plain["pre_tokenizer"], digits]})
refused(3, 'the decoder of', decoder={"type": "WordPiece"})
refused(3, 'the post_processor of', post_processor={"type": "BertProcessing"})
refused(1, 'lacks "vocab"', model={"type": "BPE", "merges": []})
refused(1, 'expects the number of a token that is a whole number', model={**plain["model"], "vocab": {"a": "b"}})
refused(1, 'is not of tokens that make one', model={**plain["model"], "merges": ["a nothing"]})
result = tokenize(whole, "--tokenizer", whole)
assert result.returncode == 1 and "is no tokenizer.json" in result.stderr, result
print("refusals")
