"""Convolutional networks, written once, over what a framework calls its operations. Channels come second, as in PyTorch."""


def shape(job):
    if job["model"] == "audio":
        return (job["batch"], 1, 16000)
    return (job["batch"], 3, job.get("size", 224), job.get("size", 224))


def features(ops, x, job):
    return MODELS[job["model"]](ops, x)


def norm_relu(ops, x, name):
    return ops.relu(ops.batch_norm(x, name))


def resnet(ops, x, blocks, bottleneck):
    """He et al. 2015, arXiv:1512.03385; strides in the 3x3 convolutions, as torchvision has them."""
    x = norm_relu(ops, ops.conv(x, "stem", 64, 7, 2, 3), "stem.norm")
    x = ops.max_pool(x, 3, 2, 1)
    for stage, count in enumerate(blocks):
        width = 64 << stage
        for number in range(count):
            name, stride = f"{stage}.{number}", 2 if stage > 0 and number == 0 else 1
            wide = width * (4 if bottleneck else 1)
            short = x
            if number == 0 and (stage > 0 or bottleneck):
                short = ops.batch_norm(ops.conv(x, name + ".short", wide, 1, stride), name + ".short.norm")
            if bottleneck:
                y = norm_relu(ops, ops.conv(x, name + ".reduce", width, 1), name + ".reduce.norm")
                y = norm_relu(ops, ops.conv(y, name + ".middle", width, 3, stride, 1), name + ".middle.norm")
                y = ops.batch_norm(ops.conv(y, name + ".expand", wide, 1), name + ".expand.norm")
            else:
                y = norm_relu(ops, ops.conv(x, name + ".first", width, 3, stride, 1), name + ".first.norm")
                y = ops.batch_norm(ops.conv(y, name + ".second", width, 3, 1, 1), name + ".second.norm")
            x = ops.relu(y + short)
    return ops.linear(ops.global_mean(x), "head", 1000)


def inverted(ops, x, stages):
    """Inverted residuals between a stem and 1280 channels; a stage says the window, the expansion, the channels, the blocks and the first one's stride."""
    unit = lambda x, name, *conv: ops.relu6(ops.batch_norm(ops.conv(x, name, *conv), name + ".norm"))
    x, channels = unit(x, "stem", 32, 3, 2, 1), 32
    for stage, (window, expand, wide, count, first) in enumerate(stages):
        for number in range(count):
            name, stride, inner = f"{stage}.{number}", first if number == 0 else 1, channels * expand
            y = unit(x, name + ".expand", inner, 1) if expand > 1 else x
            y = unit(y, name + ".depth", inner, window, stride, window // 2, inner)
            y = ops.batch_norm(ops.conv(y, name + ".project", wide, 1), name + ".project.norm")
            x, channels = x + y if stride == 1 and channels == wide else y, wide
    return ops.linear(ops.global_mean(unit(x, "last", 1280, 1)), "head", 1000)


def mobilenet(ops, x):
    """Sandler et al. 2018, arXiv:1801.04381."""
    return inverted(ops, x, ((3, 1, 16, 1, 1), (3, 6, 24, 2, 2), (3, 6, 32, 3, 2), (3, 6, 64, 4, 2), (3, 6, 96, 3, 1), (3, 6, 160, 3, 2), (3, 6, 320, 1, 1)))


def efficientnet_lite(ops, x):
    """EfficientNet-B0 without squeeze-and-excite, with ReLU6: lite0. Tan and Le 2019, arXiv:1905.11946."""
    return inverted(ops, x, ((3, 1, 16, 1, 1), (3, 6, 24, 2, 2), (5, 6, 40, 2, 2), (3, 6, 80, 3, 2), (5, 6, 112, 3, 1), (5, 6, 192, 4, 2), (3, 6, 320, 1, 1)))


def vision_transformer(ops, x):
    """ViT-B/16. Dosovitskiy et al. 2020, arXiv:2010.11929."""
    x = ops.class_token(ops.patches(ops.conv(x, "patches", 768, 16, 16, 0, 1, True)), 197)
    for layer in range(12):
        x = x + ops.attention(ops.layer_norm(x, f"{layer}.norm1"), f"{layer}", 12)
        x = x + ops.linear(ops.gelu(ops.linear(ops.layer_norm(x, f"{layer}.norm2"), f"{layer}.up", 3072)), f"{layer}.down", 768)
    return ops.linear(ops.first(ops.layer_norm(x, "norm")), "head", 1000)


def audio(ops, x):
    """M5, on the samples of a second. Dai et al. 2016, arXiv:1610.00087."""
    x, channels = norm_relu(ops, ops.conv(x, "stem", 128, 80, 4, 0, 1, True), "stem.norm"), 128
    for layer, channels in enumerate((128, 256, 512)):
        x = ops.max_pool(x, 4, 4)
        x = norm_relu(ops, ops.conv(x, f"{layer}", channels, 3, 1, 0, 1, True), f"{layer}.norm")
    return ops.linear(ops.global_mean(ops.max_pool(x, 4, 4)), "head", 35)


MODELS = {"resnet50": lambda ops, x: resnet(ops, x, (3, 4, 6, 3), True), "resnet18": lambda ops, x: resnet(ops, x, (2, 2, 2, 2), False),
          "mobilenet": mobilenet, "efficientnet": efficientnet_lite, "vit": vision_transformer, "audio": audio}
