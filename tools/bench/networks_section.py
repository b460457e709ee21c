"""Sections layers and networks: convolutions against oneDNN; convolutional networks and ViT against frameworks. The limit: products at the FMA peak."""
import json
import os
import subprocess
import sys
import time

import peers
from kernels import geometric_mean
from native import HERE
from report import Row
from transformers_section import BF16, held_by, peak_of, remark

TRAINERS, RUNNERS = ("torch", "torch-compile", "jax"), ("onnxruntime", "openvino", "torch", "torch-compile", "jax")
NAMES = {"resnet50": "ResNet-50", "mobilenet": "MobileNetV2", "efficientnet": "EfficientNet-lite0", "vit": "ViT-B/16", "resnet18": "ResNet-18",
         "audio": "M5, 1-D audio"}
# Multiply-adds of an image, of convolutions and linear layers.
PRODUCTS = {"resnet50": 4.09e9, "mobilenet": 0.301e9, "efficientnet": 0.385e9, "vit": 17.56e9, "resnet18": 1.814e9, "audio": 0.159e9}


# Size of the image, channels in and out, window, stride, groups: the layers of ResNet-50 and of MobileNetV2 that differ in kind.
LAYERS = [(224, 3, 64, 7, 2, 1), (56, 64, 64, 1, 1, 1), (56, 64, 64, 3, 1, 1), (56, 64, 256, 1, 1, 1), (56, 256, 64, 1, 1, 1), (56, 128, 128, 3, 2, 1),
          (56, 256, 512, 1, 2, 1), (28, 128, 128, 3, 1, 1), (28, 128, 512, 1, 1, 1), (28, 512, 128, 1, 1, 1), (28, 256, 256, 3, 2, 1), (14, 256, 256, 3, 1, 1),
          (14, 1024, 256, 1, 1, 1), (14, 512, 512, 3, 2, 1), (7, 512, 512, 3, 1, 1), (7, 512, 2048, 1, 1, 1), (7, 2048, 512, 1, 1, 1),
          (112, 32, 32, 3, 1, 32), (112, 96, 96, 3, 2, 96), (56, 144, 144, 3, 1, 144), (28, 192, 192, 3, 1, 192), (14, 384, 384, 3, 1, 384), (7, 960, 960, 3, 1, 960)]


def layer_text(name, batch, layer):
    """Channels last; forward with the kernel packed, and the gradients by the input and by the kernel."""
    size, c, o, k, stride, groups = layer
    out = (size + 2 * (k // 2) - k) // stride + 1
    x, w, y = f"tensor<{batch}x{size}x{size}x{c}xf32>", f"tensor<{k}x{k}x{c // groups}x{o}xf32>", f"tensor<{batch}x{out}x{out}x{o}xf32>"
    conv = f"nn.conv %x, %w strides = {stride} padding = {k // 2} groups = {groups} layout = nhwc kernel_layout = hwio : {x}, {w}"
    entries = [f"  func.func private @conv(%x: {x}, %w: {w}) -> {y} {{\n    %y = {conv}\n    return %y : {y}\n  }}",
               f"  func.func @forward(%x: {x}) -> {y} {{\n    %w = nn.param @w : {w}\n    %y = {conv}\n    return %y : {y}\n  }}"]
    entries += [f"  func.func @{entry}(%x: {x}, %w: {w}, %c: {y}) -> {t} {{\n    %y, %d = nn.vjp @conv(%x, %w) cotangents(%c) wrt({number}) : ({x}, {w}), ({y}) -> "
                f"({y}, {t})\n    return %d : {t}\n  }}" for number, (entry, t) in enumerate((("by_input", x), ("by_kernel", w)))]
    return f"module @{name} {{\n  nn.parameter @w : {w} init(#nn.he_uniform)\n" + "\n".join(entries) + "\n}\n"


def layers_section(native, quick):
    """Layers of ResNet-50 and MobileNetV2, forward and both gradients, against oneDNN with channels last and with layouts of its choice."""
    rows, ratios = [], {}
    for batch in (1,) if quick else (1, 8):
        for number, layer in enumerate(LAYERS[::3] if quick else LAYERS):
            size, c, o, k, stride, groups = layer
            out, name = (size + 2 * (k // 2) - k) // stride + 1, f"layer{batch}_{number}"
            model = native.compile_model(name, layer_text(name, batch, layer))
            x, w, y = native.random(batch * size * size * c), native.random(k * k * c // groups * o), native.random(batch * out * out * o)
            mine = {0: ("forward", (x, y)), 1: ("by_input", (x, w, y, native.random(batch * size * size * c))), 2: ("by_kernel", (x, w, y, native.random(k * k * c // groups * o)))}
            for kind, (entry, operands) in mine.items():
                if kind == 1 and c == 3:
                    continue
                peak, flops = native.peak()
                cases = {"peak": peak, "mlc": model.entry(entry, *operands)}
                cases |= {f"oneDNN{form}": native.peer_case(native.onednn(), "peer_convolution", kind, batch, size, c, o, k, stride, groups, free)
                          for form, free in ((" nhwc", 0), (" any", 1))}
                seconds = native.measure(cases, 5 if quick else 9)
                products = batch * out * out * k * k * (c // groups) * o
                limit, own = seconds.pop("peak") / flops * 2 * products, seconds.pop("mlc")
                rows.append(Row(f"{k}x{k}{f'/{stride}' if stride > 1 else ''} {c} to {o}{', depthwise' if groups > 1 else ''}, {size}x{size}, batch {batch}, {entry}", own, limit,
                                "FMA peak", seconds))
                if seconds:
                    ratios.setdefault(("depthwise " if groups > 1 else "") + entry, []).append(min(seconds.values()) / own)
            model.destroy()
    return rows + [f"{kind}: geometric mean {geometric_mean(values):.2f}x the best of oneDNN, least {min(values):.2f}x" for kind, values in ratios.items()]


def jobs(quick):
    """What is measured: a name, the job, and who can do it."""
    for model in ("resnet50", "mobilenet", "vit") if quick else ("resnet50", "mobilenet", "efficientnet", "vit"):
        for batch in (1,) if quick else (1, 8):
            yield f"{NAMES[model]} inference, batch {batch}", {"model": model, "what": "predict", "batch": batch}, RUNNERS
            yield f"{NAMES[model]} inference, batch {batch}, bf16", BF16 | {"model": model, "what": "predict", "batch": batch}, ("openvino",)
    if quick:
        return
    yield f"{NAMES['audio']} inference, batch 8", {"model": "audio", "what": "predict", "batch": 8}, RUNNERS
    yield "ResNet-18 step, SGD with momentum, batch 16", {"model": "resnet18", "what": "step", "batch": 16}, TRAINERS


def limit(native, job):
    """Products at the FMA peak; a step has three of them, but no derivative by the images."""
    peak, flops, name = peak_of(native, job)
    products = 2 * PRODUCTS[job["model"]] * job["batch"]
    if job["what"] == "step":
        products = 3 * products - 2 * job["batch"] * 64 * 147 * 112 * 112
    return products / flops * native.measure({"peak": peak})["peak"], name


def text(native, job):
    environment = os.environ | {"PYTHONPATH": str(native.mlc.parent.parent / "python")}
    return subprocess.run([sys.executable, HERE / "network_text.py", json.dumps(job)], env=environment, check=True, capture_output=True, text=True).stdout


def call(native, model, job):
    size = 16000 if job["model"] == "audio" else 3 * 224 * 224
    images, classes = native.random(job["batch"] * size), 35 if job["model"] == "audio" else 1000
    if job["what"] == "step":
        return model.entry("fit", images, native.labels(job["batch"], classes), native.random(1))
    return model.entry("predict", images, native.random(job["batch"] * classes))


def networks_section(native, quick):
    rows = []
    for number, (title, job, who) in enumerate(jobs(quick)):
        job |= {"family": "network", "name": f"network{number}", "threads": native.threads, "seconds": 0.5 if quick else 2.0}
        source, start = text(native, job), time.monotonic()
        model = native.compile_model(job["name"], source, job.get("flags", ()))
        compiled = time.monotonic() - start
        mine = native.measure({"mlc": call(native, model, job)}, rounds=5)["mlc"]
        least, bound = limit(native, job)
        model.destroy()
        held = {"mlc": held_by(native, job)}
        found = {name: peers.measure(name, job, held) for name in who}
        rows += [Row(title, mine, least, bound, {name: seconds for name, seconds in found.items() if seconds}), remark(title, compiled, held)]
    return rows
