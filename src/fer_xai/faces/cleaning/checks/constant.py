"""Images that hold one value only."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.cleaning.request import Finding, Request

TITLE = "images of one value"
NEEDS = None
RIGHT = None


def find(request: Request) -> list[Finding]:
    """Every constant image: drop."""
    places = np.flatnonzero(request.constant)
    values = request.faces[places].pixels()[:, 0, 0, 0]
    return [
        Finding(int(place), "constant image", "drop", f"every pixel is {value}")
        for place, value in zip(places, values, strict=True)
    ]
