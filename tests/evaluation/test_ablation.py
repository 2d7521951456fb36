"""Region ablation: planted truths and hand-made counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.evaluation.ablation import ablate_regions, summarise_ablation
from fer_xai.faces import Faces
from fer_xai.faces.fills import fill_faces
from fer_xai.faces.inpainting import inpaint

EMOTIONS = ("happy", "sad")


def lower_half_is_light(faces: np.ndarray) -> np.ndarray:
    """Happy as far as the lower half is lighter than grey: the upper half is never looked at."""
    light = faces[:, 24:].mean(axis=(1, 2, 3))
    happy = np.clip(0.5 + 4 * (light - 0.5), 0, 1)
    return np.stack([happy, 1 - happy], axis=1)


@pytest.fixture(scope="module")
def faces() -> Faces:
    rng = np.random.default_rng(0)
    images = rng.uniform(0.4, 0.6, size=(40, 48, 48)).astype(np.float32)
    images[:20, 24:] += 0.15
    images[20:, 24:] -= 0.15
    return Faces.from_array(np.clip(images, 0, 1), labels=["happy"] * 20 + ["sad"] * 20)


@pytest.fixture(scope="module")
def masks() -> np.ndarray:
    halves = np.zeros((40, 3, 48, 48), np.float32)
    halves[:, 0, :24] = 1
    halves[:, 1, 24:] = 1
    return halves


def test_hiding_what_is_looked_at_costs_and_hiding_the_rest_does_not(faces, masks):
    classifier = Classifier.from_function(lower_half_is_light, EMOTIONS)
    rows = ablate_regions(classifier, faces, masks, ["upper", "lower", "nowhere"], fills=["grey"])
    assert set(rows["region"]) == {"upper", "lower"}
    upper, lower = (rows[rows["region"] == region] for region in ("upper", "lower"))
    assert np.allclose(upper["p"], upper["p_hidden"], atol=1e-6)
    assert np.allclose(lower["p_hidden"], 0.5, atol=1e-6)
    assert (lower["p"] > 0.7).all()
    assert (rows["area"] == 0.5).all()
    costs = summarise_ablation(rows).set_index(["emotion", "region"])
    assert costs.loc[("all", "upper"), "cost"] == 0
    assert costs.loc[("all", "upper"), "cost_low"] <= 0 < costs.loc[("all", "upper"), "cost_high"]
    # All grey is a draw, which argmax gives to the first emotion.
    assert costs.loc[("sad", "lower"), "cost"] == 1
    assert costs.loc[("happy", "lower"), "cost"] == 0
    assert costs.loc[("sad", "lower"), "p_cost_low"] > 0.2


@pytest.mark.parametrize("fill", ["blur", "inpaint", "mean"])
def test_every_fill_is_pasted_into_the_region(faces, masks, fill):
    classifier = Classifier.from_function(lower_half_is_light, EMOTIONS)
    rows = ablate_regions(classifier, faces, masks[:, 1:2], ["lower"], fills=[fill])
    images, hidden = faces.images(), masks[:, 1]
    look = inpaint(images, hidden) if fill == "inpaint" else fill_faces(images, fill)
    pasted = lower_half_is_light(np.where(hidden[..., None] > 0, look, images))
    assert np.allclose(rows["p_hidden"], np.where(np.arange(40) < 20, pasted[:, 0], pasted[:, 1]), atol=1e-6)
    if fill != "blur":  # light over half the face survives a blur
        assert (rows["p_hidden"] < rows["p"] - 0.05).all()


def test_a_region_of_no_account_costs_no_more_than_its_control(faces):
    """The classifier looks at every pixel alike: no place is worth more than another."""

    def everywhere(images: np.ndarray) -> np.ndarray:
        happy = np.clip(0.5 + 4 * (images.mean(axis=(1, 2, 3)) - 0.5), 0, 1)
        return np.stack([happy, 1 - happy], axis=1)

    classifier = Classifier.from_function(everywhere, EMOTIONS)
    spots = np.zeros((40, 1, 48, 48), np.float32)
    spots[:, 0, 10:20, 10:20] = 1
    rng = np.random.default_rng(3)
    noise = Faces.from_array(rng.uniform(size=(40, 48, 48)).astype(np.float32), labels=["happy", "sad"] * 20)
    rows = ablate_regions(classifier, noise, spots, ["spot"], fills=["grey"])
    apart = rows["p_hidden"] - rows["p_control"]
    assert abs(apart.mean()) < 3 * apart.std() / np.sqrt(len(apart))
    assert (rows["p_control"] != rows["p_hidden"]).any()


def test_recalls_and_their_cost_are_counted_by_hand():
    rows = pd.DataFrame(
        {
            "emotion": ["happy"] * 4 + ["sad"] * 2,
            "predicted": ["happy", "happy", "happy", "sad", "sad", "happy"],
            "predicted_hidden": ["sad", "sad", "happy", "happy", "sad", "happy"],
            "predicted_control": ["happy", "sad", "happy", "sad", "sad", "sad"],
            "p": [0.9, 0.8, 0.7, 0.2, 0.6, 0.4],
            "p_hidden": [0.3, 0.4, 0.6, 0.6, 0.6, 0.3],
            "region": "mouth",
            "fill": "grey",
        }
    )
    happy = summarise_ablation(rows).set_index("emotion").loc["happy"]
    assert happy[["n", "recall", "recall_hidden", "recall_control"]].tolist() == [4, 0.75, 0.5, 0.5]
    assert happy["cost"] == 0.25
    assert happy["cost_beyond_control"] == 0
    assert happy["p_cost"] == pytest.approx((0.6 + 0.4 + 0.1 - 0.4) / 4)
    # Two lost, one won among four faces: Agresti and Min's interval.
    middle, reach = 1 / 6, 1.959964 * np.sqrt(4 - 1 / 6) / 6
    # But of three faces in four no more than these can be lost, and no more than the fourth won.
    assert middle - reach < -0.25
    assert middle + reach > 0.75
    assert (happy["cost_low"], happy["cost_high"]) == (-0.25, 0.75)


def test_an_unlabelled_face_counts_for_what_it_was_called(faces, masks):
    classifier = Classifier.from_function(lower_half_is_light, EMOTIONS)
    unlabelled = Faces.from_array(faces.images())
    rows = ablate_regions(classifier, unlabelled, masks[:, :1], ["upper"], fills=["grey"])
    assert (rows["emotion"] == rows["predicted"]).all()
    assert summarise_ablation(rows)["recall"].eq(1).all()


def test_what_does_not_fit_is_refused(faces, masks):
    classifier = Classifier.from_function(lower_half_is_light, EMOTIONS)
    with pytest.raises(InputError, match="unknown fill 'tartan'; known are inpaint, mean"):
        ablate_regions(classifier, faces, masks, ["a", "b", "c"], fills=["tartan"])
    with pytest.raises(InputError, match="masks of shape"):
        ablate_regions(classifier, faces, masks[:5], ["a", "b", "c"])
