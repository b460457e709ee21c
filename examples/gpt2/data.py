#!/usr/bin/env python3
"""A text as what gpt2.py takes.

usage: data.py tokenizer TEXT-FILE TOKENS OUT.json   learns a byte-level tokenizer of so many tokens from the text, and writes it as Hugging Face's files are
       data.py windows IDS.npy TIME OUTPUT-FOLDER    writes train.npy and test.npy, int32 [N, TIME + 1]: windows of the tokens, each tenth one for testing
       data.py weights IN.safetensors OUT.safetensors  leaves out what a file of Hugging Face's GPT-2 has and is no parameter, and the word before names
       data.py combine A.safetensors B.safetensors OUT.safetensors  the parameters of A, with those of B in their places where B has them
"""
import collections
import json
import os
import re
import struct
import sys

import numpy as np

# GPT-2's, where \p{L} and \p{N} are letters and numbers as Python's re knows them.
PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


def letters():
    """Bytes as characters that print: their own where they do, others from U+0100 on."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {**{byte: chr(byte) for byte in plain}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


def learn(text, count):
    """Tokens and merges: again and again, the most frequent neighbours in a piece become one token."""
    names = letters()
    words = [([names[byte] for byte in piece.encode()], n) for piece, n in collections.Counter(PIECES.findall(text)).items()]
    pairs, places = collections.Counter(), collections.defaultdict(set)
    for number, (word, n) in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += n
            places[pair].add(number)
    tokens, merges = sorted(names.values()), []
    while len(tokens) < count and pairs:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        if pairs[best] < 2:
            break
        merges.append(best)
        tokens.append("".join(best))
        for number in places.pop(best):
            word, n = words[number]
            for pair in zip(word, word[1:]):
                pairs[pair] -= n
            merged, i = [], 0
            while i < len(word):
                together = tuple(word[i:i + 2]) == best
                merged.append("".join(best) if together else word[i])
                i += 1 + together
            words[number] = merged, n
            for pair in zip(merged, merged[1:]):
                pairs[pair] += n
                places[pair].add(number)
        del pairs[best]
    return tokens, merges


def write_tokenizer(path, tokens, merges):
    end = {"id": len(tokens), "content": "<|endoftext|>", "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False,
             "byte_fallback": False, "ignore_merges": False, "vocab": {token: i for i, token in enumerate(tokens + [end["content"]])},
             "merges": [list(pair) for pair in merges]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"version": "1.0", "truncation": None, "padding": None, "added_tokens": [end], "normalizer": None, "pre_tokenizer": level,
                   "post_processor": level, "decoder": level, "model": model}, file, ensure_ascii=False)


def tensors(path):
    """Of a file of safetensors: the description and the bytes of each, by name."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: (tensor, data[slice(*tensor["data_offsets"])]) for name, tensor in header.items()}


def write_tensors(path, found):
    kept, end = {}, 0
    for name, (tensor, data) in found.items():
        kept[name] = {**tensor, "data_offsets": [end, end + len(data)]}
        end += len(data)
    text = json.dumps(kept).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(data for _, data in found.values())


def convert(source, target):
    """Masks and the head, which is the table of tokens, are left out; the bytes of the others stay as they are."""
    found = {name.removeprefix("transformer."): tensor for name, tensor in tensors(source).items()}
    write_tensors(target, {name: tensor for name, tensor in found.items() if not re.fullmatch(r"h\.\d+\.attn\.(masked_)?bias|lm_head\.weight", name)})


def combine(source, other, target):
    """Without the state of optimizers, of which names have a slash."""
    found = {**tensors(source), **tensors(other)}
    write_tensors(target, {name: tensor for name, tensor in found.items() if "/" not in name})


def main():
    if len(sys.argv) == 5 and sys.argv[1] == "tokenizer":
        with open(sys.argv[2], encoding="utf-8") as file:
            write_tokenizer(sys.argv[4], *learn(file.read(), int(sys.argv[3]) - 1))
    elif len(sys.argv) == 5 and sys.argv[1] == "windows":
        ids, time, folder = np.load(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
        windows = np.array([ids[i:i + time + 1] for i in range(0, len(ids) - time, time)], np.int32)
        is_test = np.arange(len(windows)) % 10 == 9
        os.makedirs(folder, exist_ok=True)
        np.save(os.path.join(folder, "train.npy"), windows[~is_test])
        np.save(os.path.join(folder, "test.npy"), windows[is_test])
    elif len(sys.argv) == 4 and sys.argv[1] == "weights":
        convert(*sys.argv[2:])
    elif len(sys.argv) == 5 and sys.argv[1] == "combine":
        combine(*sys.argv[2:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
