"""One framework, one job, in the benchmark's virtual environment: prints the median seconds of a call.

usage: frameworks.py FRAMEWORK JOB, where JOB is JSON: what (step or predict), sizes, batch, loss, threads, seconds.
The layers, ReLU between them, the loss and Adam are those of models.perceptron. A job with a model is one of
transformer.py, or of network.py where it says so; one with a vocabulary of language.py, one with heads of attention.py.
"""
import json
import os
import sys
import time

import attention
import language
import network_frameworks
import numpy as np
import peers
import transformer


def median_seconds(call, seconds, threads):
    """CPU time of the process for one thread, on one CPU; wall time for several."""
    clock = time.process_time if threads == 1 else time.perf_counter
    end = time.monotonic() + seconds / 2
    while time.monotonic() < end:
        call()
    times, end = [], time.monotonic() + seconds
    while len(times) < (3 if seconds < sum(times) else 10) or time.monotonic() < end:
        start = clock()
        call()
        times.append(clock() - start)
    return sorted(times)[len(times) // 2]


def data(job):
    random = np.random.default_rng(7)
    x = random.standard_normal((job["batch"], job["sizes"][0]), dtype=np.float32)
    if job["loss"] == "mse":
        return x, random.standard_normal((job["batch"], job["sizes"][-1]), dtype=np.float32)
    return x, random.integers(0, job["sizes"][-1], job["batch"])


def weights(job):
    random = np.random.default_rng(8)
    return [((random.standard_normal((k, n)) * (2 / k) ** 0.5).astype(np.float32), np.zeros(n, np.float32))
            for k, n in zip(job["sizes"], job["sizes"][1:])]


def torch_job(job, compiled):
    import torch
    torch.set_num_threads(job["threads"])
    layers = []
    for i, (k, n) in enumerate(zip(job["sizes"], job["sizes"][1:])):
        layers += [torch.nn.Linear(k, n), torch.nn.ReLU()]
    if job["loss"] != "mse":  # simple_model ends in ReLU
        layers.pop()
    network = torch.nn.Sequential(*layers)
    x, target = map(torch.from_numpy, data(job))
    if job["what"] == "predict":
        def predict():
            with torch.inference_mode():
                network(x)
        return predict
    loss = torch.nn.MSELoss() if job["loss"] == "mse" else torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    forward = torch.compile(lambda x, target: loss(network(x), target)) if compiled else lambda x, target: loss(network(x), target)

    def step():
        optimizer.zero_grad(set_to_none=True)
        forward(x, target).backward()
        optimizer.step()
    return step


def jax_job(job):
    import jax
    import jax.numpy as jnp

    def predict(parameters, x):
        for i, (w, b) in enumerate(parameters):
            x = x @ w + b
            if i + 1 < len(parameters) or job["loss"] == "mse":
                x = jnp.maximum(x, 0)
        return x

    def loss(parameters, x, target):
        y = predict(parameters, x)
        if job["loss"] == "mse":
            return jnp.mean((y - target) ** 2)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(y), target[:, None], 1))

    def adam(state, x, target):
        parameters, m, v, count = state
        value, gradient = jax.value_and_grad(loss)(parameters, x, target)
        count = count + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradient)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradient)
        rate = 1e-3 * jnp.sqrt(1 - 0.999 ** count) / (1 - 0.9 ** count)
        parameters = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), parameters, m, v)
        return (parameters, m, v, count), value

    parameters = jax.tree.map(jnp.asarray, weights(job))
    x, target = map(jnp.asarray, data(job))
    if job["what"] == "predict":
        forward = jax.jit(predict)
        return lambda: forward(parameters, x).block_until_ready()
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    holder = [(parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.float32(0))]
    jitted = jax.jit(adam, donate_argnums=0)

    def step():
        holder[0], value = jitted(holder[0], x, target)
        value.block_until_ready()
        jax.block_until_ready(holder[0])
    return step


def onnx_bytes(job):
    from onnx import TensorProto, helper, numpy_helper
    nodes, constants, value, layers = [], [], "x", weights(job)
    for i, (w, b) in enumerate(layers):
        constants += [numpy_helper.from_array(w, f"w{i}"), numpy_helper.from_array(b, f"b{i}")]
        last = i + 1 == len(layers)
        nodes.append(helper.make_node("Gemm", [value, f"w{i}", f"b{i}"], ["y" if last else f"h{i}"]))
        if not last:
            nodes.append(helper.make_node("Relu", [f"h{i}"], [f"a{i}"]))
        value = f"a{i}"
    shape = lambda name, n: helper.make_tensor_value_info(name, TensorProto.FLOAT, [job["batch"], n])
    graph = helper.make_graph(nodes, "mlp", [shape("x", job["sizes"][0])], [shape("y", job["sizes"][-1])], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()


def onnxruntime_job(job):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx_bytes(job), options, providers=["CPUExecutionProvider"])
    x, _ = data(job)
    return lambda: session.run(["y"], {"x": x})


def openvino_job(job):
    import openvino
    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": job["threads"], "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    request = core.compile_model(core.read_model(onnx_bytes(job), b""), "CPU", settings).create_infer_request()
    x, _ = data(job)
    request.set_input_tensor(openvino.Tensor(x))
    return request.infer


JOBS = {"torch": lambda job: torch_job(job, False), "torch-compile": lambda job: torch_job(job, True), "jax": jax_job,
        "onnxruntime": onnxruntime_job, "openvino": openvino_job}
LANGUAGE_JOBS = {"torch": lambda job: language.torch_job(job, False), "torch-compile": lambda job: language.torch_job(job, True),
                 "jax": language.jax_job}
ATTENTION_JOBS = {"torch": attention.torch_job, "jax": attention.jax_job}

if __name__ == "__main__":
    job = json.loads(sys.argv[2])
    # Before anything starts threads: frameworks without a setting make as many as they may use CPUs.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:job["threads"]])
    jobs = network_frameworks.JOBS if job.get("family") == "network" else transformer.JOBS if "model" in job else LANGUAGE_JOBS if "vocabulary" in job else ATTENTION_JOBS if "heads" in job else JOBS
    seconds = median_seconds(jobs[sys.argv[1]](job), job["seconds"], job["threads"])
    print(seconds, peers.held(os.getpid()))
