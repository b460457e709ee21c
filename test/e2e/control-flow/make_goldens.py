"""make_goldens.py > goldens.json: what JAX (0.10.2, on a CPU) makes of the model of model.py: by count of trips and pair, the results
of @gradients and @curvatures, flat. Reverse mode, but for lax.while_loop, which has forward mode only (and
jax.custom_vjp reverse mode only, so that in lax.while_loop the cell is plain)."""
import json

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from model import BOUND, COUNTS, PAIRS, inputs

jax.config.update("jax_enable_x64", True)


def scan(h, x, xs, n, body):
    return lax.scan(lambda h, x: (body(h, x), None), h, xs)[0]


def while_(h, x, xs, n, body):
    return lax.while_loop(lambda state: (state[0] < n) & (state[0] < BOUND), lambda state: (state[0] + 1, body(state[1], x)), (0, h))[1]


def if_(h, x, xs, n, body):
    return lax.cond(h.sum() > 0, body, lambda h, x: jnp.sin(h) * x, h, x)


def checkpoint(h, x, xs, n, body):
    return jax.checkpoint(body)(h, x)


@jax.custom_vjp
def own_cell(w, h, x):
    return jnp.tanh(w @ h + x)


def forward(w, h, x):
    y = own_cell(w, h, x)
    return y, (y, w, h)


def backward(saved, dy):
    y, w, h = saved
    dx = dy * (1 - y * y)
    return jnp.outer(dx, h), w.T @ dx, dx


own_cell.defvjp(forward, backward)

APPLY = {"custom": lambda h, x, xs, n, body: body(h, x), "scan": scan, "while": while_, "if": if_, "checkpoint": checkpoint}


def loss_of(outer, inner):
    def loss(w, h, x, xs, n):
        is_own = inner == "custom" and outer != "while"
        cell = lambda h, x: own_cell(w, h, x) if is_own else jnp.tanh(w @ h + x)
        y = APPLY[outer](h, x, xs, n, lambda h, x: APPLY[inner](h, x, xs, n, cell))
        return (y * y + y).sum()
    return loss


def golden(pair, count):
    w, h, x, xs, n, v = inputs(count)
    loss, n = loss_of(*pair), int(n)
    is_forward = "while" in pair
    derivatives = jax.jacfwd if is_forward else jax.jacrev
    slope = lambda w, h: (jax.jacfwd if is_forward else jax.grad)(loss, 1)(w, h, x, xs, n) @ v
    gradients = [loss(w, h, x, xs, n), *derivatives(loss, (0, 1, 2, 3))(w, h, x, xs, n)]
    curvatures = [slope(w, h), *derivatives(slope, (0, 1))(w, h)]
    flat = lambda arrays: [float(number) for array in arrays for number in np.ravel(array)]
    return {"gradients": flat(gradients), "curvatures": flat(curvatures)}


goldens = {str(count): {"_".join(pair): golden(pair, count) for pair in PAIRS} for count in COUNTS}
rows = [f'"{count}": {{\n' + ",\n".join(f'"{pair}": {json.dumps(values)}' for pair, values in pairs.items()) + "\n}" for count, pairs in goldens.items()]
print("{\n" + ",\n".join(rows) + "\n}")
