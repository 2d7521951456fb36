"""A model + how faces become its input + its emotion order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from fer_xai.classifier.colour import LUMA
from fer_xai.classifier.head import Head, describe_head, find_head, rows_are_probabilities
from fer_xai.classifier.illumination import illumination_layer
from fer_xai.classifier.outputs import USUAL_SIDE, find_output
from fer_xai.classifier.scaling import parse_colour, parse_scaling
from fer_xai.classifier.shapes import find_input_shape
from fer_xai.classifier.taps import layers_of, watching
from fer_xai.emotions import FER2013, FERPLUS, parse_emotions
from fer_xai.errors import InputError

_BY_COUNT = {len(FER2013): FER2013, len(FERPLUS): FERPLUS}


class Classifier:
    """Maps faces in [0, 1] to emotion probabilities and logits.

    Parameters
    ----------
    model : keras.Model
        Any model with one image input (N, H, W, 1 or 3) and an output (N, E), of Keras 3 or of Keras 2 (tf_keras),
        subclassed ones included. It is never changed.
    emotions : str or sequence of str, optional
        Head order: ``fer2013``, ``ferplus``, ``alphabetical``, or names. Default: by the number of outputs
        (7: fer2013, 8: ferplus).
    scaling : str, optional
        See `fer_xai.classifier.scaling.parse_scaling`. Default: ``unit``.
    name : str, optional
        What reports call it; default the model's name.
    colour : {"grey", "rgb", "bgr"}, optional
        What the model's channels are. Default: grey for one channel, rgb for three. Three channels that are
        "grey" all show the grey face.
    output : str or int, optional
        Name or place of the output with the emotions, where the model has several.
    input_shape : tuple, optional
        (H, W, C), where the model does not tell it or takes any size.
    illumination : str, optional
        The treatment of light that the model was trained with, one of
        `fer_xai.classifier.illumination.list_treatments`; done at the model's input size, before the scaling. A model
        that holds the treatment as a layer of its own needs none.

    Attributes
    ----------
    emotions : tuple of str
    scaling : str
    colour : str or None
        As above; `None` for a plain function, which is given faces as they are.
    output : str or None
        Name of the chosen output; `None` where there is only one.
    illumination : str or None
    assumed : tuple of str
        Which of ``scaling`` and ``emotions`` nobody said, so that the default was taken.
    input_shape : tuple
        (H, W, C) of the model's input; H and W are `None` where any size is taken.

    Raises
    ------
    InputError
        If the model has several inputs, several outputs and none named, an input that is unknown, weights that are
        not finite, or an output count that disagrees with its emotions.
    """

    def __init__(
        self,
        model: Any,
        emotions: str | Sequence[str] | None = None,
        scaling: str | None = None,
        name: str | None = None,
        *,
        colour: str | None = None,
        output: str | int | None = None,
        input_shape: Sequence[int] | None = None,
        illumination: str | None = None,
    ) -> None:
        _refuse_what_is_no_model(model)
        self.model = model
        self.function: Callable[[np.ndarray], np.ndarray] | None = None
        self.name = name or model.name
        self.input_shape = find_input_shape(model, input_shape)
        self.colour: str | None = parse_colour(colour, self.input_shape[2])
        self._output = find_output(model, self.input_shape, output)
        self.output = self._output.name
        self.emotions = _emotions(emotions, self._output.count)
        self.scaling = scaling or "unit"
        said = {"scaling": scaling, "emotions": emotions}
        self.assumed = tuple(name for name, value in said.items() if value is None)
        self._scale = parse_scaling(self.scaling, self.input_shape[2])
        self.illumination = illumination
        self._treat = illumination_layer(illumination) if illumination else None
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
        self.colour = self.output = self.illumination = None
        self.assumed = ()
        self.emotions = parse_emotions(emotions)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self.function is not None:
            return Classifier.from_function, (self.function, self.emotions, self.name)
        said = {"scaling": self.scaling, "emotions": self.emotions}
        told = {name: None if name in self.assumed else value for name, value in said.items()}
        more = {name: getattr(self, name) for name in ("name", "colour", "output", "input_shape", "illumination")}
        return _again, (self.model, {**told, **more})

    def __repr__(self) -> str:
        height, width, channels = (side or "any" for side in self.input_shape)
        return (
            f"Classifier({self.name!r}, input {height}×{width}×{channels}, {self.colour or 'any'} colour, "
            f"{f'illumination {self.illumination}, ' if self.illumination else ''}scaling {self.scaling}"
            f"{' (assumed)' if 'scaling' in self.assumed else ''}, {len(self.emotions)} emotions"
            f"{' (assumed)' if 'emotions' in self.assumed else ''}: {' '.join(self.emotions)})"
        )

    def _repr_html_(self) -> str:
        import pandas as pd

        sides = "×".join(str(side or "any") for side in self.input_shape)
        facts = {
            "name": self.name,
            "kind": "function" if self.model is None else type(self.model).__name__,
            "parameters": "" if self.model is None else f"{self.model.count_params():,}",
            "input": f"{sides}, {self.colour}" if any(self.input_shape) else "faces as they are",
            "illumination": self.illumination or "",
            "scaling": self.scaling,
            "emotions": ", ".join(self.emotions),
        }
        shown = pd.Series({name: fact for name, fact in facts.items() if fact})
        with pd.option_context("display.max_colwidth", None):
            return f"<strong>Classifier</strong>{shown.to_frame().to_html(header=False, border=0)}"

    def describe(self) -> dict[str, Any]:
        """What the classifier is, for reports: plain values only, the weights as a hash."""
        description: dict[str, Any] = {
            "name": self.name,
            "input": list(self.input_shape),
            "scaling": self.scaling,
            "emotions": list(self.emotions),
        }
        if self.assumed:
            description["assumed"] = list(self.assumed)
        if self.model is None:
            return {**description, "kind": "function"}
        weights = hashlib.sha256()
        for weight in self.model.weights:
            weights.update(np.ascontiguousarray(weight.numpy()).tobytes())
        return {
            **description,
            "kind": type(self.model).__name__,
            "colour": self.colour,
            **({"output": self.output} if self.output else {}),
            **({"illumination": self.illumination} if self.illumination else {}),
            "parameters": int(self.model.count_params()),
            "layers": len(layers_of(self.model)),
            "sha256": weights.hexdigest(),
        }

    @cached_property
    def logits_at(self) -> str:
        """One phrase on where the logits are, e.g. "Dense layer 'fc' before its softmax"."""
        if self.model is None:
            return "nowhere: a function gives probabilities only"
        import tensorflow as tf

        said: list[str] = []

        @tf.function(input_signature=[tf.TensorSpec((None, *self._usual_size), tf.float32)])
        def probe(faces: Any) -> Any:
            with watching(layers_of(self.model)) as calls:
                head = self._head(faces)
            said.append(describe_head(head, calls))
            return head.logits

        probe.get_concrete_function()
        return said[0]

    def preprocess(self, faces: Any) -> Any:
        """Turn faces (N, H, W, C) in [0, 1] into the model's input; traced, differentiable."""
        import tensorflow as tf

        height, width, channels = self.input_shape
        if self.colour == "grey" and faces.shape[-1] == 3:
            faces = tf.reduce_sum(faces * tf.constant(LUMA, faces.dtype), axis=-1, keepdims=True)
        if channels != faces.shape[-1]:
            faces = tf.repeat(faces, channels, axis=-1)
        if height and (height, width) != tuple(faces.shape[1:3]):
            shrinks = height < faces.shape[1] or width < faces.shape[2]
            faces = tf.image.resize(faces, (height, width), antialias=shrinks)
        if self._treat is not None:
            faces = self._treat(faces)
        return self._scale(faces[..., ::-1] if self.colour == "bgr" else faces)

    def forward(self, faces: Any) -> tuple[Any, Any]:
        """Logits and probabilities (N, E) of traced faces (N, H, W, C) in [0, 1]; never to be called eagerly."""
        head = self._head(faces)
        return head.logits, head.probabilities

    def _head(self, faces: Any) -> Head:
        return find_head(self._raw(faces), lambda: self._gives_probabilities)

    def _raw(self, faces: Any) -> Any:
        return self._output.of(self.model, self.preprocess(faces))

    @cached_property
    def _gives_probabilities(self) -> bool:
        return rows_are_probabilities(self._raw, self._usual_size)

    @property
    def _usual_size(self) -> tuple[int, int, int]:
        """The model's input size, or a usual one where it takes any."""
        height, width, channels = self.input_shape
        return height or USUAL_SIDE, width or USUAL_SIDE, channels


def _again(model: Any, settings: dict[str, Any]) -> Classifier:
    """A classifier as it was in another process."""
    return Classifier(model, **settings)


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


def _refuse_what_is_no_model(model: Any) -> None:
    if not (callable(model) and hasattr(model, "weights") and hasattr(model, "built")):
        raise InputError(
            f"{type(model).__name__} is no Keras model: give a keras.Model or a file, or wrap any other classifier "
            "with Classifier.from_function(function, emotions)"
        )


def _refuse_broken_weights(model: Any) -> None:
    for weight in model.weights:
        values = weight.numpy().astype(np.float32) if "float" in str(weight.dtype) else None
        if values is not None and not np.isfinite(values).all():
            place = getattr(weight, "path", weight.name)
            raise InputError(f"model {model.name!r}: weight {place} holds NaN or infinity; train or export it anew")
