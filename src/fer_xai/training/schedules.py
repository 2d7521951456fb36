"""Learning rates over a phase. What was measured so far decides, so a resumed run needs no state of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

Row = Mapping[str, float]


def better(watch: str, new: float, old: float) -> bool:
    """Whether a value of what is watched is better: lower for a loss, higher for an accuracy."""
    return new < old if watch.endswith("loss") else new > old


@dataclass(frozen=True)
class Constant:
    """The same rate throughout."""

    def rate(self, start: float, rows: Sequence[Row], epochs: int, steps: int) -> Any:
        """Rate of the epoch that follows `rows`, the phase's epochs so far; each has `steps` batches."""
        return start


@dataclass(frozen=True)
class Plateau:
    """The rate is cut whenever what is watched stands still.

    Attributes
    ----------
    factor : float
        The rate is multiplied with it, …
    patience : int
        … after so many epochs without a better value.
    watch : {"val_loss", "val_accuracy"}
    lowest : float
        The rate does not fall below it.
    decay : float
        Besides, the rate is divided by 1 + `decay` × batches so far, as Keras 2's ``SGD(decay=…)`` did; here the
        batches are counted at the beginning of each epoch.
    """

    factor: float = 0.5
    patience: int = 5
    watch: str = "val_loss"
    lowest: float = 1e-6
    decay: float = 0.0

    def rate(self, start: float, rows: Sequence[Row], epochs: int, steps: int) -> Any:
        """See `Constant.rate`."""
        rate, best, waited = start, None, 0
        for row in rows:
            if best is None or better(self.watch, row[self.watch], best):
                best, waited = row[self.watch], 0
            else:
                waited += 1
            if waited >= self.patience:
                rate, waited = max(rate * self.factor, self.lowest), 0
        return rate / (1 + self.decay * steps * len(rows))


@dataclass(frozen=True)
class Cosine:
    """The rate rises over `warmup` epochs and falls along a half cosine to zero, batch by batch."""

    warmup: int = 0

    def rate(self, start: float, rows: Sequence[Row], epochs: int, steps: int) -> Any:
        """See `Constant.rate`; here a Keras schedule over the phase's batches."""
        warmup = min(self.warmup, epochs - 1)
        return keras.optimizers.schedules.CosineDecay(
            start / 20 if warmup else start,
            decay_steps=steps * (epochs - warmup),
            warmup_target=start if warmup else None,
            warmup_steps=steps * warmup,
        )
