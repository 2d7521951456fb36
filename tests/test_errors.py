"""Refusals of names that do not exist."""

from __future__ import annotations

from fer_xai.errors import unknown


def test_the_nearest_name_is_offered_and_none_where_none_is_near() -> None:
    splits = ("train", "validation", "test")
    assert str(unknown("split", "nonsense", splits)) == "unknown split 'nonsense'; known are train, validation, test"
    assert "did you mean 'validation'?" in str(unknown("split", "val", splits))
    said = str(unknown("method", "gradcan", ("lime", "gradcam")))
    assert said == "unknown method 'gradcan'; did you mean 'gradcam'? known are lime, gradcam"


def test_a_name_as_it_is_written_elsewhere_is_known_again() -> None:
    for name in ("Grad-CAM", "grad cam", "GRADCAM"):
        assert "did you mean 'gradcam'?" in str(unknown("method", name, ["gradcam++", "gradcam", "lime"]))
