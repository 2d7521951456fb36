"""Look inside a Keras classifier: its convolutions in order, their maps, their peaks, their mean answers.

Every pass is traced (see `fer_xai.engine.traced`), and only what was asked for leaves the graph: a map of one layer,
or one number per channel. The model is watched for the length of a trace and left as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.classifier.taps import Call, layer_path, layers_of, watching
from fer_xai.engine.packing import rows_per_pass
from fer_xai.errors import InputError, unknown

_USUAL = (48, 48, 1)


@dataclass(frozen=True)
class Convolution:
    """A layer that convolves, as it is met when a face goes through the model.

    Attributes
    ----------
    name : str
        The layer's own name; layers of different nested models may share one.
    path : str
        Unique within the model: Keras's path, numbered where two layers have the same.
    kind : str
        Its class.
    kernel : tuple of int or None
        (height, width) of its spatial kernel; `None` where the layer does not tell.
    grid : tuple of int
        (h, w) of its output for a face of the model's input size (48×48 where any size is taken).
    channels : int
        K of its output.
    parameters : int
    layer : keras.Layer
        The layer itself.
    """

    name: str
    path: str
    kind: str
    kernel: tuple[int, int] | None
    grid: tuple[int, int]
    channels: int
    parameters: int
    layer: Any = field(repr=False, compare=False)


class Activations:
    """Traced passes that look inside a classifier.

    Programs are kept per face size and layer, so nothing is traced twice.

    Raises
    ------
    InputError
        If the classifier is a black box: a function shows nothing of its inside.
    """

    def __init__(self, classifier: Classifier) -> None:
        if classifier.model is None:
            raise InputError(f"{classifier.name} is a function: its inside cannot be seen; give a Keras model")
        self.classifier = classifier
        self._programs: dict[tuple[Any, ...], Any] = {}

    @cached_property
    def convolutions(self) -> tuple[Convolution, ...]:
        """Every layer with "Conv" in its class name and a map (h, w, K) as its output, in order of execution."""
        found: dict[int, Call] = {}

        def watch(faces: Any) -> Any:
            with watching(layers_of(self.classifier.model)) as calls:
                logits, _ = self.classifier.forward(faces)
            for call in calls:
                shape = getattr(call.output, "shape", ())
                if "Conv" in type(call.layer).__name__ and len(shape) == 4:
                    found.setdefault(id(call.layer), call)
            return logits

        _traced(watch, self.face_size, batch=1)
        taken: dict[str, int] = {}
        return tuple(_described(call, taken) for call in found.values())

    @property
    def face_size(self) -> tuple[int, int, int]:
        """(H, W, C) of the model's input, 48 where any size is taken."""
        height, width, channels = (
            side or usual for side, usual in zip(self.classifier.input_shape, _USUAL, strict=True)
        )
        return height, width, channels

    def convolution(self, name: str) -> Convolution:
        """The convolution of that path, or else of that name; of several with one name, the last.

        Raises
        ------
        InputError
            If there is none.
        """
        by_name = {one.name: one for one in self.convolutions}
        by_path = {one.path: one for one in self.convolutions}
        if name not in by_name | by_path:
            raise InputError(f"{self.classifier.name}: {unknown('convolution', name, by_path)}")
        return by_path.get(name) or by_name[name]

    def maps(self, faces: np.ndarray, layer: str) -> np.ndarray:
        """What a convolution answers to faces, its activation included.

        Parameters
        ----------
        faces : ndarray (N, H, W, C) float32 in [0, 1]
        layer : str
            Path or name.

        Returns
        -------
        ndarray (N, h, w, K) float32
        """
        one = self.convolution(layer)
        program = self._program("maps", faces.shape[1:], one, lambda faces: self._watched(faces, [one])[0])
        return self._in_batches(lambda part: [program(part)], faces)[0]

    def peaks(self, faces: np.ndarray) -> dict[str, np.ndarray]:
        """The highest value of every channel of every convolution, over space: path → (N, K) float32.

        One pass for all layers; no map leaves the graph.
        """
        import tensorflow as tf

        def peaks(faces: Any) -> list[Any]:
            return [tf.reduce_max(maps, axis=(1, 2)) for maps in self._watched(faces, self.convolutions)]

        program = self._program("peaks", faces.shape[1:], None, peaks)
        answers = self._in_batches(program, faces)
        return {one.path: answer for one, answer in zip(self.convolutions, answers, strict=True)}

    def scores(self, faces: np.ndarray, layer: str | None = None) -> np.ndarray:
        """Scores (N, S) of faces: the logits (S = E), or with a layer the mean over space of its channels (S = K)."""
        one = self.convolution(layer) if layer else None
        program = self._program("scores", faces.shape[1:], one, lambda faces: self._scored(faces, one))
        return self._in_batches(lambda part: [program(part)], faces)[0]

    def preprocessed(self, faces: np.ndarray) -> np.ndarray:
        """What the model is fed for faces: (N, *input) float32."""
        program = self._program("preprocessed", faces.shape[1:], None, self.classifier.preprocess)
        return self._in_batches(lambda part: [program(part)], faces)[0]

    def answer(
        self, size: tuple[int, int, int], indices: Sequence[int], layer: str | None = None
    ) -> Callable[..., Any]:
        """A function from faces (N, *size) to one score each, face n's at ``indices[n]``, safe to take gradients of.

        Score and gradient are computed together in one traced program; an outer gradient tape only multiplies.
        (Wrapping the forward pass alone is not enough: its gradient, asked for eagerly, still corrupted memory.)
        """
        import tensorflow as tf

        one = self.convolution(layer) if layer else None
        chosen = tf.constant(list(indices), tf.int32)

        def ascend(faces: Any) -> tuple[Any, Any]:
            with tf.GradientTape() as tape:
                tape.watch(faces)
                score = tf.gather(self._scored(faces, one), chosen, axis=1, batch_dims=0)
                score = tf.linalg.diag_part(score)
            gradient = tape.gradient(score, faces, unconnected_gradients=tf.UnconnectedGradients.ZERO)
            return score, gradient

        program = _traced(ascend, size, batch=len(indices))

        @tf.custom_gradient
        def answered(faces: Any) -> tuple[Any, Callable[..., Any]]:
            score, gradient = program(faces)

            def backward(upstream: Any, variables: Sequence[Any] = ()) -> Any:
                mine = upstream[:, None, None, None] * gradient
                # TensorFlow asks for the weights' gradients too once it has seen them used; nobody wants them.
                return (mine, [None] * len(variables)) if variables else mine

            return score, backward

        return answered

    # ---- tracing ----------------------------------------------------------------------------------------------

    def _watched(self, faces: Any, wanted: Any) -> list[Any]:
        """Output of each wanted convolution, (N, h, w, K) float32; a layer called twice gives its last."""
        with watching([one.layer for one in wanted]) as calls:
            self.classifier.forward(faces)
        last = {id(call.layer): call for call in calls}
        return [_channels_last(last[id(one.layer)]) for one in wanted]

    def _scored(self, faces: Any, one: Convolution | None) -> Any:
        import tensorflow as tf

        if one is None:
            return self.classifier.forward(faces)[0]
        return tf.reduce_mean(self._watched(faces, [one])[0], axis=(1, 2))

    def _program(self, what: str, size: Any, one: Convolution | None, function: Callable[[Any], Any]) -> Any:
        key = (what, tuple(size), one.path if one else None)
        if key not in self._programs:
            self._programs[key] = _traced(function, size)
        return self._programs[key]

    def _in_batches(self, program: Callable[[Any], list[Any]], faces: np.ndarray) -> list[np.ndarray]:
        import tensorflow as tf

        rows = min(rows_per_pass(*self.face_size[:2]), 64)
        parts = [
            [answer.numpy() for answer in program(tf.constant(faces[start : start + rows], tf.float32))]
            for start in range(0, len(faces), rows)
        ]
        return [np.concatenate(answers) for answers in zip(*parts, strict=True)]


def _traced(function: Callable[[Any], Any], size: Any, batch: int | None = None) -> Any:
    """The concrete program: one trace, and none by surprise inside another Keras layer's call."""
    import tensorflow as tf

    signature = [tf.TensorSpec((batch, *size), tf.float32)]
    # The functions here hold nothing that AutoGraph would have to turn into graph code.
    return tf.function(function, autograph=False, input_signature=signature).get_concrete_function()


def _channels_last(call: Call) -> Any:
    import tensorflow as tf

    maps = tf.cast(call.output, tf.float32)
    return tf.transpose(maps, (0, 2, 3, 1)) if _channels_first(call.layer) else maps


def _channels_first(layer: Any) -> bool:
    return getattr(layer, "data_format", None) == "channels_first"


def _described(call: Call, taken: dict[str, int]) -> Convolution:
    # Only the shape is read: the tensor itself belongs to a trace that is over.
    layer, (_, *shape) = call.layer, call.output.shape
    channels, *grid = shape if _channels_first(layer) else (shape[2], shape[0], shape[1])
    path = layer_path(layer)
    taken[path] = taken.get(path, 0) + 1
    size = getattr(layer, "kernel_size", None)
    return Convolution(
        name=layer.name,
        path=path if taken[path] == 1 else f"{path} ({taken[path]})",
        kind=type(layer).__name__,
        kernel=tuple(size) if isinstance(size, list | tuple) and len(size) == 2 else None,
        grid=(grid[0], grid[1]),
        channels=channels,
        parameters=int(layer.count_params()),
        layer=layer,
    )
