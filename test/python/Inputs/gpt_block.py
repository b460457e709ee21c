"""The model of test/e2e/Inputs/gpt-long.mlir, built in Python: a block of a GPT whose heads are dimensions of the weights."""
import math

from mlc import nn

small = nn.init.normal(0.0, 0.02)
weights = {"wq": (64, 4, 16), "wk": (64, 4, 16), "wv": (64, 4, 16), "wo": (4, 16, 64), "up": (64, 256), "down": (256, 64)}
m = nn.Module("gpt")


def attention(x, wq, wk, wv, wo):
    q, k, v = (nn.contract(x, w, [2], [0]) for w in (wq, wk, wv))
    scores = nn.contract(q, k, [3], [3], lhs_batch=[0, 2], rhs_batch=[0, 2]) * 0.25
    seen = nn.iota((64, 64), 0) >= nn.iota((64, 64), 1)
    mixed = nn.contract(nn.softmax(nn.where(seen, scores, -math.inf)), v, [3], [1], lhs_batch=[0, 1], rhs_batch=[0, 2])
    return nn.contract(mixed, wo, [1, 3], [0, 1])


@m.function
def loss(ids: nn.i32["batch", 64], labels: nn.i32["batch", 64]):
    tokens, places = nn.parameter("tokens", nn.f32[96, 64], small), nn.parameter("places", nn.f32[64, 64], small)
    norms = [[nn.parameter(f"{kind}{i}", nn.f32[64], init) for kind, init in (("s", "ones"), ("b", "zeros"))] for i in (1, 2, 3)]
    wq, wk, wv, wo, up, down = (nn.parameter(name, nn.f32[shape], small) for name, shape in weights.items())
    x = nn.embedding(tokens, ids) + places
    x = x + attention(nn.layer_norm(x, *norms[0]), wq, wk, wv, wo)
    x = x + nn.gelu(nn.layer_norm(x, *norms[1]) @ up) @ down
    return nn.cross_entropy(nn.contract(nn.layer_norm(x, *norms[2]), tokens, [2], [1]), labels)


m.train_step("fit", loss, nn.optim.adamw(learning_rate=1e-3), clip_norm=1.0, groups=[nn.group(["s*", "b*"], weight_decay=0.0)],
             schedule=nn.optim.linear_warmup(steps=100, then=nn.optim.cosine_schedule(steps=5000)))
print(m)
