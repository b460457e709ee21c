"""A GPT: causal attention, AdamW with decay for matrices alone, warm-up, clipping. `gpt.py LAYERS` prints it."""
import sys

from mlc import nn

small = nn.init.normal(0.0, 0.02)


class Attention(nn.Layer):

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(3 * width, init=small), nn.Linear(width, init=small)

    def __call__(self, x):
        batch, time, width = x.shape
        parts = self.qkv(x).reshape(batch, time, 3, self.heads, width // self.heads).transpose(2, 0, 3, 1, 4)
        y = nn.attention(parts[0], parts[1], parts[2], causal=True)
        return self.out(y.transpose(0, 2, 1, 3).reshape(batch, time, width))


class Block(nn.Layer):

    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attention, self.norm2 = nn.LayerNorm(), Attention(width, heads), nn.LayerNorm()
        self.up, self.down = nn.Linear(4 * width, init=small), nn.Linear(width, init=small)

    def __call__(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(nn.gelu(self.up(self.norm2(x)), approximate="tanh"))


def gpt(layers=12, width=768, heads=12, time=1024, vocabulary=50257):
    m = nn.Module("gpt")
    tokens, positions = nn.Embedding(vocabulary, width, init=small, name="tokens"), nn.Embedding(time, width, init=small, name="positions")
    blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)), nn.LayerNorm(name="norm"), name="blocks")
    head = nn.Linear(vocabulary, bias=False, init=small, name="head")

    @m.function
    def predict(ids: nn.i32["batch", time]):
        return head(blocks(tokens(ids) + positions.table()))

    @m.function
    def loss(ids: nn.i32["batch", time], labels: nn.i32["batch", time]):
        return nn.cross_entropy(predict(ids), labels)

    plain = [name for name, kind in m.parameters.items() if len(kind.dims) == 1]
    m.train_step("fit", loss, nn.optim.adamw(learning_rate=6e-4, weight_decay=0.1), clip_norm=1.0, groups=[nn.group(plain, weight_decay=0.0)],
                 schedule=nn.optim.linear_warmup(steps=2000, then=nn.optim.cosine_schedule(steps=100000)))
    return m


if __name__ == "__main__":
    print(gpt(layers=int(sys.argv[1]) if len(sys.argv) > 1 else 12))
