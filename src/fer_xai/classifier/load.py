"""A classifier from whatever a person has: a model file, a folder, weights with a builder, or a model in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from fer_xai.classifier.assumed import tell_what_is_assumed
from fer_xai.classifier.bundled import SETTINGS, is_bundled, model_path
from fer_xai.classifier.classifier import Classifier
from fer_xai.classifier.files import read_model
from fer_xai.classifier.memory import recall, remember
from fer_xai.errors import InputError


def load_classifier(
    model: Any = None,
    emotions: str | Sequence[str] | None = None,
    scaling: str | None = None,
    trust_model: bool = False,
    *,
    colour: str | None = None,
    output: str | int | None = None,
    input_shape: Sequence[int] | None = None,
    illumination: str | None = None,
    builder: Callable[[], Any] | None = None,
) -> Classifier:
    """Wrap a model file or a Keras model.

    Parameters
    ----------
    model : path, keras.Model, Classifier or None
        ``.keras``, ``.h5`` / ``.hdf5`` (Keras 2's too, through the extra ``fer-xai[keras2]`` where Keras 3 cannot
        read them; optimizer settings are not read), a SavedModel folder (needs `trust_model`), a model in memory,
        the name of a bundled classifier (`list_classifiers`), or `None` for the first of them.
    emotions, scaling, colour, output, illumination
        See `Classifier`. What is given is remembered in ``MODEL.fer-xai.json`` beside the file (in the user's
        cache where that folder cannot be written) and used when the file is opened again; of a bundled classifier
        nothing is remembered.
    trust_model : bool
        Allow code inside the file (Lambda layers, SavedModel graphs) to run.
    input_shape : tuple, optional
        (H, W, C) where the model does not tell it.
    builder : callable, optional
        Gives the model, a Keras model without arguments; of the file only the weights are read then. Needed for
        weights without an architecture and for layers that only your own code knows.

    Returns
    -------
    Classifier
        What was assumed of it, since nobody said it, is logged as a warning (logger ``fer_xai.classifier``).

    Raises
    ------
    InputError
        If the file is missing, is no model, holds code and is not trusted, does not fit the builder, or does not
        fit the emotions; or if settings are given for a `Classifier`, which has its own.

    Examples
    --------
    >>> from fer_xai import load_classifier
    >>> load_classifier().emotions
    ('angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral')
    """
    said = {
        "emotions": emotions,
        "scaling": scaling,
        "colour": colour,
        "output": output,
        "illumination": illumination,
    }
    if isinstance(model, Classifier):
        _refuse_idle({**said, "input_shape": input_shape, "builder": builder}, "a Classifier, which has its own")
        return model
    if model is not None and not isinstance(model, str | os.PathLike):
        _refuse_idle({"builder": builder}, "a model that is built already")
        built = Classifier(
            model,
            emotions,
            scaling,
            colour=colour,
            output=output,
            input_shape=input_shape,
            illumination=illumination,
        )
        tell_what_is_assumed(built)
        return built
    classifier, remembering = open_file(model, said, trust_model, input_shape, builder)
    remembering()
    return classifier


def open_file(
    model: str | os.PathLike[str] | None,
    said: dict[str, Any],
    trust_model: bool = False,
    input_shape: Sequence[int] | None = None,
    builder: Callable[[], Any] | None = None,
) -> tuple[Classifier, Callable[[], object]]:
    """Open a model's file, and remember what was said of it only when what is returned beside it is called.

    See `load_classifier`; `said` are its arguments emotions, scaling, colour, output and illumination, by name.
    """
    path = model_path(model)
    keras_model = read_model(path, trust_model, builder, input_shape)
    given = {name: value for name, value in said.items() if value is not None}
    known = SETTINGS if is_bundled(path) else recall(path)
    settings: dict[str, Any] = {**known, **given}
    classifier = Classifier(keras_model, name=path.stem, input_shape=input_shape, **settings)
    tell_what_is_assumed(classifier, path)
    if not given or is_bundled(path):
        return classifier, lambda: None
    return classifier, lambda: remember(path, classifier, {*known, *given})


def _refuse_idle(given: dict[str, Any], what: str) -> None:
    """Refuse settings that could only be ignored."""
    for name, value in given.items():
        if value is not None:
            raise InputError(f"{name} was given together with {what}: leave it out")
