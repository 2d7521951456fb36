"""Normalization by isotropic diffusion: the face divided by its own smoothed light."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from fer_xai.classifier.illumination.layer import IlluminationLayer

_SMOOTHNESS = 7.0  # at 48 pixels; the INface toolbox's default
_SIDE = 48
_WEBER = 0.01  # keeps black pixels from dividing by nothing


@keras.saving.register_keras_serializable("fer_xai")
class DiffusionNormalization(IlluminationLayer):
    """I ↦ I / (I + L), where the light L is the face I after isotropic diffusion.

    L minimizes ∬ (L − I)² + λ |∇L|²: it solves L − λ ∇²L = I with no flow across the border, which the discrete cosine
    transform does exactly. λ is 7 at 48 pixels and grows with the area, so a face is treated alike at any size. The
    quotient q = I / L, the reflectance, is brought into [0, 1] by q / (1 + q): a pixel as bright as its
    surroundings becomes one half. Both terms get .01 added, so that black has no noise.

    References
    ----------
    Heusch, Cardinaux and Marcel 2005, "Lighting normalization algorithms for face verification", IDIAP-Com 05-03;
    the isotropic form of Gross and Brajovic 2003, "An image preprocessing algorithm for illumination invariant face
    recognition". In the INface toolbox (Štruc and Pavešić 2011) and, for facial expressions, Shin, Kim and Kwon 2016,
    "Baseline CNN structure analysis for facial expression recognition".
    """

    def treat(self, luma: Any) -> Any:
        """Normalize each face (N, H, W)."""
        height, width = luma.shape[1:]
        rows, columns = (ops.convert_to_tensor(_cosines(side), "float32") for side in (height, width))
        damped = ops.convert_to_tensor(_damping(height, width), "float32")
        waves = ops.matmul(ops.matmul(rows, luma), ops.transpose(columns))
        light = ops.matmul(ops.matmul(ops.transpose(rows), waves * damped), columns)
        return (luma + _WEBER) / (luma + light + 2 * _WEBER)


def _cosines(side: int) -> np.ndarray:
    """The orthonormal discrete cosine transform (DCT-II) as a matrix (side, side)."""
    from scipy.fft import dct

    return np.asarray(dct(np.eye(side), axis=0, norm="ortho"))


def _damping(height: int, width: int) -> np.ndarray:
    """What diffusion leaves of each wave (H, W): 1 / (1 + λ (μ + ν)), μ and ν the Laplacian's eigenvalues."""
    smoothness = _SMOOTHNESS * (height * width) / _SIDE**2
    down, right = (2 - 2 * np.cos(np.pi * np.arange(side) / side) for side in (height, width))
    return np.asarray(1 / (1 + smoothness * (down[:, None] + right)))


LAYER = DiffusionNormalization
