"""ResNet50 as the VGGFace weights know it: not Keras's, but Caffe's, without biases and with its own padding.

Layers are named as in the files that people have (``rcmalli_vggface_tf_notop_resnet50.h5``), with an underscore
where those have a slash, which Keras 3 does not allow.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def vggface_resnet50(
    input_shape: tuple[int, int, int], include_top: bool = False, weights: None = None, name: str = "vggface_resnet50"
) -> keras.Model:
    """The net without its top, with random weights, up to the mean over its last 7×7 cells.

    Takes the arguments of the nets in ``keras.applications``; there is neither a top nor anything to download.
    """
    picture = layers.Input(input_shape)
    x = _convolution(picture, 64, 7, "conv1_7x7_s2", strides=2)
    x = layers.MaxPooling2D(3, strides=2)(layers.ReLU()(x))
    for stage, (channels, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), start=2):
        for block in range(1, blocks + 1):
            x = _block(x, channels, f"conv{stage}_{block}", strides=2 if block == 1 and stage > 2 else 1)
    return keras.Model(picture, layers.AveragePooling2D(7, name="avg_pool")(x), name=name)


def _convolution(x: Any, channels: int, side: int, name: str, strides: int = 1) -> Any:
    x = layers.Conv2D(channels, side, strides=strides, padding="same", use_bias=False, name=name)(x)
    return layers.BatchNormalization(name=f"{name}_bn")(x)


def _block(x: Any, channels: int, name: str, strides: int) -> Any:
    y = layers.ReLU()(_convolution(x, channels, 1, f"{name}_1x1_reduce", strides))
    y = layers.ReLU()(_convolution(y, channels, 3, f"{name}_3x3"))
    y = _convolution(y, 4 * channels, 1, f"{name}_1x1_increase")
    if name.endswith("_1"):
        x = _convolution(x, 4 * channels, 1, f"{name}_1x1_proj", strides)
    return layers.ReLU()(layers.add([y, x]))
