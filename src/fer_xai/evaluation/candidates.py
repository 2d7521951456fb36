"""Every scaling and colour a model could have been trained with, and what it answers under each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.classifier.scaling import NAMES
from fer_xai.engine import engine_for

_NEEDS_COLOUR = ("caffe", "torch")
_ROWS = 64
_COMPARED = 16


@dataclass(frozen=True, eq=False)
class Candidate:
    """One way of turning faces into a model's input.

    Attributes
    ----------
    scaling, colour : str
        See `fer_xai.classifier.Classifier`; no colour for a plain function.
    same : tuple of (str, str)
        Other scalings and colours that give the same input on these faces, so that nothing can tell them apart.
    probabilities : ndarray (N, E)
        The model's answers.
    way : str
        What to call it in a sentence: the scaling, and the colour where there is more than one.
    """

    scaling: str
    colour: str | None
    same: tuple[tuple[str, str | None], ...]
    probabilities: np.ndarray
    way: str


def run_candidates(classifier: Classifier, images: np.ndarray) -> list[Candidate]:
    """Ask the model about the same faces under every scaling and colour that makes a difference.

    Parameters
    ----------
    classifier : Classifier
        Its own scaling and colour are among the candidates, and stand for those that come to the same.
    images : ndarray (N, H, W, C) float32 in [0, 1]

    Returns
    -------
    list of Candidate
        The classifier's own first. A plain function has only that.
    """
    if classifier.model is None:
        return [Candidate(classifier.scaling, None, (), engine_for(classifier).predict(images)[1], "the function")]
    # One traced program for all: a classifier whose own preparation does nothing, fed with prepared faces.
    bare = engine_for(_bare(classifier))
    candidates = []
    for group in _groups(classifier, images):
        parts = [
            bare.predict(np.asarray(group[0].preprocess(images[start : start + _ROWS]), np.float32))[1]
            for start in range(0, len(images), _ROWS)
        ]
        one, *others = group
        same = tuple((other.scaling, other.colour) for other in others)
        way = one.scaling if len(_colours(classifier)) == 1 else f"{one.scaling} {one.colour}"
        candidates.append(Candidate(one.scaling, one.colour, same, np.concatenate(parts), way))
    return candidates


def variant(
    classifier: Classifier, scaling: str, colour: str | None, emotions: tuple[str, ...] | None = None
) -> Classifier:
    """The same model, read in another way."""
    if classifier.function is not None:
        return Classifier.from_function(classifier.function, emotions or classifier.emotions, classifier.name)
    return Classifier(
        classifier.model,
        emotions or classifier.emotions,
        scaling,
        classifier.name,
        colour=colour,
        output=classifier.output,
        input_shape=classifier.input_shape,  # type: ignore[arg-type]
        illumination=classifier.illumination,
    )


def _bare(classifier: Classifier) -> Classifier:
    """The same model with a preparation that does nothing."""
    return Classifier(
        classifier.model,
        classifier.emotions,
        colour=_colours(classifier)[0],
        output=classifier.output,
        input_shape=classifier.input_shape,  # type: ignore[arg-type]
    )


def _colours(classifier: Classifier) -> tuple[str, ...]:
    """Colours the model's channels may be; the one that leaves a face of as many channels as it is comes first."""
    return ("grey",) if classifier.input_shape[2] == 1 else ("rgb", "bgr", "grey")


def _scalings(classifier: Classifier, images: np.ndarray) -> list[str]:
    own = f"zscore:{images.mean() * 255:.1f},{max(images.std() * 255, 0.1):.1f}"
    return [name for name in (*NAMES, own) if classifier.input_shape[2] == 3 or name not in _NEEDS_COLOUR]


def _groups(classifier: Classifier, images: np.ndarray) -> list[list[Classifier]]:
    """Variants of the classifier, those that make the same input of these faces together."""
    ways: list[tuple[str, str | None]] = [(classifier.scaling, classifier.colour)]
    # Of colours that come to the same, the declared one stands for all.
    colours = sorted(_colours(classifier), key=lambda colour: colour != classifier.colour)
    ways += [(scaling, colour) for scaling in _scalings(classifier, images) for colour in colours]
    # Where no face has colour, red and blue cannot be told apart: the most colourful faces decide.
    colourful = np.argsort(-np.ptp(images, axis=-1).mean(axis=(1, 2)), kind="stable")[:_COMPARED]
    groups: list[tuple[np.ndarray, list[Classifier]]] = []
    for scaling, colour in dict.fromkeys(ways):
        one = variant(classifier, scaling, colour)
        made = np.asarray(one.preprocess(images[colourful]), np.float32)
        alike = next((group for inputs, group in groups if _alike(inputs, made)), None)
        if alike is None:
            groups.append((made, [one]))
        else:
            alike.append(one)
    return [group for _, group in groups]


def _alike(inputs: np.ndarray, others: np.ndarray) -> bool:
    # TensorFlow's weights for grey sum to 0.9999, so the grey of a grey face is not quite the face.
    return bool(np.abs(inputs - others).max() <= 1e-3 * max(float(inputs.std()), 1e-6))
