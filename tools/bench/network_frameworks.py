"""The networks of network.py in frameworks: inference, and steps of SGD with momentum. Parameters are made by a first run; running statistics
move in steps."""
import numpy as np

import network

EPSILON = 1e-5


def data(job):
    random = np.random.default_rng(7)
    return random.standard_normal(network.shape(job), dtype=np.float32), random.integers(0, 1000, job["batch"])


class Weights:
    """Arrays by name, random at first."""

    def __init__(self, make):
        self.values, self.make, self.random = {}, make, np.random.default_rng(8)

    def __call__(self, name, shape, kind="random"):
        if name not in self.values:
            fan = int(np.prod(shape[1:])) or 1
            array = {"ones": np.ones, "zeros": np.zeros}.get(kind, lambda shape: self.random.standard_normal(shape) * (2 / fan)**0.5)(shape)
            self.values[name] = self.make(array.astype(np.float32))
        return self.values[name]


class TorchOps:

    def __init__(self, torch, training):
        self.torch, self.f, self.training = torch, torch.nn.functional, training
        self.p, self.statistics = Weights(torch.from_numpy), Weights(torch.from_numpy)

    def conv(self, x, name, channels, window, stride=1, padding=0, groups=1, bias=False):
        w = self.p(name, (channels, x.shape[1] // groups) + (window,) * (x.dim() - 2))
        b = self.p(name + ".bias", (channels,), "zeros") if bias else None
        return (self.f.conv1d if x.dim() == 3 else self.f.conv2d)(x, w, b, stride, padding, 1, groups)

    def batch_norm(self, x, name):
        channels = (x.shape[1],)
        return self.f.batch_norm(x, self.statistics(name + ".mean", channels, "zeros"), self.statistics(name + ".variance", channels, "ones"),
                                 self.p(name + ".scale", channels, "ones"), self.p(name + ".bias", channels, "zeros"), self.training, 0.1, EPSILON)

    def layer_norm(self, x, name):
        width = (x.shape[-1],)
        return self.f.layer_norm(x, width, self.p(name + ".scale", width, "ones"), self.p(name + ".bias", width, "zeros"), 1e-6)

    def linear(self, x, name, units):
        return self.f.linear(x, self.p(name, (units, x.shape[-1])), self.p(name + ".bias", (units,), "zeros"))

    def relu(self, x):
        return self.f.relu(x)

    def relu6(self, x):
        return self.f.relu6(x)

    def gelu(self, x):
        return self.f.gelu(x)

    def max_pool(self, x, window, stride, padding=0):
        return (self.f.max_pool1d if x.dim() == 3 else self.f.max_pool2d)(x, window, stride, padding)

    def global_mean(self, x):
        return x.flatten(2).mean(2)

    def patches(self, x):
        return x.flatten(2).transpose(1, 2)

    def class_token(self, x, positions):
        token, table = self.p("token", (1, 1, x.shape[2]), "zeros"), self.p("positions", (1, positions, x.shape[2]))
        return self.torch.cat([token.expand(x.shape[0], -1, -1), x], 1) + table

    def attention(self, x, name, heads):
        batch, time, width = x.shape
        q, k, v = (part.reshape(batch, time, heads, -1).transpose(1, 2) for part in self.linear(x, name + ".qkv", 3 * width).chunk(3, -1))
        return self.linear(self.f.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, time, width), name + ".out", width)

    def first(self, x):
        return x[:, 0]


def torch_parts(job):
    """Operations whose parameters are there, images and labels; channels last, where PyTorch is faster."""
    import torch
    torch.set_num_threads(job["threads"])
    images, labels = data(job)
    ops, x = TorchOps(torch, job["what"] == "step"), torch.from_numpy(images)
    with torch.no_grad():
        network.features(ops, x, job)
    if x.dim() == 4:
        x = x.to(memory_format=torch.channels_last)
        for name, value in ops.p.values.items():
            if value.dim() == 4:
                ops.p.values[name] = value.to(memory_format=torch.channels_last)
    return torch, ops, x, torch.from_numpy(labels)


def torch_job(job, compiled):
    torch, ops, x, labels = torch_parts(job)
    wrap = torch.compile if compiled else lambda function: function
    if job["what"] == "step":
        for value in ops.p.values.values():
            value.requires_grad_()
        optimizer = torch.optim.SGD(ops.p.values.values(), lr=0.1, momentum=0.9)
        forward = wrap(lambda x: torch.nn.functional.cross_entropy(network.features(ops, x, job), labels))

        def step():
            optimizer.zero_grad(set_to_none=True)
            forward(x).backward()
            optimizer.step()
        return step
    forward = wrap(lambda x: network.features(ops, x, job))

    def predict():
        with torch.inference_mode():
            forward(x)
    return predict


class JaxOps:

    def __init__(self, training):
        import jax
        import jax.numpy as jnp
        self.jax, self.jnp, self.training = jax, jnp, training
        self.p, self.statistics, self.moved = Weights(jnp.asarray), Weights(jnp.asarray), {}

    def conv(self, x, name, channels, window, stride=1, padding=0, groups=1, bias=False):
        rank = x.ndim - 2
        y = self.jax.lax.conv_general_dilated(x, self.p(name, (channels, x.shape[1] // groups) + (window,) * rank), (stride,) * rank,
                                              ((padding, padding),) * rank, feature_group_count=groups)
        return y + self.p(name + ".bias", (channels,), "zeros").reshape((1, -1) + (1,) * rank) if bias else y

    def batch_norm(self, x, name):
        channels, form = (x.shape[1],), (1, -1) + (1,) * (x.ndim - 2)
        mean, variance = self.statistics(name + ".mean", channels, "zeros"), self.statistics(name + ".variance", channels, "ones")
        if self.training:
            axes = (0,) + tuple(range(2, x.ndim))
            now, spread = x.mean(axes), x.var(axes)
            self.moved |= {name + ".mean": 0.9 * mean + 0.1 * now, name + ".variance": 0.9 * variance + 0.1 * spread}
            mean, variance = now, spread
        scale = self.p(name + ".scale", channels, "ones") * self.jax.lax.rsqrt(variance + EPSILON)
        return x * scale.reshape(form) + (self.p(name + ".bias", channels, "zeros") - mean * scale).reshape(form)

    def layer_norm(self, x, name):
        width = (x.shape[-1],)
        x = x - x.mean(-1, keepdims=True)
        return x * self.jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-6) * self.p(name + ".scale", width, "ones") + self.p(name + ".bias", width, "zeros")

    def linear(self, x, name, units):
        return x @ self.p(name, (x.shape[-1], units)) + self.p(name + ".bias", (units,), "zeros")

    def relu(self, x):
        return self.jnp.maximum(x, 0)

    def relu6(self, x):
        return self.jnp.clip(x, 0, 6)

    def gelu(self, x):
        return self.jax.nn.gelu(x, approximate=False)

    def max_pool(self, x, window, stride, padding=0):
        rank = x.ndim - 2
        return self.jax.lax.reduce_window(x, -self.jnp.inf, self.jax.lax.max, (1, 1) + (window,) * rank, (1, 1) + (stride,) * rank,
                                          ((0, 0), (0, 0)) + ((padding, padding),) * rank)

    def global_mean(self, x):
        return x.mean(tuple(range(2, x.ndim)))

    def patches(self, x):
        return x.reshape(x.shape[0], x.shape[1], -1).transpose(0, 2, 1)

    def class_token(self, x, positions):
        token, table = self.p("token", (1, 1, x.shape[2]), "zeros"), self.p("positions", (1, positions, x.shape[2]))
        return self.jnp.concatenate([self.jnp.broadcast_to(token, (x.shape[0], 1, x.shape[2])), x], 1) + table

    def attention(self, x, name, heads):
        batch, time, width = x.shape
        q, k, v = (part.reshape(batch, time, heads, -1) for part in self.jnp.split(self.linear(x, name + ".qkv", 3 * width), 3, -1))
        return self.linear(self.jax.nn.dot_product_attention(q, k, v).reshape(batch, time, width), name + ".out", width)

    def first(self, x):
        return x[:, 0]


def jax_job(job):
    ops = JaxOps(job["what"] == "step")
    jax, jnp = ops.jax, ops.jnp
    x, labels = map(jnp.asarray, data(job))
    network.features(ops, x, job)
    p, statistics = ops.p.values, ops.statistics.values

    def run(p, statistics, x):
        ops.p.values, ops.statistics.values, ops.moved = p, statistics, {}
        return network.features(ops, x, job), ops.moved
    if job["what"] != "step":
        forward = jax.jit(lambda p, statistics, x: run(p, statistics, x)[0])
        return lambda: forward(p, statistics, x).block_until_ready()

    def loss(p, statistics):
        y, moved = run(p, statistics, x)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(y), labels[:, None], -1)), moved

    def update(state):
        p, momentum, statistics = state
        (value, moved), slope = jax.value_and_grad(loss, has_aux=True)(p, statistics)
        momentum = jax.tree.map(lambda m, g: 0.9 * m + g, momentum, slope)
        return (jax.tree.map(lambda p, m: p - 0.1 * m, p, momentum), momentum, moved), value
    jitted, holder = jax.jit(update, donate_argnums=0), [(p, jax.tree.map(jnp.zeros_like, p), statistics)]

    def step():
        holder[0], _ = jitted(holder[0])
        jax.block_until_ready(holder[0])
    return step


def onnx_bytes(job):
    import io
    torch, ops, x, _ = torch_parts(job)

    class Network(torch.nn.Module):

        def __init__(self):
            super().__init__()
            self.names, self.values = list(ops.p.values), torch.nn.ParameterList(ops.p.values.values())

        def forward(self, x):
            ops.p.values = dict(zip(self.names, self.values))
            return network.features(ops, x, job)
    file = io.BytesIO()
    torch.onnx.export(Network().eval(), (x.contiguous(),), file, input_names=["x"], output_names=["y"], opset_version=17, dynamo=False)
    return file.getvalue()


def onnxruntime_job(job):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = job["threads"], 1
    session, images = onnxruntime.InferenceSession(onnx_bytes(job), options, providers=["CPUExecutionProvider"]), data(job)[0]
    return lambda: session.run(["y"], {"x": images})


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
