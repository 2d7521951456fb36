"""Every registered explainer on every stub model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.explainers import list_explainers
from fer_xai.faces import Faces

OPTIONS: dict[str, dict[str, Any]] = {"lime": {"samples": 60}}


def run(model: Any, images: np.ndarray, method: str, **more: Any) -> Any:
    return explain(model, images, method=method, **OPTIONS.get(method.partition(":")[0], {}), **more)


def state_of(model: Any) -> tuple[Any, ...]:
    return (
        [w.copy() for w in model.get_weights()],
        model.get_config(),
        [(layer.name, layer.trainable, sorted(layer.__dict__)) for layer in model._flatten_layers()],
    )


def same_state(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    weights = all(np.array_equal(a, b) for a, b in zip(before[0], after[0], strict=True))
    return weights and before[1:] == after[1:]


@pytest.fixture(scope="session")
def classifier(any_model: Any) -> Classifier:
    return Classifier(any_model)


@pytest.mark.parametrize("method", list_explainers())
class TestEveryExplainer:
    def test_attributions_are_on_the_faces_own_grid(self, classifier, sample_images, method):
        explanation = run(classifier, sample_images[:3], method)
        assert explanation.attributions.shape == (3, 48, 48)
        assert explanation.attributions.dtype == np.float32
        assert np.isfinite(explanation.attributions).all()
        assert explanation.method == method

    def test_one_face_and_a_batch_that_holds_it_agree(self, classifier, sample_images, method):
        batch = run(classifier, sample_images, method).attributions[5]
        alone = run(classifier, sample_images[5:6], method).attributions[0]
        assert np.abs(batch - alone).max() <= 1e-5 * max(np.abs(batch).max(), 1e-12)

    def test_same_seed_same_numbers(self, classifier, sample_images, method):
        first, second = (run(classifier, sample_images[:2], method, seed=3).attributions for _ in range(2))
        assert np.array_equal(first, second)

    def test_model_is_left_as_it_was(self, any_model, sample_images, method):
        before = state_of(any_model)
        run(Classifier(any_model), sample_images[:2], method)
        assert same_state(before, state_of(any_model))

    def test_model_is_left_as_it_was_after_an_error(self, any_model, sample_images, method):
        before = state_of(any_model)
        with pytest.raises(InputError, match="two different ones"):
            run(Classifier(any_model), sample_images[:2], method, target=("happy", "happy"))
        broken = Classifier(any_model)
        broken.preprocess = _fails  # type: ignore[method-assign]
        with pytest.raises(RuntimeError, match="on purpose"):
            run(broken, sample_images[:2], method)
        assert same_state(before, state_of(any_model))

    def test_colour_faces_are_taken(self, classifier, sample_images, method):
        colour = np.repeat(sample_images[:2], 3, axis=-1)
        assert run(classifier, colour, method).attributions.shape == (2, 48, 48)


def _fails(faces: Any) -> Any:
    raise RuntimeError("on purpose")


@pytest.mark.parametrize("method", ["lime:slic", "occlusion"])
def test_contrast_is_antisymmetric(classifier, sample_images, method):
    one = run(classifier, sample_images[:2], method, target=("fear", "surprise")).attributions
    other = run(classifier, sample_images[:2], method, target="surprise-fear").attributions
    assert np.allclose(one, -other, atol=1e-9)


@pytest.mark.parametrize("method", ["lime:slic", "occlusion"])
def test_perturbation_methods_take_a_plain_function(sample_images, method):
    def mean_light(faces: np.ndarray) -> np.ndarray:
        light = faces.mean(axis=(1, 2, 3))
        return np.stack([light, 1 - light], axis=1)

    black_box = Classifier.from_function(mean_light, ["happy", "sad"])
    assert np.abs(run(black_box, sample_images[:2], method, target="happy").attributions).max() > 0


@pytest.mark.parametrize("method", ["gradcam", "saliency"])
def test_gradient_methods_refuse_a_plain_function_with_advice(sample_images, method):
    black_box = Classifier.from_function(lambda faces: np.ones((len(faces), 2)) / 2, "happy,sad")
    with pytest.raises(InputError, match="without gradients: use a perturbation method"):
        run(black_box, sample_images[:2], method)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("lyme", {}, "unknown method 'lyme'; known are"),
        ("lime:voronoi", {}, "unknown segmenter 'voronoi'"),
        ("gradcam:x", {}, "gradcam has no variants"),
        ("saliency", {"patch": 3}, "saliency takes no option patch; its options: of, show"),
        ("occlusion", {"patch": 99}, "larger than the face"),
        ("occlusion", {"patch": 4, "stride": 6}, "leaves gaps"),
        ("gradcam", {"layer": "nowhere"}, "no spatial map at a layer 'nowhere'"),
        ("lime:slic", {"samples": 1}, "at least 2"),
    ],
)
def test_unknown_names_and_options_are_refused_in_one_line(stub_model, sample_images, method, options, message):
    with pytest.raises(InputError, match=message) as refusal:
        explain(stub_model, sample_images[:1], method=method, **options)
    assert "\n" not in str(refusal.value)


def test_faces_in_another_order_get_the_same_numbers(stub_model, sample_images):
    forward = explain(stub_model, sample_images[:4], method="lime:slic", samples=40).attributions
    backward = explain(stub_model, sample_images[3::-1], method="lime:slic", samples=40).attributions
    assert np.allclose(forward, backward[::-1], rtol=1e-5, atol=1e-9)


def test_targets_are_named_per_face(stub_model, sample_images):
    faces = Faces.from_array(sample_images[:2], labels=["happy", "sad"])
    assert explain(stub_model, faces, method="saliency", target="label").targets == ("happy", "sad")
    assert explain(stub_model, faces, method="saliency", target=["fear", "anger"]).targets == ("fear", "angry")
    with pytest.raises(InputError, match="does not know the emotion 'contempt'"):
        explain(stub_model, faces, method="saliency", target="contempt")
    with pytest.raises(InputError, match="needs labelled faces"):
        explain(stub_model, sample_images[:2], method="saliency", target="label")
