"""Separability: chance for what knows nothing, found where planted, as scikit-learn's analysis finds it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fer_xai.errors import InputError
from fer_xai.facs import FaceMasks, centred_blob, count_regions, separability, separability_from_profile
from fer_xai.facs.separability import _interval, features_of, folds_of, separability_table, tell
from tests.facs.profile_stubs import SIX, drawn_profile

PLANTED = {e: [r] for e, r in zip(SIX, ("chin", "jaw", "eye", "cheek", "temple", "glabella"), strict=True)}


def test_planted_regions_are_told_and_the_matrix_says_which() -> None:
    result = separability_from_profile(drawn_profile(30, 0, PLANTED, 3.0))
    assert result.value > 0.8
    assert result.chance == pytest.approx(1 / 6)
    assert result.low < result.value < result.high
    assert result.p == pytest.approx(1 / 1000)
    assert (result.matrix.to_numpy().argmax(axis=1) == np.arange(6)).all()
    np.testing.assert_allclose(result.matrix.sum(axis=1), 1)
    assert result.value == pytest.approx(np.trace(result.matrix.to_numpy()) / 6)
    # One emotion alone is planted: only that one is told, the others are told by chance.
    alone = separability_from_profile(drawn_profile(40, 0, {"sad": ["chin", "jaw"]}, 4.0), resamples=9).matrix
    assert alone.loc["sad", "sad"] > 0.85
    others = [emotion for emotion in SIX if emotion != "sad"]
    assert np.diag(alone.loc[others, others]).mean() < 0.35


def test_shuffled_emotions_give_chance_and_uniform_p() -> None:
    results = [separability_from_profile(drawn_profile(12, seed), resamples=59) for seed in range(60)]
    p = np.array([result.p for result in results])
    assert np.mean([result.value for result in results]) == pytest.approx(1 / 6, abs=0.015)
    assert p.mean() == pytest.approx(0.5, abs=0.12)
    assert np.mean(p <= 0.1) <= 0.2
    assert p.min() < 0.2
    assert p.max() > 0.8
    assert np.mean([result.low < 1 / 6 < result.high for result in results]) > 0.75


def test_it_is_scikit_learns_analysis() -> None:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    profile = drawn_profile(15, 4, PLANTED, 1.6)
    codes = np.repeat(np.arange(6), 15)
    features, shrinkage = features_of(profile.log2())
    folds = folds_of(codes, None, 0)
    assert 0 < shrinkage < 1
    ours = tell(np.stack([features, features[::-1]]), codes, folds, shrinkage)
    for number, values in enumerate((features, features[::-1])):
        for fold in range(5):
            test = folds == fold
            theirs = LinearDiscriminantAnalysis(solver="lsqr", priors=np.full(6, 1 / 6))
            # Their own shrinkage is of standardised classes: the covariance is given instead.
            theirs.set_params(covariance_estimator=_Shrunk(shrinkage)).fit(values[~test], codes[~test])
            agreed = (theirs.predict(values[test]) == ours[number, test]).mean()
            assert agreed > 0.9


class _Shrunk:
    def __init__(self, shrinkage: float) -> None:
        self.shrinkage = shrinkage

    def fit(self, values: np.ndarray) -> None:
        covariance = np.cov(values, rowvar=False, bias=True)
        size = len(covariance)
        self.covariance_ = (1 - self.shrinkage) * covariance + self.shrinkage * np.trace(covariance) / size * np.eye(
            size
        )


def test_nobody_is_told_by_faces_of_their_own() -> None:
    # Each person shows one emotion in their own manner: their other faces give them away, other people's do not.
    people = [f"person {i // 4}" for i in range(6 * 24)]
    profile = drawn_profile(24, 0)
    manner = np.repeat(np.exp(np.random.default_rng(1).normal(0, 1.0, (36, 25))), 4, axis=0)
    mass = profile.area * manner
    profile = replace(profile, mass=mass / mass.sum(axis=1, keepdims=True))
    alone = separability_from_profile(profile, resamples=9)
    known = separability_from_profile(replace(profile, people=tuple(people)), resamples=9)
    assert alone.value > 0.5
    assert known.value < 0.35
    with pytest.raises(InputError, match="single person"):
        separability_from_profile(replace(profile, people=("me",) * 144), resamples=9)


def test_neither_order_nor_a_flat_map_tells_anything(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    emotions = [SIX[i % 6] for i in range(100)]
    flat = separability(real_faces, np.ones(real_faces.shape), emotions, masks=real_masks, resamples=99)
    assert flat.value == pytest.approx(1 / 6)
    assert flat.p == 1
    profile = drawn_profile(10, 2, PLANTED)
    turned = np.random.default_rng(0).permutation(60)
    other = replace(
        profile,
        mass=profile.mass[turned],
        area=profile.area[turned],
        emotions=tuple(profile.emotions[i] for i in turned),
    )
    first, second = (separability_from_profile(p, resamples=99) for p in (profile, other))
    for name in ("value", "low", "high", "p"):
        assert getattr(first, name) == getattr(second, name)
    assert separability_from_profile(profile, seed=1, resamples=99).p != first.p or first.p == 0.01


def test_what_is_left_out_is_listed() -> None:
    profile = drawn_profile(6, 0)
    mass = profile.mass.copy()
    mass[6:8] = np.nan  # of disgust, four faces remain
    emotions = list(profile.emotions)
    emotions[0] = None  # type: ignore[call-overload]
    result = separability_from_profile(replace(profile, mass=mass, emotions=tuple(emotions)), resamples=9)
    assert result.left_out == ("disgust",)
    assert result.n == 5 + 4 * 6
    assert result.chance == pytest.approx(1 / 5)
    alone = separability_from_profile(replace(profile, emotions=("sad",) * 36), resamples=9)
    assert np.isnan([alone.value, alone.low, alone.high, alone.p]).all()
    none = separability_from_profile(replace(profile, emotions=(None,) * 36), resamples=9)
    assert np.isnan(none.value)
    assert none.n == 0


def test_a_study_s_rows_give_what_its_maps_give(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    emotions = [SIX[i % 6] for i in range(100)]
    maps = real_faces * np.random.default_rng(0).random(real_faces.shape)
    rows = count_regions(real_faces, maps, masks=real_masks)
    label = rows["face"].map(dict(zip(real_masks.ids, emotions, strict=True)))
    blob = count_regions(real_faces, np.broadcast_to(centred_blob(48, 48), maps.shape), masks=real_masks)
    both = pd.concat([rows.assign(method="maps"), blob.assign(method="blob")]).assign(label=label.to_list() * 2)
    table = separability_table(both.sample(frac=1, random_state=0), resamples=19)
    direct = separability(real_faces, maps, emotions, masks=real_masks, resamples=19)
    row = table.set_index("method").loc["maps"]
    for name in ("value", "low", "high", "p", "n", "chance"):
        assert row[name] == pytest.approx(getattr(direct, name)), name
    assert sorted(table["method"]) == ["blob", "maps"]


def test_people_with_several_faces_make_the_interval_wider() -> None:
    right = np.repeat(np.random.default_rng(0).random(60) < 0.6, 2).astype(float)
    codes, people = np.repeat(np.arange(60) % 3, 2), [f"person {i // 2}" for i in range(120)]
    apart, together = (_interval(right, codes, who, 0, 999) for who in (None, people))
    assert together[1] - together[0] > 1.2 * (apart[1] - apart[0])
