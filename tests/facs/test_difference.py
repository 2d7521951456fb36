"""Differences: none where there is none, found where planted, antisymmetric; a gain is what the face does not tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fer_xai.errors import InputError
from fer_xai.facs import RegionProfile, difference, load_codebook, separability_gain, specificity_difference
from fer_xai.facs.atlas import part_names
from tests.facs.profile_stubs import SIX, drawn_profile

BOOK = load_codebook("du2014")


def of_parts(faces: int, seed: int, planted: float, noise: int = 0) -> RegionProfile:
    """Faces whose areas follow `seed`, their mass `noise`, with mass planted on their own units."""
    rng, emotions = np.random.default_rng(seed), tuple(e for e in SIX for _ in range(faces))
    area = rng.dirichlet(np.full(len(part_names()), 40.0), len(emotions))
    mass = area * np.exp(np.random.default_rng([seed, noise]).normal(0, 0.5, area.shape))
    own = area * BOOK.merge[[BOOK.emotions.index(e) for e in emotions]]
    mass = (1 - planted) * mass / mass.sum(axis=1, keepdims=True) + planted * own / own.sum(axis=1, keepdims=True)
    return RegionProfile(mass, area, emotions, part_names(), tuple(f"{seed}-{i}" for i in range(len(emotions))))


@pytest.mark.parametrize("paired", [True, False])
def test_a_planted_difference_is_found_and_turns_its_sign(paired: bool) -> None:
    first, second = of_parts(30, 0, 0.3), of_parts(30, 0 if paired else 1, 0.1, noise=1)
    ours = specificity_difference(first, second, BOOK)
    assert ours.low > 0.1
    assert ours.low < ours.value < ours.high
    assert ours.p < 0.01
    assert ours.value == pytest.approx(ours.first - ours.second)
    assert ours.n == (180 if paired else 360)
    theirs = specificity_difference(second, first, BOOK)
    assert theirs.value == pytest.approx(-ours.value)
    assert theirs.p == pytest.approx(ours.p, abs=0.01)
    assert theirs.high == pytest.approx(-ours.low, abs=0.05)


@pytest.mark.parametrize("paired", [True, False])
def test_equals_do_not_differ(paired: bool) -> None:
    p = [
        specificity_difference(
            of_parts(10, seed, 0.2), of_parts(10, seed if paired else seed + 1000, 0.2, noise=1), BOOK, resamples=199
        ).p
        for seed in range(60)
    ]
    assert np.mean(p) == pytest.approx(0.5, abs=0.12)
    assert np.mean(np.array(p) <= 0.05) <= 0.15


def test_faces_drawn_together_tell_more_than_faces_drawn_apart() -> None:
    # Faces differ much more from each other than the two maps of one face do.
    first = of_parts(30, 0, 0.2)
    second = replace(first, mass=first.mass * 0.999 + 0.001 * of_parts(30, 0, 0.9).mass)
    paired = specificity_difference(first, second, BOOK)
    apart = specificity_difference(first, replace(second, faces=tuple(reversed(second.faces))), BOOK)
    assert paired.value == pytest.approx(apart.value)
    assert paired.high - paired.low < 0.2 * (apart.high - apart.low)
    assert paired.p < 0.01 < apart.p


def test_a_map_that_is_missing_on_one_side_is_left_out_of_both() -> None:
    first, second = of_parts(10, 0, 0.3), of_parts(10, 0, 0.1, noise=1)
    mass = second.mass.copy()
    mass[:3] = np.nan
    result = specificity_difference(first, replace(second, mass=mass), BOOK, resamples=19)
    assert result.n == 57
    mass[:8] = np.nan  # two angry faces remain: too few
    few = specificity_difference(first, replace(second, mass=mass), BOOK, resamples=19)
    mass[:10] = np.nan
    none = specificity_difference(first, replace(second, mass=mass), BOOK, resamples=19)
    assert few == none
    assert (few.n, np.isfinite(few.p)) == (50, True)


def test_only_what_the_face_does_not_tell_is_a_gain() -> None:
    # The face's own geometry tells the emotion, and so does any map that follows it.
    planted = {e: [r] for e, r in zip(SIX, ("chin", "jaw", "eye", "cheek", "temple", "glabella"), strict=True)}
    face = drawn_profile(40, 0, planted, 1.8)
    noise = np.exp(np.random.default_rng(1).normal(0, 0.3, face.mass.shape))
    follows = replace(face, mass=face.mass * noise / (face.mass * noise).sum(axis=1, keepdims=True))
    nothing = separability_gain(follows, [face])
    assert nothing.second > 0.45
    assert nothing.p > 0.05
    assert abs(nothing.value) < 0.08
    # A map that knows more: twice the mass on other regions of each emotion.
    more = {
        e: [r] for e, r in zip(SIX, ("crow_feet", "nose_tip_wings", "brow_inner", "jaw", "eye", "chin"), strict=True)
    }
    knows = drawn_profile(40, 5, more, 2.0)
    gain = separability_gain(replace(knows, faces=face.faces), [face])
    assert gain.low > 0.05
    assert gain.p <= 0.005
    assert gain.first == pytest.approx(gain.second + gain.value)


def test_baselines_must_be_of_the_same_faces() -> None:
    profile = drawn_profile(4, 0)
    with pytest.raises(InputError, match="same faces"):
        separability_gain(profile, [])
    with pytest.raises(InputError, match="same faces"):
        separability_gain(profile, [replace(profile, faces=tuple(reversed(profile.faces)))])
    assert np.isnan(separability_gain(replace(profile, emotions=("sad",) * 24), [profile]).value)


def test_exchanged_answers_are_counted_as_they_stand() -> None:
    codes, gained = np.array([0, 0, 0, 1, 1, 1]), np.ones(6)
    signs = np.random.default_rng(5).choice([-1.0, 1.0], size=(99, 6))
    as_much = (signs.mean(axis=1) >= 1 - 1e-12).sum()
    assert difference._flipped(gained, codes, 1.0, 5, 99) == pytest.approx((1 + as_much) / 100)
    assert difference._flipped(0 * gained, codes, 0.0, 5, 99) == 1.0


def test_a_gain_draws_people_whole() -> None:
    rows = [row for row in range(72) for _ in range(2)]

    def twice(profile: RegionProfile) -> RegionProfile:
        names = tuple(f"face {n}" for n in range(144))
        emotions = tuple(profile.emotions[row] for row in rows)
        return replace(profile, mass=profile.mass[rows], area=profile.area[rows], emotions=emotions, faces=names)

    knows = twice(drawn_profile(12, 1, {"happy": ["lip_corner"], "sad": ["brow_inner"]}, 1.5))
    blind = twice(drawn_profile(12, 2))
    known = replace(knows, people=tuple(f"person {row}" for row in rows))
    apart, together = (separability_gain(one, [blind], resamples=199) for one in (knows, known))
    # With a twin among the faces that are learnt from, a face is known by heart.
    assert apart.second > together.second + 0.1


def test_one_and_the_same_differs_from_itself_in_no_draw() -> None:
    profile = of_parts(10, 4, 0.2)
    assert specificity_difference(profile, profile, BOOK, resamples=99).p == 1.0
