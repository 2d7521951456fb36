"""``fer-xai report``: explain many faces and write the report."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_xai.charts.words import counted
from fer_xai.cli import early, opening, options
from fer_xai.cli.errors import one_line
from fer_xai.cli.loudness import remark, remark_at_the_end
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.study import Study
    from fer_xai.study.workers import Workers

EARLY = (
    "Not the last word: it is being asked which method to believe. These pages will then be written anew, and may lead "
    "with another method and other figures."
)
FEW = 50  # faces; of fewer, asking which method to believe takes longer than explaining them
PATIENCE = 60  # seconds of explaining after which pages are written before the last questions are asked


@one_line
def report(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the report; the same command resumes there.")],
    model: options.Model = None,
    data: options.Data = None,
    split: options.Split = None,
    methods: options.Methods = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            help="Any option of a method, as METHOD.NAME=VALUE; may be repeated.",
            show_default=False,
            rich_help_panel=options.METHOD,
        ),
    ] = None,
    target: options.Target = "predicted",
    codebook: options.Codebook = "facs2002",
    limit: options.Limit = None,
    seed: options.Seed = 0,
    trust: Annotated[
        int | None,
        typer.Option(
            help="Faces on which to ask which method to believe; default an eighth, 12 to 48, of fewer than 12 none; "
            "0: do not ask.",
            min=0,
            show_default=False,
        ),
    ] = None,
    ferplus: options.Ferplus = None,
    votes: options.Votes = None,
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
    workers: Annotated[
        int,
        typer.Option(
            min=1, help="Processes that explain, each with a model of its own; with --engine ray, its workers."
        ),
    ] = 1,
    engine: Annotated[
        str,
        typer.Option(
            help="local, or ray: a Ray cluster (extra ray).", callback=early.one_of("engine", ("local", "ray"))
        ),
    ] = "local",
    address: Annotated[
        str | None, typer.Option(help="With --engine ray: the cluster; default this machine.", show_default=False)
    ] = None,
    gpus: Annotated[float, typer.Option(min=0, help="With --engine ray: each worker's share of a GPU.")] = 0.0,
    single_file: Annotated[
        bool, typer.Option("--single-file", help="Also bind the pages into one file to mail, OUT/report.html.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Explain many faces by several methods and write one HTML report.

    Without options but [bold]--out[/bold] it explains the 101 bundled faces by the bundled classifier. A run that was
    stopped goes on when the same command is given again, and one of some methods grows by further ones.

    Example, without anything of one's own: fer-xai report --out report/

    Example: fer-xai report --model M.keras --data fer2013.csv --split test --limit 350 --out report/

    Example, another layer: fer-xai report -m M.h5 -d faces/ -o r/ --methods gradcam --option gradcam.layer=conv2d_3

    Example, a first look by quick methods: fer-xai report -m M.keras -d faces/ -o r/ --methods gradcam --trust 0

    Example, all methods when it was worth it, in the same folder: fer-xai report --model M.keras -d faces/ -o r/
    """
    from fer_xai.cli.forecast import forecast
    from fer_xai.cli.progress import bar
    from fer_xai.explainers.options import parse_options_of
    from fer_xai.report import render, write_single_file
    from fer_xai.study import run_study, standard_methods
    from fer_xai.study.files import check_folder
    from fer_xai.study.run import OWN
    from fer_xai.study.trust import sample_sizes

    check_folder(out, own=OWN)
    chosen_workers = choose_workers(workers, engine, address, gpus)
    opening.check_places([model], data)
    load_tensorflow()
    began = time.monotonic()
    classifier = opening.open_classifier(
        model, emotions, scaling, trust_model, colour, output, input_shape, builder, illumination
    )
    faces = opening.open_faces(data, split, limit, seed, ferplus, drop, cleaning, votes)
    chosen, left_out = (tuple(methods.split(",")), {}) if methods else standard_methods(classifier)
    own = parse_options_of(chosen, option or ())
    for name, reason in left_out.items():
        remark(f"left out {name}: {reason}")
    if trust is None and not any(sample_sizes(len(faces))):
        asked = f"of {counted(len(faces), 'face')} nothing could be told"
        remark(f"which method to believe is not asked: {asked} (--trust N asks it)")
    elif trust is None and len(faces) < FEW:
        asked = "of so few faces that takes longer than the maps, tenfold by quick methods (--trust 0: do not)"
        remark_at_the_end(f"which method to believe is asked too: {asked}")
    long = None if (out / "study.json").exists() else forecast(classifier, faces, chosen, own)
    if long:
        remark(long)
    splits = ", ".join(sorted(set(faces.table["split"]) - {""}))
    with bar() as track:

        def pages(study: Study, foreword: str = "") -> Path:
            track("writing pages", 0, 1)
            index = render(study, foreword)
            track("writing pages", 1, 1)
            return index

        def early_pages(study: Study) -> None:
            if time.monotonic() - began > PATIENCE:
                index = pages(study, EARLY)
                remark(f"{index} can be read by now; which method to believe is asked next, and told there then")

        study = run_study(
            classifier,
            faces,
            out,
            methods=chosen,
            target=target,
            codebook=codebook,
            seed=seed,
            data={"source": data or "sample", "split": splits or None},
            options=own,
            trust=trust,
            workers=chosen_workers,
            track=track,
            ready=early_pages,
        )
        index = pages(study)
    bound = write_single_file(out) if single_file else None
    size = bound.stat().st_size if bound else 0
    if as_json:
        told = {"index": str(index), **({"single_file": str(bound), "single_file_bytes": size} if bound else {})}
        typer.echo(json.dumps({**told, **json.loads((out / "summary.json").read_text())}))
    else:
        typer.echo(index)
        if bound:
            typer.echo(f"{bound} ({size / 1e6:.1f} MB)")


def choose_workers(count: int, engine: str, address: str | None, gpus: float) -> Workers:
    """Who explains, as the options say it."""
    from fer_xai.study.workers import HERE, Processes, Ray

    if engine == "ray":
        return Ray(count, address, gpus)
    if address is not None or gpus:
        raise InputError("--address and --gpus are of a Ray cluster: give --engine ray with them, or leave them out")
    return Processes(count) if count > 1 else HERE


def command() -> Callable[..., None]:
    """The command, for the app."""
    return report
