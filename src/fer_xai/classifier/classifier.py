"""A model + how faces become its input + its emotion order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fer_xai.classifier.scaling import parse_scaling
from fer_xai.classifier.taps import layers_of
from fer_xai.emotions import FER2013, FERPLUS, parse_emotions
from fer_xai.errors import InputError

_BY_COUNT = {len(FER2013): FER2013, len(FERPLUS): FERPLUS}


class Classifier:
    """Maps faces in [0, 1] to emotion probabilities and logits.

    Parameters
    ----------
    model : keras.Model
        Any model with one image input (N, H, W, 1 or 3) and one output (N, E). It is never changed.
    emotions : str or sequence of str, optional
        Head order: ``fer2013``, ``ferplus``, ``alphabetical``, or names. Default: by the number of outputs
        (7: fer2013, 8: ferplus).
    scaling : str
        See `fer_xai.classifier.scaling.parse_scaling`.
    name : str, optional
        What reports call it; default the model's name.

    Attributes
    ----------
    emotions : tuple of str
    scaling : str
    input_shape : tuple
        (H, W, C) of the model's input; H and W are `None` where any size is taken.

    Raises
    ------
    InputError
        If the model has several inputs or outputs, weights that are not finite, or an output count that
        disagrees with its emotions.
    """

    def __init__(
        self,
        model: Any,
        emotions: str | Sequence[str] | None = None,
        scaling: str = "unit",
        name: str | None = None,
    ) -> None:
        self.model = model
        self.function: Callable[[np.ndarray], np.ndarray] | None = None
        self.name = name or model.name
        self.input_shape = _input_shape(model)
        self.emotions = _emotions(emotions, _output_count(model))
        self.scaling = scaling
        self._scale = parse_scaling(scaling, self.input_shape[2])
        _refuse_broken_weights(model)

    @classmethod
    def from_function(
        cls, function: Callable[[np.ndarray], np.ndarray], emotions: str | Sequence[str], name: str = "function"
    ) -> Classifier:
        """Wrap a black box: PyTorch, ONNX, a web service.

        Parameters
        ----------
        function : callable
            Takes faces (N, H, W, C) float32 in [0, 1], gives probabilities (N, E).
        emotions : str or sequence of str
            Order of its outputs.
        """
        self = cls.__new__(cls)
        self.model, self.function, self.name = None, function, name
        self.input_shape, self.scaling = (None, None, 0), "unit"
        self.emotions = parse_emotions(emotions)
        return self

    def __repr__(self) -> str:
        height, width, channels = (side or "any" for side in self.input_shape)
        return (
            f"Classifier({self.name!r}, input {height}×{width}×{channels}, scaling {self.scaling}, "
            f"{len(self.emotions)} emotions: {' '.join(self.emotions)})"
        )

    def describe(self) -> dict[str, Any]:
        """What the classifier is, for reports: plain values only, the weights as a hash."""
        description: dict[str, Any] = {
            "name": self.name,
            "input": list(self.input_shape),
            "scaling": self.scaling,
            "emotions": list(self.emotions),
        }
        if self.model is None:
            return {**description, "kind": "function"}
        weights = hashlib.sha256()
        for weight in self.model.weights:
            weights.update(np.ascontiguousarray(weight.numpy()).tobytes())
        return {
            **description,
            "kind": type(self.model).__name__,
            "colour": "grey" if self.input_shape[2] == 1 else "rgb",
            "parameters": int(self.model.count_params()),
            "layers": len(layers_of(self.model)),
            "sha256": weights.hexdigest(),
        }

    def preprocess(self, faces: Any) -> Any:
        """Turn faces (N, H, W, C) in [0, 1] into the model's input; traced, differentiable."""
        import tensorflow as tf

        height, width, channels = self.input_shape
        if channels != faces.shape[-1]:
            faces = tf.image.rgb_to_grayscale(faces) if channels == 1 else tf.repeat(faces, channels, axis=-1)
        if height and (height, width) != tuple(faces.shape[1:3]):
            shrinks = height < faces.shape[1]
            faces = tf.image.resize(faces, (height, width), antialias=shrinks)
        return self._scale(faces)

    def forward(self, faces: Any) -> tuple[Any, Any]:
        """Logits and probabilities (N, E) of traced faces (N, H, W, C) in [0, 1]."""
        from fer_xai.classifier.head import logits_and_probabilities

        return logits_and_probabilities(self.model, self.preprocess(faces))


def _input_shape(model: Any) -> tuple[int | None, int | None, int]:
    inputs = getattr(model, "inputs", None)
    if not inputs:
        raise InputError(f"model {model.name!r} has no known input: call it once on a batch of faces, or save it built")
    if len(inputs) != 1:
        raise InputError(f"model {model.name!r} has {len(inputs)} inputs; a classifier of faces has one image input")
    shape = tuple(inputs[0].shape)
    if len(shape) != 4 or shape[3] not in (1, 3):
        raise InputError(f"model {model.name!r} takes input {shape}; expected (N, height, width, 1 or 3)")
    return shape[1], shape[2], shape[3]


def _output_count(model: Any) -> int:
    outputs = model.outputs
    if len(outputs) != 1:
        names = ", ".join(output.name for output in outputs)
        raise InputError(f"model {model.name!r} has {len(outputs)} outputs ({names}); give a model with one of them")
    shape = tuple(outputs[0].shape)
    if len(shape) != 2 or not shape[1]:
        raise InputError(f"model {model.name!r} gives output {shape}; expected (N, number of emotions)")
    return int(shape[1])


def _emotions(given: str | Sequence[str] | None, count: int) -> tuple[str, ...]:
    if given is None:
        if count not in _BY_COUNT:
            raise InputError(f"the model has {count} outputs: say which emotions they are, in order (--emotions a,b,c)")
        return _BY_COUNT[count]
    emotions = parse_emotions(given)
    if len(emotions) != count:
        raise InputError(
            f"the model has {count} outputs but {len(emotions)} emotions were given ({' '.join(emotions)}): "
            "give one per output, in order"
        )
    return emotions


def _refuse_broken_weights(model: Any) -> None:
    for weight in model.weights:
        values = np.asarray(weight.value, dtype=np.float32) if "float" in str(weight.dtype) else None
        if values is not None and not np.isfinite(values).all():
            raise InputError(
                f"model {model.name!r}: weight {weight.path} holds NaN or infinity; train or export it anew"
            )
