"""Options that several commands share, and what they open."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fer_xai.classifier import Classifier
    from fer_xai.faces import Faces

Model = Annotated[
    Path | None,
    typer.Option(
        "--model", "-m", help="A .keras, .h5 or .hdf5 file; without it, the bundled classifier.", show_default=False
    ),
]
Emotions = Annotated[
    str | None, typer.Option(help="Order of the outputs: fer2013, ferplus, alphabetical, or a,b,c.", show_default=False)
]
Scaling = Annotated[
    str | None,
    typer.Option(help="unit (0…1), tf (−1…1), caffe, torch, raw (0…255) or zscore:MEAN,STD.", show_default=False),
]
TrustModel = Annotated[bool, typer.Option("--trust-model", help="Let code inside the model file run.")]
Data = Annotated[
    str | None,
    typer.Option(
        "--data",
        "-d",
        help="FER2013 CSV, image folders, .npz, or sample; without it, the bundled faces.",
        show_default=False,
    ),
]
Split = Annotated[
    str | None, typer.Option(help="train, validation or test; default test where there is one.", show_default=False)
]
Limit = Annotated[
    int | None, typer.Option(min=1, help="Take a sample of so many faces, stratified by label.", show_default=False)
]
Seed = Annotated[int, typer.Option(help="Same seed, same numbers.")]
Ferplus = Annotated[
    Path | None, typer.Option(help="FER+ votes (fer2013new.csv) that relabel FER2013.", show_default=False)
]
Drop = Annotated[list[str] | None, typer.Option(help="Leave an emotion out; may be repeated.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


def open_faces(
    data: str | None,
    split: str | None,
    limit: int | None = None,
    seed: int = 0,
    ferplus: Path | None = None,
    drop: list[str] | None = None,
) -> Faces:
    """Read the faces that the shared options name; without a split, test where there is one, else all."""
    from fer_xai.faces import load_faces

    read = functools.partial(load_faces, data or "sample", ferplus=ferplus, drop=tuple(drop or ()), seed=seed)
    if split is not None:
        return read(split=split, limit=limit)
    faces = read()
    in_test = (faces.table["split"] == "test").to_numpy()
    faces = faces[in_test] if in_test.any() else faces
    return faces if limit is None else faces.sample(limit, seed)


def open_classifier(model: Path | None, emotions: str | None, scaling: str | None, trust_model: bool) -> Classifier:
    """Open the classifier that the shared options name."""
    from fer_xai.classifier import load_classifier

    return load_classifier(model, emotions=emotions, scaling=scaling, trust_model=trust_model)
