"""``fer-xai evaluate``: how good a classifier is on labelled faces."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_xai.cli import opening, options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from fer_xai.classifier import Classifier
    from fer_xai.evaluation.evaluate import Evaluation
    from fer_xai.evaluation.predicting import Track
    from fer_xai.faces import Faces


@one_line
def evaluate(
    model: options.Model = None,
    data: options.Data = None,
    split: options.Split = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for tables and pictures; without it, only print.", show_default=False),
    ] = None,
    shared_emotions: Annotated[
        bool,
        typer.Option(
            "--shared-emotions",
            help="Let the model choose only among emotions that the labels have; its probabilities are scaled to them.",
        ),
    ] = False,
    limit: options.Limit = None,
    seed: options.Seed = 0,
    ferplus: options.Ferplus = None,
    drop: options.Drop = None,
    cleaning: options.Cleaning = None,
    emotions: options.Emotions = None,
    scaling: options.Scaling = None,
    trust_model: options.TrustModel = False,
    colour: options.Colour = None,
    output: options.Output = None,
    input_shape: options.InputShape = None,
    builder: options.Builder = None,
    illumination: options.Illumination = None,
    as_json: options.Json = False,
) -> None:
    """Measure a classifier: accuracy, confusions, each emotion, loss and calibration, with their intervals.

    Where the data have training faces, accuracy is also given without those test faces that are copies of them.

    Example: fer-xai evaluate --model M.keras --data fer2013.csv --split test --out evaluation/

    Example, a number for a script: fer-xai evaluate -m M.keras -d fer2013.csv --json | jq .accuracy.value

    Example, eight outputs against seven labels: fer-xai evaluate -m M8.keras -d fer2013.csv --shared-emotions
    """
    from fer_xai.cli.progress import bar
    from fer_xai.study.files import check_folder

    if out is not None:
        check_folder(out)
        if (out / "study.json").exists():
            raise InputError(f"--out {out} holds a report: give the evaluation a folder of its own")
    opening.check_places([model], data)
    load_tensorflow()
    everything = opening.read_faces(data or "sample")
    faces = opening.open_faces(everything, split, limit, seed, ferplus, drop, cleaning)
    if not faces.emotions:
        raise InputError(
            f"{data or 'sample'} has no labelled faces: give labelled ones (a CSV with a column emotion, or folders by "
            "emotion)"
        )
    classifier = opening.open_classifier(
        model, emotions, scaling, trust_model, colour, output, input_shape, builder, illumination
    )
    if not set(faces.emotions) & set(classifier.emotions):
        raise InputError(
            f"no face can be counted: the labels are {', '.join(faces.emotions)}, and {classifier.name} knows "
            f"{', '.join(classifier.emotions)} only"
        )
    training = _training(everything, faces)
    votes = _votes(faces, ferplus)
    with bar() as track:
        found = _measure(classifier, faces, training, votes, shared_emotions, seed, track)
    told = {"model": classifier.describe(), "data": _data(data, faces), **found.summary()}
    if out is not None:
        _write(out, found, told)
    if as_json:
        # JSON knows no NaN: what cannot be had is null.
        typer.echo(json.dumps(json.loads(json.dumps(told), parse_constant=lambda name: None)))
    else:
        from fer_xai.cli.evaluate_tables import show

        splits = told["data"]["split"]
        show(found, classifier.name, f"{Path(told['data']['source']).name}{f', {splits}' if splits else ''}")
        if out is not None:
            typer.echo(out)


def _measure(
    classifier: Classifier,
    faces: Faces,
    training: Faces | None,
    votes: pd.DataFrame | None,
    shared_only: bool,
    seed: int,
    track: Track,
) -> Evaluation:
    from fer_xai.evaluation.copies import copies_in
    from fer_xai.evaluation.evaluate import evaluate
    from fer_xai.evaluation.predicting import among, predict

    probabilities, emotions = predict(classifier, faces, track), classifier.emotions
    said: tuple[str, ...] = ()
    if shared_only:
        shared = tuple(emotion for emotion in emotions if emotion in faces.emotions)
        probabilities, emotions = among(probabilities, emotions, shared), shared
        said = (
            f"It may choose among {', '.join(shared)} only: its probabilities were scaled to sum to one over them.",
        )
    copies = copies_in(faces, training) if training is not None else None
    found = evaluate(faces.labels, probabilities, emotions, ids=faces.ids, copies=copies, votes=votes, seed=seed)
    if "train" in set(faces.table["split"]):
        said += ("Among these are training faces: if it learned from them, it is less often right on others.",)
    return replace(found, remarks=found.remarks + said)


def _training(everything: Faces, faces: Faces) -> Faces | None:
    """All training faces of the data, cleaned or not; `None` where it has none or they are what is measured."""
    in_training = (everything.table["split"] == "train").to_numpy()
    return everything[in_training] if in_training.any() and "train" not in set(faces.table["split"]) else None


def _votes(faces: Faces, ferplus: Path | None) -> pd.DataFrame | None:
    from fer_xai.emotions import canonical
    from fer_xai.faces.ferplus import votes_of

    if ferplus is None:
        return None
    votes = votes_of(faces, ferplus).drop(columns=["unknown", "NF"])
    return votes.rename(columns=canonical)


def _data(data: str | None, faces: Faces) -> dict[str, Any]:
    splits = sorted(set(faces.table["split"]) - {""})
    return {
        "source": data or "sample",
        "split": ", ".join(splits) or None,
        "faces": len(faces),
        "skipped": len(faces.skipped),
    }


def _write(out: Path, found: Evaluation, told: dict[str, Any]) -> None:
    """Tables, pictures and, last, the summary: where it stands, all is there."""
    from fer_xai.charts.evaluation import confusion_chart, per_class_chart, reliability_chart
    from fer_xai.study.files import output_folder, write_json, write_table

    output_folder(out)
    tables = {"predictions": found.predictions, "confusions": found.confusions, "per_class": found.per_class}
    charts = {"confusion": confusion_chart(found.confusion), "per_class": per_class_chart(found.per_class)}
    if found.calibration is not None:
        tables["calibration"] = found.calibration.curve
        charts["reliability"] = reliability_chart(found.calibration)
    for name, table in tables.items():
        write_table(out / f"{name}.parquet", table)
    for name, chart in charts.items():
        _write_chart(out / name, chart)
    write_json(out / "summary.json", told)


def _write_chart(path: Path, chart: Any) -> None:
    import io

    from fer_xai.atomic import write_bytes

    picture = io.BytesIO()
    chart.savefig(picture, format="png", dpi=160)
    write_bytes(path.with_suffix(".png"), picture.getvalue())
    write_bytes(path.with_suffix(".svg"), chart.svg())


def command() -> Callable[..., None]:
    """The command, for the app."""
    return evaluate
