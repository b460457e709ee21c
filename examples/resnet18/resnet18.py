"""ResNet-18 in Python text: inference, accuracy and training, all entries of one library. He et al. 2015, arXiv:1512.03385.

Layers have the names of torchvision's. `resnet18.py` prints the model's text.
"""
from mlc import nn


def conv(channels, window, stride=1):
    return nn.Conv(channels, window, strides=stride, padding=window // 2, bias=False, init=nn.init.he_normal())


class Block(nn.Layer):
    """Two convolutions of 3x3, and a way past them: of 1x1 where the size of the image or the channels change."""

    def __init__(self, before, channels, stride):
        super().__init__()
        self.conv1, self.bn1 = conv(channels, 3, stride), nn.BatchNorm()
        self.conv2, self.bn2 = conv(channels, 3), nn.BatchNorm()
        self.downsample = [conv(channels, 1, stride), nn.BatchNorm()] if stride > 1 or before != channels else []

    def __call__(self, x):
        y = self.bn2(self.conv2(nn.relu(self.bn1(self.conv1(x)))))
        for layer in self.downsample:
            x = layer(x)
        return nn.relu(x + y)


class ResNet(nn.Layer):
    """Four stages of blocks, each with twice the channels of the one before at half the size. Small images keep their size in the stem."""

    def __init__(self, classes, width=64, blocks=(2, 2, 2, 2), small=False):
        super().__init__()
        self.small = small
        self.conv1, self.bn1 = conv(width, 3) if small else conv(width, 7, 2), nn.BatchNorm()
        before = width
        for stage, count in enumerate(blocks):
            channels, layers = width << stage, []
            for number in range(count):
                layers.append(Block(before, channels, 2 if stage and not number else 1))
                before = channels
            setattr(self, f"layer{stage + 1}", layers)
        self.stages = len(blocks)
        self.fc = nn.Linear(classes)

    def __call__(self, x):
        x = nn.relu(self.bn1(self.conv1(x)))
        if not self.small:
            x = nn.max_pool(x, [3], strides=2, padding=1)
        for stage in range(self.stages):
            for block in getattr(self, f"layer{stage + 1}"):
                x = block(x)
        return self.fc(nn.mean(x, [2, 3]))


def resnet18(size=28, channels=1, classes=10, width=64, learning_rate=0.1, weight_decay=5e-4, warmup=100, steps=2000):
    """Images are flattened, as examples/mlp/data.py writes them."""
    m, net = nn.Module("resnet18"), ResNet(classes, width, small=True)
    images, labels = nn.f32["batch", channels * size * size], nn.i32["batch"]

    @m.function
    def predict(x: images):
        return net(x.reshape(x.shape[0], channels, size, size))

    @m.function
    def loss(x: images, label: labels):
        return nn.cross_entropy(predict(x), label)

    @m.function
    def accuracy(x: images, label: labels):
        return nn.mean(nn.argmax(predict(x), [1]).astype(nn.i32).equal(label).astype(nn.f32))

    m.train_step("fit", loss, nn.optim.momentum(learning_rate=learning_rate, momentum=0.9, weight_decay=weight_decay),
                 schedule=nn.optim.linear_warmup(steps=warmup, then=nn.optim.cosine_schedule(steps=steps)),
                 groups=[nn.group(["*.bias", "*.scale"], weight_decay=0.0)])
    return m


if __name__ == "__main__":
    print(resnet18())
