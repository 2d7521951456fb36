"""What the charts draw is what the tables say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import PathPatch, Rectangle

from fer_xai import charts
from fer_xai.charts.colours import THEMES, hexed, shades
from fer_xai.charts.style import Chart
from fer_xai.charts.words import in_region_order, region_name
from fer_xai.errors import InputError
from tests.charts import tables
from tests.charts.tables import EMOTIONS, METHODS, N

CHARTS: dict[str, Callable[[str], Chart]] = {
    "frequency_bars": lambda theme: charts.frequency_bars(tables.counts(), "happy", theme=theme),
    "significance_map": lambda theme: charts.significance_map(tables.significance(), "occlusion", theme=theme),
    "face_map": lambda theme: charts.face_map(tables.counts(), METHODS[0], "facs2002", theme=theme),
    "mask_matrix": lambda theme: charts.mask_matrix(tables.matrix(), METHODS[0], theme=theme),
    "agreement_forest": lambda theme: charts.agreement_forest(tables.agreement(), theme=theme),
    "specificity_forest": lambda theme: charts.specificity_forest(
        tables.specificity(), tables.specificity_blind(), theme=theme
    ),
    "hiding_costs": lambda theme: charts.hiding_costs(tables.ablation(), theme=theme),
    "region_worths": lambda theme: charts.region_worths(tables.shapley(), theme=theme),
}


def texts(chart: Chart) -> str:
    return " ".join(text.get_text() for axis in chart.axes for text in axis.texts)


def dots(chart: Chart, axis: int) -> dict[str, set[float]]:
    """The values at filled and at hollow marks of a forest plot's panel."""
    found: dict[str, set[float]] = {"filled": set(), "hollow": set()}
    for marks in chart.axes[axis].collections:
        if len(marks.get_offsets()) and not isinstance(marks, LineCollection):
            filled = to_hex(marks.get_facecolor()[0]) == to_hex(marks.get_edgecolor()[0])
            found["filled" if filled else "hollow"] |= set(np.round(marks.get_offsets()[:, 0].filled(), 6))
    return found


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_its_themes_ink_a_title_and_a_sentence(name: str) -> None:
    for theme, dark in (("light", False), ("dark", True)):
        chart = CHARTS[name](theme)
        assert chart.get_facecolor()[:3] == to_rgb(THEMES[theme]["paper"])
        assert len(chart.get_suptitle()) > 20
        assert chart.alt.endswith(".")
        assert "nan" not in chart.alt + chart.get_suptitle()
        assert (
            "n = "
            in texts(chart)
            + " ".join(
                [t.get_text() for axis in chart.axes for t in (axis.title, axis._left_title, *axis.get_xticklabels())]
                + [t.get_text() for legend in chart.legends for t in legend.get_texts()]
            )
            or name == "mask_matrix"
        )
        labels = [label for axis in chart.axes for label in (*axis.get_xticklabels(), *axis.get_yticklabels())]
        for text in [chart._suptitle, *labels]:
            assert (np.mean(to_rgb(text.get_color())) > 0.5) == dark


@pytest.mark.parametrize("name", ["frequency_bars", "face_map"])
def test_the_same_chart_has_the_same_bytes(name: str) -> None:
    content = CHARTS[name]("light").svg()
    assert content == CHARTS[name]("light").svg() != CHARTS[name]("dark").svg()
    assert content.startswith(b"<?xml")
    assert b"<dc:date>" not in content


def test_bars_are_as_long_as_their_frequencies_and_whiskers_end_where_the_intervals_do() -> None:
    table = tables.counts()
    axis = CHARTS["frequency_bars"]("light").axes[0]
    regions = in_region_order(table.loc[table["level"] == "fine", "region"])
    assert [label.get_text() for label in axis.get_yticklabels()] == [region_name(region) for region in regions]
    for place, method in enumerate(METHODS):
        part = table[(table["method"] == method) & (table["level"] == "fine") & (table["emotion"] == "happy")]
        part = part.set_index("region").loc[regions]
        bars = axis.containers[place]
        np.testing.assert_allclose([bar.get_width() for bar in bars], 100 * part["frequency"])
        whiskers, ticks = axis.collections[2 * place : 2 * place + 2]
        np.testing.assert_allclose([line[:, 0] for line in whiskers.get_segments()], 100 * part[["low", "high"]])
        np.testing.assert_allclose([line[:, 0] for line in ticks.get_segments()], 10)
        middles = [bar.get_y() + bar.get_height() / 2 for bar in bars]
        np.testing.assert_allclose([line[0, 1] for line in whiskers.get_segments()], middles)


def test_marks_stand_on_exactly_the_cells_that_earned_them() -> None:
    axis = CHARTS["significance_map"]("light").axes[0]
    regions = in_region_order(tables.significance()["region"])
    eye, smile = (EMOTIONS.index("sad"), regions.index("eye")), (0, regions.index("lip_corner"))
    starred = {text.get_position() for text in axis.texts if "*" in text.get_text()}
    assert starred == {(x, y - 0.16) for x, y in (eye, smile)}

    def cell(patch: Rectangle) -> tuple[int, ...]:
        return tuple(int(place) for place in np.rint(patch.get_center()))

    frames = {cell(patch) for patch in axis.patches if patch.get_linewidth() > 1.5}
    hatched = {cell(patch) for patch in axis.patches if patch.get_hatch()}
    assert (frames, hatched) == ({smile}, {eye})
    found = next(text for text in axis.texts if text.get_position() == (smile[0], smile[1] + 0.25))
    assert found.get_text() == "+1.1 to +2.2"


def test_a_face_carries_the_colours_of_its_enrichment_and_the_outline_of_its_units() -> None:
    chart = CHARTS["face_map"]("dark")
    for axis, emotion in zip(chart.axes, EMOTIONS, strict=False):
        colours = [to_hex(patch.get_facecolor()) for patch in axis.patches if patch.get_alpha() is None]
        red, blue = hexed(shades("dark")["p8"]), hexed(shades("dark")["n4"])
        assert colours.count(red) == (1 if emotion == "happy" else 0)
        assert colours.count(blue) == 24 + (emotion != "happy")
    happy = next(p for p in chart.axes[0].patches if isinstance(p, PathPatch) and p.get_linewidth() == 1.5)
    assert happy.get_path().contains_point((0.42, 1.05))  # the left lip corner: AU 12
    assert not happy.get_path().contains_point((0.0, -0.55))  # the forehead is in neither AU 6 nor 12
    assert "AU 6, 12" in chart.axes[0].get_title(loc="left")


def test_the_own_masks_are_outlined() -> None:
    axis = CHARTS["mask_matrix"]("light").axes[0]
    outlined = [patch.get_center() for patch in axis.patches if patch.get_linewidth() > 1.5]
    np.testing.assert_allclose(outlined, [(i, i) for i in range(len(EMOTIONS))])
    bold = [text.get_text() for text in axis.texts if text.get_fontweight() == "bold"]
    assert bold == ["+0.50"] * len(EMOTIONS)


def test_agreement_stands_on_its_chance_band_and_is_filled_only_where_clear_of_it() -> None:
    chart, table = CHARTS["agreement_forest"]("light"), tables.agreement()
    for place, emotion in enumerate(EMOTIONS):
        means = 100 * table[table["emotion"] == emotion].groupby("method")["mass_accuracy"].mean()
        axis = chart.axes[place]
        assert axis.get_title(loc="left") == f"{emotion}, n = {N}"
        found = dots(chart, place)
        assert found["filled"] == {round(means["lime:slic"], 6)}
        assert found["hollow"] == {round(means["lime:felzenszwalb"], 6)}
        bands = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axis.patches]
        np.testing.assert_allclose(bands, [(10, 20)] * len(METHODS))
    lines = chart.axes[0].collections[-3].get_segments()  # the intervals, below two kinds of marks
    values = table[(table["emotion"] == "happy") & (table["method"] == "lime:slic")]["mass_accuracy"]
    half = 1.96 * 100 * values.std() / np.sqrt(N)
    np.testing.assert_allclose(np.diff(lines[0][:, 0]), 2 * half, rtol=0.25)


def test_specificity_stands_on_the_blind_maps_and_zero() -> None:
    chart = CHARTS["specificity_forest"]("light")
    assert dots(chart, 0) == {"filled": {0.3}, "hollow": {0.05}}
    bands = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in chart.axes[0].patches]
    np.testing.assert_allclose(bands, [(-0.02, 0.04)] * len(METHODS))
    without = charts.specificity_forest(tables.specificity())
    np.testing.assert_allclose([bar.get_width() for bar in without.axes[0].patches], 0)


def test_what_hiding_costs_stands_beside_what_its_shape_costs_elsewhere() -> None:
    chart = CHARTS["hiding_costs"]("light")
    assert chart.axes[0].get_title(loc="left").startswith("all faces")
    assert dots(chart, 0) == {"filled": {40.0}, "hollow": {0.0}}
    assert {round(bar.get_width(), 6) for bar in chart.axes[0].patches} == {10.0}
    assert "the mouth (+40 points)" in chart.alt


def test_regions_that_cost_the_same_are_told_together() -> None:
    table = tables.ablation()
    mouth = table.loc[table["region"] == "mouth", "cost"].to_numpy()
    table.loc[table["region"] == "eye", "cost"] = mouth
    assert "the eye and the mouth (+40 points)" in charts.hiding_costs(table).alt


def test_a_cost_is_filled_where_face_by_face_it_is_above_the_same_shape_elsewhere() -> None:
    table = tables.ablation()
    mouth = table["region"] == "mouth"
    table.loc[mouth, "cost_beyond_control_low"] = -0.001
    assert dots(charts.hiding_costs(table), 0) == {"filled": set(), "hollow": {0.0, 40.0}}
    table.loc[mouth, ["cost", "cost_low", "cost_high"]] = [-0.4, -0.5, -0.3]
    table.loc[mouth, ["cost_beyond_control_low", "cost_beyond_control_high"]] = [-0.6, -0.4]
    assert dots(charts.hiding_costs(table), 0) == {"filled": {-40.0}, "hollow": {0.0}}


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(InputError, match="emotion 'bored'; there are: happy, sad, surprise"):
        charts.frequency_bars(tables.counts(), "bored")
    with pytest.raises(InputError, match="no row of the table has method 'rise'"):
        charts.face_map(tables.counts(), "rise")
    with pytest.raises(InputError, match="theme 'sepia': give light or dark"):
        charts.mask_matrix(tables.matrix(), METHODS[0], theme="sepia")
    with pytest.raises(InputError, match="received no S"):
        charts.specificity_forest(tables.specificity().iloc[:0])
    with pytest.raises(InputError, match="at most 4"):
        charts.frequency_bars(tables.counts(), "happy", ["a"] * 5)


def test_every_public_name_is_where_it_is_said_to_be() -> None:
    for name in charts.__all__:
        assert callable(getattr(charts, name))


def test_a_worth_of_fewer_than_ten_faces_is_not_filled() -> None:
    table = tables.shapley()
    table["n"] = 10
    assert dots(charts.region_worths(table), 0)["filled"], "its interval leaves 0 out"
    table["n"] = 9
    assert not dots(charts.region_worths(table), 0)["filled"], "a bootstrap of so few is too sure"
