"""GPT-2 and BERT in frameworks: AdamW's step, inference, and GPT-2's next token from a cache. The network is written once, over what
a framework calls its operations; its weights are tied to the table, as the papers have it."""
import numpy as np

EPSILON = 1e-5


def data(job):
    random = np.random.default_rng(7)
    return [random.integers(0, job["vocabulary"], (job["batch"], job["time"])) for _ in range(2)]


def weights(job):
    """By name; matrices are [in, out]."""
    random, width = np.random.default_rng(8), job["width"]
    array = lambda *shape: (0.02 * random.standard_normal(shape, dtype=np.float32))
    found = {"tokens": array(job["vocabulary"], width), "positions": array(job["positions"], width), "norm": np.ones(width, np.float32),
             "norm_bias": np.zeros(width, np.float32)}
    for i in range(job["layers"]):
        for name, n, m in (("qkv", width, 3 * width), ("out", width, width), ("up", width, 4 * width), ("down", 4 * width, width)):
            found |= {f"{i}.{name}": array(n, m), f"{i}.{name}_bias": np.zeros(m, np.float32)}
        for name in ("norm1", "norm2"):
            found |= {f"{i}.{name}": np.ones(width, np.float32), f"{i}.{name}_bias": np.zeros(width, np.float32)}
    return found


def network(ops, p, ids, job, caches=None, position=0):
    """The features after the last layer, and the caches with what was added."""
    causal, heads = job["model"] == "gpt2", job["heads"]
    batch, time = ids.shape
    norm = lambda x, name: ops.layer_norm(x, p[name], p[name + "_bias"])
    linear = lambda x, name: ops.linear(x, p[name], p[name + "_bias"])
    x = p["tokens"][ids] + ops.rows(p["positions"], position, time)
    if not causal:
        x = norm(x, "norm")
    kept = []
    for i in range(job["layers"]):
        q, k, v = (part.reshape(batch, time, heads, -1) for part in ops.split(linear(norm(x, f"{i}.norm1") if causal else x, f"{i}.qkv")))
        if caches:
            k, v = ops.put(caches[i][0], k, position), ops.put(caches[i][1], v, position)
            kept.append((k, v))
        y = ops.attention(q, k, v, causal and not caches, position if caches else None).reshape(batch, time, -1)
        x = x + linear(y, f"{i}.out")
        x = x if causal else norm(x, f"{i}.norm1")
        h = linear(ops.gelu(linear(norm(x, f"{i}.norm2") if causal else x, f"{i}.up"), causal), f"{i}.down")
        x = x + h if causal else norm(x + h, f"{i}.norm2")
    return (norm(x, "norm") if causal else x), kept


class TorchOps:

    def __init__(self, torch):
        self.torch, self.f = torch, torch.nn.functional

    def layer_norm(self, x, scale, bias):
        return self.f.layer_norm(x, scale.shape, scale, bias, EPSILON)

    def linear(self, x, w, b):
        return self.f.linear(x, w, b)

    def split(self, x):
        return x.chunk(3, -1)

    def gelu(self, x, tanh):
        return self.f.gelu(x, approximate="tanh" if tanh else "none")

    def rows(self, table, position, time):
        return table[position:position + time]

    def put(self, cache, new, position):
        cache[:, position:position + new.shape[1]] = new
        return cache[:, :position + new.shape[1]]

    def attention(self, q, k, v, causal, position):
        q, k, v = (x.transpose(1, 2) for x in (q, k, v))
        return self.f.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(1, 2)


def torch_weights(torch, job):
    dtype = getattr(torch, job.get("dtype", "float32"))
    return {name: torch.from_numpy(np.ascontiguousarray(value.T) if "." in name and value.ndim == 2 else value).to(dtype)
            for name, value in weights(job).items()}


def torch_job(job, compiled):
    import torch
    torch.set_num_threads(job["threads"])
    ops, p = TorchOps(torch), torch_weights(torch, job)
    ids, labels = map(torch.from_numpy, data(job))
    wrap = torch.compile if compiled else lambda function: function
    if job["what"] == "step":
        for value in p.values():
            value.requires_grad_()
        optimizer = torch.optim.AdamW(p.values(), lr=1e-4, fused=True)

        def loss(ids, labels):
            logits = network(ops, p, ids, job)[0] @ p["tokens"].T
            return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
        forward = wrap(loss)

        def step():
            optimizer.zero_grad(set_to_none=True)
            forward(ids, labels).backward()
            optimizer.step()
        return step
    if job["what"] == "decode":
        shape = (job["batch"], job["positions"], job["heads"], job["width"] // job["heads"])
        caches = [(torch.zeros(shape, dtype=p["tokens"].dtype), torch.zeros(shape, dtype=p["tokens"].dtype)) for _ in range(job["layers"])]
        forward = wrap(lambda ids: network(ops, p, ids, job, caches, job["position"])[0][:, -1] @ p["tokens"].T)
        ids = ids[:, :1]
    elif job["model"] == "gpt2":
        forward = wrap(lambda ids: network(ops, p, ids, job)[0][:, -1] @ p["tokens"].T)
    else:
        forward = wrap(lambda ids: network(ops, p, ids, job)[0])

    def predict():
        with torch.inference_mode():
            forward(ids)
    return predict


def jax_job(job):
    import jax
    import jax.numpy as jnp

    class Ops:

        def layer_norm(self, x, scale, bias):
            x = x - x.mean(-1, keepdims=True)
            return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + EPSILON) * scale + bias

        def linear(self, x, w, b):
            return x @ w + b

        def split(self, x):
            return jnp.split(x, 3, -1)

        def gelu(self, x, tanh):
            return jax.nn.gelu(x, approximate=tanh)

        def rows(self, table, position, time):
            return jax.lax.dynamic_slice_in_dim(table, position, time)

        def put(self, cache, new, position):
            return jax.lax.dynamic_update_slice_in_dim(cache, new, position, 1)

        def attention(self, q, k, v, causal, position):
            lengths = None if position is None else jnp.full((q.shape[0],), position + 1)
            return jax.nn.dot_product_attention(q, k, v, is_causal=causal, key_value_seq_lengths=lengths)

    ops, p = Ops(), jax.tree.map(jnp.asarray, weights(job))
    ids, labels = map(jnp.asarray, data(job))

    def loss(p, ids, labels):
        y = jax.nn.log_softmax(network(ops, p, ids, job)[0] @ p["tokens"].T)
        return -jnp.mean(jnp.take_along_axis(y, labels[..., None], -1))

    def adamw(state, ids, labels):
        p, m, v, count = state
        value, gradient = jax.value_and_grad(loss)(p, ids, labels)
        count = count + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradient)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradient)
        a, b = 1 / (1 - 0.9 ** count), 1 / (1 - 0.999 ** count)
        p = jax.tree.map(lambda p, m, v: p * (1 - 1e-6) - 1e-4 * a * m / (jnp.sqrt(b * v) + 1e-8), p, m, v)
        return (p, m, v, count), value

    if job["what"] == "step":
        zeros = jax.tree.map(jnp.zeros_like, p)
        holder = [(p, zeros, jax.tree.map(jnp.zeros_like, p), jnp.float32(0))]
        jitted = jax.jit(adamw, donate_argnums=0)

        def step():
            holder[0], _ = jitted(holder[0], ids, labels)
            jax.block_until_ready(holder[0])
        return step
    if job["what"] == "decode":
        shape = (job["batch"], job["positions"], job["heads"], job["width"] // job["heads"])
        holder = [[(jnp.zeros(shape), jnp.zeros(shape)) for _ in range(job["layers"])]]

        def next_token(p, caches, ids, position):
            y, caches = network(ops, p, ids, job, caches, position)
            return y[:, -1] @ p["tokens"].T, caches
        jitted = jax.jit(next_token, donate_argnums=1)

        def decode():
            y, holder[0] = jitted(p, holder[0], ids[:, :1], job["position"])
            jax.block_until_ready((y, holder[0]))
        return decode
    if job["model"] == "gpt2":
        forward = jax.jit(lambda p, ids: network(ops, p, ids, job)[0][:, -1] @ p["tokens"].T)
    else:
        forward = jax.jit(lambda p, ids: network(ops, p, ids, job)[0])
    return lambda: forward(p, ids).block_until_ready()


def onnx_bytes(job):
    """What PyTorch exports."""
    import io

    import torch
    ops, p = TorchOps(torch), torch_weights(torch, job | {"dtype": "float32"})

    class Network(torch.nn.Module):

        def __init__(self):
            super().__init__()
            self.names = list(p)
            self.values = torch.nn.ParameterList(p.values())

        def forward(self, ids):
            values = dict(zip(self.names, self.values))
            y = network(ops, values, ids, job)[0]
            return y[:, -1] @ values["tokens"].T if job["model"] == "gpt2" else y
    file = io.BytesIO()
    torch.onnx.export(Network(), (torch.from_numpy(data(job)[0]),), file, input_names=["ids"], output_names=["y"], opset_version=17, dynamo=False)
    return file.getvalue()


def onnxruntime_job(job):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx_bytes(job), options, providers=["CPUExecutionProvider"])
    ids = data(job)[0]
    return lambda: session.run(["y"], {"ids": ids})


def openvino_job(job):
    import openvino
    core = openvino.Core()
    precision = {"float32": "f32", "bfloat16": "bf16"}[job.get("dtype", "float32")]
    settings = {"INFERENCE_NUM_THREADS": job["threads"], "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision}
    request = core.compile_model(core.read_model(onnx_bytes(job), b""), "CPU", settings).create_infer_request()
    request.set_input_tensor(openvino.Tensor(data(job)[0]))
    return request.infer


JOBS = {"torch": lambda job: torch_job(job, False), "torch-compile": lambda job: torch_job(job, True), "jax": jax_job,
        "onnxruntime": onnxruntime_job, "openvino": openvino_job}
