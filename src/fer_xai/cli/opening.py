"""What the options that commands share open: faces and classifiers."""

from __future__ import annotations

import functools
import importlib
import re
import runpy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_xai.charts.words import counted, listing
from fer_xai.cli.loudness import detail, logged_at_the_end, remark, remark_at_the_end, when_accepted
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.classifier import Classifier
    from fer_xai.faces import Faces


def check_places(models: Sequence[Path | None] = (), data: str | None = None) -> None:
    """Refuse models and data that are not there, before TensorFlow takes its seconds to load."""
    from fer_xai.classifier.bundled import model_path
    from fer_xai.classifier.files import check_path
    from fer_xai.faces.formats import find_format

    for model in models:
        check_path(model_path(model))
    if data is not None:
        find_format(data)


def open_faces(
    data: str | Faces | None,
    split: str | None,
    limit: int | None = None,
    seed: int = 0,
    ferplus: Path | None = None,
    drop: list[str] | None = None,
    cleaning: Path | None = None,
    votes: Path | None = None,
) -> Faces:
    """Read the faces that the shared options name; without a split, test where there is one, else all."""
    from fer_xai.faces import load_faces

    read = functools.partial(
        load_faces,
        data or "sample",
        ferplus=ferplus,
        votes=votes,
        cleaning=cleaning,
        drop=tuple(drop or ()),
        seed=seed,
    )
    with logged_at_the_end("fer_xai.faces"):
        if split is not None:
            return _told(read(split=split, limit=limit), limit)
        everything = read()
    in_test = (everything.table["split"] == "test").to_numpy()
    faces = everything[in_test] if in_test.any() else everything
    return _told(faces if limit is None else faces.sample(limit, seed), limit, other_splits(everything, faces))


def read_faces(*args: Any, **options: Any) -> Faces:
    """`fer_xai.load_faces`, whose remarks wait until nothing is refused any more."""
    from fer_xai.faces import load_faces

    with logged_at_the_end("fer_xai.faces"):
        return load_faces(*args, **options)


def other_splits(everything: Faces, faces: Faces) -> str:
    """The splits that none of some faces are of, with their sizes, as ``train 72``; empty where there are none."""
    sizes = everything.table["split"].value_counts().drop(["", *set(faces.table["split"])], errors="ignore")
    return ", ".join(f"{split} {count:,}" for split, count in sizes.items())


def _told(faces: Faces, limit: int | None, others: str = "") -> Faces:
    splits = listing(sorted(set(faces.table["split"]) - {""}))
    few = f": there are no more (--limit {limit})" if limit is not None and len(faces) < limit else ""
    elsewhere = f"; --split takes others: {others}" if others else ""
    if few or elsewhere:
        remark(f"{counted(len(faces), 'face')}{f' of {splits}' if splits else ''}{few}{elsewhere}")
    tell_skipped(faces)
    for line in (repr(faces), *faces.skipped):
        detail(line)
    return faces


def tell_skipped(faces: Faces) -> None:
    """A remark on what could not be read."""
    if faces.skipped:
        many, first = len(faces.skipped), faces.skipped[0]
        rest = f" (and {many - 1:,} more, with --verbose)" if many > 1 else ""
        remark_at_the_end(f"{many:,} could not be read and {'is' if many == 1 else 'are'} left out: {first}{rest}")


def open_classifier(
    model: Path | None,
    emotions: str | None = None,
    scaling: str | None = None,
    trust_model: bool = False,
    colour: str | None = None,
    output: str | None = None,
    input_shape: str | None = None,
    builder: str | None = None,
    illumination: str | None = None,
) -> Classifier:
    """Open the classifier that the shared options name."""
    from fer_xai.classifier.assumed import LOGGER
    from fer_xai.classifier.load import open_file

    if trust_model and model is not None:
        say_what_runs(Path(model))
    before = _remembered(model)
    said = {"emotions": emotions, "scaling": scaling, "colour": colour, "output": output, "illumination": illumination}
    with logged_at_the_end(LOGGER):
        classifier, remembering = open_file(
            model,
            said,
            trust_model,
            read_shape(input_shape) if input_shape else None,
            read_builder(builder) if builder else None,
        )
    when_accepted(remembering)
    detail(repr(classifier))
    told = [f"{name} {value}" for name, value in said.items() if value is not None]
    kept = [f"{name} {value}" for name, value in before.items() if said[name] is None]
    if kept and model is not None:
        remark_at_the_end(f"as remembered of {model.name}: {', '.join(kept)} (say it anew to change it)")
    if told and model is not None:
        remark_at_the_end(f"remembered of {model.name}, so that it need not be said again: {', '.join(told)}")
    if model is None:
        remark_at_the_end(f"no --model given: this is about {classifier.name}, which comes with fer-xai")
    return classifier


def _remembered(model: Path | None) -> dict[str, str]:
    """What was said of a model in an earlier call, as it would be typed."""
    from fer_xai.classifier.bundled import is_bundled, model_path
    from fer_xai.classifier.memory import recall

    path = model_path(model)
    known = {} if is_bundled(path) or not path.exists() else recall(path)
    return {name: value if isinstance(value, str) else ",".join(value) for name, value in known.items()}


def say_what_runs(path: Path) -> None:
    """A remark on the code that a trusted model file brings; nothing where it brings none."""
    from fer_xai.classifier.refusal import refuse_code

    if not path.exists():
        return
    try:
        if path.is_dir():
            raise InputError(f"{path} is a SavedModel, whose graph is code")
        refuse_code(path)
    except InputError as error:
        remark(f"trusted, and may do whatever you may: {str(error).partition(': pass --trust-model')[0]}")


def read_shape(text: str) -> tuple[int, ...]:
    """Height, width and channels of ``48x48x1``."""
    parts = text.lower().split("x")
    if len(parts) != 3 or not all(re.fullmatch("[1-9][0-9]{0,3}", part) for part in parts):
        raise InputError(f"--input-shape {text}: expected height x width x channels, for example 48x48x1")
    return tuple(int(part) for part in parts)


def read_builder(named: str) -> Callable[[], Any]:
    """The user's own function that ``FILE.py:FUNCTION`` or ``package.module:FUNCTION`` names."""
    place, _, name = named.rpartition(":")
    if not place or not name:
        raise InputError(f"--builder {named}: expected FILE.py:FUNCTION or package.module:FUNCTION")
    try:
        function = (
            runpy.run_path(place)[name] if place.endswith(".py") else getattr(importlib.import_module(place), name)
        )
    except KeyError as error:
        raise InputError(f"--builder {named}: {place} has no function {name}") from error
    # The file is the user's own code, which may raise anything while it is read.
    except Exception as error:
        raise InputError(f"--builder {named}: {place} cannot be read ({type(error).__name__}: {error})") from error
    if not callable(function):
        raise InputError(f"--builder {named}: {name} is no function")
    return function
