"""The example simple_model, built."""
from mlc import nn

m = nn.Module("simple_model")
dense = nn.Linear(5, name="dense")


@m.function
def predict(x: nn.f32["batch", 5]):
    return nn.relu(dense(x))


@m.function
def loss(x: nn.f32["batch", 5], target: nn.f32["batch", 5]):
    return nn.mse(predict(x), target)


m.train_step("fit", loss, nn.optim.adam(learning_rate=1e-2))
if __name__ == "__main__":
    print(m)
