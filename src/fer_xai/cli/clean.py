"""``fer-xai clean``: find doubtful faces; remove none."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_xai.cli import early, opening, options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@one_line
def clean(
    out: Annotated[Path, typer.Option("--out", "-o", help="The table: .csv or .parquet.", show_default=False)],
    data: options.Data = None,
    split: Annotated[
        str | None,
        typer.Option(help="train, validation or test; default all.", show_default=False, callback=early.split),
    ] = None,
    checks: Annotated[
        str | None,
        typer.Option(
            help="Comma list of checks; default all that can be made.", show_default=False, callback=early.checks
        ),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(help="A contact sheet (.png) of what was found, for the eye.", show_default=False),
    ] = None,
    limit: options.Limit = None,
    seed: options.Seed = 0,
    ferplus: Annotated[
        Path | None,
        typer.Option(help="FER+ votes (fer2013new.csv), for their “not a face”; labels stay.", show_default=False),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(
            help="Write an emotion's faces into the table to drop; may be repeated.",
            show_default=False,
            callback=early.drop,
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Find doubtful faces: copies, conflicting labels, constant images, no face, hidden or not human.

    It writes a table with a reason per row and removes nothing. Whatever reads faces takes the table as
    [bold]--cleaning[/bold], and then leaves out those whose [bold]suggested[/bold] says drop; edit it as you like.

    The surest checks come first: [bold]right on FER2013[/bold] says how many of how many a check flagged there were
    right when a person looked. The last one is mostly wrong.

    Example: fer-xai clean --data fer2013.csv --out doubtful.csv --sheet doubtful.png

    Example, copies only: fer-xai clean --data faces/ --checks exact_copies,near_copies --out copies.csv

    Example, use the table: fer-xai report --data fer2013.csv --cleaning doubtful.csv --out report/
    """
    _refuse_place(out, "--out", (".csv", ".parquet"))
    if sheet is not None:
        _refuse_place(sheet, "--sheet", (".png",))
    from fer_xai.atomic import write_bytes
    from fer_xai.cli.progress import bar
    from fer_xai.faces.cleaning import find_doubtful, summarise

    load_tensorflow()
    faces = opening.read_faces(data or "sample", split=split, limit=limit, seed=seed)
    opening.tell_skipped(faces)
    chosen = [name.strip() for name in checks.split(",")] if checks else None
    with bar() as track:
        table = find_doubtful(faces, chosen, votes=ferplus, emotions=tuple(drop or ()), seed=seed, track=track)
    write_bytes(out, _as_bytes(table, out.suffix))
    if sheet is not None:
        from fer_xai.faces.cleaning.sheet import contact_sheet

        write_bytes(sheet, contact_sheet(faces, table, seed))
    summary = summarise(table)
    if as_json:
        told = {"table": str(out), "sheet": str(sheet) if sheet else None, "faces": len(faces)}
        counts = {"doubtful": table["face"].nunique(), "drop": _dropped(table)}
        typer.echo(json.dumps({**told, **counts, "checks": summary.set_index("check").to_dict("index")}))
    else:
        _show(summary, len(faces), _dropped(table))
        typer.echo(out)


def _dropped(table: pd.DataFrame) -> int:
    return int(table.loc[table["suggested"] == "drop", "face"].nunique())


def _as_bytes(table: pd.DataFrame, suffix: str) -> bytes:
    if suffix == ".csv":
        return table.to_csv(index=False, lineterminator="\n", float_format="%.4f").encode()
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _refuse_place(path: Path, option: str, suffixes: tuple[str, ...]) -> None:
    if path.suffix not in suffixes:
        raise InputError(f"{option} {path}: expected a name that ends in {' or '.join(suffixes)}")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"{option} {path} cannot be written: give a file in a folder that exists and can be written")


def _show(summary: pd.DataFrame, total: int, dropped: int) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=f"{total} faces; {dropped} are suggested to be dropped, none was removed")
    shown.add_column("check", no_wrap=True)
    for name in ("faces", "drop", "look", "test in\ntrain", "validation\nin train"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("right on\nFER2013", no_wrap=True)
    for row in summary.itertuples():
        counts = (row.faces, row.drop, row.look, row.test_in_train, row.validation_in_train)
        shown.add_row(str(row.check), *(str(count) if count else "" for count in counts), str(row.right))
    shown.caption = (
        "right on FER2013: of so many faces that a check flagged there and people looked at, it was right on"
    )
    Console().print(shown)


def command() -> Callable[..., None]:
    """The command, for the app."""
    return clean
