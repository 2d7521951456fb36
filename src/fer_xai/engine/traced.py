"""The engine of Keras models on TensorFlow: every pass is a traced program, gradients included.

Nothing here runs eagerly: an eager gradient through a strided 1×1 convolution can corrupt memory on
TensorFlow 2.19–2.21 with oneDNN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.classifier.ensemble import members_of
from fer_xai.classifier.taps import layer_path, layers_of, watching
from fer_xai.engine.engine import Gradients, LayerGradients, RowMaker
from fer_xai.engine.packing import evenly, packed, rows_per_pass
from fer_xai.engine.streams import STREAMS, some_at_once, streams
from fer_xai.errors import InputError, unknown


class TracedEngine:
    """Traced passes through a Keras classifier; see `fer_xai.engine.Engine`.

    Programs are kept per face size and colour, so a study traces each kind of pass once.
    """

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self._programs: dict[tuple[Any, ...], Any] = {}

    # ---- what explainers ask for ------------------------------------------------------------------------------

    def predict(self, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        program = self._program("predict", faces, self._trace_predict)
        logits, probabilities = zip(*self._batches(program, faces), strict=True)
        return np.concatenate(logits), np.concatenate(probabilities)

    def coalitions(self, faces: np.ndarray, fills: np.ndarray, segments: np.ndarray, present: np.ndarray) -> np.ndarray:
        program = self._program("coalitions", faces, self._trace_coalitions)
        segments = segments.astype(np.int32)

        def inputs(face: np.ndarray, row: np.ndarray) -> list[np.ndarray]:
            return [*_near(face, faces, fills, segments), present[face, row].astype(np.uint8)]

        return self._packed(program, inputs, faces, present.shape[1])

    def masked(self, faces: np.ndarray, fills: np.ndarray, masks: RowMaker, passes: int) -> np.ndarray:
        program = self._program("masked", faces, self._trace_masked)

        def inputs(face: np.ndarray, row: np.ndarray) -> list[np.ndarray]:
            return [*_near(face, faces, fills), masks(face, row).astype(np.float32, copy=False)]

        return self._packed(program, inputs, faces, passes)

    def gradients(
        self, faces: np.ndarray, weights: np.ndarray | None, of: str, points: RowMaker | None = None, passes: int = 1
    ) -> Iterator[Gradients]:
        self._demand("gradients")
        program = self._program(("gradients", of), faces, lambda size: self._trace_gradients(size, of))
        aim = self._aim(weights, len(faces))

        def batches() -> Iterator[tuple[slice, np.ndarray, np.ndarray, np.ndarray]]:
            for where, face, row in packed(len(faces), passes, self._rows(faces, len(faces) * passes)):
                inputs = faces[face] if points is None else points(face, row).astype(np.float32, copy=False)
                yield slice(0, where.stop - where.start), face, row, inputs

        def run(batch: tuple[slice, np.ndarray, np.ndarray, np.ndarray]) -> Gradients:
            real, face, row, inputs = batch
            answer = (result.numpy()[real] for result in program(inputs, aim[face]))
            return Gradients(face[real], row[real], inputs[real], *answer)

        yield from some_at_once(run, batches(), streams())

    def lacks(self, need: str) -> str | None:
        if need == "gradients" and not self._differentiable:
            return f"no gradient reaches the face through {self.classifier.name}"
        averaged = members_of(self.classifier.model)
        if need == "convolution" and averaged:
            return (
                f"{self.classifier.name} averages {len(averaged)} models, each with a last convolution of its own: "
                "explain them one by one"
            )
        if need == "convolution" and not self._convolutions:
            sealed = [layer for layer in layers_of(self.classifier.model) if type(layer).__name__ == "TFSMLayer"]
            why = (
                "is a SavedModel whose layers cannot be seen"
                if sealed
                else "has no convolution that its output depends on"
            )
            return f"{self.classifier.name} {why}"
        return None

    def _demand(self, need: str) -> None:
        reason = self.lacks(need)
        if reason is not None:
            raise InputError(reason)

    def layer_gradients(
        self, faces: np.ndarray, weights: np.ndarray | None, layer: str | None
    ) -> Iterator[LayerGradients]:
        tapped = self._spatial_layer(layer)
        program = self._program(
            ("layer_gradient", layer_path(tapped)), faces, lambda size: self._trace_layer_gradient(size, tapped)
        )
        for batch in self._batches(program, faces, self._aim(weights, len(faces))):
            yield LayerGradients(layer_path(tapped), *batch)

    @property
    def last_convolution(self) -> str:
        return layer_path(self._spatial_layer(None))

    @property
    def _differentiable(self) -> bool:
        return self._probed[0]

    @property
    def _convolutions(self) -> list[Any]:
        return [layer for layer in self._probed[1] if "Conv" in type(layer).__name__]

    @cached_property
    def _probed(self) -> tuple[bool, list[Any]]:
        """Whether gradients reach the face, and the layers whose map (N, h, w, K) the logits depend on, in order."""
        import tensorflow as tf

        size = (side or usual for side, usual in zip(self.classifier.input_shape, (48, 48, 1), strict=True))
        found: list[Any] = []
        reaches: list[bool] = []

        @tf.function(input_signature=[tf.TensorSpec((1, *size), tf.float32)])
        def probe(faces: Any) -> Any:
            with tf.GradientTape() as tape, watching(layers_of(self.classifier.model)) as calls:
                tape.watch(faces)
                logits, _ = self.classifier.forward(faces)
            maps = [call for call in calls if tf.is_tensor(call.output) and _is_spatial(call.output.shape)]
            to_face, *gradients = tape.gradient(logits, [faces, *(call.output for call in maps)])
            reaches.append(to_face is not None)
            found.extend(call.layer for call, g in zip(maps, gradients, strict=True) if g is not None)
            return logits

        probe.get_concrete_function()
        return reaches[0], found

    def _spatial_layer(self, name: str | None) -> Any:
        """The layer of that name or path; without a name, the last convolution."""
        if name is None:
            self._demand("convolution")
            return self._convolutions[-1]
        matches = [layer for layer in self._probed[1] if name in (layer_path(layer), layer.name)]
        if not matches:
            known = [layer.name for layer in self._probed[1]]
            raise InputError(f"{self.classifier.name}: {unknown('layer with a map of the face', name, known)}")
        return matches[-1]

    # ---- programs ---------------------------------------------------------------------------------------------

    def _program(self, key: Any, faces: np.ndarray, trace: Callable[[tuple[int, ...]], Any]) -> Any:
        full = (key, faces.shape[1:])
        if full not in self._programs:
            program = trace(faces.shape[1:])
            program.get_concrete_function()  # traced here, not by two streams
            self._programs[full] = program
        return self._programs[full]

    def _trace_predict(self, size: tuple[int, ...]) -> Any:
        import tensorflow as tf

        return tf.function(self.classifier.forward, input_signature=[tf.TensorSpec((None, *size), tf.float32)])

    def _trace_coalitions(self, size: tuple[int, ...]) -> Any:
        import tensorflow as tf

        face = tf.TensorSpec((None, *size), tf.float32)
        rows = tf.TensorSpec((None,), tf.int32)
        segments = tf.TensorSpec((None, *size[:2]), tf.int32)

        @tf.function(input_signature=[rows, face, face, segments, tf.TensorSpec((None, None), tf.uint8)])
        def program(row_face: Any, faces: Any, fills: Any, segments: Any, present: Any) -> Any:
            keep = tf.gather(present, tf.gather(segments, row_face), batch_dims=1)[..., None]
            blend = tf.where(keep > 0, tf.gather(faces, row_face), tf.gather(fills, row_face))
            return self.classifier.forward(blend)[1]

        return program

    def _trace_masked(self, size: tuple[int, ...]) -> Any:
        import tensorflow as tf

        face = tf.TensorSpec((None, *size), tf.float32)
        mask = tf.TensorSpec((None, *size[:2]), tf.float32)

        @tf.function(input_signature=[tf.TensorSpec((None,), tf.int32), face, face, mask])
        def program(row_face: Any, faces: Any, fills: Any, masks: Any) -> Any:
            keep = masks[..., None]
            blend = tf.gather(faces, row_face) * keep + tf.gather(fills, row_face) * (1 - keep)
            return self.classifier.forward(blend)[1]

        return program

    def _trace_gradients(self, size: tuple[int, ...], of: str) -> Any:
        import tensorflow as tf

        @tf.function(input_signature=self._scored(size))
        def program(faces: Any, weights: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(faces)
                logits, probabilities = self.classifier.forward(faces)
                scores = {"logit": logits, "probability": probabilities, "loss": tf.nn.log_softmax(logits)}[of]
                score = tf.reduce_sum(_or_likeliest(weights, probabilities) * scores, axis=-1)
            return tape.gradient(score, faces), score, probabilities

        return program

    def _trace_layer_gradient(self, size: tuple[int, ...], layer: Any) -> Any:
        import tensorflow as tf

        @tf.function(input_signature=self._scored(size))
        def program(faces: Any, weights: Any) -> Any:
            with tf.GradientTape() as tape, watching([layer]) as calls:
                tape.watch(faces)
                logits, probabilities = self.classifier.forward(faces)
                score = tf.reduce_sum(_or_likeliest(weights, probabilities) * logits)
            output = calls[-1].output
            return tf.cast(output, tf.float32), tf.cast(tape.gradient(score, output), tf.float32), probabilities

        return program

    def _scored(self, size: tuple[int, ...]) -> list[Any]:
        import tensorflow as tf

        return [
            tf.TensorSpec((None, *size), tf.float32),
            tf.TensorSpec((None, len(self.classifier.emotions)), tf.float32),
        ]

    # ---- batches ----------------------------------------------------------------------------------------------

    def _aim(self, weights: np.ndarray | None, count: int) -> np.ndarray:
        """Weights as the programs take them: a row of NaN stands for the likeliest emotion."""
        if weights is None:
            return np.full((count, len(self.classifier.emotions)), np.nan, np.float32)
        return weights.astype(np.float32)

    def _rows(self, faces: np.ndarray, total: int, least: int = 32) -> int:
        height, width, _ = self.classifier.input_shape
        return evenly(total, rows_per_pass(height or faces.shape[1], width or faces.shape[2]), STREAMS, least)

    def _packed(
        self,
        program: Any,
        inputs: Callable[[np.ndarray, np.ndarray], list[np.ndarray]],
        faces: np.ndarray,
        passes: int,
    ) -> np.ndarray:
        total = len(faces) * passes
        flat = np.empty((total, len(self.classifier.emotions)), np.float32)

        def run(batch: tuple[slice, list[np.ndarray]]) -> None:
            where, given = batch
            flat[where] = program(*given).numpy()[: where.stop - where.start]

        batches = packed(len(faces), passes, self._rows(faces, total))
        for _ in some_at_once(run, ((where, inputs(face, row)) for where, face, row in batches), streams()):
            pass
        return flat.reshape(len(faces), passes, -1)

    def _batches(self, program: Any, faces: np.ndarray, *others: np.ndarray) -> Iterator[list[np.ndarray]]:
        rows = self._rows(faces, len(faces), least=64)

        def run(start: int) -> list[np.ndarray]:
            part = [array[start : start + rows] for array in (faces, *others)]
            # Maps of a layer are large: what TensorFlow holds is looked at, not copied.
            return [np.asarray(memoryview(result)) for result in program(*part)]

        return some_at_once(run, range(0, len(faces), rows), streams())


def _or_likeliest(weights: Any, probabilities: Any) -> Any:
    """Weights (rows, E), where they are NaN those of the likeliest emotion."""
    import tensorflow as tf

    likeliest = tf.one_hot(tf.argmax(probabilities, axis=-1), weights.shape[-1])
    return tf.where(tf.math.is_nan(weights), likeliest, weights)


def _is_spatial(shape: Any) -> bool:
    """Whether an output is a map (N, h, w, K) of several cells: a 1×1 convolution after pooling locates nothing."""
    return len(shape) == 4 and (shape[1], shape[2]) != (1, 1)


def _near(face: np.ndarray, *arrays: np.ndarray) -> list[np.ndarray]:
    """Row numbers counted from the batch's first face, and only the faces the batch touches."""
    first, last = face.min(), face.max() + 1
    return [(face - first).astype(np.int32), *(array[first:last] for array in arrays)]
