"""A small BERT learns the language of a book without being told anything, then, from what it has learned, to tell its parts apart.

books.py TEXT [--pretrain EPOCHS] [--finetune EPOCHS]     TEXT is what `bible -f gen1:1-rev22:21` prints (Debian's bible-kjv)
"""
import argparse
import collections
import re

import mlc
import numpy as np

from bert import bert

TIME, MASKED, VOCABULARY = 32, 5, 4000
PADDING, UNKNOWN, CLASS, MASK = range(4)
PARTS = {"law": "Ge", "history": "Josh", "poetry": "Job", "prophets": "Isa", "gospels": "Mat", "letters": "Rom"}  # and where they begin


def chapters(path):
    """(part, words) of every chapter, in order."""
    found, part = collections.defaultdict(list), -1
    with open(path, encoding="latin-1") as file:
        for line in file:
            book, chapter, verse = re.match(r"(\d?[A-Za-z]+)(\d+):\d+ (.*)", line).groups()
            part = list(PARTS.values()).index(book) if book in PARTS.values() else part
            found[part, book, int(chapter)] += re.findall(r"[a-z']+", verse.lower())
    return [(part, words) for (part, _, _), words in found.items()]


def passages(chapters, numbers):
    """Pieces of chapters as ids [count, TIME], which begin with CLASS and are padded, their lengths and their parts."""
    rows, parts = [], []
    for part, words in chapters:
        for begin in range(0, len(words) - 7, TIME - 1):  # no piece of less than eight words
            rows.append([CLASS] + [numbers.get(word, UNKNOWN) for word in words[begin:begin + TIME - 1]])
            parts.append(part)
    lengths = np.array([len(row) for row in rows], np.int32)
    return np.array([row + [PADDING] * (TIME - len(row)) for row in rows], np.int32), lengths, np.array(parts, np.int32)


def masked(ids, lengths, seed):
    """What pretrain takes: some words of every row are hidden, eight of ten by MASK and one by another word; their places and what they were."""
    random = np.random.default_rng(seed)
    order = np.where((np.arange(TIME) > 0) & (np.arange(TIME) < lengths[:, None]) & (ids != UNKNOWN), random.random(ids.shape), 2.0)
    places = np.argsort(order, 1)[:, :MASKED].astype(np.int32)
    counts = np.maximum(1, np.round(0.15 * lengths)).astype(int)
    taken = (np.arange(MASKED) < counts[:, None]) & (np.take_along_axis(order, places, 1) < 2)
    labels = np.where(taken, np.take_along_axis(ids, places, 1), -100).astype(np.int32)
    way, other = random.random(places.shape), random.integers(MASK + 1, VOCABULARY, places.shape)
    put = np.where(taken & (way < 0.8), MASK, np.where(taken & (way < 0.9), other, np.take_along_axis(ids, places, 1)))
    hidden = ids.copy()
    np.put_along_axis(hidden, places, put.astype(np.int32), 1)
    return dict(ids=hidden, kinds=np.zeros_like(ids), lengths=lengths, places=places, labels=labels)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("text")
    options.add_argument("--pretrain", type=int, default=8)
    options.add_argument("--finetune", type=int, default=3)
    options.add_argument("--batch", type=int, default=64)
    chosen = options.parse_args()
    every = chapters(chosen.text)
    train, test = [c for i, c in enumerate(every) if i % 10 != 9], every[9::10]
    counts = collections.Counter(word for _, words in train for word in words)
    numbers = {word: number for number, (word, _) in enumerate(counts.most_common(VOCABULARY - MASK - 1), start=MASK + 1)}
    ids, lengths, parts = passages(train, numbers)
    new_ids, new_lengths, new_parts = passages(test, numbers)
    print(f"{len(ids)} passages of {len(train)} chapters to learn from, {len(new_ids)} of {len(test)} others to be tested")

    steps = -(-len(ids) // chosen.batch)
    model = mlc.compile(bert(layers=2, width=128, heads=4, hidden=512, vocabulary=VOCABULARY, positions=TIME, classes=len(PARTS), learning_rate=1e-3,
                             pretrain_steps=max(1, chosen.pretrain * steps), finetune_rate=3e-4, finetune_steps=max(1, chosen.finetune * steps)))
    for epoch in range(chosen.pretrain):
        model.pretrain(**masked(ids, lengths, seed=epoch), epochs=1, batch_size=chosen.batch)
    if chosen.pretrain:
        hidden = masked(new_ids, new_lengths, seed=-1 % 2**32)
        labels = hidden.pop("labels")
        guessed, known = model.words(**hidden), labels >= 0
        print(f"hidden words: {(guessed == labels)[known].mean():.1%} of {known.sum()} are found; always the commonest: {(labels == MASK + 1)[known].mean():.1%}")
    model.finetune(ids=ids, kinds=np.zeros_like(ids), lengths=lengths, label=parts, epochs=chosen.finetune, batch_size=chosen.batch)
    guessed = model.classify(new_ids, np.zeros_like(new_ids), new_lengths).argmax(1)
    print(f"parts of the book: {(guessed == new_parts).mean():.1%} right; always the commonest: {(new_parts == np.bincount(parts).argmax()).mean():.1%}")
    for number, part in enumerate(PARTS):
        print(f"  {part:9} {(guessed == number)[new_parts == number].mean():.1%} of {(new_parts == number).sum()}")


if __name__ == "__main__":
    main()
