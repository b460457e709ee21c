"""Trains the Transformer to reverse words of any length, and says how many it has never seen it turns round without a mistake.

reverse.py [--epochs N] [--save FILE] [--load FILE]
"""
import argparse

import mlc
import numpy as np

from transformer import BEGIN, END, PADDING, transformer

LETTERS, LONGEST = 26, 16


def sentences(count, longest, seed):
    """Words of random letters, as numbers from 3 on with padding behind, and their lengths, from 1 to the longest."""
    random = np.random.default_rng(seed)
    lengths = random.integers(1, longest + 1, count, dtype=np.int32)
    words = random.integers(3, 3 + LETTERS, (count, longest), dtype=np.int32)
    return np.where(np.arange(longest) < lengths[:, None], words, PADDING), lengths


def reversed_sentences(words, lengths):
    """What the decoder reads and what it is to say, [count, longest + 1] each."""
    count, longest = words.shape
    labels = np.full((count, longest + 1), PADDING, np.int32)
    for row, (word, length) in enumerate(zip(words, lengths)):
        labels[row, :length], labels[row, length] = word[:length][::-1], END
    target = np.concatenate([np.full((count, 1), BEGIN, np.int32), labels[:, :-1]], 1)
    return np.where(target == END, PADDING, target), labels


def exact(found, labels):
    """The share of sentences that are right to the last letter, with their ends."""
    return float((found[:, :labels.shape[1]] == labels).all(1).mean())


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--epochs", type=int, default=8)
    options.add_argument("--samples", type=int, default=32000)
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--save")
    options.add_argument("--load")
    chosen = options.parse_args()
    steps = chosen.epochs * -(-chosen.samples // chosen.batch)
    model = mlc.compile(transformer(vocabulary=3 + LETTERS, steps=LONGEST + 1, schedule_steps=steps))
    if chosen.load:
        model.load(chosen.load)
    else:
        words, lengths = sentences(chosen.samples, LONGEST, seed=1)
        target, labels = reversed_sentences(words, lengths)
        model.fit(source=words, lengths=lengths, target=target, labels=labels, epochs=chosen.epochs, batch_size=chosen.batch)
    if chosen.save:
        model.save(chosen.save)

    words, lengths = sentences(1000, LONGEST, seed=2)
    _, labels = reversed_sentences(words, lengths)
    print(f"greedy search: {exact(model.greedy(words, lengths), labels):.1%} of 1000 new sentences are right")
    found, scores = model.beam(words, lengths)
    print(f"beam search:   {exact(found[:, 0], labels):.1%}; mean log-probability of the best {scores[:, 0].mean():.4f}, of the second {scores[:, 1].mean():.2f}")
    word = "compilers"
    codes = np.array([[3 + ord(letter) - ord("a") for letter in word]], np.int32)  # a batch of one, without padding
    said = model.greedy(codes, np.array([len(word)], np.int32))[0]
    print(f"{word} -> {''.join(chr(ord('a') + code - 3) for code in said if code > END)}")


if __name__ == "__main__":
    main()
