"""Stability: explainers that follow the face, that ignore it, and that draw lots."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from fer_xai.classifier import Classifier
from fer_xai.evaluation.trust.stability import NOISE, stability

SEED = 3
BLACK_BOX = Classifier.from_function(lambda faces: np.full((len(faces), 2), 0.5), ("happy", "sad"))


def brightness(classifier, faces, seed):
    """Follows the face wherever it goes."""
    return faces[..., 0]


def ramp(classifier, faces, seed):
    """Stays where it is, whatever the face does."""
    y, x = np.mgrid[: faces.shape[1], : faces.shape[2]]
    return np.broadcast_to(np.sin(x / 7.0) + 0.1 * np.cos(y / 2.0), faces.shape[:3])


def lots(classifier, faces, seed):
    return np.random.default_rng(seed).normal(size=faces.shape[:3])


def blank(classifier, faces, seed):
    return np.zeros(faces.shape[:3])


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    rough = np.random.default_rng(0).normal(size=(5, 48, 48))
    smooth = gaussian_filter(rough, sigma=(0, 3, 3))
    return (0.5 + 0.1 * smooth / smooth.std())[..., None].clip(0, 1).astype(np.float32)


@pytest.fixture(scope="module")
def rows(faces):
    attributers = {"brightness": brightness, "ramp": ramp, "lots": lots, "blank": blank}
    maps = {name: attribute(BLACK_BOX, faces, SEED) for name, attribute in attributers.items()}
    return stability(BLACK_BOX, faces, attributers, maps, SEED)


@pytest.fixture(scope="module")
def means(rows):
    return rows.groupby(["method", "variant"])[["value", "chance"]].mean()


def test_a_map_that_follows_the_face_is_found_again_where_it_went(means):
    found = means.loc["brightness"]
    assert found.loc["mirroring", "value"] == pytest.approx(1)
    assert found.loc["a shift of 2 px", "value"] == pytest.approx(1)
    assert 0.9 < found.loc["noise", "value"] < 1
    assert found.loc["other random numbers", "value"] == pytest.approx(1)
    assert (found["chance"].abs() < 0.3).all()


def test_a_map_that_ignores_the_face_is_not(means):
    found = means.loc["ramp"]
    assert found.loc["mirroring", "value"] < 0.5
    assert found.loc["a shift of 2 px", "value"] < 0.98
    assert found.loc[["noise", "other random numbers"], "value"].tolist() == pytest.approx([1, 1])
    # What place alone gives is all that it has.
    assert np.allclose(found["value"], found["chance"])


def test_what_draws_lots_changes_with_the_lots_only(means):
    assert means.loc[("lots", "noise"), "value"] == pytest.approx(1)
    assert abs(means.loc[("lots", "other random numbers"), "value"]) < 0.05


def test_a_blank_map_has_no_stability(rows):
    assert rows.loc[rows["method"] == "blank", ["value", "chance"]].isna().all(axis=None)


def test_figures_are_those_of_a_naive_loop(faces, rows):
    def coarse(classifier, faces, seed):
        return np.round(faces[..., 0] * 8 + 0.1 * np.arange(48)[:, None])  # many ties

    maps = coarse(None, faces, SEED)
    found = stability(BLACK_BOX, faces, {"coarse": coarse}, {"coarse": maps}, SEED)
    found = found[found["variant"] == "a shift of 2 px"].set_index("row")
    padded = np.stack([[[face[max(y - 2, 0), max(x - 2, 0)] for x in range(48)] for y in range(48)] for face in faces])
    after = coarse(None, padded, SEED)
    for face in range(5):
        with_all = [
            spearmanr(maps[face, :-2, :-2].ravel(), after[other, 2:, 2:].ravel()).statistic for other in range(5)
        ]
        assert found.loc[face, "value"] == pytest.approx(with_all[face])
        assert found.loc[face, "chance"] == pytest.approx(np.mean(with_all[:face] + with_all[face + 1 :]))


def test_the_changed_faces_are_faces_and_hardly_noisier(faces):
    given = {}

    def remember(classifier, faces, seed):
        given[len(given)] = faces, seed
        return faces[..., 0]

    stability(BLACK_BOX, faces, {"one": remember}, {"one": faces[..., 0]}, SEED)
    mirrored, moved, noisy, same = (given[number][0] for number in range(4))
    assert all(changed.dtype == np.float32 and changed.shape == faces.shape for changed, _ in given.values())
    assert np.array_equal(mirrored[:, :, 5], faces[:, :, -6])
    assert np.array_equal(moved[:, 10, 20], faces[:, 8, 18])
    assert (noisy - faces).std() == pytest.approx(NOISE, rel=0.1)
    assert noisy.min() >= 0
    assert noisy.max() <= 1
    assert np.array_equal(same, faces)
    assert [seed for _, seed in given.values()] == [SEED, SEED, SEED, SEED + 1]
