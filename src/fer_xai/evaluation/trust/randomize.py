"""A classifier with the same architecture and random weights, made without touching the model or cloning it.

Keras itself can call a model on weights that are not its own (`keras.StatelessScope`). So there is nothing to clone
that might not be clonable (nested backbones, subclassed models, layers of the user's own), nothing to put back, and
every pass is traced once however often the weights are drawn anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.classifier.taps import layers_of, watching
from fer_xai.errors import InputError
from fer_xai.evaluation.trust.normalise import batch_normalisations, normalising_by

# What a layer adds to its answers: nothing, before anything was learned.
_OFFSETS = ("bias", "beta")
_USUAL = (48, 48, 1)


class RandomizedClassifier(Classifier):
    """A classifier of random weights beside the one it is made of, which stays as it is.

    It answers as the original until `randomize` is called. What has been traced through it (the engine's programs, and
    so all explanations) reads the weights of the moment: nothing is traced again.

    Parameters
    ----------
    original : Classifier
        Of a model of Keras 3: functional, Sequential, nested or subclassed.

    Attributes
    ----------
    steps : tuple of str
        The layers that have kernels, by their names in order of execution. Norms and other vectors go with the kernel
        before them.

    Raises
    ------
    InputError
        If it is a plain function, a SavedModel or a model of Keras 2, whose weights cannot be exchanged, or if it has
        no kernels.

    Notes
    -----
    A random network must still be a network that tells faces apart, else every map changes and the comparison proves
    nothing. So the values of each kernel are shuffled, which keeps its scale; biases become zero, as before training;
    and batch normalisations get the mean and the variance that they see on faces under the new weights. (With those of
    the trained network, the logits of a random mini-XCEPTION hardly differ from face to face, and four of five Grad-CAM
    maps of the bundled classifier are blank.)
    """

    def __init__(self, original: Classifier) -> None:
        _refuse_what_cannot_be_exchanged(original)
        self.__dict__.update({key: value for key, value in original.__dict__.items() if key != "_engine"})
        self.name = f"{original.name} with random weights"
        self._original = original
        # Finding out how a model ends may run it; that must be over before any weights are exchanged.
        _ = original.logits_at
        called = _called(original)
        named = _steps(called)
        if not named:
            raise InputError(f"{original.name} has no layer with a kernel: there are no weights to randomize")
        self.steps = tuple(name for name, _ in named)
        self._step = {id(weight): step for step, (_, weights) in enumerate(named) for weight in weights}
        self._weights = [weight for _, weights in named for weight in weights]
        self._values = [_copy(weight) for weight in self._weights]
        self._norms = [norm for norm in batch_normalisations(called) if id(norm.moving_mean) in self._step]
        self._programs: dict[tuple[int, ...], Any] = {}

    def forward(self, faces: Any) -> tuple[Any, Any]:
        """Logits and probabilities (N, E) under the weights of the moment; to be traced."""
        with self._scope():
            return self._original.forward(faces)

    def randomize(self, last: int, seed: int, faces: np.ndarray) -> None:
        """Draw the weights of the `last` steps anew, from the head down; all others are the original's.

        Parameters
        ----------
        last : int
            How many steps, 0…len(steps). With the same seed, more steps keep the kernels that fewer have drawn: a
            cascade.
        seed : int
        faces : ndarray (N, H, W, C) float32 in [0, 1]
            For batch normalisations. Enough to know a mean from; a dozen is.
        """
        first = len(self.steps) - last
        for number, (weight, value) in enumerate(zip(self._weights, self._values, strict=True)):
            own = weight.numpy()
            value.assign(own if self._step[id(weight)] < first else _drawn(own, weight.name, [seed, number]))
        if self._norms:
            self._normalise(faces, first)

    def _scope(self) -> Any:
        import keras

        pairs = list(zip(self._weights, self._values, strict=True))
        return keras.StatelessScope(state_mapping=pairs, initialize_variables=False)

    def _normalise(self, faces: np.ndarray, first: int) -> None:
        if faces.shape[1:] not in self._programs:
            self._programs[faces.shape[1:]] = self._trace_statistics(faces.shape[1:])
        anew = np.array([self._step[id(norm.moving_mean)] >= first for norm in self._norms])
        held = dict(zip(map(id, self._weights), self._values, strict=True))
        for norm, (mean, variance) in zip(self._norms, self._programs[faces.shape[1:]](faces, anew), strict=True):
            held[id(norm.moving_mean)].assign(mean)
            held[id(norm.moving_variance)].assign(variance)

    def _trace_statistics(self, size: tuple[int, ...]) -> Any:
        import tensorflow as tf

        @tf.function(input_signature=[tf.TensorSpec((None, *size), tf.float32), tf.TensorSpec((None,), tf.bool)])
        def program(faces: Any, anew: Any) -> Any:
            scope = self._scope()
            asked = [(norm, anew[place]) for place, norm in enumerate(self._norms)]
            with scope, normalising_by(scope, asked) as used:
                self._original.forward(faces)
                return [used.get(id(n), (n.moving_mean.value, n.moving_variance.value)) for n in self._norms]

        return program


def _drawn(values: np.ndarray, name: str, seed: list[int]) -> np.ndarray:
    if name in _OFFSETS:
        return np.zeros_like(values)
    return np.random.default_rng(seed).permutation(values.ravel()).reshape(values.shape)


def _copy(weight: Any) -> Any:
    import tensorflow as tf

    return tf.Variable(weight.numpy(), dtype=weight.dtype, trainable=False)


def _steps(called: list[Any]) -> list[tuple[str, list[Any]]]:
    """Name and weights of each layer with a kernel, in order of execution, each weight once."""
    steps: list[tuple[str, list[Any]]] = []
    seen: set[int] = set()
    waiting: list[Any] = []
    for layer in called:
        own = [weight for weight in layer.weights if "float" in str(weight.dtype) and id(weight) not in seen]
        seen.update(map(id, own))
        if any(len(weight.shape) > 1 for weight in own):
            steps.append((layer.name, waiting + own))
            waiting = []
        elif steps:
            steps[-1][1].extend(own)
        else:
            waiting += own
    return steps


def _called(classifier: Classifier) -> list[Any]:
    """The layers that make a face's answer, in order of execution, each once."""
    import tensorflow as tf

    size = [side or usual for side, usual in zip(classifier.input_shape, _USUAL, strict=True)]
    found: dict[int, Any] = {}

    @tf.function(input_signature=[tf.TensorSpec((None, *size), tf.float32)])
    def probe(faces: Any) -> Any:
        with watching(layers_of(classifier.model)) as calls:
            logits, _ = classifier.forward(faces)
        found.update({id(call.layer): call.layer for call in calls})
        return logits

    probe.get_concrete_function()
    return list(found.values())


def _refuse_what_cannot_be_exchanged(classifier: Classifier) -> None:
    import keras

    why = None
    if classifier.model is None:
        why = "it is a plain function"
    elif not isinstance(classifier.model, keras.Model):
        why = "it is a model of Keras 2"
    elif isinstance(classifier, RandomizedClassifier):
        why = "they are random already"
    elif any(type(layer).__name__ == "TFSMLayer" for layer in layers_of(classifier.model)):
        why = "it is a SavedModel, whose layers cannot be seen"
    if why:
        raise InputError(f"the weights of {classifier.name} cannot be randomized: {why}")
