"""transformer.py EXAMPLES: the example transformer, small. Beam search against every sentence there is, and words that it learns to reverse."""
import itertools
import os
import sys

import mlc
import numpy as np
from mlc import nn

sys.path.insert(0, os.path.join(sys.argv[1], "transformer"))
import reverse
import transformer
from transformer import BEGIN, END, PADDING

VOCABULARY, STEPS, BEAMS = 6, 3, 40  # more beams than there are beginnings of two words: the search misses nothing
m, net = nn.Module("search"), transformer.Transformer(VOCABULARY, 16, 2, 24, 2, 0.0)
words, lengths = nn.i32["batch", "source"], nn.i32["batch"]
m.function(lambda s, n: transformer.greedy(net, s, n, STEPS), name="greedy", arguments=[words, lengths])
m.function(lambda s, n: transformer.beam_search(net, s, n, STEPS, BEAMS), name="beam", arguments=[words, lengths])
m.function(lambda s, n, t: nn.log_softmax(net.decode(t, net.encode(s, n), n)), name="logs", arguments=[words, lengths, nn.i32["batch", "target"]])
model = mlc.compile(m)
source, count = np.array([[3, 4, 5, 3], [5, 3, 0, 0]], np.int32), np.array([4, 2], np.int32)


def every_sentence(row):
    """The logarithm of the probability of every sentence of at most so many words, whose end is a word; longer ones are cut."""
    found = {}
    for said in itertools.product(range(VOCABULARY), repeat=STEPS):
        read = np.array([[BEGIN, *said[:-1]]], np.int32)
        logs, total, sentence = model.logs(source[row:row + 1], count[row:row + 1], read)[0], 0.0, []
        for step, word in enumerate(said):
            total += logs[step, word]
            sentence.append(word)
            if word in (END, PADDING):  # padding ends a sentence too: it may be said, though none who was trained does
                break
        found[tuple(sentence + [PADDING] * (STEPS - len(sentence)))] = total
    return found


found, scores = model.beam(source, count)
greedy = model.greedy(source, count)
for row in range(2):
    all_of = every_sentence(row)
    best = sorted(all_of.values(), reverse=True)[:BEAMS]
    assert np.allclose(scores[row], best, atol=1e-4), (scores[row], best)
    assert np.allclose([all_of[tuple(sentence)] for sentence in found[row]], best, atol=1e-4)
    alone = source[row:row + 1, :count[row]], count[row:row + 1]
    assert (model.beam(*alone)[0][0] == found[row]).all() and (model.greedy(*alone)[0] == greedy[row]).all()
    likely = [BEGIN]
    for _ in range(STEPS):
        ended = likely[-1] == END
        likely.append(PADDING if ended else int(model.logs(*alone, np.array([likely], np.int32))[0, -1].argmax()))
    assert likely[1:] == list(greedy[row]), (likely, greedy[row])
print("beam search finds the best of all sentences, in order")

reverse.LETTERS = 6
model = mlc.compile(transformer.transformer(vocabulary=9, width=32, heads=2, hidden=64, layers=1, steps=6, beams=3, learning_rate=3e-3, schedule_steps=800))
words, lengths = reverse.sentences(6400, 5, seed=1)
target, labels = reverse.reversed_sentences(words, lengths)
model.fit(source=words, lengths=lengths, target=target, labels=labels, epochs=4, batch_size=32, verbose=0)
words, lengths = reverse.sentences(200, 5, seed=2)
_, labels = reverse.reversed_sentences(words, lengths)
right, best = reverse.exact(model.greedy(words, lengths), labels), reverse.exact(model.beam(words, lengths)[0][:, 0], labels)
print(f"greedy {right:.1%}, beam {best:.1%}")
assert min(right, best) >= 0.95
print("it reverses words")
