"""A comparison's folder gets its page: ``index.html``, beside the models' own reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from fer_xai.charts.words import codebook_name, in_method_order, is_causal
from fer_xai.comparison import Comparison, contrasts
from fer_xai.comparison.sentences import told
from fer_xai.comparison.verdict import judge, weighing
from fer_xai.comparison.wording import blind_s, small
from fer_xai.report import comparison_faces
from fer_xai.report import comparison_grids as grids
from fer_xai.report.scripts import write_scripts
from fer_xai.report.templating import environment, template_folder, write_page


def render_comparison(comparison: Comparison) -> Path:
    """Write a comparison's page beside its tables.

    Parameters
    ----------
    comparison : Comparison
        As `fer_xai.comparison.run_comparison` leaves it.

    Returns
    -------
    Path
        ``index.html`` in the comparison's folder: one page, written in one step, that can be read without its
        scripts (``assets/``). It links to the models' own reports where they are there.

    Raises
    ------
    InputError
        If the templates are missing from the installation.
    """
    tables = comparison.figures
    reference = comparison.studies[comparison.models[0]].manifest
    pairs = [_pair(comparison, tables, model, other, reference) for model, other in comparison.pairs]
    context = {
        "manifest": reference,
        "titles": {"model": ", ".join(comparison.models), "data": _data(reference)},
        "models": _models(comparison, tables),
        "pairs": pairs,
        "left_out": comparison.manifest["left_out"],
        "methods": in_method_order(reference["methods"]),
        "most_contrasted": contrasts.MOST,
        "weighed": weighing(list(reference["methods"])),
        "causal": {method for method in reference["methods"] if is_causal(method)},
        "labelled": bool(len(tables["accuracy"])),
        "faces": reference["data"]["faces"],
        "target": reference["target"],
        "calibration": grids.calibration_rows(tables["calibration"]),
    }
    index = comparison.path / "index.html"
    jinja = environment()
    jinja.filters |= {"reach": grids.reach, "small": small}
    write_scripts(comparison.path, template_folder(), "theme.js", "report.js")
    write_page(jinja.get_template("compare.html.j2"), index, context)
    return index


def _data(manifest: dict[str, Any]) -> str:
    data = manifest["data"]
    split = f", {data['split']}" if data.get("split") else ""
    return f"{Path(str(data.get('source', ''))).name or 'faces'}{split}"


def _models(comparison: Comparison, tables: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Each model's facts: accuracy, what it is, and its own report where there is one."""
    accuracy = tables["accuracy"].set_index("model")
    found = []
    for model, study in comparison.studies.items():
        folder = comparison.manifest["studies"][model]
        described = study.manifest["model"]
        found.append(
            {
                "name": model,
                "rate": accuracy.loc[model] if model in accuracy.index else None,
                "link": f"{folder}/index.html" if (study.path / "index.html").is_file() else None,
                "parameters": described.get("parameters"),
                "scaling": f"{described.get('scaling')}{' (assumed)' * ('scaling' in described.get('assumed', ()))}",
                "input": " × ".join(str(side or "any") for side in described["input"]),
                "emotions": described["emotions"],
            }
        )
    return found


def _pair(
    comparison: Comparison, tables: dict[str, pd.DataFrame], model: str, other: str, manifest: dict[str, Any]
) -> dict[str, Any]:
    verdict = judge(tables, model, other, str(manifest["codebook"]))
    methods = in_method_order(manifest["methods"])
    books = tables["specificity_differences"]["codebook"].unique()
    return {
        "model": model,
        "other": other,
        "verdict": verdict,
        "told": told(tables, model, other, str(manifest["codebook"])),
        "accuracy": grids.one_row(tables["accuracy_differences"], model, other),
        "confusion": grids.confusion_differences(tables["confusion_differences"], model, other),
        "regions": [(m, grids.region_rows(tables["region_differences"], model, other, m, "coarse")) for m in methods],
        "fine": [(m, grids.region_rows(tables["region_differences"], model, other, m, "fine")) for m in methods],
        "by_emotion": [grids.region_emotions(tables["region_differences"], model, other, m) for m in methods],
        "focus": grids.focus_rows(tables["focus_differences"], tables["focus"], model, other, methods),
        "blind_s": {codebook_name(b): blind_s(tables.get("specificity_blind"), b) for b in books},
        "specificity": grids.specificity_rows(tables["specificity_differences"], model, other, methods),
        "agreement": grids.agreement_rows(tables["map_agreement"], model, other, methods),
        "brier": grids.one_row(tables["brier_differences"], model, other),
        "contrasts": grids.contrast_grids(tables.get("contrast_regions"), model, other),
        "groups": comparison_faces.groups(comparison, tables, model, other),
    }
