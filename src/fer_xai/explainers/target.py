"""Which emotion is being explained, face by face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fer_xai.emotions import FERPLUS, canonical
from fer_xai.errors import InputError

_EXPECTED = (
    "expected predicted, label, every (explain only), an emotion, or a contrast of two different emotions as "
    "fear-surprise; what speaks against an emotion is blue in its own map"
)
EVERY = "every"  # each emotion of the classifier, one after the other
Target = str | tuple[str, str] | Sequence[str]


def check_target(target: Target) -> None:
    """Refuse what no classifier could be asked to explain.

    Raises
    ------
    InputError
        If an emotion is unknown.
    """
    resolve_target(target, [FERPLUS[0]], [FERPLUS[0]], FERPLUS)


def follows(target: Target) -> bool:
    """Whether the target is what the classifier answers, so that it must be asked first."""
    return isinstance(target, str) and target == "predicted"


def resolve_target(
    target: Target, predicted: Sequence[str], labels: Sequence[str | None], emotions: Sequence[str]
) -> tuple[tuple[str, ...], np.ndarray]:
    """Turn a target into one name and one row of weights per face.

    Parameters
    ----------
    target : str, tuple or sequence
        ``"predicted"``, ``"label"``, an emotion, a contrast ``("fear", "surprise")`` or ``"fear-surprise"``,
        or a list (not a tuple) with one emotion per face.
    predicted : sequence of str
        The classifier's answers.
    labels : sequence of str or None
    emotions : sequence of str
        The classifier's head order.

    Returns
    -------
    tuple of str
        The target's name for each face; a contrast reads ``fear-surprise``.
    ndarray (N, E) float32
        1 at the target; for a contrast also −1 at what it is set against.

    Raises
    ------
    InputError
        If an emotion is not among the classifier's, or a label is missing.
    """
    wanted = [name if isinstance(name, str) else tuple(name) for name in _per_face(target, predicted, labels)]
    distinct = list(dict.fromkeys(wanted))
    pairs = [_pair(name) for name in distinct]
    rows = np.array([_weights(pair, emotions) for pair in pairs], np.float32)
    place = {name: number for number, name in enumerate(distinct)}
    which = [place[name] for name in wanted]
    return tuple("-".join(pairs[number]) for number in which), rows[which]


def _weights(pair: tuple[str, ...], emotions: Sequence[str]) -> np.ndarray:
    row = np.zeros(len(emotions), np.float32)
    for emotion, sign in zip(pair, (1, -1), strict=False):
        if emotion not in emotions:
            raise InputError(f"the classifier does not know the emotion {emotion!r}; it knows {' '.join(emotions)}")
        row[list(emotions).index(emotion)] += sign
    return row


def _per_face(
    target: Target, predicted: Sequence[str], labels: Sequence[str | None]
) -> Sequence[str | tuple[str, str]]:
    if isinstance(target, tuple) and len(target) == 2:
        return [(target[0], target[1])] * len(predicted)
    if not isinstance(target, str):
        if len(target) != len(predicted):
            raise InputError(f"{len(target)} targets were given for {len(predicted)} faces: give one per face")
        return list(target)
    if target == "predicted":
        return list(predicted)
    if target == "label":
        missing = sum(label is None for label in labels)
        if missing:
            without = f"{missing} of {len(labels)} have none"
            raise InputError(f"target 'label' needs labelled faces; {without}: name an emotion instead")
        return [label for label in labels if label is not None]
    return [target] * len(predicted)


def _pair(name: str | tuple[str, ...]) -> tuple[str, ...]:
    parts = name.split("-") if isinstance(name, str) else list(name)
    try:
        named = tuple(canonical(part) for part in parts)
    except InputError as error:
        raise InputError(f"target {name!r}: {_EXPECTED}; {error}") from None
    if len(named) > 2 or len(set(named)) < len(named):
        raise InputError(f"target {name!r}: {_EXPECTED}")
    return named
