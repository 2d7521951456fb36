"""What goes into a model and what comes out: found where it can be, asked for in one line where not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import engine_for
from fer_xai.errors import InputError


def two_outputs(structure: type = list) -> Any:
    import keras
    from keras import layers

    inputs = layers.Input((12, 12, 1))
    flat = layers.Flatten()(inputs)
    age, emotion = layers.Dense(3, name="age")(flat), layers.Dense(7, activation="softmax", name="emotion")(flat)
    outputs = {"years": age, "feeling": emotion} if structure is dict else [age, emotion]
    return keras.Model(inputs, outputs, name="two")


def refusal(build: Any) -> str:
    with pytest.raises(InputError) as refused:
        build()
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("structure", "names", "chosen"),
    [(list, "age, emotion", "emotion"), (list, "age, emotion", 1), (dict, "years, feeling", "feeling")],
)
def test_one_of_several_outputs_is_named(structure, names, chosen, sample_images):
    model = two_outputs(structure)
    assert f"has 2 outputs ({names}): name the one" in refusal(lambda: Classifier(model))
    assert f"no output 'joy'; it has {names}" in refusal(lambda: Classifier(model, output="joy"))
    classifier = Classifier(model, output=chosen)
    assert classifier.output == names.split(", ")[1]
    assert classifier.describe()["output"] == classifier.output
    own = model(np.asarray(classifier.preprocess(sample_images)))
    own = own["feeling"] if structure is dict else own[1]
    assert np.allclose(engine_for(classifier).predict(sample_images)[1], own, atol=1e-6)


def test_the_only_output_may_be_called_by_its_name(stub_model):
    assert Classifier(stub_model).output is None
    assert Classifier(stub_model, output=0).output is None
    assert "has no output 'age'" in refusal(lambda: Classifier(stub_model, output="age"))


def subclass(answer: str = "softmax", **shape: Any) -> Any:
    """A subclassed model; `answer` is what its call gives."""
    import keras
    from keras import layers, ops

    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="own")
            self.flatten, self.dense = layers.Flatten(), layers.Dense(7)

        def build(self, input_shape: Any) -> None:
            self.dense.build((None, 144))
            self.built = True

        def call(self, faces: Any) -> Any:
            values = self.dense(self.flatten(faces))
            soft = ops.softmax(values)
            return {"softmax": soft, "several": (values, soft), "map": ops.reshape(soft, (-1, 7, 1))}[answer]

    model = Own()
    model.build(**shape)
    return model


def test_a_subclassed_model_may_need_its_input_told():
    unknown = subclass(input_shape=None)
    unknown._build_shapes_dict = None
    assert "does not tell its input's shape: give it" in refusal(lambda: Classifier(unknown))
    assert Classifier(unknown, input_shape=(12, 12, 1)).input_shape == (12, 12, 1)
    said = refusal(lambda: Classifier(unknown, input_shape=(13, 12, 1)))
    assert "cannot be called on input (None, 13, 12, 1)" in said


def test_a_subclassed_model_with_several_outputs():
    model = subclass("several", input_shape=(None, 12, 12, 1))
    assert "has 2 outputs (output_0, output_1)" in refusal(lambda: Classifier(model))
    classifier = Classifier(model, output=1)
    assert classifier.output == "output_1"
    assert classifier.logits_at == "input of the softmax in the model's own code"


def test_an_output_that_is_no_row_of_emotions():
    model = subclass("map", input_shape=(None, 12, 12, 1))
    assert "gives output (None, 7, 1); expected (N, number of emotions)" in refusal(lambda: Classifier(model))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((12, 12, 2), "takes input (None, 12, 12, 2); expected (N, height, width, 1 or 3)"),
        ((12, 12), "takes input (None, 12, 12); expected (N, height, width, 1 or 3)"),
        ((1, 12, 12), "channels first"),
    ],
)
def test_inputs_that_are_no_faces_are_refused(shape, said):
    import keras
    from keras import layers

    inputs = layers.Input(shape)
    model = keras.Model(inputs, layers.Dense(7)(layers.Flatten()(inputs)))
    assert said in refusal(lambda: Classifier(model))


def test_a_given_shape_must_fit_what_the_model_tells(stub_model):
    assert "does not fit model 'softmax_in_dense'" in refusal(lambda: Classifier(stub_model, input_shape=(64, 64, 1)))
    assert "expected (N, height, width, 1 or 3)" in refusal(lambda: Classifier(stub_model, input_shape=(48, 48)))


def test_a_model_of_any_size_takes_the_given_one(sample_images):
    from tests.stubs import STUBS

    model = STUBS["reshaped_softmax"]()
    assert Classifier(model).input_shape == (None, None, 1)
    small = Classifier(model, input_shape=(24, 24, 1))
    assert small.preprocess(sample_images).shape == (16, 24, 24, 1)


def test_a_model_that_was_never_built_is_refused():
    from keras import Sequential, layers

    assert "has no weights yet" in refusal(lambda: Classifier(Sequential([layers.Flatten(), layers.Dense(7)])))


@pytest.mark.parametrize("thing", [object(), "no model", np.zeros(3)])
def test_what_is_no_model_is_told_about_functions(thing):
    assert "is no Keras model: give a keras.Model or a file" in refusal(lambda: Classifier(thing))


def test_colour_is_what_the_channels_mean():
    from tests.stubs import STUBS

    model = STUBS["nested_colour"]()
    faces = np.random.default_rng(0).uniform(size=(2, 40, 40, 3)).astype(np.float32)
    grey = faces @ np.array([0.299, 0.587, 0.114], np.float32)
    assert Classifier(model).colour == "rgb"
    assert np.array_equal(Classifier(model, colour="rgb").preprocess(faces), faces)
    assert np.array_equal(Classifier(model, colour="bgr").preprocess(faces), faces[..., ::-1])
    shown = np.asarray(Classifier(model, colour="grey").preprocess(faces))
    assert np.allclose(shown, grey[..., None], atol=1e-6)
    # Keras's own caffe preparation, fed a picture that OpenCV read, ends in the picture's own order.
    import keras

    theirs = keras.applications.imagenet_utils.preprocess_input(faces[..., ::-1] * 255, mode="caffe")
    ours = Classifier(model, scaling="caffe", colour="bgr").preprocess(faces)
    assert np.allclose(ours, theirs, atol=1e-3)
    assert Classifier(model, colour="bgr").describe()["colour"] == "bgr"


@pytest.mark.parametrize(("colour", "said"), [("rgb", "needs 3 channels"), ("sepia", "unknown colour 'sepia'")])
def test_colours_that_do_not_fit_are_refused(stub_model, colour, said):
    assert said in refusal(lambda: Classifier(stub_model, colour=colour))


def test_settings_that_could_only_be_ignored_are_refused(stub_model):
    ready = Classifier(stub_model)
    assert load_classifier(ready) is ready
    assert "scaling was given together with a Classifier" in refusal(lambda: load_classifier(ready, scaling="tf"))
    assert "builder was given" in refusal(lambda: load_classifier(stub_model, builder=lambda: stub_model))
