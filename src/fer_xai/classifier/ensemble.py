"""An average of classifiers is a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fer_xai.classifier.classifier import Classifier
from fer_xai.classifier.colour import LUMA
from fer_xai.classifier.illumination import illumination_layer
from fer_xai.classifier.scaling import parse_scaling
from fer_xai.classifier.taps import is_model, layers_of
from fer_xai.errors import InputError


def ensemble(
    classifiers: Sequence[Classifier], weights: Sequence[float] | None = None, name: str = "ensemble"
) -> Classifier:
    """One classifier whose probabilities are the mean of others'.

    Parameters
    ----------
    classifiers : sequence of Classifier
        Two or more, with the same emotions in any order. Their sizes, colours, treatments of light and scalings may
        differ: each has its own inside the ensemble. Their weights are shared with it, not copied.
    weights : sequence of float, optional
        How much each one counts; positive, in any unit. Default: all the same.
    name : str
        What reports call it.

    Returns
    -------
    Classifier
        Of one `keras.Model` made of Keras layers that takes faces in [0, 1] of any size: grey ones, or RGB where any
        member is in colour. Emotions stand in the first one's order. Its logits are the logarithms of the mean
        probabilities.

    Raises
    ------
    InputError
        If there are fewer than two or one is there twice, their emotions differ, a weight is not positive, or one is no
        model of Keras 3 that gives probabilities which sum to one.

    Notes
    -----
    The mean is taken in float32. A member whose softmax is in half precision is averaged as it answers, to about
    three digits. Of RGB faces a grey member sees a grey that differs from its own by less than 1e-4, the rounding of
    TensorFlow's weights. Faces that are larger than a member's input along one side only are smoothed along that side,
    which a classifier on its own does by height.
    """
    members = list(classifiers)
    _refuse_unfit(members)
    shares = _shares(weights, len(members))
    import keras

    emotions, channels = members[0].emotions, 3 if any(member.colour != "grey" for member in members) else 1
    faces = keras.Input((None, None, channels), name="faces")
    parts = [
        _member(member, f"member_{place}", channels, emotions, share)(faces)
        for place, (member, share) in enumerate(zip(members, shares, strict=True), 1)
    ]
    model = keras.Model(faces, keras.layers.Add(name="mean", dtype="float32")(parts), name=name)
    return Classifier(model, emotions, "unit", name)


def members_of(model: Any) -> list[Any]:
    """The models that a model adds or averages at its very end, as `ensemble` does; none for any other model."""
    outputs = getattr(model, "outputs", None) or []
    # Keras 2 keeps other books, and no ensemble is made of it.
    last: Any = getattr(getattr(outputs[0], "_keras_history", None), "operation", None) if len(outputs) == 1 else None
    if type(last).__name__ not in ("Add", "Average"):
        return []
    answers = last._inbound_nodes[outputs[0]._keras_history.node_index].input_tensors
    parts = [answer._keras_history.operation for answer in answers]
    return parts if len(parts) > 1 and all(is_model(part) for part in parts) else []


def _refuse_unfit(members: list[Classifier]) -> None:
    if len(members) < 2:
        raise InputError(f"an ensemble needs two classifiers or more; received {len(members)}")
    first = members[0]
    for place, member in enumerate(members):
        if member.model is not None and any(member.model is other.model for other in members[:place]):
            raise InputError(f"{member.name} was given twice: give it once, with a larger weight")
        if member.model is None or not _is_keras_3(member.model):
            raise InputError(f"{member.name} cannot be part of an ensemble: it is no model of Keras 3")
        if any(type(layer).__name__ == "TFSMLayer" for layer in layers_of(member.model)):
            raise InputError(f"{member.name} cannot be part of an ensemble: it is a SavedModel, which no file can hold")
        if set(member.emotions) != set(first.emotions):
            apart = sorted(set(member.emotions) ^ set(first.emotions))
            raise InputError(
                f"{first.name} and {member.name} know different emotions ({', '.join(apart)} only one of them): "
                "classifiers can be averaged over the same emotions only"
            )
        if _head_kind(member) == "sigmoid":
            raise InputError(
                f"{member.name} cannot be part of an ensemble: it says yes or no to each emotion on its own "
                "(sigmoid), so its outputs do not sum to one"
            )


def _is_keras_3(model: Any) -> bool:
    import keras

    return isinstance(model, keras.Model)


def _shares(weights: Sequence[float] | None, count: int) -> np.ndarray:
    given = np.ones(count) if weights is None else np.asarray(weights, np.float64)
    if given.shape != (count,) or not (np.isfinite(given).all() and (given > 0).all()):
        raise InputError(f"weights {weights}: expected {count} positive numbers, one for each classifier")
    return given / given.sum()


def _member(member: Classifier, name: str, channels: int, emotions: Sequence[str], share: float) -> Any:
    """From faces (N, H, W, C) in [0, 1] to a member's probabilities in the common order, times its share."""
    import keras
    from keras import layers

    x = faces = keras.Input((None, None, channels), name="faces")
    for layer in _leading(member, channels):
        x = layer(x)
    x = member._output.of(member.model, x)
    if _head_kind(member) == "linear":
        x = layers.Softmax(dtype="float32", name="probabilities")(x)
    x = layers.Rescaling(share, dtype="float32", name="share")(x)
    if member.emotions != tuple(emotions):
        order = np.array([[mine == common for common in emotions] for mine in member.emotions], np.float32)
        x = _mixing(order, "order")(x)
    return keras.Model(faces, x, name=name)


def _leading(member: Classifier, channels: int) -> list[Any]:
    """What `Classifier.preprocess` does, as layers: colour, size, light, scaling."""
    from keras import layers

    height, width, wanted = member.input_shape
    found: list[Any] = []
    if member.colour == "grey" and channels == 3:
        found.append(_mixing(np.array(LUMA, np.float32)[:, None], "grey"))
    now = 1 if member.colour == "grey" else channels
    if now != wanted:
        found.append(_mixing(np.ones((1, wanted), np.float32), "three_channels"))
    if height:
        found.append(layers.Resizing(height, width, antialias=True, dtype="float32", name="size"))
    if member.illumination:
        found.append(illumination_layer(member.illumination))
    if member.colour == "bgr":
        found.append(_mixing(np.eye(3, dtype=np.float32)[::-1], "bgr"))
    return found + _scaling(member.scaling, wanted)


def _scaling(name: str, channels: int) -> list[Any]:
    """A scaling as layers, read off the function itself: every one is x · a + b, perhaps with channels reversed."""
    from keras import layers

    scale = parse_scaling(name, channels)
    low, high = (scale(np.full(channels, v)) for v in (0.0, 1.0))
    found: list[Any] = []
    probe = scale(np.eye(channels)) - low
    mixing = (probe != 0).astype(np.float32)
    if not np.array_equal(mixing, np.eye(channels)):
        found.append(_mixing(mixing, "channel_order"))
    if name != "unit":
        found.append(layers.Rescaling((high - low).tolist(), low.tolist(), dtype="float32", name="scaling"))
    return found


def _mixing(kernel: np.ndarray, name: str) -> Any:
    """A fixed linear map of the last axis."""
    from keras import layers

    layer = layers.Dense(kernel.shape[1], use_bias=False, trainable=False, dtype="float32", name=name)
    layer.build((None, kernel.shape[0]))
    layer.set_weights([kernel])
    return layer


def _head_kind(member: Classifier) -> str:
    """How a classifier ends; see `fer_xai.classifier.head.Head`. Traced, nothing is computed."""
    import tensorflow as tf

    kinds: list[str] = []

    @tf.function(input_signature=[tf.TensorSpec((None, *member._usual_size), tf.float32)])
    def probe(faces: Any) -> Any:
        head = member._head(faces)
        kinds.append(head.kind)
        return head.logits

    probe.get_concrete_function()
    return kinds[0]
