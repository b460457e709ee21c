"""A language model of the LLaMA family: `smollm2.py CONFIG.json [LONGEST-TEXT] [TEXTS]` prints its text, for a configuration of Hugging Face's. Parameters have the
names and shapes of their files."""
import json
import sys
from types import SimpleNamespace

from mlc import nn


class Dense(nn.Layer):

    def __init__(self, units):
        super().__init__()
        self.units = units

    def __call__(self, x):
        return nn.contract(x, self.parameter("weight", nn.f32[self.units, x.shape[-1]], nn.init.normal(0.0, 0.02)), [x.rank - 1], [1])


class Norm(nn.Layer):

    def __init__(self, c):
        super().__init__()
        self.epsilon = c.rms_norm_eps

    def __call__(self, x):
        return nn.rms_norm(x, self.parameter("weight", nn.f32[x.shape[-1]], "ones"), epsilon=self.epsilon)


class Attention(nn.Layer):

    def __init__(self, c):
        super().__init__()
        self.heads, self.shared, self.theta = c.num_attention_heads, c.num_key_value_heads, c.rope_theta
        self.size = c.hidden_size // self.heads
        self.q_proj, self.k_proj, self.v_proj = (Dense(count * self.size) for count in (self.heads, self.shared, self.shared))
        self.o_proj, self.cache = Dense(c.hidden_size), nn.KeyValueCache(c.texts, c.length, self.shared, self.size)

    def __call__(self, x, position):
        batch, time, width = x.shape
        q, k, v = (layer(x).reshape(batch, time, count, self.size)
                   for layer, count in ((self.q_proj, self.heads), (self.k_proj, self.shared), (self.v_proj, self.shared)))
        if position is None:
            q, k = (nn.rope(part, layout="bthd", theta=self.theta) for part in (q, k))
            y = nn.attention(q, k, v, layout="bthd", causal=True)
        else:
            places = nn.positions_from(position, time)
            q, k = (nn.rope(part, layout="bthd", theta=self.theta, positions=places) for part in (q, k))
            y = nn.cached_attention(self.cache, q, k, v, position)
        return self.o_proj(y.reshape(batch, time, width))


class Mlp(nn.Layer):

    def __init__(self, c):
        super().__init__()
        self.gate_proj, self.up_proj, self.down_proj = Dense(c.intermediate_size), Dense(c.intermediate_size), Dense(c.hidden_size)

    def __call__(self, x):
        return self.down_proj(nn.swiglu(self.gate_proj(x), self.up_proj(x)))


class Block(nn.Layer):

    def __init__(self, c):
        super().__init__()
        self.input_layernorm, self.self_attn, self.post_attention_layernorm, self.mlp = Norm(c), Attention(c), Norm(c), Mlp(c)

    def __call__(self, x, position):
        x = x + self.self_attn(self.input_layernorm(x), position)
        return x + self.mlp(self.post_attention_layernorm(x))


class Model(nn.Layer):

    def __init__(self, c):
        super().__init__("model")
        self.c, self.layers, self.norm = c, [Block(c) for _ in range(c.num_hidden_layers)], Norm(c)

    def embedding(self):
        return self.parameter("embed_tokens.weight", nn.f32[self.c.vocab_size, self.c.hidden_size], nn.init.normal(0.0, 0.02))

    def __call__(self, tokens, position=None):
        x = nn.embedding(self.embedding(), tokens)
        for block in self.layers:
            x = block(x, position)
        return self.norm(x)

    def logits(self, x):
        head = self.embedding() if self.c.tie_word_embeddings else nn.parameter("lm_head.weight", nn.f32[self.c.vocab_size, self.c.hidden_size])
        return nn.contract(x, head, [x.rank - 1], [1])


def build(c):
    m, net = nn.Module("smollm2"), Model(c)

    @m.function
    def predict(tokens: nn.i32["batch", "time"]):
        return net.logits(net(tokens))

    nn.generation_entry(m, net, net.logits, length=c.length, texts=c.texts)
    return m


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        configuration = json.load(file)
    length, texts = (int(text) for text in sys.argv[2:] + ["1024", "1"][len(sys.argv) - 2:])
    print(build(SimpleNamespace(**configuration, length=length, texts=texts)))
