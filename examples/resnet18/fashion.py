"""Trains ResNet-18 on Fashion-MNIST and prints, after every epoch, the accuracy on images that it was not trained on.

fashion.py DATA-FOLDER [--epochs N] [--batch N] [--width CHANNELS] [--steps N] [--save FILE] [--resume FILE] [--evaluate FILE]

The folder is what examples/mlp/data.py writes. --steps and Ctrl-C end the training early; --resume goes on from what --save left, to the same bits as
without a break. --evaluate trains nothing.
"""
import argparse
import os

import mlc
import numpy as np

from resnet18 import resnet18

CLASSES = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
SIZE, SHIFT = 28, 2


def augmented(images, epoch):
    """Images [n, SIZE^2], each seen in a mirror or not, and shifted by at most SHIFT pixels. Epochs differ; one is always the same."""
    random, count, line = np.random.default_rng(epoch), len(images), np.arange(SIZE)
    rows = line + random.integers(0, 2 * SHIFT + 1, (count, 1))
    columns = np.where(random.integers(0, 2, (count, 1)), line[::-1], line) + random.integers(0, 2 * SHIFT + 1, (count, 1))
    padded = np.pad(images.reshape(-1, SIZE, SIZE), ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
    return padded[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]].reshape(count, -1)


class Augment(mlc.Callback):
    """Fills the array that is trained on anew for every epoch."""

    def __init__(self, images):
        self.images, self.x = images, images.copy()

    def on_epoch_begin(self, epoch, logs):
        self.x[:] = augmented(self.images, epoch)


def train(model, chosen, images, labels, held_out):
    augment = Augment(images)
    model.fit(x=augment.x, label=labels, epochs=chosen.epochs, batch_size=chosen.batch, steps=chosen.steps, callbacks=[augment],
              validation_data=held_out, validate="accuracy", save=chosen.save, resume=chosen.resume)


def report(model, images, labels):
    found = np.concatenate([model.predict(images[begin:begin + 100]).argmax(1) for begin in range(0, len(images), 100)])
    right = found == labels
    print(f"{right.mean():.2%} of {len(images)} images are right; of each kind:")
    print(", ".join(f"{name} {right[labels == kind].mean():.1%}" for kind, name in enumerate(CLASSES)))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("data")
    for name, default in (("epochs", 10), ("batch", 64), ("width", 64), ("steps", None)):
        options.add_argument(f"--{name}", type=int, default=default)
    for name in ("save", "resume", "evaluate"):
        options.add_argument(f"--{name}")
    chosen = options.parse_args()
    images, labels, *held_out = (np.load(os.path.join(chosen.data, name + ".npy")) for name in ("train_x", "train_label", "test_x", "test_label"))

    steps = chosen.epochs * -(-len(images) // chosen.batch)
    model = mlc.compile(resnet18(SIZE, width=chosen.width, warmup=max(1, steps // 10), steps=steps))
    if chosen.evaluate:
        model.load(chosen.evaluate)
    else:
        train(model, chosen, images, labels, tuple(held_out))
    report(model, *held_out)


if __name__ == "__main__":
    main()
