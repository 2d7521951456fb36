"""A request's picture and parameters, checked: whatever cannot be used is refused by name."""

from __future__ import annotations

from flask import Request

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError, unknown
from fer_xai.explainers import list_explainers, make_explainer
from fer_xai.explainers.registry import full_name
from fer_xai.explainers.target import resolve_target
from fer_xai.web.answers import USUAL_METHOD, Photo, Question
from fer_xai.web.limits import Limits
from fer_xai.web.pictures import decode
from fer_xai.web.problems import Problem
from fer_xai.web.served import Served

CROPS = ("auto", "find", "whole")
PREDICT = ("model", "crop")
EXPLAIN = (*PREDICT, "method", "target", "face", "samples", "seed", "attributions")
YES_NO = ("no", "yes")
LARGEST_SEED = 2**31 - 1


def parameters(request: Request, known: tuple[str, ...]) -> dict[str, str]:
    """The parameters of a request, from its form and its query, each given at most once."""
    given = request.values
    for name in given:
        if name not in known:  # a part of a form may have no name at all
            raise Problem("unknown_parameter", f"unknown parameter {str(name)[:60]!r}; known are {', '.join(known)}")
        if len(given.getlist(name)) > 1:
            raise Problem("unknown_parameter", f"parameter {name!r} was given more than once")
    return {name: value for name, value in given.items() if value != ""}


def photo(request: Request, given: dict[str, str], limits: Limits) -> Photo:
    """The picture: the form's file ``image``, or the whole body."""
    crop = _choice(given, "crop", CROPS)
    return Photo(decode(_bytes(request), limits), crop)


def _bytes(request: Request) -> bytes:
    if request.mimetype != "multipart/form-data":
        if request.mimetype == "application/x-www-form-urlencoded":
            raise Problem("no_image", "send the picture as the file 'image' of a multipart form, or as the whole body")
        return request.get_data()
    files = [(name, file) for name in request.files for file in request.files.getlist(name)]
    if [name for name, _ in files] != ["image"]:
        raise Problem("no_image", "send one picture, as the form's file 'image'")
    return files[0][1].read()


def question(served: Served, model: str, classifier: Classifier, given: dict[str, str], limits: Limits) -> Question:
    """What is to be explained, and how."""
    method = given.get("method", USUAL_METHOD)
    try:
        served.check_method(model, full_name(make_explainer(method)))
    except InputError:
        raise Problem("unknown_method", str(unknown("method", method[:60], list_explainers()))) from None
    samples = _number(given, "samples", 2, limits.samples)
    try:
        explainer = make_explainer(method, **({} if samples is None else {"samples": samples}))
    except InputError as error:
        raise Problem("bad_option", str(error)) from None
    target = given.get("target", "predicted")
    try:
        # Checked here, before the request waits: the prediction itself cannot be what is wrong.
        resolve_target(target, classifier.emotions[:1], (None,), classifier.emotions)
    except InputError as error:
        raise Problem("bad_target", str(error)[:300]) from None
    face = _number(given, "face", 0, limits.faces - 1)
    seed = _number(given, "seed", 0, LARGEST_SEED) or 0
    return Question(explainer, target, face, seed, _choice(given, "attributions", YES_NO) == "yes")


def _choice(given: dict[str, str], name: str, values: tuple[str, ...]) -> str:
    """One of some words, the first where none is given."""
    chosen = given.get(name, values[0])
    if chosen not in values:
        raise Problem("bad_option", f"{name}={chosen[:60]!r}: give {', '.join(values)}")
    return chosen


def _number(given: dict[str, str], name: str, least: int, most: int) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise Problem("bad_option", f"{name}={text[:60]!r}: give a whole number from {least} to {most}")
    return int(text)
