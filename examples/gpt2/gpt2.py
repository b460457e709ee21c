"""GPT-2: `gpt2.py [CONFIGURATION] [TEXTS] [RANK]` prints its text, which trains, and generates so many texts at a time with a cache.
Parameters have the names and shapes of Hugging Face's files of weights; with a rank, every matrix of the blocks has a low-rank adapter, and
these are what is trained."""
import math
import sys
from dataclasses import dataclass, replace

from mlc import nn


@dataclass
class Configuration:
    layers: int = 12
    width: int = 768
    heads: int = 12
    time: int = 1024  # the longest text
    vocabulary: int = 50257
    texts: int = 1  # that are generated at a time
    rank: int = 0  # of the adapters


CONFIGURATIONS = {
    "gpt2": Configuration(), "gpt2-medium": Configuration(24, 1024, 16), "gpt2-large": Configuration(36, 1280, 20), "gpt2-xl": Configuration(48, 1600, 25),
    "small": Configuration(4, 160, 5, 128, 1024), "tiny": Configuration(2, 16, 2, 32, 256)}


class Dense(nn.Layer):

    def __init__(self, units, deviation=0.02):
        super().__init__()
        self.units, self.init = units, nn.init.normal(0.0, deviation)

    def __call__(self, x):
        return nn.linear(x, self.parameter("weight", nn.f32[x.shape[-1], self.units], self.init), self.parameter("bias", nn.f32[self.units]))


def dense(c, units, deviation=0.02):
    layer = Dense(units, deviation)
    return nn.LowRank(layer, c.rank) if c.rank else layer


class Norm(nn.Layer):

    def __call__(self, x):
        width = nn.f32[x.shape[-1]]
        return nn.layer_norm(x, self.parameter("weight", width, "ones"), self.parameter("bias", width), epsilon=1e-5)


class Attention(nn.Layer):

    def __init__(self, c):
        super().__init__()
        self.heads, self.c_attn, self.c_proj = c.heads, dense(c, 3 * c.width), dense(c, c.width, 0.02 / math.sqrt(2 * c.layers))
        self.cache = nn.KeyValueCache(c.texts, c.time, c.heads, c.width // c.heads)

    def __call__(self, x, position):
        batch, time, width = x.shape
        q, k, v = (part.reshape(batch, time, self.heads, width // self.heads) for part in nn.split(self.c_attn(x), 3))
        y = nn.attention(q, k, v, layout="bthd", causal=True) if position is None else nn.cached_attention(self.cache, q, k, v, position)
        return self.c_proj(y.reshape(batch, time, width))


class Mlp(nn.Layer):

    def __init__(self, c):
        super().__init__()
        self.c_fc, self.c_proj = dense(c, 4 * c.width), dense(c, c.width, 0.02 / math.sqrt(2 * c.layers))

    def __call__(self, x):
        return self.c_proj(nn.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Layer):

    def __init__(self, c):
        super().__init__()
        self.ln_1, self.attn, self.ln_2, self.mlp = Norm(), Attention(c), Norm(), Mlp(c)

    def __call__(self, x, position):
        x = x + self.attn(self.ln_1(x), position)
        return x + self.mlp(self.ln_2(x))


class Gpt2(nn.Layer):

    def __init__(self, c):
        super().__init__()
        self.c, self.h, self.ln_f = c, [Block(c) for _ in range(c.layers)], Norm()

    def embedding(self):
        return self.parameter("wte.weight", nn.f32[self.c.vocabulary, self.c.width], nn.init.normal(0.0, 0.02))

    def __call__(self, tokens, position=None):
        """What is known behind each token [batch, time, width]; with a position, those before it are in the caches."""
        places = self.parameter("wpe.weight", nn.f32[self.c.time, self.c.width], nn.init.normal(0.0, 0.02))
        time = tokens.shape[1]
        if position is None:
            x = nn.embedding(self.embedding(), tokens) + (places if time == self.c.time else nn.slice(places, [0, 0], [time, self.c.width]))
        else:
            x = nn.embedding(self.embedding(), tokens) + nn.embedding(places, nn.positions_from(position, time))
        for block in self.h:
            x = block(x, position)
        return self.ln_f(x)

    def logits(self, x):
        """Of every token to come, by the same table that tokens are read from."""
        return nn.contract(x, self.embedding(), [x.rank - 1], [1])


def gpt2(c):
    m, net = nn.Module("gpt2"), Gpt2(c)

    @m.function
    def predict(tokens: nn.i32["batch", "time"]):
        return net.logits(net(tokens))

    @m.function
    def loss(text: nn.i32["batch", c.time + 1]):
        return nn.cross_entropy(net.logits(net(text[:, :c.time])), text[:, 1:])

    nn.generation_entry(m, net, net.logits, length=c.time, texts=c.texts)
    if c.rank:
        m.train_step("fit", loss, nn.optim.adamw(learning_rate=1e-3), clip_norm=1.0, trains=["*.lora_*"])
        return m
    vectors = [name for name, kind in m.parameters.items() if len(kind.dims) == 1]
    m.train_step("fit", loss, nn.optim.adamw(learning_rate=1e-3, beta2=0.95, weight_decay=0.1), clip_norm=1.0, groups=[nn.group(vectors, weight_decay=0.0)],
                 schedule=nn.optim.linear_warmup(steps=100, then=nn.optim.cosine_schedule(steps=2000)))
    return m


if __name__ == "__main__":
    name, texts, rank = sys.argv[1:] + ["gpt2", "1", "0"][len(sys.argv) - 1:]
    print(gpt2(replace(CONFIGURATIONS[name], texts=int(texts), rank=int(rank))))
