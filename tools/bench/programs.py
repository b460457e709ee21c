"""Sections models and compile: whole programs, against frameworks and the sum of their limits."""
import subprocess
import time

import models
import peers
from native import HERE
from report import Row

MLP = [784, 256, 128, 10]
WIDE = [1024, 1024, 1024, 1024]
SIMPLE = [5, 5]
LANGUAGE = {"vocabulary": 10000, "units": 512, "layers": 2, "steps": 35}


def training_limit(native, sizes, batch):
    """Products at the FMA peak (the first layer needs no gradient of its input) and Adam's bytes at bandwidth."""
    pairs = list(zip(sizes, sizes[1:]))
    products = sum(2 * batch * k * n * (2 if i == 0 else 3) for i, (k, n) in enumerate(pairs))
    parameters = sum(k * n + n for k, n in pairs)
    peak, flops = native.peak()
    loop, passes = native.stream(4, 3, parameters, True)
    seconds = native.measure({"peak": peak, "loop": loop})
    return products * seconds["peak"] / flops + seconds["loop"] / passes


def inference_limit(native, sizes, batch):
    peak, flops = native.peak()
    return sum(2 * batch * k * n for k, n in zip(sizes, sizes[1:])) * native.measure({"peak": peak})["peak"] / flops


def language_rows(native, seconds):
    """A training step of a language model of LSTMs, and what comes after a sentence."""
    steps, units, vocabulary, layers = (LANGUAGE[key] for key in ("steps", "units", "vocabulary", "layers"))
    model = native.compile_model("lstm", models.language_model("lstm", vocabulary, units, layers))
    job = LANGUAGE | {"threads": native.threads, "seconds": seconds}
    peak, flops = native.peak()
    rate = flops / native.measure({"peak": peak})["peak"]
    rows = []
    for what, batch in (("step", 20), ("predict", 1)):
        x, loss = native.labels(steps * batch, vocabulary), native.random(1)
        labels, logits = native.labels(steps * batch, vocabulary), native.random(batch * vocabulary)
        call = model.entry("fit", x, labels, steps, batch, loss) if what == "step" else model.entry("predict", x, steps, batch, logits)
        words = steps * batch
        products = 2 * units * (layers * 8 * units * words * (3 if what == "step" else 1) + vocabulary * (3 * words if what == "step" else batch))
        found = frameworks(["torch", "torch-compile", "jax"], job | {"what": what, "batch": batch})
        name = f"lstm {layers}x{units}, {vocabulary} words, {steps} steps, " + ("SGD, " if what == "step" else "inference, ") + f"batch {batch}"
        rows.append(Row(name, native.measure({"mlc": call})["mlc"], products / rate, "FMA peak", found))
    return rows


def frameworks(names, job):
    found = {name: peers.measure(name, job) for name in names}
    return {name: seconds for name, seconds in found.items() if seconds}


def models_section(native, quick):
    rows = []
    seconds = 0.3 if quick else 1.0
    native_threads = native.threads

    def job(what, sizes, batch, loss):
        return {"what": what, "sizes": sizes, "batch": batch, "loss": loss, "threads": native_threads, "seconds": seconds}

    simple = native.compile_model("simple_model", (HERE.parent.parent / "examples/simple_model/simple_model.mlir").read_text())
    x, target, loss = native.random(32 * 5), native.random(32 * 5), native.random(1)
    mine = native.measure({"mlc": simple.entry("fit", x, target, 32, loss)})["mlc"]
    rows.append(Row("simple_model step, batch 32", mine, None, "",
                    frameworks(["torch", "torch-compile", "jax"], job("step", SIMPLE, 32, "mse"))))
    bound = "products at peak + optimizer at bandwidth"
    for name, sizes, batches in (("mlp", MLP, (32, 128)), ("wide", WIDE, (256,))):
        model = native.compile_model(name, models.perceptron(name, sizes))
        for batch in batches:
            x, labels = native.random(batch * sizes[0]), native.labels(batch, sizes[-1])
            mine = native.measure({"mlc": model.entry("fit", x, labels, batch, loss)})["mlc"]
            rows.append(Row(f"{name} {'-'.join(map(str, sizes))} step, Adam, batch {batch}", mine,
                            training_limit(native, sizes, batch), bound,
                            frameworks(["torch", "torch-compile", "jax"], job("step", sizes, batch, "cross_entropy"))))
            if name == "mlp":
                y = native.random(batch * sizes[-1])
                mine = native.measure({"mlc": model.entry("predict", x, batch, y)})["mlc"]
                rows.append(Row(f"mlp inference, batch {batch}", mine, inference_limit(native, sizes, batch), "FMA peak",
                                frameworks(["onnxruntime", "openvino", "torch", "jax"], job("predict", sizes, batch, ""))))
    return rows + language_rows(native, seconds)


def attention_section(native, quick):
    """Twelve heads of 64 features, as GPT-2 has them, in f32, then with products in bf16. A causal one needs half of the products, and half a row more."""
    heads, features, rows = 12, 64, []
    shapes = [(4, 64), (1, 256)] if quick else [(4, 64), (4, 128), (1, 256), (1, 1024)]
    for dtype, kind, flags in (("float32", 0, []), ("bfloat16", 1, ["--precision=bf16"])):
        name = f"attention_{dtype}"
        model = native.compile_model(name, models.attention(name, shapes, heads, features), flags)
        peak, flops = native.peak(kind)
        if not peak:
            peak, flops = native.peak()
        rate = flops / native.measure({"peak": peak})["peak"]
        for batch, time_ in shapes:
            size = batch * time_ * heads * features
            q, k, v, dy, y, dq, dk, dv = (native.random(size) for _ in range(8))
            for causal in (True, False):
                cells = batch * heads * (time_ * (time_ + 1) / 2 if causal else time_ * time_)
                name = f"{'causal' if causal else 'full'}_{batch}x{time_}"
                for what, products, call in (("forward", 2, model.entry(name, q, k, v, y)),
                                             ("forward and gradients", 6, model.entry(name + "_backward", q, k, v, dy, y, dq, dk, dv))):
                    job = {"what": what, "batch": batch, "time": time_, "heads": heads, "features": features, "causal": causal, "dtype": dtype,
                           "threads": native.threads, "seconds": 0.3 if quick else 1.0}
                    title = f"{'causal' if causal else 'full'} {batch}x{time_}, {what}{', bf16' if kind else ''}"
                    peers = frameworks(["torch"] if kind else ["torch", "jax"], job)
                    rows.append(Row(title, native.measure({"mlc": call})["mlc"], 2 * products * cells * features / rate, "peak", peers))
    return rows


def compile_section(native, quick):
    """Wall time of `mlc MODEL -o M.so`, median."""
    rows = []
    for path in sorted((HERE.parent.parent / "examples").glob("*/*.mlir")):
        times = []
        for _ in range(3 if quick else 7):
            start = time.monotonic()
            subprocess.run([native.mlc, str(path), "-o", str(native.work / "compiled.so")], check=True)
            times.append(time.monotonic() - start)
        size = (native.work / "compiled.so").stat().st_size
        rows.append(Row(f"{path.stem} ({size // 1024} KB)", sorted(times)[len(times) // 2]))
    return rows
