"""What people write by hand: codebooks, the file beside a model, names of emotions, scalings, targets, options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_xai.classifier.memory import recall
from fer_xai.classifier.scaling import parse_colour, parse_scaling
from fer_xai.emotions import CANONICAL, parse_emotions
from fer_xai.explainers import list_explainers, make_explainer
from fer_xai.explainers.options import parse_options
from fer_xai.explainers.target import resolve_target
from fer_xai.facs import load_codebook
from tests.fuzz.mutations import damaged, strange_texts, strange_values
from tests.fuzz.outcome import cases, tried

_JSON = json.dumps({"happy": [6, 12], "surprise": {"core": [1, 2, 5], "opt": [25, 26]}, "sad": [1, 4, 15]}).encode()
_TOML = b"happy = [6, 12]\nsurprise = { core = [1, 2, 5], opt = [25, 26] }\n[sad]\ncore = [1, 4, 15]\n"
_WORDS = (
    *("fer2013", "happy", "happy,sad", "fear-surprise", "predicted", "unit", "caffe", "zscore:129.5,65", "zscore:"),
    *("grey", "bgr", "lime:slic", "occlusion", "shap", "samples=50", "patch=12", "layer=none", "seed=1", "50"),
)
_SIDE_CAR = {
    "emotions": ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"],
    "scaling": "tf",
    "colour": "grey",
    "output": None,
    "illumination": None,
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all cases of this file."""
    return tmp_path_factory.mktemp("settings")


def _codebook(path: Path) -> None:
    codebook = load_codebook(path)
    assert codebook.merge.shape[0] == len(codebook.emotions)


@given(st.data())
@cases(40)
def test_a_codebook(place, data):
    suffix, whole = data.draw(st.sampled_from(((".json", _JSON), (".toml", _TOML))))
    content = data.draw(damaged(whole))
    if suffix == ".json" and data.draw(st.booleans()):
        units = st.lists(st.one_of(st.integers(-1, 70), strange_values()), max_size=4)
        names = st.one_of(st.sampled_from(CANONICAL), strange_texts())
        table = st.dictionaries(
            names, st.one_of(units, strange_values(), st.fixed_dictionaries({"core": units})), max_size=4
        )
        content = json.dumps(data.draw(st.one_of(table, strange_values()))).encode()
    path = place / f"mine{suffix}"
    path.write_bytes(content)
    tried("codebooks", lambda: _codebook(path), place)


@pytest.mark.parametrize("suffix", [".json", ".toml"])
def test_a_codebook_nested_without_end(place, suffix):
    path = place / f"deep{suffix}"
    path.write_text("[" * 100_000 if suffix == ".json" else "happy = " + "[" * 100_000)
    assert tried("codebooks", lambda: _codebook(path), place) == "refused"


@given(st.data())
@cases(40)
def test_the_file_beside_a_model(place, data):
    told: Any = {**_SIDE_CAR}
    if data.draw(st.booleans()):
        told[data.draw(st.sampled_from(tuple(told)))] = data.draw(strange_values())
    else:
        told = data.draw(strange_values())
    content = json.dumps(told).encode()
    if data.draw(st.booleans()):
        content = data.draw(damaged(content))
    model = place / "model.keras"
    Path(f"{model}.fer-xai.json").write_bytes(content)

    def use() -> None:
        said = recall(model)
        parse_emotions(said.get("emotions", "fer2013"))
        parse_scaling(said.get("scaling", "unit"), 1)
        parse_colour(said.get("colour"), 1)

    model.touch()
    tried("files beside models", use, place)


def test_a_file_beside_a_model_nested_without_end(place):
    Path(place / "deep.keras.fer-xai.json").write_text("[" * 100_000)
    assert tried("files beside models", lambda: recall(place / "deep.keras"), place) == "refused"


@given(st.data())
@cases(60)
def test_words(data):
    begun = st.builds("{}{}".format, st.sampled_from(_WORDS), strange_texts())
    text = data.draw(st.one_of(st.sampled_from(_WORDS), strange_texts(), begun))
    method = data.draw(st.one_of(st.sampled_from(list_explainers()), strange_texts()))
    calls = {
        "emotions": lambda: parse_emotions(text),
        "scaling": lambda: parse_scaling(text, data.draw(st.sampled_from((1, 3)))),
        "colour": lambda: parse_colour(text, 3),
        "target": lambda: resolve_target(text, ["happy"], [None], CANONICAL),
        "method": lambda: make_explainer(text),
        "option": lambda: make_explainer(method, **parse_options(method, [text])),
        "value": lambda: make_explainer(method, **parse_options(method, [f"samples={text}"])),
    }
    tried("words", calls[data.draw(st.sampled_from(tuple(calls)))])
