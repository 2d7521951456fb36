"""The ladder: face mesh, light regressor, average face, none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fer_xai.faces.landmarks.canvas import grey_faces
from fer_xai.faces.landmarks.landmarks import VERTICES, Landmarks
from fer_xai.faces.landmarks.mesh import PRESENT, Mesh
from fer_xai.faces.landmarks.regressor import Regressor
from fer_xai.faces.landmarks.shape import shape_model

SETTLED = 0.06  # spread of the regressor's views up to which its points are taken
A_FACE = 0.08  # spread up to which there is a face at all, so that an average one may stand for it


def find_landmarks(images: Any, progress: Callable[[int], None] | None = None) -> Landmarks:
    """Find the face mesh on every face.

    The light regressor looks at all faces first, in batches, and tells the mesh where to look: one pass of the mesh is
    then enough on nearly all. A face that the mesh does not see is looked at by the regressor in several views; if they
    agree, their mean is taken, and if they agree roughly, an average face, which is good for coarse regions only. A
    face's points do not depend on the others in the batch.

    Parameters
    ----------
    images : array, shape (N, H, W) or (N, H, W, 1 | 3)
        uint8, or float in [0, 1]; or anything with ``.images()``. Colour is reduced to luma.
    progress : callable, optional
        Called with the number of faces done, after each one.

    Returns
    -------
    Landmarks
        Its ``source`` tells each face's rung: ``mesh`` (presence probability at least .5), ``regressor``, ``atlas`` or
        ``none``, whose points are NaN.

    Raises
    ------
    InputError
        If the array has another shape, or the mesh's file is not installed.

    References
    ----------
    The mesh: Kartynnik et al. 2019, "Real-time facial surface geometry from monocular video on mobile GPUs".

    Examples
    --------
    >>> from fer_xai import load_faces
    >>> landmarks = find_landmarks(load_faces("sample")[:2])
    >>> landmarks.points.shape, landmarks.source
    ((2, 468, 2), ('mesh', 'mesh'))
    """
    grey = grey_faces(images)
    points = np.full((len(grey), VERTICES, 2), np.nan, np.float32)
    scores, source = np.zeros(len(grey), np.float32), []
    if len(grey):
        mesh, regressor = Mesh(), Regressor()
        guesses = regressor.guess(grey)
        for i, (face, guess) in enumerate(zip(grey, guesses, strict=True)):
            found, scores[i] = mesh.locate(face, guess)
            rung = "mesh" if scores[i] >= PRESENT else None
            if rung is None:
                found, rung = _without_mesh(regressor, face, guess)
            points[i] = found
            source.append(rung)
            if progress is not None:
                progress(i + 1)
    return Landmarks(points, scores, tuple(source))


def _without_mesh(regressor: Regressor, face: np.ndarray, guess: np.ndarray) -> tuple[np.ndarray, str]:
    """Points and rung of a face that the mesh does not see."""
    settled, spread = regressor.settle(face, guess)
    if np.ptp(face) == 0 or spread > A_FACE:
        return np.full((VERTICES, 2), np.nan), "none"
    if spread <= SETTLED:
        return settled, "regressor"
    height, width = face.shape
    return shape_model().average * [width, height], "atlas"
