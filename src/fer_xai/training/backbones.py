"""Nets that come with weights of their own, and how grey faces become what they were trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from fer_xai.classifier.illumination import illumination_layer
from fer_xai.training.vggface import vggface_resnet50

# Subtracted from 0…255 in Keras's "caffe" mode, blue first; all three channels of a grey face are the same.
_CAFFE_MEAN = (103.939, 116.779, 123.68)


@dataclass(frozen=True)
class Backbone:
    """The convolutional part of a known net, as one layer of ours.

    Attributes
    ----------
    name : str
        Of the layer.
    make : callable
        ``make(input_shape=…, include_top=False, weights=…, name=…) -> keras.Model``.
    side : int
        Faces are enlarged to so many pixels.
    scaling : {"unit", "tf", "caffe", "raw"}
        What the net takes, in Keras's names: 0…1, −1…1, 0…255 minus mean, or 0…255.
    download : bool
        Whether Keras can download its ImageNet weights; else they must be given as a file.
    """

    name: str
    make: Callable[..., Any]
    side: int = 48
    scaling: str = "caffe"
    download: bool = True


VGG16 = Backbone("vgg16", keras.applications.VGG16)
RESNET50 = Backbone("resnet50", keras.applications.ResNet50)
INCEPTIONV3 = Backbone("inceptionv3", keras.applications.InceptionV3, side=75, scaling="tf")
EFFICIENTNETB0 = Backbone("efficientnetb0", keras.applications.EfficientNetB0, scaling="raw")
VGGFACE_RESNET50 = Backbone("vggface_resnet50", vggface_resnet50, side=197, scaling="unit", download=False)


def bare(backbone: Backbone, weights: str | None = None) -> keras.Model:
    """The net itself, with random weights, or with ``"imagenet"``'s."""
    shape = (backbone.side, backbone.side, 3)
    return backbone.make(input_shape=shape, include_top=False, weights=weights, name=backbone.name)


def with_head(
    backbone: Backbone, classes: int, head: Callable[[Any], Any], name: str, illumination: str | None = None
) -> keras.Model:
    """A classifier of grey 48×48 faces in [0, 1]: light, size and scaling, the backbone, `head`, and a softmax.

    All treatment of the face is part of the net, so that explanations include it.
    """
    face = layers.Input((48, 48, 1), name="face")
    lit = face if illumination is None else illumination_layer(illumination)(face)
    x = head(bare(backbone)(_prepare(backbone, lit)))
    x = layers.Dense(classes, name="logits")(x)
    return keras.Model(face, layers.Softmax(dtype="float32", name="probabilities")(x), name=name)


def _prepare(backbone: Backbone, face: Any) -> Any:
    x = layers.Concatenate(name="three_channels")([face, face, face])
    if backbone.side != 48:
        x = layers.Resizing(backbone.side, backbone.side, interpolation="bilinear", name="enlarged")(x)
    scale: dict[str, tuple[float, Any]] = {"tf": (2.0, -1.0), "caffe": (255.0, [-m for m in _CAFFE_MEAN])}
    if backbone.scaling in scale:
        times, plus = scale[backbone.scaling]
        return layers.Rescaling(times, plus, name="scaled")(x)
    return layers.Rescaling(255.0, name="scaled")(x) if backbone.scaling == "raw" else x
