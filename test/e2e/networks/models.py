"""The networks that are compared with PyTorch's, and their data. Layers have the names of torchvision's; each has the entries predict and fit."""
import os
import sys

import numpy as np
from mlc import nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "transformers"), os.path.join(HERE, "..", "..", "..", "examples", "resnet18")]
import made  # noqa: E402
from resnet18 import Block, ResNet  # noqa: E402


class LeNet(nn.Layer):
    """LeCun et al. 1998, with means for its trained pools and a dense layer in front."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv(6, 5, padding=2), nn.Conv(16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(120), nn.Linear(84), nn.Linear(10)

    def __call__(self, x):
        for conv in self.conv1, self.conv2:
            x = nn.avg_pool(nn.tanh(conv(x)), [2])
        return self.fc3(nn.tanh(self.fc2(nn.tanh(self.fc1(x.reshape(x.shape[0], 400))))))


class Bottleneck(nn.Layer):
    """Convolutions of 1x1, 3x3 and 1x1 in a quarter of the channels, beside a way past them."""

    def __init__(self, before, width, stride):
        super().__init__()
        conv = lambda channels, window, stride=1: nn.Conv(channels, window, strides=stride, padding=window // 2, bias=False)
        self.conv1, self.conv2, self.conv3 = conv(width, 1), conv(width, 3, stride), conv(4 * width, 1)
        self.bn1, self.bn2, self.bn3 = (nn.BatchNorm() for _ in range(3))
        self.downsample = [conv(4 * width, 1, stride), nn.BatchNorm()] if before != 4 * width or stride > 1 else []

    def __call__(self, x):
        y = nn.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(nn.relu(self.bn2(self.conv2(y)))))
        for layer in self.downsample:
            x = layer(x)
        return nn.relu(x + y)


class InvertedResidual(nn.Layer):
    """MobileNetV2's: six times the channels, a depthwise convolution, and back without an activation. Sandler et al. 2018."""

    def __init__(self, before, channels, stride):
        super().__init__()
        inner, conv = 6 * before, lambda *sizes, **options: nn.Conv(*sizes, bias=False, **options)
        self.convs = [conv(inner, 1, name="conv.0.0"), conv(inner, 3, strides=stride, padding=1, groups=inner, name="conv.1.0"),
                      conv(channels, 1, name="conv.2")]
        self.norms = [nn.BatchNorm(name=f"conv.{place}") for place in ("0.1", "1.1", "3")]
        self.residual = stride == 1 and before == channels

    def __call__(self, x):
        y, last = x, len(self.convs) - 1
        for number, (conv, norm) in enumerate(zip(self.convs, self.norms)):
            y = norm(conv(y))
            y = y if number == last else nn.clamp(y, low=0.0, high=6.0)
        return x + y if self.residual else y


class Blocks(nn.Layer):
    """Blocks, then a class of the mean over the image."""

    def __init__(self, *blocks):
        super().__init__()
        self.blocks, self.fc = list(blocks), nn.Linear(10)

    def __call__(self, x):
        for block in self.blocks:
            x = block(x)
        return self.fc(nn.mean(x, [2, 3]))


class Network:
    """A network in a dtype, for batches of images of a shape, and `steps` of SGD with momentum. Rates are numbers of f32, which the library keeps.

    In f64 about half of the values before an activation are below 0, and with a `scale` of 4 many are above the 6 of MobileNetV2. In f32 the norms
    put the mean 3 standard deviations from where the activation bends: one value in a million lies so near to a bend that rounding moves it across,
    and the gradients then differ by 1 in the square root of their number. Without this PyTorch's own f32 is off by 0.6 % for ResNet-18 at 224x224.
    """

    def __init__(self, dtype, net, shape, rate, steps=20, scale=1.0, bends=True):
        self.scale, self.above = (1.0, 3.0 * bends) if dtype == "f32" else (scale, 0.0)
        self.dtype, self.net, self.shape, self.rate, self.steps = dtype, net, shape, rate / (1.0 + self.above), steps

    def module(self, name):
        dtype, m, net = getattr(nn, self.dtype), nn.Module(name), self.net()
        types = [dtype[("batch",) + self.shape[1:]], nn.i32["batch"]]
        m.function(net, name="predict", arguments=types[:1])
        loss = m.function(lambda x, label: nn.cross_entropy(net(x), label), name="loss", private=True, arguments=types)
        m.train_step("fit", loss, nn.optim.momentum(learning_rate=self.rate, momentum=MOMENTUM))
        return m

    def data(self):
        return made.numbers("x", self.shape, np.sqrt(3.0)), made.whole("label", self.shape[:1], 0, 10)

    def initial(self, name, shape):
        """A first value of a parameter or state by the name's last word."""
        kind = name.rsplit(".", 1)[-1]
        if kind == "kernel":
            return made.numbers(name, shape, np.sqrt(6.0 / np.prod(shape[1:])) if len(shape) == 4 else np.sqrt(3.0 / shape[0]) / (1.0 + self.above))
        around, size = {"scale": (self.scale, 0.1 * self.scale), "bias": (self.above, 0.1), "mean": (0.0, 0.1), "variance": (1.0, 0.5)}[kind]
        return np.float32(around) + made.numbers(name, shape, size)


MOMENTUM = 0.875
# Relative to norms; f64 by the seven digits that are kept of arrays.
TOLERANCES = {"f32": {"loss": 1e-6, "gradients": 1e-3, "statistics": 1e-5, "predicted": 1e-5, "losses": 2e-5, "end": 1e-5},
              "f64": {"loss": 1e-10, "gradients": 2e-6, "statistics": 2e-6, "predicted": 2e-6, "losses": 1e-10, "end": 2e-6}}
NETWORKS = {
    "lenet": dict(net=LeNet, shape=(16, 1, 28, 28), rate=2.0**-6, bends=False),
    "basic": dict(net=lambda: Blocks(Block(16, 32, 2), Block(32, 32, 1)), shape=(8, 16, 14, 14), rate=2.0**-7),
    "bottleneck": dict(net=lambda: Blocks(Bottleneck(32, 16, 2), Bottleneck(64, 16, 1)), shape=(8, 32, 14, 14), rate=2.0**-7),
    "inverted": dict(net=lambda: Blocks(InvertedResidual(24, 32, 2), InvertedResidual(32, 32, 1)), shape=(8, 24, 14, 14), rate=2.0**-8, scale=4.0),
    "resnet18": dict(net=lambda: ResNet(10, small=True), shape=(4, 3, 32, 32), rate=2.0**-11),
    "resnet18_224": dict(net=lambda: ResNet(1000), shape=(2, 3, 224, 224), rate=2.0**-11, steps=1),
}
CASES = {f"{name}_{dtype}": Network(dtype, **given) for name, given in NETWORKS.items() for dtype in ("f32", "f64")}
