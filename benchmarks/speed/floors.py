"""The bare passes that a method needs: the same model and batch size, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from fer_xai import Classifier
from fer_xai.classifier.taps import layer_path, layers_of, watching
from fer_xai.engine import engine_for

BATCH = 64


class Bare:
    """Bare passes through a classifier's own model, on one batch over and over.

    Parameters
    ----------
    classifier : Classifier
    size : (height, width, colours)
        Of the faces, so that bringing them to the model's input is part of the floor.
    """

    def __init__(self, classifier: Classifier, size: tuple[int, int, int]) -> None:
        import tensorflow as tf

        self._classifier = classifier
        self._faces = tf.constant(np.random.default_rng(0).random((BATCH, *size)), tf.float32)

    def forward(self, rows: int) -> Callable[[], object]:
        """So many faces, forward."""
        return lambda: self._often(self._forward, rows)

    def gradient(self, rows: int) -> Callable[[], object]:
        """So many faces, forward and backward."""
        return lambda: self._often(self._gradient, rows)

    def layer(self, rows: int) -> Callable[[], object]:
        """So many faces, forward and back to the last convolution."""
        return lambda: self._often(self._layer, rows)

    def _often(self, program: Any, rows: int) -> None:
        for start in range(0, rows, BATCH):
            program(self._faces[: min(BATCH, rows - start)]).numpy()

    @cached_property
    def _forward(self) -> Any:
        import tensorflow as tf

        return tf.function(lambda faces: self._classifier.forward(faces)[1], reduce_retracing=True)

    @cached_property
    def _gradient(self) -> Any:
        import tensorflow as tf

        @tf.function(reduce_retracing=True)
        def program(faces: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(faces)
                score = tf.reduce_sum(self._classifier.forward(faces)[0][:, 0])
            return tape.gradient(score, faces)

        return program

    @cached_property
    def _layer(self) -> Any:
        import tensorflow as tf

        last = engine_for(self._classifier).last_convolution
        tapped = next(layer for layer in layers_of(self._classifier.model) if layer_path(layer) == last)

        @tf.function(reduce_retracing=True)
        def program(faces: Any) -> Any:
            with tf.GradientTape() as tape, watching([tapped]) as calls:
                tape.watch(faces)
                score = tf.reduce_sum(self._classifier.forward(faces)[0][:, 0])
            # Where the logits are linear in the layer, the gradient alone would need no pass.
            return tf.stack([tape.gradient(score, calls[-1].output), calls[-1].output])

        return program
