"""Readings of a model – a scaling, a colour and an emotion order – and which of them labelled faces speak for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fer_xai.evaluation.accuracy import Accuracy, measure_accuracy
from fer_xai.evaluation.candidates import Candidate
from fer_xai.evaluation.emotion_order import Order, OrderChoice
from fer_xai.evaluation.paired import ALPHA, log_probabilities, p_above_chance, p_larger, p_more_right, tempered

_FEWEST = 30
_ENOUGH = 300
_SAME_ANSWERS = 0.98


@dataclass(frozen=True, eq=False)
class Reading:
    """A candidate under one order.

    Attributes
    ----------
    candidate : Candidate
    order : Order
    log_likelihood : ndarray (N,)
        Of each face's label, at the temperature that suits the reading best.
    """

    candidate: Candidate
    order: Order
    log_likelihood: np.ndarray

    @property
    def right(self) -> np.ndarray:
        """Which faces it gets right."""
        return self.order.right

    @property
    def accuracy(self) -> Accuracy:
        """Share of faces it gets right."""
        accuracy = measure_accuracy(["right"] * len(self.right), ["right" if one else "wrong" for one in self.right])
        assert accuracy is not None
        return accuracy

    @property
    def way(self) -> str:
        """Its scaling, and its colour where there is more than one."""
        return self.candidate.way

    @property
    def outputs(self) -> np.ndarray:
        """The highest output of each face."""
        return log_probabilities(self.candidate.probabilities).argmax(axis=1)


def read(candidate: Candidate, order: Order, labels: np.ndarray) -> Reading:
    """A candidate under an order, with how likely it makes the labels."""
    places = {emotion: place for place, emotion in enumerate(order.emotions)}
    wanted = np.array([places.get(label, -1) for label in labels])
    return Reading(candidate, order, tempered(log_probabilities(candidate.probabilities), wanted))


def choose_reading(readings: Sequence[Reading]) -> tuple[Reading, str]:
    """The reading that the faces speak for, and a line on what decided.

    The most accurate one; where an exact McNemar test does not tell others from it, the one under which the labels are
    likeliest (paired t-test); where that does not tell either, the declared one, which stands first, if it is there.
    """
    best = max(readings, key=lambda one: (one.right.sum(), one.log_likelihood.mean()))
    level = [one for one in readings if p_more_right(best.right, one.right) >= ALPHA]
    if len(readings) == 1:
        return best, "there is only one way to feed it: the order alone was looked for"
    if len(level) == 1:
        return best, f"{best.way} decided by accuracy: every other way is right on fewer faces (p < {ALPHA})"
    likeliest = max(level, key=lambda one: one.log_likelihood.mean())
    rest = [one for one in level if p_larger(likeliest.log_likelihood, one.log_likelihood) >= ALPHA]
    if len(rest) == 1:
        return likeliest, (
            f"{likeliest.way} decided by likelihood: accuracy does not tell it from {_ways(level, likeliest)}, but the "
            f"labels are likelier under it (p < {ALPHA})"
        )
    kept = readings[0] if any(one is readings[0] for one in rest) else likeliest
    return kept, f"neither accuracy nor likelihood tells {kept.way} from {_ways(rest, kept)}"


def is_hopeless(chosen: Reading, tried: int, labels: np.ndarray) -> bool:
    """Whether the best of so many tried readings is no better than chance."""
    predicted = np.array(chosen.order.emotions)[chosen.outputs]
    return p_above_chance(predicted, labels, chosen.right) * tried >= ALPHA


def doubts(chosen: Reading, choice: OrderChoice, readings: Sequence[Reading], stated: bool) -> list[str]:
    """Why the chosen reading is not to be relied on, and what to do; nothing where the evidence is good.

    Parameters
    ----------
    chosen : Reading
    choice : OrderChoice
        Its order.
    readings : sequence of Reading
        The best of each candidate.
    stated : bool
        Whether somebody said what the order is.
    """
    reasons = []
    if len(chosen.right) < _FEWEST:
        reasons.append(f"there are only {len(chosen.right)} labelled faces: give {_ENOUGH} or more")
    rivals = [one for one in readings if one is not chosen and _could_be(one, chosen)]
    if rivals:
        reasons.append(f"these faces do not tell {chosen.way} from {_ways(rivals, chosen)}: give more of them")
    name = chosen.order.name
    if name == "found" and choice.open_pairs:
        emotions = ", ".join(sorted({emotion for pair in choice.open_pairs for emotion in pair}))
        reasons.append(f"no known order fits, and the outputs for {emotions} are not told apart: give their faces")
    tied = _tied_orders(chosen, choice)
    if name != "found" and tied and not stated:
        reasons.append(f"these faces do not tell the {name} order from {', '.join(tied)}: give more, or say --emotions")
    return reasons


def _could_be(other: Reading, chosen: Reading) -> bool:
    """Whether another reading does as well and would answer otherwise."""
    as_right = p_more_right(chosen.right, other.right) >= ALPHA
    as_likely = p_larger(chosen.log_likelihood, other.log_likelihood) >= ALPHA
    return as_right and as_likely and bool((other.outputs == chosen.outputs).mean() < _SAME_ANSWERS)


def _tied_orders(chosen: Reading, choice: OrderChoice) -> list[str]:
    """Known orders that are right on as many faces as the chosen one."""
    return [
        rival.name
        for rival in choice.rivals
        if rival.name != "found"
        and rival.emotions != chosen.order.emotions
        and p_more_right(chosen.right, rival.right) >= ALPHA
    ]


def _ways(readings: Sequence[Reading], but: Reading) -> str:
    return ", ".join(one.way for one in readings if one is not but)
