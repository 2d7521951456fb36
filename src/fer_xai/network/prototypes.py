"""The picture that a class or a channel answers to most: activation maximization by tf-keras-vis.

tf-keras-vis takes gradients eagerly, which can corrupt memory (see `fer_xai.engine.traced`), and its model modifiers
change or clone models. So it is given a small Keras model of our own instead, whose one layer asks the engine for score
and gradient in one traced program: the user's model is never in its hands.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine.activations import Activations
from fer_xai.errors import InputError

GREY = 0.5
STEPS = 128
_NOISE = 0.02  # deviation of the start image: enough for channels to differ, too little to see
_STRIDE = 0.1  # mean change of a pixel in the first step; it shrinks to a twentieth on the way
_FADE = 0.01  # share of the way back to grey at each step: pixels nobody asks for stay grey
# In 48ths of the picture's side, so that 48 and 224 pixels give pictures of one kind.
_BLUR = 0.36 / 48
_SHIFT = 1.5 / 48
# A face's own contrast (root mean square about its mean): without a bound, a linear model's picture is black and white.
_CONTRAST = 0.2


@dataclass(frozen=True)
class Prototype:
    """A picture made to be answered to.

    Attributes
    ----------
    name : str
        The emotion, or the channel's number.
    picture : ndarray (H, W, C) float32 in [0, 1]
    start, reached : float
        The score of the grey start image and of the picture: the class's logit, or the channel's mean activation.
    probability : float or None
        What the classifier says of the picture for that class; `None` for channels.
    """

    name: str
    picture: np.ndarray
    start: float
    reached: float
    probability: float | None = None


def class_prototypes(
    classifier: Classifier | Activations,
    emotions: Sequence[str] | None = None,
    steps: int = STEPS,
    seed: int = 0,
    track: Callable[[int, int], None] | None = None,
) -> list[Prototype]:
    """Make the picture that raises each class's logit.

    Logits, not probabilities: a probability can also be raised by lowering the other classes.

    Parameters
    ----------
    classifier : Classifier or Activations
    emotions : sequence of str, optional
        Default all.
    steps : int
        Gradient steps per picture.
    seed : int
        Of the start image (grey with a little noise) and of the small shifts on the way.
    track : callable, optional
        Told (steps done, steps in all).

    Raises
    ------
    InputError
        If an emotion is unknown, `steps` is below 1, or the classifier is a black box.

    References
    ----------
    Simonyan, Vedaldi & Zisserman 2014, "Deep inside convolutional networks"; Yosinski et al. 2015 (blur and fade).
    """
    activations = classifier if isinstance(classifier, Activations) else Activations(classifier)
    order = activations.classifier.emotions
    wanted = order if emotions is None else tuple(emotions)
    if unknown := [emotion for emotion in wanted if emotion not in order]:
        raise InputError(
            f"{activations.classifier.name} does not know {', '.join(unknown)}; it knows {' '.join(order)}"
        )
    indices = [order.index(emotion) for emotion in wanted]
    pictures, scores = _maximize(activations, None, indices, steps, seed, track)
    exponents = np.exp(scores[1] - scores[1].max(axis=1, keepdims=True))
    probabilities = exponents / exponents.sum(axis=1, keepdims=True)
    return [
        Prototype(name, pictures[n], float(scores[0][n, i]), float(scores[1][n, i]), float(probabilities[n, i]))
        for n, (name, i) in enumerate(zip(wanted, indices, strict=True))
    ]


def channel_prototypes(
    classifier: Classifier | Activations,
    layer: str,
    channels: Sequence[int],
    steps: int = STEPS,
    seed: int = 0,
    track: Callable[[int, int], None] | None = None,
) -> list[Prototype]:
    """Make the picture that raises each channel's mean activation over space.

    A channel that the start image does not wake at all (ReLU, zero everywhere) has no gradient to follow:
    its picture stays grey and its `reached` stays at its `start`.

    Parameters
    ----------
    classifier : Classifier or Activations
    layer : str
        Path or name of a convolution.
    channels : sequence of int
    steps, seed, track
        See `class_prototypes`.

    Raises
    ------
    InputError
        If there is no such layer or channel, `steps` is below 1, or the classifier is a black box.
    """
    activations = classifier if isinstance(classifier, Activations) else Activations(classifier)
    count = activations.convolution(layer).channels
    if wrong := [channel for channel in channels if not 0 <= channel < count]:
        raise InputError(f"layer {layer!r} has channels 0 to {count - 1}; received {wrong[0]}")
    pictures, scores = _maximize(activations, layer, list(channels), steps, seed, track)
    return [
        Prototype(str(channel), pictures[n], float(scores[0][n, channel]), float(scores[1][n, channel]))
        for n, channel in enumerate(channels)
    ]


def _maximize(
    activations: Activations,
    layer: str | None,
    indices: list[int],
    steps: int,
    seed: int,
    track: Callable[[int, int], None] | None,
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Pictures (P, H, W, C), and the scores (P, S) of the start images and of the pictures."""
    if steps < 1:
        raise InputError(f"steps={steps}: a prototype takes at least one")
    size = activations.face_size
    walk = _Walk(size, seed, steps, track)
    # Every picture starts from the same image, so that a prototype does not depend on which others are made.
    start = np.repeat(walk.start(), len(indices), axis=0)
    pictures = walk.back(_climb(_model(activations.answer(size, indices, layer), size), start, steps, walk))
    return pictures, (activations.scores(start, layer), activations.scores(pictures, layer))


class _Walk:
    """What happens to the pictures between two gradient steps: clip, fade, bound the contrast, blur, shift a little.

    Shifts are undone before the next one: tf-keras-vis's own jitter lets a picture wander off, and a face has a place.
    They shrink to nothing towards the end, so that the picture fits where it stands.
    """

    def __init__(
        self, size: tuple[int, int, int], seed: int, steps: int, track: Callable[[int, int], None] | None
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._size, self._steps, self._track = size, steps, track
        self._shift: tuple[int, ...] = (0, 0)
        self._done = 0

    def start(self) -> np.ndarray:
        """Grey with a little noise, (1, H, W, C)."""
        noise = self._rng.normal(0, _NOISE, (1, *self._size))
        return np.clip(GREY + noise, 0, 1).astype(np.float32)

    def back(self, pictures: np.ndarray) -> np.ndarray:
        """Undo the shift that the pictures are under."""
        return np.roll(pictures, [-step for step in self._shift], axis=(1, 2))

    def __call__(self, pictures: Any) -> Any:
        import tensorflow as tf
        from scipy.ndimage import gaussian_filter

        height, width, _ = self._size
        contrast = (1 - _FADE) * (self.back(np.clip(np.asarray(pictures), 0, 1)) - GREY)
        strength = np.sqrt((contrast**2).mean(axis=(1, 2, 3), keepdims=True))
        contrast = contrast * np.minimum(1, _CONTRAST / np.maximum(strength, 1e-12))
        contrast = gaussian_filter(contrast, (0, _BLUR * height, _BLUR * width, 0), mode="nearest")
        left = 1 - self._done / self._steps
        reach = np.rint([left * _SHIFT * height, left * _SHIFT * width]).astype(int)
        self._shift = tuple(int(step) for step in self._rng.integers(-reach, reach + 1))
        self._done += 1
        if self._track is not None:
            self._track(self._done, self._steps)
        return tf.constant(np.roll(GREY + contrast, self._shift, axis=(1, 2)), tf.float32)


def _climb(model: Any, start: np.ndarray, steps: int, walk: _Walk) -> np.ndarray:
    import keras
    import tensorflow as tf

    with warnings.catch_warnings():
        # On import it warns of its own deprecated module.
        warnings.simplefilter("ignore", DeprecationWarning)
        from tf_keras_vis.activation_maximization import ActivationMaximization

    def even(gradient: Any) -> Any:
        # Mean size 1 for every picture: models differ in their logits' scale by orders of magnitude.
        mean = tf.reduce_mean(tf.abs(gradient), axis=(1, 2, 3), keepdims=True)
        return tf.math.divide_no_nan(gradient, mean)

    strides = keras.optimizers.schedules.CosineDecay(_STRIDE, steps, alpha=0.05)
    pictures = ActivationMaximization(model, clone=False)(
        lambda score: score,
        seed_input=start,
        input_range=(0.0, 1.0),
        input_modifiers=[walk],
        regularizers=None,
        steps=steps,
        optimizer=keras.optimizers.SGD(strides),
        gradient_modifier=even,
    )
    return np.asarray(pictures, np.float32)


def _model(answer: Callable[..., Any], size: tuple[int, int, int]) -> Any:
    """A Keras model (N, H, W, C) → (N,) around the engine's function."""
    import keras

    class Answer(keras.layers.Layer):
        def call(self, faces: Any) -> Any:
            return answer(faces)

        def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None]:
            return (shape[0],)

    # float32 whatever the session's policy: tf-keras-vis would scale losses of a half-precision model in Keras 2's way.
    faces = keras.Input(size, dtype="float32")
    return keras.Model([faces], Answer(dtype="float32")(faces))
