"""Attention of models.attention in frameworks, of a dtype: forward, or forward and the gradients of queries, keys and values."""
import numpy as np


def data(job):
    random = np.random.default_rng(7)
    shape = [job["batch"], job["time"], job["heads"], job["features"]]
    return [random.standard_normal(shape, dtype=np.float32) for _ in range(4)]


def torch_job(job):
    import torch
    torch.set_num_threads(job["threads"])
    # Time before heads in memory, as a projection leaves them.
    q, k, v, dy = (torch.from_numpy(x).to(getattr(torch, job["dtype"])).transpose(1, 2) for x in data(job))

    def attend():
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=job["causal"])
    if job["what"] == "forward":
        def forward():
            with torch.inference_mode():
                attend()
        return forward
    for x in (q, k, v):
        x.requires_grad_()
    return lambda: torch.autograd.grad(attend(), (q, k, v), dy)


def jax_job(job):
    import jax
    q, k, v, dy = map(jax.numpy.asarray, data(job))

    def attend(q, k, v):
        return jax.nn.dot_product_attention(q, k, v, is_causal=job["causal"])

    def gradients(q, k, v, dy):
        y, pull = jax.vjp(attend, q, k, v)
        return y, pull(dy)
    if job["what"] == "forward":
        forward = jax.jit(attend)
        return lambda: forward(q, k, v).block_until_ready()
    both = jax.jit(gradients)
    return lambda: jax.block_until_ready(both(q, k, v, dy))
