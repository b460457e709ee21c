"""Section transformers: GPT-2 and BERT, against frameworks and the sum of their limits."""
import json
import os
import subprocess
import sys
import time

import peers
from native import HERE
from report import Row

GPT2 = {"model": "gpt2", "layers": 12, "width": 768, "heads": 12, "vocabulary": 50257, "positions": 1024}
BERT = GPT2 | {"model": "bert", "vocabulary": 30522, "positions": 512}
BF16 = {"dtype": "bfloat16", "flags": ["--precision=bf16"]}
TRAINERS, RUNNERS = ("torch", "torch-compile", "jax"), ("onnxruntime", "openvino", "torch", "torch-compile", "jax")


def jobs(quick):
    """What is measured: a name, the job, and who can do it."""
    for tokens in (64,) if quick else (64, 256, 1024):
        yield f"GPT-2 124M step, AdamW, batch 4, {tokens} tokens", GPT2 | {"what": "step", "batch": 4, "time": tokens}, TRAINERS
    yield "GPT-2 124M prefill, 128 tokens", GPT2 | {"what": "prefill", "batch": 1, "time": 128}, RUNNERS
    for position in (127,) if quick else (127, 1023):
        yield (f"GPT-2 124M next token, after {position}", GPT2 | {"what": "decode", "batch": 1, "time": 1, "position": position},
               ("torch", "torch-compile", "jax"))
    for batch in (1,) if quick else (1, 8):
        yield f"BERT-base inference, batch {batch}, 128 tokens", BERT | {"what": "predict", "batch": batch, "time": 128}, RUNNERS
    # In fewer bits: what peers do in bf16 throughout, mlc does in its products.
    if not quick:
        yield "GPT-2 124M step, AdamW, batch 4, 64 tokens, bf16", GPT2 | BF16 | {"what": "step", "batch": 4, "time": 64}, ()
    for tokens in (128,) if quick else (128, 1024):
        yield f"GPT-2 124M prefill, {tokens} tokens, bf16", GPT2 | BF16 | {"what": "prefill", "batch": 1, "time": tokens}, ("openvino", "torch")
    for kind, flags in (("bf16", BF16["flags"]), ("int8", ["--quantize-weights=int8"]), ("int4", ["--quantize-weights=int4:group=128"])):
        yield (f"GPT-2 124M next token, after 127, {kind}", GPT2 | {"what": "decode", "batch": 1, "time": 1, "position": 127, "flags": flags, "dtype": "bfloat16"},
               ("torch",) if kind == "bf16" else ())
    for batch in (1,) if quick else (1, 8):
        yield f"BERT-base inference, batch {batch}, 128 tokens, bf16", BERT | BF16 | {"what": "predict", "batch": batch, "time": 128}, ("openvino", "torch")
    if not quick:
        yield "BERT-base step, AdamW, batch 8, 128 tokens", BERT | {"what": "step", "batch": 8, "time": 128}, TRAINERS


def parameters(job):
    width = job["width"]
    return (job["vocabulary"] + job["positions"]) * width + job["layers"] * (12 * width * width + 13 * width) + 2 * width


def products(job):
    """Floating-point operations of the products. A causal row sees the positions up to its own."""
    width, tokens = job["width"], job["batch"] * job["time"]
    causal = job["model"] == "gpt2"
    seen = job["position"] + 1 if job["what"] == "decode" else (job["time"] + 1) / 2 if causal else job["time"]
    forward = 2 * tokens * job["layers"] * width * (12 * width + 2 * seen)
    head = 2 * job["vocabulary"] * width * {"step": tokens, "predict": 0}.get(job["what"], job["batch"])
    return (3 if job["what"] == "step" else 1) * (forward + head)


# Of a weight of a lone token, by what mlc is told.
BYTES = {"f32": 4, "--precision=bf16": 2, "--quantize-weights=int8": 1, "--quantize-weights=int4:group=128": 0.5}


def peak_of(native, job):
    """The case of what products can do at most, its operations, and a name."""
    if job.get("dtype") == "bfloat16":
        peak, flops = native.peak(1)
        if peak:
            return peak, flops, "bf16 peak"
    return *native.peak(), "FMA peak"


def limit(native, job):
    """Products at the FMA peak, and AdamW's bytes at bandwidth; of a lone token every weight read once."""
    peak, flops, name = peak_of(native, job)
    if job["what"] == "decode":
        count = parameters(job) - job["positions"] * job["width"]
        loop, passes = native.stream(1, 0, int(count * BYTES[job.get("flags", ["f32"])[-1]] / 4))
        return native.measure({"loop": loop})["loop"] / passes, "weights at bandwidth"
    seconds = products(job) / flops * native.measure({"peak": peak})["peak"]
    if job["what"] != "step":
        return seconds, name
    loop, passes = native.stream(4, 3, parameters(job), True)
    return seconds + native.measure({"loop": loop})["loop"] / passes, "products at peak + optimizer at bandwidth"


def text(native, job):
    environment = os.environ | {"PYTHONPATH": str(native.mlc.parent.parent / "python")}
    return subprocess.run([sys.executable, HERE / "transformer_text.py", json.dumps(job)], env=environment, check=True, capture_output=True,
                          text=True).stdout


def call(native, model, job):
    ids = native.labels(job["batch"] * job["time"], job["vocabulary"])
    if job["what"] == "step":
        return model.entry("fit", ids, native.labels(job["batch"] * job["time"], job["vocabulary"]), native.random(1))
    if job["what"] == "decode":
        return model.entry("decode", ids, native.integer(job["position"]), native.random(job["batch"] * job["vocabulary"]))
    rows = job["batch"] * (job["vocabulary"] if job["model"] == "gpt2" else job["time"] * job["width"])
    return model.entry("predict", ids, native.random(rows))


def saved_weights(native, job, source):
    """A file of the first parameters of the model: what is quantised has to be there when it is compiled."""
    path = native.work / f"{job['name']}.safetensors"
    model = native.compile_model(job["name"], source, ending=".plain.so")
    model.save(path)
    model.destroy()
    return str(path)


def held_by(native, job):
    """kB that a process held at most which creates the model and calls it twice."""
    entry = {"step": "fit", "decode": "decode"}.get(job["what"], "predict")
    command = [native.mlc.parent / "mlc-run", "bench", native.work / f"{job['name']}.so", entry, "--repeat", "1", "--threads", str(native.threads)]
    process, most = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), 0
    while process.poll() is None:
        most = max(most, peers.held(process.pid) or 0)
        time.sleep(0.02)
    return most


def remark(title, compiled, held):
    """Compile time and memory, which no limit is known of."""
    others = ", ".join(f"{name} {kilobytes / 1e3:.0f} MB" for name, kilobytes in held.items() if name != "mlc")
    return f"{title}: compiled in {compiled:.1f} s; resident at most {held['mlc'] / 1e3:.0f} MB, {others}"


def transformers_section(native, quick):
    rows = []
    for number, (title, job, who) in enumerate(jobs(quick)):
        job |= {"name": f"transformer{number}", "threads": native.threads, "seconds": 0.3 if quick else 2.0}
        source = text(native, job)
        flags = job.get("flags", [])
        if any("quantize" in flag for flag in flags):
            flags = flags + ["--weights", saved_weights(native, job, source)]
        start = time.monotonic()
        model = native.compile_model(job["name"], source, flags)
        compiled = time.monotonic() - start
        mine = native.measure({"mlc": call(native, model, job)}, rounds=5)["mlc"]
        least, bound = limit(native, job)
        model.destroy()
        held = {"mlc": held_by(native, job)}
        found = {name: peers.measure(name, job, held) for name in who}
        rows += [Row(title, mine, least, bound, {name: seconds for name, seconds in found.items() if seconds}), remark(title, compiled, held)]
    return rows
