"""Coloured cells can be read by everyone."""

from __future__ import annotations

import pytest

from fer_xai.charts import colours


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_cell_has_readable_ink(scheme: str) -> None:
    for colour in colours.shades(scheme).values():
        assert colours.contrast(colour, colours.ink_on(colour)) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_red_and_blue_differ_also_without_the_red_green_difference(scheme: str) -> None:
    """What a protanope or deuteranope keeps is blue against yellow: the arms must differ there."""
    shades = colours.shades(scheme)
    for step in range(3, colours.STEPS + 1):
        red, blue = shades[f"p{step}"], shades[f"n{step}"]
        yellowness = [(colour[0] + colour[1]) / 2 - colour[2] for colour in (red, blue)]
        assert yellowness[0] - yellowness[1] > 40


def test_signs_and_strength_become_classes() -> None:
    assert colours.diverging(2.0, 2.0) == "p8"
    assert colours.diverging(-9.0, 2.0) == "n8"
    assert colours.diverging(0.01, 2.0) == "z"
    assert colours.diverging(float("nan"), 2.0) == "x"
    assert colours.sequential(0.5) == "s4"
    assert colours.sequential(0.0) == "z"
