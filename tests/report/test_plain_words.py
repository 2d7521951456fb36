"""Everyone can look up what a method does."""

from __future__ import annotations

from fer_xai.explainers.registry import explainer_classes
from fer_xai.report.plain_words import methods_told, words_told


def test_every_method_is_described() -> None:
    methods = list(explainer_classes())
    assert len(methods_told(methods)) == len(methods)


def test_an_unknown_method_is_left_out_and_known_variants_share_a_description() -> None:
    told = methods_told(["mine", "lime:slic", "lime:regions", "shap:regions", "shap:gradient"])
    assert [name for name, _ in told] == ["LIME · SLIC", "LIME · regions", "SHAP · regions", "SHAP · gradient"]
    assert told[0][1] == told[1][1]
    assert told[2][1] != told[3][1]


def test_words_are_said_once() -> None:
    words = [word for word, _ in words_told()]
    assert {"Recall and precision", "Chance level", "95 % interval"} <= set(words)
    assert len(words) == len(set(words))
