"""The language model of models.language_model in frameworks: gradient descent on the cross-entropy, or the logits after the last step."""
import numpy as np

RATE = 0.01


def data(job):
    random = np.random.default_rng(7)
    return [random.integers(0, job["vocabulary"], (job["steps"], job["batch"])) for _ in range(2)]


def torch_job(job, compiled):
    import torch
    torch.set_num_threads(job["threads"])
    units, vocabulary = job["units"], job["vocabulary"]
    table, network, head = torch.nn.Embedding(vocabulary, units), torch.nn.LSTM(units, units, job["layers"]), torch.nn.Linear(units, vocabulary)
    x, label = map(torch.from_numpy, data(job))
    wrap = torch.compile if compiled else lambda function: function
    if job["what"] == "predict":
        forward = wrap(lambda x: head(network(table(x))[0][-1]))

        def predict():
            with torch.inference_mode():
                forward(x)
        return predict
    forward = wrap(lambda x, label: torch.nn.functional.cross_entropy(head(network(table(x))[0].flatten(0, 1)), label.flatten()))
    optimizer = torch.optim.SGD([p for part in (table, network, head) for p in part.parameters()], lr=RATE)

    def step():
        optimizer.zero_grad(set_to_none=True)
        forward(x, label).backward()
        optimizer.step()
    return step


def jax_job(job):
    import jax
    import jax.numpy as jnp
    units, vocabulary = job["units"], job["vocabulary"]
    random = np.random.default_rng(8)
    array = lambda *shape: jnp.asarray(random.uniform(-0.05, 0.05, shape).astype(np.float32))
    layers = [(array(units, 4 * units), array(units, 4 * units), array(4 * units)) for _ in range(job["layers"])]
    parameters = (array(vocabulary, units), layers, array(units, vocabulary), array(vocabulary))

    def network(table, layers, x):
        y, zeros = table[x], jnp.zeros((x.shape[1], units))
        for w, u, b in layers:
            def cell(state, projected):
                h, c = state
                i, f, g, o = jnp.split(projected + h @ u, 4, 1)
                c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
                h = jax.nn.sigmoid(o) * jnp.tanh(c)
                return (h, c), h
            y = jax.lax.scan(cell, (zeros, zeros), y @ w + b)[1]
        return y

    def loss(parameters, x, label):
        table, layers, out, shift = parameters
        y = jax.nn.log_softmax(network(table, layers, x).reshape(-1, units) @ out + shift)
        return -jnp.mean(jnp.take_along_axis(y, label.reshape(-1, 1), 1))

    def descend(parameters, x, label):
        value, gradient = jax.value_and_grad(loss)(parameters, x, label)
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradient), value

    x, label = map(jnp.asarray, data(job))
    if job["what"] == "predict":
        forward = jax.jit(lambda p, x: network(p[0], p[1], x)[-1] @ p[2] + p[3])
        return lambda: forward(parameters, x).block_until_ready()
    holder, jitted = [parameters], jax.jit(descend, donate_argnums=0)

    def step():
        holder[0], _ = jitted(holder[0], x, label)
        jax.block_until_ready(holder[0])
    return step
