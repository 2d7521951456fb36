"""Names and numbers are written one way, and files of emotions are safe."""

from __future__ import annotations

import pytest

from fer_xai.charts import words


def test_causal_methods_come_first_and_unknown_ones_last() -> None:
    order = words.in_method_order(["saliency", "lime:slic", "new", "gradcam", "shap:regions", "occlusion"])
    assert order == ["occlusion", "shap:regions", "lime:slic", "gradcam", "saliency", "new"]


def test_regions_go_from_forehead_to_chin_with_the_background_last() -> None:
    assert words.in_region_order(["background", "mouth", "chin_jaw", "brow", "odd"]) == [
        *("brow", "mouth", "chin_jaw", "odd", "background"),
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.1234, "+0.12"), (-0.126, "−0.13"), (-0.001, "0.00"), (float("nan"), "–"), (None, "–")]
)
def test_signed_numbers(value: float | None, text: str) -> None:
    assert words.signed(value) == text


def test_an_emotion_cannot_leave_its_folder() -> None:
    files = [words.emotion_file(name) for name in ("happy", "../x", "a/b", "a b", "<b>", "")]
    assert files[0] == "happy.html"
    assert len(set(files)) == len(files)
    assert not any(set(name) & set('/\\<>"& ') or name.startswith("..") for name in files)


def test_listing_and_counting() -> None:
    assert words.listing(["a", "b", "c"]) == "a, b and c"
    assert words.counted(1, "face") == "1 face"
    assert words.counted(1200, "face") == "1,200 faces"


@pytest.mark.parametrize(
    ("share", "told"), [(37 / 40, "93"), (1 / 40, "3"), (11 / 40, "28"), (0.285, "29"), (0.284, "28")]
)
def test_half_a_per_cent_goes_up(share: float, told: str) -> None:
    assert words.percent(share) == f"{told}\N{NO-BREAK SPACE}%"
    assert words.span(share, 1.0) == f"{told}–100\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.254, "+25"),
        (0.125, "+13"),
        (-0.125, "−13"),
        (-0.004, "−0.4"),
        (0.0014, "+0.1"),
        (-0.0004, "−0.04"),
        (0.00001, "0"),
    ],
)
def test_points_keep_their_side_of_zero(share: float, told: str) -> None:
    assert words.points(share) == told


def test_cells_have_whole_points() -> None:
    assert [words.whole_points(share) for share in (0.125, -0.004, None)] == ["+13", "0", "–"]


def test_shares_near_chance_have_a_decimal() -> None:
    assert words.percent(0.1532, 1) == "15.3\N{NO-BREAK SPACE}%"
    assert words.span(0.1532, 0.2, 1) == "15.3–20.0\N{NO-BREAK SPACE}%"
    assert (words.percent(float("nan"), 1), words.span(0.1, float("nan"), 1), words.points(None)) == ("–", "–", "–")


def test_ratios_below_one_keep_two_decimals() -> None:
    assert [words.ratio(log2) for log2 in (2.0, 0.0, -1.0, -4.0)] == ["4.0", "1.0", "0.50", "0.06"]
    assert words.times(-4.0) == "0.06 times"
