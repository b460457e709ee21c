"""Entries as functions of other libraries."""
import importlib.util

import mlc
import numpy as np
from mlc import nn

m = nn.Module("bridge")


@m.function
def forward(x: nn.f32["n", 3], w: nn.f32[3], scale: nn.i32[()]):
    y = nn.tanh(x * w)
    return y * scale.astype(nn.f32), (y > 0).astype(nn.i32)


@m.function
def backward(x: nn.f32["n", 3], w: nn.f32[3], scale: nn.i32[()], dy: nn.f32["n", 3]):
    return nn.vjp(forward, x, w, scale, cotangents=[dy], wrt=[0, 1])


model = mlc.compile(m)
x, w, scale = np.random.default_rng(0).random((4, 3)).astype(np.float32), np.float32([1, -2, 3]), np.int32(2)
wanted = np.tanh(x * w) * 2
slope = 2 * (1 - np.tanh(x * w)**2)
dx, dw = slope * w, (slope * x).sum(0)


def installed(name):
    if importlib.util.find_spec(name):
        return True
    print(f"{name}: not installed")
    return False


def refused(call, text):
    try:
        call()
    except mlc.UsageError as error:
        assert text in str(error), error
    else:
        raise AssertionError(text)


if installed("torch"):
    import torch
    from mlc.torch import function
    call = function(model, "forward", vjp="backward")
    tx, tw = torch.tensor(x, requires_grad=True), torch.tensor(w, requires_grad=True)
    y, positive = call(tx, tw, torch.tensor(scale))
    assert np.allclose(y.detach().numpy(), wanted) and positive.dtype == torch.int32
    y.sum().backward()
    assert np.allclose(tx.grad.numpy(), dx) and np.allclose(tw.grad.numpy(), dw)
    # A tensor is read and written in place by entries themselves, too.
    out = (torch.empty(4, 3), torch.empty(4, 3, dtype=torch.int32))
    address = out[0].data_ptr()
    model.forward(tx.detach(), tw.detach(), scale, out=out)
    assert out[0].data_ptr() == address and torch.equal(out[0], y.detach())
    half = torch.tensor(x).bfloat16()
    narrow = mlc.compile("""module @narrow {
      func.func @twice(%x: tensor<?x3xbf16> {nn.dims = ["n", ""]}) -> tensor<?x3xbf16> {
        %y = nn.add %x, %x : tensor<?x3xbf16>
        return %y : tensor<?x3xbf16>
      }
    }""")
    doubled = narrow.twice(half, out=torch.empty(4, 3, dtype=torch.bfloat16))
    assert torch.equal(doubled, half * 2) and narrow.twice(half).dtype == np.uint16  # bits, where NumPy has no bf16
    refused(lambda: function(model, "forward")(tx, tw, torch.tensor(scale))[0].sum().backward(), "has no derivative here")
    refused(lambda: function(model, "forward", vjp="forward"), "is no derivative of forward")
    print("torch: values and gradients are right")
if installed("jax"):
    import jax
    from mlc.jax import function
    call = function(model, "forward", vjp="backward")
    for run in (lambda f: f, jax.jit):
        y, positive = run(call)(x, w, scale)
        assert np.allclose(y, wanted) and positive.dtype == np.int32
        found = run(jax.grad(lambda x, w: call(x, w, scale)[0].sum(), argnums=(0, 1)))(x, w)
        assert np.allclose(found[0], dx) and np.allclose(found[1], dw)
    assert np.allclose(model.forward(jax.numpy.asarray(x), jax.numpy.asarray(w), 2)[0], wanted)
    refused(lambda: jax.grad(lambda x: function(model, "forward")(x, w, scale)[0].sum())(x), "has no derivative here")
    print("jax: values and gradients are right, under jit too")
