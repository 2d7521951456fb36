"""Deletion and insertion: how fast the answer goes when the most important places are hidden first, and comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_xai.engine import Engine
from fer_xai.evaluation.trust.nulls import Seeds, beside_shifted, draw_shifts, tie_breakers
from fer_xai.evaluation.trust.rows import Measured, joined, trust_rows
from fer_xai.evaluation.trust.units import Units, check_maps
from fer_xai.faces.fills import check_fill, fill_faces

FILLS = ("grey", "blur")
# Faces differ far more than finer steps or more shifted copies tell: passes are better spent on more faces. On 12 faces
# and 11 maps six steps gave the areas of 48 steps at correlation .992, ten at .997; eight copies instead of one took a
# fifth off the spread of a face's difference from chance, and cost 4.5 times the passes.
STEPS = 8
DRAWS = 1
_NUMBERS = 8_000_000  # pixels of maps at a time: a few hundred MB while they are put in order


@dataclass(frozen=True)
class Curves:
    """The score of N faces while units are hidden or shown, in the order of M methods' maps.

    Attributes
    ----------
    methods : tuple of str
    units, fill : str
        What was hidden at a time, and what hidden parts showed.
    hidden : ndarray (N, M, K+1)
        Share of the face that is hidden at each step of ``deletion``, and shown at each step of ``insertion``: 0 … 1.
    deletion, insertion : ndarray (N, M, K+1)
        The score: from the whole face to the fill alone, and from the fill alone to the whole face.
    deletion_chance, insertion_chance : ndarray (N, M)
        Area under such curves of the methods' own maps, shifted at random.
    """

    methods: tuple[str, ...]
    units: str
    fill: str
    hidden: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray
    deletion_chance: np.ndarray
    insertion_chance: np.ndarray

    def rows(self) -> pd.DataFrame:
        """Areas under the curves: trust rows of the metrics ``deletion`` and ``insertion``."""
        tables = []
        for metric, curve, chance in (
            ("deletion", self.deletion, self.deletion_chance),
            ("insertion", self.insertion, self.insertion_chance),
        ):
            area = _area(curve, self.hidden)
            found = {method: Measured(area[:, i], chance[:, i]) for i, method in enumerate(self.methods)}
            tables.append(trust_rows(found, metric, self.units, self.fill))
        return joined(tables)


def deletion_insertion(
    engine: Engine,
    faces: np.ndarray,
    weights: np.ndarray,
    maps: Mapping[str, np.ndarray],
    seeds: Seeds,
    units: Units | None = None,
    fills: Sequence[str] = FILLS,
    steps: int = STEPS,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Measure the areas under the deletion and the insertion curve of every method, under every fill.

    See `hiding_curves` for what is done and what it costs.

    Returns
    -------
    DataFrame
        Trust rows: metric ``deletion`` (lower is better) and ``insertion`` (higher is better), variant the units' name;
        value and chance are in points of the score.
    """
    found = hiding_curves(engine, faces, weights, maps, seeds, units, fills, steps, draws)
    return joined([curves.rows() for curves in found])


def hiding_curves(
    engine: Engine,
    faces: np.ndarray,
    weights: np.ndarray,
    maps: Mapping[str, np.ndarray],
    seeds: Seeds,
    units: Units | None = None,
    fills: Sequence[str] = FILLS,
    steps: int = STEPS,
    draws: int = DRAWS,
) -> list[Curves]:
    """Hide, and show, the units of each face in the order of each method's map, and follow the score.

    Deletion [1]_ starts from the whole face and hides units under the fill, those of the largest attribution first:
    a faithful map makes the score fall fast. Insertion starts from the fill and shows them in the same order. The
    steps hide (nearly) equal numbers of units; the curve runs over the share of the face hidden, so that areas compare
    between units of unequal size. On pixels the curve of deletion, from its second point on, is that of Quantus's
    ``PixelFlipping``. Insertion is deletion with the least important first, run backwards; insertion less deletion
    depends less on the fill than either [2]_.

    A unit's attribution is its pixels' mean, signed. Equal ones take turns at random, in the same order for all
    methods: a map without an opinion is hidden at random, not from the top down.

    Parameters
    ----------
    engine : Engine
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    weights : ndarray (N, E)
        The target; the score is Σ weights · probabilities.
    maps : mapping of str to ndarray (N, H, W)
        Signed attributions by method.
    seeds : sequence of sequences of int
        One seed per face, derived from its content.
    units : Units, optional
        What is hidden at a time; default pixels.
    fills : sequence of str
        Of `fer_xai.faces.fills`. Grey draws edges that no face has, blur leaves the coarse face: they disagree, so
        both are told.
    steps : int
        K, at most; fewer where there are fewer units.
    draws : int
        How many shifted copies of each map are followed too, for the chance level; at least 1.

    Returns
    -------
    list of Curves
        One for each fill. Costs at most ``2 + 2 · (steps − 1) · methods · (1 + draws)`` passes per face and fill, those
        of all methods together. What several orders hide alike is asked once: with eight regions there are no more
        than 2⁸ different sets.

    Raises
    ------
    InputError
        If a fill is unknown, or maps, weights and faces do not fit each other.

    References
    ----------
    .. [1] Petsiuk, Das, Saenko 2018, "RISE: Randomized input sampling for explanation of black-box models", §4.2.
    .. [2] Blücher, Vielhaben, Strodthoff 2024, "Decoupling pixel flipping and occlusion strategy for consistent XAI
       benchmarks".
    """
    check_maps(maps, faces, weights)
    for fill in fills:
        check_fill("deletion and insertion", fill)
    if not maps:
        return []
    units = units or Units.pixels(len(faces), faces.shape[1:3])
    last = min(steps, units.most)
    told: dict[str, list[tuple[np.ndarray, ...]]] = {fill: [] for fill in fills}
    step = max(1, _NUMBERS // (len(maps) * (1 + draws) * faces[0, ..., 0].size))
    for start in range(0, len(faces), step):
        part = slice(start, start + step)
        shifts = draw_shifts(faces.shape[1:3], seeds[part], draws)
        every = np.concatenate([beside_shifted(values[part], shifts) for values in maps.values()], axis=1)
        walk = _Walk.along(every, units[part], seeds[part], last)
        unknown = ~np.isfinite(every).all(axis=(2, 3))
        for fill in fills:
            curves = walk.follow(engine, faces[part], fill_faces(faces[part], fill), weights[part])
            for curve in curves:
                curve[unknown] = np.nan
            told[fill].append((walk.hidden, *curves))
    return [
        _split(units.name, fill, tuple(maps), *map(np.concatenate, zip(*parts, strict=True)))
        for fill, parts in told.items()
    ]


@dataclass(frozen=True)
class _Walk:
    """The sets of units that are hidden along A orders of each face, in K steps.

    Attributes
    ----------
    step : ndarray (N, A, H, W)
        The step, 1 … K, at which each pixel goes.
    hidden : ndarray (N, A, K+1)
        Share of the face that is gone after each step.
    sets : ndarray (N, 2, A, K+1) of int
        Which of the face's different sets is hidden at each step of deletion, and of insertion.
    first : ndarray (N, M) of int
        Where each different set comes first in ``sets``, as an index into 2 · A · (K+1).
    """

    step: np.ndarray
    hidden: np.ndarray
    sets: np.ndarray
    first: np.ndarray

    @classmethod
    def along(cls, maps: np.ndarray, units: Units, seeds: Seeds, steps: int) -> _Walk:
        """Walk in falling order of the units' mean attribution in maps (N, A, H, W), in K = `steps` steps."""
        order = _order(maps, units, seeds)
        # How many units each face has lost after each step, and so the step at which the unit of each rank goes.
        gone = np.rint(np.linspace(0, 1, steps + 1) * units.counts[:, None]).astype(int)
        step_of_rank = (np.arange(units.most)[:, None] >= gone[:, None]).sum(axis=2)
        step = np.empty_like(order)
        np.put_along_axis(step, order, np.broadcast_to(step_of_rank[:, None], order.shape), axis=2)
        step = np.take_along_axis(step, units.labels.reshape(len(maps), 1, -1), axis=2).reshape(maps.shape)
        hidden = _lost(np.broadcast_to(units.areas[:, None], order.shape), order, gone)
        # A set is known by the sum of its units' random numbers, so equal sets are found without comparing units.
        numbers = np.random.default_rng(0).integers(2**63, size=units.most, dtype=np.uint64)
        deleted = _lost(np.broadcast_to(numbers, order.shape), order, gone)
        return cls(step.astype(np.int32), hidden, *_different(np.stack([deleted, deleted[..., -1:] - deleted], axis=1)))

    def follow(
        self, engine: Engine, faces: np.ndarray, fills: np.ndarray, weights: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Score after each step, (N, A, K+1), of deletion and of insertion; each different set is asked once."""

        def keep(face: np.ndarray, row: np.ndarray) -> np.ndarray:
            inserts, order, after = np.unravel_index(self.first[face, row], self.sets.shape[1:])
            there = self.step[face, order] > after[:, None, None]
            return (there ^ (inserts == 1)[:, None, None]).astype(np.float32)

        probabilities = engine.masked(faces, fills, keep, self.first.shape[1])
        scores = np.einsum("nme,ne->nm", probabilities.astype(np.float64), weights)
        curves = np.take_along_axis(scores, self.sets.reshape(len(faces), -1), axis=1).reshape(self.sets.shape)
        return curves[:, 0], curves[:, 1]


def _order(maps: np.ndarray, units: Units, seeds: Seeds) -> np.ndarray:
    """Units from the largest mean attribution to the least, (N, A, S); those that a face does not have come last."""
    with np.errstate(invalid="ignore", divide="ignore"):
        means = units.sums(maps) / units.areas[:, None]
    absent = np.broadcast_to((np.arange(units.most) >= units.counts[:, None])[:, None], means.shape)
    ties = np.broadcast_to(tie_breakers(units.most, seeds)[:, None], means.shape)
    return np.lexsort((ties, -means, absent), axis=-1)


def _lost(numbers: np.ndarray, order: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Sum of the numbers (N, A, S) of the first `gone` (N, K+1) units of each order, (N, A, K+1)."""
    added = np.cumsum(np.take_along_axis(numbers, order, axis=2), axis=2)
    added = np.pad(added, ((0, 0), (0, 0), (1, 0)))
    return np.take_along_axis(added, np.broadcast_to(gone[:, None], (*order.shape[:2], gone.shape[1])), axis=2)


def _different(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number each face's different sets: the number at each place, and each number's first place."""
    found = [np.unique(one, return_index=True, return_inverse=True)[1:] for one in sets.reshape(len(sets), -1)]
    most = max((len(first) for first, _ in found), default=0)
    # Faces with fewer different sets than others ask one of theirs again.
    first = np.stack([np.pad(first, (0, most - len(first)), mode="edge") for first, _ in found])
    return np.stack([inverse for _, inverse in found]).reshape(sets.shape), first


def _split(name: str, fill: str, methods: tuple[str, ...], *told: np.ndarray) -> Curves:
    """Tell the methods' own curves, the first of each block of orders, from those of their shifted copies."""
    hidden, *curves = (one.reshape(len(one), len(methods), -1, one.shape[-1]) for one in told)
    chances = [_area(curve[:, :, 1:], hidden[:, :, 1:]).mean(axis=2) for curve in curves]
    return Curves(methods, name, fill, hidden[:, :, 0], curves[0][:, :, 0], curves[1][:, :, 0], *chances)


def _area(curves: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    from scipy.integrate import trapezoid

    area: np.ndarray = trapezoid(curves, hidden, axis=-1)
    return area
