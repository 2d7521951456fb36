"""The pages' colours as rules, made from the charts' colours: in light, and in dark on screens only.

Dark holds where the system asks for it, unless the reader chose (``data-theme`` on the root element).
"""

from __future__ import annotations

from fer_xai.charts.colours import THEMES, hexed, ink_on, shades


def theme_rules() -> str:
    """Paper, inks, lines and the shades of coloured cells as variables, in every theme."""
    light, dark = (_variables(theme) for theme in ("light", "dark"))
    return (
        f":root{{{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}}}"
    )


def cell_rules() -> str:
    """A class for every shade of a coloured cell."""
    return "".join(
        f".h.{name}{{background:var(--{name});fill:var(--{name});color:var(--{name}-ink)}}" for name in shades("light")
    )


def _variables(theme: str) -> str:
    found = dict(THEMES[theme])
    for name, colour in shades(theme).items():
        found |= {name: hexed(colour), f"{name}-ink": hexed(ink_on(colour))}
    return ";".join([f"color-scheme:{theme}", *(f"--{name}:{value}" for name, value in found.items())])
