"""Section networks: convolutional networks and ViT, against frameworks and their products at the FMA peak."""
import json
import os
import subprocess
import sys
import time

import peers
from native import HERE
from report import Row
from transformers_section import held_by, remark

TRAINERS, RUNNERS = ("torch", "torch-compile", "jax"), ("onnxruntime", "openvino", "torch", "torch-compile", "jax")
NAMES = {"resnet50": "ResNet-50", "mobilenet": "MobileNetV2", "vit": "ViT-B/16", "resnet18": "ResNet-18", "audio": "M5, 1-D audio"}
# Multiply-adds of an image, of convolutions and linear layers.
PRODUCTS = {"resnet50": 4.09e9, "mobilenet": 0.301e9, "vit": 17.56e9, "resnet18": 1.814e9, "audio": 0.159e9}


def jobs(quick):
    """What is measured: a name, the job, and who can do it."""
    for model in ("resnet50", "mobilenet", "vit"):
        for batch in (1,) if quick else (1, 8):
            yield f"{NAMES[model]} inference, batch {batch}", {"model": model, "what": "predict", "batch": batch}, RUNNERS
    if quick:
        return
    yield f"{NAMES['audio']} inference, batch 8", {"model": "audio", "what": "predict", "batch": 8}, RUNNERS
    yield "ResNet-18 step, SGD with momentum, batch 16", {"model": "resnet18", "what": "step", "batch": 16}, TRAINERS


def limit(native, job):
    """Products at the FMA peak; a step has three of them, but no derivative by the images."""
    peak, flops = native.peak()
    products = 2 * PRODUCTS[job["model"]] * job["batch"]
    if job["what"] == "step":
        products = 3 * products - 2 * job["batch"] * 64 * 147 * 112 * 112
    return products / flops * native.measure({"peak": peak})["peak"], "FMA peak"


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
        model = native.compile_model(job["name"], source)
        compiled = time.monotonic() - start
        mine = native.measure({"mlc": call(native, model, job)}, rounds=5)["mlc"]
        least, bound = limit(native, job)
        model.destroy()
        held = {"mlc": held_by(native, job)}
        found = {name: peers.measure(name, job, held) for name in who}
        rows += [Row(title, mine, least, bound, {name: seconds for name, seconds in found.items() if seconds}), remark(title, compiled, held)]
    return rows
