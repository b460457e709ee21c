"""An encoder-decoder in Python text: training, greedy search and beam search, all entries of one library.

Sentences are rows of word numbers with padding behind; `lengths` say where it begins. 0 is padding, 1 begins and 2 ends a sentence.
`transformer.py` prints the model's text.
"""
import numpy as np

from mlc import nn

PADDING, BEGIN, END = 0, 1, 2


class Transformer(nn.Layer):

    def __init__(self, vocabulary, width, heads, hidden, layers, dropout):
        super().__init__()
        options = dict(norm_first=True, dropout=dropout)
        self.width = width
        self.source, self.target = (nn.Embedding(vocabulary, width, init=nn.init.normal(0.0, width**-0.5)) for _ in range(2))
        self.encoder = [nn.TransformerEncoderLayer(heads, hidden, **options) for _ in range(layers)]
        self.decoder = [nn.TransformerDecoderLayer(heads, hidden, **options) for _ in range(layers)]
        self.encoder_norm, self.decoder_norm, self.head = nn.LayerNorm(), nn.LayerNorm(), nn.Linear(vocabulary)

    def positions(self, times):
        """Sines and cosines of the times [n]: [n, width]; there is no longest sentence."""
        steps = nn.constant(10000.0**(-np.arange(self.width // 2) / (self.width // 2)), nn.f32)
        angles = times.astype(nn.f32).reshape(times.shape[0], 1) * steps
        return nn.concat([nn.sin(angles), nn.cos(angles)], dim=1)

    def embed(self, table, words, times):
        return table(words) * self.width**0.5 + self.positions(times)

    def encode(self, words, lengths):
        x = self.embed(self.source, words, nn.iota([words.shape[1]]))
        for layer in self.encoder:
            x = layer(x, lengths=lengths)
        return self.encoder_norm(x)

    def decode(self, words, memory, lengths):
        """Logits of every next word, all at once: for training."""
        x = self.embed(self.target, words, nn.iota([words.shape[1]]))
        for layer in self.decoder:
            x = layer(x, memory, memory_lengths=lengths)
        return self.head(self.decoder_norm(x))

    def step(self, words, time, memories, lengths, caches):
        """Logits [rows, vocabulary] of the words after `words` [rows], which stand at `time`, and the caches with what it added."""
        x = self.embed(self.target, words[:, None], time.reshape(1))
        grown = []
        for layer, memory, past in zip(self.decoder, memories, caches):
            past = tuple(nn.update_slice(cache, new, [0, time, 0, 0]) for cache, new in zip(past, layer.own(x)))
            x = layer(x, memory, memory_lengths=lengths, past=past, offset=time)
            grown.append(past)
        logits = self.head(self.decoder_norm(x))
        return logits.reshape(x.shape[0], logits.shape[2]), grown


def flat(pairs):
    return [value for pair in pairs for value in pair]


def pairs(values):
    return list(zip(values[::2], values[1::2]))


def empty_caches(net, memories, rows, steps):
    return [(nn.full((rows, steps, *keys.shape[2:]), 0.0), nn.full((rows, steps, *keys.shape[2:]), 0.0)) for keys, _ in memories]


def greedy(net, words, lengths, steps):
    """The likeliest next word, `steps` times or until a sentence has ended: [batch, steps], padded."""
    memory, batch = net.encode(words, lengths), words.shape[0]
    memories = [layer.cross.keys_and_values(memory) for layer in net.decoder]

    def trip(last, done, *rest):
        *caches, time = rest
        logits, grown = net.step(last, time, memories, lengths, pairs(caches))
        word = nn.where(done, PADDING, nn.argmax(logits, [1]).astype(nn.i32))
        return word, done | word.equal(END), *flat(grown), word

    start = [nn.full([batch], BEGIN, nn.i32), nn.full([batch], 0, nn.i1), *flat(empty_caches(net, memories, batch, steps))]
    return nn.scan(trip, start, nn.iota([steps]))[-1].T


def beam_search(net, words, lengths, steps, beams):
    """The `beams` likeliest sentences that are found when in each step the best of all continuations are kept: their words
    [batch, beams, steps], the best ones first, and the logarithms of their probabilities [batch, beams]."""
    memory, batch = net.encode(words, lengths), words.shape[0]
    rows = batch * beams

    def repeated(x):  # [batch, ...] -> [batch * beams, ...]
        return nn.broadcast_to(x[:, None], (batch, beams, *x.shape[1:])).reshape(rows, *x.shape[1:])

    def chosen(x, parents):  # rows of x [batch * beams, ...] by numbers of beams [batch, beams]
        return nn.gather(x.reshape(batch, beams, *x.shape[1:]), parents, axis=1, batch_dims=1).reshape(rows, *x.shape[1:])

    memories = [tuple(repeated(part) for part in layer.cross.keys_and_values(memory)) for layer in net.decoder]
    all_lengths = repeated(lengths)

    def trip(last, scores, found, *rest):
        *caches, time = rest
        logits, grown = net.step(last, time, memories, all_lengths, pairs(caches))
        count = logits.shape[1]
        # A sentence that has ended goes on with padding, which costs nothing.
        ended = last.equal(END) | last.equal(PADDING)
        padding = nn.constant(np.where(np.arange(count) == PADDING, 0, -1e30), nn.f32)
        costs = nn.where(ended[:, None], padding, nn.log_softmax(logits))
        scores, places = nn.top_k((scores[:, :, None] + costs.reshape(batch, beams, count)).reshape(batch, beams * count), k=beams, dim=1)
        parents, word = nn.div(places, count), nn.rem(places, count).astype(nn.i32).reshape(rows)
        found = nn.update_slice(chosen(found, parents), word[:, None], [0, time])
        return word, scores, found, *(chosen(cache, parents) for cache in flat(grown))

    # All beams are equal at first: only one counts.
    first = nn.broadcast_to(nn.constant(np.array([0.0] + [-1e30] * (beams - 1), "f4")), (batch, beams))
    start = [nn.full([rows], BEGIN, nn.i32), first, nn.full((rows, steps), PADDING, nn.i32), *flat(empty_caches(net, memories, rows, steps))]
    _, scores, found, *_ = nn.scan(trip, start, nn.iota([steps]))
    return found.reshape(batch, beams, steps), scores


def transformer(vocabulary=29, width=64, heads=4, hidden=256, layers=2, steps=25, beams=4, dropout=0.0, learning_rate=1e-3, schedule_steps=4000):
    m, net = nn.Module("transformer"), Transformer(vocabulary, width, heads, hidden, layers, dropout)
    words, lengths = nn.i32["batch", "source"], nn.i32["batch"]

    @m.function(arguments=[words, lengths, nn.i32["batch", "target"], nn.i32["batch", "target"]])
    def loss(source, lengths, target, labels):
        logits = net.decode(target, net.encode(source, lengths), lengths)
        return nn.cross_entropy(logits, labels, ignore_index=PADDING, label_smoothing=0.1)

    @m.function(name="greedy", arguments=[words, lengths])
    def _(source, lengths):
        return {"words": greedy(net, source, lengths, steps)}

    @m.function(name="beam", arguments=[words, lengths])
    def _(source, lengths):
        found, scores = beam_search(net, source, lengths, steps, beams)
        return {"words": found, "scores": scores}

    m.train_step("fit", loss, nn.optim.adam(learning_rate=learning_rate), clip_norm=1.0,
                 schedule=nn.optim.linear_warmup(steps=200, then=nn.optim.cosine_schedule(steps=schedule_steps)))
    return m


if __name__ == "__main__":
    print(transformer())
