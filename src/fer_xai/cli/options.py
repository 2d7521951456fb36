"""Options that several commands share; a name that is not known is refused while the command line is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from fer_xai.cli import early

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
        callback=early.emotions,
        rich_help_panel=MODEL,
        autocompletion=_among("fer2013", "ferplus", "alphabetical"),
    ),
]
Scaling = Annotated[
    str | None,
    typer.Option(
        help="unit (0…1), tf (−1…1), caffe, torch, raw (0…255) or zscore:MEAN,STD.",
        show_default=False,
        callback=early.scaling,
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
        callback=early.colour,
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
        callback=early.illumination,
        rich_help_panel=MODEL,
        autocompletion=_among("clahe", "diffusion", "gamma", "histogram"),
    ),
]
InputShape = Annotated[
    str | None,
    typer.Option(
        help="HxWxC, where the model does not tell: 48x48x1.",
        show_default=False,
        callback=early.shape,
        rich_help_panel=MODEL,
    ),
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
    typer.Option(
        help="A method, or method:variant.",
        callback=early.method,
        rich_help_panel=METHOD,
        autocompletion=known("list_explainers"),
    ),
]
Methods = Annotated[
    str | None,
    typer.Option(
        help="Comma list, e.g. lime:slic,gradcam; default the standard ones.",
        show_default=False,
        callback=early.methods,
        rich_help_panel=METHOD,
        autocompletion=known("list_explainers"),
    ),
]
Codebook = Annotated[
    str,
    typer.Option(
        help="The emotion → action unit table that comes first: a bundled one, or a .json or .toml file.",
        callback=early.codebook,
        rich_help_panel=METHOD,
        autocompletion=known("list_codebooks"),
    ),
]
Target = Annotated[
    str,
    typer.Option(
        help="What is explained: predicted, label (labelled faces), an emotion, or a contrast as fear-surprise.",
        callback=early.target,
        rich_help_panel=METHOD,
    ),
]
TargetOrEvery = Annotated[
    str,
    typer.Option(
        help="What is explained: predicted, label, an emotion, a contrast as fear-surprise, or every: each in turn.",
        callback=early.target_or_every,
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
        callback=early.split,
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
    typer.Option(
        help="Leave an emotion out; may be repeated.", show_default=False, callback=early.drop, rich_help_panel=FACES
    ),
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
