"""The pages' colours as rules, made from the charts' colours: in light, and in dark on screens only."""

from __future__ import annotations

from collections.abc import Callable

from fer_xai.charts.colours import THEMES, Rgb, hexed, ink_on, shades


def theme_rules() -> str:
    """Paper, inks and lines as variables."""
    return _in_both(lambda theme: ":root{" + ";".join(f"--{k}:{v}" for k, v in THEMES[theme].items()) + "}")


def cell_rules() -> str:
    """A class for every shade of a coloured cell."""

    def rule(name: str, colour: Rgb) -> str:
        return f".h.{name}{{background:{hexed(colour)};fill:{hexed(colour)};color:{hexed(ink_on(colour))}}}"

    return _in_both(lambda theme: "".join(rule(name, colour) for name, colour in shades(theme).items()))


def _in_both(rules: Callable[[str], str]) -> str:
    return f"{rules('light')}@media screen and (prefers-color-scheme:dark){{{rules('dark')}}}"
