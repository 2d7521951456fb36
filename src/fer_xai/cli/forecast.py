"""How long a report will take on this machine, said before it is waited for."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from fer_xai.classifier import Classifier
from fer_xai.faces import Faces

LONG = 600.0  # seconds that need no warning
_TRIED = 32  # faces
_BACKWARD = 3  # a pass forward and backward, in passes forward
_BESIDES = 1.3  # regions, hiding and trust, beside the methods


def forecast(
    classifier: Classifier, faces: Faces, methods: Sequence[str], options: Mapping[str, dict[str, Any]]
) -> str | None:
    """A line on a report that will take long, from a timed pass of some of its faces; `None` where it will not.

    Parameters
    ----------
    classifier : Classifier
    faces : Faces
    methods : sequence of str
    options : mapping
        By method; of `samples`, a number counts in place of the usual one.
    """
    from fer_xai.engine import engine_for
    from fer_xai.explainers.registry import find_class

    names = [name.strip() for name in methods]
    needed = sum(passes(find_class(name, {}).cost, options.get(name, {}).get("samples")) for name in names)
    images, engine = faces[:_TRIED].images(), engine_for(classifier)
    engine.predict(images)  # traced
    started = time.perf_counter()
    engine.predict(images)
    each = (time.perf_counter() - started) / len(images)
    seconds = each * needed * len(faces) * _BESIDES
    if seconds < LONG:
        return None
    return (
        f"this may take {_length(seconds)}: {len(faces):,} faces, some {needed:,} passes each, {each * 1000:.2g} ms a "
        "pass. It may be stopped, and the same command goes on; --limit, or --methods gradcam --trust 0, gives a first "
        "look"
    )


def passes(cost: str, samples: int | str | None = None) -> int:
    """Passes forward per face, about, that a method's stated cost amounts to, or so many samples of it."""
    stated = re.search(r"\(([\d,]+)", cost)
    usual = int(stated[1].replace(",", "")) if stated else 1
    return (samples if isinstance(samples, int) else usual) * (_BACKWARD if "backward" in cost else 1)


def _length(seconds: float) -> str:
    if seconds < 5400:
        return f"{round(seconds / 300) * 5} minutes"
    if seconds < 2 * 86400:
        return f"{seconds / 3600:.0f} hours"
    return f"{seconds / 86400:.0f} days"
