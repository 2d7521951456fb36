"""What the report says of hidden regions follows from the ablation and Shapley tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from fer_xai.report import causes, render, sentences
from fer_xai.report.figures import Figures
from tests.report.fake_study import FakeStudy, make_study


def test_the_costliest_region_is_named_with_its_control(rendered: FakeStudy) -> None:
    figures = Figures.of(rendered)
    table = rendered.tables["ablation"].query("fill == 'inpaint' and emotion == 'all'").set_index("region")
    told = causes.costliest(figures)
    assert told is not None
    assert told.startswith("Hiding the mouth (painted over from what is around) costs 30 points of accuracy")
    assert f"interval +{100 * table.loc['mouth', 'cost_low']:.0f} to" in told
    beyond = [f"+{100 * table.loc['mouth', f'cost_beyond_control{end}']:.0f}" for end in ("", "_low", "_high")]
    assert f"elsewhere that is {beyond[0]} points ({beyond[1]} to {beyond[2]})." in told
    assert "Hidden otherwise: covered in grey +30, against elsewhere +26 (+2" in told
    assert told in sentences.headline(figures)


def test_another_region_another_sentence(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    table = study.tables["ablation"]
    table.loc[table["region"] == "eye", ["cost", "cost_low", "cost_high"]] = [0.5, 0.4, 0.6]
    told = causes.costliest(Figures.of(study))
    assert told is not None
    assert told.startswith("Hiding the eye ")
    assert "costs 50 points" in told


def test_what_may_be_chance_is_called_so(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    table = study.tables["ablation"]
    table["cost_beyond_control_low"] = -0.01
    told = causes.costliest(Figures.of(study))
    assert told is not None
    assert "points (−1 to " in told
    table["cost_low"] = -0.02
    told = causes.costliest(Figures.of(study))
    assert told is not None
    assert "costs no clear share of accuracy: most for the mouth, +30 points (95 % interval −2 to" in told


def test_the_background_is_no_facial_region(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    table = study.tables["ablation"]
    table.loc[table["region"] == "background", "cost"] = 0.9
    assert "mouth" in str(causes.costliest(Figures.of(study)))


def test_cells_are_points_with_a_star_where_the_interval_leaves_out_zero(rendered: FakeStudy) -> None:
    lost, beyond = causes.cost_grids(Figures.of(rendered), "grey")
    cells = {region: line[0].text for region, line in lost.rows}
    assert cells["mouth"] == "+30*"
    nose = rendered.tables["ablation"].query("fill == 'grey' and emotion == 'all' and region == 'nose'")["cost"].item()
    assert cells["nose"] == f"+{100 * nose:.0f}"
    assert {region: line[0].text for region, line in beyond.rows}["mouth"] == "+26*"
    assert next(name for name, _ in lost.columns) == "all"


def test_unlabelled_faces_lose_answers_not_recall(tmp_path: Path) -> None:
    figures = Figures.of(make_study(tmp_path, faces=20, labelled=False))
    assert "points of its answers" in str(causes.costliest(figures))
    assert "called as before" in causes.kept(figures)


def test_a_study_without_these_tables_has_no_such_section(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=20)
    study.tables |= {"ablation": pd.DataFrame(), "shapley": pd.DataFrame()}
    page = render(study).read_text()
    assert 'id="causes"' not in page
    assert causes.costliest(Figures.of(study)) is None


def test_what_hiding_the_maps_first_region_costs_is_told_where_it_is_not_the_costliest(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=40)
    rows = study.tables["ablation"]
    own = (rows["fill"] == "inpaint") & (rows["emotion"] == "all")
    rows.loc[own, ["cost", "cost_low", "cost_high"]] = [0.1, 0.05, 0.2]
    rows.loc[own & (rows["region"] == "mouth"), ["cost", "cost_low", "cost_high"]] = [0.4, 0.3, 0.5]
    figures = Figures.of(study)
    assert causes.cost_of(figures, "mouth") is None
    rows.loc[own & (rows["region"] == "eye"), ["cost", "cost_low", "cost_high"]] = [0.4, 0.3, 0.5]
    assert causes.cost_of(Figures.of(study), "eye") is None, "as costly as the costliest, which is told"
    rows.loc[own & (rows["region"] == "eye"), ["cost", "cost_low", "cost_high"]] = [0.1, 0.05, 0.2]
    assert causes.cost_of(figures, "nose") == (
        "Hiding the nose, where most of the map lies for its area, costs 10 points of accuracy (95 % interval +5 to "
        "+20; against the same shape elsewhere −2 (−7 to +3)), less than hiding the mouth."
    )
    rows.loc[own & (rows["region"] == "mouth"), "cost_low"] = 0.15
    assert "perhaps as much as hiding the mouth" in str(causes.cost_of(Figures.of(study), "nose"))
    rows.loc[own & (rows["region"] == "nose"), "cost_low"] = -0.05
    assert "costs nothing that can be told from chance: +10 points" in str(causes.cost_of(Figures.of(study), "nose"))
    rows.loc[own & (rows["region"] == "nose"), ["cost", "cost_low", "cost_high"]] = [-0.25, -0.4, -0.1]
    assert "costs nothing, but gains 25 points of accuracy" in str(causes.cost_of(Figures.of(study), "nose"))
    rows.loc[own, ["cost", "cost_low", "cost_high"]] = 0.0
    assert "costs no accuracy, whichever" in str(causes.costliest(Figures.of(study)))
    assert causes.cost_of(Figures.of(study), "nose") is None


def _set(study: FakeStudy, region: str, fill: str, cost: float, beyond: float) -> None:
    table = study.tables["ablation"]
    rows = (table["region"] == region) & (table["fill"] == fill) & (table["emotion"] == "all")
    table.loc[rows, ["cost", "cost_low", "cost_high"]] = [cost, cost - 0.05, cost + 0.05]
    names = [f"cost_beyond_control{end}" for end in ("", "_low", "_high")]
    table.loc[rows, names] = [beyond, beyond - 0.05, beyond + 0.05]


def test_a_region_that_costs_more_for_its_size_is_told(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    _set(study, "cheek", "inpaint", 0.4, 0.1)
    told = str(causes.costliest(Figures.of(study)))
    assert told.startswith("Hiding the cheek (painted over from what is around) costs 40 points of accuracy")
    assert "elsewhere that is +10 points (+5 to +15), where the mouth comes first with +2" in told


def test_regions_that_may_cost_as_much_as_the_costliest_are_named(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    for region, cost in (("cheek", 0.4), ("nose", 0.36), ("eye", 0.34), ("mouth", 0.2)):
        _set(study, region, "inpaint", cost, 0.1)
    told = str(causes.costliest(Figures.of(study)))
    assert (
        "the most of all facial regions here, though perhaps no more than the nose (+36) or the eye (+34). Against"
        in told
    )
    for region in ("brow", "mouth"):
        _set(study, region, "inpaint", 0.31, 0.1)
    assert "than the nose (+36), the eye (+34) or 2 others. Against" in str(causes.costliest(Figures.of(study)))
    for region in ("nose", "eye", "brow", "mouth", "forehead"):
        _set(study, region, "inpaint", 0.2, 0.1)
    assert "the most of all facial regions here. Against" in str(causes.costliest(Figures.of(study)))


def test_another_way_of_hiding_may_put_another_region_first(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    _set(study, "cheek", "inpaint", 0.4, 0.4)
    _set(study, "cheek", "grey", 0.2, 0.1)
    _set(study, "cheek", "blur", 0.5, 0.1)
    told = str(causes.costliest(Figures.of(study)))
    assert "covered in grey +20, where the mouth comes first with +3" in told
    assert "blurred +50, against elsewhere +10 (+5 to +15)" in told
    assert "elsewhere that is +40 points (+35 to +45). Hidden otherwise" in told


def test_a_region_whose_shapley_value_may_be_nothing_is_told(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    assert causes.worth_of(Figures.of(study), "mouth") is None, "it is worth something"
    table = study.tables["shapley"]
    here = table["emotion"] == "all"
    table.loc[here, ["value", "low", "high"]] = [0.0, -0.02, 0.02]
    table.loc[here & (table["region"] == "nose"), ["value", "low", "high"]] = [-0.1, -0.2, -0.05]
    told = str(causes.worth_of(Figures.of(study), "mouth"))
    assert "the mouth is worth 0 points to it on the mean (−2 to +2; Shapley values)" in told
    assert told.endswith("clear of 0 are the nose −10.")
    table.loc[here, ["low", "high"]] = [-0.2, 0.2]
    assert str(causes.worth_of(Figures.of(study), "mouth")).endswith("no region's is clear of 0.")


def test_ties_are_told_whole(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    _set(study, "cheek", "inpaint", 0.4, 0.4)
    for region, fill, cost in (("cheek", "grey", 0.2), ("mouth", "grey", 0.5), ("eye", "grey", 0.5)):
        _set(study, region, fill, cost, 0.1)
    for region in ("cheek", "nose"):
        _set(study, region, "blur", 0.6, 0.1)
    told = str(causes.costliest(Figures.of(study)))
    assert "covered in grey +20, where the eye and the mouth come first with +50" in told
    assert "blurred +60, as much as the nose, against elsewhere" in told


def test_a_region_that_costs_less_than_its_shape_elsewhere_is_told(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    _set(study, "nose", "inpaint", -0.02, -0.2)
    told = str(causes.cost_of(Figures.of(study), "nose"))
    assert "costs nothing that can be told from chance: −2 points" in told
    assert (
        "against the same shape elsewhere −20 (−25 to −15), so less than such a shape at a place drawn by chance"
        in told
    )


def test_a_shapley_value_of_fewer_than_ten_faces_has_no_star_but_a_cost_may(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    for name in ("shapley", "ablation"):
        study.tables[name]["n"] = 9
    (values,) = causes.value_grids(Figures.of(study))
    assert "*" not in "".join(cell.text for _, line in values.rows for cell in line)
    lost, _ = causes.cost_grids(Figures.of(study), "grey")
    assert {region: line[0].text for region, line in lost.rows}["mouth"] == "+30*"
    assert {region: line[0].shade for region, line in lost.rows}["mouth"] == "x"
