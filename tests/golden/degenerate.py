"""Models that are broken in ways that a file does not show, and faces on which nothing is to be seen."""

from __future__ import annotations

from typing import Any

import numpy as np


def _net(head: Any, name: str) -> Any:
    """A convolution, and what `head` makes of its flat map."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(5)
    inputs = layers.Input((48, 48, 1))
    x = layers.Conv2D(4, 5, strides=3, activation="relu", name="last")(inputs)
    return keras.Model(inputs, head(inputs, layers.Flatten()(x)), name=name)


def dead() -> Any:
    """Answers every face alike: no gradient reaches it, and nothing that is hidden matters."""
    from keras import layers

    bias = np.linspace(1, 0, 7).astype(np.float32)
    dense = layers.Dense(7, activation="softmax", kernel_initializer="zeros", name="dense")
    model = _net(lambda face, x: dense(x), "dead")
    dense.bias.assign(bias)
    return model


def saturated() -> Any:
    """Is certain to the last digit: one answer has 1, the others 0."""
    from keras import layers

    return _net(lambda face, x: layers.Softmax()(layers.Rescaling(1e6)(layers.Dense(7)(x))), "saturated")


def never_disgust() -> Any:
    """Never answers one of its emotions."""
    from keras import layers

    dense = layers.Dense(7, name="dense")
    model = _net(lambda face, x: layers.Softmax()(dense(x)), "never_disgust")
    dense.bias.assign(np.float32([0, -99, 0, 0, 0, 0, 0]))
    return model


def overflowing() -> Any:
    """Its weights are finite, its answers are not."""
    from keras import layers

    return _net(
        lambda face, x: layers.Softmax()(layers.Rescaling(1e38)(layers.Rescaling(1e38)(layers.Dense(7)(x)))), "nan"
    )


def normed() -> Any:
    """Divides by the face's own contrast, as people standardise: no answer to a face of one colour."""
    from keras import layers, ops

    def head(face: Any, x: Any) -> Any:
        spread = ops.sqrt(ops.mean(ops.square(face - ops.mean(face, axis=(1, 2, 3), keepdims=True)), axis=(1, 2, 3)))
        return layers.Dense(7, activation="softmax")(x / spread[:, None])

    return _net(head, "normed")


def rooted() -> Any:
    """Answers a face of one colour, but its gradient there is no number: a root of zero."""
    from keras import layers, ops

    def head(face: Any, x: Any) -> Any:
        away = ops.square(face - ops.mean(face, axis=(1, 2, 3), keepdims=True))
        return layers.Dense(7, activation="softmax")(x + ops.sqrt(ops.sum(away, axis=(1, 2, 3)))[:, None])

    return _net(head, "rooted")


def one_colour() -> np.ndarray:
    """A black, a grey and a white face, (3, 48, 48, 1) uint8."""
    return np.broadcast_to(np.array([0, 128, 255], np.uint8)[:, None, None, None], (3, 48, 48, 1)).copy()
