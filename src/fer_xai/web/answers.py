"""What the app works out about a photo: its faces, what the classifier says of them, and why. All in the worker."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_xai.api import run_explainer
from fer_xai.classifier import Classifier
from fer_xai.engine import answers
from fer_xai.explainers import Explainer, make_explainer
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.faces.crop import Cropped, find_faces
from fer_xai.facs import FaceMasks
from fer_xai.figures.pictured import hardly_moves, in_probability
from fer_xai.report.pixels import colour_scale, data_uri, face_picture, overlay
from fer_xai.web.cropping import is_crop, whole
from fer_xai.web.limits import Limits
from fer_xai.web.problems import Problem
from fer_xai.web.served import size_of
from fer_xai.web.told import agreement_rows, plain, region_rows

USUAL_METHOD = "occlusion"


@dataclass(frozen=True)
class Photo:
    """A decoded upload and how its faces are to be found.

    Attributes
    ----------
    pixels : ndarray (H, W, 1 or 3) uint8
    crop : {"auto", "find", "whole"}
        ``auto`` takes a small square picture for a crop of a face and looks for faces in any other.
    """

    pixels: np.ndarray
    crop: str = "auto"


@dataclass(frozen=True)
class Question:
    """What is to be explained.

    Attributes
    ----------
    explainer : Explainer
    target : str
        ``predicted``, an emotion, or a contrast as ``fear-surprise``.
    face : int or None
        Which of the photo's faces, the largest being 0; `None` where there is only one.
    seed : int
    numbers : bool
        Whether the map itself is wanted, beside its picture.
    """

    explainer: Explainer
    target: str = "predicted"
    face: int | None = None
    seed: int = 0
    numbers: bool = False


def predict(model: str, classifier: Classifier, photo: Photo, limits: Limits) -> dict[str, Any]:
    """What the classifier says of every face of a photo."""
    found = _faces(classifier, photo, limits)
    probabilities = answers(classifier, _stack(found))
    height, width = photo.pixels.shape[:2]
    return {
        "model": model,
        "photo": {"width": width, "height": height},
        "faces": [
            {**_face(i, face), **_said(classifier, row)}
            for i, (face, row) in enumerate(zip(found, probabilities, strict=True))
        ],
    }


def explain(model: str, classifier: Classifier, photo: Photo, question: Question, limits: Limits) -> dict[str, Any]:
    """Why the classifier says what it says of one face."""
    begun = time.perf_counter()
    found = _faces(classifier, photo, limits)
    index = _chosen(question.face, len(found))
    faces = _stack([found[index]])
    masks = FaceMasks.paint(faces)
    explanation = run_explainer(classifier, faces, question.explainer, question.target, question.seed, masks.landmarks)
    picture, full = overlay(faces.pixels()[0], explanation.attributions[0]), colour_scale(explanation.attributions[0])
    return {
        "model": model,
        "method": explanation.method,
        "explains": question.explainer.explains,
        "target": explanation.targets[0],
        "settings": plain(_used(explanation)),
        "face": {**_face(index, found[index]), **_said(classifier, explanation.probabilities[0])},
        "overlay": data_uri(picture),
        "attributions": plain(explanation.attributions[0]) if question.numbers else None,
        "blank": not bool(np.any(explanation.attributions)),
        "full_colour": full,
        "in_probability": in_probability(explanation.method),
        "hardly_moves": hardly_moves(explanation.method, full),
        "landmarks": masks.landmarks.source[0],
        "regions": region_rows(explanation.regions(masks=masks)),
        "agreement": agreement_rows(explanation, masks),
        "seconds": round(time.perf_counter() - begun, 3),
    }


def _used(explanation: Explanation) -> dict[str, Any]:
    """The method's options, with what it chose itself where nothing was asked for."""
    given, chosen = explanation.settings, explanation.details
    return {name: chosen.get(name) if value is None else value for name, value in given.items()}


def warm_up(classifier: Classifier, limits: Limits) -> None:
    """Do once what the first visitor would wait for: open the detectors, trace the model, load the rooms."""
    find_faces(np.zeros((64, 64, 3), np.uint8), size_of(classifier), 1)
    grey, colour = (Photo(np.full((48, 48, channels), 127, np.uint8), "whole") for channels in (1, 3))
    predict("", classifier, grey, limits)
    explain("", classifier, colour, Question(make_explainer(USUAL_METHOD)), limits)


def _faces(classifier: Classifier, photo: Photo, limits: Limits) -> list[Cropped]:
    size = size_of(classifier)
    if photo.crop == "whole" or (photo.crop == "auto" and is_crop(photo.pixels)):
        return [whole(photo.pixels, size)]
    found = find_faces(photo.pixels, size, limits.faces)
    if not found:
        raise Problem("no_face", "no face was found: take a photo with a larger face, or send crop=whole for a crop")
    return found


def _chosen(face: int | None, count: int) -> int:
    if face is None and count > 1:
        raise Problem("several_faces", f"{count} faces were found: say which one (face=0 is the largest)", faces=count)
    if face is not None and face >= count:
        raise Problem("unknown_face", f"there is no face {face}; {count} found, counted from 0", faces=count)
    return face or 0


def _stack(found: list[Cropped]) -> Faces:
    return Faces.from_array(np.stack([face.pixels for face in found]))


def _face(index: int, face: Cropped) -> dict[str, Any]:
    left, top, right, bottom = (round(edge, 4) for edge in face.box)
    return {
        "index": index,
        "box": {"left": left, "top": top, "right": right, "bottom": bottom},
        "picture": data_uri(face_picture(face.pixels)),
    }


def _said(classifier: Classifier, probabilities: np.ndarray) -> dict[str, Any]:
    return {
        "predicted": classifier.emotions[int(probabilities.argmax())],
        "probabilities": dict(zip(classifier.emotions, plain(probabilities), strict=True)),
    }
