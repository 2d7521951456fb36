"""What the class-activation methods share: a layer's maps, weighted, on the face's pixels."""

from __future__ import annotations

import numpy as np

from fer_xai.explainers.enlarge import enlarge
from fer_xai.explainers.registry import Attribution


def on_face(cam: np.ndarray, layer: str, size: tuple[int, int], relu: bool) -> Attribution:
    """Bring a map at a layer's own grid to the face.

    Parameters
    ----------
    cam : ndarray (N, h, w)
        Signed.
    layer : str
        Where it was read.
    size : (H, W)
        Of the face.
    relu : bool
        Keep only what speaks for the target.

    Returns
    -------
    Attribution
        Its details state the layer, its grid, the size of a grid cell in face pixels, and hold the map itself.
    """
    cam = np.maximum(cam, 0) if relu else cam
    height, width = cam.shape[1:]
    details = {
        "layer": layer,
        "grid": [height, width],
        "cell": [size[0] / height, size[1] / width],
        "cam": cam,
    }
    return Attribution(enlarge(cam, size), details=details)
