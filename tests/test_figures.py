"""Each kind of figure shows what it says, on faces with and without landmarks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fer_xai import Explanation, Faces, explain, load_faces
from fer_xai.charts.words import region_name
from fer_xai.errors import InputError
from fer_xai.figures import KINDS
from fer_xai.figures.pictured import pictured, without_regions
from fer_xai.figures.pieces import FOR


@pytest.fixture(scope="module")
def explanation(stub_model) -> Explanation:
    """One face whose evidence for the target lies in the mouth alone."""
    from fer_xai.facs import region_masks

    faces = load_faces("sample")[:1]
    masks, names = region_masks(faces, "coarse")
    explained = explain(stub_model, faces, method="occlusion")
    return replace(explained, attributions=masks[:, names.index("mouth")].astype(np.float32))


@pytest.fixture(scope="module")
def of_segments(stub_model) -> Explanation:
    return explain(stub_model, load_faces("sample")[:3], method="lime:quickshift", samples=40)


def texts(axis) -> list[str]:
    return [label.get_text() for label in axis.get_yticklabels()]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "progressive"])
def test_every_kind_draws_at_most_limit_faces_and_says_whose_they_are(stub_model, kind):
    explanation = explain(stub_model, load_faces("sample")[:6], method="saliency")
    for limit in (1, 5):
        shown = "\n".join(axis.get_title() for axis in explanation.plot(kind, limit=limit).axes)
        assert [face in shown for face in explanation.faces.ids] == [True] * limit + [False] * (6 - limit)


def test_bars_put_the_region_with_most_beyond_its_area_first_and_mark_the_area(explanation):
    axis = explanation.plot("bars").axes[0]
    assert texts(axis)[0] == "mouth"
    rows = explanation.regions(levels=("coarse",)).set_index("region")
    assert axis.patches[0].get_width() == pytest.approx(rows.loc["mouth", "share"])
    ticks = axis.collections[0].get_segments()
    assert ticks[0][0][0] == pytest.approx(rows.loc["mouth", "area"])
    red = [patch.get_facecolor()[:3] == pytest.approx(_rgb(FOR)) for patch in axis.patches]
    shown = rows.set_axis([region_name(name) for name in rows.index]).loc[texts(axis)]
    assert red == (shown["share"] > shown["area"]).tolist()
    assert "chance" in explanation.plot("bars").get_supxlabel()


def key(figure) -> str:
    """What stands under the panels, its lines put together."""
    return " ".join(figure.get_supxlabel().split())


def test_the_key_speaks_of_blue_only_where_there_may_be_any(explanation):
    assert "blue against it" in key(explanation.plot("overlay")), "a face without any may have had some"
    positive = replace(explanation, settings={"relu": True})
    assert "keep nothing that speaks against it" in key(positive.plot("overlay"))
    magnitudes = replace(explanation, settings={"show": "absolute"})
    assert "for the emotion or against it" in key(magnitudes.plot("overlay"))
    assert "blue" not in key(magnitudes.plot("panels"))


def test_the_key_of_a_contrast_names_both_sides(explanation):
    contrast = replace(explanation, targets=("fear-sad",) * len(explanation))
    assert "red speaks for the first emotion, blue for the second" in key(contrast.plot("panels"))


@pytest.mark.parametrize("cell", [{}, {"cell": (16, 16), "layer": "vgg16/block5_conv3"}], ids=["pixels", "cells"])
@pytest.mark.parametrize("kind", ["overlay", "panels"])
def test_no_text_reaches_beyond_the_figure(explanation, kind, cell):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    named = ["folder/of/faces/PrivateTest_10077120.jpg"]
    faces = Faces.from_array(explanation.faces.images(), ["surprise"], named)
    figure = replace(explanation, faces=faces, details={"settled": np.array([0.62]), **cell}).plot(kind)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    for text in (figure._supxlabel, *(axis.title for axis in figure.axes)):
        box = text.get_window_extent(canvas.get_renderer())
        assert min(box.x0, box.y0) >= 0, text.get_text()
        assert box.x1 <= figure.bbox.width, text.get_text()
        assert box.y1 <= figure.bbox.height, text.get_text()


def test_the_heading_tells_what_full_colour_is_worth(explanation):
    tiny = replace(explanation, attributions=explanation.attributions * 5e-6, details={"settled": np.array([0.62])})
    titles = [axis.get_title() for axis in tiny.plot("panels").axes]
    assert any(
        "full colour \N{PLUS-MINUS SIGN}5e-06\nno place moves the answer a point\nranking settled to 0.62" in title
        for title in titles
    )
    assert "endless passes" in key(tiny.plot("panels"))
    assert "endless passes" not in key(explanation.plot("panels"))


def test_only_signed_maps_have_two_ends_and_only_probabilities_a_unit(explanation):
    def told(**changed):
        figure = replace(explanation, **changed).plot("panels")
        return " ".join([*(axis.get_title() for axis in figure.axes), key(figure)])

    assert "full colour \N{PLUS-MINUS SIGN}" in told(settings={})
    assert "full colour \N{PLUS-MINUS SIGN}" not in told(settings={"relu": True})
    assert "in probability" in told(method="occlusion")
    assert "in probability" not in told(method="saliency")
    assert "in probability" not in told(method="one of my own")


def test_a_face_without_landmarks_says_so_and_is_blank_where_regions_were_asked_for(explanation):
    whole = np.zeros((1, 48, 48), int)
    assert without_regions("lime:regions", whole).tolist() == [True]
    assert without_regions("lime:slic", whole).tolist() == [False]
    assert not pictured("lime:regions", np.ones((1, 48, 48)), whole).any()
    asked = replace(explanation, method="lime:regions", segments=whole, details={"values": np.zeros((1, 1))})
    assert "no landmarks, so no regions" in " ".join(axis.get_title() for axis in asked.plot("panels").axes)


def test_shapley_values_have_the_colour_of_the_whole_region(explanation):
    segments = np.broadcast_to(np.where(np.arange(48) < 40, 0, 1)[:, None], (1, 48, 48))
    values = np.array([[0.4, -0.2]])
    sizes = np.bincount(segments.ravel())
    spread = (values / sizes)[0][segments].astype(np.float32)
    assert np.allclose(pictured("shap:regions", spread, segments), values[0][segments])
    assert np.array_equal(pictured("lime:slic", spread, segments), spread)
    two = pictured("shap:regions", np.concatenate([spread, -spread]), np.concatenate([segments, segments]))
    assert np.allclose(two[1], -values[0][segments]), "faces are apart"
    told = replace(
        explanation, method="shap:regions", segments=segments, details={"values": values}, attributions=spread
    )
    titles = "\n".join(axis.get_title() for axis in told.plot("overlay").axes + told.plot("progressive").axes)
    assert "full colour \N{PLUS-MINUS SIGN}0.4" in titles


def test_what_hardly_moves_the_answer_is_called_so(explanation):
    def titles(**changed):
        drawn = replace(explanation, **changed).plot("panels")
        return " ".join(axis.get_title() for axis in drawn.axes)

    maps = explanation.attributions / np.abs(explanation.attributions).max()
    assert "no place moves the answer a point" in titles(attributions=0.009 * maps)
    assert "no place moves the answer a point" not in titles(attributions=0.011 * maps)
    assert "no place moves the answer a point" not in titles(attributions=0.009 * maps, method="saliency")
    assert "no place moves the answer a point" not in titles(attributions=0 * maps)


def _rgb(colour: str) -> tuple[float, ...]:
    from matplotlib.colors import to_rgb

    return to_rgb(colour)


def test_bars_take_the_fine_level_and_as_many_regions_as_wanted(explanation):
    assert len(texts(explanation.plot("bars", level="fine", top=4).axes[0])) == 4


def test_regions_are_red_where_the_evidence_is_and_blue_where_there_is_none(explanation):
    from fer_xai.facs import region_masks

    axis = explanation.plot("regions", level="coarse").axes[0]
    painted = axis.images[1].get_array()
    masks, names = region_masks(explanation.faces, "coarse")
    labels = masks[0].argmax(axis=0)
    assert (painted[labels == names.index("mouth")] > 1).all()
    assert (painted[labels == names.index("forehead")] == -2).all(), "no evidence is as little as can be"


def test_a_face_without_landmarks_says_so_and_stays_as_it_is(stub_model):
    from fer_xai.faces.landmarks import Landmarks

    noise = np.random.default_rng(0).random((1, 48, 48, 1), np.float32)
    lost = Landmarks(np.full((1, 468, 2), np.nan, np.float32), np.zeros(1, np.float32), ("none",))
    explanation = explain(stub_model, noise, method="occlusion", landmarks=lost)
    regions, bars = explanation.plot("regions").axes[0], explanation.plot("bars").axes[0]
    assert "no landmarks found" in regions.get_title()
    assert len(regions.images) == 1
    assert "no landmarks" in bars.texts[0].get_text()


def test_progressive_shows_more_and_more_segments(of_segments):
    figure = of_segments.plot("progressive", limit=1)
    assert [axis.get_title() for axis in figure.axes[1:5]] == [f"{count} strongest" for count in (1, 3, 5, 10)]
    lit = [np.count_nonzero(axis.images[1].get_array()) for axis in figure.axes[1:]]
    assert lit == sorted(lit)
    assert lit[0] < lit[-1]


def test_refusals_say_what_can_be_had(explanation):
    with pytest.raises(InputError, match="unknown kind of figure 'pie'; known are panels, overlay"):
        explanation.plot("pie")
    with pytest.raises(InputError, match="overlay takes no option level; its options: none"):
        explanation.plot("overlay", level="fine")
    with pytest.raises(InputError, match=r"occlusion has no segments .*or draw the kind overlay"):
        explanation.plot("progressive")
    with pytest.raises(InputError, match="at least one face"):
        explanation.plot(limit=0)


def test_all_targets_of_a_face_share_one_scale(stub_model, sample_images):
    from fer_xai.figures.pieces import lay_over, panel_figure

    every = explain(stub_model, sample_images[:2], "occlusion", target="every")
    scales = []
    for n in range(len(every)):
        axis = panel_figure(1, 1, 2, 2)[1][0, 0]
        lay_over(axis, every, n)
        scales.append(axis.images[0].norm.vmax)
    first, second = scales[:7], scales[7:]
    assert len(set(first)) == len(set(second)) == 1
    strongest = np.percentile(np.abs(every.attributions[:7]), 99, axis=(1, 2))
    assert first[0] == pytest.approx(strongest.max())
    assert first[0] != second[0]
