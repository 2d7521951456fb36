"""Histogram equalization: every brightness becomes equally frequent."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from fer_xai.classifier.illumination.counting import between, histograms, stretched
from fer_xai.classifier.illumination.layer import IlluminationLayer

_BINS = 256


@keras.saving.register_keras_serializable("fer_xai")
class HistogramEqualization(IlluminationLayer):
    """Each pixel's brightness becomes the share of the face's pixels that are no brighter.

    256 bins from the face's darkest to its lightest pixel; the cumulated share is read between the bins' centres, as
    `skimage.exposure.equalize_hist` does. A face of one value stays as it is.

    References
    ----------
    Gonzalez and Woods, *Digital Image Processing*.
    """

    def treat(self, luma: Any) -> Any:
        """Equalize each face (N, H, W)."""
        height, width = luma.shape[1:]
        values, varied = stretched(luma)
        flat = ops.reshape(values, (-1, height * width))
        shares = ops.cumsum(histograms(flat[:, None], _BINS)[:, 0], axis=-1) / (height * width)
        start = ops.zeros((1, height * width), dtype="int32")
        equal = between(shares, start, flat * _BINS - 0.5, _BINS)
        return ops.where(varied, ops.reshape(equal, ops.shape(luma)), luma)


LAYER = HistogramEqualization
