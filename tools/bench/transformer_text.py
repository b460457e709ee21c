"""GPT-2 and BERT for mlc, in its Python builder. usage: transformer_text.py JOB, which is JSON; prints the model's text."""
import json
import sys

from mlc import nn

small = nn.init.normal(0.0, 0.02)


class Layer(nn.Layer):

    def __init__(self, job):
        super().__init__()
        width = job["width"]
        self.heads, self.first, self.causal = job["heads"], job["model"] == "gpt2", job["model"] == "gpt2"
        self.norm1, self.norm2 = nn.LayerNorm(), nn.LayerNorm()
        self.qkv, self.out = nn.Linear(3 * width, init=small), nn.Linear(width, init=small)
        self.up, self.down = nn.Linear(4 * width, init=small), nn.Linear(width, init=small)

    def mix(self, x, cache):
        batch, time, width = x.shape
        q, k, v = (part.reshape(batch, time, self.heads, width // self.heads) for part in nn.split(self.qkv(x), 3))
        if cache is None:
            y = nn.attention(q, k, v, layout="bthd", causal=self.causal)
        else:
            position, keys, values = cache
            k, v = (nn.update_slice(state.read(), new, [0, position, 0, 0]) for state, new in ((keys, k), (values, v)))
            keys.write(k)
            values.write(v)
            y = nn.attention(q, k, v, layout="bthd", causal=True, offset=position)
        return self.out(y.reshape(batch, time, width))

    def __call__(self, x, cache=None):
        if self.first:
            x = x + self.mix(self.norm1(x), cache)
            return x + self.down(nn.gelu(self.up(self.norm2(x)), approximate="tanh"))
        x = self.norm1(x + self.mix(x, cache))
        return self.norm2(x + self.down(nn.gelu(self.up(x))))


def build(job):
    m = nn.Module(job["name"])
    width, positions, vocabulary = job["width"], job["positions"], job["vocabulary"]
    tokens = nn.Embedding(vocabulary, width, init=small, name="tokens")
    table = nn.Embedding(positions, width, init=small, name="positions")
    layers, norm = nn.Sequential(*(Layer(job) for _ in range(job["layers"])), name="layers"), nn.LayerNorm(name="norm")
    gpt = job["model"] == "gpt2"
    batch, time = job["batch"], job["time"]

    def features(ids, position=None, caches=None):
        x = tokens(ids)
        if position is None:
            x = x + table.table()[:ids.shape[1]]
        else:
            x = x + nn.gather(table.table(), position.reshape(1), 0)
        x = x if gpt else norm(x)
        for i, layer in enumerate(layers.layers):
            x = layer(x, caches and (position, *caches[i]))
        return norm(x) if gpt else x

    if job["what"] == "step":
        @m.function(private=True)
        def loss(ids: nn.i32[batch, time], labels: nn.i32[batch, time]):
            y = features(ids).reshape(batch * time, width)
            return nn.cross_entropy(nn.matmul(y, tokens.table().T), labels.reshape(batch * time))
        m.train_step("fit", loss, nn.optim.adamw(learning_rate=1e-4))
    elif job["what"] == "decode":
        @m.function(updates=True)
        def decode(ids: nn.i32[batch, 1], position: nn.i32[()]):
            shape = nn.f32[batch, positions, job["heads"], width // job["heads"]]
            caches = [(m.state(f"keys{i}", shape), m.state(f"values{i}", shape)) for i in range(job["layers"])]
            return nn.matmul(features(ids, position, caches).reshape(batch, width), tokens.table().T)
    else:
        @m.function
        def predict(ids: nn.i32[batch, time]):
            y = features(ids)
            return nn.matmul(y[:, time - 1], tokens.table().T) if gpt else y
    return m


if __name__ == "__main__":
    print(build(json.loads(sys.argv[1])))
