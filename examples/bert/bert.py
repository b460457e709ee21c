"""BERT in Python text: hidden states, masked words, classes of texts, and the training of both heads, all entries of one library.

The parameters have the names and layouts of Hugging Face's BertForMaskedLM and BertForSequenceClassification, so that their safetensors files fit.
`bert.py` prints the text of the base configuration: 12 layers of width 768.
"""
import json
import struct

import numpy as np

from mlc import nn

small = nn.init.normal(0.0, 0.02)


class Dense(nn.Layer):
    """x weight^T + bias: the weight is [out, in]."""

    def __init__(self, units, name=None):
        super().__init__(name)
        self.units = units

    def __call__(self, x):
        weight = self.parameter("weight", nn.f32[self.units, x.shape[-1]], small)
        return nn.contract(x, weight, [x.rank - 1], [1]) + self.parameter("bias", nn.f32[self.units])


class Norm(nn.Layer):

    def __call__(self, x):
        width = nn.f32[x.shape[-1]]
        return nn.layer_norm(x, self.parameter("weight", width, "ones"), self.parameter("bias", width), epsilon=1e-12)


class Table(nn.Layer):

    def __init__(self, rows, width, name=None):
        super().__init__(name)
        self.type = nn.f32[rows, width]

    def weight(self):
        return self.parameter("weight", self.type, small)

    def __call__(self, ids):
        return nn.embedding(self.weight(), ids)


class Embeddings(nn.Layer):

    def __init__(self, vocabulary, width, positions, dropout):
        super().__init__()
        self.word_embeddings, self.position_embeddings, self.token_type_embeddings = Table(vocabulary, width), Table(positions, width), Table(2, width)
        self.LayerNorm, self.dropout = Norm(), nn.Dropout(dropout)

    def __call__(self, ids, kinds):
        places = self.position_embeddings(nn.iota([ids.shape[1]]))
        return self.dropout(self.LayerNorm(self.word_embeddings(ids) + self.token_type_embeddings(kinds) + places))


class SelfAttention(nn.Layer):

    def __init__(self, width, heads, dropout):
        super().__init__("self")
        self.query, self.key, self.value, self.heads, self.dropout = Dense(width), Dense(width), Dense(width), heads, dropout

    def __call__(self, x, lengths):
        batch, time, width = x.shape
        q, k, v = (part(x).reshape(batch, time, self.heads, width // self.heads) for part in (self.query, self.key, self.value))
        return nn.attention(q, k, v, layout="bthd", lengths=lengths, dropout=self.dropout).reshape(batch, time, width)


class Output(nn.Layer):
    """The end of a branch: a dense layer, the residual connection and a norm."""

    def __init__(self, width, dropout):
        super().__init__()
        self.dense, self.LayerNorm, self.dropout = Dense(width), Norm(), nn.Dropout(dropout)

    def __call__(self, branch, x):
        return self.LayerNorm(x + self.dropout(self.dense(branch)))


class Attention(nn.Layer):

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.mix, self.output = SelfAttention(width, heads, dropout), Output(width, dropout)

    def __call__(self, x, lengths):
        return self.output(self.mix(x, lengths), x)


class Block(nn.Layer):

    def __init__(self, width, heads, hidden, dropout, name):
        super().__init__(name)
        self.attention, self.intermediate = Attention(width, heads, dropout), Dense(hidden, name="intermediate.dense")
        self.output = Output(width, dropout)

    def __call__(self, x, lengths):
        x = self.attention(x, lengths)
        return self.output(nn.gelu(self.intermediate(x)), x)


class Bert(nn.Layer):

    def __init__(self, layers, width, heads, hidden, vocabulary, positions, dropout):
        super().__init__("bert")
        self.embeddings, self.pooler = Embeddings(vocabulary, width, positions, dropout), Dense(width, name="pooler.dense")
        self.layers = [Block(width, heads, hidden, dropout, f"encoder.layer.{i}") for i in range(layers)]

    def __call__(self, ids, kinds, lengths):
        x = self.embeddings(ids, kinds)
        for block in self.layers:
            x = block(x, lengths)
        return x

    def pooled(self, x):
        return nn.tanh(self.pooler(x[:, 0]))


class MaskedWords(nn.Layer):
    """Logits of the words at some positions; the table of words is used again."""

    def __init__(self, width, words):
        super().__init__("cls.predictions")
        self.transform, self.norm, self.words = Dense(width, name="transform.dense"), Norm("transform.LayerNorm"), words

    def __call__(self, x):
        x = self.norm(nn.gelu(self.transform(x)))
        return nn.contract(x, self.words.weight(), [x.rank - 1], [1]) + self.parameter("bias", nn.f32[self.words.type.dims[0]])


def bert(layers=12, width=768, heads=12, hidden=3072, vocabulary=30522, positions=512, classes=2, dropout=0.1, learning_rate=1e-4,
         pretrain_steps=1000000, finetune_rate=5e-5, finetune_steps=10000):
    """Entries: predict, words (the likeliest at places), masked_loss and pretrain, classify, class_loss and finetune. Texts are ids and kinds
    [batch, time], padding behind their lengths [batch]; where words are masked, places and labels are [batch, masked], padded by label -100."""
    m, net = nn.Module("bert"), Bert(layers, width, heads, hidden, vocabulary, positions, dropout)
    head, classifier = MaskedWords(width, net.embeddings.word_embeddings), Dense(classes, name="classifier")
    texts = [nn.i32["batch", "time"], nn.i32["batch", "time"], nn.i32["batch"]]
    masked, label = nn.i32["batch", "masked"], nn.i32["batch"]

    @m.function(arguments=texts)
    def predict(ids, kinds, lengths):
        x = net(ids, kinds, lengths)
        return {"hidden": x, "pooled": net.pooled(x)}

    def words_at(ids, kinds, lengths, places):
        return head(nn.gather(net(ids, kinds, lengths), places, axis=1, batch_dims=1))

    @m.function(arguments=[*texts, masked])
    def words(ids, kinds, lengths, places):
        return nn.argmax(words_at(ids, kinds, lengths, places), [2]).astype(nn.i32)

    @m.function(arguments=[*texts, masked, masked])
    def masked_loss(ids, kinds, lengths, places, labels):
        return nn.cross_entropy(words_at(ids, kinds, lengths, places), labels)

    @m.function(arguments=texts)
    def classify(ids, kinds, lengths):
        return classifier(nn.dropout(net.pooled(net(ids, kinds, lengths)), dropout))

    @m.function(arguments=[*texts, label])
    def class_loss(ids, kinds, lengths, label):
        return nn.cross_entropy(classify(ids, kinds, lengths), label)

    plain = [nn.group(["*.bias", "*LayerNorm*"], weight_decay=0.0)]
    for name, loss, rate, steps in (("pretrain", masked_loss, learning_rate, pretrain_steps), ("finetune", class_loss, finetune_rate, finetune_steps)):
        schedule = nn.optim.linear_warmup(steps=max(1, steps // 100), then=nn.optim.cosine_schedule(steps=steps))
        m.train_step(name, loss, nn.optim.adamw(learning_rate=rate, weight_decay=0.01), clip_norm=1.0, groups=plain, schedule=schedule)
    return m


def load(model, path):
    """Takes what a safetensors file of f32 has of the model's parameters, also by the old names gamma and beta; returns the names that it lacks."""
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), np.memmap(path, np.uint8, "r", offset=8 + length)
    lacking = set(model.parameters)
    for name, tensor in header.items():
        for old, new in ((".gamma", ".weight"), (".beta", ".bias")):
            name = name.removesuffix(old) + new if name.endswith(old) else name
        if name in lacking and tensor["dtype"] == "F32":
            begin, end = tensor["data_offsets"]
            model.parameters[name] = data[begin:end].view(np.float32).reshape(tensor["shape"])
            lacking.remove(name)
    return sorted(lacking)


if __name__ == "__main__":
    print(bert())
