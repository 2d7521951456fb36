"""`explain`: faces in, reasons out."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np

from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import Engine, SharedPasses, answers, calm_blas, check_answers, engine_for
from fer_xai.errors import InputError
from fer_xai.explainers import Attribution, Explainer, Request, make_explainer
from fer_xai.explainers.registry import check_ability, full_name
from fer_xai.explainers.target import EVERY, Target, follows, resolve_target
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import Landmarks


def explain(
    model: Any,
    faces: Any,
    method: str = "lime",
    target: Target = "predicted",
    seed: int = 0,
    *,
    landmarks: Landmarks | None = None,
    **options: Any,
) -> Explanation:
    """Explain why a classifier says what it says about each face.

    Parameters
    ----------
    model : Classifier, keras.Model or path
    faces : Faces or ndarray
        Faces, or an array (N, H, W), (N, H, W, 1 or 3) or (H, W), uint8 or float in [0, 1].
    method : str
        ``method`` or ``method:variant``; `fer_xai.list_explainers` gives all.
    target : str, tuple or list
        ``"predicted"``, ``"label"``, an emotion, a contrast ``("fear", "surprise")``, a list with one emotion per
        face, or ``"every"``: each face once for every emotion, in the classifier's order, which costs a method that
        masks faces no more passes than one emotion does.
    seed : int
        Same seed, same numbers, whatever the order and number of faces.
    landmarks : Landmarks, optional
        Of these faces, where known already, e.g. `fer_xai.faces.landmarks.Landmarks.from_points` of 68 points; found
        where the method or a table of regions needs them.
    **options
        The method's own, e.g. ``segmenter="slic"``, ``samples=1000``, ``layer="conv2d_3"``, ``patch=8``.

    Returns
    -------
    Explanation

    Raises
    ------
    InputError
        If the method, an option, the target or the faces cannot be used; the line says why.

    Examples
    --------
    >>> from fer_xai import explain, load_classifier, load_faces
    >>> explanation = explain(load_classifier(), load_faces("sample")[:4], method="occlusion")
    >>> explanation.attributions.shape
    (4, 48, 48)
    """
    classifier = load_classifier(model)
    faces = faces if isinstance(faces, Faces) else Faces.from_array(faces)
    if not len(faces):
        raise InputError("no faces to explain: the selection is empty")
    if landmarks is not None and len(landmarks) != len(faces):
        raise InputError(f"received landmarks of {len(landmarks)} faces for {len(faces)} faces")
    explainer = make_explainer(method, **options)
    if isinstance(target, str) and target == EVERY:
        return _explain_every(classifier, faces, explainer, seed, landmarks)
    return run_explainer(classifier, faces, explainer, target, seed, landmarks)


def _explain_every(
    classifier: Classifier, faces: Faces, explainer: Explainer, seed: int, landmarks: Landmarks | None
) -> Explanation:
    """Each face once for every emotion; equal faces share their passes."""
    emotions = classifier.emotions
    rows = np.repeat(np.arange(len(faces)), len(emotions))
    targets = list(emotions) * len(faces)
    each = faces[rows].renamed([f"{face} for {target}" for face, target in zip(faces[rows].ids, targets, strict=True)])
    points = None if landmarks is None else landmarks[rows]
    return run_explainer(
        classifier, each, explainer, targets, seed, points, engine=SharedPasses(engine_for(classifier))
    )


def run_explainer(
    classifier: Classifier,
    faces: Faces,
    explainer: Explainer,
    target: Target = "predicted",
    seed: int = 0,
    landmarks: Landmarks | None = None,
    probabilities: np.ndarray | None = None,
    engine: Engine | None = None,
) -> Explanation:
    """Run a built explainer on faces; `explain` with everything already opened.

    Parameters
    ----------
    landmarks : Landmarks, optional
        Of these faces, where known already.
    probabilities : ndarray (N, E), optional
        The classifier's answers, where known already.
    engine : Engine, optional
        What runs the passes; default the classifier's own.
    """
    check_ability(explainer, classifier)
    images = faces.images()

    @cache
    def asked() -> np.ndarray:
        return answers(classifier, faces) if probabilities is None else probabilities

    def resolved(known: np.ndarray | None) -> tuple[tuple[str, ...], np.ndarray]:
        rows = [0] * len(faces) if known is None else known.argmax(axis=1)
        return resolve_target(target, [classifier.emotions[i] for i in rows], faces.labels, classifier.emotions)

    # What is predicted is only known once the classifier has been asked; a method may do that in its own passes.
    aim = None if follows(target) and probabilities is None else resolved(probabilities)[1]

    def regions(level: str) -> tuple[np.ndarray, tuple[str, ...]]:
        from fer_xai.facs import region_masks

        masks, names = region_masks(images, level, landmarks)
        return masks.argmax(axis=1), names

    with calm_blas(classifier):
        answer = explainer.attribute(engine or engine_for(classifier), Request(images, aim, seed, regions, asked))
    told = asked() if answer.probabilities is None else check_answers(classifier, faces, answer.probabilities)
    maps, details = _only_finite(answer)
    return Explanation(
        attributions=maps,
        faces=faces,
        method=full_name(explainer),
        targets=resolved(told)[0],
        probabilities=told,
        emotions=classifier.emotions,
        settings={**dataclasses.asdict(explainer), "seed": seed},  # type: ignore[call-overload]
        segments=answer.segments,
        details=details,
        landmarks=landmarks,
    )


def _only_finite(answer: Attribution) -> tuple[np.ndarray, dict[str, Any]]:
    """The maps, empty where a number in them is none, as of a norm's gradient on a face of one colour; which, is told.

    One such face must not end a study of thousands.
    """
    with np.errstate(over="ignore"):
        maps = np.asarray(answer.maps, np.float32)
    undefined = np.asarray(~np.isfinite(maps).all(axis=(1, 2)))
    if not undefined.any():
        return maps, answer.details
    return np.where(undefined[:, None, None], np.float32(0), maps), {**answer.details, "undefined": undefined}
