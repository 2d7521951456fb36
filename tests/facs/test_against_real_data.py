"""Regions against hand-made masks, and specificity on FER2013: what the README claims. Needs the development data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fer_xai.faces.landmarks import find_landmarks
from fer_xai.facs import FaceMasks, centred_blob, load_codebook, outline_masks, region_masks, specificity

LIPS, EYES = ("mouth", "u_lip", "l_lip"), ("l_eye", "r_eye")
FEATURES = ("skin", "nose", *EYES, "l_brow", "r_brow", *LIPS)  # neither hair, ears, neck nor glasses
LEAST = {"face": (0.78, FEATURES), "nose": (0.70, ("nose",)), "lips": (0.72, LIPS), "eyes": (0.56, EYES)}


def test_regions_overlap_hand_made_masks(shared: Path) -> None:
    data = np.load(shared / "data" / "face_parsing_200.npz")
    landmarks = find_landmarks(data["images"])
    enlarged = replace(landmarks, points=landmarks.points * 4)  # found on 48×48, compared on the masks' 192×192
    faces, classes = np.zeros(data["masks"].shape, np.float32), list(data["classes"])
    regions, names = region_masks(faces, "coarse", enlarged)
    ours = {outline: outline_masks(faces, outline, enlarged) for outline in ("face", "lips", "eyes")}
    ours["nose"] = regions[:, names.index("nose")]
    for name, (least, parts) in LEAST.items():
        hand = np.isin(data["masks"], [classes.index(part) for part in parts])
        seen = landmarks.found & hand.any(axis=(1, 2))
        drawn = ours[name] >= 0.5
        overlap = (drawn & hand).sum(axis=(1, 2))[seen] / (drawn | hand).sum(axis=(1, 2))[seen]
        assert overlap.mean() >= least, f"{name}: {overlap.mean():.3f}"


@pytest.fixture(scope="module")
def labelled(shared: Path) -> tuple[NDArray[np.uint8], list[str], FaceMasks]:
    """150 FER2013 faces with landmarks of each emotion, test images first."""
    data = np.load(shared / "data" / "fer2013.npz")
    order = np.argsort(
        [["PrivateTest", "PublicTest", "Training"].index(usage) for usage in data["usage"]], kind="stable"
    )
    tried = np.concatenate([order[data["labels"][order] == label][:165] for label in range(6)])
    landmarks = find_landmarks(data["images"][tried])
    labels = data["labels"][tried]
    chosen = np.concatenate([np.flatnonzero(landmarks.found & (labels == label))[:150] for label in range(6)])
    emotions = [str(data["classes"][label]) for label in labels[chosen]]
    faces = data["images"][tried][chosen]
    return faces, emotions, FaceMasks.paint(faces, landmarks[chosen])


def test_blind_maps_are_not_specific_and_planted_ones_are(
    labelled: tuple[NDArray[np.uint8], list[str], FaceMasks],
) -> None:
    faces, emotions, masks = labelled
    book = load_codebook("facs2002")
    own = masks.action_units(book)[np.arange(len(faces)), [book.emotions.index(emotion) for emotion in emotions]]
    blind = {
        "flat": np.ones(faces.shape),
        "blob": np.broadcast_to(centred_blob(48, 48), faces.shape),
        "noise": np.random.default_rng(0).random(faces.shape),
    }
    for name, maps in blind.items():
        result = specificity(faces, maps, emotions, masks=masks, resamples=99)
        assert abs(result.value) <= 0.02, f"{name}: {result.value:.4f}"
    assert result.n == 900
    for name, maps in blind.items():
        rest = maps / maps.sum(axis=(1, 2), keepdims=True)
        planted = 0.7 * rest + 0.3 * own / own.sum(axis=(1, 2), keepdims=True)
        result = specificity(faces, planted, emotions, masks=masks, resamples=99)
        assert result.value >= 0.5, f"planted in {name}: {result.value:.3f}"
        assert result.p == pytest.approx(0.01)
