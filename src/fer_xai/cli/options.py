"""Options that several commands share, and what they open."""

from __future__ import annotations

import functools
import importlib
import re
import runpy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_xai.cli.loudness import detail, remark, remark_at_the_end
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.classifier import Classifier
    from fer_xai.faces import Faces

FACES, MODEL, METHOD, TELLING = "Faces", "Model", "Method", "What is told"  # panels of --help


def known(names: str) -> Callable[[str], list[str]]:
    """Completes a value, or the last of a comma list, by the names that ``fer_xai`` lists."""

    def complete(incomplete: str) -> list[str]:
        import fer_xai

        before, comma, begun = incomplete.rpartition(",")
        return [f"{before}{comma}{name}" for name in getattr(fer_xai, names)() if name.startswith(begun)]

    return complete


def _among(*values: str) -> Callable[[str], list[str]]:
    return lambda incomplete: [value for value in values if value.startswith(incomplete)]


Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        "-m",
        help="A .keras, .h5 or .hdf5 file, or a bundled classifier: compact (default), baseline-cnn.",
        show_default=False,
        rich_help_panel=MODEL,
    ),
]
Emotions = Annotated[
    str | None,
    typer.Option(
        help="Order of the outputs: fer2013, ferplus, alphabetical, or a,b,c.",
        show_default=False,
        rich_help_panel=MODEL,
        autocompletion=_among("fer2013", "ferplus", "alphabetical"),
    ),
]
Scaling = Annotated[
    str | None,
    typer.Option(
        help="unit (0…1), tf (−1…1), caffe, torch, raw (0…255) or zscore:MEAN,STD.",
        show_default=False,
        rich_help_panel=MODEL,
        autocompletion=_among("unit", "tf", "caffe", "torch", "raw", "zscore:"),
    ),
]
TrustModel = Annotated[
    bool, typer.Option("--trust-model", help="Let code inside the model file run.", rich_help_panel=MODEL)
]
Colour = Annotated[
    str | None,
    typer.Option(
        help="What the model's channels are: grey, rgb (default for 3) or bgr.",
        show_default=False,
        rich_help_panel=MODEL,
        autocompletion=_among("grey", "rgb", "bgr"),
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        help="The output with the emotions, where the model has several.", show_default=False, rich_help_panel=MODEL
    ),
]
Illumination = Annotated[
    str | None,
    typer.Option(
        help="Treatment of light before the model: clahe, diffusion, gamma, histogram.",
        show_default=False,
        rich_help_panel=MODEL,
        autocompletion=_among("clahe", "diffusion", "gamma", "histogram"),
    ),
]
InputShape = Annotated[
    str | None,
    typer.Option(help="HxWxC, where the model does not tell: 48x48x1.", show_default=False, rich_help_panel=MODEL),
]
Builder = Annotated[
    str | None,
    typer.Option(
        help="FILE.py:FUNCTION or package.module:FUNCTION that builds the model.",
        show_default=False,
        rich_help_panel=MODEL,
    ),
]
Method = Annotated[
    str,
    typer.Option(help="A method, or method:variant.", rich_help_panel=METHOD, autocompletion=known("list_explainers")),
]
Methods = Annotated[
    str | None,
    typer.Option(
        help="Comma list, e.g. lime:slic,gradcam; default the standard ones.",
        show_default=False,
        rich_help_panel=METHOD,
        autocompletion=known("list_explainers"),
    ),
]
Codebook = Annotated[
    str,
    typer.Option(
        help="The emotion → action unit table that comes first: a bundled one, or a .json or .toml file.",
        rich_help_panel=METHOD,
        autocompletion=known("list_codebooks"),
    ),
]
Target = Annotated[
    str,
    typer.Option(
        help="What is explained: predicted, label (labelled faces), an emotion, or a contrast as fear-surprise.",
        rich_help_panel=METHOD,
    ),
]
Data = Annotated[
    str | None,
    typer.Option(
        "--data",
        "-d",
        help="FER2013 CSV, image folders, .npz, sample (the bundled faces; default), drawn or drawn-cheating.",
        show_default=False,
        rich_help_panel=FACES,
    ),
]
Split = Annotated[
    str | None,
    typer.Option(
        help="train, validation or test; default test where there is one.",
        show_default=False,
        rich_help_panel=FACES,
        autocompletion=_among("train", "validation", "test"),
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Take a sample of so many faces, stratified by label.",
        show_default=False,
        rich_help_panel=FACES,
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Same seed, same numbers.", rich_help_panel=METHOD)]
Ferplus = Annotated[
    Path | None,
    typer.Option(help="FER+ votes (fer2013new.csv) that relabel FER2013.", show_default=False, rich_help_panel=FACES),
]
Votes = Annotated[
    Path | None,
    typer.Option(
        help="FER+ votes beside the labels, which stay: what people say of doubtful ones.",
        show_default=False,
        rich_help_panel=FACES,
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(help="Leave an emotion out; may be repeated.", show_default=False, rich_help_panel=FACES),
]
Cleaning = Annotated[
    Path | None,
    typer.Option(
        "--cleaning",
        help="A table of fer-xai clean: leave out the faces that it says to drop.",
        show_default=False,
        rich_help_panel=FACES,
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON object on stdout and nothing else there.", rich_help_panel=TELLING),
]


def check_places(models: Sequence[Path | None] = (), data: str | None = None) -> None:
    """Refuse models and data that are not there, before TensorFlow takes its seconds to load."""
    from fer_xai.classifier.bundled import model_path
    from fer_xai.classifier.files import check_path
    from fer_xai.faces.formats import find_format

    for model in models:
        check_path(model_path(model))
    if data is not None:
        find_format(data)


def open_faces(
    data: str | Faces | None,
    split: str | None,
    limit: int | None = None,
    seed: int = 0,
    ferplus: Path | None = None,
    drop: list[str] | None = None,
    cleaning: Path | None = None,
    votes: Path | None = None,
) -> Faces:
    """Read the faces that the shared options name; without a split, test where there is one, else all."""
    from fer_xai.faces import load_faces

    read = functools.partial(
        load_faces,
        data or "sample",
        ferplus=ferplus,
        votes=votes,
        cleaning=cleaning,
        drop=tuple(drop or ()),
        seed=seed,
    )
    if split is not None:
        return _told(read(split=split, limit=limit))
    faces = read()
    in_test = (faces.table["split"] == "test").to_numpy()
    faces = faces[in_test] if in_test.any() else faces
    return _told(faces if limit is None else faces.sample(limit, seed))


def _told(faces: Faces) -> Faces:
    for line in (repr(faces), *faces.skipped):
        detail(line)
    return faces


def open_classifier(
    model: Path | None,
    emotions: str | None = None,
    scaling: str | None = None,
    trust_model: bool = False,
    colour: str | None = None,
    output: str | None = None,
    input_shape: str | None = None,
    builder: str | None = None,
    illumination: str | None = None,
) -> Classifier:
    """Open the classifier that the shared options name."""
    from fer_xai.classifier import load_classifier

    if trust_model and model is not None:
        say_what_runs(Path(model))
    unsaid = _nobody_said(model, emotions, scaling)
    classifier = load_classifier(
        model,
        emotions=emotions,
        scaling=scaling,
        trust_model=trust_model,
        colour=colour,
        output=output,
        input_shape=read_shape(input_shape) if input_shape else None,
        illumination=illumination,
        builder=read_builder(builder) if builder else None,
    )
    detail(repr(classifier))
    if model is not None and unsaid:
        _say_what_is_assumed(Path(model), classifier, unsaid)
    return classifier


def say_what_runs(path: Path) -> None:
    """A remark on the code that a trusted model file brings; nothing where it brings none."""
    from fer_xai.classifier.refusal import refuse_code

    if not path.exists():
        return
    try:
        if path.is_dir():
            raise InputError(f"{path} is a SavedModel, whose graph is code")
        refuse_code(path)
    except InputError as error:
        remark(f"trusted, and may do whatever you may: {str(error).partition(': pass --trust-model')[0]}")


def _nobody_said(model: Path | None, emotions: str | None, scaling: str | None) -> list[str]:
    """Of one's own model, what neither a command nor an earlier one has said about how it is to be read."""
    from fer_xai.classifier.bundled import model_path
    from fer_xai.classifier.memory import recall

    path = model_path(model)
    if model is None or path != Path(model) or not path.exists():
        return []
    known = {
        **recall(path),
        **({"scaling": scaling} if scaling else {}),
        **({"emotions": emotions} if emotions else {}),
    }
    return [name for name in ("scaling", "emotions") if name not in known]


def _say_what_is_assumed(path: Path, classifier: Classifier, unsaid: list[str]) -> None:
    """A remark: most wrong explanations start with a scaling or an order that nobody checked."""
    values = {"scaling": classifier.scaling, "emotions": " ".join(classifier.emotions)}
    assumed = [f"{name} {values[name]}" for name in unsaid]
    remark_at_the_end(
        f"assumed of {path.name}: {', '.join(assumed)}. Say otherwise, or find out from labelled faces: "
        f"fer-xai inspect {path} --data FACES"
    )


def read_shape(text: str) -> tuple[int, ...]:
    """Height, width and channels of ``48x48x1``."""
    parts = text.lower().split("x")
    if len(parts) != 3 or not all(re.fullmatch("[1-9][0-9]{0,3}", part) for part in parts):
        raise InputError(f"--input-shape {text}: expected height x width x channels, for example 48x48x1")
    return tuple(int(part) for part in parts)


def read_builder(named: str) -> Callable[[], Any]:
    """The user's own function that ``FILE.py:FUNCTION`` or ``package.module:FUNCTION`` names."""
    place, _, name = named.rpartition(":")
    if not place or not name:
        raise InputError(f"--builder {named}: expected FILE.py:FUNCTION or package.module:FUNCTION")
    try:
        function = (
            runpy.run_path(place)[name] if place.endswith(".py") else getattr(importlib.import_module(place), name)
        )
    except KeyError as error:
        raise InputError(f"--builder {named}: {place} has no function {name}") from error
    # The file is the user's own code, which may raise anything while it is read.
    except Exception as error:
        raise InputError(f"--builder {named}: {place} cannot be read ({type(error).__name__}: {error})") from error
    if not callable(function):
        raise InputError(f"--builder {named}: {name} is no function")
    return function
