"""What a convolution makes of a face."""

from __future__ import annotations

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine.activations import Activations


def feature_maps(classifier: Classifier | Activations, faces: np.ndarray, layer: str) -> np.ndarray:
    """Maps of every channel of a convolution, its activation included.

    Parameters
    ----------
    classifier : Classifier or Activations
        Give `Activations` to ask for several layers: it keeps what it traced.
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    layer : str
        Path or name of a convolution, inside nested backbones too.

    Returns
    -------
    ndarray (N, h, w, K) float32
        Not normalised.

    Raises
    ------
    InputError
        If there is no such convolution, or the classifier is a black box.

    References
    ----------
    Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks".

    Examples
    --------
    >>> from fer_xai import load_classifier, load_faces
    >>> feature_maps(load_classifier("baseline-cnn"), load_faces("sample")[:2].images(), "conv2d_2").shape
    (2, 48, 48, 32)
    """
    activations = classifier if isinstance(classifier, Activations) else Activations(classifier)
    return activations.maps(faces, layer)


def strongest_channels(maps: np.ndarray, count: int) -> np.ndarray:
    """The `count` channels of maps (h, w, K) with the highest peak, strongest first; ties go to the lower number."""
    return np.argsort(-maps.max(axis=(0, 1)), kind="stable")[:count]
