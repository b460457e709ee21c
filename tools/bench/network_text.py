"""Convolutional networks for mlc, in its Python builder. usage: network_text.py JOB, which is JSON; prints the model's text."""
import json
import sys

import network
from mlc import nn


class Ops:
    """What network.py asks of a framework; parameters are declared where they are asked for."""

    def __init__(self):
        self.layers = {}

    def layer(self, name, make):
        if name not in self.layers:
            self.layers[name] = make()
        return self.layers[name]

    def conv(self, x, name, channels, window, stride=1, padding=0, groups=1, bias=False):
        return self.layer(name, lambda: nn.Conv(channels, window, strides=stride, padding=padding, groups=groups, bias=bias, name=name))(x)

    def batch_norm(self, x, name):
        return self.layer(name, lambda: nn.BatchNorm(name=name))(x)

    def layer_norm(self, x, name):
        return self.layer(name, lambda: nn.LayerNorm(epsilon=1e-6, name=name))(x)

    def linear(self, x, name, units):
        return self.layer(name, lambda: nn.Linear(units, name=name))(x)

    def relu(self, x):
        return nn.relu(x)

    def relu6(self, x):
        return nn.clamp(x, low=0.0, high=6.0)

    def gelu(self, x):
        return nn.gelu(x)

    def max_pool(self, x, window, stride, padding=0):
        return nn.max_pool(x, [window], strides=stride, padding=padding)

    def global_mean(self, x):
        return nn.mean(x, list(range(2, x.rank)))

    def patches(self, x):
        batch, channels, high, wide = x.shape
        return nn.transpose(x.reshape(batch, channels, high * wide), (0, 2, 1))

    def class_token(self, x, positions):
        batch, time, width = x.shape
        token = nn.parameter("token", nn.f32[1, 1, width])
        table = nn.parameter("positions", nn.f32[1, positions, width], nn.init.normal(0.0, 0.02))
        joined = nn.concat([nn.broadcast_to(token.reshape(1, width), (batch, 1, width)), x], 1)
        return joined + nn.broadcast_to(table.reshape(positions, width), joined.shape)

    def attention(self, x, name, heads):
        batch, time, width = x.shape
        q, k, v = (part.reshape(batch, time, heads, width // heads) for part in nn.split(self.linear(x, name + ".qkv", 3 * width), 3))
        return self.linear(nn.attention(q, k, v, layout="bthd").reshape(batch, time, width), name + ".out", width)

    def first(self, x):
        return x[:, 0]


def build(job):
    m, ops = nn.Module(job["name"]), Ops()
    shape = network.shape(job)
    if job["what"] == "step":
        @m.function(private=True)
        def loss(x: nn.f32[shape], labels: nn.i32[job["batch"]]):
            return nn.cross_entropy(network.features(ops, x, job), labels)
        m.train_step("fit", loss, nn.optim.momentum(learning_rate=0.1))
    else:
        @m.function
        def predict(x: nn.f32[shape]):
            return network.features(ops, x, job)
    return m


if __name__ == "__main__":
    print(build(json.loads(sys.argv[1])))
