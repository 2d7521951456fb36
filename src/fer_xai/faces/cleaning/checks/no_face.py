"""Pictures in which no face is to be seen: text, icons, blank or cropped away.

The face mesh sees nothing there; but it does not see many faces in profile either, so only pictures whose texture is
quite unlike a photograph's are suggested to be dropped.
"""

from __future__ import annotations

import numpy as np

from fer_xai.faces.cleaning.request import Finding, Request

TITLE = "no face for the face mesh, and no texture of a photograph"
NEEDS = None
RIGHT = (4, 7)

UNSEEN = 0.05  # the mesh's presence probability below which it sees no face
_NOTHING = 0.005  # and below which a person should look, whatever the texture
_UNLIKE, _QUITE_UNLIKE = (
    0.1,
    0.3,
)  # probabilities of a drawing from which it is not like, and quite unlike, a photograph


def find(request: Request) -> list[Finding]:
    """Every picture, constant ones aside, in which no face is seen."""
    seen, drawn = request.landmarks.scores, request.drawn
    no_photograph = (seen < UNSEEN) & (drawn >= _QUITE_UNLIKE)
    doubtful = ((seen < UNSEEN) & (drawn >= _UNLIKE) | (seen < _NOTHING)) & ~request.constant
    return [
        Finding(
            int(place),
            "no face",
            "drop" if no_photograph[place] else "look",
            f"face seen with probability {seen[place]:.3f}, drawn with {drawn[place]:.2f}",
            score=float(seen[place]),
        )
        for place in sorted(np.flatnonzero(doubtful), key=lambda place: -drawn[place])
    ]
