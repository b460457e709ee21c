"""A step that takes four parts of a call against four calls, one after the other, of one that takes them alone and changes no parameter: the states
of both are the same, to the bit, and the loss is the mean of the four. usage: accumulate_states.py, in a folder of its own."""
import mlc
import numpy as np

PARTS, BATCH, STEPS = 4, 6, 3
TEXT = """
module @NAME {
  nn.parameter @w : tensor<3x8xf32> init(#nn.glorot_uniform)
  nn.parameter @scale : tensor<8xf32> init(#nn.ones)
  nn.parameter @shift : tensor<8xf32> init(#nn.zeros)
  nn.state @mean : tensor<8xf32> init(#nn.zeros)
  nn.state @variance : tensor<8xf32> init(#nn.ones)
  nn.state @seen : tensor<64x3xf32> init(#nn.zeros)
  nn.state @length : tensor<i32> init(#nn.zeros)
  nn.state @factor : tensor<f32> init(#nn.constant<0.5>)
  func.func private @forward(%x: tensor<6x3xf32>) -> tensor<6x8xf32> {
    %w = nn.param @w : tensor<3x8xf32>
    %scale = nn.param @scale : tensor<8xf32>
    %shift = nn.param @shift : tensor<8xf32>
    %m = nn.read @mean : tensor<8xf32>
    %v = nn.read @variance : tensor<8xf32>
    %h = nn.linear %x, %w : tensor<6x3xf32>, tensor<3x8xf32>
    %n, %m1, %v1 = nn.batch_norm %h, %scale, %shift, %m, %v : tensor<6x8xf32>, tensor<8xf32>, tensor<8xf32>
    nn.write @mean, %m1 : tensor<8xf32>
    nn.write @variance, %v1 : tensor<8xf32>
    return %n : tensor<6x8xf32>
  }
  func.func @loss(%x: tensor<6x3xf32>) -> tensor<f32> {
    %seen = nn.read @seen : tensor<64x3xf32>
    %at = nn.read @length : tensor<i32>
    %more = nn.update_slice %seen, %x [%at, 0] : tensor<64x3xf32>, tensor<6x3xf32>, tensor<i32>
    nn.write @seen, %more : tensor<64x3xf32>
    %next = nn.add %at, 6 : tensor<i32>
    nn.write @length, %next : tensor<i32>
    %y = call @forward(%x) : (tensor<6x3xf32>) -> tensor<6x8xf32>
    %z = call @forward(%x) : (tensor<6x3xf32>) -> tensor<6x8xf32>
    %sum = nn.add %y, %z : tensor<6x8xf32>
    DRAW
    %old = nn.read @mean : tensor<8xf32>
    %d = nn.add %sum, %old : tensor<6x8xf32>, tensor<8xf32>
    %squares = nn.mul %d, %e : tensor<6x8xf32>
    %l = nn.reduce sum %squares : tensor<6x8xf32>
    %factor = nn.read @factor : tensor<f32>
    %r = nn.mul %l, %factor : tensor<f32>
    return %r : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0> CLAUSE
}
"""
STATES = ("mean", "variance", "seen", "length")


def make(name, draw, clause):
    text = TEXT.replace("NAME", name).replace("DRAW", draw).replace("CLAUSE", clause)
    return [mlc.compile(text, threads=threads) for threads in (1, 2)]


def states(model):
    return [np.array(model.parameters[name]) for name in STATES]


x = np.random.default_rng(0).standard_normal((STEPS, PARTS, BATCH, 3)).astype("f4")
parts, more_threads = make("parts", "%e = nn.tanh %sum : tensor<6x8xf32>", f"accumulate = {PARTS}")
whole, _ = make("whole", "%e = nn.tanh %sum : tensor<6x8xf32>", "")
for step in range(STEPS - 1):  # 64 rows take two steps
    found, same = float(parts.fit(x[step])), float(more_threads.fit(x[step]))
    wanted = np.mean([float(whole.fit(part)) for part in x[step]])
    assert found == same and abs(found - wanted) <= 1e-6 * abs(wanted), (found, same, wanted)
    for mine, others, own in zip(states(parts), states(whole), states(more_threads)):
        assert (mine == others).all() and (mine == own).all(), (step, mine, others)
assert parts.parameters["length"] == 2 * PARTS * BATCH and (parts.parameters["seen"][:2 * PARTS * BATCH].reshape(2, PARTS, BATCH, 3) == x[:2]).all()

# Equal parts draw differently, and again in the next step.
drawn, _ = make("drawn", "%e = nn.dropout %sum rate = 0.5 : tensor<6x8xf32>", f"accumulate = {PARTS}")
single, _ = make("single", "%e = nn.dropout %sum rate = 0.5 : tensor<6x8xf32>", "")
same = np.repeat(x[:1, :1], PARTS, axis=1)[0]
losses = [float(drawn.fit(same)) for _ in range(2)] + [float(single.fit(same[0]))]
assert len(set(losses)) == 3, losses
print("accumulated states: ok")
