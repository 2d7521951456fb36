"""A contact sheet of doubtful faces: for the eye, on the user's own disk."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont

from fer_xai.faces.cleaning.checks import list_checks
from fer_xai.faces.faces import Faces

_SIDE = 104
_CAPTION = 34
_TITLE = 30
_COLUMNS = 12
_ROWS = 3  # of each check
_TEXT, _BOLD = 13, 16  # sizes of letters
_COLOURS = {"drop": "#b00020", "look": "#7a5c00", "keep": "#006400"}
_LEGEND = "Below each face: its name; what is suggested (and its label). Nothing has been removed."


def contact_sheet(faces: Faces, table: pd.DataFrame, seed: int = 0) -> bytes:
    """Draw some faces of each check, the surest checks first, groups side by side, with what is suggested for them.

    Parameters
    ----------
    faces : Faces
        The data that the table was made for.
    table : DataFrame
        What `find_doubtful` gives.
    seed : int
        Of the draw, where a check of facts found more than fit; of guesses the surest are shown.

    Returns
    -------
    bytes
        A PNG.
    """
    places = pd.Series(np.arange(len(faces)), index=faces.table["face"])
    parts = {check: table[table["check"] == check] for check in list_checks()}
    bands = [_band(faces, places, check, part, seed) for check, part in parts.items() if len(part)]
    height = _TITLE + sum(band.height for band in bands)
    sheet = Image.new("RGB", (_COLUMNS * _SIDE, height), "white")
    ImageDraw.Draw(sheet).text((4, 8), _LEGEND, fill="black", font=ImageFont.load_default(_TEXT))
    top = _TITLE
    for band in bands:
        sheet.paste(band, (0, top))
        top += band.height
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _band(faces: Faces, places: pd.Series, check: str, part: pd.DataFrame, seed: int) -> Image.Image:
    module = list_checks()[check]
    shown = _some(part, _COLUMNS * _ROWS, seed) if module.RIGHT is None else part.head(_COLUMNS * _ROWS)
    sure = "a fact" if module.RIGHT is None else "a guess: on FER2013, {} of {} were right by eye".format(*module.RIGHT)
    rows = -(-len(shown) // _COLUMNS)
    band = Image.new("RGB", (_COLUMNS * _SIDE, _TITLE + rows * (_SIDE + _CAPTION)), "white")
    draw = ImageDraw.Draw(band)
    title = f"{check}: {module.TITLE} ({len(shown)} of {len(part)} shown; {sure})"
    draw.text((4, 6), title, fill="black", font=ImageFont.load_default(_BOLD))
    pixels = faces[places[shown["face"]].to_numpy()].pixels()
    for n, (face, row) in enumerate(zip(pixels, shown.itertuples(), strict=True)):
        x, y = n % _COLUMNS * _SIDE, _TITLE + n // _COLUMNS * (_SIDE + _CAPTION)
        picture = Image.fromarray(face[..., 0] if face.shape[-1] == 1 else face)
        band.paste(picture.resize((_SIDE - 2, _SIDE - 2), Image.Resampling.BICUBIC).convert("RGB"), (x, y))
        label = f" ({row.label})" if isinstance(row.label, str) and row.label else ""
        _write(draw, (x, y + _SIDE - 1), str(row.face), "black")
        _write(draw, (x, y + _SIDE + 13), f"{row.suggested}{label}", _COLOURS[str(row.suggested)])
    return band


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, colour: str) -> None:
    """A line of a caption; of a long name the end is told, where names differ."""
    font = ImageFont.load_default(_TEXT)
    whole = text
    while draw.textlength(text, font=font) > _SIDE - 4:
        whole = whole[1:]
        text = f"…{whole}"
    draw.text(place, text, fill=colour, font=font)


def _some(part: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """At most so many rows, whole groups together, drawn at random."""
    key = part["group"].where(part["group"] != "", part["face"])
    names = key.unique()
    order = pd.Series(np.random.default_rng(seed).permutation(len(names)), index=names)
    sorted_part = part.assign(_order=key.map(order)).sort_values("_order", kind="stable")
    return sorted_part.head(most).drop(columns="_order")
