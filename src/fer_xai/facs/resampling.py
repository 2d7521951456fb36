"""Resampling statistics of means: bootstrap with BCa intervals over faces or people, and shuffled emotions.

Every measure here is a function of sums over an emotion's faces. A resample is then a row of weights, all resamples are
one matrix product, and the jackknife is a subtraction: many times faster than drawing rows one by one, with the numbers
of `scipy.stats.bootstrap` but for its too narrow intervals of small samples. Ten thousand faces and more are not drawn:
see `fer_xai.facs.moments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_xai.errors import InputError
from fer_xai.facs.moments import MANY, Moments
from fer_xai.few import FEWEST

BATCH_NUMBERS = 4_000_000  # weights at a time while resampling: 32 MB

Statistic = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Units:
    """What is drawn: faces, or people with all their faces.

    Attributes
    ----------
    values : ndarray of float64, shape (U, K)
        What a unit adds to a sum: a face's numbers. With people, a *block* is one person's faces of one emotion, and
        its numbers are the sums over them.
    codes : ndarray of int, shape (U,)
        The emotion of each face or block, 0…E − 1.
    people : ndarray of int, shape (U,), optional
        The person of each block, 0…P − 1.
    emotions : int
        E.
    """

    values: np.ndarray
    codes: np.ndarray
    emotions: int
    people: np.ndarray | None = None

    @classmethod
    def of(cls, values: np.ndarray, codes: np.ndarray, emotions: int, people: Sequence[Any] | None = None) -> Units:
        """Order faces by their content, so that resampling does not depend on the order they came in; join people."""
        if people is not None:
            values, codes, persons = _blocks(values, codes, emotions, people)
        else:
            persons = np.zeros(len(codes), int)
        order = np.lexsort((*values.T[::-1], codes))
        if people is None:
            return cls(values[order], codes[order], emotions)
        # People are numbered in the order of their first block, whatever they are called.
        persons = persons[order]
        first = np.unique(persons, return_index=True)[1]
        number = np.argsort(np.argsort(first))
        return cls(values[order], codes[order], emotions, number[np.unique(persons, return_inverse=True)[1]])

    @property
    def sums(self) -> np.ndarray:
        """Sum over each emotion's units, (E, K)."""
        return _hot(self.codes, self.emotions) @ self.values

    @property
    def enough(self) -> bool:
        """Whether every emotion has the units that an interval needs."""
        return bool(len(self.codes)) and int(np.bincount(self.codes, minlength=self.emotions).min()) >= FEWEST

    def resampled(self, seed: int, resamples: int) -> Iterator[np.ndarray]:
        """Sums of bootstrap samples, batch by batch, (b, E, K): faces drawn within emotions, or people drawn whole."""
        rng = np.random.default_rng(seed)
        if self.people is None:
            for size in _batches(resamples, len(self.codes)):
                groups = [self.values[self.codes == e] for e in range(self.emotions)]
                yield np.stack([_weights(rng, size, len(group)) @ group for group in groups], axis=1)
            return
        table = self._by_person()
        flat = table.reshape(len(table), -1)
        for size in _batches(resamples, len(table)):
            yield (_weights(rng, size, len(table)) @ flat).reshape(size, *table.shape[1:])

    def without_one(self) -> tuple[np.ndarray, np.ndarray]:
        """Sums with one unit left out, (U, E, K), rescaled to the emotion's full count; and the sample of each unit."""
        total = self.sums
        if self.people is not None:
            table = self._by_person()
            return total - table, np.zeros(len(table), int)
        left = np.repeat(total[None], len(self.codes), axis=0)
        rows, counts = np.arange(len(self.codes)), np.bincount(self.codes)[self.codes][:, None]
        left[rows, self.codes] = (total[self.codes] - self.values) * counts / np.maximum(counts - 1, 1)
        return left, self.codes

    def shuffled(self, seed: int, resamples: int) -> Iterator[np.ndarray]:
        """Sums after shuffling the emotions over faces or blocks, batch by batch, (b, E, K)."""
        rng = np.random.default_rng(seed)
        for size in _batches(resamples, len(self.codes) * self.emotions):
            codes = rng.permuted(np.tile(self.codes.astype(np.int8), (size, 1)), axis=1)
            yield np.stack([(codes == e).astype(np.float64) @ self.values for e in range(self.emotions)], axis=1)

    def _by_person(self) -> np.ndarray:
        assert self.people is not None
        table = np.zeros((self.people.max() + 1, self.emotions, self.values.shape[1]))
        np.add.at(table, (self.people, self.codes), self.values)
        return table


def units_of(
    values: np.ndarray, codes: np.ndarray, emotions: int, people: Sequence[Any] | None = None
) -> Units | Moments:
    """What is drawn of faces' numbers (U, K): the faces, people, or, of very many faces, their sums at once."""
    if people is None and len(codes) >= MANY:
        return Moments.of(values, codes, emotions)
    return Units.of(values, codes, emotions, people)


def bca_interval(
    units: Units | Moments, statistic: Statistic, seed: int, resamples: int
) -> tuple[np.ndarray, np.ndarray]:
    """95 % bias-corrected and accelerated bootstrap interval of a statistic of the emotions' sums.

    Parameters
    ----------
    units : Units or Moments
        Of moments the interval is the percentiles': bias and skewness shrink with the root of the number of faces.
    statistic : callable
        (b, E, K) → (b, …).
    seed, resamples : int

    Returns
    -------
    low, high : ndarray (…)
        Where BCa is undefined (nothing varies, or everything lies on one side) the percentiles.

    References
    ----------
    Efron & Tibshirani 1993, chapter 14; the several-sample acceleration as in `scipy.stats.bootstrap`; Rao & Wu 1988,
    "Resampling inference with complex survey data", for samples of one unit fewer.
    """
    value = statistic(units.sums[None])[0]
    drawn = np.concatenate([statistic(sums) for sums in units.resampled(seed, resamples)])
    if isinstance(units, Moments):
        levels = np.array(0.025), np.array(0.975)
    else:
        left, samples = units.without_one()
        levels = _bca_levels(value, drawn, statistic(left), samples)
    low, high = (_quantile(drawn, level) for level in levels)
    return low, high


def shuffled_p(
    units: Units | Moments, statistic: Statistic, seed: int, resamples: int, value: np.ndarray | None = None
) -> np.ndarray:
    """Probability of a statistic as large or larger if emotions are shuffled, (…); the study itself counts as one."""
    value = statistic(units.sums[None])[0] if value is None else value
    slack = 1e-9 * np.maximum(1, np.abs(value))  # sums in another order differ in their last digits
    reached = sum((statistic(sums) >= value - slack).sum(axis=0) for sums in units.shuffled(seed, resamples))
    return np.where(np.isfinite(value), (reached + 1) / (resamples + 1), np.nan)


def check_people(people: Sequence[Any] | None, count: int) -> None:
    """Refuse people who are not one for each face."""
    if people is not None and len(people) != count:
        raise InputError(f"received {len(people)} people for {count} faces: give the person of each face")


def _blocks(
    values: np.ndarray, codes: np.ndarray, emotions: int, people: Sequence[Any]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    persons = np.unique(np.asarray([str(person) for person in people]), return_inverse=True)[1]
    blocks, of = np.unique(persons * max(emotions, 1) + codes, return_inverse=True)
    summed = np.zeros((len(blocks), values.shape[1]))
    np.add.at(summed, of, values)
    return summed, blocks % max(emotions, 1), blocks // max(emotions, 1)


def _hot(codes: np.ndarray, emotions: int) -> np.ndarray:
    return (codes == np.arange(emotions)[:, None]).astype(np.float64)


def _batches(resamples: int, width: int) -> Iterator[int]:
    step = max(1, BATCH_NUMBERS // max(1, width))
    for start in range(0, resamples, step):
        yield min(step, resamples - start)


def _weights(rng: np.random.Generator, size: int, count: int) -> np.ndarray:
    """Weight of each of `count` units in each of `size` samples: (size, count), rows sum to `count`.

    One unit fewer than there are is drawn, and weighs the more: samples of full size vary too little, by (n − 1) ÷ n,
    and their intervals are too narrow where an emotion has few faces (Rao & Wu 1988).
    """
    drawn = rng.integers(count, size=(size, count - 1)) + count * np.arange(size)[:, None]
    times = np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count)
    return times * (count / (count - 1))


def _bca_levels(
    value: np.ndarray, drawn: np.ndarray, kept: np.ndarray, samples: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The two probabilities at which BCa reads the bootstrap distribution."""
    from scipy.special import ndtr, ndtri

    # Ties count half, and differences below rounding are ties: a map that is the same on every face has no bias.
    slack = 1e-12 * np.maximum(1, np.abs(value))
    below = (np.where(drawn < value - slack, 1.0, np.where(drawn <= value + slack, 0.5, 0.0))).mean(axis=0)
    upper, lower = 0.0, 0.0
    for sample in np.unique(samples):
        part = kept[samples == sample]
        moved = (len(part) - 1) * (part.mean(axis=0) - part)
        upper = upper + (moved**3).sum(axis=0) / len(part) ** 3
        lower = lower + (moved**2).sum(axis=0) / len(part) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        acceleration = np.asarray(upper) / (6 * np.asarray(lower) ** 1.5)
        bias = ndtri(below)
        levels = []
        for quantile in (0.025, 0.975):
            shifted = bias + ndtri(quantile)
            level = ndtr(bias + shifted / (1 - acceleration * shifted))
            levels.append(np.where(np.isfinite(level), level, quantile))
    return levels[0], levels[1]


def _quantile(drawn: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Quantile of each column of (B, …) at its own level (…); resamples that lost an emotion (NaN) are left out.

    `numpy.quantile` reads all columns at the same levels.
    """
    flat, levels = drawn.reshape(len(drawn), -1), np.broadcast_to(level, drawn.shape[1:]).ravel()
    ordered = np.sort(np.where(np.isfinite(flat), flat, np.nan), axis=0)  # NaN last
    count = np.isfinite(ordered).sum(axis=0)
    place = np.clip(levels, 0, 1) * np.maximum(count - 1, 0)
    below = np.floor(place).astype(int)
    above, columns = np.minimum(below + 1, np.maximum(count - 1, 0)), np.arange(flat.shape[1])
    first, second = ordered[below, columns], ordered[above, columns]
    return (first + (second - first) * (place - below)).reshape(drawn.shape[1:])
