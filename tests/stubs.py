"""One tiny, seeded model for every shape of model that people bring; tests run each explainer on each of them.

An entry of `STUBS` takes nothing and gives a model, or a ready `Classifier` where a model alone would not say
enough (a named output, a file that must be trusted). `load_classifier` takes either.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SEED = 7


def softmax_in_dense() -> Any:
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((48, 48, 1)),
            layers.Conv2D(4, 5, strides=2, activation="relu"),
            layers.BatchNormalization(),
            layers.Conv2D(6, 3, activation="relu", name="last"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(7, activation="softmax"),
        ],
        name="softmax_in_dense",
    )


def softmax_apart() -> Any:
    import keras
    from keras import layers

    x = inputs = layers.Input((64, 64, 1))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    residual = layers.Conv2D(8, 1, strides=2, padding="same")(x)
    x = layers.add([layers.MaxPooling2D(2, padding="same")(x), residual])
    x = layers.Conv2D(7, 3, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Activation("softmax")(x), name="softmax_apart")


def logits_output() -> Any:
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((32, 32, 1)),
            layers.Conv2D(5, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(7),
        ],
        name="logits_output",
    )


def nested_colour() -> Any:
    import keras
    from keras import layers

    inner_input = layers.Input((40, 40, 3))
    x = layers.Conv2D(6, 3, activation="relu", name="inner_conv")(inner_input)
    x = layers.SeparableConv2D(6, 3, activation="relu", name="inner_last")(x)
    backbone = keras.Model(inner_input, x, name="backbone")
    return keras.Sequential(
        [
            layers.Input((40, 40, 3)),
            backbone,
            layers.GlobalAveragePooling2D(),
            layers.Dense(8, activation="softmax"),
        ],
        name="nested_colour",
    )


def sequential_unbuilt() -> Any:
    """No Input layer: built by its first call, on a batch of two."""
    from keras import Sequential, layers

    model = Sequential(
        [
            layers.Conv2D(4, 3, strides=2, activation="relu"),
            layers.Conv2D(5, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(7, activation="softmax"),
        ],
        name="sequential_unbuilt",
    )
    model(np.zeros((2, 32, 32, 1), np.float32))
    return model


def attention_head() -> Any:
    """Self-attention over the cells of the last map; it has a softmax of its own in the middle."""
    import keras
    from keras import layers

    x = inputs = layers.Input((32, 32, 1))
    x = layers.Conv2D(8, 3, strides=4, activation="relu", name="grid")(x)
    x = layers.Reshape((-1, 8))(x)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(7, activation="softmax")(x), name="attention_head")


def conv_lstm() -> Any:
    """Rows of the last map read one after the other by an LSTM."""
    import keras
    from keras import layers

    x = inputs = layers.Input((32, 32, 1))
    x = layers.Conv2D(4, 3, strides=3, activation="relu", name="grid")(x)
    x = layers.TimeDistributed(layers.Flatten())(x)
    x = layers.LSTM(6)(x)
    return keras.Model(inputs, layers.Dense(7, activation="softmax", name="fc")(x), name="conv_lstm")


def multi_output() -> Any:
    """The emotions come second, and the other output has a convolution that they do not depend on."""
    import keras
    from keras import layers

    from fer_xai.classifier import Classifier

    x = inputs = layers.Input((32, 32, 1))
    x = layers.Conv2D(5, 3, strides=2, activation="relu", name="shared")(x)
    aside = layers.Conv2D(3, 3, activation="relu", name="aside")(x)
    valence = layers.Dense(7, activation="tanh", name="valence")(layers.Flatten()(aside))
    emotion = layers.Dense(7, activation="softmax", name="emotion")(layers.Flatten()(x))
    return Classifier(keras.Model(inputs, [valence, emotion], name="multi_output"), output="emotion")


def subclassed() -> Any:
    import keras
    from keras import layers

    class Subclassed(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="subclassed")
            self.first = layers.Conv2D(4, 3, strides=2, activation="relu", name="first")
            self.second = layers.Conv2D(5, 3, strides=2, activation="relu", name="second")
            self.flatten = layers.Flatten()
            self.head = layers.Dense(7)

        def call(self, faces: Any) -> Any:
            return keras.ops.softmax(self.head(self.flatten(self.second(self.first(faces)))))

    model = Subclassed()
    model(np.zeros((2, 32, 32, 1), np.float32))
    return model


def mixed_precision() -> Any:
    """Layers compute in half precision on float32 weights; only the softmax is float32, as Keras advises."""
    import keras
    from keras import layers

    half = keras.dtype_policies.DTypePolicy("mixed_float16")
    x = inputs = layers.Input((32, 32, 1))
    x = layers.Conv2D(4, 3, strides=2, activation="relu", dtype=half)(x)
    x = layers.Flatten(dtype=half)(x)
    x = layers.Dense(7, dtype=half)(x)
    return keras.Model(inputs, layers.Activation("softmax", dtype="float32")(x), name="mixed_precision")


def half_weights() -> Any:
    """Weights, maps and output are all float16."""
    import keras
    from keras import layers

    x = inputs = layers.Input((32, 32, 1), dtype="float16")
    x = layers.Conv2D(4, 3, strides=2, activation="relu", dtype="float16")(x)
    x = layers.Flatten(dtype="float16")(x)
    return keras.Model(inputs, layers.Dense(7, activation="softmax", dtype="float16")(x), name="half_weights")


def smallest() -> Any:
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((24, 24, 1)),
            layers.Conv2D(3, 3, strides=2, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(7, activation="softmax"),
        ],
        name="smallest",
    )


def largest() -> Any:
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((224, 224, 3)),
            layers.Conv2D(4, 7, strides=8, activation="relu"),
            layers.Conv2D(6, 3, strides=2, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(7, activation="softmax"),
        ],
        name="largest",
    )


def nested_twice() -> Any:
    """A backbone inside a feature extractor inside the model, and a head that is a model of its own."""
    import keras
    from keras import Sequential, layers

    blocks = Sequential(
        [
            layers.Input((48, 48, 3)),
            layers.Conv2D(4, 3, padding="same", activation="relu", name="block1_conv1"),
            layers.MaxPooling2D(4),
            layers.Conv2D(6, 3, padding="same", activation="relu", name="block2_conv1"),
            layers.MaxPooling2D(2),
        ],
        name="vgg",
    )
    x = inputs = layers.Input((48, 48, 3))
    features = keras.Model(inputs, layers.Dropout(0.2)(blocks(x)), name="features")
    head = Sequential(
        [layers.Input((6, 6, 6)), layers.Flatten(), layers.Dense(7), layers.Activation("softmax")], name="head"
    )
    outer = layers.Input((48, 48, 3))
    return keras.Model(outer, head(features(outer)), name="nested_twice")


def no_convolution() -> Any:
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((24, 24, 1)),
            layers.Flatten(),
            layers.Dense(8, activation="relu"),
            layers.Dense(7, activation="softmax"),
        ],
        name="no_convolution",
    )


def sigmoid_output() -> Any:
    """One yes or no per emotion: its rows do not sum to one."""
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((32, 32, 1)),
            layers.Conv2D(4, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(7, activation="sigmoid"),
        ],
        name="sigmoid_output",
    )


def batch_norm() -> Any:
    """Normalisation that has seen data, so that inference and training differ."""
    from keras import Sequential, layers

    model = Sequential(
        [
            layers.Input((32, 32, 1)),
            layers.Rescaling(2.0, -1.0),
            layers.Conv2D(4, 3, strides=2, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(7, activation="softmax"),
        ],
        name="batch_norm",
    )
    normalisation = model.layers[2]
    normalisation.set_weights([np.full(4, 1.5), np.full(4, 0.2), np.linspace(-0.5, 0.5, 4), np.linspace(0.2, 2, 4)])
    return model


def reshaped_softmax() -> Any:
    """A fully convolutional head: softmax over the channels of a 1×1 map, flattened afterwards."""
    import keras
    from keras import layers

    x = inputs = layers.Input((None, None, 1))
    x = layers.Conv2D(4, 3, strides=2, activation="relu")(x)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(7, 1, activation="softmax")(x)
    return keras.Model(inputs, layers.Flatten()(x), name="reshaped_softmax")


def ensemble() -> Any:
    """An average of two softmaxes: probabilities whose logits are nowhere."""
    import keras
    from keras import layers

    x = inputs = layers.Input((32, 32, 1))
    x = layers.Conv2D(4, 3, strides=2, activation="relu")(x)
    flat = layers.Flatten()(x)
    heads = [layers.Dense(7, activation="softmax")(flat) for _ in range(2)]
    return keras.Model(inputs, layers.Average()(heads), name="ensemble")


def saved_model() -> Any:
    """A SavedModel: gradients pass through it, but its layers are not seen."""
    from fer_xai.classifier import load_classifier

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "saved_model"
        smallest().export(path, verbose=False)
        return load_classifier(path, trust_model=True)


def keras_2() -> Any:
    """An .h5 file of Keras 2 that Keras 3 cannot read: its depthwise convolution says ``groups``."""
    from fer_xai.classifier import load_classifier

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keras_2.h5"
        write_keras_2(path)
        return load_classifier(path)


def write_keras_2(path: Path, *extra: Any) -> Any:
    """Save a model of Keras 2 as Keras 2 did; `extra` layers follow the convolutions. Gives the model."""
    import tf_keras
    from tf_keras import layers

    tf_keras.utils.set_random_seed(SEED)
    model = tf_keras.Sequential(
        [
            layers.InputLayer((32, 32, 1)),
            layers.Conv2D(4, 3, strides=2, activation="relu", name="first"),
            layers.DepthwiseConv2D(3, strides=2, activation="relu", name="depthwise"),
            *extra,
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(7, activation="softmax", name="fc"),
        ],
        name="keras_2",
    )
    with warnings.catch_warnings():
        # Keras 2 calls its own format legacy on every save.
        warnings.simplefilter("ignore")
        model.save(path)
    return model


def _seeded(build: Callable[[], Any]) -> Callable[[], Any]:
    def seeded() -> Any:
        import keras

        keras.utils.set_random_seed(SEED)
        return build()

    return seeded


MODELS = (
    *(softmax_in_dense, softmax_apart, logits_output, nested_colour, sequential_unbuilt, attention_head, conv_lstm),
    *(subclassed, mixed_precision, half_weights, smallest, largest, nested_twice, no_convolution, sigmoid_output),
    *(batch_norm, reshaped_softmax, ensemble),
)
CLASSIFIERS = (multi_output, saved_model, keras_2)
STUBS: dict[str, Callable[[], Any]] = {build.__name__: _seeded(build) for build in MODELS + CLASSIFIERS}
# Those that are a bare model of Keras 3.
BARE = sorted(build.__name__ for build in MODELS)
