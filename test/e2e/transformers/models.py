"""The models that are compared with PyTorch, and their data. Each has the entries predict, loss, gradients (of every parameter) and fit."""
import numpy as np
from mlc import nn

from made import whole

ROWS, TIME, RATE = 3, 10, 5e-4


def finish(m, loss, arguments):
    """Adds the gradients of the loss by every parameter, and a training step."""
    names = list(m.parameters)

    @m.function(name="gradients", arguments=arguments)
    def _(*values):
        return nn.grad(loss, *values, wrt=names)

    m.train_step("fit", loss, nn.optim.adamw(learning_rate=RATE, weight_decay=0.05))
    return m


def seq2seq():
    """Two layers of an encoder and two of a decoder, norms after the branches; padding in both sentences; smoothed labels."""
    m, words, lengths = nn.Module("seq2seq"), nn.i32["batch", "source"], nn.i32["batch"]
    source, target, positions = nn.Embedding(17, 32, name="source"), nn.Embedding(19, 32, name="target"), nn.Embedding(TIME + 1, 32, name="positions")
    encoder = [nn.TransformerEncoderLayer(4, 48, name=f"encoder.{i}") for i in range(2)]
    decoder = [nn.TransformerDecoderLayer(4, 48, name=f"decoder.{i}") for i in range(2)]
    norms, head = [nn.LayerNorm(name="encoder.norm"), nn.LayerNorm(name="decoder.norm")], nn.Linear(19, name="head")

    def logits(words, lengths, said):
        x = source(words) + positions(nn.iota([words.shape[1]]))
        for layer in encoder:
            x = layer(x, lengths=lengths)
        memory, y = norms[0](x), target(said) + positions(nn.iota([said.shape[1]]))
        for layer in decoder:
            y = layer(y, memory, memory_lengths=lengths)
        return head(norms[1](y))

    types = [words, lengths, nn.i32["batch", "target"]]
    m.function(logits, name="predict", arguments=types)
    types.append(nn.i32["batch", "target"])
    loss = m.function(lambda w, n, t, l: nn.cross_entropy(logits(w, n, t), l, ignore_index=0, label_smoothing=0.1), name="loss", arguments=types)
    return finish(m, loss, types)


def bert(layers, width, heads, hidden):
    """Masked words with a tied head; three sums before the first norm; GELU of the error function."""
    m = nn.Module("bert")
    words, positions, kinds = (nn.Embedding(rows, width, name=name) for rows, name in ((23, "words"), (TIME, "positions"), (2, "kinds")))
    norm, blocks = nn.LayerNorm(epsilon=1e-12, name="norm"), [
        nn.TransformerEncoderLayer(heads, hidden, activation=nn.gelu, epsilon=1e-12, name=f"layer.{i}") for i in range(layers)
    ]
    transform, head_norm = nn.Linear(width, name="head.dense"), nn.LayerNorm(epsilon=1e-12, name="head.norm")

    def logits(ids, kind, lengths):
        x = norm(words(ids) + positions.table() + kinds(kind))
        for block in blocks:
            x = block(x, lengths=lengths)
        return head_norm(nn.gelu(transform(x))) @ words.table().T + nn.parameter("head.bias", nn.f32[23])

    types = [nn.i32["batch", TIME], nn.i32["batch", TIME], nn.i32["batch"]]
    m.function(logits, name="predict", arguments=types)
    types.append(nn.i32["batch", TIME])
    loss = m.function(lambda i, k, n, l: nn.cross_entropy(logits(i, k, n), l), name="loss", arguments=types)
    return finish(m, loss, types)


def gpt2():
    """Causal, norms before the branches, GELU by tanh, a tied head without a bias."""
    m, words, positions = nn.Module("gpt2"), nn.Embedding(29, 48, name="words"), nn.Embedding(TIME, 48, name="positions")
    gelu = lambda x: nn.gelu(x, approximate="tanh")
    blocks, norm = [nn.TransformerEncoderLayer(4, 192, activation=gelu, norm_first=True, name=f"layer.{i}") for i in range(3)], nn.LayerNorm(name="norm")

    def logits(ids):
        x = words(ids) + positions.table()
        for block in blocks:
            x = block(x, causal=True)
        return norm(x) @ words.table().T

    types = [nn.i32["batch", TIME]]
    m.function(logits, name="predict", arguments=types)
    loss = m.function(lambda i, l: nn.cross_entropy(logits(i), l), name="loss", arguments=types * 2)
    return finish(m, loss, types * 2)


class LlamaBlock(nn.Layer):

    def __init__(self, name):
        super().__init__(name)
        self.norm1, self.norm2 = nn.RMSNorm(epsilon=1e-6), nn.RMSNorm(epsilon=1e-6)
        self.attention = nn.MultiHeadAttention(4, kv_heads=2, bias=False, rope=True)
        self.up, self.down = nn.Linear(128, bias=False), nn.Linear(32, bias=False)

    def __call__(self, x):
        x = x + self.attention(self.norm1(x), causal=True)
        return x + self.down(nn.swiglu(self.up(self.norm2(x))))


def llama():
    """RMSNorm, rotated halves, two queries' heads for each of keys, gated units, a head of its own; time is free."""
    m, words, blocks = nn.Module("llama"), nn.Embedding(31, 32, name="words"), [LlamaBlock(f"layer.{i}") for i in range(2)]
    norm, head, types = nn.RMSNorm(epsilon=1e-6, name="norm"), nn.Linear(31, bias=False, name="head"), [nn.i32["batch", "time"]]

    def logits(ids):
        x = words(ids)
        for block in blocks:
            x = block(x)
        return head(norm(x))

    m.function(logits, name="predict", arguments=types)
    loss = m.function(lambda i, l: nn.cross_entropy(logits(i), l), name="loss", arguments=types * 2)
    return finish(m, loss, types * 2)


MODELS = {"seq2seq": seq2seq, "bert2": lambda: bert(2, 32, 4, 64), "bert12": lambda: bert(12, 16, 2, 32), "gpt2": gpt2, "llama": llama}
LENGTHS = np.array([10, 4, 7], np.int32)


def padded(name, shape, high, lengths, filling):
    return np.where(np.arange(shape[1]) < lengths[:, None], whole(name, shape, 1, high), np.int32(filling)).astype(np.int32)


def inputs(name, rows=ROWS):
    """The arguments of loss; those of predict are all but the last."""
    shape = (rows, TIME)
    if name == "seq2seq":
        said = np.array([11, 6, 2], np.int32)
        return [padded("words", shape, 17, LENGTHS, 0), LENGTHS, padded("said", (rows, 11), 19, said, 0), padded("labels", (rows, 11), 19, said, 0)]
    if name.startswith("bert"):
        labels = np.where(whole("masked", shape, 0, 4) == 0, padded("labels", shape, 23, LENGTHS, -100), np.int32(-100))
        return [padded("ids", shape, 23, LENGTHS, 0), whole("kinds", shape, 0, 2), LENGTHS, labels]
    ids = whole("ids." + name, (rows, TIME + 1), 0, 29)
    return [np.ascontiguousarray(ids[:, :-1]), np.ascontiguousarray(ids[:, 1:])]
