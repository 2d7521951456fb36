"""The same numbers at every run: seeds are used, defaults are what they say, tables have the columns they promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fer_xai.facs import (
    Codebook,
    RegionProfile,
    against_table,
    agreement,
    beside_baselines,
    beside_table,
    count_regions,
    own_codebook,
    own_codebook_from_profile,
    own_codebook_table,
    part_profiles,
    profiles_of,
    region_profile,
    separability,
    separability_from_profile,
    separability_gain,
    separability_table,
    significance,
    significance_table,
    spatial_null,
    specificity,
    specificity_difference,
    specificity_from_profile,
    summarise_counts,
)
from fer_xai.facs.against import against_of
from fer_xai.facs.agreement import mean_agreement
from fer_xai.facs.own_codebook import own_codebooks_of
from fer_xai.facs.separability import separability_of
from fer_xai.facs.significance import significance_of
from fer_xai.facs.summary import sums_of_counts
from tests.facs.conftest import HEIGHT, WIDTH, blank, pixel_masks
from tests.facs.profile_stubs import REGIONS, drawn_profile

Run = Callable[..., Any]
FACES = 24
LABELS = ["happy", "sad", "angry"] * (FACES // 3)
PEOPLE = tuple(f"person {n // 2 % 9}" for n in range(FACES))
MAPS = np.random.default_rng(7).gamma(1.0, size=(FACES, HEIGHT, WIDTH)) + 0.1
SIGNED = np.random.default_rng(8).normal(size=(FACES, HEIGHT, WIDTH))
# Sizes differ from face to face, as real faces' do.
MASKS = pixel_masks(FACES)
MASKS = replace(
    MASKS, parts=MASKS.parts * np.random.default_rng(9).uniform(0.5, 1, (FACES, 40, 1, 1)).astype(np.float32)
)
PROFILE = region_profile(blank(FACES), MAPS, LABELS, masks=MASKS)
PARTS = part_profiles(blank(FACES) + MAPS[::-1], MAPS, LABELS, masks=MASKS)
ROWS = count_regions(blank(FACES), SIGNED, masks=MASKS).assign(
    model="net", method="lime", label=np.repeat(LABELS, 33), predicted=np.repeat(LABELS[:6] * 3 + ["sad"] * 6, 33)
)
AREA = np.random.default_rng(1).uniform(0.1, 0.3, FACES)
OWN = {name: AREA * np.random.default_rng(n).uniform(0.5, 2, FACES) for n, name in enumerate(("measured", "blob"))}


def by_name(people: Any) -> Any:
    return None if people is None else dict(zip(MASKS.ids, people, strict=True))


def of_profile(people: Any) -> RegionProfile:
    return replace(PROFILE, people=people)


def of_maps(measure: Run) -> Run:
    return lambda people=None, **given: measure(blank(FACES), MAPS, LABELS, masks=MASKS, people=people, **given)


def of_rows(measure: Run) -> Run:
    return lambda people=None, **given: measure(ROWS, people=by_name(people), **given)


RUNS: dict[str, Run] = {
    "against_table": of_rows(against_table),
    "own_codebook": of_maps(own_codebook),
    "own_codebook_from_profile": lambda people=None, **g: own_codebook_from_profile(of_profile(people), **g),
    "own_codebook_table": of_rows(own_codebook_table),
    "separability": of_maps(separability),
    "separability_from_profile": lambda people=None, **g: separability_from_profile(of_profile(people), **g),
    "separability_table": of_rows(separability_table),
    "separability_gain": lambda people=None, **g: separability_gain(of_profile(people), [PARTS_FINE], **g),
    "significance": lambda people=None, **g: significance(of_profile(people), **g),
    "significance_table": of_rows(significance_table),
    "specificity": of_maps(specificity),
    "specificity_from_profile": lambda people=None, **g: specificity_from_profile(
        OWN_MASS, OWN_AREA, LABELS, ["happy", "sad", "angry"], people=people, **g
    ),
    "paired difference": lambda people=None, **g: specificity_difference(
        replace(PARTS["measured"], people=people), replace(PARTS["sobel"], people=people), **g
    ),
    "difference apart": lambda people=None, **g: specificity_difference(
        replace(PARTS["measured"], people=people),
        replace(PARTS["sobel"], people=people, faces=tuple(f"other {n}" for n in range(FACES))),
        **g,
    ),
    "beside_baselines": lambda people=None, **g: beside_baselines(
        {name: replace(PARTS[name], people=people) for name in ("measured", "sobel")}, **g
    ),
    "beside_table": lambda people=None, **g: beside_table(OWN, AREA, LABELS, **g),
}
OF_RUNS: dict[str, tuple[Run, Run, str]] = {
    "against_table": (against_table, against_of, "negative_share"),
    "own_codebook_table": (own_codebook_table, own_codebooks_of, "share"),
    "separability_table": (separability_table, separability_of, "share"),
    "significance_table": (significance_table, significance_of, "share"),
}
RNG = np.random.default_rng(3)
OWN_AREA = RNG.uniform(0.1, 0.3, (FACES, 3))
OWN_MASS = OWN_AREA * RNG.uniform(0.5, 2, (FACES, 3))
PARTS_FINE = replace(PROFILE, mass=PROFILE.mass[::-1].copy())


def told(found: Any) -> str:
    """All numbers of a result, to the last digit."""
    if isinstance(found, pd.DataFrame):
        return str(found.to_json(double_precision=15))
    if isinstance(found, dict):
        return str({name: told(one) for name, one in found.items()})
    return str({name: told(one) if isinstance(one, pd.DataFrame) else one for name, one in asdict(found).items()})


@pytest.mark.parametrize("name", RUNS)
def test_a_seed_gives_the_same_numbers_twice_and_another_seed_others(name: str) -> None:
    run = RUNS[name]
    first = told(run(seed=3, resamples=60))
    assert told(run(seed=3, resamples=60)) == first
    assert told(run(seed=4, resamples=60)) != first


@pytest.mark.parametrize("name", RUNS)
def test_unless_said_the_seed_is_0_and_999_are_drawn(name: str) -> None:
    assert told(RUNS[name]()) == told(RUNS[name](seed=0, resamples=999))


@pytest.mark.parametrize("name", [name for name in RUNS if name != "beside_table"])
def test_people_change_what_is_drawn_and_nothing_else_does_twice(name: str) -> None:
    run = RUNS[name]
    together = told(run(PEOPLE, seed=1, resamples=40))
    assert together != told(run(seed=1, resamples=40))
    assert together == told(run(PEOPLE, seed=1, resamples=40))


@pytest.mark.parametrize("name", OF_RUNS)
def test_tables_are_those_of_the_rows_profiles(name: str) -> None:
    whole, of, value = OF_RUNS[name]
    people = by_name(PEOPLE)
    expected = told(of(profiles_of(ROWS, people, value), seed=2, resamples=30))
    assert told(whole(ROWS, seed=2, resamples=30, people=people)) == expected
    alone = told(of(profiles_of(ROWS, None, value)))
    assert told(of(profiles_of(ROWS, None, value), seed=0, resamples=999)) == alone


def test_the_spatial_null_s_shifts_follow_the_seed() -> None:
    faces = (blank(6), MAPS[:6], LABELS[:6], None, None)
    masks = pixel_masks(6)
    first = spatial_null(*faces, 5, 40, masks=masks)
    pd.testing.assert_frame_equal(first, spatial_null(*faces, 5, 40, masks=masks))
    assert not first.equals(spatial_null(*faces, 6, 40, masks=masks))
    usual = spatial_null(*faces, masks=masks)
    pd.testing.assert_frame_equal(usual, spatial_null(*faces, 0, 999, masks=masks))


SIGNIFICANCE = [
    *("emotion", "region", "n", "log2_enrichment", "low", "high", "p", "p_holm", "significant", "difference"),
    *("p_others", "p_others_holm", "stands_out"),
]


def test_every_table_has_the_columns_it_promises() -> None:
    quick = {"resamples": 5}
    assert list(significance(PROFILE, **quick)) == SIGNIFICANCE
    table = significance_table(ROWS, **quick)
    assert list(table) == ["model", "method", "split", *SIGNIFICANCE, "pixels", "resolved"]
    assert list(against_table(ROWS, **quick)) == [
        "model",
        "method",
        *SIGNIFICANCE[:3],
        "share",
        "area",
        *SIGNIFICANCE[3:],
    ]
    own = own_codebook_table(ROWS, **quick)
    assert list(own) == ["own_regions", "own_units", "own_correlations"]
    known = ["model", "method"]
    assert list(own["own_regions"]) == [
        *known,
        *("emotion", "region", "n", "value", "low", "high", "p", "p_holm", "stands_out"),
    ]
    assert list(own["own_units"]) == [
        *known,
        *("emotion", "unit", "name", "muscle", "regions", "support", "value", "same_regions"),
    ]
    assert list(own["own_correlations"]) == [
        *(*known, "codebook", "correlation", "correlation_low", "correlation_high", "ceiling", "slope", "low", "high"),
        *("p", "closest_share", "emotions"),
    ]
    told_apart = separability_table(ROWS, **quick)
    assert list(told_apart) == [*known, "value", "low", "high", "chance", "p", "n", "emotions", "left_out"]
    assert told_apart.loc[0, ["model", "method", "emotions", "left_out"]].tolist() == [
        "net",
        "lime",
        "angry happy sad",
        "",
    ]
    assert list(beside_baselines({"measured": PARTS["measured"]}, **quick)) == [
        *("map", "measure", "codebook", "value", "low", "high", "p", "chance", "n")
    ]
    assert list(beside_table(OWN, AREA, LABELS, **quick)) == [
        *("map", "measure", "n", "value", "low", "high", "chance", "beyond", "beyond_low", "beyond_high")
    ]
    counter = [
        "area",
        "share",
        "negative_share",
        "log2_enrichment",
        "log2_enrichment_face",
        "coverage",
        "counted_chance",
    ]
    counted = count_regions(blank(FACES), SIGNED, masks=MASKS)
    assert list(counted) == ["face", "level", "region", "landmarks", *counter, "counted"]
    pd.testing.assert_frame_equal(counted, ROWS[list(counted)])
    again = part_profiles(blank(FACES) + MAPS[::-1], MAPS, LABELS, masks=MASKS)
    assert list(again) == ["measured", "flat", "blob", "sobel", "others"]
    for name, profile in again.items():
        np.testing.assert_array_equal(profile.mass, PARTS[name].mass)
        np.testing.assert_array_equal(profile.area, PARTS[name].area)
        assert (profile.faces, profile.emotions) == (MASKS.ids, tuple(LABELS))
    np.testing.assert_array_equal(region_profile(blank(FACES), MAPS, LABELS, masks=MASKS).mass, PROFILE.mass)
    summed = ["counted", "counted_chance", "share", "area", "counted_chance_n", "share_n", "area_n"]
    summed += ["squares", "products", "area_squares"]
    assert list(sums_of_counts(ROWS)) == ["emotion", "model", "method", "level", "region", "n", *summed]
    assert list(summarise_counts(ROWS)) == [
        *(
            "emotion",
            "model",
            "method",
            "level",
            "region",
            "n",
            "counted",
            "frequency",
            "low",
            "high",
            "chance",
            "share",
        ),
        *("log2_enrichment", "log2_enrichment_low", "log2_enrichment_high", "log2_enrichment_face"),
    ]
    measures = ["area", "mass_accuracy_blob", "mass_accuracy", "rank_accuracy", "pointing", "iou", "iou_chance"]
    rows = agreement(blank(FACES), MAPS, LABELS, masks=MASKS)
    assert list(rows) == ["face", "codebook", "emotion", *measures, "log2_enrichment"]
    assert (rows.dtypes[3:] == np.float64).all()
    means = mean_agreement(rows.assign(method="lime"))
    assert means.index.names == ["method", "codebook", "emotion"]
    ordered = ["area", "mass_accuracy", "mass_accuracy_blob", "rank_accuracy", "pointing", "iou", "iou_chance"]
    assert list(means) == [*ordered, "n", "low", "high"]
    assert means["n"].tolist() == [8, 8, 8]


def test_means_of_agreement_are_student_s() -> None:
    from scipy.stats import ttest_1samp

    rows = agreement(blank(FACES), MAPS, LABELS, masks=MASKS).assign(method="lime")
    means = mean_agreement(rows).loc[("lime", "facs2002")]
    for emotion in ("happy", "sad", "angry"):
        own = rows.loc[rows["emotion"] == emotion, "mass_accuracy"]
        interval = ttest_1samp(own, 0).confidence_interval()
        assert (means.loc[emotion, "low"], means.loc[emotion, "high"]) == pytest.approx(
            (max(interval.low, 0), min(interval.high, 1))
        )
        assert means.loc[emotion, "iou"] == pytest.approx(rows.loc[rows["emotion"] == emotion, "iou"].mean())
    single = mean_agreement(rows.iloc[:1]).iloc[0]
    assert single["n"] == 1
    assert single[["low", "high"]].isna().all()


def test_significance_is_that_of_a_naive_loop() -> None:
    from scipy.stats import mannwhitneyu, wilcoxon

    profile = drawn_profile(5, 1, {"happy": ["eye"]}, 3.0)
    table = significance(profile, resamples=9).set_index(["emotion", "region"])
    values = pd.DataFrame(profile.log2(), columns=list(REGIONS))
    emotions = np.array(profile.emotions)
    means = values.groupby(emotions).mean()
    for emotion, region in (("happy", "eye"), ("sad", "jaw"), ("fear", "background")):
        own = values.loc[emotions == emotion, region]
        row = table.loc[(emotion, region)]
        assert row["n"] == 5
        assert row["log2_enrichment"] == pytest.approx(own.mean())
        assert row["difference"] == pytest.approx(own.mean() - means.drop(emotion)[region].mean())
        whole = mannwhitneyu(values[emotions == emotion], values[emotions != emotion], axis=0).pvalue
        assert row["p_others"] == pytest.approx(whole[REGIONS.index(region)])
        assert row["p"] == pytest.approx(wilcoxon(own, zero_method="zsplit").pvalue)
    assert (table["significant"] == (table["p_holm"] < 0.05)).all()
    assert (table["stands_out"] == ((table["p_others_holm"] < 0.05) & (table["difference"] > 0))).all()


def test_what_never_varies_is_not_tested() -> None:
    profile = drawn_profile(3, 2)
    mass = profile.mass.copy()
    mass[:, 4] = profile.area[:, 4]
    table = significance(replace(profile, mass=mass), resamples=9)
    still = table[table["region"] == REGIONS[4]]
    assert (still[["p", "p_others"]] == 1).all(axis=None)
    assert (still["log2_enrichment"] == 0).all()


def test_exactly_two_emotions_of_five_faces_are_enough() -> None:
    two = drawn_profile(5, 0).only(np.arange(30) < 10)
    assert set(two.emotions) == {"angry", "disgust"}
    assert np.isfinite(separability_from_profile(two, resamples=9).value)
    gain = separability_gain(two, [replace(two, mass=two.mass[::-1].copy())], resamples=9)
    assert np.isfinite([gain.value, gain.p, gain.first, gain.second]).all()
    assert gain.n == 10
    own = own_codebook_from_profile(two, resamples=9, codebooks=["facs2002"])
    assert own.n == 10
    assert own.emotions == ("angry", "disgust")
    assert own.closest == "facs2002"
    assert own.regions["value"].notna().all()
    fewer = two.only(np.arange(10) < 9)
    assert separability_from_profile(fewer, resamples=9).left_out == ("disgust",)
    assert np.isnan(separability_gain(fewer, [fewer], resamples=9).value)
    assert separability_gain(fewer, [fewer], resamples=9).n == 5
    # Of three faces a test can still be made.
    three = two.only(np.arange(10) < 8)
    assert set(significance(three, resamples=9)["emotion"]) == {"angry", "disgust"}
    assert set(significance(two.only(np.arange(10) < 7), resamples=9)["emotion"]) == {"angry"}
    assert own_codebook_from_profile(three, resamples=9, codebooks=["facs2002"]).n == 5


def test_a_codebook_that_says_the_same_of_all_has_no_correlation() -> None:
    alike = Codebook("alike", {"happy": (12,), "sad": (12,), "angry": (12,)}, {})
    own = own_codebook_from_profile(PROFILE, resamples=9, codebooks=[alike, "facs2002"])
    assert own.closest == "facs2002"
    assert own.correlations["codebook"].tolist() == ["facs2002", "alike"]
    assert own.correlations["correlation"].isna().tolist() == [False, True]
    assert own.correlations["closest_share"].tolist() == [1, 0]
    assert own.correlations["emotions"].tolist() == ["angry happy sad"] * 2


def test_the_order_of_counts_is_that_of_the_rows() -> None:
    table = summarise_counts(ROWS)
    assert list(dict.fromkeys(table["emotion"])) == ["happy", "sad", "angry"]
    first = ROWS[ROWS["face"] == "face-0"]
    assert table["region"].tolist() == first["region"].tolist() * 3
    assert table["level"].tolist() == first["level"].tolist() * 3
    halves = pd.concat([sums_of_counts(part) for _, part in ROWS.groupby(ROWS["face"] < "face-2")])
    from fer_xai.facs.summary import summary_of_sums

    both = (
        summary_of_sums(halves)
        .set_index(["emotion", "level", "region"])
        .loc[table.set_index(["emotion", "level", "region"]).index]
    )
    np.testing.assert_allclose(both["share"], table["share"])
    assert both["n"].tolist() == table["n"].tolist()


def test_intervals_of_correlations_are_those_of_slopes_at_their_scale() -> None:
    table = own_codebook_from_profile(PROFILE, resamples=60).correlations
    scale = table["correlation"] / table["slope"]
    assert (abs(scale - 1) > 1e-3).all()
    np.testing.assert_allclose(table["correlation_low"], table["low"] * scale)
    np.testing.assert_allclose(table["correlation_high"], table["high"] * scale)
    assert table["correlation"].is_monotonic_decreasing


def test_codebooks_that_say_the_same_stay_in_their_order() -> None:
    cores = {"happy": (6, 12), "sad": (1, 15), "angry": (4, 7)}, {"happy": (4, 7), "sad": (6, 12), "angry": (1, 15)}
    books = [Codebook(f"{n % 2} {n:02}", cores[n % 2], {}) for n in range(40)]
    table = own_codebook_from_profile(PROFILE, resamples=5, codebooks=books).correlations
    assert len(set(table["correlation"])) == 2
    closer = table["codebook"][0][0]
    assert table["codebook"].tolist() == sorted(
        (book.name for book in books), key=lambda name: (name[0] != closer, name)
    )
