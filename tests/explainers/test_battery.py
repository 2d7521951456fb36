"""Every registered explainer on every model shape: one table drives all."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from fer_xai.errors import InputError
from fer_xai.explainers import list_explainers, methods_for
from fer_xai.explainers.target import check_target
from fer_xai.faces import Faces
from tests.conftest import STUBS

# Few passes, so that the whole table is quick; nothing checked here depends on how many.
QUICK: dict[str, dict[str, Any]] = {
    "lime": {"samples": 40},
    "rise": {"samples": 30},
    "shap:segments": {"samples": 40},
    "shap:partition": {"samples": 40},
    "shap:gradient": {"samples": 6},
    "smoothgrad": {"samples": 4},
    "integrated_gradients": {"steps": 4, "max_steps": 8},
}
# What makes a method linear in the target, so that swapping a contrast turns the sign; the other methods rectify
# gradients on the way and have no such option.
LINEAR: dict[str, dict[str, Any]] = {
    "saliency": {"show": "signed"},
    "smoothgrad": {"show": "signed"},
    "gradcam": {"relu": False},
    "scorecam": {"relu": False},
}
RECTIFIED = {"gradcam_plus_plus", "layercam"}
# Signed by definition of the method, or of magnitudes and rectified maps.
UNSIGNED = {"saliency", "smoothgrad", "gradcam", "gradcam_plus_plus", "layercam", "scorecam"}
FACES = slice(2, 5)
ALONE = slice(3, 4)


def options_of(method: str) -> dict[str, Any]:
    return QUICK.get(method, QUICK.get(method.partition(":")[0], {}))


def run(model: Any, images: np.ndarray, method: str, **more: Any) -> Any:
    return explain(model, images, method=method, **{**options_of(method), **more})


def state_of(model: Any) -> tuple[Any, ...]:
    config = None if type(model).__module__.startswith("tests") else model.get_config()
    layers = [(layer.name, layer.trainable, sorted(layer.__dict__)) for layer in model._flatten_layers()]
    return [np.array(w) for w in model.get_weights()], config, layers


def same_state(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    weights = all(np.array_equal(a, b) for a, b in zip(before[0], after[0], strict=True))
    return weights and before[1:] == after[1:]


@cache
def classifier_of(name: str) -> Classifier:
    stub = STUBS[name]()
    return stub if isinstance(stub, Classifier) else Classifier(stub)


def traces(classifier: Classifier) -> list[int]:
    return [program.experimental_get_tracing_count() for program in engine_for(classifier)._programs.values()]


WORKING = [(name, method) for name in sorted(STUBS) for method in list_explainers()]


@pytest.fixture(scope="module", params=WORKING, ids=lambda pair: "-".join(pair))
def case(request: pytest.FixtureRequest, sample_images: np.ndarray) -> SimpleNamespace:
    """One method on one model: the runs that several checks look at, made once."""
    name, method = request.param
    classifier = classifier_of(name)
    reason = methods_for(classifier)[method]
    if reason is not None:
        return SimpleNamespace(classifier=classifier, method=method, reason=reason)
    before = state_of(classifier.model)
    batch = run(classifier, sample_images[FACES], method, seed=3)
    traced = traces(classifier)
    again = run(classifier, sample_images[FACES], method, seed=3)
    alone = run(classifier, sample_images[ALONE], method, seed=3)
    return SimpleNamespace(
        classifier=classifier,
        method=method,
        reason=None,
        batch=batch,
        again=again,
        alone=alone,
        untouched=same_state(before, state_of(classifier.model)),
        retraced=traces(classifier) != traced,
    )


class TestEveryExplainerOnEveryModel:
    def test_a_model_it_does_not_fit_is_refused_with_what_remains(self, case, sample_images):
        if case.reason is None:
            return
        with pytest.raises(InputError) as refusal:
            run(case.classifier, sample_images[:1], case.method)
        assert case.reason in str(refusal.value)
        remaining = [name for name, lack in methods_for(case.classifier).items() if lack is None]
        assert "occlusion" in remaining
        assert str(refusal.value).endswith(", ".join(remaining))

    def test_attributions_are_finite_on_the_faces_own_grid_and_signed_where_they_should_be(self, case):
        if case.reason is not None:
            return
        maps = case.batch.attributions
        assert maps.shape == (3, 48, 48)
        assert maps.dtype == np.float32
        assert np.isfinite(maps).all()
        assert case.batch.method == case.method
        if case.method in UNSIGNED:
            assert maps.min() >= 0
        assert np.ptp(maps, axis=(1, 2)).max() > 0 or case.method in RECTIFIED | {"gradcam", "scorecam"}

    def test_one_face_and_a_batch_that_holds_it_agree(self, case):
        if case.reason is not None:
            return
        batch, alone = case.batch.attributions[1], case.alone.attributions[0]
        assert np.abs(batch - alone).max() <= tolerance(case) * max(np.abs(batch).max(), 1e-6)

    def test_same_seed_same_numbers(self, case):
        if case.reason is None:
            assert np.array_equal(case.batch.attributions, case.again.attributions)

    def test_nothing_is_traced_twice(self, case):
        assert case.reason is not None or not case.retraced

    def test_the_model_is_left_as_it_was(self, case):
        assert case.reason is not None or case.untouched

    def test_the_model_is_left_as_it_was_after_an_error(self, case, sample_images, monkeypatch):
        if case.reason is not None:
            return
        model, before = case.classifier.model, state_of(case.classifier.model)
        engine = engine_for(case.classifier)
        monkeypatch.setattr(case.classifier, "preprocess", _fails)
        monkeypatch.setattr(engine, "_programs", {})
        with pytest.raises(RuntimeError, match="on purpose"):
            run(case.classifier, sample_images[FACES], case.method)
        assert same_state(before, state_of(model))

    def test_a_swapped_contrast_turns_the_sign(self, case, sample_images):
        if case.reason is not None or case.method in RECTIFIED:
            return
        first, second = case.classifier.emotions[1:3]
        linear = LINEAR.get(case.method, {})
        one = run(case.classifier, sample_images[FACES], case.method, target=(first, second), **linear)
        other = run(case.classifier, sample_images[FACES], case.method, target=f"{second}-{first}", **linear)
        largest = max(np.abs(one.attributions).max(), 1e-6)
        assert np.abs(one.attributions + other.attributions).max() <= tolerance(case) * largest
        assert set(one.targets) == {f"{first}-{second}"}


def tolerance(case: SimpleNamespace) -> float:
    """Half precision rounds differently with the size of a batch."""
    return 2e-2 if "float16" in str(case.classifier.model.compute_dtype) or _half(case.classifier) else 1e-5


def _half(classifier: Classifier) -> bool:
    return any("float16" in str(layer.compute_dtype) for layer in classifier.model._flatten_layers())


def _fails(faces: Any) -> Any:
    raise RuntimeError("on purpose")


@pytest.mark.parametrize("method", list_explainers())
def test_colour_faces_are_taken(method, sample_images):
    colour = np.repeat(sample_images[:2], 3, axis=-1)
    assert run(classifier_of("softmax_in_dense"), colour, method).attributions.shape == (2, 48, 48)


BLACK_BOX = [
    *("lime:felzenszwalb", "lime:quickshift", "lime:regions", "lime:slic", "occlusion", "rise"),
    *("shap:partition", "shap:regions", "shap:segments"),
]


def mean_light(faces: np.ndarray) -> np.ndarray:
    light = faces.mean(axis=(1, 2, 3))
    return np.stack([light, 1 - light], axis=1)


@pytest.mark.parametrize("method", BLACK_BOX)
def test_perturbation_methods_take_a_plain_function(sample_images, method):
    black_box = Classifier.from_function(mean_light, ["happy", "sad"])
    assert np.abs(run(black_box, sample_images[:2], method, target="happy").attributions).max() > 0


@pytest.mark.parametrize("method", sorted(set(list_explainers()) - set(BLACK_BOX)))
def test_gradient_methods_refuse_a_plain_function_and_name_the_others(sample_images, method):
    black_box = Classifier.from_function(mean_light, "happy,sad")
    with pytest.raises(InputError, match=f"{method} does not work here: .* without gradients; these do: lime"):
        run(black_box, sample_images[:2], method)
    assert [name for name, lack in methods_for(black_box).items() if lack is None] == BLACK_BOX


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("lyme", {}, "unknown method 'lyme'; known are"),
        ("lime:voronoi", {}, "lime: unknown segmenter 'voronoi'; known are felzenszwalb"),
        ("shap:deep", {}, "shap: unknown kind 'deep'; known are gradient, partition, regions, segments"),
        ("gradcam:x", {}, "gradcam has no variants"),
        ("saliency", {"patch": 3}, "saliency takes no option patch; its options: of, show"),
        ("saliency", {"of": "entropy"}, "of='entropy'; use logit, probability, loss"),
        ("smoothgrad", {"noise": -1.0}, "must not be negative"),
        ("integrated_gradients", {"baseline": "purple"}, "unknown baseline 'purple'"),
        ("integrated_gradients", {"steps": 64, "max_steps": 32}, "expected 1 ≤ steps ≤ max_steps"),
        ("occlusion", {"patch": 99}, "larger than the face"),
        ("occlusion", {"patch": 4, "stride": 6}, "leaves gaps"),
        ("occlusion", {"fill": "tartan"}, "unknown fill 'tartan'"),
        ("gradcam", {"layer": "nowhere"}, "unknown layer with a map of the face 'nowhere'; known are"),
        ("lime:slic", {"samples": 1}, "at least 2"),
        ("rise", {"shown": 1.0}, "between 0 and 1"),
        ("shap:segments", {"segmenter": "voronoi"}, "unknown segmenter"),
        ("shap:regions", {"level": "medium"}, "use coarse or fine"),
    ],
)
def test_unknown_names_and_options_are_refused_in_one_line(stub_model, sample_images, method, options, message):
    with pytest.raises(InputError, match=message) as refusal:
        explain(stub_model, sample_images[:1], method=method, **options)
    assert "\n" not in str(refusal.value)


def test_shap_alone_means_regions_and_an_option_names_another_kind(stub_model, sample_images):
    assert explain(stub_model, sample_images[:1], method="shap").method == "shap:regions"
    assert explain(stub_model, sample_images[:1], method="shap", kind="gradient", samples=4).method == "shap:gradient"


@pytest.mark.parametrize("method", ["lime:slic", "smoothgrad", "shap:gradient", "shap:segments", "rise"])
def test_faces_in_another_order_get_the_same_numbers(stub_model, sample_images, method):
    forward = run(stub_model, sample_images[:4], method).attributions
    backward = run(stub_model, sample_images[3::-1], method).attributions
    assert np.allclose(forward, backward[::-1], rtol=1e-4, atol=1e-6 * np.abs(forward).max())


@pytest.mark.parametrize("method", ["lime:slic", "smoothgrad", "shap:gradient", "shap:segments", "rise"])
def test_another_seed_gives_other_numbers(stub_model, sample_images, method):
    one, other = (run(stub_model, sample_images[:1], method, seed=seed).attributions for seed in (0, 1))
    assert not np.allclose(one, other, rtol=1e-3)


@pytest.mark.parametrize("name", ["GradCAM++", "Grad-CAM ++", "gradcamplusplus"])
def test_a_method_may_be_meant_under_its_usual_name(stub_model, sample_images, name):
    with pytest.raises(InputError, match="did you mean 'gradcam_plus_plus'"):
        run(stub_model, sample_images[:1], name)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("predicted-sad", "; unknown emotion 'predicted'; known are angry"),
        ("-sad", "; unknown emotion ''; known are angry"),
        ("not sad", "; unknown emotion 'not sad'; did you mean 'sad'?"),
        ("fear-suprise", "; unknown emotion 'suprise'; did you mean 'surprise'?"),
        ("sad-sad", ""),
        ("sad-happy-fear", ""),
    ],
)
def test_what_a_target_may_be_is_told(target, why):
    with pytest.raises(InputError) as refusal:
        check_target(target)
    said = str(refusal.value)
    assert said.startswith(
        f"target {target!r}: expected predicted, label, every (explain only), an emotion, or a contrast"
    )
    assert "what speaks against an emotion is blue in its own map" + why in said


def test_targets_are_named_per_face(stub_model, sample_images):
    faces = Faces.from_array(sample_images[:2], labels=["happy", "sad"])
    assert explain(stub_model, faces, method="saliency", target="label").targets == ("happy", "sad")
    assert explain(stub_model, faces, method="saliency", target=["fear", "anger"]).targets == ("fear", "angry")
    with pytest.raises(InputError, match="does not know the emotion 'contempt'"):
        explain(stub_model, faces, method="saliency", target="contempt")
    with pytest.raises(InputError, match="needs labelled faces"):
        explain(stub_model, sample_images[:2], method="saliency", target="label")
