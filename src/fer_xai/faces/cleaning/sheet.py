"""A contact sheet of doubtful faces: for the eye, on the user's own disk."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from fer_xai.faces.cleaning.checks import list_checks
from fer_xai.faces.faces import Faces

_SIDE = 72
_CAPTION = 24
_TITLE = 20
_COLUMNS = 15
_ROWS = 3  # of each check


def contact_sheet(faces: Faces, table: pd.DataFrame, seed: int = 0) -> bytes:
    """Draw some faces of each check, groups side by side, with what is suggested for them.

    Parameters
    ----------
    faces : Faces
        The data that the table was made for.
    table : DataFrame
        What `find_doubtful` gives.
    seed : int
        Of the draw, where a check found more than fit.

    Returns
    -------
    bytes
        A PNG.
    """
    places = pd.Series(np.arange(len(faces)), index=faces.table["face"])
    bands = [_band(faces, places, str(check), part, seed) for check, part in table.groupby("check", sort=True)]
    height = sum(band.height for band in bands)
    sheet = Image.new("RGB", (_COLUMNS * _SIDE, max(height, 1)), "white")
    top = 0
    for band in bands:
        sheet.paste(band, (0, top))
        top += band.height
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _band(faces: Faces, places: pd.Series, check: str, part: pd.DataFrame, seed: int) -> Image.Image:
    shown = _some(part, _COLUMNS * _ROWS, seed)
    rows = -(-len(shown) // _COLUMNS)
    band = Image.new("RGB", (_COLUMNS * _SIDE, _TITLE + rows * (_SIDE + _CAPTION)), "white")
    draw = ImageDraw.Draw(band)
    draw.text((2, 4), f"{check}: {list_checks()[check].TITLE} ({len(shown)} of {len(part)})", fill="black")
    pixels = faces[places[shown["face"]].to_numpy()].pixels()
    for n, (face, row) in enumerate(zip(pixels, shown.itertuples(), strict=True)):
        x, y = n % _COLUMNS * _SIDE, _TITLE + n // _COLUMNS * (_SIDE + _CAPTION)
        picture = Image.fromarray(face[..., 0] if face.shape[-1] == 1 else face)
        band.paste(picture.resize((_SIDE - 2, _SIDE - 2), Image.Resampling.BICUBIC).convert("RGB"), (x, y))
        colour = {"drop": "#b00020", "look": "#8a6d00"}.get(str(row.suggested), "#006400")
        draw.text((x, y + _SIDE - 2), str(row.face)[-12:], fill="black")
        draw.text((x, y + _SIDE + 9), f"{row.suggested} {row.label or ''}"[:13], fill=colour)
    return band


def _some(part: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """At most so many rows, whole groups together, drawn at random."""
    key = part["group"].where(part["group"] != "", part["face"])
    names = key.unique()
    order = pd.Series(np.random.default_rng(seed).permutation(len(names)), index=names)
    sorted_part = part.assign(_order=key.map(order)).sort_values("_order", kind="stable")
    return sorted_part.head(most).drop(columns="_order")
