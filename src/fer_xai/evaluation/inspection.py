"""How was a model meant to be used? Its scaling, colour and emotion order, found from labelled faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.evaluation.accuracy import Accuracy
from fer_xai.evaluation.candidates import Candidate, run_candidates, variant
from fer_xai.evaluation.emotion_order import OrderChoice, choose_order
from fer_xai.evaluation.paired import ALPHA, p_larger, p_more_right
from fer_xai.evaluation.readings import Reading, choose_reading, doubts, is_hopeless, read
from fer_xai.faces import Faces

_UNSAID = ("default", "unknown")
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Inspection:
    """What labelled faces say about how a model is to be used.

    Attributes
    ----------
    scaling : str
    colour : str or None
        `None` for a plain function.
    emotions : tuple of str
        One per output.
    order : str
        Name of that order: ``fer2013``, ``ferplus``, ``alphabetical``, ``affectnet``, ``rafdb``, ``declared`` or
        ``found``.
    accuracy : Accuracy
        Of this reading, with its 95 % Wilson interval.
    settled : bool
        Whether the faces are enough to say so.
    warning : str or None
        One line where what was declared is beaten beyond chance.
    notes : tuple of str
        One line each: what decided, what cannot be told, why it is not settled and what to do.
    declared : dict
        ``scaling``, ``colour``, ``emotions`` before the faces were asked, ``origin`` of each, and ``accuracy``.
    candidates : DataFrame
        Every scaling × colour × order, the chosen one first, then the most accurate: scaling, colour, order, emotions,
        accuracy, low, high, log_likelihood (of the label, at the candidate's best temperature), p (that the chosen one
        is no better: exact McNemar test), tied, chosen, declared, same_as (what gives the same input).
    per_output : DataFrame
        output, emotion, faces labelled so, right among them, unsure (emotions it could be swapped with).
    """

    scaling: str
    colour: str | None
    emotions: tuple[str, ...]
    order: str
    accuracy: Accuracy
    settled: bool
    warning: str | None
    notes: tuple[str, ...]
    declared: dict[str, Any]
    candidates: pd.DataFrame
    per_output: pd.DataFrame

    def classifier(self, classifier: Classifier) -> Classifier:
        """The inspected classifier as it should be read."""
        return variant(classifier, self.scaling, self.colour, self.emotions)


def inspect_classifier(
    classifier: Classifier, faces: Faces, *, origin: Mapping[str, str] | None = None, seed: int = 0
) -> Inspection:
    """Find the scaling, colour and emotion order that a model was trained with.

    One pass over the faces for each scaling × colour that makes a difference on them; under each, the known orders and
    the best of all orders. The most accurate reading wins; among those that an exact McNemar test at 1 % cannot tell
    from it, the declared one, unless the labels are likelier under another (paired t-test at 1 % on log-likelihoods).

    Parameters
    ----------
    classifier : Classifier
        With what is declared about it: its own scaling, colour and emotions.
    faces : Faces
        Unlabelled ones are left out.
    origin : mapping, optional
        Where ``scaling``, ``colour`` and ``emotions`` come from. ``"default"`` means that nobody said so, and then no
        warning is given; ``"unknown"``, for emotions, that the classifier's are only placeholders. Anything else, and
        the default ``"given"``, is a claim.
    seed : int
        Of the halves that an order is found and judged on.

    Returns
    -------
    Inspection

    Raises
    ------
    InputError
        If no face has a label.
    """
    labels = np.array([label or "" for label in faces.labels])
    if not (labels != "").any():
        raise InputError("none of the faces has a label: give labelled faces, or inspect the model without data")
    images, labels = faces[labels != ""].images(), labels[labels != ""]
    origins = {key: (origin or {}).get(key, "given") for key in ("scaling", "colour", "emotions")}
    order = None if origins["emotions"] == "unknown" else classifier.emotions
    candidates = run_candidates(classifier, images)
    choices = [choose_order(one.probabilities, labels, order, seed) for one in candidates]
    readings = [read(one, choice.chosen, labels) for one, choice in zip(candidates, choices, strict=True)]
    before = _declared(candidates[0], choices[0], order, labels)
    chosen, decided = choose_reading(readings)
    choice = choices[readings.index(chosen)]
    stated = origins["emotions"] not in _UNSAID
    if is_hopeless(chosen, len(readings), labels):
        tried = zip(candidates, choices, strict=True)
        every = [read(one, order, labels) for one, choice in tried for order in choice.rivals]
        most_right = max(every, key=lambda reading: reading.accuracy.value)
        reasons = [_hopeless(most_right, labels), *_one_answer(before or chosen)]
        chosen, choice = before or chosen, choices[0] if before else choice
        notes, warning = [], None
    else:
        notes, warning = [decided, *_cannot_tell(chosen, choice)], _warning(before, chosen, origins)
        reasons = doubts(chosen, choice, readings, stated)
    return Inspection(
        scaling=chosen.candidate.scaling,
        colour=chosen.candidate.colour,
        emotions=chosen.order.emotions,
        order=chosen.order.name,
        accuracy=chosen.accuracy,
        settled=not reasons,
        warning=warning,
        notes=(*notes, *reasons),
        declared={
            "scaling": classifier.scaling,
            "colour": classifier.colour,
            "emotions": order,
            "origin": origins,
            "accuracy": before.accuracy if before else None,
        },
        candidates=_table(candidates, choices, labels, chosen, before),
        per_output=_per_output(chosen, choice, labels),
    )


def _declared(
    candidate: Candidate, choice: OrderChoice, emotions: tuple[str, ...] | None, labels: np.ndarray
) -> Reading | None:
    """The classifier as it was declared, where its emotions were."""
    declared = next((order for order in choice.rivals if order.emotions == emotions), None)
    return read(candidate, declared, labels) if declared else None


def _always(labels: np.ndarray) -> str:
    """What a model reaches that answers one emotion for all."""
    _, counts = np.unique(labels, return_counts=True)
    return f", where always giving their commonest label would be right on {counts.max() / counts.sum():.1%}"


def _hopeless(best: Reading, labels: np.ndarray) -> str:
    fitted = " (found on one half of the faces and judged on the other)" if best.order.name == "found" else ""
    return (
        f"no reading is right beyond chance: the best, {best.way} in {best.order.name} order{fitted}, is right on "
        f"{best.accuracy.value:.1%} of {len(best.right)} faces{_always(labels)}. Check that the model is trained and "
        "the labels are right, or give more labelled faces"
    )


def _one_answer(reading: Reading) -> list[str]:
    """A line where nearly all faces get one and the same answer: nothing can be found from that."""
    share = np.bincount(reading.outputs, minlength=len(reading.order.emotions)) / len(reading.outputs)
    most = int(share.argmax())
    if share[most] < _NEARLY_ALL:
        return []
    return [
        f"it answers with output {most} ({reading.order.emotions[most]} in the {reading.order.name} order) for "
        f"{share[most]:.0%} of the faces, whatever they show: it is untrained, or reads another kind of input"
    ]


def _warning(before: Reading | None, chosen: Reading, origins: Mapping[str, str]) -> str | None:
    """A line where something that somebody claimed is beaten beyond chance."""
    if before is None:
        return None
    wrong = [] if before.candidate is chosen.candidate else ["scaling", "colour"]
    wrong += [] if before.order.emotions == chosen.order.emotions else ["emotions"]
    p = p_more_right(chosen.right, before.right)
    beaten = p < ALPHA or p_larger(chosen.log_likelihood, before.log_likelihood) < ALPHA
    if not beaten or all(origins[key] in _UNSAID for key in wrong):
        return None
    return (
        f"what was declared ({_words(before)}) is beaten: right on {before.accuracy.value:.1%} of {len(before.right)} "
        f"faces, {_words(chosen)} on {chosen.accuracy.value:.1%} (p = {p:.2g})"
    )


def _words(reading: Reading) -> str:
    order = " ".join(reading.order.emotions) if reading.order.name in ("declared", "found") else reading.order.name
    return f"{reading.way}, {order} order"


def _cannot_tell(chosen: Reading, choice: OrderChoice) -> list[str]:
    notes = []
    here = chosen.candidate
    colours = sorted({str(colour) for scaling, colour in here.same if scaling == here.scaling})
    if colours:
        notes.append(f"colour cannot be told from grey faces: {here.colour} kept, {', '.join(colours)} is the same")
    if choice.open_pairs and chosen.order.name != "found":
        pairs = ", ".join(f"{a}/{b}" for a, b in choice.open_pairs)
        notes.append(
            f"the faces do not tell these outputs apart: {pairs}; they are as the {chosen.order.name} order has them"
        )
    return notes


def _table(
    candidates: list[Candidate], choices: list[OrderChoice], labels: np.ndarray, chosen: Reading, before: Reading | None
) -> pd.DataFrame:
    rows = []
    for candidate, choice in zip(candidates, choices, strict=True):
        for order in choice.rivals:
            reading = read(candidate, order, labels)
            accuracy, p = reading.accuracy, p_more_right(chosen.right, order.right)
            here = candidate is chosen.candidate and order.emotions == chosen.order.emotions
            rows.append(
                {
                    "scaling": candidate.scaling,
                    "colour": candidate.colour,
                    "order": order.name,
                    "emotions": " ".join(order.emotions),
                    "accuracy": accuracy.value,
                    "low": accuracy.low,
                    "high": accuracy.high,
                    "log_likelihood": float(reading.log_likelihood.mean()),
                    "p": p,
                    "tied": not here and p >= ALPHA,
                    "chosen": here,
                    "declared": before is not None and candidate is before.candidate and order is before.order,
                    "same_as": " ".join(f"{scaling}/{colour}" for scaling, colour in candidate.same),
                }
            )
    table = pd.DataFrame(rows)
    return table.sort_values(
        ["chosen", "accuracy", "log_likelihood"], ascending=False, kind="stable", ignore_index=True
    )


def _per_output(chosen: Reading, choice: OrderChoice, labels: np.ndarray) -> pd.DataFrame:
    rows = []
    for place, emotion in enumerate(chosen.order.emotions):
        here = labels == emotion
        swaps = [a if b == emotion else b for a, b in choice.open_pairs if emotion in (a, b)]
        rows.append(
            {
                "output": place,
                "emotion": emotion,
                "faces": int(here.sum()),
                "right": int((chosen.outputs[here] == place).sum()),
                "unsure": " ".join(swaps),
            }
        )
    return pd.DataFrame(rows)
