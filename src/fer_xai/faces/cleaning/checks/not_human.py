"""Faces that are drawn: comics, cartoons, engravings, clip art.

The network-surgery document leaves out "statues, comic book faces, cartoon faces, and drawn faces". Texture tells the
drawn ones; statues, paintings and rendered people are missed. README.md in the folder above tells how often.
"""

from __future__ import annotations

import numpy as np

from fer_xai.faces.cleaning.checks.no_face import UNSEEN
from fer_xai.faces.cleaning.request import Finding, Request

TITLE = "faces with the texture of a drawing"
NEEDS = None
RIGHT = (11, 13)

_LIKELY, _SURE = 0.5, 0.9


def find(request: Request) -> list[Finding]:
    """Every face that looks drawn: drop where that is nearly sure, else look."""
    drawn = request.drawn
    seen = (request.landmarks.scores >= UNSEEN) & ~request.constant
    return [
        Finding(
            int(place),
            "not a human face",
            "drop" if drawn[place] >= _SURE else "look",
            f"drawn with probability {drawn[place]:.2f}",
            score=float(drawn[place]),
        )
        for place in sorted(np.flatnonzero(seen & (drawn >= _LIKELY)), key=lambda place: -drawn[place])
    ]
