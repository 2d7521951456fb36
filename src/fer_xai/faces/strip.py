"""How a set of faces shows itself in a notebook: what it is, and its first faces side by side."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fer_xai.faces.faces import Faces

MOST = 12
_SIDE = 72  # screen pixels of a face


def strip_html(faces: Faces) -> str:
    """What ``repr`` says, and below it the first `MOST` faces; their names and labels as the picture's title."""
    words = f"<code>{escape(repr(faces))}</code>"
    if not len(faces):
        return words
    shown = faces[:MOST]
    names = ", ".join(
        f"{face} ({label})" if label else face for face, label in zip(shown.ids, shown.labels, strict=True)
    )
    more = f" and {len(faces) - MOST:,} more" if len(faces) > MOST else ""
    picture = base64.b64encode(strip_png(shown)).decode()
    return (
        f"{words}<br><img alt='{escape(names, quote=True)}{more}' title='{escape(names, quote=True)}{more}' "
        f"style='height: {_SIDE}px; image-rendering: pixelated' src='data:image/png;base64,{picture}'>"
    )


def strip_png(faces: Faces) -> bytes:
    """Faces side by side as PNG, their own pixels."""
    from PIL import Image

    row = np.concatenate(list(faces.pixels()), axis=1)
    buffer = io.BytesIO()
    Image.fromarray(row[..., 0] if row.shape[-1] == 1 else row).save(buffer, "PNG")
    return buffer.getvalue()
