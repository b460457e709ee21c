"""What a training loop prints: a line per epoch, and a bar on a terminal."""
from __future__ import annotations

import shutil
import sys
import time

_REDRAW_SECONDS, _PLAIN_SECONDS = 0.1, 10.0


class Progress:

    def __init__(self, epochs: int, batches: int, verbose: int):
        self.epochs, self.batches, self.verbose = epochs, batches, verbose
        self.terminal = sys.stdout.isatty() if verbose else False
        self.pending = False
        self.epoch = self.batch = self.samples = 0
        self._restart()

    def _restart(self) -> None:
        self.begin = self.drawn = time.monotonic()
        self.samples, self.sum, self.loss = 0, 0.0, 0.0

    def step(self, epoch: int, batch: int, count: int, loss: float) -> None:
        self.epoch, self.batch, self.loss = epoch, batch, loss
        self.samples, self.sum = self.samples + count, self.sum + loss * count
        self.pending = True
        if self.verbose and time.monotonic() - self.drawn >= (_REDRAW_SECONDS if self.terminal else _PLAIN_SECONDS):
            self._draw()

    def _line(self) -> str:
        seconds = max(time.monotonic() - self.begin, 1e-9)
        return (f"epoch {self.epoch + 1}/{self.epochs}  {self.batch}/{self.batches}  loss {self.loss:.5g}  "
                f"mean {self.sum / max(self.samples, 1):.5g}  {self.samples / seconds:.0f} samples/s")

    def _draw(self) -> None:
        self.drawn, text = time.monotonic(), self._line()
        if not self.terminal:
            print(text, flush=True)
            return
        room = shutil.get_terminal_size().columns - 1
        width = min(24, room - len(text) - 3)
        done = width * self.batch // max(self.batches, 1)
        bar = f"[{'=' * done}{' ' * (width - done)}] " if width > 4 else ""
        print("\r\x1b[K" + (bar + text)[:room], end="", flush=True)

    def end_epoch(self, epoch: int, values: dict[str, float]) -> None:
        if self.verbose:
            note = "".join(f"  {name} {value:.5g}" for name, value in values.items())
            print(("\r\x1b[K" if self.terminal else "") + self._line() + note, flush=True)
        self.pending = False
        self._restart()

    def finish(self) -> None:
        if self.pending:
            self.end_epoch(self.epoch, {})
