"""Options as text: read by their types, or refused in one line."""

from __future__ import annotations

import pytest

from fer_xai.errors import InputError
from fer_xai.explainers.options import parse_options, parse_options_of


def test_texts_become_what_the_method_declares():
    assert parse_options("gradcam", ["layer=conv", "relu=False"]) == {"layer": "conv", "relu": False}
    assert parse_options("occlusion", ["patch=12", "stride=none"]) == {"patch": 12, "stride": None}
    assert parse_options("integrated_gradients", ["tolerance=0.5", "of=loss"]) == {"tolerance": 0.5, "of": "loss"}
    assert parse_options("shap", ["kind=gradient", "samples=7"]) == {"kind": "gradient", "samples": 7}


@pytest.mark.parametrize(
    ("method", "text", "message"),
    [
        ("gradcam", "layer", "expected NAME=VALUE"),
        ("gradcam", "relu=perhaps", "relu=perhaps: expected true or false"),
        ("lime", "samples=many", "samples=many: expected a whole number"),
        ("smoothgrad", "noise=loud", "noise=loud: expected a number"),
        ("grandcam", "layer=x", "unknown method 'grandcam'"),
    ],
)
def test_what_cannot_be_read_is_refused(method, text, message):
    with pytest.raises(InputError, match=message):
        parse_options(method, [text])


def test_unknown_options_are_left_for_the_method_to_refuse():
    assert parse_options("gradcam", ["patch=3"]) == {"patch": "3"}


def test_each_method_of_several_gets_its_own():
    texts = ["gradcam.layer=a.b/c", "lime:slic.samples=auto", "lime:slic.keep=0.5"]
    assert parse_options_of(["gradcam", " lime:slic"], texts) == {
        "gradcam": {"layer": "a.b/c"},
        "lime:slic": {"samples": "auto", "keep": "0.5"},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("layer=conv", "'layer=conv': expected METHOD.NAME=VALUE"),
        ("gradcam.layer", "expected METHOD.NAME=VALUE"),
        ("gradcam.=conv", "expected METHOD.NAME=VALUE"),
        ("lime.samples=9", "'lime' is none of the methods that run: gradcam, lime:slic"),
        ("lime:slic.samples=many", "samples=many: expected a whole number"),
    ],
)
def test_an_option_of_no_method_that_runs_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        parse_options_of(["gradcam", "lime:slic"], [text])
