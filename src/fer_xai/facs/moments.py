"""Very many faces: what bootstrap and shuffling tend to, from sums that add up over chunks and machines.

Of ten thousand faces and more, the sums over resampled faces are normal as nearly as their quantiles can tell. Their
means and covariances follow from counts, sums and products, whose size does not depend on the number of faces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fer_xai.few import FEWEST

MANY = 10_000


@dataclass(frozen=True)
class Moments:
    """Sufficient statistics of each emotion's faces; those of two parts of a study add up.

    Attributes
    ----------
    counts : ndarray of float64, shape (E,)
        Faces of each emotion.
    sums : ndarray of float64, shape (E, K)
        Of their numbers.
    products : ndarray of float64, shape (E, K, K)
        Sums of the products of each two of their numbers.
    """

    counts: np.ndarray
    sums: np.ndarray
    products: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, codes: np.ndarray, emotions: int) -> Moments:
        """Of faces' numbers (U, K) and their emotions (U,), 0…E − 1."""
        groups = [values[codes == e] for e in range(emotions)]
        return cls(
            np.array([len(group) for group in groups], np.float64),
            np.array([group.sum(axis=0) for group in groups]),
            np.array([group.T @ group for group in groups]),
        )

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.counts + other.counts, self.sums + other.sums, self.products + other.products)

    @property
    def enough(self) -> bool:
        """Whether every emotion has the faces that an interval needs."""
        return bool(len(self.counts)) and bool(self.counts.min() >= FEWEST)

    def resampled(self, seed: int, resamples: int) -> Iterator[np.ndarray]:
        """Sums of bootstrap samples, faces drawn within emotions, (b, E, K)."""
        rng = np.random.default_rng(seed)
        parts = zip(self.counts, self.sums, self.products, strict=True)
        noise = [_normal(rng, resamples, count * _covariance(count, total, crossed)) for count, total, crossed in parts]
        yield self.sums + np.stack(noise, axis=1)

    def shuffled(self, seed: int, resamples: int) -> Iterator[np.ndarray]:
        """Sums after shuffling the emotions over all faces, (b, E, K): of draws without replacement, each face once."""
        rng, every = np.random.default_rng(seed), self.counts.sum()
        spread = _covariance(every, self.sums.sum(axis=0), self.products.sum(axis=0))
        noise = np.stack([_normal(rng, resamples, count * spread) for count in self.counts], axis=1)
        share = (self.counts / every)[:, None]
        yield share * (self.sums.sum(axis=0) - noise.sum(axis=1, keepdims=True)) + noise


def _covariance(count: float, total: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Of single faces (K, K), unbiased; exactly 0 for numbers that are the same on every face."""
    covariance: np.ndarray = (products - np.outer(total, total) / count) / (count - 1)
    constant = np.diag(covariance) <= 1e-12 * np.diag(products) / count
    covariance[constant], covariance[:, constant] = 0, 0
    return covariance


def _normal(rng: np.random.Generator, size: int, covariance: np.ndarray) -> np.ndarray:
    """Draws (size, K) of mean 0; covariances that are not of full rank are usual."""
    variances, directions = np.linalg.eigh(covariance)
    draws: np.ndarray = rng.standard_normal((size, len(covariance))) * np.sqrt(np.maximum(variances, 0))
    return draws @ directions.T
