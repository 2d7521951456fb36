"""Compare classifiers: a study of each on the same faces, then the tables of all, side by side."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.atomic import sweep
from fer_xai.classifier import Classifier
from fer_xai.comparison import answers, contrasts, focus, orders, regions, specificity
from fer_xai.comparison import faces as told
from fer_xai.comparison.comparison import FILE, Comparison
from fer_xai.comparison.matched import Matched
from fer_xai.comparison.parts import Profiles
from fer_xai.errors import InputError
from fer_xai.explainers.registry import methods_for
from fer_xai.faces import Faces
from fer_xai.lock import only_writer
from fer_xai.study import Study, chunks, run_study
from fer_xai.study.damage import discard_damaged
from fer_xai.study.files import output_folder, write_json, write_table
from fer_xai.study.progress import on_one_line
from fer_xai.study.workers import Track

#: What two classifiers are compared by where nothing else is asked for: two causal methods and a class map.
METHODS = ("occlusion", "shap:regions", "gradcam")

OWN = ("comparison.json", "*/study.json")  # what a comparison's folder is known by


def run_comparison(
    classifiers: Mapping[str, Classifier],
    faces: Faces,
    out: str | Path,
    methods: Sequence[str] | None = None,
    codebook: str = "facs2002",
    seed: int = 0,
    data: dict[str, Any] | None = None,
    track: Track = on_one_line,
) -> Comparison:
    """Study each classifier on the same faces and write the comparison's folder.

    Labelled faces are explained for their label, so that every model is asked the same question on every face: what
    speaks for the emotion that is there? Without labels each is explained for its own answer, and maps are compared
    on the faces that all models call the same. The same call on the same folder goes on where an earlier one stopped.

    Parameters
    ----------
    classifiers : mapping of str to Classifier
        Two or more, by the names that tables and pages use.
    faces : Faces
        Where some are labelled, only those are used whose label every classifier knows.
    out : path
        The comparison's folder; each study lies in one of its own below.
    methods : sequence of str, optional
        Of all studies; default `METHODS`, those of them that work on all classifiers.
    codebook, seed, data, track
        As in `fer_xai.study.run_study`.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If there are fewer than two classifiers, no face can be used, a study is refused, or another run writes to the
        folder.
    """
    if len(classifiers) < 2:
        raise InputError(f"received {len(classifiers)} model to compare: give two or more")
    chosen, left_out = comparable(faces, classifiers)
    target = "label" if chosen.emotions else "predicted"
    used = tuple(methods) if methods else shared_methods(classifiers)
    out, studies = output_folder(Path(out), own=OWN), {}
    with only_writer(out / ".lock", out):
        for name, folder in zip(classifiers, folder_names(classifiers), strict=True):
            # Which methods to trust is for each model's own report to say: explaining every face anew takes its time.
            studies[name] = run_study(
                classifiers[name],
                chosen,
                out / folder,
                methods=used,
                target=target,
                codebook=codebook,
                seed=seed,
                data=data,
                trust=0,
                track=_tracking(track, name),
            )
        contrasted = _contrast(studies, classifiers, chosen, out, track)
        return compare_studies(studies, out, left_out, contrasted)


def _contrast(
    studies: Mapping[str, Study], classifiers: Mapping[str, Classifier], faces: Faces, out: Path, track: Track
) -> pd.DataFrame:
    """Explain what each two classifiers answer differently; what lies in the folder is not made again."""
    sweep(out, below=False)  # the studies' folders are their own
    sweep(out / "parts")
    for piece in discard_damaged(out):
        track(f"{piece} is damaged and will be made again", 1, 1)
    matched, parts = Matched.of(studies), []
    for number, pair in enumerate(matched.pairs):
        # Named by the studies, which are refused if they change: what lies there is of these models and faces.
        name = "~".join(studies[model].path.name for model in pair)
        path = chunks.table(out, f"contrasts/{name}", 0)
        if not path.exists():
            write_table(path, contrasts.explain_contrasts(matched, classifiers, faces, pair))
        parts.append(pd.read_parquet(path))
        track("explaining contrasts", number + 1, len(matched.pairs))
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True)


def _tracking(track: Track, model: str) -> Track:
    """The same, with the model's name before what is being done."""
    return lambda what, done, total: track(f"{model}: {what}", done, total)


def compare_studies(
    studies: Mapping[str, Study], out: str | Path, left_out: int = 0, contrasted: pd.DataFrame | None = None
) -> Comparison:
    """Write the comparison of finished studies of the same faces.

    Parameters
    ----------
    studies : mapping of str to Study
        By model.
    out : path
    left_out : int
        Faces that no study has, because a model does not know their label.
    contrasted : DataFrame, optional
        Of `fer_xai.comparison.contrasts.explain_contrasts`, which needs the classifiers.

    Raises
    ------
    InputError
        If the studies are not of the same faces, methods, target and seed.
    """
    matched, out = Matched.of(studies), output_folder(Path(out))
    for name, table in joint_tables(matched).items():
        write_table(out / f"{name}.parquet", table)
    for name, table in measure(matched, contrasted).items():
        write_table(out / f"{name}.parquet", table)
    folders = {model: Path(os.path.relpath(study.path, out)).as_posix() for model, study in studies.items()}
    # The manifest is written last: where it stands, all tables do.
    write_json(out / FILE, {"studies": folders, "seed": matched.seed, "left_out": left_out})
    return Comparison(out)


def joint_tables(matched: Matched) -> dict[str, pd.DataFrame]:
    """Every table that all studies have, one model under the other, with a column ``model``."""
    names = set.intersection(*(set(study.tables) for study in matched.studies.values()))
    found = {}
    for name in sorted(names):
        parts = {model: study.table(name) for model, study in matched.studies.items()}
        filled = [(model, part) for model, part in parts.items() if len(part)] or list(parts.items())[:1]
        joined = pd.concat([part.assign(model=model) for model, part in filled], ignore_index=True)
        found[name] = joined[["model", *(column for column in joined if column != "model")]]
    return found


def measure(matched: Matched, contrasted: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """All tables of differences, by name."""
    profiles = Profiles.measure(matched)
    found = {
        "orders": orders.orders_table(matched),
        "twins": orders.twins_table(matched),
        "accuracy": answers.accuracy_table(matched),
        "accuracy_differences": answers.accuracy_differences(matched),
        "confusion_differences": answers.confusion_differences(matched),
        "calibration": answers.calibration_table(matched),
        "brier_differences": answers.brier_differences(matched),
        "region_differences": regions.region_differences(matched, profiles),
        "focus": focus.focus_table(matched, profiles),
        "focus_differences": focus.focus_differences(matched, profiles),
        "specificity_differences": specificity.specificity_differences(matched, profiles),
        "map_agreement": told.map_agreement(matched),
        "face_differences": told.face_table(matched, profiles),
    }
    if contrasted is not None and len(contrasted):
        found |= {"contrasts": contrasted, "contrast_regions": contrasts.contrast_regions(contrasted, matched.seed)}
    return found


def comparable(faces: Faces, classifiers: Mapping[str, Classifier]) -> tuple[Faces, int]:
    """The faces that can be compared, and how many were left out: where any is labelled, the others need a known label.

    Raises
    ------
    InputError
        If none is left.
    """
    if not len(faces):
        raise InputError("no faces to compare on: the selection is empty")
    if not faces.emotions:
        return faces, 0
    known = set.intersection(*(set(classifier.emotions) for classifier in classifiers.values()))
    kept = np.array([label in known for label in faces.labels])
    if not kept.any():
        raise InputError(
            f"no face can be compared: the labels are {', '.join(faces.emotions)}, and what all models know is "
            f"{', '.join(sorted(known)) or 'nothing'}"
        )
    return faces[kept], int((~kept).sum())


def shared_methods(classifiers: Mapping[str, Classifier]) -> tuple[str, ...]:
    """Those of `METHODS` that work on every classifier."""
    lacks = [methods_for(classifier) for classifier in classifiers.values()]
    return tuple(method for method in METHODS if all(lack[method] is None for lack in lacks))


def folder_names(models: Sequence[str] | Mapping[str, Any]) -> list[str]:
    """A folder for each model, safe on every file system, none like another or like the comparison's own."""
    taken = {"charts", "maps", "parts"}
    found = []
    for model in models:
        base = re.sub(r"[^\w.-]+", "_", model).strip(".") or "model"
        name, number = base, 2
        while name.lower() in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name.lower())
        found.append(name)
    return found
