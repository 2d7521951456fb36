"""From a face in [0, 1] to the pixel values a model was trained on. Part of the traced graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fer_xai.errors import InputError, unknown

COLOURS = ("grey", "rgb", "bgr")
NAMES = ("unit", "tf", "caffe", "torch", "raw")
# Keras's own constants (keras.applications.imagenet_utils), for channels in RGB order.
_CAFFE_MEAN = np.array([123.68, 116.779, 103.939], np.float32)
_TORCH_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_TORCH_STD = np.array([0.229, 0.224, 0.225], np.float32)


def parse_scaling(name: str, channels: int) -> Callable[[Any], Any]:
    """Return the function that `name` stands for.

    Parameters
    ----------
    name : str
        ``unit`` (0…1), ``tf`` (−1…1), ``caffe`` (BGR minus mean), ``torch`` (ImageNet mean and deviation),
        ``raw`` (0…255), or ``zscore:MEAN,STD`` with mean and deviation in 0…255 pixel values.
    channels : int
        Channels of the model's input; ``caffe`` and ``torch`` need 3.

    Returns
    -------
    callable
        Works on arrays and on traced tensors of shape (N, H, W, C) in [0, 1].

    Raises
    ------
    InputError
        If the name is unknown or does not fit the channels.
    """
    if name in ("caffe", "torch") and channels != 3:
        raise InputError(f"scaling {name!r} needs a colour model; this one takes {channels} channel(s): try unit or tf")
    if name.startswith("zscore:"):
        mean, std = _zscore(name)
        return lambda x: (x * 255.0 - mean) / std
    plain: dict[str, Callable[[Any], Any]] = {
        "unit": lambda x: x,
        "tf": lambda x: x * 2.0 - 1.0,
        "caffe": lambda x: (x * 255.0 - _CAFFE_MEAN)[..., ::-1],
        "torch": lambda x: (x - _TORCH_MEAN) / _TORCH_STD,
        "raw": lambda x: x * 255.0,
    }
    if name not in plain:
        raise unknown("scaling", name, (*NAMES, "zscore:MEAN,STD"))
    return plain[name]


def parse_colour(name: str | None, channels: int) -> str:
    """What a model's channels are: one of ``grey``, ``rgb``, ``bgr``; default by their number.

    With ``bgr`` the channels are swapped before the scaling, as if OpenCV had read the picture.

    Raises
    ------
    InputError
        If the name is unknown, or a colour is asked of one channel.
    """
    if name is None:
        return "grey" if channels == 1 else "rgb"
    if name not in COLOURS:
        raise unknown("colour", name, COLOURS)
    if channels == 1 and name != "grey":
        raise InputError(f"colour {name!r} needs 3 channels; this model takes 1: leave the colour out")
    return name


def _zscore(name: str) -> tuple[float, float]:
    try:
        mean, std = (float(part) for part in name.removeprefix("zscore:").split(","))
    except ValueError:
        raise InputError(f"scaling {name!r}: expected zscore:MEAN,STD, for example zscore:129.5,65") from None
    if not (np.isfinite(mean) and np.isfinite(std) and std > 0):
        raise InputError(f"scaling {name!r}: the mean must be finite and the deviation positive")
    return mean, std
