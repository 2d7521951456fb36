"""What `explain` returns: tables and figures that say what they show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fer_xai import explain, list_codebooks, list_explainers, list_recipes
from fer_xai.charts.words import region_name, signed
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces, load_faces
from fer_xai.figures import strongest


@pytest.fixture(scope="module")
def explanation(stub_model) -> Explanation:
    faces = load_faces("sample")[:3]
    labelled = Faces.from_array(faces.pixels(), labels=["happy", "sad", None], ids=faces.ids)
    return explain(stub_model, labelled, method="lime", segmenter="quickshift", samples=40, seed=2)


def test_regions_are_a_tidy_table(explanation):
    rows = explanation.regions("coarse")
    assert rows.equals(explanation.regions(levels=["coarse"]))
    assert len(rows) == 3 * 8
    assert list(rows.columns[:5]) == ["face", "label", "predicted", "target", "method"]
    assert set(rows["method"]) == {"lime:quickshift"}
    assert rows.groupby("face", sort=False)["label"].first().tolist()[:2] == ["happy", "sad"]
    background = rows.query("face == 'lfw-000' and region == 'background'").iloc[0]
    positive = np.maximum(explanation.attributions[0], 0)
    from fer_xai.facs import region_masks

    masks, names = region_masks(explanation.faces[:1], "coarse")
    mask = masks[0, names.index("background")]
    assert background["share"] == pytest.approx((positive * mask).sum() / positive.sum(), abs=1e-5)
    assert background["area"] == pytest.approx(mask.mean(), abs=1e-6)


def test_settings_tell_the_whole_method(explanation):
    assert explanation.settings == {
        "segmenter": "quickshift",
        "samples": 40,
        "sampling": "orthogonal",
        "settle": 0.9,
        "most": 4000,
        "kernel_width": 0.25,
        "fill": "segment",
        "seed": 2,
    }
    assert "lime:quickshift, 3 faces" in repr(explanation)


def test_strongest_keeps_the_segments_of_largest_weight(explanation):
    kept = strongest(explanation, 0, 2)
    segments, attribution = explanation.segments[0], explanation.attributions[0]
    weights = {segment: attribution[segments == segment][0] for segment in np.unique(segments)}
    best = sorted(weights, key=lambda segment: -abs(weights[segment]))[:2]
    assert np.array_equal(kept, np.isin(segments, best))
    assert strongest(explanation, 0, None).all()


def test_a_line_runs_around_the_strongest_segments_however_pale_they_are(explanation):
    pale = replace(explanation, attributions=explanation.attributions * 1e-9)
    drawn = pale.plot(limit=1).axes[1:6]
    assert [bool(axis.collections) for axis in drawn] == [True] * 4 + [False]
    kept = strongest(explanation, 0, 3)
    line = np.concatenate([path.vertices for path in drawn[1].collections[0].get_paths()])
    y, x = np.nonzero(kept)
    assert np.abs([line[:, 0].min() - x.min(), line[:, 0].max() - x.max()]).max() <= 0.5
    assert np.abs([line[:, 1].min() - y.min(), line[:, 1].max() - y.max()]).max() <= 0.5


def test_the_figure_has_a_row_per_face_and_the_progressive_panels(explanation):
    figure = explanation.plot(limit=2)
    assert len(figure.axes) == 2 * (1 + 5 + 1)
    assert "red speaks for" in figure.get_supxlabel()
    titles = [axis.get_title() for axis in figure.axes[:7]]
    assert titles[1:5] == [f"{count} strongest" for count in (1, 3, 5, 10)]
    assert explanation._repr_png_().startswith(b"\x89PNG")


def test_the_figure_says_right_or_wrong_beside_the_probabilities(explanation):
    titles = [axis.get_title() for axis in explanation.plot().axes[::7]]
    for n, (title, label) in enumerate(zip(titles, ("happy", "sad", None), strict=True)):
        predicted = explanation.predicted[n]
        called = f"called {predicted} ({explanation.probabilities[n].max():.0%})"
        verdict = "" if label is None else " ✓" if label == predicted else f"\n✗ labelled {label}"
        assert title.split("\n", 1)[1] == called + verdict


def test_the_figure_of_region_values_names_them_and_their_sum(stub_model):
    explanation = explain(stub_model, load_faces("sample")[:1], method="shap:regions", level="fine", samples=60)
    axis = explanation.plot().axes[-2]
    hidden, known = explanation.details["baseline_score"][0], explanation.details["sums_to"][0]
    assert f"({hidden:.2f} all hidden; all sum to {signed(known)})" in axis.get_title()
    names, values = explanation.details["names"][0], explanation.details["values"][0]
    strongest_ten = {region_name(names[i]) for i in np.argsort(-np.abs(values))[:10]}
    assert {label.get_text() for label in axis.get_yticklabels()} == strongest_ten


def test_the_figure_of_a_class_map_tells_its_layer_and_cells(stub_model):
    explanation = explain(stub_model, load_faces("sample")[:1], method="gradcam")
    assert "\nlast\nblocks of 2.4×2.4 pixels\n" in explanation.plot().axes[1].get_title()


def test_everything_can_be_listed():
    assert {"gradcam", "saliency", "occlusion", "lime:slic", "lime:regions"} <= set(list_explainers())
    assert list_codebooks()[0] == "facs2002"
    assert len(list_codebooks()) == 6
    assert "compact" in list_recipes()


def test_landmarks_found_elsewhere_are_used(stub_model) -> None:
    from fer_xai.errors import InputError
    from fer_xai.faces.landmarks import Landmarks, find_landmarks

    faces = load_faces("sample")[:2]
    elsewhere = find_landmarks(faces).points + np.array([6, 0])
    given = explain(stub_model, faces, method="occlusion", landmarks=Landmarks.from_points(elsewhere))
    assert set(given.regions()["landmarks"]) == {"given"}
    plain = explain(stub_model, faces, method="occlusion").regions()
    assert not np.allclose(given.regions()["share"], plain["share"], equal_nan=True)
    with pytest.raises(InputError, match="landmarks of 1 faces for 2 faces"):
        explain(stub_model, faces, method="occlusion", landmarks=Landmarks.from_points(elsewhere[:1]))
