"""The models that are timed: bundled, built here with random weights, or a file."""

from __future__ import annotations

from fer_xai import Classifier, load_classifier

BUILT = ("baseline-cnn", "vgg16-48", "vgg16-224")


def open_model(given: str) -> tuple[str, Classifier]:
    """``baseline-cnn``, ``vgg16-48``, ``vgg16-224``, or ``NAME=FILE,SCALING``: a name and a classifier."""
    if given == "baseline-cnn":
        return given, load_classifier(given)
    if given.startswith("vgg16-"):
        return given, _vgg16(int(given.removeprefix("vgg16-")))
    name, _, model = given.partition("=")
    file, _, scaling = model.partition(",")
    return name, load_classifier(file, scaling=scaling or "unit", emotions="fer2013")


def _vgg16(side: int) -> Classifier:
    """VGG16 with a dense head, random weights: time does not depend on them."""
    import keras

    keras.utils.set_random_seed(0)
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(side, side, 3), pooling="avg")
    answer = keras.layers.Dense(7, activation="softmax")(base.output)
    return Classifier(keras.Model(base.input, answer, name=f"vgg16_{side}"), scaling="caffe")
