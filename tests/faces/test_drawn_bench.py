"""The test bench: on drawn faces causal explainers beat blind maps, a cheat is exposed, the counter tells the truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from skimage.filters import sobel

from fer_xai import explain
from fer_xai.classifier import load_classifier
from fer_xai.faces.drawn import Drawing, draw
from fer_xai.faces.landmarks import find_landmarks
from fer_xai.facs import outline_masks, specificity
from fer_xai.facs.agreement import centred_blob
from fer_xai.facs.maps import inside, shares

SHOWN = 30
FACES, EPOCHS = {False: 1050, True: 560}, {False: 18, True: 10}  # cheating takes less: a corner is learned sooner
CAUSAL = {"occlusion": {}, "integrated_gradients": {"baseline": "blur"}, "shap:regions": {"samples": 256}}


def trained(cheating: bool) -> tuple[Any, Drawing]:
    """A net trained for some seconds, and test faces that show an expression."""
    from fer_xai.training.recipes.own.drawn import drawn_net

    drawing = draw(FACES[cheating], cheating=cheating)
    net = load_classifier(drawn_net(drawing.faces, epochs=EPOCHS[cheating]))
    shown = (drawing.faces.table["split"] == "test").to_numpy() & (np.array(drawing.faces.labels) != "neutral")
    return net, drawing[np.flatnonzero(shown)[:SHOWN]]


@pytest.fixture(scope="module")
def honest() -> tuple[Any, Drawing]:
    return trained(cheating=False)


@pytest.fixture(scope="module")
def cheat() -> tuple[Any, Drawing]:
    return trained(cheating=True)


def mass(maps: np.ndarray, masks: np.ndarray) -> float:
    """Mean share of positive mass inside masks."""
    return float(np.nanmean(inside(masks.astype(np.float32)[:, None], shares(maps))))


def outside(bench: tuple[Any, Drawing], method: str) -> float:
    net, drawing = bench
    explanation = explain(net, drawing.faces, method, target="label", **CAUSAL[method])
    return mass(explanation.attributions, 1 - drawing.oval)


def test_the_net_has_learned(honest, cheat):
    for net, drawing in (honest, cheat):
        explanation = explain(net, drawing.faces, "saliency")
        assert np.mean(np.array(explanation.predicted) == np.array(drawing.faces.labels)) > 0.75  # chance is .14


@pytest.mark.parametrize("method", CAUSAL)
def test_causal_methods_beat_blind_maps_on_the_true_pixels(honest, method):
    net, drawing = honest
    images = drawing.faces.images()[..., 0]
    blob = mass(np.broadcast_to(centred_blob(48, 48), images.shape), drawing.truth)
    edges = mass(np.stack([sobel(image) for image in images]), drawing.truth)
    explanation = explain(net, drawing.faces, method, target="label", **CAUSAL[method])
    assert mass(explanation.attributions, drawing.truth) > max(blob, edges)


@pytest.mark.parametrize("method", CAUSAL)
def test_a_cheating_net_is_seen_to_look_beside_the_face(honest, cheat, method):
    assert outside(cheat, method) > 0.6 > 0.4 > outside(honest, method)


def test_the_counter_tells_the_truth_of_drawn_faces():
    drawing = draw(70, seed=11)
    landmarks = find_landmarks(drawing.faces)
    assert landmarks.found.mean() > 0.95
    outlines = outline_masks(drawing.faces, "face", landmarks=landmarks) > 0.5
    ovals = drawing.oval > 0.5
    overlap = (outlines & ovals).sum(axis=(1, 2)) / (outlines | ovals).sum(axis=(1, 2))
    assert np.median(overlap) > 0.8
    blob = np.broadcast_to(centred_blob(48, 48), drawing.truth.shape)
    told, blind = (
        specificity(drawing.faces, maps, drawing.faces.labels, codebook="facs2002", landmarks=landmarks)
        for maps in (drawing.truth.astype(np.float32), blob)
    )
    assert told.value > 0.8
    assert abs(blind.value) < 0.1 < told.low
